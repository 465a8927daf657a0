"""Send one object, in parts where it is large: it appears whole or not at all, and a failure leaves nothing behind."""

from __future__ import annotations

import mimetypes
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from s3transfer.utils import ReadFileChunk

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from .conflicts import if_none_match, refuse_existing
from .models import UploadResult
from .parallel import in_parallel
from .refusal import named

MiB = 1024 * 1024

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
MAX_PARTS = 10_000
MAX_PART = 5 * 1024 * MiB
MAX_OBJECT = MAX_PARTS * MAX_PART

PART = 8 * MiB
FILE_THREADS = 4

# What one streamed upload may hold in memory: two parts at least, so that one fills while the other is sent.
STREAM_MEMORY = 48 * MiB
MAX_STREAM = MAX_PARTS * STREAM_MEMORY // 2


def part_size(size: int) -> int:
    """Bytes of each part but the last, so that the whole fits into 10,000 parts: 8 MiB until 83 GB, then more."""
    needed = -(-size // MAX_PARTS)
    return max(PART, -(-needed // MiB) * MiB)


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
    """

    def __init__(
        self, aws: AwsSession, bucket: str, key: str, *, size: int, content_type: str | None, overwrite: bool
    ) -> None:
        refuse_larger(bucket, key, size, MAX_OBJECT)
        self.bucket, self.key, self.size = bucket, key, size
        self.part_size = part_size(size)
        self.parts = max(1, -(-size // self.part_size))
        self._aws = aws
        self._client = aws.client("s3")
        self._about: dict[str, Any] = {"Bucket": bucket, "Key": key}
        self._content = {"ContentType": content_type} if content_type else {}
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
        self._etag: str | None = None
        if not overwrite:
            # Asked before any byte moves, so that nobody uploads for an hour to be refused at the end.
            refuse_existing(aws, bucket, key)

    def send(self, number: int, body: Any) -> None:
        """Send part ``number``, counted from 1: bytes, or a seekable binary file."""
        with named(self._aws, self.bucket, self.key), if_none_match(self.bucket, self.key):
            if self.parts == 1:
                answer = self._client.put_object(
                    **self._about, **self._content, **self._guard, **self._checksum, Body=body
                )
                self._etag = answer.get("ETag")
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
                answer = self._client.complete_multipart_upload(
                    **self._about,
                    **self._guard,
                    UploadId=self._upload_id,
                    MultipartUpload={"Parts": [self._sent[number] for number in sorted(self._sent)]},
                )
            self._etag = answer.get("ETag")
            self._upload_id = None
        return UploadResult(bucket=self.bucket, key=self.key, size=self.size, etag=self._etag)

    def abort(self) -> None:
        """Throw away what was sent, so that nobody pays for it. Call it when no part is under way any more."""
        with self._lock:
            upload_id, self._upload_id = self._upload_id, None
        if upload_id:
            # What cannot be cleaned up now must not hide the failure that brought us here.
            with suppress(Exception):
                self._client.abort_multipart_upload(**self._about, UploadId=upload_id)

    def _begin(self) -> str:
        with self._lock:
            if self._upload_id is None:
                answer = self._client.create_multipart_upload(**self._about, **self._content, **self._checksum)
                self._upload_id = str(answer["UploadId"])
            return self._upload_id


def send_file(
    aws: AwsSession, path: Path, bucket: str, key: str, *, overwrite: bool, progress: Progress
) -> UploadResult:
    """Send a local file; ``progress`` counts bytes. Raises `Conflict` where the file changed on the way."""
    before = path.stat()
    content_type, encoding = mimetypes.guess_type(path.name)
    upload = Upload(
        aws, bucket, key, size=before.st_size, content_type=None if encoding else content_type, overwrite=overwrite
    )

    def send(number: int) -> int:
        start = (number - 1) * upload.part_size
        # A slice of the file, read while it is sent: memory stays the same however large the parts are.
        with ReadFileChunk.from_filename(str(path), start, min(upload.part_size, before.st_size - start)) as part:
            upload.send(number, part)
            return len(part)

    try:
        done = 0
        for sent in in_parallel(send, range(1, upload.parts + 1), threads=FILE_THREADS, progress=progress):
            done += sent
            progress.update(done, before.st_size)
        after = path.stat()
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise SmextError(ErrorCode.CONFLICT, f"{path} changed while it was uploaded.", hint="Upload it again.")
        return upload.complete()
    except BaseException:
        upload.abort()
        raise


def refuse_larger(bucket: str, key: str, size: int, most: int) -> None:
    """Raise `TooLarge` where an object of ``size`` bytes cannot be sent."""
    if size > most:
        raise SmextError(
            ErrorCode.TOO_LARGE,
            f"s3://{bucket}/{key}: {size:,} bytes are more than the {most:,} that can be sent this way.",
            hint="A streamed upload holds up to 251 GB; copy larger files from the server's disk.",
        )
