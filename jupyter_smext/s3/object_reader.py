"""Read one object from front to back over as many connections as it takes, always the same version of it."""

from __future__ import annotations

import io
import time
from datetime import datetime
from typing import Any

from botocore.exceptions import ConnectionError as AwsConnectionError
from botocore.exceptions import HTTPClientError, IncompleteReadError, ResponseStreamingError
from urllib3.exceptions import HTTPError

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .refusal import named

_BROKEN = (AwsConnectionError, HTTPClientError, IncompleteReadError, ResponseStreamingError, HTTPError, OSError)
ATTEMPTS = 5


class ObjectReader(io.RawIOBase):
    """A stream of the bytes ``start`` to ``end`` (not included) of an object.

    The first answer pins the version by its ETag: where the object is replaced meanwhile, reading on raises
    `Conflict`. A broken connection is taken up where it broke, five times in a row. Permission: `s3:GetObject`
    (`s3:GetObjectVersion` with a version id).
    """

    def __init__(
        self,
        aws: AwsSession,
        bucket: str,
        key: str,
        *,
        version_id: str | None = None,
        etag: str | None = None,
        start: int = 0,
        end: int | None = None,
    ) -> None:
        super().__init__()
        self._aws, self.bucket, self.key = aws, bucket, key
        self._arguments: dict[str, Any] = {"Bucket": bucket, "Key": key}
        if version_id:
            self._arguments["VersionId"] = version_id
        self.etag = etag
        self.content_type: str | None = None
        self.modified: datetime | None = None
        self.size = 0
        self.position = start
        """Of the next byte that `read` answers."""
        self._end = end
        self._body: Any = None
        self._open()

    def another(self, start: int, end: int) -> ObjectReader:
        """A reader of another range of the same version."""
        return ObjectReader(
            self._aws, self.bucket, self.key,
            version_id=self._arguments.get("VersionId"), etag=self.etag, start=start, end=end,
        )  # fmt: skip

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; empty at the end."""
        failures = 0
        while self._end is None or self.position < self._end:
            try:
                if self._body is None:
                    self._open()
                data = bytes(self._body.read(None if size < 0 else size))
            except SmextError:
                raise
            except _BROKEN:
                self._drop()
                failures += 1
                if failures == ATTEMPTS:
                    raise
                time.sleep(min(0.1 * 2**failures, 2))
                continue
            self.position += len(data)
            if data or size == 0:
                return data
            if self._end is not None and self.position < self._end:
                self._drop()  # the server ended the connection early and said nothing
                failures += 1
                if failures == ATTEMPTS:
                    raise SmextError(ErrorCode.NETWORK, f"s3://{self.bucket}/{self.key} broke off; try again.")
        return b""

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._drop()
        super().close()

    def _open(self) -> None:
        arguments = dict(self._arguments)
        if self.etag:
            arguments["IfMatch"] = self.etag
        if self.position or self._end is not None:
            last = "" if self._end is None else str(self._end - 1)
            arguments["Range"] = f"bytes={self.position}-{last}"
        try:
            with named(self._aws, self.bucket, self.key):
                answer = self._aws.client("s3").get_object(**arguments)
        except SmextError as error:
            if error.code is ErrorCode.PRECONDITION_FAILED:
                raise SmextError(
                    ErrorCode.CONFLICT,
                    f"s3://{self.bucket}/{self.key} was replaced while it was read.",
                    hint="Start again to read the newer version.",
                ) from error
            raise
        self._body = answer["Body"]
        self.etag = self.etag or answer.get("ETag")
        self.content_type = answer.get("ContentType")
        self.modified = answer.get("LastModified")
        whole = str(answer.get("ContentRange", "")).rpartition("/")[2]
        self.size = int(whole) if whole.isdigit() else self.position + answer["ContentLength"]
        self._end = self.position + answer["ContentLength"]

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
