"""The registry of long operations: id, progress, cancel, result and an event at every change that matters."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Protocol

from pydantic import BaseModel, Field

from ..aws.errors import ErrorCode, ErrorEnvelope, SmextError, from_aws
from ..aws.progress import Interrupted, Progress

EVENT_SCHEMA_ID = "https://schema.jupyter.org/jupyter_smext/task/v1"

Work = Callable[[Progress], "dict[str, Any] | None"]


class TaskState(str, Enum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in (TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED)


class Task(BaseModel):
    """One long operation, as the panel sees it."""

    id: str
    kind: str = Field(description="What it does, e.g. `s3.upload`.")
    title: str = Field(description="For people, e.g. `penguins.csv to s3://bucket/data/`.")
    state: TaskState = TaskState.QUEUED
    done: float = 0
    total: float | None = Field(None, description="Same unit as `done`; null where nobody knows yet.")
    unit: str = Field("bytes", description="What `done` counts: bytes, objects, seconds.")
    message: str | None = None
    cancellable: bool = True
    repeatable: bool = Field(False, description="Whether it can be started again where it failed or was cancelled.")
    created: float = Field(description="Seconds since the epoch.")
    updated: float = Field(description="Seconds since the epoch.")
    result: dict[str, Any] | None = None
    error: ErrorEnvelope | None = None


class TaskList(BaseModel):
    """Newest first."""

    tasks: list[Task]


class Record(Protocol):
    """A note of a task that outlives the server."""

    def keep(self) -> None: ...

    def forget(self) -> None: ...


@dataclass(frozen=True)
class Repeat:
    """How a task that failed or was cancelled is started again, and what that takes.

    Parameters
    ----------
    action, resource:
        What whoever starts it again must be authorized for: the same as for the first time.
    work:
        What is done then; None: the same again.
    record:
        What brings the task back after a restart of the server: kept while it is not over. With it, the end of the
        server interrupts the task instead of cancelling it.
    """

    action: str
    resource: str
    work: Work | None = None
    record: Record | None = None


class TaskProgress(Progress):
    """The progress of one task; also how a caller that is no thread of ours (a streamed upload) drives its task."""

    def __init__(self, registry: TaskRegistry, task: Task, repeat: Repeat | None = None) -> None:
        self.task = task
        self.repeat = repeat
        self._registry = registry
        self._cancel = threading.Event()
        self._interrupt = threading.Event()
        self._told = 0.0

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        task = self.task
        task.done = done
        task.total = total if total is not None else task.total
        task.message = message if message is not None else task.message
        task.updated = time.time()
        # Four times a second is as fast as a progress bar is read, however small the pieces are.
        if task.updated - self._told >= 0.25:
            self._told = task.updated
            self._registry.changed(task)

    def cancelled(self) -> bool:
        if self._interrupt.is_set():
            raise Interrupted()
        return self._cancel.is_set()

    def cancel(self) -> None:
        self._cancel.set()

    def end(self) -> None:
        """The server ends: stop, and leave what another server can go on with."""
        (self._interrupt if self.repeat and self.repeat.record else self._cancel).set()


class TaskRegistry:
    """Runs and remembers tasks.

    Parameters
    ----------
    emit:
        Called with the task at every change, on the event loop. It must not raise.
    loop:
        The event loop of the server.
    max_workers:
        Tasks that run at once; others wait as ``queued``.
    keep:
        Finished tasks that stay listed.
    """

    def __init__(
        self,
        emit: Callable[[Task], None],
        loop: asyncio.AbstractEventLoop,
        *,
        max_workers: int = 4,
        keep: int = 200,
    ) -> None:
        self._emit = emit
        self._loop = loop
        self._keep = keep
        self._executor = ThreadPoolExecutor(max_workers, thread_name_prefix="smext-task")
        self._progress: dict[str, TaskProgress] = {}
        self._lock = threading.Lock()

    def list(self) -> TaskList:
        with self._lock:
            return TaskList(tasks=[each.task for each in reversed(self._progress.values())])

    def get(self, task_id: str) -> Task | None:
        progress = self._progress.get(task_id)
        return progress.task if progress else None

    def open(
        self,
        kind: str,
        title: str,
        *,
        unit: str = "bytes",
        cancellable: bool = True,
        repeat: Repeat | None = None,
    ) -> TaskProgress:
        """Register a task whose work is done elsewhere; whoever opens it closes it with :meth:`finish`."""
        now = time.time()
        task = Task(
            id=uuid.uuid4().hex, kind=kind, title=title, unit=unit, cancellable=cancellable,
            repeatable=repeat is not None, created=now, updated=now,
        )  # fmt: skip
        progress = TaskProgress(self, task, repeat)
        if repeat and repeat.record:
            repeat.record.keep()
        with self._lock:
            self._progress[task.id] = progress
            finished = [each.task.id for each in self._progress.values() if each.task.state.final]
            for task_id in finished[: max(0, len(finished) - self._keep)]:
                del self._progress[task_id]
        self.changed(task)
        return progress

    def start(
        self,
        kind: str,
        title: str,
        work: Work,
        *,
        unit: str = "bytes",
        cancellable: bool = True,
        repeat: Repeat | None = None,
    ) -> Task:
        """Run ``work`` on a thread of the registry. What it returns becomes the task's result.

        ``repeat`` is given where the work can be done again from the request alone, and doing it twice does nothing
        that once would not have done.
        """
        if repeat is not None and repeat.work is None:
            repeat = replace(repeat, work=work)
        progress = self.open(kind, title, unit=unit, cancellable=cancellable, repeat=repeat)
        self._executor.submit(self._run, progress, work)
        return progress.task

    def repeatable(self, task_id: str) -> Repeat | None:
        """How the task can be started again; None where there is no such task.

        Raises `Conflict` where it is under way or has succeeded, `NotSupported` where it has to be begun anew.
        """
        progress = self._progress.get(task_id)
        if progress is None:
            return None
        task = progress.task
        if task.state not in (TaskState.FAILED, TaskState.CANCELLED):
            raise SmextError(ErrorCode.CONFLICT, f"{task.title}: {task.state.value}, so there is nothing to try again.")
        if progress.repeat is None:
            raise SmextError(
                ErrorCode.NOT_SUPPORTED, f"{task.title} cannot be repeated by itself.", hint="Begin it anew."
            )
        return progress.repeat

    def retry(self, task_id: str) -> Task | None:
        """Start a failed or cancelled task again, under a new id that takes the old one's place; None: no such task.

        Raises what :meth:`repeatable` raises. Of two that try the same at once, one finds the task gone.
        """
        with self._lock:
            repeat = self.repeatable(task_id)
            if repeat is None:
                return None
            old = self._progress.pop(task_id).task
        assert repeat.work is not None
        return self.start(old.kind, old.title, repeat.work, unit=old.unit, cancellable=old.cancellable, repeat=repeat)

    def _run(self, progress: TaskProgress, work: Work) -> None:
        try:
            if progress.cancelled():
                self.finish(progress)
                return
            self.running(progress)
            result = work(progress)
        except Interrupted:
            return  # nobody is left to be told
        except Exception as error:
            self.finish(progress, error=error)
        else:
            self.finish(progress, result=result)

    def running(self, progress: TaskProgress) -> None:
        progress.task.state = TaskState.RUNNING
        self.changed(progress.task)

    def finish(
        self, progress: TaskProgress, *, result: dict[str, Any] | None = None, error: BaseException | None = None
    ) -> Task:
        """Close a task: succeeded, failed, or cancelled where somebody had asked for it and it stopped."""
        task = progress.task
        task.updated = time.time()
        if progress.repeat and progress.repeat.record:
            progress.repeat.record.forget()
        if error is not None:
            mapped = from_aws(error) if isinstance(error, Exception) else None
            cancelled = mapped is None or mapped.code is ErrorCode.CANCELLED
            task.state = TaskState.CANCELLED if cancelled else TaskState.FAILED
            task.error = None if cancelled or mapped is None else mapped.envelope
        elif progress.cancelled() and result is None:
            task.state = TaskState.CANCELLED
        else:
            task.state = TaskState.SUCCEEDED
            task.result = result
        self.changed(task)
        return task

    def cancel(self, task_id: str) -> Task | None:
        """Ask a task to end; it does so at its next safe point."""
        progress = self._progress.get(task_id)
        if progress is None:
            return None
        if progress.task.cancellable and not progress.task.state.final:
            progress.cancel()
        return progress.task

    def changed(self, task: Task) -> None:
        """Tell the listeners; safe from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._emit, task)

    def close(self) -> None:
        """Ask every task to end, or to leave the rest to the next server, and let the threads go."""
        for progress in list(self._progress.values()):
            progress.end()
        self._executor.shutdown(wait=False, cancel_futures=True)
