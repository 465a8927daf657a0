"""The server's poller: it asks only while somebody looks, and tells each change once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.server import watch
from jupyter_smext.server.watch import Kind, State, Watcher


class FarEnd:
    """Answers questions from a script of states; the last one repeats."""

    def __init__(self, *states: str | Exception | None) -> None:
        self.states = list(states)
        self.asked: list[str] = []

    async def run(self, ask: Callable[..., State | None], session: Any, name: str) -> State | None:
        self.asked.append(name)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return None if state is None else {"status": state}


KIND = Kind(
    "test/v1", "name", lambda session, name: None, lambda state: state["status"] in ("done", "gone"), {"status": "gone"}
)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "FASTEST_SECONDS", 0.02)
    monkeypatch.setattr(watch, "SLOWEST_SECONDS", 0.2)
    monkeypatch.setattr(watch, "INTEREST_SECONDS", 0.3)


@pytest.fixture
def watching(jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Callable[[FarEnd], tuple[Watcher, list[Any]]]]:
    watchers = []

    def make(far_end: FarEnd) -> tuple[Watcher, list[Any]]:
        events: list[Any] = []
        watcher = Watcher(lambda: far_end, lambda schema_id, data: events.append((schema_id, data)))  # type: ignore[arg-type,return-value]
        watchers.append(watcher)
        return watcher, events

    yield make
    for watcher in watchers:
        jp_asyncio_loop.run_until_complete(watcher.close())


async def test_each_change_is_told_once_and_the_end_ends_the_questions(watching: Any) -> None:
    far_end = FarEnd("a", "a", "b", "b", "done")
    watcher, events = watching(far_end)
    watcher.look(KIND, "x", {"status": "a"})
    await asyncio.sleep(0.3)
    assert events == [("test/v1", {"name": "x", "status": "b"}), ("test/v1", {"name": "x", "status": "done"})]
    assert len(far_end.asked) == 5


async def test_nothing_is_asked_about_what_is_settled(watching: Any) -> None:
    far_end = FarEnd("done")
    watcher, events = watching(far_end)
    watcher.look(KIND, "x", {"status": "done"})
    await asyncio.sleep(0.1)
    assert (far_end.asked, events) == ([], [])


async def test_the_questions_end_when_nobody_looks_any_more_and_begin_again_with_a_look(watching: Any) -> None:
    far_end = FarEnd("a")
    watcher, _ = watching(far_end)
    watcher.look(KIND, "x", {"status": "a"})
    await asyncio.sleep(0.5)
    asked = len(far_end.asked)
    assert 3 <= asked <= 16
    await asyncio.sleep(0.2)
    assert len(far_end.asked) == asked
    watcher.look(KIND, "x", {"status": "a"})
    await asyncio.sleep(0.1)
    assert len(far_end.asked) > asked


async def test_renewing_keeps_the_questions_going_but_begins_none(watching: Any) -> None:
    far_end = FarEnd("a")
    watcher, _ = watching(far_end)
    watcher.renew(KIND, "x")
    await asyncio.sleep(0.1)
    assert far_end.asked == []
    watcher.look(KIND, "x", {"status": "a"})
    for _ in range(5):
        await asyncio.sleep(0.1)
        watcher.renew(KIND, "x")
    asked = len(far_end.asked)
    await asyncio.sleep(0.1)
    assert len(far_end.asked) > asked


async def test_what_one_client_saw_is_news_for_the_others(watching: Any) -> None:
    far_end = FarEnd("a")
    watcher, events = watching(far_end)
    watcher.look(KIND, "x", {"status": "a"})
    watcher.look(KIND, "x", {"status": "done"})
    assert events == [("test/v1", {"name": "x", "status": "done"})]
    await asyncio.sleep(0.1)
    assert far_end.asked == []


async def test_throttling_slows_all_questions_down_and_then_they_go_on(
    watching: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "INTEREST_SECONDS", 30)
    pauses: list[float] = []
    real_sleep = asyncio.sleep

    async def sleep(seconds: float) -> None:
        if seconds >= 1:
            pauses.append(seconds)
        await real_sleep(min(seconds, 0.01))

    monkeypatch.setattr(watch.asyncio, "sleep", sleep)
    throttled = SmextError(ErrorCode.THROTTLED, "Rate exceeded")
    watcher, events = watching(FarEnd(throttled, throttled, throttled, "done"))
    watcher.look(KIND, "x", {"status": "a"})
    await real_sleep(0.3)
    assert pauses == [2.0, 4.0, 8.0]
    assert events == [("test/v1", {"name": "x", "status": "done"})]


async def test_what_may_not_be_read_is_asked_for_once(watching: Any) -> None:
    far_end = FarEnd(SmextError(ErrorCode.ACCESS_DENIED, "no"))
    watcher, events = watching(far_end)
    watcher.look(KIND, "x", {"status": "a"})
    await asyncio.sleep(0.2)
    assert (far_end.asked, events) == (["x"], [])


async def test_what_is_gone_is_told(watching: Any) -> None:
    watcher, events = watching(FarEnd(None))
    watcher.look(KIND, "x", {"status": "a"})
    await asyncio.sleep(0.1)
    assert events == [("test/v1", {"name": "x", "status": "gone"})]


async def test_the_pace_falls_with_the_time_since_the_last_change(
    watching: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "INTEREST_SECONDS", 1e6)
    monkeypatch.setattr(watch, "FASTEST_SECONDS", 1.0)
    monkeypatch.setattr(watch, "SLOWEST_SECONDS", 10.0)
    loop = asyncio.get_running_loop()
    start, offset, real_sleep, real_time = loop.time(), 0.0, asyncio.sleep, loop.time
    asked_at: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal offset
        offset += seconds
        await real_sleep(0)

    monkeypatch.setattr(loop, "time", lambda: real_time() + offset)
    monkeypatch.setattr(watch.asyncio, "sleep", sleep)
    far_end = FarEnd("a")
    watcher, _ = watching(far_end)
    original = far_end.run

    async def run(*arguments: Any) -> State | None:
        asked_at.append(loop.time() - start)
        return await original(*arguments)

    far_end.run = run  # type: ignore[method-assign]
    watcher.look(KIND, "x", {"status": "a"})
    while not asked_at or asked_at[-1] < 1200:
        await real_sleep(0)
    assert 55 <= sum(time <= 60 for time in asked_at) <= 61
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked_at)]
    assert gaps[-1] == pytest.approx(10, abs=0.1)
    assert all(gap <= 10.1 for gap in gaps)
