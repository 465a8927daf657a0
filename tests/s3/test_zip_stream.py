"""Many objects as one zip archive that any program opens, and that nobody takes for whole when it is not."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.s3 import zip_stream
from jupyter_smext.s3.models import DownloadManyRequest
from jupyter_smext.s3.zip_stream import LEFT_OUT, zip_pieces


def archive_of(aws: Any, bucket: str, **what: Any) -> zipfile.ZipFile:
    pieces = zip_pieces(aws, DownloadManyRequest(bucket=bucket, **what))
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_objects_and_folders_come_with_their_paths(aws: Any, client: Any, bucket: str) -> None:
    bodies = {f"in/deep/{number:03d}": bytes([number % 256]) * number for number in range(60)}
    bodies |= {"in/ünï +&.txt": b"text", "in/large": bytes(3 * zip_stream.CHUNK + 7), "in/empty": b"", "other": b"x"}
    for key, body in bodies.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
    client.put_object(Bucket=bucket, Key="in/folder/")
    with archive_of(
        aws, bucket, base="in/", keys=["in/ünï +&.txt", "in/large", "in/empty"], prefixes=["in/deep/", "in/folder/"]
    ) as archive:
        assert archive.testzip() is None
        assert {f"in/{name}": archive.read(name) for name in archive.namelist()} == {
            key: body for key, body in bodies.items() if key.startswith("in/")
        }
        moment = client.head_object(Bucket=bucket, Key="in/large")["LastModified"]
        assert archive.getinfo("large").date_time[:4] == (moment.year, moment.month, moment.day, moment.hour)


def test_what_cannot_be_had_is_told(aws: Any, client: Any, bucket: str) -> None:
    for key in ("a/../../evil", "a//b", "a/good"):
        client.put_object(Bucket=bucket, Key=key, Body=b"1")
    with archive_of(aws, bucket, keys=["a/gone"], prefixes=["a/"], base="a/") as archive:
        assert sorted(archive.namelist()) == ["good", LEFT_OUT]
        told = archive.read(LEFT_OUT).decode()
    assert [line.split(": ")[0] for line in told.splitlines()] == ["a/gone", "a/../../evil", "a//b"]


def test_where_nothing_can_be_had_the_reason_is_raised(aws: Any, bucket: str) -> None:
    with pytest.raises(SmextError) as caught:
        archive_of(aws, bucket, keys=["gone", "gone too"])
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_a_failure_in_the_middle_ends_it(aws: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client.put_object(Bucket=bucket, Key="a", Body=bytes(2 * zip_stream.CHUNK))
    client.put_object(Bucket=bucket, Key="b", Body=b"1")

    class Expired(zip_stream.ObjectReader):
        def read(self, size: int = -1) -> bytes:
            if self.position:
                raise SmextError(ErrorCode.CREDENTIALS_EXPIRED, "expired")
            return super().read(size)

    monkeypatch.setattr(zip_stream, "ObjectReader", Expired)
    pieces = zip_pieces(aws, DownloadManyRequest(bucket=bucket, keys=["a", "b"]))
    assert len(next(pieces)) > zip_stream.CHUNK
    with pytest.raises(SmextError, match="expired"):
        list(pieces)


def test_who_stops_reading_leaves_no_connection_and_no_thread(aws: Any, client: Any, bucket: str) -> None:
    for number in range(20):
        client.put_object(Bucket=bucket, Key=f"{number:02d}", Body=bytes(2 * zip_stream.CHUNK))
    pieces = zip_pieces(aws, DownloadManyRequest(bucket=bucket, prefixes=[""]))
    next(pieces)
    pieces.close()
