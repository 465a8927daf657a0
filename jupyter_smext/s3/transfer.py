"""Copy files and whole folders between this machine and S3."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Progress
from ..aws.session import AwsSession
from .browse import all_objects
from .download import fetch_file
from .local_files import confine, files_below, path_below
from .models import LocalTransferRequest, TransferFailure, TransferResult
from .parallel import in_parallel
from .upload import send_file

THREADS = 8

# A file's name for reports, and what moves it: takes the progress of this file, returns its bytes.
Move = tuple[str, Callable[[Progress], int]]


def upload(aws: AwsSession, root: Path, request: LocalTransferRequest, progress: Progress) -> TransferResult:
    """Copy a file or folder below ``root`` to S3. Raises `InvalidRequest` where the path leads out of it."""
    path = confine(root, request.path)
    return upload_path(
        aws, path, request.bucket, request.key, overwrite=request.overwrite, progress=progress, boundary=root
    )


def download(aws: AwsSession, root: Path, request: LocalTransferRequest, progress: Progress) -> TransferResult:
    """Copy an object, or everything under a prefix that ends in `/`, to a place below ``root``."""
    path = confine(root, request.path)
    return download_path(
        aws, request.bucket, request.key, path, overwrite=request.overwrite, progress=progress, boundary=root
    )


def upload_path(
    aws: AwsSession,
    path: Path,
    bucket: str,
    key: str,
    *,
    overwrite: bool,
    progress: Progress,
    boundary: Path | None = None,
) -> TransferResult:
    """Copy a file, or a folder with all that is in it, to S3; ``progress`` counts bytes.

    A key that is empty or ends in `/` is a prefix to put things under. An existing key raises `Conflict` for a single
    file and is skipped in a folder, unless ``overwrite``. Links that lead out of ``boundary`` are left out.
    """
    if path.is_file():
        target = key + path.name if not key or key.endswith("/") else key
        sent = send_file(aws, path, bucket, target, overwrite=overwrite, progress=progress)
        return TransferResult(files=1, bytes=sent.size)
    if not path.is_dir():
        raise SmextError(ErrorCode.NOT_FOUND, f"There is no file or folder {path}.")
    prefix = key if not key or key.endswith("/") else key + "/"

    def move(relative: str, file: Path) -> Move:
        return (
            relative,
            lambda share: send_file(aws, file, bucket, prefix + relative, overwrite=overwrite, progress=share).size,
        )

    total = sum(file.stat().st_size for _, file in files_below(path, boundary))
    return _run((move(*each) for each in files_below(path, boundary)), _Sum(progress, total))


def download_path(
    aws: AwsSession,
    bucket: str,
    key: str,
    path: Path,
    *,
    overwrite: bool,
    progress: Progress,
    boundary: Path | None = None,
) -> TransferResult:
    """Copy an object to a file, or all under a prefix (empty, or ending in `/`) into a folder.

    ``progress`` counts bytes. An existing file raises `Conflict` for a single object and is skipped in a folder, unless
    ``overwrite``. Keys that no file can be named after are reported as failed.
    """
    if key and not key.endswith("/"):
        target = path
        if path.is_dir():
            below = path_below(path, key.rsplit("/", 1)[-1])
            if below is None:
                raise SmextError(ErrorCode.INVALID_REQUEST, f"No file can be named after {key!r}; give it a name.")
            target = below
        size = fetch_file(aws, bucket, key, target, overwrite=overwrite, progress=progress)
        return TransferResult(files=1, bytes=size)
    shared = _Sum(progress, 0)

    def fetch(relative: str, share: Progress) -> int:
        target = path_below(path, relative)
        if target is None:
            raise SmextError(ErrorCode.INVALID_REQUEST, f"No file can be named {relative!r}.")
        if boundary and not target.resolve().is_relative_to(boundary.resolve()):
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{relative!r} leads out of the server's files by a link.")
        return fetch_file(aws, bucket, key + relative, target, overwrite=overwrite, progress=share)

    def moves() -> Iterator[Move]:
        for each in all_objects(aws, bucket, key):
            if each["key"].endswith("/") and each["size"] == 0:
                continue  # the console's way to show an empty folder
            relative = each["key"][len(key) :]
            shared.total += each["size"]
            yield relative, lambda share, relative=relative: fetch(relative, share)  # type: ignore[misc]

    return _run(moves(), shared)


def _run(moves: Iterable[Move], shared: _Sum) -> TransferResult:
    """Make all moves, several at once. One that fails does not stop the others; where all fail, the first is raised."""
    result = TransferResult()
    first_error: SmextError | None = None

    def make(item: Move) -> tuple[str, int, SmextError | None]:
        name, move = item
        try:
            return name, move(_Share(shared)), None
        except Exception as error:
            return name, 0, from_aws(error)

    for name, size, error in in_parallel(make, moves, threads=THREADS, progress=shared.progress):
        if error is None:
            result.files += 1
            result.bytes += size
        elif error.code is ErrorCode.CANCELLED:
            raise error
        elif error.code is ErrorCode.CONFLICT:
            result.skipped += 1
        else:
            first_error = first_error or error
            result.failed += 1
            if len(result.failures) < TransferResult.MOST_FAILURES:
                result.failures.append(TransferFailure(name=name, code=error.code, message=str(error)))
    if first_error and not result.files and not result.skipped:
        raise first_error
    return result


class _Sum:
    """Adds up the progress of files that move side by side."""

    def __init__(self, progress: Progress, total: float) -> None:
        self.progress, self.total = progress, total
        self._done = 0.0
        self._lock = threading.Lock()

    def add(self, more: float) -> None:
        with self._lock:
            self._done += more
            self.progress.update(self._done, self.total)


class _Share(Progress):
    """The progress of one file of many."""

    def __init__(self, shared: _Sum) -> None:
        self._shared = shared
        self._done = 0.0

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        self._shared.add(done - self._done)
        self._done = done

    def cancelled(self) -> bool:
        return self._shared.progress.cancelled()
