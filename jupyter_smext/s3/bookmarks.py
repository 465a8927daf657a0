"""Places in S3 that a user keeps: pinned ones, and the latest visited. No permission to list buckets is needed."""

from __future__ import annotations

import threading
from pathlib import Path

from pydantic import ValidationError

from ..aws.session import AwsSession
from .buckets import bucket_region
from .local_files import NewFile
from .location import parse
from .models import Bookmarks, Place, PlaceRequest

MOST_RECENT = 20

_lock = threading.Lock()


def find_place(aws: AwsSession, request: PlaceRequest) -> Place:
    """Understand an s3:// URI, an ARN, an access point's alias, an S3 or console URL. Raises `InvalidRequest`."""
    location = parse(request.text)
    return Place(
        bucket=location.bucket, prefix=location.key, uri=location.uri, region=bucket_region(aws, location.bucket)
    )


def read(file: Path) -> Bookmarks:
    """The kept places; a missing or broken file counts as empty."""
    try:
        return Bookmarks.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return Bookmarks()


def write(file: Path, bookmarks: Bookmarks) -> Bookmarks:
    """Keep places for the next time; of the recent ones, the first twenty."""
    kept = bookmarks.model_copy(update={"recent": bookmarks.recent[:MOST_RECENT]})
    with _lock, NewFile(file, overwrite=True) as new:
        new.write_at(0, kept.model_dump_json(indent=2).encode())
        new.commit(durable=True)
    return kept
