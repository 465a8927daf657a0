"""Send a local file as an object, in slices that are read while they are sent."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from s3transfer.utils import ReadFileChunk

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Interrupted, Progress
from ..aws.session import AwsSession
from .models import UploadResult
from .parallel import in_parallel
from .patience import Patience
from .upload import PartDigest, Upload

THREADS = 4
CHUNK = 2**20


def send_file(
    aws: AwsSession,
    path: Path,
    bucket: str,
    key: str,
    *,
    overwrite: bool,
    progress: Progress,
    described: Mapping[str, Any] | None = None,
    verify: Callable[[Upload], None] | None = None,
    again: bool = False,
) -> UploadResult:
    """Send a local file; ``progress`` counts bytes. Raises `Conflict` where the file changed on the way.

    ``again``: we began it before, so that an unfinished upload of this file is ours to take up at once.

    ``verify`` is called when all parts are sent; what it raises, the object does not appear (but one of a single part,
    which is there by then).
    """
    about = path.stat()
    content_type, encoding = mimetypes.guess_type(path.name)
    patience = Patience(aws, progress)
    upload = patience.call(
        lambda: Upload(
            aws, bucket, key, size=about.st_size, content_type=None if encoding else content_type,
            overwrite=overwrite, described=described,
        )
    )  # fmt: skip

    try:
        if upload.parts == 1:
            data = path.read_bytes()
            _refuse_changed(path, about)
            patience.call(lambda: upload.send(1, data))
            progress.update(about.st_size, about.st_size)
        else:
            _send_parts(upload, path, about, patience, at_once=again)
            _refuse_changed(path, about)
        if verify:
            verify(upload)
        return patience.call(upload.complete)
    except Interrupted:
        raise  # the parts stay for the next server
    except BaseException:
        upload.abort()
        raise


def _send_parts(upload: Upload, path: Path, about: os.stat_result, patience: Patience, at_once: bool) -> None:
    def digest(number: int) -> PartDigest:
        return digest_of(path, (number - 1) * upload.part_size, upload.part_size)

    def send(number: int) -> int:
        start = (number - 1) * upload.part_size
        # A slice of the file, read while it is sent: memory stays the same however large the parts are.
        with ReadFileChunk.from_filename(str(path), start, min(upload.part_size, about.st_size - start)) as part:
            patience.call(lambda: upload.send(number, part))
            return len(part)

    there = upload.resume(digest, about.st_mtime, at_once=at_once)
    done = min(len(there) * upload.part_size, about.st_size)
    numbers = (number for number in range(1, upload.parts + 1) if number not in there)
    for sent in in_parallel(send, numbers, threads=THREADS, progress=patience):
        done += sent
        patience.update(done, about.st_size)


def digest_of(path: Path, start: int, length: int) -> PartDigest:
    """The checksums of a slice of a file."""
    md5, crc32 = hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as file:
        file.seek(start)
        while length and (data := file.read(min(CHUNK, length))):
            md5.update(data)
            crc32 = zlib.crc32(data, crc32)
            length -= len(data)
    return PartDigest(md5=md5.hexdigest(), crc32=b64encode(crc32.to_bytes(4, "big")).decode())


def _refuse_changed(path: Path, about: os.stat_result) -> None:
    now = path.stat()
    if (now.st_size, now.st_mtime_ns) != (about.st_size, about.st_mtime_ns):
        raise SmextError(ErrorCode.CONFLICT, f"{path} changed while it was uploaded.", hint="Upload it again.")
