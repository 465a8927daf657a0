"""Archives are listed and opened by streaming, and the hostile ones stay shut."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3 import archive as archive_module
from jupyter_smext.s3.archive import Archive, extract
from jupyter_smext.s3.models import ArchiveMember, ExtractRequest, ObjectReference, PreviewRequest, TableContent
from jupyter_smext.s3.preview import preview

NOISE = os.urandom(300_000)
FILES = {"a.csv": b"x,y\n1,2\n3,4\n", "deep/noise.bin": NOISE, "deep/ü ß.txt": b"text", "empty": b""}


def tar(members: dict[str, bytes | tarfile.TarInfo], mode: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as made:  # type: ignore[call-overload]
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                content.name = name
                made.addfile(content)
            else:
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(content), 1_700_000_000
                made.addfile(info, io.BytesIO(content))
    return target.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return target.getvalue()


def special(kind: bytes, linkname: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo()
    info.type, info.linkname = kind, linkname
    return info


ARCHIVES = {
    "a.tar": tar(dict(FILES), "w"),
    "a.tar.gz": tar(dict(FILES), "w:gz"),
    "two-streams.tgz": gzip.compress(tar(dict(FILES), "w")[:5000]) + gzip.compress(tar(dict(FILES), "w")[5000:]),
    "gnu.tar": tar(dict(FILES), "w"),
    "a.zip": zipped(FILES),
    "stored.zip": zipped(FILES, zipfile.ZIP_STORED),
}


@pytest.fixture
def put(client: Any, bucket: str) -> Any:
    def put(key: str, body: bytes) -> ObjectReference:
        client.put_object(Bucket=bucket, Key=key, Body=body)
        return ObjectReference(bucket=bucket, key=key)

    return put


def members(aws: Any, reference: ObjectReference) -> dict[str, ArchiveMember]:
    archive = Archive(reference)
    summary = archive.run(aws, Silent())
    page = archive.page(0, 1000)
    assert (page.total, page.complete) == (summary.members, True)
    return {each.name: each for each in page.members}


def take(aws: Any, root: Path, reference: ObjectReference, member: str, path: str = "out") -> bytes:
    request = ExtractRequest(bucket=reference.bucket, key=reference.key, member=member, path=path)
    extract(aws, root, request, Silent())
    return (root / path).read_bytes()


@pytest.mark.parametrize("key", ARCHIVES)
def test_members_are_listed_and_taken_out(aws: Any, put: Any, tmp_path: Path, key: str) -> None:
    reference = put(key, ARCHIVES[key])
    found = members(aws, reference)
    assert {name: each.size for name, each in found.items()} == {name: len(data) for name, data in FILES.items()}
    assert not any(each.refused for each in found.values())
    for number, (name, data) in enumerate(FILES.items()):
        assert take(aws, tmp_path, reference, name, f"out-{number}") == data


def test_a_zip_is_listed_from_its_end(aws: Any, put: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = put("big.zip", zipped({f"{number}": os.urandom(100_000) for number in range(60)}, zipfile.ZIP_STORED))
    ranges = []
    real = client.get_object
    monkeypatch.setattr(
        client, "get_object", lambda **arguments: (ranges.append(arguments["Range"]), real(**arguments))[1]
    )
    assert len(members(aws, reference)) == 60
    assert len(ranges) <= 3


def test_a_listing_is_remembered_until_the_object_changes(aws: Any, put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = put("a.tar.gz", ARCHIVES["a.tar.gz"])
    members(aws, reference)
    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "_members", lambda *_: pytest.fail("it was listed again"))
        assert len(members(aws, reference)) == 4
    put("a.tar.gz", tar({"other": b"1"}, "w:gz"))
    assert list(members(aws, reference)) == ["other"]


HOSTILE = {
    "../up": b"x",
    "a/../../up": b"x",
    "/absolute": b"x",
    "C:/windows": b"x",
    "..\\back": b"x",
    "link": special(tarfile.SYMTYPE, "/etc/passwd"),
    "hard": special(tarfile.LNKTYPE, "../../etc/passwd"),
    "device": special(tarfile.CHRTYPE),
    "pipe": special(tarfile.FIFOTYPE),
}


@pytest.mark.parametrize("key", ["a.tar", "a.tar.gz"])
def test_members_that_lead_elsewhere_stay_inside(aws: Any, put: Any, tmp_path: Path, key: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    reference = put(key, tar({**HOSTILE, "good": b"1"}, "w" if key.endswith("tar") else "w:gz"))
    found = members(aws, reference)
    assert {name for name, each in found.items() if each.refused is None} == {"good"}
    for name in HOSTILE:
        with pytest.raises(SmextError) as caught:
            take(aws, root, reference, name)
        assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert list(tmp_path.rglob("*")) == [root]


def test_zip_members_that_lead_elsewhere_stay_inside(aws: Any, put: Any, tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("../up", "x")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    reference = put("a.zip", target.getvalue())
    found = members(aws, reference)
    assert [each.refused is None for each in found.values()] == [False, False]
    with pytest.raises(SmextError):
        take(aws, tmp_path, reference, "link")


def test_a_gzip_bomb_is_refused(aws: Any, put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "BOMB_FREE", 2**20)
    reference = put("bomb.tar.gz", tar({"zeros": bytes(50_000_000)}, "w:gz"))
    with pytest.raises(SmextError, match="bomb"):
        members(aws, reference)


def test_a_zip_bomb_stays_shut(aws: Any, put: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "BOMB_FREE", 2**20)
    reference = put("bomb.zip", zipped({"zeros": bytes(50_000_000)}))
    assert "bomb" in str(members(aws, reference)["zeros"].refused)
    with pytest.raises(SmextError, match="bomb"):
        take(aws, tmp_path, reference, "zeros")


def test_too_many_members_are_refused(aws: Any, put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MOST_MEMBERS", 10)
    many = {f"{number}": b"" for number in range(11)}
    for key, body in {"many.tar.gz": tar(dict(many), "w:gz"), "many.zip": zipped(many)}.items():
        with pytest.raises(SmextError, match="more than 10 members"):
            members(aws, put(key, body))


def test_a_directory_that_fills_the_memory_is_refused(aws: Any, put: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "MOST_DIRECTORY", 512 * 1024)
    reference = put("a.zip", zipped({f"{number:0200d}": b"" for number in range(5000)}))
    with pytest.raises(SmextError, match="directory is too large"):
        members(aws, reference)


def test_a_header_that_fills_the_memory_is_refused(aws: Any, put: Any) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**32
    reference = put("a.tar.gz", gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(1024)))
    with pytest.raises(SmextError, match="refused"):
        members(aws, reference)


@pytest.mark.parametrize("key", ["a.tar.gz", "a.zip", "a.tar"])
def test_what_is_cut_off_is_refused_and_leaves_no_file(aws: Any, put: Any, tmp_path: Path, key: str) -> None:
    reference = put(key, ARCHIVES[key][:200_000])
    with pytest.raises(SmextError):
        take(aws, tmp_path, reference, "deep/noise.bin")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_archive_says_so(aws: Any, put: Any) -> None:
    for key, body in {"a.txt": b"text", "empty": b"", "a.gz": gzip.compress(b"just text")}.items():
        with pytest.raises(SmextError) as caught:
            members(aws, put(key, body))
        assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_missing_member_is_not_found(aws: Any, put: Any, tmp_path: Path) -> None:
    for key in ("a.tar.gz", "a.zip"):
        with pytest.raises(SmextError) as caught:
            take(aws, tmp_path, put(key, ARCHIVES[key]), "nothing")
        assert caught.value.code is ErrorCode.NOT_FOUND


def test_an_extract_stays_below_the_root_and_overwrites_nothing(aws: Any, put: Any, tmp_path: Path) -> None:
    reference = put("a.zip", ARCHIVES["a.zip"])
    with pytest.raises(SmextError):
        take(aws, tmp_path, reference, "a.csv", "../outside")
    (tmp_path / "out").write_text("mine")
    with pytest.raises(SmextError) as caught:
        take(aws, tmp_path, reference, "a.csv")
    assert caught.value.code is ErrorCode.CONFLICT
    (tmp_path / "folder").mkdir()
    extract(
        aws,
        tmp_path,
        ExtractRequest(bucket=reference.bucket, key="a.zip", member="deep/ü ß.txt", path="folder"),
        Silent(),
    )
    assert (tmp_path / "folder" / "ü ß.txt").read_bytes() == b"text"


@pytest.mark.parametrize("key", ["a.tar.gz", "a.zip", "a.tar"])
def test_a_member_can_be_looked_into(aws: Any, put: Any, key: str) -> None:
    reference = put(key, ARCHIVES[key])
    found = preview(aws, PreviewRequest(bucket=reference.bucket, key=key, member="a.csv"))
    assert isinstance(found.content, TableContent)
    assert (found.content.rows, found.size) == ([["1", "2"], ["3", "4"]], len(FILES["a.csv"]))
