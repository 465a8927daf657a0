from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3.etag import etag_of
from jupyter_smext.s3.file_upload import send_file
from jupyter_smext.s3.models import SyncDirection, SyncPlan, SyncReason, SyncRequest, TransferResult
from jupyter_smext.s3.sync import Sync
from jupyter_smext.s3.upload import PART

UP, DOWN = SyncDirection.UP, SyncDirection.DOWN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    for name, text in {"a.csv": "1", "deep/b.csv": "22", "deep/c.txt": "333"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        os.utime(folder / name, (1_700_000_000.5, 1_700_000_000.5))
    return folder


@pytest.fixture
def sync(aws: Any, tmp_path: Path, bucket: str) -> Any:
    def sync(direction: SyncDirection, path: str = "folder", **options: Any) -> tuple[SyncPlan, TransferResult]:
        work = Sync.below(tmp_path, SyncRequest(path=path, bucket=bucket, prefix="p/", direction=direction, **options))
        return work.plan(aws, Silent()), work.apply(aws, Silent())

    return sync


def stored(client: Any, bucket: str) -> dict[str, bytes]:
    keys = [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def names(plan: SyncPlan) -> dict[str, SyncReason]:
    return {action.name: action.reason for action in plan.actions}


def test_up_copies_what_is_new_and_then_nothing(sync: Any, folder: Path, client: Any, bucket: str) -> None:
    plan, result = sync(UP)
    assert names(plan) == dict.fromkeys(["a.csv", "deep/b.csv", "deep/c.txt"], SyncReason.NEW)
    assert (plan.copy_bytes, result.files, result.bytes) == (6, 3, 6)
    assert stored(client, bucket) == {"p/a.csv": b"1", "p/deep/b.csv": b"22", "p/deep/c.txt": b"333"}
    for direction in (UP, DOWN):
        plan, result = sync(direction)
        assert (plan.copies, plan.unchanged, result.files) == (0, 3, 0)


def test_down_copies_what_is_new_and_then_nothing(sync: Any, folder: Path, tmp_path: Path) -> None:
    sync(UP)
    plan, result = sync(DOWN, "copy")
    assert (plan.copies, result.files) == (3, 3)
    assert (tmp_path / "copy" / "deep" / "c.txt").read_text() == "333"
    for direction in (UP, DOWN):
        assert sync(direction, "copy")[0].unchanged == 3


def test_a_plan_without_apply_does_nothing(aws: Any, folder: Path, tmp_path: Path, client: Any, bucket: str) -> None:
    request = SyncRequest(path="folder", bucket=bucket, prefix="", direction=UP)
    assert Sync.below(tmp_path, request).plan(aws, Silent()).copies == 3
    assert stored(client, bucket) == {}


def test_changes_are_found_by_size_time_or_content(sync: Any, folder: Path, client: Any, bucket: str) -> None:
    sync(UP)
    (folder / "a.csv").write_text("11")
    (folder / "deep/b.csv").write_text("33")
    text = folder / "deep/c.txt"
    text.write_text("444")
    os.utime(text, (1, 1))
    assert names(sync(UP)[0]) == {"a.csv": SyncReason.SIZE, "deep/b.csv": SyncReason.NEWER}
    assert names(sync(UP, checksum=True)[0]) == {"deep/c.txt": SyncReason.CONTENT}
    assert stored(client, bucket)["p/deep/c.txt"] == b"444"


def test_only_a_deleting_sync_deletes(sync: Any, folder: Path, client: Any, bucket: str) -> None:
    sync(UP)
    client.put_object(Bucket=bucket, Key="p/extra", Body=b"x")
    client.put_object(Bucket=bucket, Key="elsewhere", Body=b"x")
    assert sync(UP)[0].deletes == 0
    plan, result = sync(UP, delete=True)
    assert (names(plan), result.deleted) == ({"extra": SyncReason.NOT_IN_SOURCE}, 1)
    assert sorted(stored(client, bucket)) == ["elsewhere", "p/a.csv", "p/deep/b.csv", "p/deep/c.txt"]
    (folder / "mine").write_text("x")
    assert sync(DOWN)[1].deleted == 0
    assert (folder / "mine").exists()
    assert sync(DOWN, delete=True)[1].deleted == 1
    assert not (folder / "mine").exists()


def test_an_empty_source_deletes_nothing(sync: Any, folder: Path, tmp_path: Path, client: Any, bucket: str) -> None:
    with pytest.raises(SmextError, match="source is empty"):
        sync(DOWN, delete=True)
    client.put_object(Bucket=bucket, Key="p/x", Body=b"x")
    with pytest.raises(SmextError, match="source is empty"):
        sync(UP, "no-such-folder", delete=True)
    assert len(list(folder.rglob("*.*"))) == 3


def test_what_is_excluded_is_neither_copied_nor_deleted(sync: Any, folder: Path, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="p/deep/old.txt", Body=b"x")
    (folder / ".smext-0123.part").write_text("left by a killed server")
    plan, _ = sync(UP, exclude=["*.txt"], delete=True)
    assert set(names(plan)) == {"a.csv", "deep/b.csv"}
    assert "p/deep/old.txt" in stored(client, bucket)
    assert set(names(sync(UP, exclude=["deep/**"], delete=True)[0])) == set()


def test_nothing_is_deleted_where_a_copy_failed(
    sync: Any, folder: Path, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.put_object(Bucket=bucket, Key="p/extra", Body=b"x")
    real = client.put_object

    def failing(**arguments: Any) -> Any:
        if arguments["Key"].endswith("b.csv"):
            raise SmextError(ErrorCode.NETWORK, "broken")
        return real(**arguments)

    monkeypatch.setattr(client, "put_object", failing)
    _, result = sync(UP, delete=True)
    assert (result.files, result.failed, result.deleted) == (2, 1, 0)
    assert "p/extra" in stored(client, bucket)


def test_what_appeared_since_the_plan_is_not_overwritten(
    aws: Any, folder: Path, tmp_path: Path, client: Any, bucket: str
) -> None:
    work = Sync.below(tmp_path, SyncRequest(path="folder", bucket=bucket, prefix="", direction=UP))
    work.plan(aws, Silent())
    client.put_object(Bucket=bucket, Key="a.csv", Body=b"somebody else's")
    result = work.apply(aws, Silent())
    assert (result.files, result.skipped) == (2, 1)
    assert stored(client, bucket)["a.csv"] == b"somebody else's"


def test_keys_that_no_file_can_have_are_counted(sync: Any, client: Any, bucket: str) -> None:
    for key in ("p/good", "p/../evil", "p//double"):
        client.put_object(Bucket=bucket, Key=key, Body=b"x")
    plan, result = sync(DOWN, "new")
    assert (plan.copies, plan.impossible, result.files) == (1, 2, 1)


def test_a_folder_outside_of_the_root_is_refused(sync: Any) -> None:
    with pytest.raises(SmextError) as caught:
        sync(UP, "../elsewhere")
    assert caught.value.code is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 2 * PART + 5])
def test_the_etag_is_the_one_that_s3_gives(aws: Any, client: Any, bucket: str, tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(os.urandom(size))
    send_file(aws, path, bucket, "k", overwrite=False, progress=Silent())
    assert client.head_object(Bucket=bucket, Key="k")["ETag"].strip('"') == etag_of(path)


def test_a_newer_source_with_the_same_content_is_not_copied(sync: Any, folder: Path, client: Any, bucket: str) -> None:
    sync(UP)
    second = client.head_object(Bucket=bucket, Key="p/a.csv")["LastModified"].timestamp()
    for moment in (second + 0.25, 2**31):
        os.utime(folder / "a.csv", (moment, moment))
        assert sync(UP)[0].unchanged == sync(DOWN)[0].unchanged == 3
    (folder / "a.csv").write_text("2")
    os.utime(folder / "a.csv", (second + 0.25, second + 0.25))
    assert names(sync(UP)[0]) == {"a.csv": SyncReason.NEWER}
