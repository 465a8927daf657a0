"""Training jobs: each one really runs the user's code, in a process of this machine.

Which checks are made at the call, and which by the job, follows the real service; so do the texts.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError
from botocore.model import ServiceModel

from jupyter_smext.runner import TrainingResult, TrainingRun
from jupyter_smext.runner.built_in import metric_definitions
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.execution_roles import ExecutionRoles
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.logs import LogWriter
from jupyter_smext.sandbox.metrics import Metric, Metrics
from jupyter_smext.sandbox.own_clients import OwnClients
from jupyter_smext.sandbox.sagemaker.instance_quotas import InstanceQuotas
from jupyter_smext.sandbox.sagemaker.job_slots import JobSlots
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources, timestamp
from jupyter_smext.sandbox.sagemaker.roles import require_assumable
from jupyter_smext.sandbox.sagemaker.training_metrics import TrainingMetrics
from jupyter_smext.sandbox.sagemaker.training_resources import require_consistent_resources
from jupyter_smext.sandbox.shapes import member_names

log = logging.getLogger(__name__)

TRAINING_JOB = Kind("training-job", "TrainingJob")
LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_TERMINAL = ("Completed", "Failed", "Stopped")
_DEFAULT_MAX_RUNTIME_SECONDS = 24 * 3600
_INTERRUPTED = "InternalServerError: The sandbox ended while this training job ran. Please try again."


@dataclass(frozen=True)
class TrainingSettings:
    work_dir: Path
    cache_dir: Path
    stop_grace_seconds: float


class TrainingJobs:
    """The training jobs of all regions."""

    def __init__(
        self,
        resources: Resources,
        logs: LogWriter,
        metrics: Metrics,
        clients: OwnClients,
        roles: ExecutionRoles,
        slots: JobSlots,
        quotas: InstanceQuotas,
        settings: TrainingSettings,
        model: ServiceModel,
    ) -> None:
        self._resources = resources
        self._logs = logs
        self._metrics = metrics
        self._clients = clients
        self._roles = roles
        self._slots = slots
        self._quotas = quotas
        self._settings = settings
        self._create_members = member_names(model.operation_model("CreateTrainingJob").input_shape)
        self._runs: dict[tuple[str, str], TrainingRun] = {}
        self._runs_lock = threading.Lock()
        self._closing = False

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateTrainingJob": self.create,
            "DescribeTrainingJob": self.describe,
            "ListTrainingJobs": self.list_training_jobs,
            "StopTrainingJob": self.stop,
            "DeleteTrainingJob": self.delete,
        }

    def settle_interrupted(self) -> None:
        """Ends the jobs that were running when the sandbox ended, however it ended."""
        for region, job in list(self._resources.all(TRAINING_JOB, statuses=("InProgress", "Stopping"))):
            stopping = job["TrainingJobStatus"] == "Stopping"
            result = TrainingResult(
                status="Stopped" if stopping else "Failed",
                secondary_status="Stopped" if stopping else "Failed",
                failure_reason=None if stopping else _INTERRUPTED,
                exit_code=None,
                model_artifacts=None,
                # Until the last that is known of it; the moment of the end is not.
                training_seconds=int(job["LastModifiedTime"] - job.get("TrainingStartTime", job["LastModifiedTime"])),
            )
            self._finish(region, job["TrainingJobName"], result, None)

    def close(self, timeout_seconds: float) -> None:
        """Ends what runs. A job that outlasts the timeout ends with the process."""
        self._closing = True
        with self._runs_lock:
            runs = list(self._runs.values())
        for run in runs:
            threading.Thread(target=run.stop, daemon=True).start()
        self._slots.close(timeout_seconds)

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        # The name is what makes a repeated request safe, so it is looked at before the checks that cost time.
        existing = self._resources.get(TRAINING_JOB, caller.region, request["TrainingJobName"])
        if existing is not None:
            raise _name_in_use(existing["TrainingJobArn"])
        self.check(caller, request)
        with self._quotas.room_for_training_job(caller.region, request):
            job = self._add(caller, request)
        self._slots.submit(lambda: self._run(caller.region, request["TrainingJobName"], None))
        return {"TrainingJobArn": job["TrainingJobArn"]}

    def create_trial(
        self, caller: Caller, request: dict[str, Any], tuning_job_arn: str, on_metric: Callable[[str, float], None]
    ) -> None:
        """A training job of a tuning job, in whose instances its own are counted.

        ``on_metric`` is called with the name and value of each metric that the job reports, in the job's thread.
        """
        self.check(caller, request)
        self._add(caller, request, {"TuningJobArn": tuning_job_arn})
        self._slots.submit(lambda: self._run(caller.region, request["TrainingJobName"], on_metric))

    def _add(self, caller: Caller, request: dict[str, Any], more: Mapping[str, Any] | None = None) -> Document:
        try:
            return self._resources.create(
                TRAINING_JOB,
                caller.region,
                request["TrainingJobName"],
                self._described(request) | dict(more or {}),
                request.get("Tags", []),
            )
        except AlreadyExists as taken:
            raise _name_in_use(str(taken)) from None

    def check(self, caller: Caller, request: dict[str, Any]) -> None:
        """Raises :class:`ValidationException` for a request that the service would not accept."""
        _refuse_unavailable(request)
        _require_consistent(request)
        require_assumable(self._clients, caller.region, request["RoleArn"])
        self._require_input_data(caller, request)

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._existing(caller, request)

    def list_training_jobs(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        if "WarmPoolStatusEquals" in request or "TrainingPlanArnEquals" in request:
            # The sandbox keeps no warm pools and no training plans, so no job has either.
            return {"TrainingJobSummaries": []}
        jobs, next_token = self._resources.page(TRAINING_JOB, caller, request, default_order="Ascending")
        return {"TrainingJobSummaries": jobs} | ({"NextToken": next_token} if next_token else {})

    def stop(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = self._existing(caller, request)["TrainingJobName"]

        def change(job: Document) -> None:
            if job["TrainingJobStatus"] in _TERMINAL:
                raise ValidationException(
                    "The request was rejected because the training job is in status "
                    f"{job['TrainingJobStatus']}. A training job in this status can't be stopped."
                )
            job["TrainingJobStatus"] = "Stopping"
            _move_to(job, "Stopping", "Stopping the training job")

        with self._runs_lock:
            self._resources.update(TRAINING_JOB, caller.region, name, change)
            run = self._runs.get((caller.region, name))
        if run is None:
            # It waited for a slot, and will not get one any more.
            self._finish(caller.region, name, TrainingResult("Stopped", "Stopped", None, None, None, 0), None)
        else:
            # The run waits for its process as long as the grace lasts; the call answers at once.
            threading.Thread(target=run.stop, name=f"stop-{name}", daemon=True).start()
        return {}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        job = self._existing(caller, request)
        if job["TrainingJobStatus"] not in _TERMINAL:
            raise AwsError(
                "ResourceInUse",
                f"The training job {job['TrainingJobArn']} is in status {job['TrainingJobStatus']}; "
                "stop it before it is deleted.",
            )
        self._resources.delete(TRAINING_JOB, caller.region, job["TrainingJobName"])
        return {}

    def _existing(self, caller: Caller, request: Mapping[str, Any]) -> Document:
        job = self._resources.get(TRAINING_JOB, caller.region, request["TrainingJobName"])
        if job is None:
            raise ValidationException("Requested resource not found.")
        return job

    def _require_input_data(self, caller: Caller, request: Mapping[str, Any]) -> None:
        s3 = self._roles.clients(request["RoleArn"]).get("s3", caller.region)
        for channel in request.get("InputDataConfig", []):
            uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
            location = urlsplit(uri)
            try:
                found = s3.list_objects_v2(Bucket=location.netloc, Prefix=location.path.lstrip("/"), MaxKeys=1)
            except ClientError as error:
                if error.response["Error"]["Code"] == "AccessDenied":
                    raise ValidationException(
                        f'Unauthorized to List objects under S3 URL "{uri}": {error.response["Error"]["Message"]}'
                    ) from error
                found = {"KeyCount": 0}
            if not found["KeyCount"]:
                raise ValidationException(
                    f'No S3 objects found under S3 URL "{uri}" given in input data source. Please ensure that the '
                    f"bucket exists in the selected region ({caller.region}), that objects exist under that S3 prefix, "
                    f'and that the role "{request["RoleArn"]}" has "s3:ListBucket" permissions on bucket '
                    f'"{location.netloc}".'
                )

    def _described(self, request: Mapping[str, Any]) -> Document:
        job = {name: value for name, value in request.items() if name != "Tags"}
        job["StoppingCondition"] = {"MaxRuntimeInSeconds": _DEFAULT_MAX_RUNTIME_SECONDS} | request.get(
            "StoppingCondition", {}
        )
        # Present and empty at AWS as well; the SDK's attach() reads it unasked.
        job["OutputDataConfig"] = {"KmsKeyId": "", "CompressionType": "GZIP"} | request["OutputDataConfig"]
        for flag in (
            "EnableNetworkIsolation",
            "EnableInterContainerTrafficEncryption",
            "EnableManagedSpotTraining",
        ):
            job.setdefault(flag, False)
        definitions = metric_definitions(job)
        if definitions:
            job["AlgorithmSpecification"] = job["AlgorithmSpecification"] | {"MetricDefinitions": definitions}
        job["TrainingJobStatus"] = "InProgress"
        if self._slots.busy:
            _move_to(job, "Pending", "Waiting for another training job of this machine to end")
        else:
            _move_to(job, "Starting", "Starting the training job")
        return job

    def _run(self, region: str, name: str, on_metric: Callable[[str, float], None] | None) -> None:
        """Carries out one job; never raises."""
        metrics = TrainingMetrics(self._resources, self._metrics, TRAINING_JOB, region, name)
        events = _JobEvents(self._resources, self._logs, metrics, region, name, on_metric)
        with self._runs_lock:
            job = self._resources.get(TRAINING_JOB, region, name)
            # What is left in progress when the sandbox closes is settled at the next start.
            if self._closing or job is None or job["TrainingJobStatus"] != "InProgress":
                return
            run = self._runs[region, name] = self._new_run(region, job, events)
        events.logs_lines = self._roles.writes_logs(job["RoleArn"], region, LOG_GROUP)
        try:
            result = run.run()
        except Exception as error:
            log.exception("Training job %s failed inside the sandbox", name)
            reason = f"InternalServerError: The sandbox failed to run this training job: {error}"
            result = TrainingResult("Failed", "Failed", reason, None, None, 0)
        self._logs.flush()
        metrics.flush()
        if self._closing and result.status == "Stopped" and not self._was_stopped(region, name):
            result = replace(result, status="Failed", secondary_status="Failed", failure_reason=_INTERRUPTED)
        with self._runs_lock:
            self._finish(region, name, result, events.final_message)
            del self._runs[region, name]

    def _new_run(self, region: str, job: Document, events: _JobEvents) -> TrainingRun:
        return TrainingRun(
            {member: value for member, value in job.items() if member in self._create_members},
            job_arn=job["TrainingJobArn"],
            s3=self._roles.clients(job["RoleArn"]).get("s3", region),
            work_dir=self._settings.work_dir / f"training-{region}-{job['TrainingJobName']}",
            cache_dir=self._settings.cache_dir,
            events=events,
            environment=self._roles.environment(job["RoleArn"], region),
            stop_grace_seconds=self._settings.stop_grace_seconds,
        )

    def _was_stopped(self, region: str, name: str) -> bool:
        """Whether its owner asked for it."""
        job = self._resources.get(TRAINING_JOB, region, name)
        return job is not None and job["TrainingJobStatus"] == "Stopping"

    def _finish(self, region: str, name: str, result: TrainingResult, message: str | None) -> None:
        def change(job: Document) -> None:
            job["TrainingJobStatus"] = result.status
            _move_to(job, result.secondary_status, message or _FINAL_MESSAGES[result.secondary_status])
            last = job["SecondaryStatusTransitions"][-1]
            last["EndTime"] = job["TrainingEndTime"] = last["StartTime"]
            job["TrainingTimeInSeconds"] = job["BillableTimeInSeconds"] = result.training_seconds
            if result.failure_reason:
                job["FailureReason"] = result.failure_reason
            if result.model_artifacts:
                job["ModelArtifacts"] = {"S3ModelArtifacts": result.model_artifacts}

        self._resources.update(TRAINING_JOB, region, name, change)


class _JobEvents:
    """Writes what a run tells into the job, its logs and its metrics."""

    def __init__(
        self,
        resources: Resources,
        logs: LogWriter,
        metrics: TrainingMetrics,
        region: str,
        name: str,
        on_metric: Callable[[str, float], None] | None,
    ) -> None:
        self._resources = resources
        self._logs = logs
        self._metrics = metrics
        self._region = region
        self._name = name
        self._on_metric = on_metric
        self._epoch = int(time.time())
        self.final_message: str | None = None
        self.logs_lines = True

    def status(self, secondary_status: str, message: str) -> None:
        if secondary_status in _FINAL_MESSAGES:
            # The last status and the last secondary status change in one step, once the run has ended.
            self.final_message = message
            return

        def change(job: Document) -> None:
            if job["TrainingJobStatus"] == "InProgress" or secondary_status == "Uploading":
                _move_to(job, secondary_status, message)
            if secondary_status in ("Downloading", "Training"):
                job.setdefault("TrainingStartTime", timestamp())

        self._resources.update(TRAINING_JOB, self._region, self._name, change)

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        if not self.logs_lines:
            return
        stream = f"{self._name}/{host}-{self._epoch}"
        self._logs.write(self._region, LOG_GROUP, stream, line, timestamp_ms)

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        if self._on_metric:
            self._on_metric(name, value)
        self._metrics.record(Metric(name, value, timestamp=timestamp_ms / 1000))


_FINAL_MESSAGES = {
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job stopped: the maximum runtime was exceeded",
}


def _move_to(job: Document, secondary_status: str, message: str) -> None:
    now = timestamp()
    transitions = job.setdefault("SecondaryStatusTransitions", [])
    if transitions and transitions[-1]["Status"] == secondary_status:
        transitions[-1]["StatusMessage"] = message
        return
    if transitions:
        transitions[-1]["EndTime"] = now
    transitions.append({"Status": secondary_status, "StartTime": now, "StatusMessage": message})
    job["SecondaryStatus"] = secondary_status


def _name_in_use(arn: str) -> AwsError:
    return AwsError(
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job with this name "
        f"already exists ({arn})",
    )


def _refuse_unavailable(request: Mapping[str, Any]) -> None:
    """Raises for what would run on SageMaker and can not here."""
    algorithm = request.get("AlgorithmSpecification", {})
    sources = [channel["DataSource"] for channel in request.get("InputDataConfig", [])]
    unavailable = {
        "ServerlessJobConfig": "ServerlessJobConfig" in request,
        "AlgorithmSpecification.AlgorithmName": "AlgorithmName" in algorithm,
        "FileSystemDataSource": any("FileSystemDataSource" in source for source in sources),
        "DatasetSource": any("DatasetSource" in source for source in sources),
    }
    for what, asked in unavailable.items():
        if asked:
            raise ValidationException(f"{what} is not available in the sandbox.")


def _require_consistent(request: Mapping[str, Any]) -> None:
    """The checks of the service that its model does not hold."""
    if "AlgorithmSpecification" not in request:
        raise ValidationException("AlgorithmSpecification is required.")
    if "TrainingImage" not in request["AlgorithmSpecification"]:
        raise ValidationException("AlgorithmSpecification requires either TrainingImage or AlgorithmName.")
    require_consistent_resources(request)
    names = [channel["ChannelName"] for channel in request.get("InputDataConfig", [])]
    if len(names) != len(set(names)):
        raise ValidationException("Channel names must be unique within InputDataConfig.")
    if any("S3DataSource" not in channel["DataSource"] for channel in request.get("InputDataConfig", [])):
        raise ValidationException("A channel's DataSource requires S3DataSource.")
    stopping = request.get("StoppingCondition", {})
    wait, runtime = stopping.get("MaxWaitTimeInSeconds"), stopping.get("MaxRuntimeInSeconds")
    if request.get("EnableManagedSpotTraining"):
        if wait is None:
            raise ValidationException("MaxWaitTimeInSeconds is required when EnableManagedSpotTraining is true.")
        if wait < (runtime or _DEFAULT_MAX_RUNTIME_SECONDS):
            raise ValidationException(
                "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
            )
    elif wait is not None:
        raise ValidationException("MaxWaitTimeInSeconds is only allowed when EnableManagedSpotTraining is true.")
