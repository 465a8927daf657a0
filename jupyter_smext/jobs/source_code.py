"""The source code that a training job ran, read from S3."""

from __future__ import annotations

import io
import json
import tarfile

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .models import TrainingJob

# Source directories are small; whoever packs data into theirs gets a clear word instead of a full memory.
_MAX_BYTES = 50 * 1024 * 1024
_MAX_FILES = 2000


def read_source_code(session: AwsSession, job: TrainingJob) -> dict[str, bytes]:
    """Path -> content of each file: of the archive (script mode), or of the code channel (SDK v3).

    Raises NotFound where the job brought no code or it is gone, TooLarge beyond 50 MiB or 2,000 files.
    Permissions: `s3:GetObject`, and `s3:ListBucket` for a channel.
    """
    if not job.source_dir or not job.source_dir.startswith("s3://"):
        raise SmextError(ErrorCode.NOT_FOUND, f"Training job {job.training_job_name} brought no source code with it.")
    bucket, _, key = job.source_dir.removeprefix("s3://").partition("/")
    try:
        if key.endswith(".tar.gz"):
            return _of_archive(_object(session, bucket, key))
        return _of_prefix(session, bucket, f"{key.rstrip('/')}/")
    except ClientError as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error


def entry_point_of(session: AwsSession, job: TrainingJob) -> str | None:
    """The script that the job ran, relative to its source directory, or None where it ran none.

    Script mode names it in a hyperparameter, SDK v3 in a file that its drivers read. Permission: `s3:GetObject`.
    """
    drivers = next((each.s3_uri for each in job.channels if each.channel_name == "sm_drivers"), None)
    if job.entry_point or not drivers:
        return job.entry_point
    bucket, _, prefix = drivers.removeprefix("s3://").partition("/")
    key = f"{prefix.rstrip('/')}/sourcecode.json"
    try:
        described = json.loads(_object(session, bucket, key))
    except ClientError as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error
    except ValueError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"s3://{bucket}/{key} is no JSON: {error}") from error
    entry_script = described.get("entry_script") if isinstance(described, dict) else None
    return str(entry_script) if entry_script else None


def _object(session: AwsSession, bucket: str, key: str) -> bytes:
    answer = session.client("s3").get_object(Bucket=bucket, Key=key)
    with answer["Body"] as body:
        if answer["ContentLength"] > _MAX_BYTES:
            raise _too_large()
        content: bytes = body.read()
    return content


def _of_archive(content: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    size = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                size += member.size
                if size > _MAX_BYTES or len(files) >= _MAX_FILES:
                    raise _too_large()
                stream = archive.extractfile(member)
                if stream is not None:
                    files[member.name.removeprefix("./")] = stream.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"The source archive cannot be read: {error}") from error
    return files


def _of_prefix(session: AwsSession, bucket: str, prefix: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    size = 0
    for page in session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Contents", []):
            size += each["Size"]
            if size > _MAX_BYTES or len(files) >= _MAX_FILES:
                raise _too_large()
            files[each["Key"].removeprefix(prefix)] = _object(session, bucket, each["Key"])
    return files


def _too_large() -> SmextError:
    return SmextError(
        ErrorCode.TOO_LARGE, f"The source code is larger than {_MAX_BYTES >> 20} MiB or {_MAX_FILES} files."
    )
