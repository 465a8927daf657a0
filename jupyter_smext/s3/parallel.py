"""Many small calls at once: a few ahead, in constant memory, ending at the first failure or when asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TypeVar

from ..aws.progress import Progress, check

# Seconds for which a request to end may go unnoticed.
NOTICE = 0.2

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    function: Callable[[Item], Result], items: Iterable[Item], *, threads: int, progress: Progress
) -> Iterator[Result]:
    """Yield the results as they come, in no order; ``items`` may be endless and is read only a little ahead.

    What ``function`` raises is raised here, after the calls under way have ended. Raises `Cancelled` when asked to end.
    """
    remaining = iter(items)
    finished: SimpleQueue[Future[Result]] = SimpleQueue()
    under_way = 0
    pool = ThreadPoolExecutor(threads, thread_name_prefix="smext-s3")
    try:
        while True:
            check(progress)
            for item in islice(remaining, 2 * threads - under_way):
                pool.submit(function, item).add_done_callback(finished.put)
                under_way += 1
            if not under_way:
                return
            try:
                future = finished.get(timeout=NOTICE)
            except Empty:
                continue
            under_way -= 1
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
