"""Moves a file in every way again and again, each time killed one step later, and checks that nothing is lost.

Run as a program: ``python killed_anywhere.py FOLDER BUCKET``. Prints one line of JSON: the number of steps of each
operation. A step is whatever asks S3 or changes the disk, and a kill is a kill: no handler of the process runs.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3 import archive, copy
from jupyter_smext.s3 import arrived as arrived_module
from jupyter_smext.s3 import download as download_module
from jupyter_smext.s3 import upload as upload_module
from jupyter_smext.s3.conflicts import OnConflict
from jupyter_smext.s3.models import (
    CopyRequest,
    ExtractRequest,
    OffloadRequest,
    RestoreRequest,
    SyncDirection,
    SyncRequest,
)
from jupyter_smext.s3.offload import Offload, restore
from jupyter_smext.s3.pointer import Pointer
from jupyter_smext.s3.sync import Sync
from jupyter_smext.s3.transfer import download_path, upload_path

Operation = Callable[[Path, str], None]
Check = Callable[[Path, str, str], None]

KILLED = 9


# Made once, because that takes long; only the children use `aws`, so no connection is shared.
aws, looking = AwsSession(), AwsSession()
aws.client("s3")


def main(folder: Path, bucket: str) -> None:
    upload_module.PART = copy.PART = 5 * 2**20
    copy.MAX_SINGLE_COPY = 2**20
    download_module.RANGE = download_module.CHUNK = 3 * 2**20
    arrived_module.NOTE_EVERY = 0
    content = os.urandom(upload_module.PART + 1)
    steps = {
        operation.__name__: kill_at_every_step(operation, before, there, done, folder, bucket, content)
        for operation, before, there, done in OPERATIONS
    }
    print(json.dumps(steps))


def kill_at_every_step(
    operation: Operation,
    before: tuple[Operation, ...],
    there: Check,
    done: Check,
    folder: Path,
    bucket: str,
    content: bytes,
) -> int:
    digest = hashlib.sha256(content).hexdigest()
    for number in count():
        case = folder / f"{operation.__name__}-{number}"
        case.mkdir()
        (case / "data.bin").write_bytes(content)
        os.utime(case / "data.bin", (1_700_000_000, 1_700_000_000))
        for each in before:
            assert in_a_child(each, case, bucket) == 0
        code = in_a_child(die_at, number, operation, case, bucket)
        there(case, bucket, digest)
        if code == 0:
            return number
        assert code == KILLED, code
        assert in_a_child(operation, case, bucket) == 0, "it did not finish what was begun"
        there(case, bucket, digest)
        done(case, bucket, digest)
    raise AssertionError


def offload(case: Path, bucket: str) -> None:
    work = Offload(case, OffloadRequest(paths=["data.bin"], bucket=bucket, prefix=case.name + "/"))
    if (case / "data.bin").exists():
        work.plan(aws)
        work.apply(aws, Silent())


def bring_back(case: Path, bucket: str) -> None:
    if (case / "data.bin.offloaded").exists():
        restore(aws, case, RestoreRequest(paths=["data.bin.offloaded"]), Silent())


def upload(case: Path, bucket: str) -> None:
    result = upload_path(aws, case / "data.bin", bucket, f"{case.name}/up", OnConflict.REFUSE, Silent(), again=True)
    assert result.files == 1


def download(case: Path, bucket: str) -> None:
    result = download_path(aws, bucket, f"{case.name}/up", case / "down", OnConflict.REFUSE, Silent(), again=True)
    assert result.files == 1


def move(case: Path, bucket: str) -> None:
    item = {"source": f"{case.name}/up", "target": f"{case.name}/moved"}
    request = CopyRequest(source_bucket=bucket, target_bucket=bucket, items=[item], move=True)
    copy.copy_all(aws, request, Silent(), again=True)


def sync_up(case: Path, bucket: str) -> None:
    synchronize(case, bucket, SyncDirection.UP, case)


def sync_down(case: Path, bucket: str) -> None:
    synchronize(case, bucket, SyncDirection.DOWN, case / "synced")


def synchronize(case: Path, bucket: str, direction: SyncDirection, folder: Path) -> None:
    request = SyncRequest(
        path="", bucket=bucket, prefix=f"{case.name}/sync/", direction=direction, exclude=["synced/*"]
    )
    work = Sync(request, folder, interrupted=[])
    work.plan(aws, Silent())
    assert not work.apply(aws, Silent()).failed


def extract(case: Path, bucket: str) -> None:
    if not (case / "member.bin").exists():
        request = ExtractRequest(bucket=bucket, key=f"{case.name}/zip", member="data.bin", path="member.bin")
        archive.extract(aws, case, request, Silent())


def put_zip(case: Path, bucket: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.write(case / "data.bin", "data.bin")
    aws.client("s3").put_object(Bucket=bucket, Key=f"{case.name}/zip", Body=packed.getvalue())


def whole(name: str, *, gone: bool = False) -> Check:
    """A file of the case is whole, or not there at all, which may be so until the end."""

    def check(case: Path, bucket: str, digest: str) -> None:
        if gone and not (case / name).exists():
            return
        assert hashlib.sha256((case / name).read_bytes()).hexdigest() == digest, f"half of {name}"

    return check


def no_part(case: Path, bucket: str, digest: str) -> None:
    assert not [path for path in case.rglob(".smext-*") if path.stat().st_size > 2**20], "half a file is left"


def stored(*names: str, gone: bool = False) -> Check:
    """Of these objects all that are there are whole, and one is; with ``gone`` perhaps none yet."""

    def check(case: Path, bucket: str, digest: str) -> None:
        found = [name for name in names if has(bucket, f"{case.name}/{name}", digest)]
        assert found or gone, f"{names} are lost"

    return check


def not_stored(name: str) -> Check:
    def check(case: Path, bucket: str, digest: str) -> None:
        assert not has(bucket, f"{case.name}/{name}", digest), f"{name} is still there"

    return check


def no_parts_left(case: Path, bucket: str, digest: str) -> None:
    """An upload that was killed before its first part stays, and costs nothing."""
    client = looking.client("s3")
    for each in client.list_multipart_uploads(Bucket=bucket, Prefix=case.name).get("Uploads", []):
        parts = client.list_parts(Bucket=bucket, Key=each["Key"], UploadId=each["UploadId"]).get("Parts", [])
        assert not parts, "parts are left that cost money"


def has(bucket: str, key: str, digest: str) -> bool:
    client = looking.client("s3")
    try:
        body = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    except client.exceptions.NoSuchKey:
        return False
    assert hashlib.sha256(body).hexdigest() == digest, f"half an object {key}"
    return True


def every(*checks: Check) -> Check:
    def check(case: Path, bucket: str, digest: str) -> None:
        for each in checks:
            each(case, bucket, digest)

    return check


def brought_back(case: Path, bucket: str, digest: str) -> None:
    in_a_child(bring_back, case, bucket)
    whole("data.bin")(case, bucket, digest)


def file_or_pointer(case: Path, bucket: str, digest: str) -> None:
    """The file is there and whole, or the pointer is, and leads to the whole content."""
    file, pointer_path = case / "data.bin", case / "data.bin.offloaded"
    if file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest:
        return
    assert not file.exists(), "half a file stands under the final name"
    pointer = Pointer.read(pointer_path)
    body = looking.client("s3").get_object(Bucket=pointer.bucket, Key=pointer.key)["Body"].read()
    assert hashlib.sha256(body).hexdigest() == digest, "the content is lost"


# An operation, what is done before it, what holds at every moment, and what holds when it was done at last.
OPERATIONS: list[tuple[Operation, tuple[Operation, ...], Check, Check]] = [
    (offload, (), file_or_pointer, brought_back),
    (bring_back, (offload,), file_or_pointer, brought_back),
    (upload, (), every(whole("data.bin"), stored("up", gone=True)), every(stored("up"), no_parts_left)),
    (download, (upload,), every(stored("up"), whole("down", gone=True)), every(whole("down"), no_part)),
    (move, (upload,), stored("up", "moved"), every(stored("moved"), not_stored("up"))),
    (sync_up, (), every(whole("data.bin"), stored("sync/data.bin", gone=True)), stored("sync/data.bin")),
    (
        sync_down,
        (sync_up,),
        every(stored("sync/data.bin"), whole("synced/data.bin", gone=True)),
        every(whole("synced/data.bin"), no_part),
    ),
    (extract, (put_zip,), whole("member.bin", gone=True), whole("member.bin")),
]


def die_at(number: int, operation: Operation, case: Path, bucket: str) -> None:
    left = [number]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if left[0] == 0:
                os._exit(KILLED)
            left[0] -= 1
            return function(*arguments, **options)

        return call

    BaseClient._make_api_call = counted(BaseClient._make_api_call)  # type: ignore[attr-defined]
    for name in ("fsync", "link", "pwrite", "utime", "fchmod"):
        setattr(os, name, counted(getattr(os, name)))
    for name in ("unlink", "replace", "rename"):
        setattr(Path, name, counted(getattr(Path, name)))
    operation(case, bucket)


def in_a_child(work: Callable[..., None], *arguments: Any) -> int:
    child = os.fork()
    if child == 0:
        work(*arguments)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
