"""An object as a file that can be sought in: reads only the blocks that are asked for, always of the same version."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .refusal import named

BLOCK = 256 * 1024
KEPT_BLOCKS = 64


class OverBudget(SmextError):
    """Reading on would fetch more than the caller wanted to spend."""

    def __init__(self, budget: int) -> None:
        super().__init__(ErrorCode.TOO_LARGE, f"This needs more than {budget:,} bytes of the object.")


class RangedFile(io.RawIOBase):
    """Opening it reads the first block, which also tells the size, the type and the ETag that pins the version.

    Neighbouring blocks that are missing come with one request. Safe from several threads through :meth:`read_at`.
    Permission: `s3:GetObject`.

    Parameters
    ----------
    budget:
        Bytes that may be fetched; more raises :class:`OverBudget`. None: no limit.
    """

    def __init__(
        self, aws: AwsSession, bucket: str, key: str, *, version_id: str | None = None, budget: int | None = None
    ) -> None:
        super().__init__()
        self._aws, self.bucket, self.key, self.budget = aws, bucket, key, budget
        self._where: dict[str, Any] = {"Bucket": bucket, "Key": key}
        if version_id:
            self._where["VersionId"] = version_id
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._position = 0
        self.requests = self.fetched = 0
        self.etag: str | None = None
        self.content_type: str | None = None
        self.version_id: str | None = None
        self.size = 0
        self._open()

    def read_at(self, position: int, size: int) -> bytes:
        """``size`` bytes from ``position``, less at the end of the object."""
        end = min(position + size, self.size)
        if position >= end:
            return b""
        first, last = position // BLOCK, (end - 1) // BLOCK
        blocks = self._fetch(first, last)
        whole = b"".join(blocks)
        return whole[position - first * BLOCK : end - first * BLOCK]

    def first_block(self) -> bytes:
        """The beginning, which is there already."""
        return self.read_at(0, BLOCK)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1) -> bytes:
        data = self.read_at(self._position, self.size if size is None or size < 0 else size)
        self._position += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _open(self) -> None:
        try:
            answer = self._get(f"bytes=0-{BLOCK - 1}")
        except SmextError as error:
            if not _is_empty(error):
                raise
            return
        self.etag, self.content_type = answer.get("ETag"), answer.get("ContentType")
        self.version_id = answer.get("VersionId")
        body = answer["Body"].read()
        whole = str(answer.get("ContentRange", "")).rpartition("/")[2]
        self.size = int(whole) if whole.isdigit() else len(body)
        self.fetched += len(body)
        self._blocks[0] = body

    def _fetch(self, first: int, last: int) -> list[bytes]:
        with self._lock:
            have = {number: self._blocks[number] for number in range(first, last + 1) if number in self._blocks}
        missing = [number for number in range(first, last + 1) if number not in have]
        if missing:
            start, end = missing[0] * BLOCK, min((missing[-1] + 1) * BLOCK, self.size)
            with self._lock:
                if self.budget is not None and self.fetched + end - start > self.budget:
                    raise OverBudget(self.budget)
                self.fetched += end - start
            data = self._get(f"bytes={start}-{end - 1}")["Body"].read()
            have |= {
                number: data[(number - missing[0]) * BLOCK : (number - missing[0] + 1) * BLOCK]
                for number in range(missing[0], missing[-1] + 1)
            }
            with self._lock:
                self._blocks |= have
                while len(self._blocks) > KEPT_BLOCKS:
                    self._blocks.popitem(last=False)
        return [have[number] for number in range(first, last + 1)]

    def _get(self, byte_range: str) -> dict[str, Any]:
        condition = {"IfMatch": self.etag} if self.etag else {}
        with self._lock:
            self.requests += 1
        try:
            with named(self._aws, self.bucket, self.key):
                return self._aws.client("s3").get_object(**self._where, **condition, Range=byte_range)  # type: ignore[no-any-return]
        except SmextError as error:
            if error.code is ErrorCode.PRECONDITION_FAILED:
                raise SmextError(
                    ErrorCode.CONFLICT,
                    f"s3://{self.bucket}/{self.key} was replaced while it was read.",
                    hint="Start again to read the newer version.",
                ) from error
            raise


def _is_empty(error: SmextError) -> bool:
    """No range can be had of an object without bytes: S3 answers 416."""
    response = getattr(error.__cause__, "response", {})
    return bool(response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 416)
