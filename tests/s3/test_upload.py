"""Uploads of local files: whole or not at all, and taken up where a killed server left them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3 import upload as upload_module
from jupyter_smext.s3.file_upload import digest_of, send_file
from jupyter_smext.s3.upload import MAX_OBJECT, MAX_PARTS, PART, Upload, part_size


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(os.urandom(3 * PART + 5))
    return path


def stored(client: Any, bucket: str, key: str = "k") -> bytes:
    return client.get_object(Bucket=bucket, Key=key)["Body"].read()  # type: ignore[no-any-return]


def keys(client: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def sent_parts(client: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    numbers: list[int] = []
    real = client.upload_part

    def recording(**arguments: Any) -> Any:
        numbers.append(arguments["PartNumber"])
        return real(**arguments)

    monkeypatch.setattr(client, "upload_part", recording)
    return numbers


def test_parts_always_suffice() -> None:
    for size in (0, 1, PART, MAX_PARTS * PART, MAX_PARTS * PART + 1, 5 * 2**40, MAX_OBJECT):
        assert part_size(size) * MAX_PARTS >= size
        assert PART <= part_size(size) <= 5 * 2**30


def test_a_file_arrives_whole_with_type_and_checksums(aws: Any, client: Any, bucket: str, file: Path) -> None:
    confirmed = {}
    result = send_file(
        aws, file, bucket, "k", overwrite=False, progress=Silent(),
        described={"Metadata": {"m": "1"}}, verify=lambda upload: confirmed.update(upload.checksums),
    )  # fmt: skip
    assert stored(client, bucket) == file.read_bytes()
    head = client.head_object(Bucket=bucket, Key="k")
    assert (head["ContentType"], head["Metadata"], head["ETag"]) == ("text/csv", {"m": "1"}, result.etag)
    assert confirmed == {number: digest_of(file, (number - 1) * PART, PART).crc32 for number in (1, 2, 3, 4)}


def test_progress_ends_at_the_size(aws: Any, bucket: str, file: Path) -> None:
    seen: list[tuple[float, float | None]] = []

    class Watching(Silent):
        def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
            seen.append((done, total))

    send_file(aws, file, bucket, "k", overwrite=False, progress=Watching())
    assert seen[-1] == (file.stat().st_size, file.stat().st_size)
    assert seen == sorted(seen)


@pytest.mark.parametrize("size", [10, 2 * PART])
def test_a_file_that_changes_on_the_way_does_not_appear(
    aws: Any, client: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    path = tmp_path / "growing"
    path.write_bytes(bytes(size))
    opened = Path.open if size > PART else Path.read_bytes

    def changing(self: Path, *arguments: Any) -> Any:
        os.utime(path, (1, 1))
        return opened(self, *arguments)

    if size > PART:
        real = client.upload_part

        def part(**arguments: Any) -> Any:
            os.utime(path, (1, 1))
            return real(**arguments)

        monkeypatch.setattr(client, "upload_part", part)
    else:
        monkeypatch.setattr(Path, "read_bytes", changing)
    with pytest.raises(SmextError, match="changed while"):
        send_file(aws, path, bucket, "k", overwrite=False, progress=Silent())
    assert keys(client, bucket) == []
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_a_failed_part_leaves_nothing(
    aws: Any, client: Any, bucket: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = client.upload_part

    def failing(**arguments: Any) -> Any:
        if arguments["PartNumber"] == 3:
            raise ConnectionError("broken")
        return real(**arguments)

    monkeypatch.setattr(client, "upload_part", failing)
    with pytest.raises(ConnectionError):
        send_file(aws, file, bucket, "k", overwrite=False, progress=Silent())
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_what_a_killed_server_left_is_taken_up(
    aws: Any, client: Any, bucket: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(file, (1_700_000_000, 1_700_000_000))
    killed = Upload(aws, bucket, "k", size=file.stat().st_size, content_type=None, overwrite=False)
    data = file.read_bytes()
    for number in (1, 3):
        killed.send(number, data[(number - 1) * PART : number * PART])
    numbers = sent_parts(client, monkeypatch)
    monkeypatch.setattr(upload_module, "QUIET", 0)
    send_file(aws, file, bucket, "k", overwrite=False, progress=Silent())
    assert sorted(numbers) == [2, 4]
    assert stored(client, bucket) == data
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


@pytest.mark.parametrize("why", ["busy", "other content", "file is newer"])
def test_what_is_not_ours_to_take_up_is_left_alone(
    aws: Any, client: Any, bucket: str, file: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    os.utime(file, (1_700_000_000, 1_700_000_000))
    other = Upload(aws, bucket, "k", size=file.stat().st_size, content_type=None, overwrite=False)
    other.send(1, bytes(PART) if why == "other content" else file.read_bytes()[:PART])
    if why != "busy":
        monkeypatch.setattr(upload_module, "QUIET", 0)
    if why == "file is newer":
        os.utime(file, (2**32, 2**32))
    numbers = sent_parts(client, monkeypatch)
    send_file(aws, file, bucket, "k", overwrite=False, progress=Silent())
    assert sorted(numbers) == [1, 2, 3, 4]
    assert len(client.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
    other.abort()


def test_six_terabytes_are_no_problem_and_sixty_are_refused_early(aws: Any, bucket: str) -> None:
    assert Upload(aws, bucket, "k", size=6 * 10**12, content_type=None, overwrite=True).parts <= MAX_PARTS
    with pytest.raises(SmextError) as caught:
        Upload(aws, bucket, "k", size=60 * 10**12, content_type=None, overwrite=True)
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_user_who_wants_no_checksums_sends_none(
    aws: Any, client: Any, bucket: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.meta.config, "request_checksum_calculation", "when_required")
    seen: list[str] = []
    real = client.create_multipart_upload
    monkeypatch.setattr(client, "create_multipart_upload", lambda **each: (seen.extend(each), real(**each))[1])
    send_file(aws, file, bucket, "k", overwrite=False, progress=Silent())
    assert "ChecksumAlgorithm" not in seen
    assert stored(client, bucket) == file.read_bytes()
