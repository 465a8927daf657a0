"""Log groups, streams and events in the database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import NamedTuple

from jupyter_smext.sandbox.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS log_group (
    region TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, retention_days INTEGER,
    PRIMARY KEY (region, name)
);
CREATE TABLE IF NOT EXISTS log_stream (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, log_group TEXT NOT NULL, name TEXT NOT NULL,
    created INTEGER NOT NULL, first_event INTEGER, last_event INTEGER, last_ingestion INTEGER,
    UNIQUE (region, log_group, name)
);
CREATE TABLE IF NOT EXISTS log_event (
    id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, timestamp INTEGER NOT NULL, ingestion INTEGER NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS log_event_place ON log_event (stream, timestamp, id);
"""


class LogEvent(NamedTuple):
    timestamp: int
    """Milliseconds since the epoch, like every time of this module."""
    message: str


class Place(NamedTuple):
    """Where an event stands in its stream: in the order of time, and of arrival within one millisecond."""

    timestamp: int
    id: int


class LogStore:
    """What is in CloudWatch Logs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create_tables(_SCHEMA)

    def create_group(self, region: str, name: str) -> bool:
        """False when it is there already."""
        return bool(
            self._database.execute(
                "INSERT OR IGNORE INTO log_group (region, name, created) VALUES (?, ?, ?)", (region, name, _now())
            )
        )

    def group(self, region: str, name: str) -> sqlite3.Row | None:
        return self._database.row("SELECT * FROM log_group WHERE region=? AND name=?", (region, name))

    def groups(self, region: str, *, contains: str, prefix: str, after: str, limit: int) -> list[sqlite3.Row]:
        """Groups by name, of those whose name holds ``contains`` and begins with ``prefix``, behind ``after``."""
        return self._database.rows(
            "SELECT * FROM log_group WHERE region=? AND instr(lower(name), lower(?)) AND substr(name, 1, ?)=? "
            "AND name > ? ORDER BY name LIMIT ?",
            (region, contains, len(prefix), prefix, after, limit),
        )

    def set_retention(self, region: str, name: str, days: int | None) -> None:
        self._database.execute("UPDATE log_group SET retention_days=? WHERE region=? AND name=?", (days, region, name))

    def delete_group(self, region: str, name: str) -> None:
        with self._database.transaction():
            for stream in self._database.rows(
                "SELECT name FROM log_stream WHERE region=? AND log_group=?", (region, name)
            ):
                self.delete_stream(region, name, stream["name"])
            self._database.execute("DELETE FROM log_group WHERE region=? AND name=?", (region, name))

    def create_stream(self, region: str, group: str, name: str) -> bool:
        """False when it is there already."""
        return bool(
            self._database.execute(
                "INSERT OR IGNORE INTO log_stream (region, log_group, name, created) VALUES (?, ?, ?, ?)",
                (region, group, name, _now()),
            )
        )

    def stream(self, region: str, group: str, name: str) -> sqlite3.Row | None:
        return self._database.row(
            "SELECT * FROM log_stream WHERE region=? AND log_group=? AND name=?", (region, group, name)
        )

    def streams(
        self, region: str, group: str, *, prefix: str, by_time: bool, descending: bool, offset: int, limit: int
    ) -> list[sqlite3.Row]:
        direction = "DESC" if descending else "ASC"
        order = f"coalesce(last_event, created) {direction}, name {direction}" if by_time else f"name {direction}"
        return self._database.rows(
            f"SELECT * FROM log_stream WHERE region=? AND log_group=? AND substr(name, 1, ?)=? "
            f"ORDER BY {order} LIMIT ? OFFSET ?",
            (region, group, len(prefix), prefix, limit, offset),
        )

    def delete_stream(self, region: str, group: str, name: str) -> None:
        with self._database.transaction():
            stream = self.stream(region, group, name)
            if stream is not None:
                self._database.execute("DELETE FROM log_event WHERE stream=?", (stream["id"],))
                self._database.execute("DELETE FROM log_stream WHERE id=?", (stream["id"],))

    def append(self, region: str, group: str, stream: str, events: Sequence[LogEvent]) -> None:
        """Adds events; makes the group and the stream where they are missing, as a service that writes logs does."""
        if not events:
            return
        now = _now()
        with self._database.transaction():
            self.create_group(region, group)
            self.create_stream(region, group, stream)
            row = self.stream(region, group, stream)
            assert row is not None
            self._database.execute_many(
                "INSERT INTO log_event (stream, timestamp, ingestion, message) VALUES (?, ?, ?, ?)",
                [(row["id"], event.timestamp, now, event.message) for event in events],
            )
            first = min(event.timestamp for event in events)
            last = max(event.timestamp for event in events)
            self._database.execute(
                "UPDATE log_stream SET first_event=min(coalesce(first_event, ?), ?), "
                "last_event=max(coalesce(last_event, ?), ?), last_ingestion=? WHERE id=?",
                (first, first, last, last, now, row["id"]),
            )

    def events(
        self,
        streams: Sequence[int],
        *,
        start: int | None = None,
        end: int | None = None,
        after: Place | None = None,
        before: Place | None = None,
        newest: bool = False,
        limit: int,
    ) -> list[sqlite3.Row]:
        """Events from ``start`` to before ``end``, in order; of more than ``limit`` the last if ``newest``."""
        conditions = [f"stream IN ({', '.join('?' * len(streams))})"]
        parameters: list[int] = list(streams)
        if start is not None:
            conditions.append("timestamp >= ?")
            parameters.append(start)
        if end is not None:
            conditions.append("timestamp < ?")
            parameters.append(end)
        for place, comparison in ((after, ">"), (before, "<")):
            if place is not None:
                conditions.append(f"(timestamp, id) {comparison} (?, ?)")
                parameters.extend(place)
        direction = "DESC" if newest else "ASC"
        rows = self._database.rows(
            f"SELECT * FROM log_event WHERE {' AND '.join(conditions)} "
            f"ORDER BY timestamp {direction}, id {direction} LIMIT ?",
            (*parameters, limit),
        )
        return rows[::-1] if newest else rows


def _now() -> int:
    return int(time.time() * 1000)
