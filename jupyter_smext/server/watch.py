"""The one poller of this server: follows jobs and endpoints that a client looked at lately, and pushes what changed.

Whoever describes or lists something that is not settled registers an interest in it for a while. While there is one,
the thing is asked for again, often at first and then less often; when nobody looks any more, nothing is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..aws.session import AwsSession

# How long a look keeps something watched: longer than any client waits between two looks.
INTEREST_SECONDS = 90.0
FASTEST_SECONDS = 1.0
SLOWEST_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 60.0

State = dict[str, str]


@dataclass(frozen=True, eq=False)
class Kind:
    """What can be watched. ``ask`` is blocking; it gives the fields of the event, or None once the thing is gone."""

    schema_id: str
    name_field: str
    ask: Callable[[AwsSession, str], State | None]
    settled: Callable[[State], bool]
    gone: State | None = None


def _ask_job(session: AwsSession, name: str) -> State | None:
    from ..jobs.describe import describe_raw

    job = describe_raw(session, name)
    return {"training_job_status": job["TrainingJobStatus"], "secondary_status": job["SecondaryStatus"]}


def _ask_tuning_job(session: AwsSession, name: str) -> State | None:
    from ..jobs.tuning import describe_tuning_job_raw

    job = describe_tuning_job_raw(session, name)
    return tuning_state(job["HyperParameterTuningJobStatus"], job.get("TrainingJobStatusCounters", {}))


def tuning_state(status: str, counters: Mapping[str, int]) -> State:
    """A tuning job changes with each training job that it starts, and that ends."""
    counts = ", ".join(f"{count} {name}" for name, count in sorted(counters.items()) if count)
    return {"hyper_parameter_tuning_job_status": status, "training_jobs": counts}


def _ask_endpoint(session: AwsSession, name: str) -> State | None:
    from ..endpoints.describe import endpoint_status

    status = endpoint_status(session, name)
    return None if status is None else {"endpoint_status": status}


def _job_ended(state: State) -> bool:
    from ..jobs.models import TrainingJobStatus

    return TrainingJobStatus(state["training_job_status"]).final


def _tuning_job_ended(state: State) -> bool:
    from ..jobs.models import HyperParameterTuningJobStatus

    return HyperParameterTuningJobStatus(state["hyper_parameter_tuning_job_status"]).final


def _endpoint_settled(state: State) -> bool:
    from ..endpoints.models import UNSETTLED

    return state["endpoint_status"] not in UNSETTLED


JOB = Kind(
    "https://schema.jupyter.org/jupyter_smext/job/v1",
    "training_job_name",
    _ask_job,
    _job_ended,
)
TUNING_JOB = Kind(
    "https://schema.jupyter.org/jupyter_smext/tuning/v1",
    "hyper_parameter_tuning_job_name",
    _ask_tuning_job,
    _tuning_job_ended,
)
ENDPOINT = Kind(
    "https://schema.jupyter.org/jupyter_smext/endpoint/v1",
    "endpoint_name",
    _ask_endpoint,
    _endpoint_settled,
    gone={"endpoint_status": "Deleted"},
)


@dataclass
class _Watched:
    state: State
    interest_until: float
    changed: float
    due: float


class Watcher:
    """Watches, on the event loop that it is used on.

    Parameters
    ----------
    session:
        Gives the session; called at the first question, not before.
    emit:
        Called with a schema id and the event's data at every change.
    """

    def __init__(self, session: Callable[[], AwsSession], emit: Callable[[str, dict[str, Any]], None]) -> None:
        self._session = session
        self._emit = emit
        self._watched: dict[tuple[Kind, str], _Watched] = {}
        self._task: asyncio.Task[None] | None = None
        self._pause = 0.0

    def look(self, kind: Kind, name: str, state: State) -> None:
        """Somebody saw this state just now, and wants to know when it changes."""
        now = asyncio.get_running_loop().time()
        known = self._watched.get((kind, name))
        if known is None:
            if not kind.settled(state):
                self._watched[kind, name] = _Watched(state, now + INTEREST_SECONDS, now, now + FASTEST_SECONDS)
        else:
            known.interest_until = now + INTEREST_SECONDS
            self._learn(kind, name, known, state)
        if self._watched and self._task is None:
            self._task = asyncio.create_task(self._run())

    def renew(self, kind: Kind, name: str) -> None:
        """Somebody still looks at this, without having seen its state."""
        known = self._watched.get((kind, name))
        if known is not None:
            known.interest_until = asyncio.get_running_loop().time() + INTEREST_SECONDS

    async def close(self) -> None:
        self._watched.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        now = asyncio.get_running_loop().time
        try:
            while self._forget_unwanted(now()):
                key, watched = min(self._watched.items(), key=lambda item: item[1].due)
                # Never long: a look in between may bring something that is due earlier, or nothing may be wanted.
                await asyncio.sleep(min(FASTEST_SECONDS, max(0.0, watched.due - now())))
                if watched.due <= now() and self._watched.get(key) is watched:
                    # One question at a time: a list of a hundred running jobs must not throttle the account.
                    await self._question(*key, watched)
                    if self._pause:
                        await asyncio.sleep(self._pause)
        finally:
            self._task = None

    def _forget_unwanted(self, now: float) -> bool:
        for key in [key for key, watched in self._watched.items() if watched.interest_until <= now]:
            del self._watched[key]
        return bool(self._watched)

    async def _question(self, kind: Kind, name: str, watched: _Watched) -> None:
        from ..aws.errors import SmextError

        loop = asyncio.get_running_loop()
        session = self._session()
        try:
            state = await session.run(kind.ask, session, name)
        except SmextError as error:
            if error.envelope.retryable:
                self._pause = min(_LONGEST_PAUSE_SECONDS, max(2.0, self._pause * 2))
            else:
                # Refused, or gone: whoever looks again is told so by the call that they make.
                self._watched.pop((kind, name), None)
            return
        self._pause = 0.0
        if (kind, name) not in self._watched:
            return
        if state is None:
            state = kind.gone or watched.state
        self._learn(kind, name, watched, state)
        age = loop.time() - watched.changed
        watched.due = loop.time() + min(SLOWEST_SECONDS, max(FASTEST_SECONDS, age / 60))

    def _learn(self, kind: Kind, name: str, watched: _Watched, state: State) -> None:
        if state != watched.state:
            watched.state = state
            watched.changed = asyncio.get_running_loop().time()
            self._emit(kind.schema_id, {kind.name_field: name, **state})
        if kind.settled(state):
            self._watched.pop((kind, name), None)


def watcher_of(settings: dict[str, Any]) -> Watcher:
    """The watcher of the server that has these settings; made at the first use."""
    if "jupyter_smext_watcher" not in settings:
        app = settings["jupyter_smext"]
        settings["jupyter_smext_watcher"] = Watcher(lambda: app.aws, app.emit)
    watcher: Watcher = settings["jupyter_smext_watcher"]
    return watcher


async def close_watcher(settings: dict[str, Any]) -> None:
    """End the questions; to be called before the session is closed."""
    watcher = settings.pop("jupyter_smext_watcher", None)
    if watcher is not None:
        await watcher.close()
