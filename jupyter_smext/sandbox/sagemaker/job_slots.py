"""Runs jobs in a bounded number of slots, in the order in which they came."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class JobSlots:
    """``count`` threads. They are daemons: nothing here may keep the process from ending."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._free = count
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"job-slot-{number}", daemon=True)
            for number in range(1, count + 1)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job that is submitted now has to wait."""
        return self._free <= 0

    def submit(self, job: Callable[[], None]) -> None:
        """``job`` handles its own failures."""
        self._count(-1)
        self._waiting.put(job)

    def close(self, timeout_seconds: float) -> None:
        """Starts nothing more once what waits is taken, and waits for what runs, as long as ``timeout_seconds``."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(timeout_seconds)

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            job()
            self._count(1)

    def _count(self, change: int) -> None:
        with self._lock:
            self._free += change
