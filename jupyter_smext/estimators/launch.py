"""From a spec to a running job, once: however often it is asked for, and whoever dies in between.

The job's name is chosen and written down before AWS is asked (tokens.py). AWS lets a name exist once, so that a second
call for the same token meets `ResourceInUse`, looks at the job of that name, and finds its own token on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Progress, Silent, check
from ..aws.session import AwsSession
from .check import valid_spec
from .models import LaunchResult, TrainingSpec
from .packaging import ARCHIVE, bucket_and_prefix, is_packed, missing_bucket, pack, plan, upload
from .profile import profile_of
from .request import TAG_SOURCE, TAG_SPEC, TAG_TOKEN, Place, output_path, role, spec_sha256, training_request
from .request_check import require_valid
from .tokens import LaunchStore, job_name_for

# Under the output path, so that a role that may write there may also keep the source there.
SOURCE_PREFIX = "smext-source"


def preview(aws: AwsSession, data: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The request that a launch would send now, with no side effect. ``folder`` is where the spec's file lies.

    The job's name ends differently at the launch. Permission: `sts:GetCallerIdentity`, which cannot be denied.
    """
    spec = valid_spec(data, profile_of(aws))
    place = Place.of(aws.identity())
    source_uri, tags = None, {TAG_TOKEN: "set-at-launch", TAG_SPEC: spec_sha256(spec)}
    source = spec.spec.source_code
    if source and is_packed(source):
        source_uri = source.source_dir
    elif source:
        bucket, prefix = _source_place(spec, place)
        with pack(plan(source, folder), Silent()) as package:
            source_uri = f"s3://{bucket}/{package.key(prefix)}"
            tags[TAG_SOURCE] = package.sha256
    name = job_name_for(spec.metadata.base_job_name, "000000")
    request = training_request(spec, place, job_name=name, source_uri=source_uri, own_tags=tags)
    require_valid(aws, "CreateTrainingJob", request)
    return request


def launch_once(
    aws: AwsSession,
    store: LaunchStore,
    data: Mapping[str, Any],
    document: str,
    token: str,
    folder: Path,
    progress: Progress,
) -> LaunchResult:
    """Launch a document with its token; a token that is spent answers the job that it was spent on.

    Raises `Conflict` where the token was not issued for this document.
    """
    spec = valid_spec(data, profile_of(aws))
    with store.launching(document, token, spec.metadata.base_job_name) as permit:
        if permit.spent:
            return LaunchResult(training_job_name=permit.job_name, training_job_arn=None, already_launched=True)
        try:
            result = launch(aws, spec, folder, job_name=permit.job_name, token=token, progress=progress)
        except SmextError as error:
            if error.code not in _OUTCOME_UNKNOWN:
                permit.release()
            raise
        permit.spend()
        return result


# After these nobody knows whether the job exists: its name stays reserved for the next try.
_OUTCOME_UNKNOWN = {
    ErrorCode.NETWORK,
    ErrorCode.TIMEOUT,
    ErrorCode.SERVICE_UNAVAILABLE,
    ErrorCode.THROTTLED,
    ErrorCode.INTERNAL,
}


def launch(
    aws: AwsSession, spec: TrainingSpec, folder: Path, *, job_name: str, token: str, progress: Progress
) -> LaunchResult:
    """Pack, upload and create the job, cancellable until it is created.

    Permissions: `s3:GetObject` and `s3:PutObject` under the output path, `sagemaker:CreateTrainingJob`,
    `sagemaker:AddTags`, `iam:PassRole` on the execution role; after a name clash `sagemaker:DescribeTrainingJob` and
    `sagemaker:ListTags`. Raises :class:`SmextError`.
    """
    place = Place.of(aws.identity())
    role(spec.spec, place)
    source_uri, tags = None, {TAG_TOKEN: token, TAG_SPEC: spec_sha256(spec)}
    source = spec.spec.source_code
    if source and is_packed(source):
        source_uri = source.source_dir
    elif source:
        progress.update(0, None, f"Packing {ARCHIVE}")
        bucket, prefix = _source_place(spec, place)
        key = spec.spec.output_data_config.kms_key_id
        with pack(plan(source, folder), progress) as package:
            tags[TAG_SOURCE] = package.sha256
            source_uri = upload(aws, package, bucket, prefix, progress, kms_key_id=key)
    else:
        _require_bucket(aws, bucket_and_prefix(output_path(spec.spec, place))[0])
    request = training_request(spec, place, job_name=job_name, source_uri=source_uri, own_tags=tags)
    check(progress)
    progress.update(0, None, f"Creating {job_name}")
    return create(aws, request, token)


def create(aws: AwsSession, request: dict[str, Any], token: str) -> LaunchResult:
    """Create the job, or find that it was created with this token before."""
    client = aws.client("sagemaker")
    name = request["TrainingJobName"]
    try:
        answer = client.create_training_job(**request)
    except Exception as error:
        mapped = from_aws(error, resource=f"arn:aws:sagemaker:{aws.region}:*:training-job/{name}")
        if mapped.code is ErrorCode.CONFLICT:
            return _existing(client, name, token, mapped)
        raise mapped from error
    return LaunchResult(training_job_name=name, training_job_arn=answer["TrainingJobArn"], already_launched=False)


def _existing(client: Any, name: str, token: str, conflict: SmextError) -> LaunchResult:
    try:
        arn = client.describe_training_job(TrainingJobName=name)["TrainingJobArn"]
        tags = {each["Key"]: each["Value"] for each in client.list_tags(ResourceArn=arn)["Tags"]}
    except Exception as error:
        raise conflict from error
    if tags.get(TAG_TOKEN) != token:
        raise conflict
    return LaunchResult(training_job_name=name, training_job_arn=arn, already_launched=True)


def _source_place(spec: TrainingSpec, place: Place) -> tuple[str, str]:
    bucket, prefix = bucket_and_prefix(output_path(spec.spec, place))
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
