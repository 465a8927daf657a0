"""Hyperparameter tuning jobs: each trial is a training job that really runs.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_smext.runner.tuning.definitions import definitions_of
from jupyter_smext.runner.tuning.errors import TuningError
from jupyter_smext.runner.tuning.run import Search, Started, TuningRun, criteria_of, searches_of
from jupyter_smext.runner.tuning.stopping import CompletionCriteria
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.own_clients import INTERNAL_ACCESS_KEY
from jupyter_smext.sandbox.sagemaker.instance_quotas import InstanceQuotas
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources, timestamp
from jupyter_smext.sandbox.sagemaker.training_jobs import TRAINING_JOB, TrainingJobs
from jupyter_smext.sandbox.sagemaker.tuning_summaries import (
    best,
    counters,
    objective_value,
    objectives_in_order,
    summary,
)
from jupyter_smext.sandbox.sagemaker.tuning_warm_start import IDENTICAL, parent_names, require_usable_parent

log = logging.getLogger(__name__)

TUNING_JOB = Kind("hyper-parameter-tuning-job", "HyperParameterTuningJob")
# The trials in their order, beside what DescribeHyperParameterTuningJob tells.
_TRIALS = "_Trials"
_TERMINAL = ("Completed", "Failed", "Stopped")
_INTERRUPTED = "InternalServerError: The sandbox ended while this tuning job ran. Please try again."


class TuningJobs:
    """The hyperparameter tuning jobs of all regions."""

    def __init__(self, resources: Resources, training_jobs: TrainingJobs, quotas: InstanceQuotas) -> None:
        self._resources = resources
        self._quotas = quotas
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
        config, name = request["HyperParameterTuningJobConfig"], request["HyperParameterTuningJobName"]
        try:
            searches, criteria = searches_of(request), criteria_of(request)
        except TuningError as error:
            raise ValidationException(str(error)) from error
        for search in searches:
            self._training_jobs.check(caller, search.definition.training_job(f"{name}-001", {}))
        for parent_name in parent_names(request):
            parent = self._resources.get(TUNING_JOB, caller.region, parent_name)
            require_usable_parent(request, parent_name, parent)
        for trial in self._trials_of_parents(caller.region, request):
            searches[0].learn(trial["TunedHyperParameters"], objective_value(trial))
        document = {member: value for member, value in request.items() if member != "Tags"}
        document |= {"HyperParameterTuningJobStatus": "InProgress", _TRIALS: []}
        try:
            with self._quotas.room_for_tuning_job(caller.region, request):
                job = self._resources.create(TUNING_JOB, caller.region, name, document, request.get("Tags", []))
        except AlreadyExists as taken:
            raise AwsError("ResourceInUse", f"A hyperparameter tuning job with this name exists: {taken}") from None
        threading.Thread(
            target=self._run, args=(caller.region, name, config, searches, criteria), name=f"tuning-{name}", daemon=True
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
            "FinalObjectiveMetricValue": objective_value,
        }.get(request.get("SortBy", "Name"), lambda trial: trial["CreationTime"])
        if request.get("SortBy") == "FinalObjectiveMetricValue":
            # Jobs that did not report the objective are left out of this order, as at AWS.
            trials = [trial for trial in trials if objective_value(trial) is not None]
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

    def _run(
        self, region: str, name: str, config: Document, searches: list[Search], criteria: CompletionCriteria
    ) -> None:
        """Carries out one tuning job; never raises."""
        caller = Caller(access_key=INTERNAL_ACCESS_KEY, region=region, service="sagemaker")

        def starts(started: Started) -> None:
            self._start(caller, name, started)

        def is_stopping() -> bool:
            job = self._resources.get(TUNING_JOB, region, name)
            return job is None or job["HyperParameterTuningJobStatus"] == "Stopping"

        def has_ended(trial_name: str) -> bool:
            trial = self._resources.get(TRAINING_JOB, region, trial_name)
            return trial is None or trial["TrainingJobStatus"] in _TERMINAL

        def stops(trial_name: str) -> None:
            try:
                self._training_jobs.stop(caller, {"TrainingJobName": trial_name})
            except AwsError:
                # It has just ended by itself.
                log.debug("The training job %s is not stopped", trial_name, exc_info=True)

        run = TuningRun(
            name,
            config,
            searches,
            criteria,
            start=starts,
            stop=stops,
            has_ended=has_ended,
            is_stopping=is_stopping,
        )
        try:
            stopped = run.run(self._closing)
            if not self._closing.is_set():
                self._end(region, name, stopped)
        except AwsError as error:
            self._finish(region, name, "Failed", error.message)
        except Exception as error:
            log.exception("Tuning job %s failed inside the sandbox", name)
            self._finish(region, name, "Failed", f"InternalServerError: The sandbox failed to tune: {error}")

    def _start(self, caller: Caller, name: str, started: Started) -> None:
        request = started.search.definition.training_job(started.name, started.values)
        self._training_jobs.create_trial(caller, request, TUNING_JOB.arn(caller.region, name), started.on_metric)
        definition = started.search.definition.name

        def grows(tuning_job: Document) -> None:
            trial = {"TrainingJobName": started.name, "TunedHyperParameters": started.values}
            tuning_job[_TRIALS].append(trial | ({"TrainingJobDefinitionName": definition} if definition else {}))

        self._resources.update(TUNING_JOB, caller.region, name, grows)

    def _end(self, region: str, name: str, stopping: bool) -> None:
        job = self._resources.get(TUNING_JOB, region, name)
        if stopping or job is None:
            self._finish(region, name, "Stopped", None)
        elif any(objective_value(trial) is not None for trial in self._trials(region, job)):
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
        objectives = {definition.name: definition.objective for definition in definitions_of(job)}
        trials = []
        for trial in job[_TRIALS]:
            described = self._resources.get(TRAINING_JOB, region, trial["TrainingJobName"])
            if described is not None:
                objective = objectives[trial.get("TrainingJobDefinitionName")]
                trials.append(summary({**described, **trial}, objective))
        return trials

    def _with_trials(self, region: str, job: Document) -> Document:
        trials = self._trials(region, job)
        maximizes = definitions_of(job)[0].maximizes
        end = job.get("HyperParameterTuningEndTime", timestamp())
        told = job | counters(trials) | {"ConsumedResources": {"RuntimeInSeconds": int(end - job["CreationTime"])}}
        if found := best(trials, maximizes=maximizes):
            told["BestTrainingJob"] = found
        if job.get("WarmStartConfig", {}).get("WarmStartType") == IDENTICAL:
            candidates = [*trials, *self._trials_of_parents(region, job)]
            if found := best(candidates, maximizes=maximizes):
                told["OverallBestTrainingJob"] = found
        if criteria := job["HyperParameterTuningJobConfig"].get("TuningJobCompletionCriteria"):
            waited = CompletionCriteria(criteria, maximizes=maximizes).not_improving(objectives_in_order(trials))
            told["TuningJobCompletionDetails"] = {"NumberOfTrainingJobsObjectiveNotImproving": waited}
        return told

    def _trials_of_parents(self, region: str, job: Document) -> Iterator[Document]:
        for name in parent_names(job):
            parent = self._resources.get(TUNING_JOB, region, name)
            for trial in self._trials(region, parent) if parent else ():
                yield trial | {"TuningJobName": name}
