"""``jupyter smext launch``: a spec file becomes a training job."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..aws.session import AwsSession
    from ..estimators.models import LocalTrial, Spec, TrainingSpec, TuningSpec
    from ..runner import RunEvents, TrainingRun


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "launch",
        help="launch a training job from a spec file",
        description="Packs the source directory, uploads it and creates the training job. The job costs money until it "
        "ends: `jupyter smext spec request FILE` shows what would be sent. With `instance_type: local` it runs here.",
    )
    parser.add_argument("file", type=Path, help="a *.sagemaker.yaml file")
    parser.add_argument(
        "--wait", action="store_true", help="show status, log lines and metrics until the job has ended"
    )
    parser.add_argument(
        "--token",
        help="launch at most once for this word (16 letters, digits or more): a script that is run again with the same "
        "token and name answers the job that exists",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document, or with --wait JSON Lines, the result last"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.check import valid_spec
    from ..estimators.defaults import layers_of
    from ..estimators.document import read_document
    from ..estimators.launch import NAME_LIMITS, launch
    from ..estimators.local_run import is_local
    from ..estimators.profile import profile_of
    from ..estimators.tokens import job_name_for, new_token, token_name
    from .progress import TerminalProgress

    if args.token is not None and not (len(args.token) >= 16 and args.token.isalnum() and args.token.isascii()):
        print("--token takes 16 letters and digits or more.", file=sys.stderr)
        return 2
    session = AwsSession()
    spec = valid_spec(read_document(args.file), profile_of(session), layers_of(session))
    if is_local(spec):
        return _run_here(session, spec, args.file, as_json=args.json)
    if args.wait and spec.kind != "TrainingJob":
        print("--wait follows training jobs only; a tuning job starts many of them.", file=sys.stderr)
        return 2
    base = spec.metadata.base_job_name
    token = args.token or new_token()
    limit = NAME_LIMITS[spec.kind]
    name = token_name(base, token, limit=limit) if args.token else job_name_for(base, token, limit=limit)
    with TerminalProgress(f"Launch {args.file.name}") as progress:
        result = launch(session, spec, args.file.absolute().parent, job_name=name, token=token, progress=progress)
    if not args.wait:
        words = "was launched before" if result.already_launched else "is launched"
        what = "training job" if spec.kind == "TrainingJob" else "tuning job"
        print(result.model_dump_json() if args.json else f"The {what} {name} {words}.")
        return 0
    return _follow(session, name, as_json=args.json)


def _run_here(session: AwsSession, spec: Spec, file: Path, *, as_json: bool) -> int:
    """Local mode: the job runs in this process's children, and its model lies beside the spec. Ctrl-C stops it."""
    from ..estimators.models import TuningSpec
    from ..estimators.tokens import job_name_for, new_token

    name = job_name_for(spec.metadata.base_job_name, new_token())
    if isinstance(spec, TuningSpec):
        return _tune_here(session, spec, file, name, as_json=as_json)
    return _train_here(session, spec, file, name, as_json=as_json)


def _train_here(session: AwsSession, spec: TrainingSpec, file: Path, name: str, *, as_json: bool) -> int:
    from ..estimators.local_run import run_local

    output = file.absolute().parent / "local-runs"
    runs: list[TrainingRun] = []

    def stop() -> None:
        for each in runs:
            each.stop()

    with _interrupts(stop):
        folder, events = file.absolute().parent, _LocalEvents(as_json)
        result = run_local(session, spec, folder, output, events, job_name=name, on_start=runs.append)
    model = output / name / "output" / "model.tar.gz" if result.model_artifacts else None
    if as_json:
        values = {"training_job_name": name, "status": result.status, "failure_reason": result.failure_reason}
        print(json.dumps({"event": "result", **values, "model_artifacts": str(model) if model else None}))
    else:
        print(f"{name} is {result.status}." + (f" Model: {model}" if model else ""))
        if result.failure_reason:
            print(result.failure_reason, file=sys.stderr)
    return 0 if result.status == "Completed" else 1


def _tune_here(session: AwsSession, spec: TuningSpec, file: Path, name: str, *, as_json: bool) -> int:
    from ..estimators.local_tuning import tune_local
    from .table import print_table

    folder = file.absolute().parent
    output, stopping = folder / "local-runs" / name, threading.Event()
    with _interrupts(stopping.set):
        result = tune_local(
            session, spec, folder, output, _LocalTrials(as_json), job_name=name, stopping=stopping.is_set
        )
    if as_json:
        print(json.dumps({"event": "result", **result.model_dump(mode="json")}))
        return 0 if result.status == "Completed" else 1
    names = sorted({each for trial in result.trials for each in trial.hyperparameters})
    rows = [
        (
            "best" if trial == result.best else None,
            trial.training_job_name,
            trial.status,
            trial.objective,
            *(trial.hyperparameters.get(each) for each in names),
        )
        for trial in result.trials
    ]
    print_table(("", "TRIAL", "STATUS", spec.tuning.objective.metric_name, *names), rows)
    model = result.best.model_artifacts if result.best else None
    print(f"{name} is {result.status}." + (f" Model: {output / model}" if model else ""))
    if result.failure_reason:
        print(result.failure_reason, file=sys.stderr)
    return 0 if result.status == "Completed" else 1


@contextmanager
def _interrupts(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C asks for an end, and what runs then ends by itself."""
    before = signal.signal(signal.SIGINT, lambda *_: stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _LocalEvents:
    """Shows what a local run tells, in the form of :func:`_follow`; of a trial, with its number or name."""

    def __init__(self, as_json: bool, trial: tuple[int, str] | None = None) -> None:
        self._json = as_json
        self._values = {"training_job_name": trial[1]} if trial else {}
        self._prefix = f"[{trial[0]}] " if trial else ""

    def status(self, secondary_status: str, message: str) -> None:
        values = {"secondary_status": secondary_status, "message": message}
        self._tell("status", values, f"== {secondary_status}: {message}", sys.stderr)

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        self._tell("log", {"timestamp": timestamp_ms, "stream": host, "message": line}, line, sys.stdout)

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        values = {"metric_name": name, "timestamp": timestamp_ms, "value": value}
        self._tell("metric", values, f"== {name} = {value:g}", sys.stderr)

    def _tell(self, kind: str, values: dict[str, Any], words: str, stream: TextIO) -> None:
        if self._json:
            print(json.dumps({"event": kind, **self._values, **values}), flush=True)
        else:
            print(self._prefix + words, file=stream, flush=True)


class _LocalTrials:
    """Shows what the trials of a local tuning job tell."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._started = 0

    def trial(self, training_job_name: str) -> RunEvents:
        self._started += 1
        return _LocalEvents(self._json, (self._started, training_job_name))

    def ended(self, trial: LocalTrial) -> None:
        if self._json:
            print(json.dumps({"event": "trial", **trial.model_dump(mode="json")}), flush=True)


def _follow(session: AwsSession, name: str, *, as_json: bool) -> int:
    """Show what happens until the job has ended. On a terminal and in a pipe alike, stdout carries the log lines."""
    from ..jobs.describe import describe_job
    from ..jobs.follow import MetricValue, StatusChange, follow
    from ..jobs.models import LogLine

    def tell(kind: str, values: dict[str, Any], words: str, *, aside: bool) -> None:
        if as_json:
            print(json.dumps({"event": kind, **values}), flush=True)
        else:
            print(words, file=sys.stderr if aside else sys.stdout, flush=True)

    try:
        for event in follow(session, name):
            if isinstance(event, LogLine):
                tell("log", event.model_dump(mode="json"), event.message, aside=False)
            elif isinstance(event, MetricValue):
                values = {"metric_name": event.metric_name, "timestamp": event.timestamp, "value": event.value}
                tell("metric", values, f"== {event.metric_name} = {event.value:g}", aside=True)
            elif isinstance(event, StatusChange):
                about = event.failure_reason or event.message
                values = {
                    "training_job_status": event.training_job_status.value,
                    "secondary_status": event.secondary_status,
                    "message": event.message,
                    "failure_reason": event.failure_reason,
                }
                words = f"== {event.secondary_status}" + (f": {about}" if about else "")
                tell("status", values, words, aside=True)
    except KeyboardInterrupt:
        print(
            f"\nThe job {name} goes on and is billed until it ends. "
            f"Stop it with `jupyter smext jobs stop {name}`, watch it with `jupyter smext jobs logs -f {name}`.",
            file=sys.stderr,
        )
        return 130
    job = describe_job(session, name)
    if as_json:
        print(json.dumps({"event": "result", **job.model_dump(mode="json", exclude={"describe"})}))
    else:
        print(
            f"{name} is {job.training_job_status.value}."
            + (f" Model: {job.model_artifacts}" if job.model_artifacts else "")
        )
    return 0 if job.training_job_status.value == "Completed" else 1
