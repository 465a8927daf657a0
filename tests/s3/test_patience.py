"""Transfers outlast throttling and expired credentials: they pause, say why, and go on where they were."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3 import patience as patience_module
from jupyter_smext.s3.conflicts import OnConflict
from jupyter_smext.s3.copy import copy_object
from jupyter_smext.s3.download import RANGE, fetch_file
from jupyter_smext.s3.file_upload import send_file
from jupyter_smext.s3.patience import Patience
from jupyter_smext.s3.transfer import upload_path
from jupyter_smext.s3.upload import PART

EXPIRED = {"Error": {"Code": "ExpiredToken", "Message": "The provided token has expired."}}
SLOW_DOWN = {"Error": {"Code": "SlowDown", "Message": "Please reduce your request rate."}}


class Heard(Silent):
    """What a task would have shown."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        if message is not None:
            self.messages.append(message)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RENEWAL_PAUSE", "FIRST_WAIT", "NOTICE"):
        monkeypatch.setattr(patience_module, name, 0.01)


@pytest.fixture
def refuse(client: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have a method of the client refuse from its ``after``-th call on, so many times, and then work again."""

    def refuse(method: str, answer: Any, *, after: int = 0, times: int = 3) -> None:
        real, lock, calls = getattr(client, method), threading.Lock(), 0

        def called(**arguments: Any) -> Any:
            nonlocal calls
            with lock:
                calls += 1
                refused = after < calls <= after + times
            if refused:
                raise ClientError(answer, method)
            return real(**arguments)

        monkeypatch.setattr(client, method, called)

    return refuse


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(os.urandom(3 * PART + 5))
    return path


@pytest.mark.parametrize(("answer", "words"), [(EXPIRED, "Paused: the AWS credentials"), (SLOW_DOWN, "slow down")])
@pytest.mark.parametrize("method", ["create_multipart_upload", "upload_part", "complete_multipart_upload"])
def test_an_upload_goes_on(
    aws: Any, client: Any, bucket: str, file: Path, refuse: Any, method: str, answer: Any, words: str
) -> None:
    refuse(method, answer)
    heard = Heard()
    send_file(aws, file, bucket, "k", overwrite=False, progress=heard)
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == file.read_bytes()
    assert words in heard.messages[0]
    assert heard.messages[-1] == ""


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_download_goes_on(aws: Any, client: Any, bucket: str, tmp_path: Path, refuse: Any, after: int) -> None:
    data = os.urandom(2 * RANGE + 5)
    client.put_object(Bucket=bucket, Key="k", Body=data)
    refuse("get_object", EXPIRED, after=after)
    heard = Heard()
    fetch_file(aws, bucket, "k", tmp_path / "k", overwrite=False, progress=heard)
    assert (tmp_path / "k").read_bytes() == data
    assert "credentials have expired" in heard.messages[0]


def test_a_copy_goes_on(aws: Any, client: Any, bucket: str, refuse: Any) -> None:
    client.put_object(Bucket=bucket, Key="a", Body=b"1")
    for method in ("head_object", "copy_object", "delete_object"):
        refuse(method, SLOW_DOWN, times=2)
    copy_object(aws, bucket, "a", bucket, "b", overwrite=True, move=True, progress=Silent())
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["b"]


def test_a_folder_says_why_it_waits(aws: Any, client: Any, bucket: str, tmp_path: Path, refuse: Any) -> None:
    for name in "abc":
        (tmp_path / name).write_text(name)
    refuse("put_object", SLOW_DOWN, times=4)
    heard = Heard()
    result = upload_path(aws, tmp_path, bucket, "in/", OnConflict.REFUSE, heard)
    assert (result.files, result.failed) == (3, 0)
    assert any("slow down" in each for each in heard.messages)


def test_it_can_be_cancelled_while_it_waits(aws: Any, client: Any, bucket: str, file: Path, refuse: Any) -> None:
    refuse("upload_part", EXPIRED, times=10**6)

    class Asked(Heard):
        def cancelled(self) -> bool:
            return bool(self.messages)

    with pytest.raises(SmextError) as caught:
        send_file(aws, file, bucket, "k", overwrite=False, progress=Asked())
    assert caught.value.code is ErrorCode.CANCELLED
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_patience_ends(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience_module, "RENEWAL_PATIENCE", 0.05)
    monkeypatch.setattr(patience_module, "LONGEST_WAIT", 0.01)
    for answer in (EXPIRED, SLOW_DOWN):
        calls: list[None] = []

        def refused(answer: Any = answer, calls: list[None] = calls) -> None:
            calls.append(None)
            raise ClientError(answer, "PutObject")

        with pytest.raises(ClientError):
            Patience(aws, Silent()).call(refused)
        assert len(calls) > 2
    assert len(calls) == patience_module.MOST_WAITS + 1


def test_other_failures_are_raised_at_once(aws: Any) -> None:
    calls: list[None] = []

    def refused() -> None:
        calls.append(None)
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")

    with pytest.raises(ClientError):
        Patience(aws, Silent()).call(refused)
    assert len(calls) == 1


def test_renewed_credentials_of_a_file_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    words = "[default]\naws_access_key_id=AKIA{0}\naws_secret_access_key=s\naws_session_token=token{0}\n"
    file.write_text(words.format("OLD"))
    session = AwsSession(region="us-east-1")
    old = session.client("s3")
    session.renew_credentials()
    assert session.client("s3") is old  # nothing new: nothing is made anew
    file.write_text(words.format("NEW"))
    session.renew_credentials()
    assert session.boto.get_credentials().token == "tokenNEW"
    new = session.client("s3")
    assert new is not old
    for client in (old, new):
        client.close()
    session.close()
