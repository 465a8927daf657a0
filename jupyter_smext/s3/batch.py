"""Move many things at once as one operation with one progress and one result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Interrupted, Progress
from .conflicts import Exists
from .models import TransferFailure, TransferResult
from .parallel import in_parallel

# More than a library would take: what limits small files is the way to S3 and back, not the line.
THREADS = 16

# What fails for one fails for all.
_HOPELESS = {ErrorCode.CANCELLED, ErrorCode.CREDENTIALS_EXPIRED, ErrorCode.CREDENTIALS_MISSING}

# A name for reports, and what moves it: takes the progress of this one, returns its bytes.
Move = tuple[str, Callable[[Progress], int]]


class Sum:
    """Adds up the progress of things that move side by side."""

    def __init__(self, progress: Progress, total: float = 0) -> None:
        self.progress = progress
        self._total = total
        self._done = 0.0
        self._lock = threading.Lock()

    def expect(self, more: float) -> None:
        """There is more to move than was known so far."""
        with self._lock:
            self._total += more

    def add(self, more: float, message: str | None = None) -> None:
        with self._lock:
            self._done += more
            self.progress.update(self._done, self._total, message)


def run_all(moves: Iterable[Move], shared: Sum) -> TransferResult:
    """Make all moves. One that fails does not stop the others; where nothing succeeds, the first failure is raised.

    What exists already counts as skipped.
    """
    result = TransferResult()
    first_error: SmextError | None = None

    def make(item: Move) -> tuple[str, int, SmextError | None]:
        name, move = item
        try:
            return name, move(_Share(shared)), None
        except Interrupted:
            raise
        except Exception as error:
            return name, 0, from_aws(error)

    for name, size, error in in_parallel(make, moves, threads=THREADS, progress=shared.progress, adapt=True):
        if error is None:
            result.files += 1
            result.bytes += size
        elif error.code in _HOPELESS:
            raise error
        elif isinstance(error, Exists):
            result.skipped += 1
        else:
            first_error = first_error or error
            result.failed += 1
            if len(result.failures) < TransferResult.MOST_FAILURES:
                result.failures.append(TransferFailure(name=name, code=error.code, message=str(error)))
    if first_error and not result.files and not result.skipped:
        raise first_error
    return result


class _Share(Progress):
    """The progress of one of many."""

    def __init__(self, shared: Sum) -> None:
        self._shared = shared
        self._done = 0.0

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        self._shared.add(done - self._done, message)
        self._done = done

    def cancelled(self) -> bool:
        return self._shared.progress.cancelled()
