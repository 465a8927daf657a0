"""What goes wrong on the way gives a clear error, and loses nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3.browse import all_objects
from jupyter_smext.s3.copy import copy_all
from jupyter_smext.s3.download import RANGE
from jupyter_smext.s3.find import Find
from jupyter_smext.s3.models import CopyRequest, FindRequest, LocalTransferRequest, SyncDirection, SyncRequest
from jupyter_smext.s3.sync import Sync
from jupyter_smext.s3.transfer import download, upload


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def large(client: Any, bucket: str) -> bytes:
    data = os.urandom(2 * RANGE + 5)
    client.put_object(Bucket=bucket, Key="large", Body=data)
    return data


def fetch(aws: Any, root: Path, bucket: str, key: str = "large", path: str = "large") -> Any:
    return download(aws, root, LocalTransferRequest(bucket=bucket, key=key, path=path), Silent())


def test_a_download_that_the_disk_cannot_hold_is_refused_before_it_begins(
    aws: Any, bucket: str, large: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=len(large) - 1))
    with pytest.raises(SmextError, match="are free") as caught:
        fetch(aws, tmp_path, bucket)
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert files(tmp_path) == []


@pytest.mark.parametrize("after", [0, 20])
def test_a_disk_that_fills_up_on_the_way_leaves_no_half_file(
    aws: Any, bucket: str, large: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    real, left = os.pwrite, [after]

    def full(*arguments: Any) -> int:
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        return real(*arguments)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(SmextError, match="No space is left") as caught:
        fetch(aws, tmp_path, bucket)
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert files(tmp_path) == []


def test_a_file_system_that_takes_no_more_leaves_no_half_file(
    aws: Any, bucket: str, large: bytes, tmp_path: Path
) -> None:
    # A process that may write files of 20 MiB and no larger: the operating system itself refuses the rest.
    script = """
import resource, sys
from pathlib import Path
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3.conflicts import OnConflict
from jupyter_smext.s3.transfer import download_path
resource.setrlimit(resource.RLIMIT_FSIZE, (20 * 2**20, resource.RLIM_INFINITY))
download_path(AwsSession(), sys.argv[1], "large", Path(sys.argv[2]), OnConflict.OVERWRITE, Silent())
"""
    target = tmp_path / "folder/large"
    target.parent.mkdir()
    target.write_bytes(b"what was there before")
    done = subprocess.run(
        [sys.executable, "-c", script, bucket, str(target)], capture_output=True, text=True, env=os.environ, timeout=60
    )
    assert "No space is left" in done.stderr, done.stderr
    assert files(target.parent) == ["large"]
    assert target.read_bytes() == b"what was there before"


@pytest.fixture
def vanishing(client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket that somebody deletes after its first page, of one key, was read."""
    for number in range(3):
        client.put_object(Bucket=bucket, Key=f"{number}", Body=b"")
    real, calls = client.list_objects_v2, iter(range(10**6))

    def listed(**arguments: Any) -> Any:
        if next(calls) == 1:
            client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"{number}"} for number in range(3)]})
            client.delete_bucket(Bucket=bucket)
        return real(**{**arguments, "MaxKeys": 1})

    monkeypatch.setattr(client, "list_objects_v2", listed)
    return bucket


def walk(aws: Any, bucket: str, _: Path) -> None:
    list(all_objects(aws, bucket, ""))


def search(aws: Any, bucket: str, _: Path) -> None:
    Find(FindRequest(bucket=bucket)).run(aws, Silent())


def plan_a_sync(aws: Any, bucket: str, folder: Path) -> None:
    (folder / "mine").write_text("1")
    request = SyncRequest(path="", bucket=bucket, prefix="", direction=SyncDirection.DOWN, delete=True)
    sync = Sync(request, folder)
    try:
        sync.plan(aws, Silent())
    finally:
        sync.apply(aws, Silent())
        assert files(folder) == ["mine"], "what was not listed was taken for deleted"


@pytest.mark.parametrize("operation", [walk, search, plan_a_sync])
def test_a_bucket_that_vanishes_while_it_is_listed_is_named(
    aws: Any, vanishing: str, tmp_path: Path, operation: Callable[..., None]
) -> None:
    with pytest.raises(SmextError) as caught:
        operation(aws, vanishing, tmp_path)
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert caught.value.envelope.resource == f"arn:aws:s3:::{vanishing}"


def test_links_out_of_the_root_are_neither_sent_nor_written_through(
    aws: Any, client: Any, bucket: str, tmp_path: Path
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "folder", outside):
        folder.mkdir(parents=True)
    (outside / "secret").write_text("secret")
    (root / "folder/mine").write_text("mine")
    (root / "folder/secret").symlink_to(outside / "secret")
    (root / "folder/all").symlink_to(outside)

    upload(aws, root, LocalTransferRequest(bucket=bucket, key="in/", path="folder"), Silent())
    sync = Sync.below(root, SyncRequest(path="folder", bucket=bucket, prefix="in/", direction=SyncDirection.UP))
    assert sync.plan(aws, Silent()).copies == 0
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["in/mine"]

    for key in ("back/all/secret", "back/secret", "back/new"):
        client.put_object(Bucket=bucket, Key=key, Body=b"theirs")
    request = LocalTransferRequest(bucket=bucket, key="back/", path="folder", overwrite=True)
    result = download(aws, root, request, Silent())
    assert (result.files, sorted(each.name for each in result.failures)) == (1, ["all/secret", "secret"])
    assert (outside / "secret").read_text() == "secret"
    assert files(outside) == ["secret"]


@pytest.mark.parametrize("path", ["../outside", "out", "out/secret", "/../../etc/passwd", "nul\x00"])
def test_a_path_out_of_the_root_is_refused(aws: Any, bucket: str, tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    (tmp_path / "secret").write_text("secret")
    for operation in (upload, download):
        with pytest.raises(SmextError, match="outside of the server's files"):
            operation(aws, root, LocalTransferRequest(bucket=bucket, key="k", path=path), Silent())


@pytest.mark.parametrize("targets", [("one/", "one/"), ("one/", "two/")])
def test_two_tabs_that_move_the_same_folder_lose_nothing(
    aws: Any, client: Any, bucket: str, targets: tuple[str, str]
) -> None:
    names = [f"{number}" for number in range(20)]
    for name in names:
        client.put_object(Bucket=bucket, Key=f"in/{name}", Body=name.encode())
    together = threading.Barrier(2)
    refusals: set[ErrorCode] = set()

    def move(target: str) -> None:
        request = CopyRequest(
            source_bucket=bucket, target_bucket=bucket, items=[{"source": "in/", "target": target}], move=True
        )
        together.wait()
        try:
            copy_all(aws, request, Silent())
        except SmextError as error:
            refusals.add(error.code)

    tabs = [threading.Thread(target=move, args=(target,)) for target in targets]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert refusals <= {ErrorCode.NOT_FOUND, ErrorCode.CONFLICT, ErrorCode.PRECONDITION_FAILED}
    left = [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert {key.rsplit("/", 1)[-1] for key in left} == set(names), "an object is lost"
    for key in left:
        assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == key.rsplit("/", 1)[-1].encode()
    if targets[0] == targets[1]:
        assert {key for key in left if key.startswith("one/")} == {f"one/{name}" for name in names}
