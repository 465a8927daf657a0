"""What an administrator sets for everybody: locks, defaults and limits in one file, checked at every call to AWS.

The file is YAML or JSON. It guards this extension against mistakes; it is no replacement for IAM, which alone binds
whoever uses boto3 directly.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession

ENVIRONMENT = "JUPYTER_SMEXT_ADMIN_POLICY"
DOMAIN_TAG = "jupyter-smext:policy"

Section = Literal["s3", "estimators", "jobs", "endpoints", "iam", "studio"]


class _Part(BaseModel):
    # A misspelt lock must not be taken for no lock.
    model_config = ConfigDict(extra="forbid")


class Choice(_Part):
    """What may be chosen. Patterns may hold `*` and `?`."""

    allowed: list[str] = Field([], description="Patterns of what may be chosen; empty: anything.")
    default: str | None = Field(None, description="What is chosen where nobody chooses.")

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Choice:
        if self.default is not None and not self.allows(self.default):
            raise ValueError(f"the default {self.default} is not among what is allowed")
        return self

    def allows(self, value: str) -> bool:
        return not self.allowed or any(fnmatchcase(value, pattern) for pattern in self.allowed)


class Budget(_Part):
    max_launch_usd: float | None = Field(
        None, gt=0, description="The most that one launch may cost at worst; one of unknown price is refused too."
    )


class Expiry(_Part):
    """How long things may last, in seconds."""

    training_seconds: int | None = Field(None, ge=1, description="Longest `MaxRuntimeInSeconds` of a training job.")
    warm_pool_seconds: int | None = Field(None, ge=0, description="Longest `KeepAlivePeriodInSeconds`.")
    idle_minutes: int | None = Field(
        None, ge=60, description="Longest idle timeout of a space; one without a timeout is refused."
    )


class AdminPolicy(_Part):
    """The file. What it leaves out is not restricted."""

    version: Literal[1] = 1
    contact: str | None = Field(None, description="Whom to ask, shown with every refusal.")
    read_only: bool = Field(False, description="Refuse everything that changes something.")
    sections_off: list[Section] = Field([], description="Parts that are switched off, in the panel and in the server.")
    regions: Choice = Field(default_factory=Choice)
    execution_role: Choice = Field(default_factory=Choice, description="ARNs of roles.")
    instance_types: Choice = Field(default_factory=Choice, description="Of jobs, endpoints and spaces.")
    buckets: Choice = Field(default_factory=Choice, description="Names of buckets that may be read and written.")
    budget: Budget = Field(default_factory=Budget)
    expiry: Expiry = Field(default_factory=Expiry)
    templates: list[str] = Field(
        [], description="Where everybody finds specs to begin with: S3 prefixes, git repositories, folders."
    )


class AdminPolicyState(BaseModel):
    """What the panel shows as "set by your admin"."""

    source: str | None = Field(None, description="Path or s3:// URI; null: there is no policy.")
    found_by: Literal["setting", "environment", "domain_tag"] | None = None
    policy: AdminPolicy | None = None
    problem: str | None = Field(None, description="Why the policy could not be read; then nothing may be changed.")
    max_launch_usd: float | None = Field(
        None, description="The cap that counts: the lower one of the policy's and the server's setting."
    )
    read_at: datetime


class Guard:
    """Refuses, with `AccessDenied`, what the policy does not allow."""

    def __init__(self, state: AdminPolicyState) -> None:
        self.state = state
        # What could not be read may have forbidden anything: look, and change nothing.
        self.policy = state.policy or AdminPolicy(read_only=state.problem is not None)
        self._own_bucket = (state.source or "").removeprefix("s3://").partition("/")[0]

    def require_route(self, action: str, resource: str) -> None:
        """``action`` and ``resource`` as the route declares them to Jupyter's authorizer."""
        section = resource.removeprefix("jupyter_smext:")
        if section in self.policy.sections_off:
            raise self.refusal(f"The {section} section is switched off.")
        if self.policy.read_only and action != "read" and section not in ("core", "tasks", "admin-policy"):
            why = self.state.problem or "Nothing may be changed from here."
            raise self.refusal(f"Read-only: {why}")

    def require_call(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> None:
        """One call to AWS, as boto3 is about to send it."""
        if service not in _GLOBAL_SERVICES and not self.policy.regions.allows(region):
            raise self.refusal(f"Region {region} is not one of {', '.join(self.policy.regions.allowed)}.")
        if service == "s3":
            for bucket in _buckets_of_s3(parameters):
                self._require_bucket(bucket)
        elif service == "sagemaker" and operation.startswith(("Create", "Update", "Start")):
            self._require_sagemaker(operation, parameters)

    def spec_defaults(self) -> dict[str, Any]:
        """The instance type; the role is a default of the session, for whatever asks for one."""
        chosen = self.policy.instance_types.default
        return {"spec": {"compute": {"instance_type": chosen}}} if chosen else {}

    def template_sources(self) -> list[str]:
        return list(self.policy.templates)

    def refusal(self, words: str) -> SmextError:
        contact = self.policy.contact
        return SmextError(
            ErrorCode.ACCESS_DENIED,
            f"Set by your administrator: {words}",
            hint=f"Ask {contact}." if contact else "Ask whoever administers this JupyterLab.",
        )

    def _require_sagemaker(self, operation: str, parameters: Mapping[str, Any]) -> None:
        policy = self.policy
        for name, value in _members(parameters):
            if name in ("RoleArn", "ExecutionRoleArn", "ExecutionRole"):
                if not policy.execution_role.allows(str(value)):
                    raise self.refusal(f"The role {value} is not one of {', '.join(policy.execution_role.allowed)}.")
            elif name == "InstanceType":
                if not policy.instance_types.allows(str(value)):
                    allowed = ", ".join(policy.instance_types.allowed)
                    raise self.refusal(f"Instance type {value} is not one of {allowed}.")
            elif name == "MaxRuntimeInSeconds":
                self._require_at_most("training job", value, policy.expiry.training_seconds, "seconds")
            elif name == "KeepAlivePeriodInSeconds":
                self._require_at_most("warm pool", value, policy.expiry.warm_pool_seconds, "seconds")
            elif name == "IdleTimeoutInMinutes":
                self._require_at_most("space without work", value, policy.expiry.idle_minutes, "minutes")
            elif isinstance(value, str) and value.startswith("s3://"):
                self._require_bucket(value[len("s3://") :].partition("/")[0])
        longest = policy.expiry.training_seconds
        if operation == "CreateTrainingJob" and longest and "MaxRuntimeInSeconds" not in dict(_members(parameters)):
            raise self.refusal(f"A training job has to name its longest run, at most {longest:,} seconds.")
        idle = policy.expiry.idle_minutes
        if operation == "CreateSpace" and idle and "IdleTimeoutInMinutes" not in dict(_members(parameters)):
            raise self.refusal(f"A space has to name its idle timeout, at most {idle:,} minutes.")

    def _require_at_most(self, what: str, value: Any, limit: int | None, unit: str) -> None:
        if limit is not None and int(value) > limit:
            raise self.refusal(f"A {what} may last {limit:,} {unit}, and this one names {int(value):,}.")

    def _require_bucket(self, bucket: str) -> None:
        if bucket != self._own_bucket and not self.policy.buckets.allows(bucket):
            raise self.refusal(f"Bucket {bucket} is not one of {', '.join(self.policy.buckets.allowed)}.")


_GLOBAL_SERVICES = ("iam", "sts", "organizations", "pricing", "ce")


def _buckets_of_s3(parameters: Mapping[str, Any]) -> Iterator[str]:
    if "Bucket" in parameters:
        yield str(parameters["Bucket"])
    source = parameters.get("CopySource")
    if isinstance(source, Mapping):
        yield str(source.get("Bucket", ""))
    elif isinstance(source, str):
        yield source.lstrip("/").partition("/")[0]


def _members(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every member with a plain value, however deep it stands; what stands in a list carries the list's name."""
    for name, each in value.items():
        for item in each if isinstance(each, list) else [each]:
            if isinstance(item, Mapping):
                yield from _members(item)
            else:
                yield name, item


def find(session: AwsSession, setting: str | None, max_launch_usd: float | None = None) -> AdminPolicyState:
    """The policy that counts here: the server's setting, else the environment's, else the one the domain's tag names.

    Permissions: `sagemaker:ListTags` on the domain (a domain whose tags may not be read has no policy), `s3:GetObject`
    on the file. Raises nothing: a policy that cannot be read is a problem, and restricts to reading.
    """
    source, found_by = _source(session, setting)
    policy, problem = None, None
    if source:
        try:
            policy = load(session, source)
        except SmextError as error:
            problem = f"The administrator's policy {source} could not be read: {error.envelope.message}"
    caps = [cap for cap in (max_launch_usd, policy.budget.max_launch_usd if policy else None) if cap is not None]
    return AdminPolicyState(
        source=source,
        found_by=found_by,
        policy=policy,
        problem=problem,
        max_launch_usd=min(caps, default=None),
        read_at=datetime.now(timezone.utc),
    )


def load(session: AwsSession, source: str) -> AdminPolicy:
    """Read and check a policy. Raises `NotFound`, `AccessDenied`, or `InvalidRequest` with the member that is wrong."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = _read_s3(session, source) if source.startswith("s3://") else _read_file(source)
    try:
        return AdminPolicy.model_validate(YAML(typ="safe").load(text) or {})
    except YAMLError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"It is neither YAML nor JSON: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'file'}: {each['msg']}" for each in error.errors())
        raise SmextError(ErrorCode.INVALID_REQUEST, wrong) from error


def _source(
    session: AwsSession, setting: str | None
) -> tuple[str | None, Literal["setting", "environment", "domain_tag"] | None]:
    if setting:
        return setting, "setting"
    if named := os.environ.get(ENVIRONMENT):
        return named, "environment"
    metadata = session.metadata
    if metadata is None or not metadata.domain_id or not metadata.resource_arn:
        return None, None
    domain = ":".join([*metadata.resource_arn.split(":")[:5], f"domain/{metadata.domain_id}"])
    try:
        pages = session.client("sagemaker").get_paginator("list_tags").paginate(ResourceArn=domain)
        tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    except Exception:
        return None, None
    return (tags[DOMAIN_TAG], "domain_tag") if DOMAIN_TAG in tags else (None, None)


def _read_s3(session: AwsSession, uri: str) -> str:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body: bytes = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body.decode()
    except Exception as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error


def _read_file(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SmextError(ErrorCode.NOT_FOUND, str(error)) from error
