"""Launch tokens: one permit per document, unspent until a launch with it succeeded, kept over a restart.

Each document has a small file of its own with the tokens issued for it. The job's name is written into it before AWS is
asked, so that whoever tries again - another tab, the same server after a crash - asks for the same name.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from .models import LaunchToken

# Enough that a tab left open over many launches still learns that its token is spent.
KEEP = 50


def new_token() -> str:
    return secrets.token_hex(16)


def job_name_for(base: str, token: str, *, limit: int = 63, now: float | None = None) -> str:
    """The base name with the time (UTC) and the beginning of the token.

    ``limit`` is what AWS allows: 63 characters, or 32 for a tuning job, whose own jobs get longer names.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S" if limit > 40 else "%m%d-%H%M", time.gmtime(now))
    return _joined(base, f"{stamp}-{token[:6]}", limit)


def token_name(base: str, token: str, *, limit: int = 63) -> str:
    """A name that the token alone decides: for callers that keep no record between two tries."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return _joined(base, digest[: 22 if limit > 40 else 16], limit)


def _joined(base: str, ending: str, limit: int) -> str:
    return f"{base[: limit - len(ending) - 1].rstrip('-')}-{ending}"


@dataclass
class Permit:
    """The right to create one job of one name."""

    store: LaunchStore
    document: str
    token: str
    job_name: str
    spent: bool

    def spend(self) -> None:
        """The job exists."""
        self.store.change(self.document, self.token, {"spent": True})

    def release(self) -> None:
        """The launch failed for certain: the next one may choose a name anew."""
        self.store.change(self.document, self.token, {"job": None})


class LaunchStore:
    """The tokens of all documents, in a folder. Safe for the threads of one server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}

    def current(self, document: str, *, replace: str | None = None) -> LaunchToken:
        """The document's token: the last one issued, spent or not; a first one where there is none.

        ``replace`` asks for a fresh one in place of that spent token. Two tabs that ask for it get the same one.
        """
        with self._lock:
            entries = self._read(document)
            if not entries or (replace == entries[-1]["token"] and entries[-1]["spent"]):
                entries.append({"token": new_token(), "job": None, "spent": False})
                self._write(document, entries)
            last = entries[-1]
            return LaunchToken(token=last["token"], training_job_name=last["job"] if last["spent"] else None)

    @contextmanager
    def launching(self, document: str, token: str, base_job_name: str, *, limit: int = 63) -> Iterator[Permit]:
        """Hold the permit for a launch; a second launch of the same document waits here until the first is over.

        Raises `Conflict` for a token that was not issued for this document.
        """
        with self._lock:
            busy = self._busy.setdefault(document, threading.Lock())
        with busy:
            with self._lock:
                entries = self._read(document)
                entry = self._entry(entries, token)
                if not entry["job"]:
                    entry["job"] = job_name_for(base_job_name, token, limit=limit)
                    self._write(document, entries)
            yield Permit(self, document, token, entry["job"], entry["spent"])

    def change(self, document: str, token: str, change: dict[str, Any]) -> None:
        """Write down what became of a token."""
        with self._lock:
            entries = self._read(document)
            self._entry(entries, token).update(change)
            self._write(document, entries)

    @staticmethod
    def _entry(entries: list[dict[str, Any]], token: str) -> dict[str, Any]:
        for entry in entries:
            if entry["token"] == token:
                return entry
        raise SmextError(
            ErrorCode.CONFLICT,
            "This launch token does not belong to this document.",
            hint="Reload the document, then launch again.",
        )

    def _path(self, document: str) -> Path:
        return self._folder / f"{hashlib.sha256(document.encode()).hexdigest()}.json"

    def _read(self, document: str) -> list[dict[str, Any]]:
        try:
            entries: list[dict[str, Any]] = json.loads(self._path(document).read_text("utf-8"))["tokens"]
        except FileNotFoundError:
            return []
        return entries

    def _write(self, document: str, entries: list[dict[str, Any]]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # A reader finds the old file or the new one, and a crash of the machine leaves one of them.
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"document": document, "tokens": entries[-KEEP:]}, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self._path(document))
