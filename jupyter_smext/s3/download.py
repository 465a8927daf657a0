"""Fetch one object, as a stream or into a file."""

from __future__ import annotations

from pathlib import Path

from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from .local_files import NewFile
from .models import DownloadRequest
from .object_reader import ObjectReader
from .parallel import in_parallel

MiB = 1024 * 1024
RANGE = 16 * MiB
CHUNK = 1 * MiB
THREADS = 4


def open_object(aws: AwsSession, request: DownloadRequest) -> ObjectReader:
    """Open an object for reading from front to back; the caller closes it."""
    return ObjectReader(aws, request.bucket, request.key, version_id=request.version_id)


def fetch_file(
    aws: AwsSession,
    bucket: str,
    key: str,
    path: Path,
    *,
    overwrite: bool,
    progress: Progress,
    version_id: str | None = None,
) -> int:
    """Fetch an object into a local file and return its size; ``progress`` counts bytes.

    The file gets its name, and the object's time of modification, when it is whole. A large object is fetched in ranges
    side by side. Raises `Conflict` where the file exists and ``overwrite`` is False, `TooLarge` where the disk cannot
    hold it.
    """
    with NewFile(path, overwrite=overwrite) as new:
        # One request brings the size and the beginning: a small object needs no other.
        with ObjectReader(aws, bucket, key, version_id=version_id) as first:
            size, etag, modified = first.size, first.etag, first.modified
            new.reserve(size)
            done = 0

            def fetch(reader: ObjectReader, position: int, end: int) -> int:
                start = position
                while position < end:
                    check(progress)
                    data = reader.read(min(CHUNK, end - position))
                    new.write_at(position, data)
                    position += len(data)
                return end - start

            def fetch_range(start: int) -> int:
                end = min(start + RANGE, size)
                if start == 0:
                    return fetch(first, start, end)
                with ObjectReader(aws, bucket, key, version_id=version_id, etag=etag, start=start, end=end) as reader:
                    return fetch(reader, start, end)

            for fetched in in_parallel(fetch_range, range(0, size, RANGE), threads=THREADS, progress=progress):
                done += fetched
                progress.update(done, size)
        new.commit(modified)
    return size
