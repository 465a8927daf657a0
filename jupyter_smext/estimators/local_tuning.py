"""A tuning job on this machine: every trial is a local run, and the search is that of the runner.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, Silent
from ..aws.session import AwsSession
from ..runner import RunEvents, TrainingResult, TrainingRun
from ..runner.tuning.errors import TuningError
from ..runner.tuning.run import Started, TuningRun, criteria_of, searches_of
from .local_machine import LocalMachine, local_machine
from .models import LocalTrial, LocalTuning, TuningSpec
from .tuning import jobs_of, tuning_request


class TuningEvents(Protocol):
    """What a tuning job tells while it goes; called from the threads of its trials."""

    def trial(self, training_job_name: str) -> RunEvents:
        """Where a trial that is about to start shall tell what it does."""

    def ended(self, trial: LocalTrial) -> None:
        """A trial is over."""


def tune_local(
    aws: AwsSession,
    spec: TuningSpec,
    folder: Path,
    output: Path,
    events: TuningEvents,
    *,
    job_name: str,
    stopping: Callable[[], bool] = lambda: False,
    progress: Progress | None = None,
) -> LocalTuning:
    """Run a tuning job here and wait for its end; failing trials are a result, not an exception.

    ``folder`` is where the spec's file lies, ``output`` gets a folder for each trial. Once ``stopping`` is true, the
    trials are stopped and no more begin. Raises `InvalidRequest` for what contradicts itself, is missing, or only AWS
    can do (warm start, `auto` ranges), and where a strategy needs Optuna, which is not installed.
    """
    for index, each in enumerate(jobs_of(spec)):
        if not (each.compute.instance_type or "").startswith("local"):
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                f"Definition {index + 1} names {each.compute.instance_type}, and the first one runs on this machine.",
                hint="Give all definitions of a tuning job `instance_type: local`, or none.",
            )
    if spec.tuning.warm_start_config:
        raise SmextError(
            ErrorCode.INVALID_REQUEST, "A tuning job on this machine knows no earlier ones: take out warm_start_config."
        )
    with local_machine(aws, output) as machine:
        jobs = [machine.job(index, each, folder, progress or Silent()) for index, each in enumerate(jobs_of(spec))]
        definitions = [
            each.model_copy(update={"spec": job.spec})
            for each, job in zip(spec.tuning.definitions, jobs[1:], strict=True)
        ]
        tuning = spec.tuning.model_copy(update={"definitions": definitions})
        local = spec.model_copy(update={"spec": jobs[0].spec, "tuning": tuning})
        uris = [job.source_uri for job in jobs]
        request = tuning_request(local, machine.place, job_name=job_name, source_uris=uris, own_tags={})
        try:
            searches, criteria = searches_of(request), criteria_of(request)
        except TuningError as error:
            raise SmextError(ErrorCode.INVALID_REQUEST, str(error)) from error
        in_docker = {
            search.definition.name: job.spec.compute.local_image for search, job in zip(searches, jobs, strict=True)
        }
        trials = _Trials(machine, events, in_docker)
        run = TuningRun(
            job_name,
            request["HyperParameterTuningJobConfig"],
            searches,
            criteria,
            start=trials.start,
            stop=trials.stop,
            has_ended=trials.has_ended,
            is_stopping=stopping,
        )
        stopped = run.run(threading.Event())
    return _result(job_name, stopped, trials.in_order(), maximizes=spec.tuning.objective.type == "Maximize")


class _Trials:
    """The local runs behind the trials of one tuning job, each in a thread of its own."""

    def __init__(self, machine: LocalMachine, events: TuningEvents, in_docker: Mapping[str | None, bool]) -> None:
        self._machine = machine
        self._in_docker = in_docker
        self._events = events
        self._runs: dict[str, TrainingRun] = {}
        self._ended: dict[str, LocalTrial] = {}

    def start(self, started: Started) -> None:
        definition = started.search.definition
        request = definition.training_job(started.name, started.values)
        events = _WithMetrics(self._events.trial(started.name), started)
        run = self._machine.training_run(request, events, in_docker=self._in_docker[definition.name])
        self._runs[started.name] = run
        threading.Thread(target=self._run, args=(started, run), name=f"trial-{started.name}", daemon=True).start()

    def stop(self, name: str) -> None:
        self._runs[name].stop()

    def has_ended(self, name: str) -> bool:
        return name in self._ended

    def in_order(self) -> list[LocalTrial]:
        return [self._ended[name] for name in self._runs]

    def _run(self, started: Started, run: TrainingRun) -> None:
        trial = _trial(started, run.run())
        try:
            self._events.ended(trial)
        finally:
            self._ended[started.name] = trial


class _WithMetrics:
    """The events of a trial; the search hears of its metrics too."""

    def __init__(self, events: RunEvents, started: Started) -> None:
        self._started = started
        self._events = events
        self.status, self.log = events.status, events.log

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        self._started.on_metric(name, value)
        self._events.metric(name, value, timestamp_ms)


def _trial(started: Started, result: TrainingResult) -> LocalTrial:
    return LocalTrial(
        training_job_name=started.name,
        definition_name=started.search.definition.name,
        status=result.status,
        hyperparameters=dict(started.values),
        objective=started.objective,
        failure_reason=result.failure_reason,
        training_seconds=result.training_seconds,
        model_artifacts=f"{started.name}/output/model.tar.gz" if result.model_artifacts else None,
    )


def _result(job_name: str, stopped: bool, trials: Sequence[LocalTrial], *, maximizes: bool) -> LocalTuning:
    rated = [(each.objective, each) for each in trials if each.objective is not None]
    best = (max if maximizes else min)(rated, key=lambda pair: pair[0])[1] if rated else None
    reason = None
    if best is None and not stopped:
        reason = next((each.failure_reason for each in trials if each.failure_reason), None)
        reason = reason or "No trial reported the objective metric. Look at the log."
    return LocalTuning(
        tuning_job_name=job_name,
        status="Stopped" if stopped else "Completed" if best else "Failed",
        failure_reason=reason,
        trials=list(trials),
        best=best,
    )
