"""Keeps what changed in moto, which holds its state in memory, and plays it back at the next start.

Each successful changing call is stored with the seed of moto's random numbers, so the ids and access keys that moto
made up are made up again. What moto stamps with the time, such as a role's CreateDate, gets the time of the start.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_smext.sandbox.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY, time REAL NOT NULL, seed INTEGER NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL,
    headers TEXT NOT NULL, body BLOB NOT NULL
);
"""

# AWS names its operations verb first. AssumeRole makes credentials that are meant to be short-lived.
_READING = re.compile(
    "(Get|List|Describe|Head|BatchGet|Query|Scan|Search|Lookup|Filter|Simulate|Select|Validate|Test|Check|Decode|"
    "Estimate|Preview|Verify|Encrypt|Decrypt|Sign|GenerateDataKey|Assume)[A-Z]|(Query|Scan|Search|Encrypt|Decrypt|Sign)$"
)


@dataclass(frozen=True)
class Entry:
    """One call, with all that is needed to make it again."""

    method: str
    uri: str
    headers: dict[str, str]
    body: bytes
    seed: int


class Journal:
    """The changing calls, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create_tables(_SCHEMA)

    def add(self, entry: Entry) -> None:
        self._database.execute(
            "INSERT INTO journal (time, seed, method, uri, headers, body) VALUES (?, ?, ?, ?, ?, ?)",
            (time.time(), entry.seed, entry.method, entry.uri, json.dumps(entry.headers), entry.body),
        )

    def entries(self) -> Iterator[Entry]:
        for row in self._database.rows("SELECT * FROM journal ORDER BY id"):
            yield Entry(row["method"], row["uri"], json.loads(row["headers"]), row["body"], row["seed"])


def changes_state(method: str, operation: str) -> bool:
    """Whether a call is one to remember; ``operation`` is empty for REST services, where the method tells."""
    if operation:
        return _READING.match(operation) is None
    return method not in ("GET", "HEAD", "OPTIONS")
