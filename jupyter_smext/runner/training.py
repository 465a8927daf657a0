"""One training job, from its CreateTrainingJob request to its artifacts in S3."""

from __future__ import annotations

import logging
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_smext.runner.artifacts import upload_artifacts
from jupyter_smext.runner.built_in import metric_definitions
from jupyter_smext.runner.cluster import Cluster
from jupyter_smext.runner.docker import require_engine
from jupyter_smext.runner.events import RunEvents, TrainingResult
from jupyter_smext.runner.failure import JobFailedError
from jupyter_smext.runner.metrics import MetricScanner
from jupyter_smext.runner.s3_files import S3Error
from jupyter_smext.runner.supervisor import Supervisor
from jupyter_smext.runner.training_host import Engine, TrainingHost

_log = logging.getLogger(__name__)

_DEFAULT_MAX_RUNTIME_SECONDS = 24 * 60 * 60
_FINAL_MESSAGES = {
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
}


class _Interrupted(Exception):
    """The job was stopped, or its time is over; ``secondary_status`` says which."""

    def __init__(self, secondary_status: str) -> None:
        super().__init__(secondary_status)
        self.secondary_status = secondary_status


class TrainingRun:
    """Carries out one CreateTrainingJob request on this machine.

    ``request`` is as the API takes it, and valid. ``s3`` is a boto3 S3 client that may read the channels and write the
    output. ``work_dir`` is made by the run and removed with all it holds, also when this process is killed;
    ``cache_dir`` keeps the environments of requirements.txt files for later runs. ``environment`` is what every process
    of the job gets: endpoint, region, credentials. ``stop_grace_seconds`` lie between SIGTERM and SIGKILL.
    ``engine`` docker runs the request's own image.
    """

    def __init__(
        self,
        request: Mapping[str, Any],
        *,
        job_arn: str,
        s3: Any,
        work_dir: Path,
        cache_dir: Path,
        events: RunEvents,
        environment: Mapping[str, str],
        stop_grace_seconds: float = 120.0,
        engine: Engine = "process",
    ) -> None:
        self._engine = engine
        self._request = request
        self._job_arn = job_arn
        self._s3 = s3
        self._work_dir = work_dir
        self._cache_dir = cache_dir
        self._events = events
        self._environment = environment
        self._stop_grace_seconds = stop_grace_seconds
        self._stopping = threading.Event()
        self._changed = threading.Event()
        self._deadline = 0.0
        self._hosts: list[TrainingHost] = []
        self._exit_code: int | None = None

    def run(self) -> TrainingResult:
        """Run the job to its end. Call it once, in a thread of its own; a failing job is a result, not an exception."""
        started = time.monotonic()
        condition = self._request.get("StoppingCondition", {})
        self._deadline = started + condition.get("MaxRuntimeInSeconds", _DEFAULT_MAX_RUNTIME_SECONDS)
        secondary_status, reason, model = "Failed", None, None
        try:
            self._events.status("Starting", "Preparing the instances for training")
            secondary_status, reason, model = self._run_supervised()
        except Exception as error:
            _log.exception("training job %s was ended by an error of the runner", self._request["TrainingJobName"])
            reason = f"InternalServerError: We encountered an internal error. ({type(error).__name__}: {error})"
        self._events.status(secondary_status, _FINAL_MESSAGES[secondary_status])
        return TrainingResult(
            status="Stopped" if secondary_status == "MaxRuntimeExceeded" else secondary_status,
            secondary_status=secondary_status,
            failure_reason=reason,
            exit_code=self._exit_code,
            model_artifacts=model,
            training_seconds=max(1, round(time.monotonic() - started)),
        )

    def stop(self) -> None:
        """End the job: SIGTERM to its processes, SIGKILL after the grace. From any thread; returns at once."""
        self._stopping.set()
        self._changed.set()

    def _run_supervised(self) -> tuple[str, str | None, str | None]:
        """The secondary status, the failure reason and the URI of the model."""
        self._work_dir.mkdir(mode=0o700, parents=True)
        temporary = Path(tempfile.mkdtemp(prefix="smext-"))
        secondary_status, reason, model = "Completed", None, None
        with Supervisor([self._work_dir, temporary]) as supervisor:
            try:
                self._prepare(supervisor, temporary)
                self._execute()
            except _Interrupted as interruption:
                secondary_status = interruption.secondary_status
            except JobFailedError as failure:
                secondary_status, reason = "Failed", failure.reason
            for host in self._hosts:
                host.close()
            # The service uploads what is there however the job ended.
            if any(host.process for host in self._hosts):
                self._events.status("Uploading", "Uploading generated training model")
                try:
                    model = self._upload()
                except JobFailedError as failure:
                    secondary_status, reason = "Failed", reason or failure.reason
        return secondary_status, reason, model

    def _prepare(self, supervisor: Supervisor, temporary: Path) -> None:
        """Raises JobFailedError and _Interrupted, as the other steps do."""
        self._check()
        cluster = Cluster(self._request.get("ResourceConfig", {}))
        if self._engine == "docker":
            require_engine(self._request, len(cluster.hosts))
        elif len(cluster.hosts) > 1 and supervisor.isolation_problem:
            raise JobFailedError(
                f"ClientError: {len(cluster.hosts)} instances need host names of their own, which this machine does "
                f"not give to processes ({supervisor.isolation_problem}). Use one instance."
            )
        metrics = self._metric_scanner()
        self._events.status("Downloading", "Downloading input data")
        for name in cluster.hosts:
            host = TrainingHost(
                name,
                cluster,
                self._request,
                job_arn=self._job_arn,
                s3=self._s3,
                supervisor=supervisor,
                folder=self._work_dir / name,
                temporary=temporary / name,
                cache_dir=self._cache_dir,
                environment=self._environment,
                events=self._events,
                metrics=metrics,
                engine=self._engine,
            )
            host.download(self._check)
            self._hosts.append(host)
        self._events.status("Training", "Training image download completed. Training in progress.")
        for host in self._hosts:
            host.prepare(self._check)

    def _execute(self) -> None:
        """Run the commands of all hosts: to their end, or until one fails."""
        self._check()
        for host in self._hosts:
            host.start(on_exit=self._changed.set)
        processes = [host.process for host in self._hosts if host.process]
        try:
            while True:
                self._changed.clear()
                codes = [process.exit_code for process in processes]
                if None not in codes or any(codes):
                    break
                self._check()
                self._changed.wait(self._deadline - time.monotonic())
        except _Interrupted:
            self._end_processes()
            raise
        self._exit_code = next((code for code in codes if code), 0)
        if self._exit_code:
            failed = self._hosts[codes.index(self._exit_code)]
            for process in processes:
                process.kill()
                process.wait()
            raise JobFailedError(failed.failure_reason(self._exit_code))

    def _end_processes(self) -> None:
        processes = [host.process for host in self._hosts if host.process]
        for process in processes:
            process.terminate()
        last_moment = time.monotonic() + self._stop_grace_seconds
        for process in processes:
            if not process.wait(max(0.0, last_moment - time.monotonic())):
                process.kill()
                process.wait()

    def _upload(self) -> str | None:
        try:
            for host in self._hosts:
                host.upload_checkpoints()
            return upload_artifacts(self._s3, self._request, [host.ml for host in self._hosts], self._work_dir)
        except (S3Error, OSError, ValueError) as error:
            raise JobFailedError(f"ClientError: Artifact upload failed:{error}") from error

    def _metric_scanner(self) -> MetricScanner:
        try:
            return MetricScanner(metric_definitions(self._request))
        except re.error as error:
            raise JobFailedError(
                f"ClientError: The metric regex {error.pattern!r} is not a regular expression: {error}"
            ) from error

    def _check(self) -> None:
        """Raises _Interrupted when the job must not go on."""
        if self._stopping.is_set():
            raise _Interrupted("Stopped")
        if time.monotonic() > self._deadline:
            raise _Interrupted("MaxRuntimeExceeded")
