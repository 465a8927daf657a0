"""Checkpoints of a training job, kept in S3 while it runs.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_smext.runner.s3_files import S3Error, S3Uri, download_prefix, upload_file

_SYNC_SECONDS = 2.0
_log = logging.getLogger(__name__)


class CheckpointSync:
    """Uploads new and changed files of ``folder`` below ``uri``. Raises S3Error and OSError."""

    def __init__(self, s3: Any, folder: Path, uri: S3Uri) -> None:
        self._s3 = s3
        self._folder = folder
        self._uri = uri
        self._uploaded: dict[Path, tuple[int, int]] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoint-sync", daemon=True)

    def restore(self, check: Callable[[], None]) -> None:
        """Download what an earlier job left at the URI."""
        self._folder.mkdir(parents=True, exist_ok=True)
        download_prefix(self._s3, self._uri, self._folder, check)
        self._uploaded = {path: _version(path) for path in self._files()}

    def start(self) -> None:
        """Begin to upload in the background."""
        self._thread.start()

    def close(self) -> None:
        """Upload what is left."""
        self._ending.set()
        self._thread.join()
        self._sync()

    def _run(self) -> None:
        while not self._ending.wait(_SYNC_SECONDS):
            try:
                self._sync()
            except (S3Error, OSError):
                # The last upload, in close(), decides; until then the next round tries again.
                _log.warning("checkpoints were not uploaded to %s", self._uri, exc_info=True)

    def _sync(self) -> None:
        for path in self._files():
            try:
                version = _version(path)
                if self._uploaded.get(path) == version:
                    continue
                upload_file(self._s3, path, self._uri / path.relative_to(self._folder).as_posix())
            except FileNotFoundError:
                continue  # the job has replaced or removed it meanwhile
            self._uploaded[path] = version

    def _files(self) -> list[Path]:
        return [path for path in sorted(self._folder.rglob("*")) if path.is_file()]


def _version(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size
