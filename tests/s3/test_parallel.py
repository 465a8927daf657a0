from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3.parallel import _Crew, in_parallel


class Watching:
    """A function that knows how many threads were in it at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, item: int) -> int:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self._lock:
            self.now -= 1
        return item * 2


@pytest.mark.parametrize("adapt", [False, True])
@pytest.mark.parametrize("items", [0, 1, 3, 1000])
def test_every_item_is_done_once(items: int, adapt: bool) -> None:
    results = in_parallel(Watching(), range(items), threads=4, progress=Silent(), adapt=adapt)
    assert sorted(results) == [2 * each for each in range(items)]


def test_an_endless_source_is_read_only_as_fast_as_it_is_worked_on() -> None:
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        while True:
            read += 1
            yield read

    results = in_parallel(Watching(0.01), endless(), threads=4, progress=Silent())
    seen = [next(results) for _ in range(20)]
    assert len(seen) == 20
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert read < 200


@pytest.mark.parametrize("where", ["function", "items"])
def test_the_first_failure_ends_it_after_what_is_under_way(where: str) -> None:
    watching = Watching(0.02)

    def failing(item: int) -> int:
        if where == "function" and item == 5:
            raise ValueError("no")
        return watching(item)

    def items() -> Iterator[int]:
        yield from range(6)
        if where == "items":
            raise ValueError("no")
        yield from range(6, 10**6)

    with pytest.raises(ValueError, match="no"):
        list(in_parallel(failing, items(), threads=3, progress=Silent()))
    assert watching.now == 0


def test_it_ends_when_asked_to() -> None:
    class Asked(Silent):
        def cancelled(self) -> bool:
            return True

    watching = Watching(0.02)
    with pytest.raises(SmextError) as caught:
        list(in_parallel(watching, count(), threads=3, progress=Asked()))
    assert caught.value.code is ErrorCode.CANCELLED
    assert watching.now == 0


def test_calls_that_wait_get_all_threads() -> None:
    waiting = Watching(0.02)
    list(in_parallel(waiting, range(200), threads=16, progress=Silent(), adapt=True))
    assert waiting.most >= 8


@pytest.mark.parametrize(("share", "threads"), [(0.01, 16), (0.1, 9), (0.4, 2), (1.0, 2)])
def test_there_are_as_many_threads_as_leave_some_cpu_free(
    monkeypatch: pytest.MonkeyPatch, share: float, threads: int
) -> None:
    now = 0.0
    monkeypatch.setattr("jupyter_smext.s3.parallel.time.perf_counter", lambda: now)
    crew = _Crew(Watching(), iter(()), 16, True)
    for _ in range(20):  # whatever many are at work, each takes this share of a CPU
        now += 1.0
        crew.measure(share * crew.allowed)
    assert crew.allowed == threads
