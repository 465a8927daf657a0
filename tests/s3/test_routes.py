"""The s3 routes as the browser meets them."""

from __future__ import annotations

import asyncio
import io
import json
import os
import threading
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from awkward_keys import AWKWARD_KEYS
from botocore.exceptions import ClientError
from jupyter_server.auth import AllowAllAuthorizer
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyter_smext.s3.upload import PART
from jupyter_smext.server import s3_upload
from jupyter_smext.server.transfer_records import records_folder

# moto has no route for these.
KEYS = [key for key in AWKWARD_KEYS if "\n" not in key]


@pytest.fixture
def call(jp_fetch: Any, aws: Any) -> Any:
    async def call(path: str, body: Any = None, *, method: str | None = None, **arguments: Any) -> Any:
        answer = await jp_fetch(
            "jupyter-smext", "api", *path.split("/"),
            method=method or ("GET" if body is None else "POST"),
            body=None if body is None else json.dumps(body), **arguments,
        )  # fmt: skip
        return json.loads(answer.body) if answer.body else None

    return call


@pytest.fixture
def put(jp_fetch: Any, aws: Any) -> Any:
    async def put(body: bytes, **query: Any) -> HTTPResponse:
        return await jp_fetch(  # type: ignore[no-any-return]
            "jupyter-smext", "api", "s3", "object", method="PUT", params=query, body=body, request_timeout=60
        )

    return put


@pytest.fixture
def download(jp_fetch: Any, aws: Any) -> Any:
    async def download(**request: Any) -> HTTPResponse:
        return await jp_fetch(  # type: ignore[no-any-return]
            "jupyter-smext", "api", "s3", "object", "download", method="POST", body=json.dumps(request),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip

    return download


async def finished(call: Any, task_id: str) -> dict[str, Any]:
    for _ in range(200):
        task: dict[str, Any] = await call(f"tasks/{task_id}")
        if task["state"] in ("succeeded", "failed", "cancelled"):
            return task
        await asyncio.sleep(0.05)
    raise AssertionError(f"The task did not end: {task}")


def envelope(caught: pytest.ExceptionInfo[HTTPClientError]) -> dict[str, Any]:
    assert caught.value.response is not None
    return json.loads(caught.value.response.body)  # type: ignore[no-any-return]


def unfinished_uploads(client: Any, bucket: str) -> list[Any]:
    return client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])  # type: ignore[no-any-return]


async def test_a_bucket_is_made_and_listed(call: Any) -> None:
    made = await call("s3/buckets", {"name": "made-by-the-panel"})
    assert made == {"name": "made-by-the-panel", "region": "us-east-1", "created": None}
    page = await call("s3/buckets", params={"prefix": "made-by-"})
    assert [each["name"] for each in page["buckets"]] == ["made-by-the-panel"]


async def test_a_bad_bucket_name_is_refused_with_the_rule(call: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await call("s3/buckets", {"name": "Upper_Case"})
    assert caught.value.code == 400
    assert "lower-case" in envelope(caught)["message"]


async def test_a_prefix_is_listed_page_by_page(call: Any, client: Any, bucket: str) -> None:
    for number in range(5):
        client.put_object(Bucket=bucket, Key=f"data/{number}.csv", Body=b"x" * number)
        client.put_object(Bucket=bucket, Key=f"data/folder {number}/a+b", Body=b"")
    seen: list[str] = []
    token = None
    pages = 0
    while True:
        page = await call(
            "s3/objects/list", {"bucket": bucket, "prefix": "data/", "max_keys": 3, "continuation_token": token}
        )
        assert len(page["prefixes"]) + len(page["objects"]) <= 3
        seen += page["prefixes"] + [each["key"] for each in page["objects"]]
        pages, token = pages + 1, page["continuation_token"]
        if token is None:
            break
    assert pages == 4
    assert sorted(seen) == sorted(
        [f"data/{number}.csv" for number in range(5)] + [f"data/folder {number}/" for number in range(5)]
    )


async def test_a_streamed_upload_outlasts_a_slow_down(
    put: Any, call: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_smext.s3.patience.FIRST_WAIT", 0.01)
    real, refusals = client.upload_part, iter(range(2))

    def refused_twice(**arguments: Any) -> Any:
        if next(refusals, None) is not None:
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "Reduce your request rate."}}, "UploadPart")
        return real(**arguments)

    monkeypatch.setattr(client, "upload_part", refused_twice)
    # The server's own session has a client of its own.
    monkeypatch.setattr("jupyter_smext.aws.session.AwsSession.client", lambda *_: client)
    data = os.urandom(PART + 5)
    await put(data, bucket=bucket, key="k")
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == data
    assert next(refusals, None) is None


async def test_many_objects_come_as_one_archive(client: Any, bucket: str, aws: Any, jp_fetch: Any) -> None:
    async def fetch(**asked: Any) -> Any:
        return await jp_fetch(
            "jupyter-smext", "api", "s3", "objects", "download", method="POST", body=json.dumps(asked),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip

    for key in ("data/a.txt", "data/sub/b.txt"):
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    answer = await fetch(bucket=bucket, base="data/", keys=["data/a.txt"], prefixes=["data/sub/"])
    assert answer.headers["Content-Disposition"] == "attachment; filename=\"data.zip\"; filename*=UTF-8''data.zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "a.txt": b"data/a.txt",
            "sub/b.txt": b"data/sub/b.txt",
        }
    with pytest.raises(HTTPClientError) as caught:
        await fetch(bucket=bucket, keys=["gone"])
    assert (caught.value.code, envelope(caught)["code"]) == (404, "NotFound")


async def test_a_missing_bucket_is_named(call: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await call("s3/objects/list", {"bucket": "there-is-no-such-bucket"})
    assert caught.value.code == 404
    assert envelope(caught) | {"request_id": None} == {
        "code": "NotFound",
        "message": "The specified bucket does not exist",
        "operation": "ListObjectsV2",
        "request_id": None,
        "retryable": False,
        "resource": "arn:aws:s3:::there-is-no-such-bucket",
    }


@pytest.mark.parametrize("key", KEYS, ids=lambda key: repr(key[:24]))
async def test_an_awkward_key_goes_up_comes_down_and_goes_away(
    call: Any, put: Any, download: Any, client: Any, bucket: str, key: str
) -> None:
    body = key.encode() + os.urandom(100)
    answer = await put(body, bucket=bucket, key=key)
    assert json.loads(answer.body)["key"] == key
    listed = await call("s3/objects/list", {"bucket": bucket, "delimiter": ""})
    assert [(each["key"], each["size"]) for each in listed["objects"]] == [(key, len(body))]
    assert (await download(bucket=bucket, key=key)).body == body
    deleted = await call("s3/objects/delete", {"bucket": bucket, "keys": [key]})
    assert deleted == {"deleted": [key], "failed": []}
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


async def test_a_download_is_an_attachment_that_cannot_run(jp_fetch: Any, client: Any, bucket: str) -> None:
    key = 'pages/a "b" ü.html'
    client.put_object(Bucket=bucket, Key=key, Body=b"<script>", ContentType="text/html")
    form = urlencode({"request": json.dumps({"bucket": bucket, "key": key})})
    plain = urlencode({"bucket": bucket, "key": key})
    for body in (form, plain):
        answer = await jp_fetch(
            "jupyter-smext", "api", "s3", "object", "download", method="POST", body=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert answer.body == b"<script>"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Length"] == "8"
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=\"a _b_ _.html\"; filename*=UTF-8''a%20%22b%22%20%C3%BC.html"
        )


async def test_a_zero_byte_object_goes_both_ways(put: Any, download: Any, client: Any, bucket: str) -> None:
    await put(b"", bucket=bucket, key="empty")
    assert client.head_object(Bucket=bucket, Key="empty")["ContentLength"] == 0
    answer = await download(bucket=bucket, key="empty")
    assert answer.body == b""
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("size", [PART - 1, PART, PART + 1, 3 * PART + 17])
async def test_a_large_upload_arrives_whole_under_its_task(
    call: Any, put: Any, client: Any, bucket: str, size: int
) -> None:
    body = os.urandom(size)
    task = await call("s3/uploads", {"bucket": bucket, "key": "big", "size": size})
    assert (task["state"], task["total"]) == ("queued", size)
    answer = await put(body, bucket=bucket, key="big", task_id=task["id"], content_type="text/x-test")
    stored = client.get_object(Bucket=bucket, Key="big")
    assert stored["Body"].read() == body
    assert stored["ContentType"] == "text/x-test"
    assert json.loads(answer.body) == {"bucket": bucket, "key": "big", "size": size, "etag": stored["ETag"]} | {
        "version_id": None
    }
    task = await call(f"tasks/{task['id']}")
    assert (task["state"], task["done"], task["total"]) == ("succeeded", size, size)
    assert unfinished_uploads(client, bucket) == []
    assert list(records_folder().glob("*")) == []


async def test_an_existing_key_is_refused_early_and_kept(call: Any, put: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="taken", Body=b"old")
    for refused in (
        call("s3/uploads", {"bucket": bucket, "key": "taken", "size": 3}),
        put(b"new", bucket=bucket, key="taken"),
    ):
        with pytest.raises(HTTPClientError) as caught:
            await refused
        assert caught.value.code == 409
        assert "exists already" in envelope(caught)["message"]
    assert client.get_object(Bucket=bucket, Key="taken")["Body"].read() == b"old"
    await put(b"new", bucket=bucket, key="taken", overwrite="true")
    assert client.get_object(Bucket=bucket, Key="taken")["Body"].read() == b"new"


async def test_too_large_an_upload_is_refused_at_its_announcement(call: Any, bucket: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await call("s3/uploads", {"bucket": bucket, "key": "six-terabytes", "size": 6 * 10**12})
    assert caught.value.code == 413


async def test_an_upload_into_a_missing_bucket_fails_with_the_envelope_and_the_task(call: Any, put: Any) -> None:
    task = await call(
        "s3/uploads", {"bucket": "there-is-no-such-bucket", "key": "k", "size": 3 * PART, "overwrite": True}
    )
    with pytest.raises(HTTPClientError) as caught:
        await put(bytes(3 * PART), bucket="there-is-no-such-bucket", key="k", task_id=task["id"], overwrite="true")
    assert caught.value.code in (404, 599)  # 599: the connection ended before the client read the answer
    task = await finished(call, task["id"])
    assert (task["state"], task["error"]["code"]) == ("failed", "NotFound")


@pytest.fixture
def slow_upload(
    jp_serverapp: Any, jp_http_port: int, jp_base_url: str, jp_auth_header: dict[str, str], aws: Any
) -> Any:
    """An upload by hand: says how long it is, then sends what the test writes, when the test writes it."""

    @asynccontextmanager
    async def begin(path: str, length: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", jp_http_port)
        lines = [f"PUT {jp_base_url}jupyter-smext/api/{path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in jp_auth_header.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        yield reader, writer
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    return begin


async def begun_multipart(client: Any, bucket: str) -> None:
    for _ in range(200):
        if unfinished_uploads(client, bucket):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("No multipart upload began")


async def test_a_cancelled_upload_leaves_nothing(call: Any, slow_upload: Any, client: Any, bucket: str) -> None:
    task = await call("s3/uploads", {"bucket": bucket, "key": "big", "size": 4 * PART})
    async with slow_upload(f"s3/object?bucket={bucket}&key=big&task_id={task['id']}", 4 * PART) as (reader, writer):
        writer.write(bytes(2 * PART))
        await begun_multipart(client, bucket)
        await call(f"tasks/{task['id']}", method="DELETE")
        task = await finished(call, task["id"])
        assert task["state"] == "cancelled"
        answer = await asyncio.wait_for(reader.read(), 5)
        assert b'"code":"Cancelled"' in answer
        assert unfinished_uploads(client, bucket) == []
        assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


async def test_a_closed_browser_leaves_nothing(call: Any, slow_upload: Any, client: Any, bucket: str) -> None:
    task = await call("s3/uploads", {"bucket": bucket, "key": "big", "size": 4 * PART})
    async with slow_upload(f"s3/object?bucket={bucket}&key=big&task_id={task['id']}", 4 * PART) as (_, writer):
        writer.write(bytes(2 * PART))
        await begun_multipart(client, bucket)
        while not list(records_folder().glob("*.json")):
            await asyncio.sleep(0.02)
        writer.close()
        task = await finished(call, task["id"])
        assert task["state"] == "cancelled"
        assert list(records_folder().glob("*")) == []
        assert unfinished_uploads(client, bucket) == []
        assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


async def test_an_announced_upload_can_be_cancelled_before_its_first_byte(call: Any, put: Any, bucket: str) -> None:
    task = await call("s3/uploads", {"bucket": bucket, "key": "never", "size": 3})
    await call(f"tasks/{task['id']}", method="DELETE")
    assert (await finished(call, task["id"]))["state"] == "cancelled"
    with pytest.raises(HTTPClientError) as caught:
        await put(b"abc", bucket=bucket, key="never", task_id=task["id"])
    assert caught.value.code == 404


async def test_an_announcement_lapses_when_no_byte_comes(
    call: Any, put: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_upload, "ANNOUNCED_FOR", 0.3)
    task = await call("s3/uploads", {"bucket": bucket, "key": "never", "size": 3})
    task = await finished(call, task["id"])
    assert (task["state"], task["error"]["code"]) == ("failed", "Network")
    assert "Nothing has come from the browser" in task["error"]["message"]
    with pytest.raises(HTTPClientError) as caught:
        await put(b"abc", bucket=bucket, key="never", task_id=task["id"])
    assert caught.value.code == 404


async def test_an_upload_that_stalls_ends_and_leaves_nothing(
    call: Any, slow_upload: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_upload, "STALLED_FOR", 1.0)
    task = await call("s3/uploads", {"bucket": bucket, "key": "big", "size": 4 * PART})
    async with slow_upload(f"s3/object?bucket={bucket}&key=big&task_id={task['id']}", 4 * PART) as (reader, writer):
        writer.write(bytes(2 * PART))
        await begun_multipart(client, bucket)
        task = await finished(call, task["id"])  # the connection stays open, as that of a laptop that sleeps
        assert (task["state"], task["error"]["code"]) == ("failed", "Network")
        assert b"Nothing has come from the browser" in await asyncio.wait_for(reader.read(), 5)
        assert unfinished_uploads(client, bucket) == []


async def test_two_tabs_that_move_the_same_object_lose_nothing(call: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a", Body=b"content")
    body = {
        "source_bucket": bucket, "target_bucket": bucket, "items": [{"source": "a", "target": "b"}], "move": True
    }  # fmt: skip
    begun = await asyncio.gather(*(call("s3/transfers/copy", body) for _ in range(2)))
    ended = [await finished(call, task["id"]) for task in begun]
    refused = [each["error"]["code"] for each in ended if each["state"] == "failed"]
    assert set(refused) <= {"NotFound", "Conflict", "PreconditionFailed"}
    assert len(refused) < 2
    [left] = client.list_objects_v2(Bucket=bucket)["Contents"]
    assert client.get_object(Bucket=bucket, Key=left["Key"])["Body"].read() == b"content"
    assert left["Key"] == "b"


async def test_unfinished_uploads_are_listed_and_thrown_away(call: Any, client: Any, bucket: str) -> None:
    upload_id = client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    client.upload_part(Bucket=bucket, Key="a", UploadId=upload_id, PartNumber=1, Body=b"abc")
    [found] = (await call("s3/unfinished", {"bucket": bucket}))["uploads"]
    assert (found["key"], found["upload_id"], found["bytes"]) == ("a", upload_id, 3)
    request = {"bucket": bucket, "uploads": [{"key": "a", "upload_id": upload_id}]}
    assert await call("s3/unfinished/abort", request) == {"aborted": 1, "failed": []}
    assert unfinished_uploads(client, bucket) == []


async def test_the_loser_of_a_race_overwrites_nothing(call: Any, slow_upload: Any, client: Any, bucket: str) -> None:
    task = await call("s3/uploads", {"bucket": bucket, "key": "raced", "size": 2 * PART})
    async with slow_upload(f"s3/object?bucket={bucket}&key=raced&task_id={task['id']}", 2 * PART) as (_, writer):
        writer.write(bytes(PART))
        await begun_multipart(client, bucket)
        client.put_object(Bucket=bucket, Key="raced", Body=b"the winner")
        writer.write(bytes(PART))
        task = await finished(call, task["id"])
        assert (task["state"], task["error"]["code"]) == ("failed", "Conflict")
        assert client.get_object(Bucket=bucket, Key="raced")["Body"].read() == b"the winner"
        assert unfinished_uploads(client, bucket) == []


async def test_files_of_the_server_go_up_and_down(call: Any, jp_root_dir: Path, client: Any, bucket: str) -> None:
    folder = jp_root_dir / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.csv").write_bytes(b"a")
    (folder / "deep" / "b b.csv").write_bytes(b"bb")
    task = await call("s3/transfers/upload", {"bucket": bucket, "key": "up/", "path": "data"})
    task = await finished(call, task["id"])
    assert (task["state"], task["done"], task["total"]) == ("succeeded", 3, 3)
    assert (task["result"]["files"], task["result"]["bytes"], task["result"]["failures"]) == (2, 3, [])
    task = await call("s3/transfers/download", {"bucket": bucket, "key": "up/", "path": "copy"})
    assert (await finished(call, task["id"]))["result"]["files"] == 2
    assert (jp_root_dir / "copy" / "deep" / "b b.csv").read_bytes() == b"bb"


@pytest.mark.parametrize("path", ["../outside", "link/file", "a/../../outside"])
async def test_a_path_out_of_the_root_is_refused(
    call: Any, jp_root_dir: Path, tmp_path: Path, client: Any, bucket: str, path: str
) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "file").write_text("secret")
    (jp_root_dir / "link").symlink_to(outside)
    client.put_object(Bucket=bucket, Key="k", Body=b"x")
    for direction in ("upload", "download"):
        task = await call(f"s3/transfers/{direction}", {"bucket": bucket, "key": "k", "path": path, "overwrite": True})
        task = await finished(call, task["id"])
        assert (task["state"], task["error"]["code"]) == ("failed", "InvalidRequest")
    assert (outside / "file").read_text() == "secret"
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


async def test_a_failed_transfer_is_tried_again_and_what_arrived_is_left_out(
    call: Any, client: Any, bucket: str, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        (jp_root_dir / name).write_text(name)
    monkeypatch.setattr("jupyter_smext.aws.session.AwsSession.client", lambda *_: client)
    real, lock, refused = client.put_object, threading.Lock(), [True]

    def put(**arguments: Any) -> Any:
        with lock:
            if arguments["Key"] != "in/a" and refused[0]:
                raise ClientError({"Error": {"Code": "InvalidAccessKeyId", "Message": "no"}}, "PutObject")
        return real(**arguments)

    monkeypatch.setattr(client, "put_object", put)
    task = await call("s3/transfers/upload", {"bucket": bucket, "key": "in/", "path": "", "keep_both": True})
    failed = await finished(call, task["id"])
    assert (failed["state"], failed["repeatable"]) == ("failed", True)
    refused[0] = False
    if "Contents" not in client.list_objects_v2(Bucket=bucket):
        real(Bucket=bucket, Key="in/a", Body=b"a")
    again = await call(f"tasks/{failed['id']}/retry", {})
    done = await finished(call, again["id"])
    assert (done["state"], done["result"]["files"]) == ("succeeded", 3)
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["in/a", "in/b", "in/c"]
    with pytest.raises(HTTPClientError) as caught:
        await call(f"tasks/{failed['id']}/retry", {})
    assert caught.value.code == 404
    with pytest.raises(HTTPClientError) as caught:
        await call(f"tasks/{done['id']}/retry", {})
    assert envelope(caught)["code"] == "Conflict"


class OnlyTasks(AllowAllAuthorizer):
    """Lets everybody at the tasks, and nobody change anything in S3 once it is told so."""

    closed = False

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return not (self.closed and resource == "jupyter_smext:s3" and action == "write")


@pytest.mark.parametrize(
    "jp_server_config", [{"ServerApp": {"jpserver_extensions": {"jupyter_smext": True}, "authorizer_class": OnlyTasks}}]
)
async def test_who_may_not_begin_a_transfer_may_not_repeat_it(
    call: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = await call("s3/transfers/copy", {
        "source_bucket": bucket, "target_bucket": bucket, "items": [{"source": "gone", "target": "there"}],
    })  # fmt: skip
    assert (await finished(call, task["id"]))["state"] == "failed"
    monkeypatch.setattr(OnlyTasks, "closed", True)
    with pytest.raises(HTTPClientError) as caught:
        await call(f"tasks/{task['id']}/retry", {})
    assert caught.value.code == 403
