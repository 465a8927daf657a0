"""What is written down of a transfer under way, so that the next server goes on with it where this one is killed.

A file for each transfer, in the user's data folder: a line about the transfer, and a line for each note that it takes
on its way. Its server holds a lock on it that ends with the server, however that ends; so a record without a lock is of
a transfer that nobody works on any more. No heavy imports: every server looks.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Seconds after which nobody expects a transfer to go on by itself.
FORGOTTEN_AFTER = 7 * 86_400


class TransferRecord:
    """One transfer: ``about`` is whatever JSON its owner needs to begin it again; the notes are the transfer's own."""

    def __init__(
        self,
        path: Path,
        about: dict[str, Any],
        notes: dict[str, dict[str, Any]] | None = None,
        held: int | None = None,
    ) -> None:
        self.about = about
        self.resumed = held is not None
        """Whether a server before this one began it."""
        self._path = path
        self._notes = notes or {}
        self._held = held
        self._lock = threading.Lock()

    def keep(self) -> None:
        """Write it down, locked, before the work begins."""
        with self._lock:
            if self._held is not None:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unlocked = self._path.with_suffix(".new")
            self._held = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            fcntl.flock(self._held, fcntl.LOCK_EX)
            self._write({**self.about, "began": time.time()})
            for name, note in self._notes.items():
                self._write({name: note})
            # Under its name there is never one that is not locked yet.
            unlocked.rename(self._path)

    def get(self, name: str) -> dict[str, Any] | None:
        """The latest note under a name."""
        return self._notes.get(name)

    def put(self, name: str, note: dict[str, Any]) -> None:
        """Take a note; it outlives the server where the record is kept."""
        with self._lock:
            self._notes[name] = note
            if self._held is not None:
                self._write({name: note})

    def items(self) -> list[tuple[str, dict[str, Any]]]:
        return list(self._notes.items())

    def forget(self) -> None:
        """The transfer has come to its end."""
        self._path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Leave it to another server."""
        with self._lock:
            if self._held is not None:
                os.close(self._held)
                self._held = None

    def _write(self, line: dict[str, Any]) -> None:
        assert self._held is not None
        data = memoryview(json.dumps(line).encode() + b"\n")
        while data:
            data = data[os.write(self._held, data) :]


def records_folder() -> Path:
    """Beside what Jupyter itself keeps for the user."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter_smext" / "transfers"


def new_record(about: dict[str, Any]) -> TransferRecord:
    """A record of a transfer that begins."""
    return TransferRecord(records_folder() / f"{uuid.uuid4().hex}.json", about)


def interrupted(folder: Path) -> Iterator[TransferRecord]:
    """Transfers that a server which is gone has left; whoever gets one holds its lock, and goes on or releases it."""
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(FileNotFoundError):  # another server was faster
            held = os.open(path, os.O_RDWR | os.O_APPEND)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(held)  # its server lives
                continue
            about, notes = _read(path)
            record = TransferRecord(path, about, notes, held)
            if time.time() - about.get("began", 0) > FORGOTTEN_AFTER:
                record.forget()
            else:
                yield record


def _read(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The line about the transfer, empty where it cannot be read, and its notes."""
    first, *others = path.read_bytes().split(b"\n")
    about: dict[str, Any] = {}
    notes: dict[str, dict[str, Any]] = {}
    with contextlib.suppress(ValueError, TypeError):  # the last line is half written where the server was killed then
        about = dict(json.loads(first))
        for line in others:
            notes.update(json.loads(line))
    return about, notes
