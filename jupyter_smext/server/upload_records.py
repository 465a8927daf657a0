"""What is written down of an upload under way, so that the next server goes on with it where this one is killed.

A file for each upload, in the user's data folder. Its server holds a lock on it that ends with the server, however that
ends; so a record without a lock is of an upload that nobody works on any more. No heavy imports: every server looks.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Seconds after which nobody expects an upload to go on by itself.
FORGOTTEN_AFTER = 7 * 86_400


class UploadRecord:
    """One upload: ``about`` is whatever JSON its owner needs to begin it again."""

    def __init__(self, path: Path, about: dict[str, Any], held: int | None = None) -> None:
        self.about = about
        self._path = path
        self._held = held

    def keep(self) -> None:
        """Write it down, locked, before the work begins."""
        if self._held is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unlocked = self._path.with_suffix(".new")
        self._held = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        fcntl.flock(self._held, fcntl.LOCK_EX)
        os.write(self._held, json.dumps({**self.about, "began": time.time()}).encode())
        # Under its name there is never one that is not locked yet.
        unlocked.rename(self._path)

    def forget(self) -> None:
        """The upload has come to its end."""
        self._path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Leave it to another server."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


def records_folder() -> Path:
    """Beside what Jupyter itself keeps for the user."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter_smext" / "uploads"


def new_record(about: dict[str, Any]) -> UploadRecord:
    """A record of an upload that begins."""
    return UploadRecord(records_folder() / f"{uuid.uuid4().hex}.json", about)


def interrupted(folder: Path) -> Iterator[UploadRecord]:
    """Uploads that a server which is gone has left; whoever gets one holds its lock, and goes on or releases it."""
    for path in sorted(folder.glob("*.json")):
        with contextlib.suppress(FileNotFoundError):  # another server was faster
            held = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                about = json.loads(path.read_bytes())
                expired = time.time() - about["began"] > FORGOTTEN_AFTER
            except BlockingIOError:
                os.close(held)  # its server lives
                continue
            except (ValueError, KeyError, TypeError):
                expired, about = True, {}
            record = UploadRecord(path, about, held)
            if expired:
                record.forget()
            else:
                yield record
