"""A model archive that carries the code that serves it."""

from __future__ import annotations

import errno
import hashlib
import io
import tarfile
import tempfile
from typing import IO, Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from ..jobs.models import TrainingJob
from ..jobs.source_code import read_source_code

# Where a container finds the folder `code` of the archive.
CODE_IN_MODEL = "/opt/ml/model/code"


def model_with_code(session: AwsSession, job: TrainingJob) -> str:
    """The s3:// URI of the job's model archive with the job's source code in its folder `code`.

    It is made once, beside the job's output (`.../<job>/serving/model.tar.gz`), and made again only where model or
    code changed since. What the archive holds under `code` already stays, unless the source code has a file of that
    name. The model goes through a temporary file of this machine.

    Raises TooLarge where that has no room, and what :func:`~jupyter_smext.jobs.source_code.read_source_code` raises.
    Permissions: `s3:GetObject` on model and code, `s3:PutObject` beside the output.
    https://sagemaker.readthedocs.io/en/v2/frameworks/pytorch/using_pytorch.html#model-directory-structure
    """
    assert job.model_artifacts
    bucket, _, key = job.model_artifacts.removeprefix("s3://").partition("/")
    target = f"{key.rpartition('/output/')[0] or key}/serving/model.tar.gz"
    code = read_source_code(session, job)
    s3 = session.client("s3")
    try:
        etag = s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')
        made_from = {"smext-model-etag": etag, "smext-code-sha256": _digest(code)}
        if _metadata(s3, bucket, target) != made_from:
            with tempfile.TemporaryFile() as archive:
                with s3.get_object(Bucket=bucket, Key=key)["Body"] as model:
                    _repack(model, code, archive)
                archive.seek(0)
                s3.upload_fileobj(archive, bucket, target, ExtraArgs={"Metadata": made_from, **_encryption(job)})
    except ClientError as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error
    except tarfile.TarError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"The model archive cannot be read: {error}") from error
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise SmextError(
            ErrorCode.TOO_LARGE,
            f"The model does not fit into {tempfile.gettempdir()} of this machine.",
            hint="Make room there, or set TMPDIR to a larger place.",
        ) from error
    return f"s3://{bucket}/{target}"


def _digest(code: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(code.items()):
        digest.update(f"{len(path)}:{path}{len(content)}:".encode() + content)
    return digest.hexdigest()


def _metadata(s3: Any, bucket: str, key: str) -> dict[str, str] | None:
    try:
        metadata: dict[str, str] = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as error:
        # Without ListBucket S3 refuses to tell of an object that is not there.
        if from_aws(error).code in (ErrorCode.NOT_FOUND, ErrorCode.ACCESS_DENIED):
            return None
        raise
    return metadata


def _encryption(job: TrainingJob) -> dict[str, str]:
    key_id = job.describe.get("OutputDataConfig", {}).get("KmsKeyId")
    return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}


def _repack(model: IO[bytes], code: dict[str, bytes], target: IO[bytes]) -> None:
    own = {f"code/{path}" for path in code}
    # Weights hardly compress: the fastest level is as good as the best.
    with (
        tarfile.open(fileobj=model, mode="r|gz") as source,
        tarfile.open(fileobj=target, mode="w:gz", compresslevel=1) as archive,
    ):
        for member in source:
            if member.name.removeprefix("./") not in own:
                archive.addfile(member, source.extractfile(member) if member.isreg() else None)
        for path, content in sorted(code.items()):
            member = tarfile.TarInfo(f"code/{path}")
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
