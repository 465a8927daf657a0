from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3.disk_usage import disk_kind, disk_usage
from jupyter_smext.s3.models import (
    DiskKind,
    DiskUsageRequest,
    OffloadPlan,
    OffloadRequest,
    RestoreRequest,
    TransferResult,
)
from jupyter_smext.s3.offload import Offload, restore
from jupyter_smext.s3.pointer import Pointer

BIG = 5000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    for name in ("data/a.bin", "data/deep/ü b.bin"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(BIG))
        path.chmod(0o640)
        os.utime(path, ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789))
    return root


@pytest.fixture
def offload(aws: Any, root: Path, bucket: str) -> Any:
    def offload(*paths: str, **options: Any) -> tuple[OffloadPlan, TransferResult]:
        work = Offload(root, OffloadRequest(paths=paths or ("data",), bucket=bucket, prefix="home/", **options))
        return work.plan(aws), work.apply(aws, Silent())

    return offload


@pytest.fixture
def back(aws: Any, root: Path) -> Any:
    def back(*paths: str, **options: Any) -> TransferResult:
        return restore(aws, root, RestoreRequest(paths=paths or ("data",), **options), Silent())

    return back


def keys(client: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_files_go_to_s3_and_come_back_as_they_were(
    offload: Any, back: Any, root: Path, client: Any, bucket: str
) -> None:
    before = {path: (path.read_bytes(), path.stat()) for path in root.rglob("*.bin")}
    plan, result = offload()
    assert (plan.files, plan.bytes, result.files, result.bytes) == (2, 2 * BIG, 2, 2 * BIG)
    assert plan.usd_in_s3 == pytest.approx(0.023 * 2 * BIG / 2**30)
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["a.bin.offloaded", "ü b.bin.offloaded"]
    assert keys(client, bucket) == ["home/data/a.bin", "home/data/deep/ü b.bin"]
    assert back().files == 2
    for path, (content, about) in before.items():
        assert path.read_bytes() == content
        assert path.stat().st_mode == about.st_mode
        assert path.stat().st_mtime == pytest.approx(about.st_mtime, abs=1e-3)
    assert not list(root.rglob("*.offloaded"))
    assert len(keys(client, bucket)) == 2


def test_the_object_goes_only_when_asked(offload: Any, back: Any, client: Any, bucket: str) -> None:
    offload()
    assert back("data/a.bin", delete_objects=True).files == 1
    assert keys(client, bucket) == ["home/data/deep/ü b.bin"]


def test_a_plan_changes_nothing(aws: Any, root: Path, client: Any, bucket: str) -> None:
    Offload(root, OffloadRequest(paths=["data"], bucket=bucket, prefix="")).plan(aws)
    assert len(list(root.rglob("*.bin"))) == 2
    assert keys(client, bucket) == []


def test_what_stays_says_why(offload: Any, root: Path, tmp_path: Path) -> None:
    (root / "data/small").write_text("x")
    (root / "data/link").symlink_to(root / "data/a.bin")
    os.link(root / "data/a.bin", root / "data/second name")
    (root / "data/fresh").write_bytes(bytes(BIG))
    (tmp_path / "outside").write_bytes(bytes(BIG))
    (root / "data/out").symlink_to(tmp_path / "outside")
    plan, result = offload(unused_days=30)
    assert {each.path: each.why for each in plan.left_alone_files} == {
        "data/small": "it is too small",
        "data/link": "it is a link",
        "data/a.bin": "it has other names, so removing this one frees nothing",
        "data/second name": "it has other names, so removing this one frees nothing",
        "data/fresh": "it was used lately",
    }
    assert (plan.files, result.files) == (1, 1)
    assert offload()[0].files == 1


def test_a_path_outside_of_the_root_is_refused(offload: Any, back: Any) -> None:
    for refused in (lambda: offload("../elsewhere"), lambda: back("../elsewhere")):
        with pytest.raises(SmextError) as caught:
            refused()
        assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_key_that_is_taken_is_kept(offload: Any, back: Any, root: Path, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="home/data/a.bin", Body=b"somebody else's")
    content = (root / "data/a.bin").read_bytes()
    offload("data/a.bin")
    assert keys(client, bucket) == ["home/data/a (1).bin", "home/data/a.bin"]
    back("data/a.bin")
    assert (root / "data/a.bin").read_bytes() == content


def test_a_file_that_changes_meanwhile_stays(offload: Any, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "data/a.bin"
    write = Pointer.write

    def writing(self: Pointer, pointer_path: Path) -> None:
        write(self, pointer_path)
        path.write_bytes(b"newer")

    monkeypatch.setattr(Pointer, "write", writing)
    with pytest.raises(SmextError, match="changed"):
        offload("data/a.bin")
    assert path.read_bytes() == b"newer"
    assert not list(root.rglob("*.offloaded"))


def test_what_s3_does_not_confirm_stays(offload: Any, root: Path, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = client.put_object
    monkeypatch.setattr(client, "put_object", lambda **each: {**real(**each), "ChecksumCRC32": "AAAAAA=="})
    with pytest.raises(SmextError):
        offload("data/a.bin")
    assert (root / "data/a.bin").exists()
    assert not list(root.rglob("*.offloaded"))


def test_without_checksums_the_object_is_read_back(
    offload: Any, root: Path, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = client.put_object

    def lossy(**arguments: Any) -> Any:
        answer = real(**{**arguments, "Body": bytes(BIG)})
        return {name: value for name, value in answer.items() if not name.startswith("Checksum")}

    monkeypatch.setattr(client, "put_object", lossy)
    with pytest.raises(SmextError, match="not what was offloaded"):
        offload("data/a.bin")
    assert (root / "data/a.bin").exists()


def test_a_replaced_object_is_not_brought_back_for_the_old_one(
    offload: Any, back: Any, root: Path, client: Any, bucket: str
) -> None:
    offload("data/a.bin")
    client.put_object(Bucket=bucket, Key="home/data/a.bin", Body=b"other")
    with pytest.raises(SmextError) as caught:
        back("data/a.bin")
    assert caught.value.code is ErrorCode.CONFLICT
    assert (root / "data/a.bin.offloaded").exists()
    assert not (root / "data/a.bin").exists()


def test_an_older_version_is_brought_back_where_there_are_versions(
    offload: Any, back: Any, root: Path, client: Any, bucket: str
) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    content = (root / "data/a.bin").read_bytes()
    offload("data/a.bin")
    client.put_object(Bucket=bucket, Key="home/data/a.bin", Body=b"other")
    back("data/a.bin")
    assert (root / "data/a.bin").read_bytes() == content


def test_a_file_in_the_place_of_the_offloaded_one_is_not_overwritten(offload: Any, back: Any, root: Path) -> None:
    offload("data/a.bin")
    (root / "data/a.bin").write_text("new work")
    assert back("data/a.bin.offloaded").skipped == 1
    assert (root / "data/a.bin").read_text() == "new work"
    assert (root / "data/a.bin.offloaded").exists()
    (root / "data/a.bin").write_bytes(os.urandom(BIG))
    with pytest.raises(SmextError, match="other content"):
        offload("data/a.bin")


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2}', "x" * 100_000])
def test_a_broken_pointer_says_so(back: Any, root: Path, text: str) -> None:
    (root / "data/x.offloaded").write_text(text)
    with pytest.raises(SmextError) as caught:
        back("data/x.offloaded")
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert (root / "data/x.offloaded").exists()


def test_disk_usage_adds_up_folders_and_files(aws: Any, root: Path) -> None:
    (root / "data/x.offloaded").write_text("{}")
    (root / ".smext-123.part").write_text("left")
    os.link(root / "data/a.bin", root / "data/again")
    (root / "data/link").symlink_to("/etc")
    found = disk_usage(aws, root, DiskUsageRequest(), Silent())
    assert [(each.path, each.files, each.bytes) for each in found.folders] == [
        ("", 2, 2 * BIG),
        ("data", 2, 2 * BIG),
        ("data/deep", 1, BIG),
    ]
    assert [each.bytes for each in found.largest] == [BIG, BIG]
    assert (found.offloaded, found.leftovers) == (1, [".smext-123.part"])
    assert found.usd_here is None, "outside of Studio no disk has a price"
    assert found.usd_in_s3 == 0.023
    below = disk_usage(aws, root, DiskUsageRequest(path="data/deep"), Silent())
    assert [each.path for each in below.folders] == ["data/deep"]


def test_disks_of_studio_are_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert disk_kind(tmp_path) is DiskKind.OTHER
    mounts = "/dev/nvme1n1 / xfs rw 0 0\n127.0.0.1:/ /home/my\\040user/efs nfs4 rw 0 0\n"
    real_text, real_exists = Path.read_text, Path.exists
    monkeypatch.setattr(
        Path, "read_text", lambda self, *a: mounts if str(self) == "/proc/self/mounts" else real_text(self, *a)
    )
    monkeypatch.setattr(Path, "exists", lambda self: "metadata" in str(self) or real_exists(self))
    assert disk_kind(Path("/home/my user/efs/deep")) is DiskKind.EFS
    assert disk_kind(Path("/home/my user")) is DiskKind.SPACE_VOLUME
