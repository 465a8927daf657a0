"""An upload of a server file outlives its server: the next one goes on with it by itself."""

from __future__ import annotations

import asyncio
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

from jupyter_smext.s3.upload import PART
from jupyter_smext.server.transfer_records import TransferRecord, interrupted, new_record, records_folder

TOKEN = "secret"


@pytest.fixture
def content(jp_root_dir: Path) -> bytes:
    content = os.urandom(3 * PART + 5)
    (jp_root_dir / "large.bin").write_bytes(content)
    os.utime(jp_root_dir / "large.bin", (1_700_000_000, 1_700_000_000))
    return content


@pytest.fixture(params=[signal.SIGKILL, signal.SIGTERM])
def died(
    request: Any, aws: Any, bucket: str, content: bytes, jp_environ: Any, jp_root_dir: Path, tmp_path: Path
) -> None:
    """A server that was asked to upload the file to `k`, and died meanwhile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("dying_server.py")), str(int(request.param)), "--allow-root",
         f"--port={port}", "--ServerApp.open_browser=False", f"--IdentityProvider.token={TOKEN}",
         f"--ServerApp.root_dir={jp_root_dir}", "--ServerApp.jpserver_extensions={'jupyter_smext': True}"],
        stdout=log, stderr=log,
    )  # fmt: skip
    body = json.dumps({"bucket": bucket, "key": "k", "path": "large.bin"}).encode()
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/jupyter-smext/api/s3/transfers/upload",
        body,
        {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    for _ in range(300):
        try:
            urllib.request.urlopen(asked, timeout=30).close()
            break
        except urllib.error.URLError:
            assert server.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
    server.wait(60)
    log.close()


@pytest.fixture
def sent(died: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The parts that are sent from now on."""
    numbers: list[int] = []
    real = BaseClient._make_api_call

    def recording(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "UploadPart":
            numbers.append(arguments["PartNumber"])
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recording)
    return numbers


async def test_the_next_server_goes_on(
    sent: list[int], content: bytes, client: Any, bucket: str, jp_fetch: Callable[..., Any]
) -> None:
    unfinished = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    there = client.list_parts(Bucket=bucket, Key="k", UploadId=unfinished[0]["UploadId"]).get("Parts", [])
    assert there, "nothing was sent before the server died, so this shows nothing"
    for _ in range(300):
        answer = await jp_fetch("jupyter-smext", "api", "tasks")
        tasks = json.loads(answer.body)["tasks"]
        if tasks and tasks[0]["state"] not in ("queued", "running"):
            break
        await asyncio.sleep(0.05)
    [task] = tasks
    assert (task["state"], task["kind"]) == ("succeeded", "s3.upload"), task
    assert "restarted" in task["message"]
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == content
    assert sorted(sent) == sorted({1, 2, 3, 4} - {each["PartNumber"] for each in there})
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


@pytest.mark.parametrize("text", ["", "[]", "{", '{"began": 0}'])
def test_broken_and_old_records_go(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert list(interrupted(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []
