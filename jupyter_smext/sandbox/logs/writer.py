"""Carries the lines of many processes into the log store, each within a moment, many in one transaction."""

from __future__ import annotations

import threading
from collections import defaultdict

from jupyter_smext.sandbox.logs.store import LogEvent, LogStore

_FLUSH_SECONDS = 0.1


class LogWriter:
    """Buffers lines for at most 100 ms. Safe to use from any thread."""

    def __init__(self, store: LogStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._flush_lock = threading.Lock()
        self._pending: defaultdict[tuple[str, str, str], list[LogEvent]] = defaultdict(list)
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def write(self, region: str, group: str, stream: str, line: str, timestamp_ms: int) -> None:
        with self._lock:
            self._pending[region, group, stream].append(LogEvent(timestamp_ms, line))
        self._wake.set()

    def flush(self) -> None:
        """Everything written before this call is in the store when it returns."""
        with self._flush_lock:
            with self._lock:
                pending, self._pending = self._pending, defaultdict(list)
            for (region, group, stream), events in pending.items():
                self._store.append(region, group, stream, events)

    def close(self) -> None:
        self._closed = True
        self._wake.set()
        self._thread.join()
        self.flush()

    def _run(self) -> None:
        pause = threading.Event()
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            self.flush()
            pause.wait(_FLUSH_SECONDS)
