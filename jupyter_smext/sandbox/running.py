"""Which sandboxes this user runs now: one file each in Jupyter's runtime folder, as Jupyter servers have."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import IO

from jupyter_core.paths import jupyter_runtime_dir

from jupyter_smext.sandbox.config import SandboxInfo


class NoSandbox(Exception):
    """There is none to be found, or more than one to choose from."""


class Announcement:
    """Says that a sandbox runs, as long as this process lives: the lock on the file goes with the process."""

    def __init__(self, state_dir: Path, info: SandboxInfo) -> None:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"smext-sandbox-{info.endpoint_url.rpartition(':')[2]}.json"
        self._file: IO[str] = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        json.dump({"state_dir": str(state_dir), "info": info.to_json()}, self._file)
        self._file.flush()

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()


def find_sandbox(state_dir: Path | None) -> SandboxInfo:
    """The sandbox that runs on this folder, or the only one that runs.

    Raises :class:`NoSandbox`.
    """
    running = _running()
    if state_dir is not None:
        wanted = str(state_dir.absolute())
        running = {folder: info for folder, info in running.items() if folder == wanted}
    if not running:
        where = f" on {state_dir}" if state_dir is not None else ""
        raise NoSandbox(f"No sandbox is running{where}. Start one with: jupyter smext sandbox")
    if len(running) > 1:
        raise NoSandbox(f"Several sandboxes are running; choose one with --state-dir: {', '.join(sorted(running))}")
    return next(iter(running.values()))


def _running() -> dict[str, SandboxInfo]:
    """By state folder. Files whose sandbox was killed are removed on the way."""
    running = {}
    for path in _folder().glob("smext-sandbox-*.json"):
        try:
            with path.open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            content = json.loads(path.read_text())
            running[content["state_dir"]] = SandboxInfo.from_json(content["info"])
        except FileNotFoundError:
            continue
    return running


def _folder() -> Path:
    return Path(jupyter_runtime_dir())
