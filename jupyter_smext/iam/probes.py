"""Harmless calls that prove a permission, shown before they run.

They are made with the caller's credentials and from this machine's network, change nothing, and at most `LIMIT` run for
a preflight. Nothing that starts, passes or creates something is ever among them, and no object is written. A refused
probe stands in the account's audit trail as any refused call does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .arn import Arn
from .error_grammar import normalize, refusals
from .models import Answer, Evidence, Probe, ProbePlan, ProbeResult, Requirement
from .remembered import remembered
from .s3_names import split_arn

LIMIT = 10
"""The most probes of one preflight."""
AT_ONCE = 5
"""Calls under way at the same time."""

SWITCH = "JUPYTER_SMEXT_IAM_PROBES"
"""Environment variable; `off` switches probes off."""


class NothingToProbe(Exception):
    """The call has nothing to act on, such as a prefix without an object."""


@dataclass(frozen=True)
class _Planned:
    probe: Probe
    call: Callable[[], Any]
    order: int


def enabled() -> bool:
    return os.environ.get(SWITCH, "on").lower() not in ("off", "0", "false", "no")


def plan_probes(session: AwsSession, requirements: Iterable[Requirement]) -> ProbePlan:
    """The probes that can prove something about these requirements of the caller. Calls nothing."""
    planned = _planned(session, requirements)
    return ProbePlan(
        probes=[each.probe for each in planned[:LIMIT]],
        limit=LIMIT,
        left_out=max(0, len(planned) - LIMIT),
        enabled=enabled(),
    )


def run_probes(session: AwsSession, requirements: Sequence[Requirement], *, refresh: bool = False) -> list[ProbeResult]:
    """Run the probes of the plan; results are kept for some minutes. Permissions: those that are probed.

    Raises NotSupported where an administrator switched probes off.
    """
    if not enabled():
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            "Probes are switched off on this server.",
            hint=f"An administrator set {SWITCH}. The verdicts on policies do not need them.",
        )
    planned = _planned(session, requirements)[:LIMIT]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="smext-probe") as threads:
        return list(
            threads.map(
                lambda each: remembered(session, ("probe", each.probe.id), lambda: _run(each), refresh=refresh), planned
            )
        )


def results_by_requirement(
    session: AwsSession, requirements: Sequence[Requirement], results: Iterable[ProbeResult]
) -> dict[str, ProbeResult]:
    """The result that is about each requirement, by the requirement's JSON text."""
    by_id = {result.probe.id: result for result in results}
    found = {}
    for requirement in requirements:
        planned = _probe(session, requirement)
        if planned and planned.probe.id in by_id:
            found[requirement.model_dump_json()] = by_id[planned.probe.id]
    return found


def evidence_of(result: ProbeResult) -> Evidence:
    return Evidence(
        source="probe",
        answer=result.answer,
        detail=result.detail,
        lacks_an_allow=result.lacks_an_allow,
        at=result.at,
        request_id=result.request_id,
    )


def _planned(session: AwsSession, requirements: Iterable[Requirement]) -> list[_Planned]:
    """Each call once, what tells most about a job first."""
    found = {planned.probe.id: planned for each in requirements if (planned := _probe(session, each)) is not None}
    return sorted(found.values(), key=lambda planned: planned.order)


# -- The safe list


def _probe(session: AwsSession, requirement: Requirement) -> _Planned | None:
    """The probe for a requirement, or None where no harmless call proves it."""
    make = _SAFE.get(requirement.action)
    return make(session, requirement) if make else None


def _list_bucket(session: AwsSession, requirement: Requirement) -> _Planned | None:
    parts = split_arn(requirement.resource)
    if parts is None or parts[2] is not None:
        return None
    parameters = {"Bucket": parts[1], "Prefix": str(requirement.context.get("s3:prefix") or ""), "MaxKeys": "1"}

    def call() -> Any:
        return session.client("s3").list_objects_v2(Bucket=parts[1], Prefix=parameters["Prefix"], MaxKeys=1)

    return _plan(requirement, 0, "s3:ListObjectsV2", parameters, "One list request is billed.", call)


def _get_object(session: AwsSession, requirement: Requirement) -> _Planned | None:
    parts = split_arn(requirement.resource)
    if parts is None or not parts[2]:
        return None
    bucket, key = parts[1], parts[2]
    sample = key.endswith("*")
    prefix = key.removesuffix("*")
    if "*" in prefix or "?" in prefix:
        return None

    def call() -> Any:
        s3 = session.client("s3")
        one = _first_key(s3, bucket, prefix) if sample else key
        s3.get_object(Bucket=bucket, Key=one, Range="bytes=0-0")["Body"].close()

    which = {"Prefix": f"{prefix} (its first object)"} if sample else {"Key": key}
    parameters = {"Bucket": bucket, **which, "Range": "bytes=0-0"}
    effect = "One byte is read; one request is billed, and logged where data events are."
    return _plan(requirement, 1, "s3:GetObject", parameters, effect, call, sample_only=sample)


def _first_key(s3: Any, bucket: str, prefix: str) -> str:
    """The first object with content under the prefix, of one page."""
    try:
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=20).get("Contents", [])
    except ClientError as error:
        raise NothingToProbe(f"No object could be found to read: {error}") from error
    first = next((entry["Key"] for entry in listed if entry["Size"]), None)
    if first is None:
        raise NothingToProbe(f"There is no object under s3://{bucket}/{prefix} to read.")
    return str(first)


def _registry_login(session: AwsSession, requirement: Requirement) -> _Planned | None:
    # The answer holds a password; it is dropped here.
    return _plan(
        requirement,
        2,
        "ecr:GetAuthorizationToken",
        {},
        "A registry password is made and dropped.",
        lambda: session.client("ecr").get_authorization_token() and None,
    )


def _pull_image(session: AwsSession, requirement: Requirement) -> _Planned | None:
    arn = Arn.parse(requirement.resource)
    if arn is None or "*" in arn.resource:
        return None
    name = arn.resource.partition("/")[2]
    parameters = {"registryId": arn.account, "repositoryName": name, "imageTag": "latest"}

    def call() -> Any:
        # A tag that does not exist stands among the failures of a call that was allowed.
        session.client("ecr", arn.region).batch_get_image(
            registryId=arn.account, repositoryName=name, imageIds=[{"imageTag": "latest"}]
        )

    return _plan(requirement, 3, "ecr:BatchGetImage", parameters, "None.", call)


def _use_key(session: AwsSession, requirement: Requirement) -> _Planned | None:
    arn = Arn.parse(requirement.resource)
    operation = requirement.action.partition(":")[2]
    if arn is None or "*" in arn.resource or not session.supports("kms", f"{operation}Request", "DryRun"):
        return None
    arguments: dict[str, Any] = {"KeyId": requirement.resource, "DryRun": True}
    if operation == "Encrypt":
        arguments["Plaintext"] = b"probe"
    else:
        arguments["KeySpec"] = "AES_256"

    def call() -> Any:
        kms = session.client("kms", arn.region)
        getattr(kms, "encrypt" if operation == "Encrypt" else "generate_data_key")(**arguments)

    parameters = {"KeyId": requirement.resource, "DryRun": "true"}
    return _plan(requirement, 4, requirement.action, parameters, "One request is billed.", call)


_DESCRIBE = {
    "ec2:DescribeDhcpOptions": "describe_dhcp_options",
    "ec2:DescribeNetworkInterfaces": "describe_network_interfaces",
    "ec2:DescribeSecurityGroups": "describe_security_groups",
    "ec2:DescribeSubnets": "describe_subnets",
    "ec2:DescribeVpcs": "describe_vpcs",
}


def _describe_network(session: AwsSession, requirement: Requirement) -> _Planned | None:
    def call() -> Any:
        getattr(session.client("ec2"), _DESCRIBE[requirement.action])(DryRun=True)

    return _plan(requirement, 5, requirement.action, {"DryRun": "true"}, "None.", call)


_SAFE: Mapping[str, Callable[[AwsSession, Requirement], _Planned | None]] = {
    "s3:ListBucket": _list_bucket,
    "s3:GetObject": _get_object,
    "ecr:GetAuthorizationToken": _registry_login,
    "ecr:BatchGetImage": _pull_image,
    "kms:Encrypt": _use_key,
    "kms:GenerateDataKey": _use_key,
    **dict.fromkeys(_DESCRIBE, _describe_network),
}


def _plan(
    requirement: Requirement,
    order: int,
    operation: str,
    parameters: dict[str, str],
    side_effect: str,
    call: Callable[[], Any],
    *,
    sample_only: bool = False,
) -> _Planned:
    name = f"{operation} {sorted(parameters.items())}"
    probe = Probe(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        operation=operation,
        parameters=parameters,
        proves=f"{requirement.action} on {requirement.resource}",
        sample_only=sample_only,
        side_effect=side_effect,
    )
    return _Planned(probe, call, order)


# -- What an answer proves

_WOULD_SUCCEED = ("DryRunOperation", "DryRunOperationException")


def _run(planned: _Planned) -> ProbeResult:
    answer: Answer = "allowed"
    lacks_an_allow = False
    detail, request_id = "The call went through.", None
    try:
        planned.call()
    except NothingToProbe as nothing:
        answer, detail = "unknown", str(nothing)
    except Exception as error:
        mapped = from_aws(error)
        if mapped.code is ErrorCode.INTERNAL:
            raise
        code = getattr(error, "response", {}).get("Error", {}).get("Code", "")
        answer, lacks_an_allow, detail = _reading(planned.probe, code, mapped)
        request_id = mapped.envelope.request_id
    return ProbeResult(
        probe=planned.probe,
        answer=answer,
        detail=detail,
        lacks_an_allow=lacks_an_allow,
        at=datetime.now(timezone.utc),
        request_id=request_id,
    )


def _reading(probe: Probe, code: str, error: SmextError) -> tuple[Answer, bool, str]:
    """What an error proves, whether an Allow is missing, and the words for it."""
    text = str(error)
    if code in _WOULD_SUCCEED:
        return "allowed", False, "The dry run says that the call would go through."
    if error.code is ErrorCode.ACCESS_DENIED:
        action = probe.proves.partition(" ")[0]
        sentences = refusals(normalize(text))
        about_this = [sentence for sentence in sentences if (sentence.action or "").lower() == action.lower()]
        if sentences and not about_this:
            return "unknown", False, f"AWS refused it for want of another permission: {text}"
        if not sentences and probe.operation == "s3:GetObject" and not probe.sample_only:
            # S3 answers the same to whoever may not list, and asks for a key that does not exist.
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
            return "unknown", False, f"AWS refused it, or there is no such object: {text}"
        lacks = any(sentence.effect == "implicit" and sentence.layer == "identity" for sentence in about_this)
        return "denied", lacks, text
    return "unknown", False, text
