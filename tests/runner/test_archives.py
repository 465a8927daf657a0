"""tar.gz archives."""

from __future__ import annotations

import io
import os
import tarfile
import time
from pathlib import Path

import pytest

from jupyter_smext.runner.archives import pack, unpack


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    for name in ("b", "deep/c", "a"):
        (tree / name).write_text(name)
        os.utime(tree / name, (1e9, 1e9))
    os.utime(tree / "deep", (1e9, 1e9))
    pack([tree], tmp_path / "1.tar.gz")
    time.sleep(1.1)
    pack([tree], tmp_path / "2.tar.gz")
    assert (tmp_path / "1.tar.gz").read_bytes() == (tmp_path / "2.tar.gz").read_bytes()
    unpack(tmp_path / "1.tar.gz", tmp_path / "out")
    assert {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*")} == {
        "a", "b", "deep", "deep/c",
    }  # fmt: skip


def test_of_equal_names_the_first_wins(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same").write_text(name)
        (tmp_path / name / name).write_text(name)
    pack([tmp_path / "x", tmp_path / "y"], tmp_path / "both.tar.gz")
    with tarfile.open(tmp_path / "both.tar.gz") as tar:
        assert tar.getnames() == ["same", "x", "y"]
        assert tar.extractfile("same").read() == b"x"  # type: ignore[union-attr]


def member(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    "bad",
    [
        member("../elsewhere"),
        member("/etc/out"),
        member("link", type=tarfile.SYMTYPE, linkname="../../etc"),
        member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("link", type=tarfile.LNKTYPE, linkname="../elsewhere"),
        member("pipe", type=tarfile.FIFOTYPE),
        member("device", type=tarfile.CHRTYPE),
    ],
    ids=lambda info: f"{info.name} {info.type.decode()}",
)
def test_archives_that_lead_out_are_refused(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.addfile(bad, io.BytesIO())
    with pytest.raises(tarfile.TarError):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) in (["bad.tar.gz"], ["bad.tar.gz", "out"])


def test_links_inside_and_read_only_folders(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "good.tar.gz", "w:gz") as tar:
        tar.addfile(member("folder", type=tarfile.DIRTYPE, mode=0o555))
        tar.addfile(member("folder/file", size=1, mode=0o444), io.BytesIO(b"x"))
        tar.addfile(member("folder/link", type=tarfile.SYMTYPE, linkname="file"))
        tar.addfile(member("hard", type=tarfile.LNKTYPE, linkname="folder/file"))
    for _ in range(2):
        unpack(tmp_path / "good.tar.gz", tmp_path / "out")
    assert (tmp_path / "out/folder/link").read_text() == (tmp_path / "out/hard").read_text() == "x"
