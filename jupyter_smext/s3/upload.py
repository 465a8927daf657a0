"""Send one object, in parts where it is large: it appears whole or not at all, and a failure leaves nothing behind."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .conflicts import if_none_match, refuse_existing
from .handlers import handle_last
from .models import UploadResult
from .refusal import named

MiB = 1024 * 1024

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PARTS = 10_000
MAX_PART = 5 * 1024 * MiB
MAX_OBJECT = MAX_PARTS * MAX_PART

PART = 8 * MiB
# A part costs a request; beyond so many, parts of twice the size leave a tenth of an upload's time out.
SMALL_PARTS = 64
# Seconds without a new part after which nobody works on an upload any more.
QUIET = 60

# What one streamed upload may hold in memory: two parts at least, so that one fills while the other is sent.
STREAM_MEMORY = 64 * MiB
MAX_STREAM = MAX_PARTS * STREAM_MEMORY // 2


def part_size(size: int) -> int:
    """Bytes of each part but the last: 8 MiB until 512 MiB, 16 MiB until 167 GB, then what fits into 10,000 parts."""
    needed = -(-size // MAX_PARTS)
    return max(PART if size <= SMALL_PARTS * PART else 2 * PART, -(-needed // MiB) * MiB)


@dataclass(frozen=True)
class PartDigest:
    """Checksums of a slice of a file: MD5 in hexadecimal digits, CRC32 in Base64, as S3 writes them."""

    md5: str
    crc32: str

    def is_of(self, part: Mapping[str, Any]) -> bool:
        """Whether a part that S3 lists has this content. The ETag is no MD5 under KMS; old servers tell no CRC32."""
        return self.md5 == part["ETag"].strip('"') or self.crc32 == part.get("ChecksumCRC32")


class Upload:
    """One upload under way.

    `send` the parts in any order from any thread, then `complete`; or `abort` at any time. An object that fits into
    one part goes as a plain PutObject. Every part carries a checksum that S3 verifies. Permissions: `s3:PutObject`,
    and `s3:AbortMultipartUpload` to clean up.

    Parameters
    ----------
    size:
        Bytes of the whole object; decides the size of the parts.
    overwrite:
        False: S3 itself refuses where the key exists at the end (`If-None-Match`), so that no race can overwrite.
    described:
        What PutObject and CreateMultipartUpload both take, for example `Metadata` or `StorageClass`.
    """

    def __init__(
        self,
        aws: AwsSession,
        bucket: str,
        key: str,
        *,
        size: int,
        content_type: str | None,
        overwrite: bool,
        described: Mapping[str, Any] | None = None,
    ) -> None:
        refuse_larger(bucket, key, size, MAX_OBJECT)
        self.bucket, self.key, self.size = bucket, key, size
        self.part_size = part_size(size)
        self.parts = max(1, -(-size // self.part_size))
        self._aws = aws
        self._about: dict[str, Any] = {"Bucket": bucket, "Key": key}
        self._content = {**({"ContentType": content_type} if content_type else {}), **(described or {})}
        self._guard = (
            {"IfNoneMatch": "*"}
            if not overwrite and aws.supports("s3", "CompleteMultipartUploadRequest", "IfNoneMatch")
            else {}
        )
        # A user who set `when_required` talks to a server that does not know checksums.
        wanted = getattr(self._client.meta.config, "request_checksum_calculation", None)
        self._checksum = {} if wanted == "when_required" else {"ChecksumAlgorithm": "CRC32"}
        self._lock = threading.Lock()
        self._upload_id: str | None = None
        self._sent: dict[int, dict[str, Any]] = {}
        self._result: dict[str, Any] = {}
        if not overwrite and (self.parts > 1 or not self._guard or aws.endpoint_url):
            # Asked before any byte moves, so that nobody uploads for an hour to be refused at the end; and because
            # some servers that are not AWS's ignore `If-None-Match`.
            refuse_existing(aws, bucket, key)

    @property
    def _client(self) -> Any:
        # Asked for each time: an upload may outlive its credentials, and with them a client.
        client = self._aws.client("s3")
        handle_last(client, "before-call.s3.PutObject", _send_at_once)
        return client

    def send(self, number: int, body: Any) -> None:
        """Send part ``number``, counted from 1: bytes, or a seekable binary file."""
        with named(self._aws, self.bucket, self.key), if_none_match(self.bucket, self.key):
            if self.parts == 1:
                self._result = self._client.put_object(
                    **self._about, **self._content, **self._guard, **self._checksum, Body=body
                )
                return
            answer = self._client.upload_part(
                **self._about, **self._checksum, UploadId=self._begin(), PartNumber=number, Body=body
            )
            part = {"PartNumber": number, "ETag": answer["ETag"]}
            if answer.get("ChecksumCRC32"):
                part["ChecksumCRC32"] = answer["ChecksumCRC32"]
            self._sent[number] = part

    def complete(self) -> UploadResult:
        """Make the object appear under its key."""
        if self.parts > 1:
            with named(self._aws, self.bucket, self.key), if_none_match(self.bucket, self.key):
                self._result = self._client.complete_multipart_upload(
                    **self._about,
                    **self._guard,
                    UploadId=self._upload_id,
                    MultipartUpload={"Parts": [self._sent[number] for number in sorted(self._sent)]},
                )
            self._upload_id = None
        return UploadResult(
            bucket=self.bucket,
            key=self.key,
            size=self.size,
            etag=self._result.get("ETag"),
            version_id=_kept_version(self._result.get("VersionId")),
        )

    @property
    def upload_id(self) -> str | None:
        """S3's name of what was sent so far; None before the first part, after the end, and for a single part."""
        return self._upload_id

    @property
    def checksums(self) -> dict[int, str]:
        """The CRC32 (Base64) of each part as S3 confirmed it; empty where the server knows no checksums."""
        if self.parts == 1:
            return {1: self._result["ChecksumCRC32"]} if "ChecksumCRC32" in self._result else {}
        return {number: part["ChecksumCRC32"] for number, part in self._sent.items() if "ChecksumCRC32" in part}

    def resume(self, digest: Callable[[int], PartDigest], since: float, *, at_once: bool = False) -> set[int]:
        """Take up an unfinished upload to the same key; return the numbers of the parts that need not be sent again.

        A killed server leaves such an upload. It is taken up where all its parts came after ``since`` (seconds since
        the epoch: when the file last changed), are those of the file by their checksum, and have been quiet for a
        minute. ``at_once``: the caller knows that nobody works on it, so no quiet is needed. Permissions:
        `s3:ListBucketMultipartUploads`, `s3:ListMultipartUploadParts`; without them there is nothing to take up.
        """
        try:
            quiet = 0 if at_once else QUIET
            answer = self._client.list_multipart_uploads(Bucket=self.bucket, Prefix=self.key)
            for each in answer.get("Uploads", []):
                parts = self._parts_of(each["UploadId"], since, quiet) if each["Key"] == self.key else []
                digests = {part["PartNumber"]: digest(part["PartNumber"]) for part in parts}
                if parts and all(digests[part["PartNumber"]].is_of(part) for part in parts):
                    self._upload_id = each["UploadId"]
                    for part in parts:
                        number = part["PartNumber"]
                        checksum = {"ChecksumCRC32": digests[number].crc32} if self._checksum else {}
                        self._sent[number] = {"PartNumber": number, "ETag": part["ETag"], **checksum}
                    return set(self._sent)
        except ClientError:
            pass
        return set()

    def _parts_of(self, upload_id: str, since: float, quiet: float) -> list[dict[str, Any]]:
        """The parts of an unfinished upload; none where they are not cut as ours, too old, or still coming."""
        pages = self._client.get_paginator("list_parts").paginate(**self._about, UploadId=upload_id)
        parts = [part for page in pages for part in page.get("Parts", [])]
        for part in parts:
            length = min(self.part_size, self.size - (part["PartNumber"] - 1) * self.part_size)
            moment = part["LastModified"].timestamp()
            if part["Size"] != length or moment < since or time.time() - moment < quiet:
                return []
        return parts

    def abort(self) -> None:
        """Throw away what was sent, so that nobody pays for it. Call it when no part is under way any more."""
        with self._lock:
            upload_id, self._upload_id = self._upload_id, None
        if upload_id:
            # What cannot be cleaned up now must not hide the failure that brought us here.
            with suppress(Exception):
                abort_upload(self._aws, self.bucket, self.key, upload_id)

    def _begin(self) -> str:
        with self._lock:
            if self._upload_id is None:
                answer = self._client.create_multipart_upload(**self._about, **self._content, **self._checksum)
                self._upload_id = str(answer["UploadId"])
            return self._upload_id


def abort_upload(aws: AwsSession, bucket: str, key: str, upload_id: str) -> None:
    """Throw away the parts of an unfinished upload. Permission: `s3:AbortMultipartUpload`."""
    with named(aws, bucket, key), suppress(aws.client("s3").exceptions.NoSuchUpload):
        aws.client("s3").abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)


def refuse_larger(bucket: str, key: str, size: int, most: int) -> None:
    """Raise `TooLarge` where an object of ``size`` bytes cannot be sent."""
    if size > most:
        raise SmextError(
            ErrorCode.TOO_LARGE,
            f"s3://{bucket}/{key}: {size:,} bytes are more than the {most:,} that can be sent this way.",
            hint="A streamed upload holds up to 335 GB; copy larger files from the server's disk.",
        )


def _send_at_once(params: dict[str, Any], **_: Any) -> None:
    """Do not ask S3 first whether a body is welcome that takes no longer to send than the question.

    botocore asks (`Expect: 100-continue`) for every body that can be read like a file, and makes one of all bytes.
    """
    body = params.get("body")
    if isinstance(body, io.BytesIO) and body.getbuffer().nbytes < MiB:
        params["headers"].pop("Expect", None)


def _kept_version(version_id: str | None) -> str | None:
    """`null` is how S3 names what it keeps no version of."""
    return None if version_id == "null" else version_id
