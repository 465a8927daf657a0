"""Local mode as a task of the server: the run's lines go to a file beside the document, where everybody can read them.

A document has one log, that of its newest run; it lies in the workspace like the models of local runs do.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Cancelled, Progress
from ..aws.session import AwsSession
from ..runner import RunEvents, TrainingRun
from .check import valid_spec
from .defaults import layers_of
from .local_run import run_local
from .local_tuning import tune_local
from .models import LaunchResult, LocalLog, LocalTrial, LocalTuning, TrainingSpec, TuningSpec
from .profile import profile_of
from .tokens import job_name_for, new_token

RUNS = "local-runs"

# How long a run goes on after somebody asked it to end, before it hears of it.
_LISTEN_SECONDS = 0.2

# More than a screen, and little enough for one answer.
_LOG_BYTES = 262_144


def means_local(data: Mapping[str, Any]) -> bool:
    """Whether a document, valid or not, is meant for this machine."""
    node: Any = data
    for key in ("spec", "compute", "instance_type"):
        node = node.get(key) if isinstance(node, Mapping) else None
    return isinstance(node, str) and node.startswith("local")


def launch_local(aws: AwsSession, data: Mapping[str, Any], document: Path, progress: Progress) -> LaunchResult:
    """Run a document here to its end; a cancelled progress stops it.

    Raises `InvalidRequest` where the script fails, or no trial of a tuning job says how it did, with the reason that a
    training job would give.
    """
    spec = valid_spec(data, profile_of(aws), layers_of(aws))
    name = job_name_for(spec.metadata.base_job_name, new_token())
    (document.parent / RUNS).mkdir(exist_ok=True)
    with _LogFile(log_path(document), progress) as log:
        if isinstance(spec, TuningSpec):
            return _tune(aws, spec, document, name, log, progress)
        return _train(aws, spec, document, name, log, progress)


def _train(
    aws: AwsSession, spec: TrainingSpec, document: Path, name: str, log: _LogFile, progress: Progress
) -> LaunchResult:
    over = threading.Event()

    def listen(run: TrainingRun) -> None:
        def wait() -> None:
            while not over.wait(_LISTEN_SECONDS):
                if progress.cancelled():
                    run.stop()
                    return

        threading.Thread(target=wait, name="smext-local-stop", daemon=True).start()

    try:
        result = run_local(
            aws, spec, document.parent, document.parent / RUNS, log, job_name=name, progress=progress, on_start=listen
        )
    finally:
        over.set()
    _require_completed(name, result.status, result.failure_reason)
    return LaunchResult(
        training_job_name=name,
        local=True,
        model_artifacts=f"{RUNS}/{name}/output/model.tar.gz" if result.model_artifacts else None,
    )


def _tune(
    aws: AwsSession, spec: TuningSpec, document: Path, name: str, log: _LogFile, progress: Progress
) -> LaunchResult:
    result = tune_local(
        aws,
        spec,
        document.parent,
        document.parent / RUNS / name,
        _TrialsInLog(log),
        job_name=name,
        stopping=progress.cancelled,
        progress=progress,
    )
    for line in tuning_lines(result):
        log.tell(f"== {line}")
    _require_completed(name, result.status, result.failure_reason)
    best = result.best.model_artifacts if result.best else None
    return LaunchResult(
        kind=spec.kind,
        training_job_name=name,
        local=True,
        model_artifacts=f"{RUNS}/{name}/{best}" if best else None,
        tuning=result,
    )


def _require_completed(name: str, status: str, failure_reason: str | None) -> None:
    if status == "Stopped":
        raise Cancelled(f"{name} was stopped.")
    if status != "Completed":
        raise SmextError(ErrorCode.INVALID_REQUEST, failure_reason or f"{name} failed.")


def tuning_lines(result: LocalTuning) -> list[str]:
    """The trials of a tuning job as a reader of its log wants them: the best one last."""
    lines = [trial_line(each) for each in result.trials]
    return [*lines, f"Best: {trial_line(result.best)}"] if result.best else lines


def trial_line(trial: LocalTrial) -> str:
    """One trial in a line: its name, how it ended, its objective, and what was chosen for it."""
    chosen = " ".join(f"{name}={value}" for name, value in trial.hyperparameters.items())
    objective = "no objective" if trial.objective is None else f"{trial.objective:g}"
    return f"{trial.training_job_name} {trial.status}, {objective}: {chosen}"


def log_path(document: Path) -> Path:
    """The log of a document's newest local run."""
    return document.parent / RUNS / f"{document.name.removesuffix('.sagemaker.yaml')}.log"


def read_log(document: Path, offset: int) -> LocalLog:
    """What was logged since ``offset`` bytes; from the beginning where a newer run has begun the log anew."""
    try:
        with log_path(document).open("rb") as file:
            size = file.seek(0, 2)
            start = offset if offset <= size else 0
            file.seek(start)
            data = file.read(_LOG_BYTES)
    except FileNotFoundError:
        return LocalLog(text="", offset=0, restarted=offset > 0)
    # A character whose bytes are not all there yet is read the next time.
    text = data.decode("utf-8", "ignore") if len(data) == _LOG_BYTES else data.decode("utf-8", "replace")
    taken = len(text.encode()) if len(data) == _LOG_BYTES else len(data)
    return LocalLog(text=text, offset=start + taken, restarted=start != offset)


class _LogFile:
    """Writes what a run tells into its log, and shows the newest of it as the task's message."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1)
        self._progress = progress
        self._lock = threading.Lock()

    def __enter__(self) -> _LogFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def status(self, secondary_status: str, message: str) -> None:
        self.tell(f"== {secondary_status}: {message}")

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        self.tell(line)

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        self.tell(f"== {name} = {value:g}")

    def tell(self, line: str) -> None:
        with self._lock:
            self._file.write(line + "\n")
        self._progress.update(0, None, line)


class _TrialsInLog:
    """The lines of all trials in one log, each with the number of its trial before it."""

    def __init__(self, log: _LogFile) -> None:
        self._log = log
        self._started = 0

    def trial(self, training_job_name: str) -> RunEvents:
        self._started += 1
        self._log.tell(f"== Trial {self._started}: {training_job_name}")
        return _TrialInLog(self._log, self._started)

    def ended(self, trial: LocalTrial) -> None:
        self._log.tell(f"== {trial_line(trial)}")


class _TrialInLog:
    def __init__(self, log: _LogFile, number: int) -> None:
        self._log = log
        self._number = number

    def status(self, secondary_status: str, message: str) -> None:
        self._log.tell(f"[{self._number}] == {secondary_status}: {message}")

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        self._log.tell(f"[{self._number}] {line}")

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        self._log.tell(f"[{self._number}] == {name} = {value:g}")
