"""The source code package: what goes into sourcedir.tar.gz, the same bytes for the same content, uploaded once.

The SageMaker training toolkit in the framework images fetches and unpacks it before the script starts.
https://github.com/aws/sagemaker-training-toolkit
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from .ignore import ALWAYS, IGNORE_FILES, Rule, ignored, rules
from .models import SourceCode
from .notebook import SUFFIX, notebook_script, program_name
from .secrets import secret_in

ARCHIVE = "sourcedir.tar.gz"


@dataclass(frozen=True)
class PackedFile:
    """One file of the package."""

    name: str
    path: Path
    size: int
    content: bytes | None = None  # of a file that is made for the package, and is in no folder


@dataclass
class SourcePlan:
    """What would be packed, before anything is."""

    files: list[PackedFile]
    secrets: dict[str, str] = field(default_factory=dict)  # name -> what seems to be in it

    @property
    def size(self) -> int:
        """Bytes before compression."""
        return sum(each.size for each in self.files)


@dataclass(frozen=True)
class Package:
    """A packed source directory, in a temporary file that goes with the ``with`` block."""

    archive: IO[bytes]
    sha256: str  # of the content before compression: zlib's versions compress differently
    size: int

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def key(self, prefix: str) -> str:
        """Its S3 key under a prefix. The content decides it, so that the same content is uploaded once."""
        return f"{prefix}/{self.sha256}/{ARCHIVE}".lstrip("/")


def is_packed(source: SourceCode) -> bool:
    """Whether the source directory is a package in S3 already."""
    return source.source_dir.startswith("s3://")


def plan(source: SourceCode, folder: Path) -> SourcePlan:
    """The files that the package would hold; ``folder`` is where relative paths start.

    Raises `InvalidRequest` where the directory, the script or a named file does not exist, or nothing but an ignored
    script does.
    """
    top = (folder / source.source_dir).resolve()
    if not top.is_dir():
        raise _invalid(f"The source directory {top} does not exist.", "Set spec.source_code.source_dir.")
    named = {name: top / name for name in _found(top, source.ignore_patterns)}
    for dependency in source.dependencies:
        named.update(_dependency((folder / dependency).resolve(), source.ignore_patterns))
    if source.requirements:
        requirements = top / source.requirements
        if not requirements.is_file():
            raise _invalid(
                f"The requirements file {requirements} does not exist.", "Set spec.source_code.requirements."
            )
        named["requirements.txt"] = requirements
    entry = os.path.normpath(source.entry_script)
    if entry not in named:
        if (top / entry).is_file():
            raise _invalid(f"The entry script {entry} is left out by an ignore rule.", f"Add `!{entry}` to the rules.")
        raise _invalid(f"The entry script {entry} does not exist in {top}.", "Set spec.source_code.entry_script.")
    if entry.endswith(SUFFIX):
        if program_name(entry) in named:
            raise _invalid(f"{entry} would become {program_name(entry)}, which exists.", "Rename one of them.")
        script = notebook_script(named.pop(entry)).text.encode()
        made = [PackedFile(program_name(entry), top / entry, len(script), script)]
    else:
        made = []
    files = [PackedFile(name, path, path.stat().st_size) for name, path in named.items()]
    files = sorted([*files, *made], key=lambda each: each.name)
    secrets = {each.name: kind for each in files if (kind := secret_in(each.path)) is not None}
    return SourcePlan(files, {name: kind for name, kind in secrets.items() if name not in source.allow_secrets})


def pack(planned: SourcePlan, progress: Progress) -> Package:
    """Pack the files, with nothing of this machine in it: no times, no owners, no order of the disk.

    Raises `InvalidRequest` where a secret seems to be among them.
    """
    if planned.secrets:
        listed = "; ".join(f"{name} ({kind})" for name, kind in planned.secrets.items())
        raise _invalid(
            f"Secrets do not go into a source package: {listed}.",
            "Leave the file out with .sagemakerignore, or name it in spec.source_code.allow_secrets.",
        )
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the package closes it
    try:
        digest = _write(planned, archive, progress)
    except BaseException:
        archive.close()
        raise
    size = archive.tell()
    archive.seek(0)
    return Package(archive, digest, size)


def upload(
    aws: AwsSession, package: Package, bucket: str, prefix: str, progress: Progress, *, kms_key_id: str | None = None
) -> str:
    """Put the package where its content says, unless it is there already; answers its s3:// URI.

    ``kms_key_id`` encrypts it, as it does the job's output.
    Permissions: `s3:GetObject` (to see whether it is there; without it, it is uploaded again) and `s3:PutObject`.
    """
    key = package.key(prefix)
    uri = f"s3://{bucket}/{key}"
    client = aws.client("s3")
    try:
        if not _exists(client, bucket, key):
            check(progress)
            done = 0

            def count(transferred: int) -> None:
                nonlocal done
                done += transferred
                progress.update(done, package.size, f"Uploading {ARCHIVE}")

            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
            client.upload_fileobj(package.archive, bucket, key, ExtraArgs=encryption, Callback=count)
    except Exception as error:
        raise _upload_failed(error, bucket, key) from error
    return uri


def _exists(client: Any, bucket: str, key: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return False  # S3 answers 403 for a missing key to those who may not list
        raise
    return True


def _upload_failed(error: Exception, bucket: str, key: str) -> SmextError:
    from boto3.exceptions import S3UploadFailedError

    if isinstance(error, S3UploadFailedError) and error.__context__ is not None:
        error = error.__context__ if isinstance(error.__context__, Exception) else error
    mapped = from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}")
    if mapped.code is ErrorCode.NOT_FOUND:
        return missing_bucket(bucket)
    return mapped


def missing_bucket(bucket: str) -> SmextError:
    """The bucket for code and output does not exist; we never make one without being asked."""
    return SmextError(
        ErrorCode.NOT_FOUND,
        f"The bucket {bucket} for code and output does not exist.",
        hint=f"Create it (`aws s3 mb s3://{bucket}`, or in the S3 section), or name another one in "
        "spec.output_data_config.s3_output_path.",
        operation="HeadBucket",
        resource=f"arn:aws:s3:::{bucket}",
    )


# ------------------------------------------------------------------------------------------------------------ details


def _write(planned: SourcePlan, archive: IO[bytes], progress: Progress) -> str:
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", fileobj=archive, mode="wb", compresslevel=6, mtime=0) as compressed:
        tee = _Tee(cast("IO[bytes]", compressed), digest)
        with tarfile.open(fileobj=cast("IO[bytes]", tee), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for each in planned.files:
                check(progress)
                info = tarfile.TarInfo(each.name)
                info.size = each.size
                info.mode = 0o755 if os.access(each.path, os.X_OK) and each.content is None else 0o644
                with each.path.open("rb") if each.content is None else io.BytesIO(each.content) as content:
                    tar.addfile(info, content)
    return digest.hexdigest()


class _Tee:
    """Hands what is written to the compressor and to the hash."""

    def __init__(self, target: IO[bytes], digest: Any) -> None:
        self._target = target
        self._digest = digest

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._target.write(data)


def _found(top: Path, patterns: list[str]) -> list[str]:
    """The names, relative to ``top``, of the files below it that are not ignored."""
    outer, prefix = _outer_rules(top)
    always = rules(ALWAYS)
    own = rules(patterns)
    collected: list[str] = []

    def walk(folder: Path, name: str, inherited: list[Rule]) -> None:
        given = inherited + _rules_of(folder, _joined(prefix, name))
        for entry in sorted(os.scandir(folder), key=lambda each: each.name):
            here = _joined(name, entry.name)
            is_folder = entry.is_dir()
            if (
                ignored(here, is_folder, always)
                or ignored(here, is_folder, own)
                or (ignored(_joined(prefix, here), is_folder, given) and not _wanted(here, is_folder, own))
            ):
                continue
            if entry.is_dir(follow_symlinks=False):
                walk(Path(entry.path), here, given)
            elif entry.is_file():
                collected.append(here)

    walk(top, "", outer)
    return collected


def _wanted(name: str, is_folder: bool, own: list[Rule]) -> bool:
    """Whether a pattern of the spec (`!train.py`) brings back what an ignore file leaves out."""
    return any(rule.negated and rule.matches(name, is_folder) for rule in own)


def _outer_rules(top: Path) -> tuple[list[Rule], str]:
    """The ignore files of the git repository around ``top``, and the place of ``top`` in it."""
    root = next((each for each in (top, *top.parents) if (each / ".git").exists()), top)
    prefix = top.relative_to(root).as_posix()
    prefix = "" if prefix == "." else prefix
    found: list[Rule] = []
    folder = root
    for part in ("", *Path(prefix).parts):
        folder = folder / part
        if folder != top:
            found += _rules_of(folder, folder.relative_to(root).as_posix())
    return found, prefix


def _rules_of(folder: Path, base: str) -> list[Rule]:
    found: list[Rule] = []
    for name in IGNORE_FILES:
        path = folder / name
        if path.is_file():
            found += rules(path.read_text("utf-8", "replace").splitlines(), base)
    return found


def _dependency(path: Path, patterns: list[str]) -> dict[str, Path]:
    if path.is_file():
        return {path.name: path}
    if path.is_dir():
        return {f"{path.name}/{name}": path / name for name in _found(path, patterns)}
    raise _invalid(f"The dependency {path} does not exist.", "Set spec.source_code.dependencies.")


def _joined(folder: str, name: str) -> str:
    return "/".join(each for each in (folder, name) if each)


def _invalid(message: str, hint: str) -> SmextError:
    return SmextError(ErrorCode.INVALID_REQUEST, message, hint=hint)


def bucket_and_prefix(uri: str) -> tuple[str, str]:
    """``s3://bucket/some/prefix/`` -> ``("bucket", "some/prefix")``."""
    parts = urlsplit(uri)
    return parts.netloc, parts.path.strip("/")
