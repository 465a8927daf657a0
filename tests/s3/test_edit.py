from __future__ import annotations

from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.s3.edit import LARGEST, open_text, save_text
from jupyter_smext.s3.models import ObjectReference, SaveRequest, TextObject


def opened(aws: Any, bucket: str, key: str = "k") -> TextObject:
    return open_text(aws, ObjectReference(bucket=bucket, key=key))


def save(aws: Any, bucket: str, text: str, etag: str | None, **options: Any) -> TextObject:
    return save_text(aws, SaveRequest(bucket=bucket, key="k", text=text, etag=etag, **options))


def test_a_text_is_opened_and_saved_and_all_that_describes_it_stays(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(
        Bucket=bucket, Key="k", Body="grün\r\n".encode(), ContentType="text/markdown", Metadata={"m": "1"},
        Tagging="t=a%20b%2B", StorageClass="STANDARD_IA", CacheControl="no-cache",
    )  # fmt: skip
    text = opened(aws, bucket)
    assert (text.text, text.encoding) == ("grün\r\n", "utf-8")
    saved = save(aws, bucket, text.text + "more", text.etag)
    stored = client.get_object(Bucket=bucket, Key="k")
    assert stored["Body"].read().decode() == "grün\r\nmore"
    assert saved.etag == stored["ETag"] != text.etag
    assert (stored["ContentType"], stored["Metadata"], stored["StorageClass"], stored["CacheControl"]) == (
        "text/markdown", {"m": "1"}, "STANDARD_IA", "no-cache",
    )  # fmt: skip
    assert client.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "t", "Value": "a b+"}]
    save(aws, bucket, "again", saved.etag)


def test_nobodys_newer_version_is_overwritten(
    aws: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"1")
    text = opened(aws, bucket)
    client.put_object(Bucket=bucket, Key="k", Body=b"somebody else's")
    look = client.head_object
    for early in (True, False):
        with monkeypatch.context() as patch:
            if not early:  # the other one saves between our look and our write
                patch.setattr(client, "head_object", lambda **each: {**look(**each), "ETag": text.etag})
            with pytest.raises(SmextError) as caught:
                save(aws, bucket, "mine", text.etag)
        assert caught.value.code is ErrorCode.CONFLICT
        assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"somebody else's"


def test_a_new_text_does_not_overwrite(aws: Any, client: Any, bucket: str) -> None:
    assert save(aws, bucket, "new", None).etag == client.head_object(Bucket=bucket, Key="k")["ETag"]
    with pytest.raises(SmextError) as caught:
        save(aws, bucket, "other", None)
    assert caught.value.code is ErrorCode.CONFLICT


def test_a_deleted_object_is_not_found(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"1")
    text = opened(aws, bucket)
    client.delete_object(Bucket=bucket, Key="k")
    with pytest.raises(SmextError) as caught:
        save(aws, bucket, "mine", text.etag)
    assert caught.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encoding_stays(aws: Any, client: Any, bucket: str, encoding: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body="grün".encode(encoding))
    text = opened(aws, bucket)
    assert (text.text, text.encoding) == ("grün", encoding)
    save(aws, bucket, "blau", text.etag, encoding=text.encoding)
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == "blau".encode(encoding)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\x80\x81", ErrorCode.INVALID_REQUEST),
        (b"a\0b", ErrorCode.INVALID_REQUEST),
        (bytes(LARGEST + 1), ErrorCode.TOO_LARGE),
    ],
)
def test_what_is_no_small_text_is_refused(aws: Any, client: Any, bucket: str, body: bytes, code: ErrorCode) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=body)
    with pytest.raises(SmextError) as caught:
        opened(aws, bucket)
    assert caught.value.code is code


def test_an_empty_text_can_be_edited(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"")
    text = opened(aws, bucket)
    save(aws, bucket, "full", text.etag)
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"full"
