"""Many small calls at once: a few ahead, in constant memory, ending at the first failure or when asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

from ..aws.progress import Progress, check

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    function: Callable[[Item], Result], items: Iterable[Item], *, threads: int, progress: Progress
) -> Iterator[Result]:
    """Yield the results as they come, in no order; ``items`` may be endless and is read only a little ahead.

    What ``function`` raises is raised here, after the calls under way have ended. Raises `Cancelled` when asked to end.
    """
    remaining = iter(items)
    pending: set[Future[Result]] = set()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="smext-s3")
    try:
        while True:
            check(progress)
            pending.update(pool.submit(function, item) for item in islice(remaining, 2 * threads - len(pending)))
            if not pending:
                return
            # The timeout is how long a request to end may go unnoticed.
            done, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
