from __future__ import annotations

import os
from typing import Any

import pytest
from awkward_keys import AWKWARD_KEYS

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.notes import Remembered
from jupyter_smext.aws.progress import Interrupted, Silent
from jupyter_smext.s3 import copy as copy_module
from jupyter_smext.s3.conflicts import Exists, numbered
from jupyter_smext.s3.copy import copy_all, copy_object
from jupyter_smext.s3.models import CopyItem, CopyRequest, TransferResult

# moto has no route for a line break, and takes `.` and `..` out of the name of the source.
KEYS = [key for key in AWKWARD_KEYS if "\n" not in key and not any(part in (".", "..") for part in key.split("/"))]


def copy(aws: Any, bucket: str, *items: tuple[str, str], target: str | None = None, **options: Any) -> TransferResult:
    request = CopyRequest(
        source_bucket=bucket,
        target_bucket=target or bucket,
        items=[CopyItem(source=source, target=target) for source, target in items],
        **options,
    )
    return copy_all(aws, request, Silent())


def keys(client: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def body(client: Any, bucket: str, key: str) -> bytes:
    return client.get_object(Bucket=bucket, Key=key)["Body"].read()  # type: ignore[no-any-return]


def test_metadata_tags_type_and_class_go_along(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(
        Bucket=bucket, Key="a", Body=b"x", Metadata={"m": "1"}, Tagging="t=2", ContentType="text/csv",
        StorageClass="STANDARD_IA",
    )  # fmt: skip
    assert copy(aws, bucket, ("a", "b")) == TransferResult(files=1, bytes=1)
    head = client.head_object(Bucket=bucket, Key="b")
    assert (head["Metadata"], head["ContentType"], head["StorageClass"]) == ({"m": "1"}, "text/csv", "STANDARD_IA")
    assert client.get_object_tagging(Bucket=bucket, Key="b")["TagSet"] == [{"Key": "t", "Value": "2"}]
    assert keys(client, bucket) == ["a", "b"]


def test_awkward_keys_move_under_a_prefix_and_back(aws: Any, client: Any, bucket: str) -> None:
    names = [key for key in KEYS if len(key) < 1000]
    for name in names:
        client.put_object(Bucket=bucket, Key="in/" + name, Body=name.encode())
    assert copy(aws, bucket, ("in/", "out/"), move=True).files == len(names)
    assert sorted(keys(client, bucket)) == sorted("out/" + name for name in names)
    assert all(body(client, bucket, "out/" + name) == name.encode() for name in names)


def test_a_large_object_is_copied_in_parts_with_all_that_describes_it(
    aws: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_module, "MAX_SINGLE_COPY", 1000)
    monkeypatch.setattr(copy_module, "PART", 5 * 2**20)
    data = os.urandom(12 * 2**20)
    client.put_object(Bucket=bucket, Key="a", Body=data, Metadata={"m": "1"}, Tagging="t=a%20b", ContentType="text/csv")
    copy(aws, bucket, ("a", "b"), move=True)
    stored = client.get_object(Bucket=bucket, Key="b")
    assert stored["Body"].read() == data
    assert stored["ETag"].endswith('-3"')
    assert (stored["Metadata"], stored["ContentType"]) == ({"m": "1"}, "text/csv")
    assert client.get_object_tagging(Bucket=bucket, Key="b")["TagSet"] == [{"Key": "t", "Value": "a b"}]
    assert keys(client, bucket) == ["b"]


def test_a_failed_copy_in_parts_leaves_nothing(
    aws: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copy_module, "MAX_SINGLE_COPY", 1000)
    monkeypatch.setattr(copy_module, "PART", 5 * 2**20)
    client.put_object(Bucket=bucket, Key="a", Body=bytes(12 * 2**20))

    class EndsWhenBegun(Silent):
        """Cancelled as soon as the first part is copied, however fast the others follow."""

        copied = False

        def cancelled(self) -> bool:
            return self.copied

    progress = EndsWhenBegun()
    real = client.upload_part_copy

    def cancelled_by_the_first(**arguments: Any) -> Any:
        progress.copied = True
        return real(**arguments)

    monkeypatch.setattr(client, "upload_part_copy", cancelled_by_the_first)
    with pytest.raises(SmextError) as caught:
        copy_object(aws, bucket, "a", bucket, "b", overwrite=False, progress=progress)
    assert caught.value.code is ErrorCode.CANCELLED
    assert keys(client, bucket) == ["a"]
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


@pytest.fixture
def in_parts(client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """An object `a` that came in parts of 6 MiB, and a limit above which it is copied in parts of 5 MiB."""
    monkeypatch.setattr(copy_module, "MAX_SINGLE_COPY", 1000)
    monkeypatch.setattr(copy_module, "PART", 5 * 2**20)
    data = os.urandom(12 * 2**20)
    upload = {
        "Bucket": bucket,
        "Key": "a",
        "UploadId": client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"],
    }
    parts = [
        {"PartNumber": number + 1, "ETag": client.upload_part(
            **upload, PartNumber=number + 1, Body=data[number * 6 * 2**20 : (number + 1) * 6 * 2**20]
        )["ETag"]}
        for number in range(2)
    ]  # fmt: skip
    client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    return data


@pytest.mark.parametrize("in_one_piece", [False, True])
def test_a_second_attempt_knows_its_own_copy_though_the_etag_differs(
    aws: Any, client: Any, bucket: str, in_parts: bytes, monkeypatch: pytest.MonkeyPatch, in_one_piece: bool
) -> None:
    if in_one_piece:
        monkeypatch.setattr(copy_module, "MAX_SINGLE_COPY", 2**40)
    client.put_object(Bucket=bucket, Key="b", Body=b"of somebody else")
    request = CopyRequest(
        source_bucket=bucket, target_bucket=bucket, items=[CopyItem(source="a", target="b")], keep_both=True
    )
    notes = Remembered()
    for again in (False, True):
        assert copy_all(aws, request, Silent(), again=again, notes=notes).files == 1
        assert keys(client, bucket) == ["a", "b", "b (1)"]
    assert client.head_object(Bucket=bucket, Key="b (1)")["ETag"] != client.head_object(Bucket=bucket, Key="a")["ETag"]
    assert body(client, bucket, "b (1)") == in_parts
    client.put_object(Bucket=bucket, Key="b (1)", Body=b"changed by somebody else")
    copy_all(aws, request, Silent(), again=True, notes=notes)
    assert keys(client, bucket) == ["a", "b", "b (1)", "b (2)"]


class EndsAfterOnePart(Silent):
    def __init__(self, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self._copied = False
        real = client.upload_part_copy

        def copied(**arguments: Any) -> Any:
            answer = real(**arguments)
            self._copied = True
            return answer

        monkeypatch.setattr(client, "upload_part_copy", copied)

    def cancelled(self) -> bool:
        if self._copied:
            raise Interrupted()
        return False


@pytest.mark.parametrize("replaced", [False, True])
def test_an_interrupted_copy_goes_on_unless_its_source_was_replaced(
    aws: Any, client: Any, bucket: str, in_parts: bytes, monkeypatch: pytest.MonkeyPatch, replaced: bool
) -> None:
    request = CopyRequest(source_bucket=bucket, target_bucket=bucket, items=[CopyItem(source="a", target="b")])
    notes = Remembered()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Interrupted):
        copy_all(aws, request, EndsAfterOnePart(client, patch), notes=notes)
    assert len(client.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
    if replaced:
        in_parts = bytes(reversed(in_parts))
        client.put_object(Bucket=bucket, Key="a", Body=in_parts)
    copy_all(aws, request, Silent(), again=True, notes=notes)
    assert body(client, bucket, "b") == in_parts
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_an_interrupted_copy_that_is_refused_later_leaves_no_parts(
    aws: Any, client: Any, bucket: str, in_parts: bytes
) -> None:
    request = CopyRequest(source_bucket=bucket, target_bucket=bucket, items=[CopyItem(source="a", target="b")])
    notes = Remembered()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Interrupted):
        copy_all(aws, request, EndsAfterOnePart(client, patch), notes=notes)
    client.put_object(Bucket=bucket, Key="b", Body=b"of somebody else")
    with pytest.raises(Exists):
        copy_all(aws, request, Silent(), again=True, notes=notes)
    assert body(client, bucket, "b") == b"of somebody else"
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_what_exists_is_refused_skipped_kept_or_overwritten(aws: Any, client: Any, bucket: str) -> None:
    for key, data in {"in/a": b"new", "in/b": b"new", "out/a": b"old"}.items():
        client.put_object(Bucket=bucket, Key=key, Body=data)
    assert copy(aws, bucket, ("in/", "out/")).skipped == 1
    assert body(client, bucket, "out/a") == b"old"
    assert copy(aws, bucket, ("in/a", "out/a"), keep_both=True, move=True).files == 1
    assert keys(client, bucket) == ["in/b", "out/a", "out/a (1)", "out/b"]
    copy(aws, bucket, ("in/b", "out/a"), overwrite=True)
    assert body(client, bucket, "out/a") == b"new"


def test_a_source_that_was_replaced_meanwhile_stays(
    aws: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.put_object(Bucket=bucket, Key="a", Body=b"1")
    real = client.copy_object

    def replaced_after(**arguments: Any) -> Any:
        answer = real(**arguments)
        client.put_object(Bucket=bucket, Key="a", Body=b"2")
        return answer

    monkeypatch.setattr(client, "copy_object", replaced_after)
    with pytest.raises(SmextError):
        copy(aws, bucket, ("a", "b"), move=True)
    assert body(client, bucket, "a") == b"2"


@pytest.mark.parametrize(("source", "target"), [("a", "a"), ("d/", "d/"), ("d/", "d/in/"), ("", "d/")])
def test_nothing_is_copied_onto_or_into_itself(aws: Any, bucket: str, source: str, target: str) -> None:
    with pytest.raises(SmextError) as caught:
        copy(aws, bucket, (source, target), move=True)
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_missing_source_is_named(aws: Any, bucket: str) -> None:
    with pytest.raises(SmextError) as caught:
        copy(aws, bucket, ("nothing", "b"))
    assert (caught.value.code, caught.value.envelope.resource) == (
        ErrorCode.NOT_FOUND,
        f"arn:aws:s3:::{bucket}/nothing",
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a", "a (2)"), ("x/a.tar.gz", "x/a (2).tar.gz"), ("x.y/a", "x.y/a (2)"), ("x/.hidden", "x/.hidden (2)")],
)  # fmt: skip
def test_numbered_names(name: str, expected: str) -> None:
    assert numbered(name, 2) == expected
