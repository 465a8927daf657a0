"""The state of the sandbox in one SQLite file.

Every change is one transaction, so a process that is killed at any point leaves the state before or after it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FORMAT_VERSION = 1


class DatabaseTooNew(Exception):
    """The state was written by a newer version of the sandbox."""


class Database:
    """One connection shared by all threads, one statement or transaction at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        # Durable against the death of the process; the death of the machine may cost the last moments.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT_VERSION:
            self._connection.close()
            raise DatabaseTooNew(f"{path} has format {version}; this version of the sandbox reads {FORMAT_VERSION}.")
        self._connection.execute(f"PRAGMA user_version={FORMAT_VERSION}")

    def create_tables(self, script: str) -> None:
        with self._lock:
            self._connection.executescript(script)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
            return row

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Runs one changing statement; answers how many rows it changed."""
        with self._lock:
            return self._connection.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        with self.transaction():
            self._connection.executemany(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Entered again by the same thread, it is part of the outer one."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()
