"""From a spec to a running job, once: however often it is asked for, and whoever dies in between.

The job's name is chosen and written down before AWS is asked (tokens.py). AWS lets a name exist once, so that a second
call for the same token meets `ResourceInUse`, looks at the job of that name, and finds its own token on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Progress, Silent, check
from ..aws.session import AwsSession
from ..prices.instances import PriceTable, packaged_prices
from .check import valid_spec
from .defaults import layers_of
from .git_source import source_tree
from .git_state import git_state, source_state
from .models import GitState, JobSpec, LaunchResult, Spec, TuningSpec
from .packaging import ARCHIVE, bucket_and_prefix, is_packed, missing_bucket, pack, plan, upload
from .price import estimate
from .profile import profile_of
from .request import TAG_GIT, TAG_SOURCE, TAG_SPEC, TAG_TOKEN, Place, output_path, role, spec_sha256, training_request
from .request_check import require_valid
from .tokens import LaunchStore, job_name_for
from .tuning import jobs_of, tuning_request

# Under the output path, so that a role that may write there may also keep the source there.
SOURCE_PREFIX = "smext-source"

OPERATIONS = {"TrainingJob": "CreateTrainingJob", "HyperParameterTuningJob": "CreateHyperParameterTuningJob"}
NAME_LIMITS = {"TrainingJob": 63, "HyperParameterTuningJob": 32}


def preview(aws: AwsSession, data: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The request that a launch would send now, with no side effect. ``folder`` is where the spec's file lies.

    The job's name ends differently at the launch. Permission: `sts:GetCallerIdentity`, which cannot be denied.
    """
    spec = valid_spec(data, profile_of(aws), layers_of(aws))
    place = Place.of(aws.identity())
    packages = []
    for job in jobs_of(spec):
        source = job.source_code
        if source and not is_packed(source):
            bucket, prefix = _source_place(job, place)
            with source_tree(source, folder) as tree, pack(plan(source, tree), Silent()) as package:
                uri = f"s3://{bucket}/{package.key(prefix)}"
                packages.append(Uploaded(uri, package.sha256, source_state(source, tree)))
        else:
            packages.append(Uploaded(source.source_dir if source else None, None, git_state(folder)))
    name = job_name_for(spec.metadata.base_job_name, "000000", limit=NAME_LIMITS[spec.kind])
    request = request_of(spec, place, job_name=name, packages=packages, token="set-at-launch")
    require_valid(aws, OPERATIONS[spec.kind], request)
    return request


def launch_once(
    aws: AwsSession,
    store: LaunchStore,
    data: Mapping[str, Any],
    document: str,
    token: str,
    folder: Path,
    progress: Progress,
    *,
    prices: PriceTable | None = None,
    max_cost_usd: float | None = None,
) -> LaunchResult:
    """Launch a document with its token; a token that is spent answers the job that it was spent on.

    Raises `Conflict` where the token was not issued for this document, `AccessDenied` where the launch can cost more
    than ``max_cost_usd``, the administrator's cap, by ``prices``.
    """
    spec = valid_spec(data, profile_of(aws), layers_of(aws))
    if max_cost_usd is not None:
        require_affordable(spec, aws.region, prices or packaged_prices(), max_cost_usd)
    limit = NAME_LIMITS[spec.kind]
    with store.launching(document, token, spec.metadata.base_job_name, limit=limit) as permit:
        if permit.spent:
            name = permit.job_name
            return LaunchResult(kind=spec.kind, training_job_name=name, training_job_arn=None, already_launched=True)
        try:
            result = launch(aws, spec, folder, job_name=permit.job_name, token=token, progress=progress)
        except SmextError as error:
            if error.code not in _OUTCOME_UNKNOWN:
                permit.release()
            raise
        permit.spend()
        return result


def require_affordable(spec: Spec, region: str, prices: PriceTable, max_cost_usd: float) -> None:
    """Raise `AccessDenied` where a launch can cost more than the cap, or nobody knows what it can cost."""
    price = estimate(spec, region, prices)
    if price.usd_at_most is None or price.usd_at_most > max_cost_usd:
        cost = "a price that is not known" if price.usd_at_most is None else f"{price.usd_at_most:.2f} USD"
        raise SmextError(
            ErrorCode.ACCESS_DENIED,
            f"The launch can cost {cost}, and the administrator allows {max_cost_usd:g} USD.",
            hint="Shorten the longest run, or choose another instance type.",
        )


# After these nobody knows whether the job exists: its name stays reserved for the next try.
_OUTCOME_UNKNOWN = {
    ErrorCode.NETWORK,
    ErrorCode.TIMEOUT,
    ErrorCode.SERVICE_UNAVAILABLE,
    ErrorCode.THROTTLED,
    ErrorCode.INTERNAL,
}


def launch(aws: AwsSession, spec: Spec, folder: Path, *, job_name: str, token: str, progress: Progress) -> LaunchResult:
    """Pack, upload and create the job, cancellable until it is created.

    Permissions: `s3:GetObject` and `s3:PutObject` under the output path, `sagemaker:CreateTrainingJob` (or
    `sagemaker:CreateHyperParameterTuningJob`), `sagemaker:AddTags`, `iam:PassRole` on the execution role; after a name
    clash `sagemaker:DescribeTrainingJob` (or the tuning job's) and `sagemaker:ListTags`. Raises :class:`SmextError`.
    """
    if (spec.spec.compute.instance_type or "").startswith("local"):
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            "`instance_type: local` is for this machine; there is nothing to send to AWS.",
            hint="Run it with `jupyter smext launch FILE` in a terminal, or choose an instance type.",
        )
    place = Place.of(aws.identity())
    for job in jobs_of(spec):
        role(job, place)
    packages = [_uploaded(aws, job, place, folder, progress) for job in jobs_of(spec)]
    request = request_of(spec, place, job_name=job_name, packages=packages, token=token)
    check(progress)
    progress.update(0, None, f"Creating {job_name}")
    return create(aws, spec.kind, request, token)


def request_of(spec: Spec, place: Place, *, job_name: str, packages: Sequence[Uploaded], token: str) -> dict[str, Any]:
    """The request of either kind, with our tags; those of the source are of the first package."""
    tags = {TAG_TOKEN: token, TAG_SPEC: spec_sha256(spec)}
    if git := packages[0].git:
        tags[TAG_GIT] = git.commit + ("-dirty" if git.dirty else "")
    hashes = [each.sha256 for each in packages if each.sha256]
    if hashes:
        tags[TAG_SOURCE] = hashes[0]
    uris = [each.uri for each in packages]
    if isinstance(spec, TuningSpec):
        return tuning_request(spec, place, job_name=job_name, source_uris=uris, own_tags=tags)
    return training_request(spec, place, job_name=job_name, source_uri=uris[0], own_tags=tags)


@dataclass(frozen=True)
class Uploaded:
    """Where a job's source package lies; nothing for a job without a script, no hash for a package of somebody else.

    ``git`` is the commit that the source, or without one the spec, came from.
    """

    uri: str | None
    sha256: str | None
    git: GitState | None = None


def _uploaded(aws: AwsSession, job: JobSpec, place: Place, folder: Path, progress: Progress) -> Uploaded:
    source = job.source_code
    if source and is_packed(source):
        return Uploaded(source.source_dir, None, git_state(folder))
    if source is None:
        _require_bucket(aws, bucket_and_prefix(output_path(job, place))[0])
        return Uploaded(None, None, git_state(folder))
    progress.update(0, None, f"Packing {ARCHIVE}")
    bucket, prefix = _source_place(job, place)
    with source_tree(source, folder) as tree, pack(plan(source, tree), progress) as package:
        uri = upload(aws, package, bucket, prefix, progress, kms_key_id=job.output_data_config.kms_key_id)
        return Uploaded(uri, package.sha256, source_state(source, tree))


# ----------------------------------------------------------------------------------------------------------- creation


@dataclass(frozen=True)
class _Api:
    """The calls of one kind of job."""

    create: str
    describe: str
    name: str
    arn: str


_APIS = {
    "TrainingJob": _Api("create_training_job", "describe_training_job", "TrainingJobName", "TrainingJobArn"),
    "HyperParameterTuningJob": _Api(
        "create_hyper_parameter_tuning_job",
        "describe_hyper_parameter_tuning_job",
        "HyperParameterTuningJobName",
        "HyperParameterTuningJobArn",
    ),
}


def create(aws: AwsSession, kind: str, request: dict[str, Any], token: str) -> LaunchResult:
    """Create the job, or find that it was created with this token before."""
    api = _APIS[kind]
    client = aws.client("sagemaker")
    name = request[api.name]
    try:
        answer = getattr(client, api.create)(**request)
    except Exception as error:
        mapped = from_aws(error)
        if mapped.code is ErrorCode.CONFLICT:
            return _existing(client, api, kind, name, token, mapped)
        raise mapped from error
    return LaunchResult(kind=kind, training_job_name=name, training_job_arn=answer[api.arn], already_launched=False)


def _existing(client: Any, api: _Api, kind: str, name: str, token: str, conflict: SmextError) -> LaunchResult:
    try:
        arn = getattr(client, api.describe)(**{api.name: name})[api.arn]
        tags = {each["Key"]: each["Value"] for each in client.list_tags(ResourceArn=arn)["Tags"]}
    except Exception as error:
        raise conflict from error
    if tags.get(TAG_TOKEN) != token:
        raise conflict
    return LaunchResult(kind=kind, training_job_name=name, training_job_arn=arn, already_launched=True)


def _source_place(job: JobSpec, place: Place) -> tuple[str, str]:
    bucket, prefix = bucket_and_prefix(output_path(job, place))
    return bucket, f"{prefix}/{SOURCE_PREFIX}".lstrip("/")


def _require_bucket(aws: AwsSession, bucket: str) -> None:
    """Where no source package goes to the bucket, AWS would miss it only when the model is done."""
    try:
        aws.client("s3").head_bucket(Bucket=bucket)
    except Exception as error:
        mapped = from_aws(error, resource=f"arn:aws:s3:::{bucket}")
        if mapped.code is ErrorCode.NOT_FOUND:
            raise missing_bucket(bucket) from error
        if mapped.code is not ErrorCode.ACCESS_DENIED:
            raise mapped from error
