"""What a tuning job runs: one training job definition, or several with objectives and ranges of their own.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobDefinition.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_smext.runner.tuning.errors import TuningError

_NOT_OF_TRAINING_JOBS = {
    "DefinitionName",
    "HyperParameterRanges",
    "HyperParameterTuningResourceConfig",
    "StaticHyperParameters",
    "TuningObjective",
}


@dataclass(frozen=True)
class Definition:
    """One definition, with the objective and the ranges that are searched for it."""

    name: str | None
    document: Mapping[str, Any]
    objective: Mapping[str, str]
    ranges: Mapping[str, Any]

    @property
    def static(self) -> Mapping[str, str]:
        """The hyperparameters that are the same in all trials."""
        static: Mapping[str, str] = self.document.get("StaticHyperParameters", {})
        return static

    @property
    def maximizes(self) -> bool:
        """Whether a higher objective is a better one."""
        return self.objective["Type"] == "Maximize"

    def training_job(self, name: str, values: Mapping[str, str]) -> dict[str, Any]:
        """The CreateTrainingJob request for one choice of hyperparameters."""
        request = {member: value for member, value in self.document.items() if member not in _NOT_OF_TRAINING_JOBS}
        if "HyperParameterTuningResourceConfig" in self.document:
            request["ResourceConfig"] = _resource_config(self.document["HyperParameterTuningResourceConfig"])
        request["HyperParameters"] = {
            **self.static,
            **values,
            # As the service adds it; the toolkits in the containers take it out again.
            "_tuning_objective_metric": self.objective["MetricName"],
        }
        return request | {"TrainingJobName": name}


def definitions_of(request: Mapping[str, Any]) -> list[Definition]:
    """The definitions of a CreateHyperParameterTuningJob request. Raises :class:`TuningError`."""
    config = request["HyperParameterTuningJobConfig"]
    if "TrainingJobDefinition" in request:
        if "TrainingJobDefinitions" in request:
            raise TuningError("TrainingJobDefinition and TrainingJobDefinitions can not both be given.")
        if "HyperParameterTuningJobObjective" not in config:
            raise TuningError("HyperParameterTuningJobConfig requires HyperParameterTuningJobObjective.")
        document = request["TrainingJobDefinition"]
        objective, ranges = config["HyperParameterTuningJobObjective"], config.get("ParameterRanges", {})
        return [Definition(document.get("DefinitionName"), document, objective, ranges)]
    if not request.get("TrainingJobDefinitions"):
        raise TuningError("Either TrainingJobDefinition or TrainingJobDefinitions is required.")
    for member in ("HyperParameterTuningJobObjective", "ParameterRanges"):
        if member in config:
            raise TuningError(f"With TrainingJobDefinitions, {member} belongs into each definition.")
    definitions = [_one_of_several(document) for document in request["TrainingJobDefinitions"]]
    if len({definition.name for definition in definitions}) < len(definitions):
        raise TuningError("Each of the TrainingJobDefinitions requires a DefinitionName of its own.")
    if len({definition.objective["Type"] for definition in definitions}) > 1:
        raise TuningError("The TuningObjectives of all definitions must have the same Type.")
    return definitions


def _one_of_several(document: Mapping[str, Any]) -> Definition:
    for member in ("DefinitionName", "TuningObjective"):
        if member not in document:
            raise TuningError(f"Each of the TrainingJobDefinitions requires {member}.")
    return Definition(
        document["DefinitionName"], document, document["TuningObjective"], document.get("HyperParameterRanges", {})
    )


def _resource_config(resources: Mapping[str, Any]) -> dict[str, Any]:
    # Types in the order of preference: the first one has capacity here.
    chosen = (resources.get("InstanceConfigs") or [{}])[0]
    return {
        member: value
        for member, value in {**resources, **chosen}.items()
        if member not in ("InstanceConfigs", "AllocationStrategy")
    }
