"""Offloads and restores a file again and again, each time killed one step later, and checks that nothing is lost.

Run as a program: ``python killed_anywhere.py FOLDER BUCKET``. Prints one line of JSON: the number of steps of each
operation. A step is whatever asks S3 or changes the disk, and a kill is a kill: no handler of the process runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3 import upload
from jupyter_smext.s3.models import OffloadRequest, RestoreRequest
from jupyter_smext.s3.offload import Offload, restore
from jupyter_smext.s3.pointer import Pointer

Operation = Callable[[Path, str], None]

KILLED = 9


# Made once, because that takes long; only the children use `aws`, so no connection is shared.
aws, looking = AwsSession(), AwsSession()
aws.client("s3")


def main(folder: Path, bucket: str) -> None:
    upload.PART = 5 * 2**20
    content = os.urandom(upload.PART + 1)
    steps = {
        operation.__name__: kill_at_every_step(operation, folder, bucket, content)
        for operation in (offload, bring_back)
    }
    print(json.dumps(steps))


def kill_at_every_step(operation: Operation, folder: Path, bucket: str, content: bytes) -> int:
    digest = hashlib.sha256(content).hexdigest()
    for number in count():
        case = folder / f"{operation.__name__}-{number}"
        case.mkdir()
        (case / "data.bin").write_bytes(content)
        if operation is bring_back:
            in_a_child(offload, case, bucket)
        code = in_a_child(die_at, number, operation, case, bucket)
        check(case, bucket, digest)
        if code == 0:
            return number
        assert code == KILLED, code
        assert in_a_child(operation, case, bucket) == 0, "it did not finish what was begun"
        check(case, bucket, digest)
        in_a_child(bring_back, case, bucket)
        assert hashlib.sha256((case / "data.bin").read_bytes()).hexdigest() == digest
    raise AssertionError


def offload(case: Path, bucket: str) -> None:
    work = Offload(case, OffloadRequest(paths=["data.bin"], bucket=bucket, prefix=case.name + "/"))
    if (case / "data.bin").exists():
        work.plan(aws)
        work.apply(aws, Silent())


def bring_back(case: Path, bucket: str) -> None:
    if (case / "data.bin.offloaded").exists():
        restore(aws, case, RestoreRequest(paths=["data.bin.offloaded"]), Silent())


def check(case: Path, bucket: str, digest: str) -> None:
    """The file is there and whole, or the pointer is, and leads to the whole content."""
    file, pointer_path = case / "data.bin", case / "data.bin.offloaded"
    if file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == digest:
        return
    assert not file.exists(), "half a file stands under the final name"
    pointer = Pointer.read(pointer_path)
    body = looking.client("s3").get_object(Bucket=pointer.bucket, Key=pointer.key)["Body"].read()
    assert hashlib.sha256(body).hexdigest() == digest, "the content is lost"


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
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]
    operation(case, bucket)


def in_a_child(work: Callable[..., None], *arguments: Any) -> int:
    child = os.fork()
    if child == 0:
        work(*arguments)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
