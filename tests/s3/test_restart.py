"""A transfer outlives its server: the next one goes on with it by itself."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from jupyter_smext.s3 import copy, download
from jupyter_smext.s3.upload import PART
from jupyter_smext.server.transfer_records import TransferRecord, interrupted, new_record, records_folder

Calls = list[tuple[str, dict[str, Any]]]

TOKEN = "secret"
SMALL_PART = 5 * 2**20


@pytest.fixture
def content() -> bytes:
    return os.urandom(3 * PART + 5)


@pytest.fixture
def file(jp_root_dir: Path, content: bytes) -> Path:
    file = jp_root_dir / "folder/large.bin"
    file.parent.mkdir()
    file.write_bytes(content)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    return file


class Asking:
    """Asks a server that may still be starting."""

    def __init__(self, server: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.server, self._port, self._log = server, port, log

    def __call__(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/jupyter-smext/api/{path}",
            json.dumps(body).encode() if body else None,
            {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        for _ in range(600):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)  # type: ignore[no-any-return]  # any JSON
            except urllib.error.HTTPError as error:
                raise AssertionError(error.read()) from error
            except urllib.error.URLError:
                assert self.server.poll() is None, self._log.read_text()
                time.sleep(0.1)
        raise AssertionError(self._log.read_text())


Begin = Callable[[Asking, str], None]


@pytest.fixture
def died(
    request: Any, aws: Any, client: Any, bucket: str, file: Path, jp_environ: Any, jp_root_dir: Path, tmp_path: Path
) -> set[int]:
    """What had arrived when a server that was asked to begin a transfer died of a signal."""
    begin, arrived, operation, number = request.param
    client.upload_file(str(file), bucket, "source")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dying_server.py")), str(int(number)), operation,
             "--allow-root", f"--port={port}", "--ServerApp.open_browser=False",
             f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={jp_root_dir}",
             "--ServerApp.jpserver_extensions={'jupyter_smext': True}"],
            stdout=out, stderr=out,
        )  # fmt: skip
    begin(Asking(server, port, log), bucket)
    server.wait(60)
    there: set[int] = arrived(client, bucket, jp_root_dir)
    assert there, "nothing had arrived before the server died, so this shows nothing"
    return there


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What S3 is asked from now on in this process."""
    made: Calls = []
    real = BaseClient._make_api_call

    def recording(self: Any, operation: str, arguments: Any) -> Any:
        made.append((operation, arguments))
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recording)
    monkeypatch.setattr(copy, "MAX_SINGLE_COPY", 2**20)
    monkeypatch.setattr(copy, "PART", SMALL_PART)
    monkeypatch.setattr(download, "RANGE", SMALL_PART)
    return made


async def the_task(jp_fetch: Callable[..., Any], kind: str) -> dict[str, Any]:
    """The one task of this server when it is over, which nobody has started."""
    for _ in range(600):
        tasks = json.loads((await jp_fetch("jupyter-smext", "api", "tasks")).body)["tasks"]
        if tasks and tasks[0]["state"] not in ("queued", "running"):
            break
        await asyncio.sleep(0.05)
    [task] = tasks
    assert (task["state"], task["kind"]) == ("succeeded", kind), task
    assert "restarted" in task["message"]
    assert list(records_folder().iterdir()) == []
    return task  # type: ignore[no-any-return]  # a task as JSON


def parts(client: Any, bucket: str, _: Path) -> set[int]:
    """The numbers of the parts of the one unfinished upload."""
    [unfinished] = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    listed = client.list_parts(Bucket=bucket, Key=unfinished["Key"], UploadId=unfinished["UploadId"])
    return {each["PartNumber"] for each in listed.get("Parts", [])}


def ranges(client: Any, bucket: str, root: Path) -> set[int]:
    """Where the ranges begin that the one unfinished file holds by its own note."""
    assert not (root / "fetched.bin").exists()
    [part] = [path for path in root.iterdir() if path.name.startswith(".smext-")]
    size = client.head_object(Bucket=bucket, Key="source")["ContentLength"]
    marks = part.read_bytes()[size + hashlib.sha256().digest_size :]
    return {number * SMALL_PART for number, mark in enumerate(marks) if mark}


def begin_upload(ask: Asking, bucket: str) -> None:
    ask("s3/transfers/upload", {"bucket": bucket, "key": "k", "path": "folder/large.bin"})


@pytest.mark.parametrize(
    "died",
    [(begin_upload, parts, "UploadPart", number) for number in (signal.SIGKILL, signal.SIGTERM)],
    ids=["killed", "stopped"],
    indirect=True,
)
async def test_the_next_server_goes_on_with_an_upload(
    died: set[int], calls: Calls, content: bytes, client: Any, bucket: str, jp_fetch: Callable[..., Any]
) -> None:
    await the_task(jp_fetch, "s3.upload")
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == content
    assert {each["PartNumber"] for name, each in calls if name == "UploadPart"} == {1, 2, 3, 4} - died
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def begin_download(ask: Asking, bucket: str) -> None:
    ask("s3/transfers/download", {"bucket": bucket, "key": "source", "path": "fetched.bin"})


@pytest.mark.parametrize(
    "died",
    [(begin_download, ranges, "GetObject", number) for number in (signal.SIGKILL, signal.SIGTERM)],
    ids=["killed", "stopped"],
    indirect=True,
)
async def test_the_next_server_goes_on_with_a_download(
    died: set[int], calls: Calls, content: bytes, jp_root_dir: Path, jp_fetch: Callable[..., Any]
) -> None:
    await the_task(jp_fetch, "s3.download")
    assert (jp_root_dir / "fetched.bin").read_bytes() == content
    assert [path.name for path in jp_root_dir.iterdir() if path.name.startswith(".smext-")] == []
    asked = [each["Range"] for name, each in calls if name == "GetObject" and "Range" in each]
    fetched = {int(each.removeprefix("bytes=").split("-")[0]) for each in asked}
    # The beginning comes with the first request, which has no range.
    assert fetched == set(range(SMALL_PART, len(content), SMALL_PART)) - died


def begin_move(ask: Asking, bucket: str) -> None:
    item = {"source": "source", "target": "target"}
    ask("s3/transfers/copy", {"source_bucket": bucket, "target_bucket": bucket, "items": [item], "move": True})


@pytest.mark.parametrize("died", [(begin_move, parts, "UploadPartCopy", signal.SIGKILL)], ids=["killed"], indirect=True)
async def test_the_next_server_goes_on_with_a_copy_in_parts(
    died: set[int], calls: Calls, content: bytes, client: Any, bucket: str, jp_fetch: Callable[..., Any]
) -> None:
    await the_task(jp_fetch, "s3.move")
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["target"]
    assert client.get_object(Bucket=bucket, Key="target")["Body"].read() == content
    assert {each["PartNumber"] for name, each in calls if name == "UploadPartCopy"} == {1, 2, 3, 4, 5} - died
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def begin_sync(ask: Asking, bucket: str) -> None:
    request = {"path": "folder", "bucket": bucket, "prefix": "sync/", "direction": "up", "delete": True}
    plan = ask("s3/sync/plan", request)["id"]
    while (task := ask(f"tasks/{plan}"))["state"] != "succeeded":
        assert task["state"] in ("queued", "running"), task
    assert task["result"]["deletes"] == 1
    ask("s3/sync/apply", {"task_id": plan})


@pytest.fixture
def agreed_to_delete(client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="sync/old", Body=b"")


@pytest.fixture
def added_later(client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="sync/added", Body=b"")


@pytest.mark.parametrize("died", [(begin_sync, parts, "UploadPart", signal.SIGKILL)], ids=["killed"], indirect=True)
async def test_the_next_server_goes_on_with_a_sync_and_deletes_what_was_agreed_to(
    agreed_to_delete: None,
    died: set[int],
    added_later: None,
    calls: Calls,
    content: bytes,
    client: Any,
    bucket: str,
    jp_fetch: Callable[..., Any],
) -> None:
    task = await the_task(jp_fetch, "s3.sync")
    assert (task["result"]["files"], task["result"]["deleted"]) == (1, 1)
    keys = [each["Key"] for each in client.list_objects_v2(Bucket=bucket, Prefix="sync/")["Contents"]]
    assert keys == ["sync/added", "sync/large.bin"]
    assert client.get_object(Bucket=bucket, Key="sync/large.bin")["Body"].read() == content
    assert {each["PartNumber"] for name, each in calls if name == "UploadPart"} == {1, 2, 3, 4} - died
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


@pytest.fixture
def abandoned(aws: Any, client: Any, bucket: str, jp_environ: Any, jp_root_dir: Path) -> None:
    """Half an upload from a browser, left by a server that was killed."""
    begun = client.create_multipart_upload(Bucket=bucket, Key="from/browser")["UploadId"]
    client.upload_part(Bucket=bucket, Key="from/browser", UploadId=begun, PartNumber=1, Body=b"x")
    record = new_record(
        {"transfer": "from browser", "root": str(jp_root_dir), "endpoint_url": aws.endpoint_url, "bucket": bucket, "key": "from/browser",
         "upload_id": begun}
    )  # fmt: skip
    record.keep()
    record.release()


async def test_half_an_upload_from_a_browser_is_removed_and_told(
    abandoned: None, client: Any, bucket: str, jp_fetch: Callable[..., Any]
) -> None:
    tasks: list[Any] = []
    for _ in range(300):
        tasks = json.loads((await jp_fetch("jupyter-smext", "api", "tasks")).body)["tasks"]
        if tasks and tasks[0]["state"] not in ("queued", "running"):
            break
        await asyncio.sleep(0.05)
    [task] = tasks
    assert (task["title"], task["state"], task["repeatable"]) == (f"s3://{bucket}/from/browser", "failed", False)
    assert task["error"]["hint"] == "Upload it again."
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
    assert list(records_folder().iterdir()) == []


def test_a_record_belongs_to_one_server_as_long_as_it_lives(tmp_path: Path) -> None:
    record = TransferRecord(tmp_path / "records" / "a.json", {"root": "/"})
    record.keep()
    assert list(interrupted(tmp_path / "records")) == []
    record.release()  # as the end of its process does
    [found] = interrupted(tmp_path / "records")
    assert found.about["root"] == "/"
    assert list(interrupted(tmp_path / "records")) == []
    found.forget()
    assert list((tmp_path / "records").iterdir()) == []


def test_the_latest_notes_outlive_the_server_but_for_a_line_half_written(tmp_path: Path) -> None:
    record = TransferRecord(tmp_path / "a.json", {"root": "/"})
    record.put("before", {"it": "was kept"})
    record.keep()
    record.put("key", {"upload_id": "1"})
    record.put("key", {"upload_id": "2"})
    record.release()
    with (tmp_path / "a.json").open("a") as file:
        file.write('{"key": {"upload')
    [found] = interrupted(tmp_path)
    assert found.resumed
    assert (found.get("before"), found.get("key")) == ({"it": "was kept"}, {"upload_id": "2"})


@pytest.mark.parametrize("text", ["", "[]", "{", '{"began": 0}'])
def test_broken_and_old_records_go(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert list(interrupted(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []
