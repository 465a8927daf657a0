"""Many objects as one zip archive that is made while it is sent: it takes no room, whatever its size."""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .browse import all_objects
from .local_files import path_below
from .models import DownloadManyRequest
from .object_reader import ObjectReader

CHUNK = 1024 * 1024
# Objects that are opened before their turn: small ones wait for the way to S3 and back, not for the line.
AHEAD = 8
LEFT_OUT = "left out.txt"

# What is wrong with one object only; anything else would be wrong with all that follow.
_OF_ONE = {ErrorCode.ACCESS_DENIED, ErrorCode.NOT_FOUND, ErrorCode.INVALID_REQUEST, ErrorCode.CONFLICT}


def zip_pieces(aws: AwsSession, request: DownloadManyRequest) -> Generator[bytes, None, None]:
    """The archive, about 1 MiB at a time. Nothing is compressed: what is large in S3 mostly is already.

    Objects are named by what follows ``base`` in their key. What cannot be read, or that no file can be named after,
    is told in a member `left out.txt`; where nothing can be read, the first failure is raised. Permissions:
    `s3:GetObject`, and `s3:ListBucket` for prefixes.
    """
    sink = _Sink()
    members, failures = 0, list[tuple[str, SmextError]]()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for key, opening in _opened(aws, request):
            try:
                reader = opening.result()
            except Exception as error:
                failure = from_aws(error)
                if failure.code not in _OF_ONE:
                    raise failure from error
                failures.append((key, failure))
                continue
            # Its size is known, but not whether the object will be that long to the end: both sizes come behind.
            about = zipfile.ZipInfo(key[len(request.base) :], _moment(reader.modified))
            with reader, archive.open(about, "w", force_zip64=True) as member:
                while data := reader.read(CHUNK):
                    member.write(data)
                    yield sink.take()
            members += 1
        if failures and not members:
            raise failures[0][1]
        if failures:
            archive.writestr(LEFT_OUT, "".join(f"{key}: {failure}\n" for key, failure in failures))
    yield sink.take()


def _opened(aws: AwsSession, request: DownloadManyRequest) -> Iterator[tuple[str, Future[ObjectReader]]]:
    """The objects in their order, some opened ahead."""

    def open_one(key: str) -> ObjectReader:
        if not key.startswith(request.base) or path_below(Path(), key[len(request.base) :]) is None:
            raise SmextError(ErrorCode.INVALID_REQUEST, "No file can be named after it.")
        return ObjectReader(aws, request.bucket, key)

    waiting: deque[tuple[str, Future[ObjectReader]]] = deque()
    pool = ThreadPoolExecutor(AHEAD, thread_name_prefix="smext-zip")
    try:
        for key in _keys(aws, request):
            waiting.append((key, pool.submit(open_one, key)))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, opening in waiting:
            if not opening.cancel() and opening.exception() is None:
                opening.result().close()
        pool.shutdown()


def _keys(aws: AwsSession, request: DownloadManyRequest) -> Iterator[str]:
    yield from request.keys
    for prefix in request.prefixes:
        for each in all_objects(aws, request.bucket, prefix):
            if not (each["key"].endswith("/") and each["size"] == 0):  # the console's way to show an empty folder
                yield each["key"]


def _moment(modified: datetime | None) -> tuple[int, int, int, int, int, int]:
    """Zip knows no year before 1980."""
    moment = modified or datetime(1980, 1, 1)
    return moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second


class _Sink(io.RawIOBase):
    """Takes what `zipfile` writes; it cannot go back, so `zipfile` never tries to."""

    def __init__(self) -> None:
        super().__init__()
        self._data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # `zipfile` hands over nothing but bytes
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data, self._data = bytes(self._data), bytearray()
        return data
