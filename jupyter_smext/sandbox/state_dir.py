"""The folder of a sandbox: who uses it, what stays in it, and what must not outlive the process."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO

_TEMPORARY_PREFIX = "jupyter-smext-sandbox-"
# Waits for the end of its standard input, which is the end of the sandbox, then removes what it was told. It tries for
# a while, since processes of jobs that end at the same moment may still write.
_JANITOR = 'cat >/dev/null; for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- "$@" 2>/dev/null && exit; sleep 0.5; done'


class StateDirInUse(Exception):
    """Another sandbox uses the folder."""


class StateDir:
    """Locked while it is open; at most one sandbox uses a folder."""

    def __init__(self, path: Path | None) -> None:
        """Opens ``path``, or a new temporary folder that is removed at the end.

        Raises :class:`StateDirInUse`.
        """
        self.temporary = path is None
        self.path = Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX)) if path is None else path.absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        self.work_dir = self.path / "work"
        shutil.rmtree(self.work_dir, ignore_errors=True)
        self.work_dir.mkdir()
        self._janitor = subprocess.Popen(
            ["/bin/sh", "-c", _JANITOR, "janitor", str(self.path if self.temporary else self.work_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A signal to the process group of the sandbox, SIGKILL too, must not reach it.
            start_new_session=True,
        )

    @property
    def database(self) -> Path:
        return self.path / "state.sqlite3"

    @property
    def objects(self) -> Path:
        """The bodies of S3 objects."""
        return self.path / "objects"

    @property
    def sdk_defaults(self) -> Path:
        """The defaults file of the SageMaker SDK."""
        return self.path / "sagemaker-config.yaml"

    def close(self) -> None:
        """Removes what must not stay, and lets the next sandbox in."""
        assert self._janitor.stdin is not None
        self._janitor.stdin.close()
        self._janitor.wait()
        self._lock.close()

    def _take_lock(self) -> IO[str]:
        lock = (self.path / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip()
            lock.close()
            raise StateDirInUse(f"{self.path} is used by another sandbox (process {owner}).") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock
