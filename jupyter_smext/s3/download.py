"""Fetch one object, as a stream or into a file."""

from __future__ import annotations

from pathlib import Path

from ..aws.progress import Interrupted, Progress, check
from ..aws.session import AwsSession
from .arrived import Arrived
from .local_files import NewFile
from .models import DownloadRequest
from .object_reader import ObjectReader
from .parallel import in_parallel
from .patience import Patience

MiB = 1024 * 1024
RANGE = 16 * MiB
# Larger pieces come in memory that is new to the process each time, which costs more than the calls they save.
CHUNK = MiB // 2
THREADS = 4


def open_object(aws: AwsSession, request: DownloadRequest) -> ObjectReader:
    """Open an object for reading from front to back; the caller closes it."""
    return ObjectReader(aws, request.bucket, request.key, version_id=request.version_id)


def fetch_file(aws: AwsSession, bucket: str, key: str, path: Path, *, overwrite: bool, progress: Progress) -> int:
    """Fetch an object into a local file and return its size; ``progress`` counts bytes.

    The file gets its name, and the object's time of modification, when it is whole. What arrived of a large object
    before the process ended is not fetched again, as long as S3 holds the same content. Raises `Conflict` where the
    file exists and ``overwrite`` is False, `TooLarge` where the disk cannot hold it.
    """
    patience = Patience(aws, progress)
    with NewFile(path, overwrite=overwrite) as new, patience.call(lambda: ObjectReader(aws, bucket, key)) as first:
        fill(new, first, patience)
        new.commit(first.modified)
        return first.size


def fill(new: NewFile, first: ObjectReader, patience: Patience) -> None:
    """Write the object that ``first`` has opened into a file, a large one in ranges side by side.

    The first request brings the size and the beginning, so that a small object needs no other.
    """

    def fetch_range(start: int) -> int:
        end = min(start + RANGE, first.size)
        if start == first.position:
            return _copy(first, new, start, end, patience)
        with first.another(start, end) as reader:
            return _copy(reader, new, start, end, patience)

    def fetch(start: int) -> tuple[int, int]:
        return start, patience.call(lambda: fetch_range(start))

    if first.size <= RANGE:
        new.reserve(first.size)
        patience.update(fetch(0)[1] if first.size else 0, first.size)
        return
    if first.etag:
        new.take_up()
    identity = f"{first.etag} s3://{first.bucket}/{first.key}"
    arrived = Arrived(new.file, identity, size=first.size, length=RANGE)
    new.reserve(first.size, arrived.bytes)
    done = arrived.bytes
    patience.update(done, first.size)
    try:
        for start, fetched in in_parallel(fetch, arrived.missing(), threads=THREADS, progress=patience):
            arrived.add(start)
            done += fetched
            patience.update(done, first.size)
    except Interrupted:
        arrived.note()
        raise
    arrived.end()


def _copy(reader: ObjectReader, new: NewFile, start: int, end: int, progress: Progress) -> int:
    position = start
    while position < end:
        check(progress)
        data = reader.read(min(CHUNK, end - position))
        new.write_at(position, data)
        position += len(data)
    return end - start
