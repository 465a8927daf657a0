"""Many small calls at once: a few ahead, in constant memory, ending at the first failure or when asked to."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from ..aws.progress import Progress, check

# Seconds between two looks at what came. To wake up for each result would cost as much as a small call itself.
LOOK = 0.05
# The share of one CPU that the calls may take together before more threads would only wait for each other.
BUSY = 0.9
# Threads that always work, however near the other side is: while one waits for it, the other keeps the CPU busy.
FEWEST = 2

_END: Any = object()

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    threads: int,
    progress: Progress,
    adapt: bool = False,
) -> Iterator[Result]:
    """Yield the results as they come, in no order; ``items`` may be endless and is read only as fast as they are made.

    What ``function`` or ``items`` raise is raised here, after the calls under way have ended. Raises `Cancelled` when
    asked to end. ``adapt``: use as few of the threads as keep the interpreter busy, for calls that are mostly Python's
    own work where the other side is near, and mostly waiting where it is far.
    """
    crew = _Crew(function, iter(items), threads, adapt)
    crew.start()
    try:
        while True:
            check(progress)
            over = crew.over.wait(LOOK)
            crew.measure(0)  # calls that all wait for an answer tell nothing themselves
            while crew.results:
                yield crew.results.popleft()
            if over:
                break
        if crew.error is not None:
            raise crew.error
    finally:
        crew.stop()


class _Crew(Generic[Item, Result]):
    def __init__(
        self, function: Callable[[Item], Result], remaining: Iterator[Item], threads: int, adapt: bool
    ) -> None:
        self.results: deque[Result] = deque()
        self.error: BaseException | None = None
        self.over = threading.Event()
        self._function, self._remaining = function, remaining
        self._changed = threading.Condition()
        self._reading = threading.Lock()
        self._stopped = False
        self._running = threads
        self.allowed = min(FEWEST, threads) if adapt else threads
        self._adapt = adapt
        self._since, self._cpu = time.perf_counter(), 0.0
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name=f"smext-s3-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._end(None)
        for thread in self._threads:
            thread.join()

    def measure(self, cpu: float) -> None:
        """Take account of a call's CPU seconds; now and then, put as many threads to work as leave some CPU free."""
        if not self._adapt:
            return
        with self._changed:
            self._cpu += cpu
            elapsed = time.perf_counter() - self._since
            if elapsed < LOOK:
                return
            share = max(self._cpu / elapsed / self.allowed, 1e-3)
            # Not all at once: after a moment in which nothing came, too many would take long to become fewer again.
            wanted = min(int(BUSY / share), 2 * self.allowed)
            self.allowed = min(max(FEWEST, wanted), len(self._threads))
            self._since, self._cpu = time.perf_counter(), 0.0
            self._changed.notify_all()

    def _work(self, number: int) -> None:
        try:
            while self._may_go_on(number):
                with self._reading:
                    # After the last item an iterator stays at its end, so every thread may ask.
                    item = next(self._remaining, _END)
                if item is _END:
                    self._let_go()
                    return
                before = time.thread_time()
                self.results.append(self._function(item))
                self.measure(time.thread_time() - before)
        except BaseException as error:
            self._end(error)
        finally:
            with self._changed:
                self._running -= 1
                if not self._running:
                    self.over.set()

    def _may_go_on(self, number: int) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or number < self.allowed)
            return not self._stopped

    def _let_go(self) -> None:
        """There is nothing left: those that were not needed may end too."""
        with self._changed:
            self.allowed = len(self._threads)
            self._adapt = False
            self._changed.notify_all()

    def _end(self, error: BaseException | None) -> None:
        with self._changed:
            self._stopped = True
            self.error = self.error or error
            self._changed.notify_all()
