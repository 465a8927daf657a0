from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Progress, check
from jupyter_smext.server.tasks import Repeat, Task, TaskRegistry, TaskState


class Listener:
    def __init__(self) -> None:
        self.seen: list[tuple[str, TaskState, float]] = []

    def __call__(self, task: Task) -> None:
        self.seen.append((task.id, task.state, task.done))


async def until(registry: TaskRegistry, task_id: str, *states: TaskState) -> Task:
    for _ in range(500):
        task = registry.get(task_id)
        assert task is not None
        if task.state in states:
            await asyncio.sleep(0)
            return task
        await asyncio.sleep(0.01)
    raise AssertionError(f"still {task.state}")


async def test_a_task_runs_tells_its_progress_and_keeps_its_result() -> None:
    listener = Listener()
    registry = TaskRegistry(listener, asyncio.get_running_loop())

    def work(progress: Progress) -> dict[str, Any]:
        progress.update(5, 10, "half")
        return {"answer": 42}

    task = registry.start("test.work", "Work", work)
    done = await until(registry, task.id, TaskState.SUCCEEDED)
    await asyncio.sleep(0.05)
    assert (done.done, done.total, done.message, done.result) == (5, 10, "half", {"answer": 42})
    states = [state for _, state, _ in listener.seen]
    assert states[-1] is TaskState.SUCCEEDED
    assert all(seen == task.id for seen, _, _ in listener.seen)
    assert registry.list().tasks == [done]
    registry.close()


async def test_a_failed_task_keeps_the_mapped_error() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop())

    def work(progress: Progress) -> None:
        raise SmextError(ErrorCode.QUOTA_EXCEEDED, "no more of these")

    task = registry.start("test.work", "Work", work)
    done = await until(registry, task.id, TaskState.FAILED)
    assert done.error is not None
    assert (done.error.code, done.error.message) == (ErrorCode.QUOTA_EXCEEDED, "no more of these")
    registry.close()


async def test_cancel_ends_a_running_task_at_its_next_check() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop())
    started = threading.Event()

    def work(progress: Progress) -> None:
        started.set()
        while True:
            check(progress)
            threading.Event().wait(0.01)

    task = registry.start("test.work", "Work", work)
    await asyncio.to_thread(started.wait, 5)
    registry.cancel(task.id)
    done = await until(registry, task.id, TaskState.CANCELLED)
    assert done.error is None
    registry.close()


async def test_a_queued_task_that_is_cancelled_never_starts() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop(), max_workers=1)
    release = threading.Event()
    ran: list[str] = []
    first = registry.start("test.work", "First", lambda progress: release.wait(5) and None)
    second = registry.start("test.work", "Second", lambda progress: ran.append("second"))
    registry.cancel(second.id)
    release.set()
    await until(registry, first.id, TaskState.SUCCEEDED)
    await until(registry, second.id, TaskState.CANCELLED)
    assert ran == []
    registry.close()


async def test_only_so_many_finished_tasks_are_kept() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop(), keep=3)
    for number in range(6):
        registry.finish(registry.open("test.work", str(number)), result={})
    running = registry.open("test.work", "running")
    assert [task.title for task in registry.list().tasks] == ["running", "5", "4", "3"]
    assert registry.get(running.task.id) is running.task
    registry.close()


@pytest.mark.parametrize("updates", [1000])
async def test_progress_events_are_rationed(updates: int) -> None:
    listener = Listener()
    registry = TaskRegistry(listener, asyncio.get_running_loop())
    progress = registry.open("test.work", "Work")
    for number in range(updates):
        progress.update(number)
    await asyncio.sleep(0.01)
    assert progress.task.done == updates - 1
    assert len(listener.seen) < 20
    registry.close()


def again(work: Any = None) -> Repeat:
    return Repeat("write", "jupyter_smext:test", work)


async def test_a_failed_task_is_started_again_in_its_own_place() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop())
    tries: list[None] = []

    def work(progress: Progress) -> dict[str, Any]:
        tries.append(None)
        if len(tries) < 3:
            raise SmextError(ErrorCode.NETWORK, "cut")
        return {"tries": len(tries)}

    task = registry.start("test.work", "Work", work, unit="files", repeat=again())
    assert task.repeatable
    for _ in range(2):
        await until(registry, task.id, TaskState.FAILED)
        failed, task = task, registry.retry(task.id) or task
        assert registry.get(failed.id) is None
    done = await until(registry, task.id, TaskState.SUCCEEDED)
    assert (done.kind, done.title, done.unit, done.result) == ("test.work", "Work", "files", {"tries": 3})
    assert registry.list().tasks == [done]
    registry.close()


async def test_a_repetition_may_be_other_work() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop())
    release = threading.Event()

    def work(progress: Progress) -> None:
        release.wait(5)
        check(progress)

    task = registry.start("test.work", "Work", work, repeat=again(lambda _: {"again": True}))
    registry.cancel(task.id)
    release.set()
    await until(registry, task.id, TaskState.CANCELLED)
    repeated = registry.retry(task.id)
    assert repeated is not None
    assert (await until(registry, repeated.id, TaskState.SUCCEEDED)).result == {"again": True}
    registry.close()


async def test_what_runs_succeeded_or_cannot_be_repeated_is_not_started_again() -> None:
    registry = TaskRegistry(Listener(), asyncio.get_running_loop())
    assert registry.retry("unknown") is None
    running = registry.open("test.work", "Running", repeat=again())
    once = registry.open("test.work", "Once")
    registry.finish(once, error=ValueError())
    assert not once.task.repeatable
    for task_id, code in ((running.task.id, ErrorCode.CONFLICT), (once.task.id, ErrorCode.NOT_SUPPORTED)):
        with pytest.raises(SmextError) as caught:
            registry.retry(task_id)
        assert caught.value.code is code
    registry.finish(running, result={})
    with pytest.raises(SmextError, match="succeeded"):
        registry.retry(running.task.id)
    registry.close()
