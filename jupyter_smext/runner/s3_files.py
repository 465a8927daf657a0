"""Objects in S3 to files here and back.

Needs s3:ListBucket and s3:GetObject on what is read, s3:PutObject on what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

_PARALLEL_FILES = 4


class S3Error(Exception):
    """S3 refused, or was not reached: ``code (HTTP status): message`` or what boto3 says."""


@dataclass(frozen=True)
class S3Uri:
    """``s3://bucket/key``; the key may be a prefix, or empty."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """Raises ValueError when ``text`` is no S3 URI."""
        bucket, _, key = text.removeprefix("s3://").partition("/")
        if not text.startswith("s3://") or not bucket:
            raise ValueError(f"{text!r} is not an S3 URI of the form s3://bucket/key")
        return cls(bucket, key)

    def __truediv__(self, part: str) -> S3Uri:
        return S3Uri(self.bucket, f"{self.key.rstrip('/')}/{part}".lstrip("/"))

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def list_keys(s3: Any, uri: S3Uri) -> Iterator[str]:
    """All keys that begin with the URI's key, in order, without folder markers. Raises S3Error."""
    with _s3_errors():
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=uri.bucket, Prefix=uri.key):
            for entry in page.get("Contents", []):
                if not entry["Key"].endswith("/"):
                    yield entry["Key"]


def read_text(s3: Any, uri: S3Uri) -> str:
    """The text in one object. Raises S3Error."""
    with _s3_errors():
        content: bytes = s3.get_object(Bucket=uri.bucket, Key=uri.key)["Body"].read()
    return content.decode()


def relative_name(key: str, prefix: str) -> str:
    """The path that SageMaker gives to ``key`` in the folder of the data source with this prefix.

    A prefix may be a folder, with or without its slash, the key of a single object, or the beginning of names.
    """
    folder = prefix if prefix.endswith("/") or not prefix else prefix + "/"
    if not key.startswith(folder):
        folder = prefix[: prefix.rfind("/") + 1]
    return key[len(folder) :]


def download(
    s3: Any, bucket: str, targets: Iterable[tuple[str, Path]], folder: Path, check: Callable[[], None] = lambda: None
) -> None:
    """Download each (key, path); all paths must lie in ``folder``.

    ``check`` is called again and again on the way and may raise to end the download. Raises S3Error, OSError, and
    ValueError for a key that would leave the folder.
    """
    root = folder.resolve()

    def fetch(target: tuple[str, Path]) -> None:
        key, path = target
        check()
        if not path.resolve().is_relative_to(root):
            raise ValueError(f"the key {key!r} leads out of its folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        with _s3_errors():
            s3.download_file(bucket, key, str(path), Callback=lambda size: check())

    with ThreadPoolExecutor(_PARALLEL_FILES, thread_name_prefix="s3-download") as pool:
        waiting = [pool.submit(fetch, target) for target in targets]
        try:
            for future in waiting:
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def download_prefix(s3: Any, uri: S3Uri, folder: Path, check: Callable[[], None] = lambda: None) -> int:
    """Download everything below ``uri`` into ``folder``; the number of files. Raises what :func:`download` raises."""
    keys = list(list_keys(s3, uri))
    download(s3, uri.bucket, [(key, folder / relative_name(key, uri.key)) for key in keys], folder, check)
    return len(keys)


def upload_file(s3: Any, path: Path, uri: S3Uri) -> None:
    """Upload one file, a large one in parts. Raises S3Error and OSError."""
    with _s3_errors():
        s3.upload_file(str(path), uri.bucket, uri.key)


def upload_folder(s3: Any, folder: Path, uri: S3Uri) -> None:
    """Upload every file of ``folder`` below ``uri``. Raises S3Error and OSError."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            upload_file(s3, path, uri / path.relative_to(folder).as_posix())


@contextmanager
def _s3_errors() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        # boto3 puts the errors of an upload into one of its own.
        cause = error if isinstance(error, ClientError) else error.__context__
        if not isinstance(cause, ClientError):
            raise S3Error(str(error)) from error
        answer = cause.response
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", "no status")
        raise S3Error(f"{answer['Error']['Code']} ({status}): {answer['Error']['Message']}") from error
