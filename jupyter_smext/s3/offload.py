"""Move files from a dear disk to S3, and back, so that nothing is lost wherever it is killed.

A file goes only when S3 has confirmed the checksum of what it holds and a pointer to it lies durably beside it. At
every moment there is the file, or the pointer and the object, or all of them; starting again finishes what was begun.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from ..prices import storage as storage_prices
from .batch import Move, Sum, run_all
from .buckets import bucket_region
from .conflicts import Exists, OnConflict
from .download import fill
from .file_upload import digest_of, send_file
from .local_files import NewFile, confine, files_below, is_partial, sha256_of
from .models import LeftAlone, OffloadPlan, OffloadRequest, RestoreRequest, TransferResult
from .object_reader import ObjectReader
from .patience import Patience
from .pointer import SUFFIX, Pointer, sync_folder
from .refusal import named
from .upload import Upload

CHUNK = 2**20
MOST_LEFT_ALONE = 100
# A pointer takes a block of the disk itself.
SMALLEST = 4096
SHA256 = "smext-sha256"


class _Chosen(NamedTuple):
    path: Path
    relative: str
    size: int


class Offload:
    """One offload: `plan` it, show it, then `apply` it."""

    def __init__(self, root: Path, request: OffloadRequest) -> None:
        self._root, self._request = root.resolve(), request
        self._chosen: list[_Chosen] = []

    @property
    def title(self) -> str:
        return f"Offloading {len(self._chosen):,} files to s3://{self._request.bucket}/{self._request.prefix}"

    def plan(self, aws: AwsSession) -> OffloadPlan:
        """Choose the files; nothing is changed. Raises `InvalidRequest` for a path outside of the root."""
        plan = OffloadPlan()
        for path, relative in self._files():
            about = path.lstat()
            why = self._why_left_alone(path, about) if _has_a_key(relative) else "its name is not UTF-8"
            if why:
                plan.left_alone += 1
                if len(plan.left_alone_files) < MOST_LEFT_ALONE:
                    plan.left_alone_files.append(LeftAlone(path=relative, why=why))
            else:
                self._chosen.append(_Chosen(path, relative, about.st_size))
                plan.files += 1
                plan.bytes += about.st_size
        region = bucket_region(aws, self._request.bucket)
        if region:
            plan.usd_in_s3 = storage_prices.monthly(region, self._request.storage_class, plan.bytes)
        return plan

    def apply(self, aws: AwsSession, progress: Progress) -> TransferResult:
        """Offload what was planned; ``progress`` counts bytes. After a failure it may be called again, and goes on.

        Permissions: `s3:PutObject`, `s3:GetObject`, `s3:AbortMultipartUpload`.
        """

        def move(chosen: _Chosen) -> Move:
            key = self._request.prefix + chosen.relative
            return chosen.relative, lambda share: offload_file(aws, chosen.path, key, self._request, share)

        left = [each for each in self._chosen if each.path.exists() or not Pointer.path_for(each.path).exists()]
        return run_all(map(move, left), Sum(progress, sum(each.size for each in left)))

    def _files(self) -> Iterator[tuple[Path, str]]:
        for given in self._request.paths:
            path = confine(self._root, given)
            if path.is_dir():
                for _, file in files_below(path, self._root):
                    yield file, file.relative_to(self._root).as_posix()
            elif path.is_file():
                yield path, path.relative_to(self._root).as_posix()
            else:
                raise SmextError(ErrorCode.NOT_FOUND, f"There is no file or folder {given!r}.")

    def _why_left_alone(self, path: Path, about: os.stat_result) -> str | None:
        request = self._request
        if path.name.endswith(SUFFIX) or is_partial(path.name):
            return "it belongs to an offload itself"
        if path.is_symlink():
            return "it is a link"
        if about.st_nlink > 1:
            return "it has other names, so removing this one frees nothing"
        if about.st_size < max(SMALLEST, request.min_size):
            return "it is too small"
        if request.unused_days and time.time() - max(about.st_mtime, about.st_atime) < request.unused_days * 86_400:
            return "it was used lately"
        return None


def offload_file(aws: AwsSession, path: Path, key: str, request: OffloadRequest, progress: Progress) -> int:
    """Send one file, verify it, leave a pointer, remove it; returns its size.

    Raises `Conflict` where the file changes meanwhile, or where a pointer to other content stands in its place; then it
    stays.
    """
    about = path.stat()
    sha256 = sha256_of(path)
    pointer_path = Pointer.path_for(path)
    if pointer_path.exists():
        pointer = Pointer.read(pointer_path)
        if pointer.sha256 != sha256:
            raise SmextError(
                ErrorCode.CONFLICT,
                f"{pointer_path} points to other content than {path} has.",
                hint="Restore the pointer under another name, or delete it.",
            )
        _check_stored(aws, pointer)
    else:
        pointer = _send(aws, path, about, sha256, key, request, progress)
        pointer.write(pointer_path)
    if _identity(path.stat()) != _identity(about):
        pointer_path.unlink()
        raise SmextError(ErrorCode.CONFLICT, f"{path} changed while it was offloaded.", hint="Offload it again.")
    path.unlink()
    sync_folder(path.parent)
    progress.update(about.st_size, about.st_size)
    return about.st_size


def restore(aws: AwsSession, root: Path, request: RestoreRequest, progress: Progress) -> TransferResult:
    """Bring offloaded files back, by their pointers or by the folders that hold these; ``progress`` counts bytes."""
    root = root.resolve()
    pointers: list[Path] = []
    for given in request.paths:
        path = confine(root, given)
        if path.is_dir():
            pointers += [file for _, file in files_below(path, root) if file.name.endswith(SUFFIX)]
        elif not path.exists() and Pointer.path_for(path).exists():
            pointers.append(Pointer.path_for(path))
        elif path.name.endswith(SUFFIX) and not path.exists() and Pointer.file_for(path).exists():
            continue  # it was brought back already
        else:
            pointers.append(path)
    shared = Sum(progress)
    for pointer in pointers:
        shared.expect(Pointer.read(pointer).size)

    def move(path: Path) -> Move:
        return path.relative_to(root).as_posix(), lambda share: restore_file(aws, path, request, share)

    return run_all(map(move, pointers), shared)


def restore_file(aws: AwsSession, pointer_path: Path, request: RestoreRequest, progress: Progress) -> int:
    """Bring one file back with its time and permissions, verify it, then remove the pointer; returns its size.

    Raises `Conflict` where the object is no longer the one that was offloaded, or another file took the place.
    """
    pointer = Pointer.read(pointer_path)
    path = Pointer.file_for(pointer_path)
    if path.exists():
        if sha256_of(path) != pointer.sha256:
            raise Exists(path)
    else:
        with (
            ObjectReader(aws, pointer.bucket, pointer.key, version_id=pointer.version_id, etag=pointer.etag) as reader,
            NewFile(path, overwrite=False) as new,
        ):
            fill(new, reader, Patience(aws, progress))
            if sha256_of(new.partial) != pointer.sha256:
                raise _not_what_was_sent(pointer)
            os.fchmod(new.file, pointer.mode)
            new.commit(datetime.fromtimestamp(pointer.modified_ns / 1e9, timezone.utc), durable=True)
        sync_folder(path.parent)
    pointer_path.unlink()
    if request.delete_objects:
        version = {"VersionId": pointer.version_id} if pointer.version_id else {}
        with named(aws, pointer.bucket, pointer.key):
            aws.client("s3").delete_object(Bucket=pointer.bucket, Key=pointer.key, **version)
    progress.update(pointer.size, pointer.size)
    return pointer.size


def _send(
    aws: AwsSession,
    path: Path,
    about: os.stat_result,
    sha256: str,
    key: str,
    request: OffloadRequest,
    progress: Progress,
) -> Pointer:
    """Send a file under a free key and return the verified pointer to it."""
    confirmed: dict[int, str] = {}

    def verify(upload: Upload) -> None:
        confirmed.update(upload.checksums)
        for number, crc32 in confirmed.items():
            if crc32 != digest_of(path, (number - 1) * upload.part_size, upload.part_size).crc32:
                raise SmextError(ErrorCode.CONFLICT, f"{path} changed while it was offloaded.", hint="Try it again.")

    def make(name: str, overwrite: bool) -> Pointer:
        try:
            sent = send_file(
                aws, path, request.bucket, name, overwrite=overwrite, progress=progress, verify=verify,
                described={"Metadata": {SHA256: sha256}, "StorageClass": request.storage_class},
            )  # fmt: skip
            etag, version_id = sent.etag, sent.version_id
        except Exists:
            # Perhaps we sent it ourselves, and were killed before the pointer was written.
            found = aws.client("s3").head_object(Bucket=request.bucket, Key=name)
            if found.get("Metadata", {}).get(SHA256) != sha256:
                raise
            etag, version_id = found.get("ETag"), found.get("VersionId")
            confirmed.clear()
        return Pointer(
            bucket=request.bucket,
            key=name,
            # "null" is the version of a bucket that keeps none (any more), and no version to ask for.
            version_id=None if version_id == "null" else version_id,
            etag=etag,
            size=about.st_size,
            sha256=sha256,
            modified_ns=about.st_mtime_ns,
            mode=about.st_mode & 0o7777,
            offloaded_at=datetime.now(timezone.utc),
        )

    pointer = OnConflict.KEEP_BOTH.settle(key, make)
    etag = _stored_etag(aws, pointer)
    if not confirmed or etag != pointer.etag:
        # A server without checksums, one that changes the ETag of what came in parts, or an object of which we only
        # know what it says.
        pointer = pointer.model_copy(update={"etag": etag})
        _read_back(aws, pointer)
    return pointer


def _check_stored(aws: AwsSession, pointer: Pointer) -> None:
    """Raise `Conflict` where the object is not there as it was sent."""
    if _stored_etag(aws, pointer) != pointer.etag:
        raise _not_what_was_sent(pointer)


def _stored_etag(aws: AwsSession, pointer: Pointer) -> str | None:
    """The ETag under which S3 holds the object; raises `Conflict` where it has another size."""
    version = {"VersionId": pointer.version_id} if pointer.version_id else {}
    with named(aws, pointer.bucket, pointer.key):
        found = aws.client("s3").head_object(Bucket=pointer.bucket, Key=pointer.key, **version)
    if found["ContentLength"] != pointer.size:
        raise _not_what_was_sent(pointer)
    etag: str | None = found.get("ETag")
    return etag


def _read_back(aws: AwsSession, pointer: Pointer) -> None:
    digest = hashlib.sha256()
    with ObjectReader(aws, pointer.bucket, pointer.key, version_id=pointer.version_id, etag=pointer.etag) as reader:
        while data := reader.read(CHUNK):
            digest.update(data)
    if digest.hexdigest() != pointer.sha256:
        raise _not_what_was_sent(pointer)


def _not_what_was_sent(pointer: Pointer) -> SmextError:
    return SmextError(
        ErrorCode.CONFLICT,
        f"s3://{pointer.bucket}/{pointer.key} is not what was offloaded.",
        hint="The file stays. Look at the versions of the object.",
    )


def _identity(about: os.stat_result) -> tuple[int, int, int]:
    return about.st_ino, about.st_size, about.st_mtime_ns


def _has_a_key(relative: str) -> bool:
    try:
        relative.encode()
    except UnicodeEncodeError:
        return False
    return True
