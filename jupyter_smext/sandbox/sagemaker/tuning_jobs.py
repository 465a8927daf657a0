"""Hyperparameter tuning jobs: each trial is a training job that really runs.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.own_clients import INTERNAL_ACCESS_KEY
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources, timestamp
from jupyter_smext.sandbox.sagemaker.training_jobs import TRAINING_JOB, TrainingJobs
from jupyter_smext.sandbox.sagemaker.tuning_strategies import Strategy, Values, strategy_of

log = logging.getLogger(__name__)

TUNING_JOB = Kind("hyper-parameter-tuning-job", "HyperParameterTuningJob")
# The trials in their order, beside what DescribeHyperParameterTuningJob tells.
_TRIALS = "_Trials"
_POLL_SECONDS = 0.2
_TERMINAL = ("Completed", "Failed", "Stopped")
_INTERRUPTED = "InternalServerError: The sandbox ended while this tuning job ran. Please try again."


class TuningJobs:
    """The hyperparameter tuning jobs of all regions."""

    def __init__(self, resources: Resources, training_jobs: TrainingJobs) -> None:
        self._resources = resources
        self._training_jobs = training_jobs
        self._closing = threading.Event()

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateHyperParameterTuningJob": self.create,
            "DescribeHyperParameterTuningJob": self.describe,
            "ListHyperParameterTuningJobs": self.list_tuning_jobs,
            "ListTrainingJobsForHyperParameterTuningJob": self.list_training_jobs,
            "StopHyperParameterTuningJob": self.stop,
        }

    def settle_interrupted(self) -> None:
        """Ends the jobs that were running when the sandbox ended."""
        for region, job in list(self._resources.all(TUNING_JOB, statuses=("InProgress", "Stopping"))):
            stopping = job["HyperParameterTuningJobStatus"] == "Stopping"
            self._finish(region, job["HyperParameterTuningJobName"], "Stopped" if stopping else "Failed", _INTERRUPTED)

    def close(self) -> None:
        """Starts no more trials."""
        self._closing.set()

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        _refuse_unavailable(request)
        config, name = request["HyperParameterTuningJobConfig"], request["HyperParameterTuningJobName"]
        strategy = strategy_of(config)
        self._training_jobs.check(caller, _trial_request(request, f"{name}-001", {}))
        document = {member: value for member, value in request.items() if member != "Tags"}
        document |= {"HyperParameterTuningJobStatus": "InProgress", _TRIALS: []}
        try:
            job = self._resources.create(TUNING_JOB, caller.region, name, document, request.get("Tags", []))
        except AlreadyExists as taken:
            raise AwsError("ResourceInUse", f"A hyperparameter tuning job with this name exists: {taken}") from None
        threading.Thread(
            target=self._run, args=(caller.region, name, request, strategy), name=f"tuning-{name}", daemon=True
        ).start()
        return {"HyperParameterTuningJobArn": job["HyperParameterTuningJobArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._with_trials(caller.region, self._existing(caller, request))

    def list_tuning_jobs(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        jobs, next_token = self._resources.page(TUNING_JOB, caller, request)
        summaries = [
            self._with_trials(caller.region, job)
            | {
                "Strategy": job["HyperParameterTuningJobConfig"]["Strategy"],
                "ResourceLimits": job["HyperParameterTuningJobConfig"]["ResourceLimits"],
            }
            for job in jobs
        ]
        return {"HyperParameterTuningJobSummaries": summaries} | ({"NextToken": next_token} if next_token else {})

    def list_training_jobs(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        job = self._existing(caller, request)
        trials = self._trials(caller.region, job)
        if "StatusEquals" in request:
            trials = [trial for trial in trials if trial["TrainingJobStatus"] == request["StatusEquals"]]
        key = {
            "Name": lambda trial: trial["TrainingJobName"],
            "Status": lambda trial: trial["TrainingJobStatus"],
            "FinalObjectiveMetricValue": _objective_value,
        }.get(request.get("SortBy", "Name"), lambda trial: trial["CreationTime"])
        if request.get("SortBy") == "FinalObjectiveMetricValue":
            # Jobs that did not report the objective are left out of this order, as at AWS.
            trials = [trial for trial in trials if _objective_value(trial) is not None]
        trials.sort(key=key, reverse=request.get("SortOrder", "Ascending") == "Descending")
        first = int(request.get("NextToken", "0")) if request.get("NextToken", "0").isdigit() else -1
        if first < 0:
            raise ValidationException("The NextToken is not valid: it was not issued by this operation.")
        last = first + request.get("MaxResults", 10)
        answer: dict[str, Any] = {"TrainingJobSummaries": trials[first:last]}
        return answer | ({"NextToken": str(last)} if len(trials) > last else {})

    def stop(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        def change(job: Document) -> None:
            if job["HyperParameterTuningJobStatus"] in _TERMINAL:
                raise ValidationException(
                    f"The tuning job is in status {job['HyperParameterTuningJobStatus']} and can't be stopped."
                )
            job["HyperParameterTuningJobStatus"] = "Stopping"

        self._existing(caller, request)
        self._resources.update(TUNING_JOB, caller.region, request["HyperParameterTuningJobName"], change)
        return {}

    def _existing(self, caller: Caller, request: Mapping[str, Any]) -> Document:
        job = self._resources.get(TUNING_JOB, caller.region, request["HyperParameterTuningJobName"])
        if job is None:
            raise AwsError("ResourceNotFound", "The hyperparameter tuning job does not exist.")
        return job

    def _run(self, region: str, name: str, request: Document, strategy: Strategy) -> None:
        """Carries out one tuning job; never raises."""
        try:
            self._run_trials(region, name, request, strategy)
        except AwsError as error:
            self._finish(region, name, "Failed", error.message)
        except Exception as error:
            log.exception("Tuning job %s failed inside the sandbox", name)
            self._finish(region, name, "Failed", f"InternalServerError: The sandbox failed to tune: {error}")

    def _run_trials(self, region: str, name: str, request: Document, strategy: Strategy) -> None:
        caller = Caller(access_key=INTERNAL_ACCESS_KEY, region=region, service="sagemaker")
        limits = request["HyperParameterTuningJobConfig"]["ResourceLimits"]
        most, parallel = limits.get("MaxNumberOfTrainingJobs"), limits["MaxParallelTrainingJobs"]
        running: dict[str, Values] = {}
        started, exhausted = 0, False
        while not self._closing.wait(_POLL_SECONDS):
            job = self._resources.get(TUNING_JOB, region, name)
            if job is None:
                return
            stopping = job["HyperParameterTuningJobStatus"] == "Stopping"
            trials = {trial["TrainingJobName"]: trial for trial in self._trials(region, job)}
            for trial in [trial for trial in running if trials[trial]["TrainingJobStatus"] in _TERMINAL]:
                strategy.tell(running.pop(trial), _objective_value(trials[trial]))
            if stopping:
                for trial in running:
                    if trials[trial]["TrainingJobStatus"] == "InProgress":
                        self._training_jobs.stop(caller, {"TrainingJobName": trial})
            while not stopping and not exhausted and len(running) < parallel and (most is None or started < most):
                values = strategy.ask()
                if values is None:
                    exhausted = True
                    break
                started += 1
                trial = f"{name}-{started:03d}-{secrets.token_hex(4)}"
                self._start(caller, job, request, trial, values)
                running[trial] = values
            if not running and (stopping or exhausted or started == most):
                self._end(region, name, stopping)
                return

    def _start(self, caller: Caller, job: Document, request: Document, trial: str, values: Values) -> None:
        self._training_jobs.create(caller, _trial_request(request, trial, values))

        def belongs(training_job: Document) -> None:
            training_job["TuningJobArn"] = job["HyperParameterTuningJobArn"]

        def grows(tuning_job: Document) -> None:
            tuning_job[_TRIALS].append({"TrainingJobName": trial, "TunedHyperParameters": values})

        self._resources.update(TRAINING_JOB, caller.region, trial, belongs)
        self._resources.update(TUNING_JOB, caller.region, job["HyperParameterTuningJobName"], grows)

    def _end(self, region: str, name: str, stopping: bool) -> None:
        job = self._resources.get(TUNING_JOB, region, name)
        if stopping or job is None:
            self._finish(region, name, "Stopped", None)
        elif any(_objective_value(trial) is not None for trial in self._trials(region, job)):
            self._finish(region, name, "Completed", None)
        else:
            reason = "No training job reported the objective metric. Look at the logs of the training jobs."
            self._finish(region, name, "Failed", reason)

    def _finish(self, region: str, name: str, status: str, reason: str | None) -> None:
        def change(job: Document) -> None:
            job["HyperParameterTuningJobStatus"] = status
            job["HyperParameterTuningEndTime"] = timestamp()
            if status == "Failed" and reason:
                job["FailureReason"] = reason

        self._resources.update(TUNING_JOB, region, name, change)

    def _trials(self, region: str, job: Document) -> list[Document]:
        """The summaries of the training jobs, in the order in which they were started."""
        objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
        trials = []
        for trial in job[_TRIALS]:
            described = self._resources.get(TRAINING_JOB, region, trial["TrainingJobName"])
            if described is not None:
                trials.append(_summary({**described, **trial}, objective))
        return trials

    def _with_trials(self, region: str, job: Document) -> Document:
        trials = self._trials(region, job)
        statuses = [trial["TrainingJobStatus"] for trial in trials]
        objectives = [trial["ObjectiveStatus"] for trial in trials]
        told = job | {
            "TrainingJobStatusCounters": {
                "Completed": statuses.count("Completed"),
                "InProgress": statuses.count("InProgress") + statuses.count("Stopping"),
                "RetryableError": 0,
                "NonRetryableError": statuses.count("Failed"),
                "Stopped": statuses.count("Stopped"),
            },
            "ObjectiveStatusCounters": {
                status: objectives.count(status) for status in ("Succeeded", "Pending", "Failed")
            },
        }
        rated = [trial for trial in trials if trial["ObjectiveStatus"] == "Succeeded"]
        if rated:
            objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
            best = max if objective["Type"] == "Maximize" else min
            told["BestTrainingJob"] = best(
                rated, key=lambda trial: float(trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])
            )
        return told


def _trial_request(request: Mapping[str, Any], name: str, values: Values) -> dict[str, Any]:
    """CreateTrainingJob for one choice of hyperparameters."""
    definition = request["TrainingJobDefinition"]
    trial = {
        member: value
        for member, value in definition.items()
        if member not in ("StaticHyperParameters", "DefinitionName", "HyperParameterTuningResourceConfig")
    }
    if "HyperParameterTuningResourceConfig" in definition:
        trial["ResourceConfig"] = definition["HyperParameterTuningResourceConfig"]
    objective = request["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["MetricName"]
    trial["HyperParameters"] = {
        **definition.get("StaticHyperParameters", {}),
        **values,
        # As the service adds it; the toolkits in the containers take it out again.
        "_tuning_objective_metric": objective,
    }
    return trial | {"TrainingJobName": name}


def _summary(training_job: Document, objective: Mapping[str, str]) -> Document:
    values = [
        metric["Value"]
        for metric in training_job.get("FinalMetricDataList", [])
        if metric["MetricName"] == objective["MetricName"]
    ]
    ended = training_job["TrainingJobStatus"] in _TERMINAL
    summary = dict(training_job)
    summary["ObjectiveStatus"] = ("Succeeded" if values else "Failed") if ended else "Pending"
    if ended and values:
        summary["FinalHyperParameterTuningJobObjectiveMetric"] = {**objective, "Value": values[0]}
    return summary


def _objective_value(trial: Mapping[str, Any]) -> float | None:
    metric = trial.get("FinalHyperParameterTuningJobObjectiveMetric")
    return metric["Value"] if metric else None


def _refuse_unavailable(request: Mapping[str, Any]) -> None:
    """Raises for what would change the result on SageMaker and can not here."""
    config = request["HyperParameterTuningJobConfig"]
    limits = config["ResourceLimits"]
    if "TrainingJobDefinition" not in request:
        raise ValidationException("Several TrainingJobDefinitions are not available in the sandbox.")
    if "HyperParameterTuningJobObjective" not in config:
        raise ValidationException("HyperParameterTuningJobConfig requires HyperParameterTuningJobObjective.")
    if config["Strategy"] != "Grid" and "MaxNumberOfTrainingJobs" not in limits:
        raise ValidationException("ResourceLimits requires MaxNumberOfTrainingJobs.")
    unavailable = {
        "WarmStartConfig": "WarmStartConfig" in request,
        "Autotune": "Autotune" in request,
        "AutoParameters": bool(config.get("ParameterRanges", {}).get("AutoParameters")),
        "TrainingJobEarlyStoppingType Auto": config.get("TrainingJobEarlyStoppingType", "Off") != "Off",
        "TuningJobCompletionCriteria": bool(config.get("TuningJobCompletionCriteria")),
        "ResourceLimits.MaxRuntimeInSeconds": "MaxRuntimeInSeconds" in limits,
        "InstanceConfigs": "InstanceConfigs"
        in request["TrainingJobDefinition"].get("HyperParameterTuningResourceConfig", {}),
        "RetryStrategy": "RetryStrategy" in request["TrainingJobDefinition"],
    }
    for what, asked in unavailable.items():
        if asked:
            raise ValidationException(f"{what} is not available in the sandbox.")
