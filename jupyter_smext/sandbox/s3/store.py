"""The index of S3: buckets, object versions and unfinished uploads, in the database."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.s3.bodies import Segment

NULL_VERSION = "null"
"""The version of objects in buckets without versioning, as S3 names it."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS s3_bucket (
    name TEXT PRIMARY KEY, region TEXT NOT NULL, created REAL NOT NULL, versioning TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS s3_object (
    id INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL,
    latest INTEGER NOT NULL, marker INTEGER NOT NULL, modified REAL NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, storage_class TEXT NOT NULL, segments TEXT NOT NULL, headers TEXT NOT NULL,
    tags TEXT NOT NULL, checksums TEXT NOT NULL,
    UNIQUE (bucket, key, version)
);
CREATE INDEX IF NOT EXISTS s3_object_listed ON s3_object (bucket, key) WHERE latest = 1 AND marker = 0;
CREATE TABLE IF NOT EXISTS s3_upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, created REAL NOT NULL,
    headers TEXT NOT NULL, tags TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS s3_part (
    upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    segments TEXT NOT NULL, checksums TEXT NOT NULL, modified REAL NOT NULL,
    PRIMARY KEY (upload, number)
);
"""


@dataclass(frozen=True)
class Bucket:
    name: str
    region: str
    created: float
    versioning: str
    """``""`` (never set), ``Enabled`` or ``Suspended``."""


@dataclass(frozen=True)
class StoredObject:
    """One version of an object."""

    bucket: str
    key: str
    etag: str
    size: int
    segments: list[Segment]
    headers: dict[str, str] = field(default_factory=dict)
    """Those that GetObject gives back: content headers, ``x-amz-meta-*``, storage class."""
    tags: dict[str, str] = field(default_factory=dict)
    checksums: dict[str, str] = field(default_factory=dict)
    version: str = NULL_VERSION
    latest: bool = True
    marker: bool = False
    modified: float = 0.0
    id: int = 0

    @property
    def storage_class(self) -> str:
        return self.headers.get("x-amz-storage-class", "STANDARD")


class ListedObject(NamedTuple):
    """What a listing tells of an object."""

    key: str
    size: int
    etag: str
    modified: float
    storage_class: str


@dataclass(frozen=True)
class Upload:
    """A multipart upload that is neither completed nor aborted."""

    id: str
    bucket: str
    key: str
    created: float
    headers: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True)
class Part:
    number: int
    size: int
    etag: str
    segments: list[Segment]
    checksums: dict[str, str]
    modified: float


class S3Store:
    """What is in S3. Methods that replace or remove something answer the segments that nothing needs any more."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.create_tables(_SCHEMA)

    def buckets(self) -> list[Bucket]:
        return [_bucket(row) for row in self.database.rows("SELECT * FROM s3_bucket ORDER BY name")]

    def bucket(self, name: str) -> Bucket | None:
        row = self.database.row("SELECT * FROM s3_bucket WHERE name=?", (name,))
        return _bucket(row) if row else None

    def add_bucket(self, name: str, region: str) -> None:
        self.database.execute(
            "INSERT OR IGNORE INTO s3_bucket (name, region, created) VALUES (?, ?, ?)", (name, region, time.time())
        )

    def remove_bucket(self, name: str) -> None:
        self.database.execute("DELETE FROM s3_bucket WHERE name=?", (name,))

    def set_versioning(self, bucket: str, state: str) -> None:
        self.database.execute("UPDATE s3_bucket SET versioning=? WHERE name=?", (state, bucket))

    def is_empty(self, bucket: str) -> bool:
        return self.database.row("SELECT 1 FROM s3_object WHERE bucket=? LIMIT 1", (bucket,)) is None

    def latest(self, bucket: str, key: str) -> StoredObject | None:
        """The current version, which may be a delete marker."""
        row = self.database.row("SELECT * FROM s3_object WHERE bucket=? AND key=? AND latest=1", (bucket, key))
        return _object(row) if row else None

    def version(self, bucket: str, key: str, version: str) -> StoredObject | None:
        row = self.database.row(
            "SELECT * FROM s3_object WHERE bucket=? AND key=? AND version=?", (bucket, key, version)
        )
        return _object(row) if row else None

    def put(self, bucket: Bucket, item: StoredObject) -> tuple[StoredObject, list[Segment]]:
        """Makes ``item`` the current version."""
        with self.database.transaction():
            version = uuid.uuid4().hex if bucket.versioning == "Enabled" else NULL_VERSION
            replaced = self._take(bucket.name, item.key, version)
            self.database.execute(
                "UPDATE s3_object SET latest=0 WHERE bucket=? AND key=? AND latest=1", (bucket.name, item.key)
            )
            self.database.execute(
                "INSERT INTO s3_object (bucket, key, version, latest, marker, modified, size, etag, storage_class, "
                "segments, headers, tags, checksums) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    bucket.name,
                    item.key,
                    version,
                    int(item.marker),
                    time.time(),
                    item.size,
                    item.etag,
                    item.storage_class,
                    _segments_text(item.segments),
                    json.dumps(item.headers),
                    json.dumps(item.tags),
                    json.dumps(item.checksums),
                ),
            )
            stored = self.version(bucket.name, item.key, version)
            assert stored is not None
            return stored, replaced

    def delete(self, bucket: Bucket, key: str) -> tuple[StoredObject | None, list[Segment]]:
        """Deletes without naming a version: with versioning it leaves a delete marker, which is answered."""
        if not bucket.versioning:
            with self.database.transaction():
                return None, self._take(bucket.name, key, NULL_VERSION)
        return self.put(bucket, StoredObject(bucket.name, key, etag="", size=0, segments=[], marker=True))

    def delete_version(self, bucket: str, key: str, version: str) -> tuple[bool, list[Segment]]:
        """Deletes one version for good; answers whether it was a delete marker."""
        with self.database.transaction():
            found = self.version(bucket, key, version)
            if found is None:
                return False, []
            freed = self._take(bucket, key, version)
            if found.latest:
                self.database.execute(
                    "UPDATE s3_object SET latest=1 WHERE id = (SELECT max(id) FROM s3_object WHERE bucket=? AND key=?)",
                    (bucket, key),
                )
            return found.marker, freed

    def set_tags(self, item: StoredObject, tags: dict[str, str]) -> None:
        self.database.execute("UPDATE s3_object SET tags=? WHERE id=?", (json.dumps(tags), item.id))

    def set_headers(self, item: StoredObject, headers: dict[str, str]) -> None:
        self.database.execute("UPDATE s3_object SET headers=? WHERE id=?", (json.dumps(headers), item.id))

    def keys(self, bucket: str, *, above: str, including: bool, below: str | None, limit: int) -> list[ListedObject]:
        """Current objects in the order of their keys, from ``above`` to before ``below``."""
        sql = (
            "SELECT key, size, etag, modified, storage_class FROM s3_object "
            f"WHERE bucket=? AND latest=1 AND marker=0 AND key {'>=' if including else '>'} ?"
        )
        parameters: list[Any] = [bucket, above]
        if below is not None:
            sql += " AND key < ?"
            parameters.append(below)
        return [ListedObject(*row) for row in self.database.rows(f"{sql} ORDER BY key LIMIT ?", [*parameters, limit])]

    def versions(self, bucket: str, *, prefix: str, after: tuple[str, int], limit: int) -> list[StoredObject]:
        """All versions: keys in order, newest first within a key, behind the place ``after``."""
        key, newest = after
        rows = self.database.rows(
            "SELECT * FROM s3_object WHERE bucket=? AND substr(key, 1, ?)=? AND (key > ? OR (key = ? AND id < ?)) "
            "ORDER BY key, id DESC LIMIT ?",
            (bucket, len(prefix), prefix, key, key, newest, limit),
        )
        return [_object(row) for row in rows]

    def create_upload(self, bucket: str, key: str, headers: dict[str, str], tags: dict[str, str]) -> str:
        upload = uuid.uuid4().hex
        self.database.execute(
            "INSERT INTO s3_upload VALUES (?, ?, ?, ?, ?, ?)",
            (upload, bucket, key, time.time(), json.dumps(headers), json.dumps(tags)),
        )
        return upload

    def upload(self, bucket: str, key: str, upload: str) -> Upload | None:
        row = self.database.row("SELECT * FROM s3_upload WHERE id=? AND bucket=? AND key=?", (upload, bucket, key))
        return _upload(row) if row else None

    def uploads(self, bucket: str, prefix: str) -> list[Upload]:
        rows = self.database.rows(
            "SELECT * FROM s3_upload WHERE bucket=? AND substr(key, 1, ?)=? ORDER BY key, created",
            (bucket, len(prefix), prefix),
        )
        return [_upload(row) for row in rows]

    def put_part(self, upload: str, part: Part) -> list[Segment]:
        with self.database.transaction():
            row = self.database.row("SELECT segments FROM s3_part WHERE upload=? AND number=?", (upload, part.number))
            self.database.execute(
                "INSERT OR REPLACE INTO s3_part VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    upload,
                    part.number,
                    part.size,
                    part.etag,
                    _segments_text(part.segments),
                    json.dumps(part.checksums),
                    part.modified,
                ),
            )
            return _segments(row["segments"]) if row else []

    def parts(self, upload: str) -> list[Part]:
        rows = self.database.rows("SELECT * FROM s3_part WHERE upload=? ORDER BY number", (upload,))
        return [
            Part(
                row["number"],
                row["size"],
                row["etag"],
                _segments(row["segments"]),
                json.loads(row["checksums"]),
                row["modified"],
            )
            for row in rows
        ]

    def end_upload(self, upload: str) -> None:
        """Forgets an upload and its parts; whose segments those are is up to the caller."""
        with self.database.transaction():
            self.database.execute("DELETE FROM s3_part WHERE upload=?", (upload,))
            self.database.execute("DELETE FROM s3_upload WHERE id=?", (upload,))

    def known_files(self) -> set[str]:
        """Every segment file that an object or a part has."""
        return {
            segment.file
            for table in ("s3_object", "s3_part")
            for row in self.database.rows(f"SELECT segments FROM {table}")
            for segment in _segments(row["segments"])
        }

    def _take(self, bucket: str, key: str, version: str) -> list[Segment]:
        found = self.version(bucket, key, version)
        if found is None:
            return []
        self.database.execute("DELETE FROM s3_object WHERE id=?", (found.id,))
        return found.segments


def _bucket(row: sqlite3.Row) -> Bucket:
    return Bucket(row["name"], row["region"], row["created"], row["versioning"])


def _object(row: sqlite3.Row) -> StoredObject:
    return StoredObject(
        bucket=row["bucket"],
        key=row["key"],
        etag=row["etag"],
        size=row["size"],
        segments=_segments(row["segments"]),
        headers=json.loads(row["headers"]),
        tags=json.loads(row["tags"]),
        checksums=json.loads(row["checksums"]),
        version=row["version"],
        latest=bool(row["latest"]),
        marker=bool(row["marker"]),
        modified=row["modified"],
        id=row["id"],
    )


def _upload(row: sqlite3.Row) -> Upload:
    return Upload(
        row["id"], row["bucket"], row["key"], row["created"], json.loads(row["headers"]), json.loads(row["tags"])
    )


def _segments(text: str) -> list[Segment]:
    return [Segment(file, size) for file, size in json.loads(text)]


def _segments_text(segments: Sequence[Segment]) -> str:
    return json.dumps([(segment.file, segment.size) for segment in segments])
