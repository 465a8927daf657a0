"""Copy files and whole folders between this machine and S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from .batch import Move, Sum, run_all
from .browse import all_objects
from .conflicts import OnConflict, head
from .download import fetch_file
from .etag import etag_of
from .file_upload import send_file
from .local_files import confine, drop_part, files_below, path_below
from .models import LocalTransferRequest, TransferResult


def upload(
    aws: AwsSession, root: Path, request: LocalTransferRequest, progress: Progress, *, again: bool = False
) -> TransferResult:
    """Copy a file or folder below ``root`` to S3. Raises `InvalidRequest` where the path leads out of it."""
    path = confine(root, request.path)
    return upload_path(
        aws, path, request.bucket, request.key, request.on_conflict, progress, boundary=root, again=again
    )


def download(
    aws: AwsSession, root: Path, request: LocalTransferRequest, progress: Progress, *, again: bool = False
) -> TransferResult:
    """Copy an object, or everything under a prefix that ends in `/`, to a place below ``root``."""
    path = confine(root, request.path)
    return download_path(
        aws, request.bucket, request.key, path, request.on_conflict, progress, boundary=root, again=again
    )


def upload_path(
    aws: AwsSession,
    path: Path,
    bucket: str,
    key: str,
    on_conflict: OnConflict,
    progress: Progress,
    *,
    boundary: Path | None = None,
    again: bool = False,
) -> TransferResult:
    """Copy a file, or a folder with all that is in it, to S3; ``progress`` counts bytes.

    A key that is empty or ends in `/` is a prefix to put things under. To refuse what exists means to raise `Conflict`
    for a single file, and to skip it in a folder. Links that lead out of ``boundary`` are left out. ``again``: it was
    begun before, perhaps by a server that is gone, so that what has arrived by then is left out.
    """

    def send(file: Path, target: str, share: Progress) -> int:
        def make(name: str, overwrite: bool) -> int:
            if again and _is_sent(aws, bucket, name, file):
                return file.stat().st_size
            return send_file(aws, file, bucket, name, overwrite=overwrite, progress=share, again=again).size

        return on_conflict.settle(target, make)

    if path.is_file():
        target = key + path.name if not key or key.endswith("/") else key
        return TransferResult(files=1, bytes=send(path, target, progress))
    if not path.is_dir():
        raise SmextError(ErrorCode.NOT_FOUND, f"There is no file or folder {path}.")
    prefix = key if not key or key.endswith("/") else key + "/"

    def move(relative: str, file: Path) -> Move:
        return relative, lambda share: send(file, prefix + relative, share)

    total = sum(file.stat().st_size for _, file in files_below(path, boundary))
    return run_all((move(*each) for each in files_below(path, boundary)), Sum(progress, total))


def download_path(
    aws: AwsSession,
    bucket: str,
    key: str,
    path: Path,
    on_conflict: OnConflict,
    progress: Progress,
    *,
    boundary: Path | None = None,
    again: bool = False,
) -> TransferResult:
    """Copy an object to a file, or all under a prefix (empty, or ending in `/`) into a folder.

    ``progress`` counts bytes. To refuse what exists means to raise `Conflict` for a single object, and to skip it in a
    folder. Keys that no file can be named after, and links out of ``boundary``, are reported as failed. ``again``: it
    was begun before, so that what has arrived by then is left out.
    """

    def fetch(source: str, target: Path | None, share: Progress) -> int:
        if target is None:
            raise SmextError(ErrorCode.INVALID_REQUEST, f"No file can be named after {source!r}.")
        if boundary and not target.resolve().is_relative_to(boundary.resolve()):
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{target} leads out of the server's files by a link.")

        def make(name: str, overwrite: bool) -> int:
            file = target.with_name(name)
            if again and _is_fetched(aws, bucket, source, file):
                drop_part(file)
                return file.stat().st_size
            return fetch_file(aws, bucket, source, file, overwrite=overwrite, progress=share)

        return on_conflict.settle(target.name, make)

    if key and not key.endswith("/"):
        target = path_below(path, key.rsplit("/", 1)[-1]) if path.is_dir() else path
        return TransferResult(files=1, bytes=fetch(key, target, progress))
    shared = Sum(progress)

    def move(source: str) -> Move:
        relative = source[len(key) :]
        return relative, lambda share: fetch(source, path_below(path, relative), share)

    def moves() -> Iterator[Move]:
        for each in all_objects(aws, bucket, key):
            if each["key"].endswith("/") and each["size"] == 0:
                continue  # the console's way to show an empty folder
            shared.expect(each["size"])
            yield move(each["key"])

    return run_all(moves(), shared)


def _is_sent(aws: AwsSession, bucket: str, key: str, file: Path) -> bool:
    found = head(aws, bucket, key)
    return bool(found and found["ContentLength"] == file.stat().st_size and found["ETag"].strip('"') == etag_of(file))


def _is_fetched(aws: AwsSession, bucket: str, key: str, file: Path) -> bool:
    """A file gets the object's time of modification when it is whole."""
    if not file.is_file():
        return False
    found, about = head(aws, bucket, key), file.stat()
    return bool(
        found
        and found["ContentLength"] == about.st_size
        and int(found["LastModified"].timestamp()) == int(about.st_mtime)
    )
