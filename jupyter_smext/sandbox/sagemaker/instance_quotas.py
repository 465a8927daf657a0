"""Whether there is room for the instances that a training or tuning job asks for.

A tuning job counts with all the training jobs that it may run at once, from its beginning to its end.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.sagemaker.resources import Kind, Resources
from jupyter_smext.sandbox.service_quotas import SPOT_TRAINING, TRAINING, ServiceQuotas, quota_name

_ACTIVE = ("InProgress", "Stopping")


class InstanceQuotas:
    """The quotas of instances, and how much of them is in use."""

    def __init__(self, resources: Resources, quotas: ServiceQuotas, training_job: Kind, tuning_job: Kind) -> None:
        self._resources = resources
        self._quotas = quotas
        self._training_job = training_job
        self._tuning_job = tuning_job
        self._lock = threading.Lock()

    @contextmanager
    def room_for_training_job(self, region: str, request: Mapping[str, Any]) -> Iterator[None]:
        """While this lasts, nobody else takes the instances; the job has to be in the table when it ends.

        Raises an :class:`AwsError` when a quota has no room for them.
        """
        with self._lock:
            self._require(region, _instances_of(request))
            yield

    @contextmanager
    def room_for_tuning_job(self, region: str, request: Mapping[str, Any]) -> Iterator[None]:
        """The same for all that a tuning job may run at once."""
        with self._lock:
            self._require(region, _instances_of_tuning(request))
            yield

    def _require(self, region: str, wanted: Counter[str]) -> None:
        used = self._in_use(region)
        for name, count in wanted.items():
            limit = self._quotas.value(region, name)
            if used[name] + count > limit:
                raise AwsError(
                    "ResourceLimitExceeded",
                    f"The account-level service limit '{name}' is {limit:g} Instances, with current utilization of "
                    f"{used[name]} Instances and a request delta of {count} Instances. Please use AWS Service Quotas "
                    "to request an increase for this quota. If AWS Service Quotas is not available, contact AWS "
                    "support to request an increase for this quota.",
                )

    def _in_use(self, region: str) -> Counter[str]:
        used: Counter[str] = Counter()
        for _, job in self._resources.all(self._training_job, region, _ACTIVE):
            if "TuningJobArn" not in job:
                used += _instances_of(job)
        for _, job in self._resources.all(self._tuning_job, region, _ACTIVE):
            used += _instances_of_tuning(job)
        return used


def _instances_of(job: Mapping[str, Any]) -> Counter[str]:
    """How many instances of which quota a training job, or the definition of one, asks for.

    Of InstancePreferences none counts: any of them may serve.
    """
    usage = SPOT_TRAINING if job.get("EnableManagedSpotTraining") else TRAINING
    resources = job.get("ResourceConfig") or job.get("HyperParameterTuningResourceConfig", {})
    wanted: Counter[str] = Counter()
    if "InstanceType" in resources:
        wanted[quota_name(resources["InstanceType"], usage)] += resources["InstanceCount"]
    for group in resources.get("InstanceGroups", []):
        wanted[quota_name(group["InstanceType"], usage)] += group["InstanceCount"]
    return wanted


def _instances_of_tuning(job: Mapping[str, Any]) -> Counter[str]:
    """The most that a tuning job may use: all that it runs at once may be of one definition."""
    definitions = job.get("TrainingJobDefinitions") or [job["TrainingJobDefinition"]]
    most: Counter[str] = Counter()
    for definition in definitions:
        most |= _instances_of(definition)
    at_once = job["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"]
    return Counter({name: count * at_once for name, count in most.items()})
