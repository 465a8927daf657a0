"""Tuning jobs that start from what earlier ones found.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_smext.runner.tuning.definitions import Definition, definitions_of
from jupyter_smext.sandbox.errors import ValidationException

IDENTICAL = "IdenticalDataAndAlgorithm"
_TERMINAL = ("Completed", "Failed", "Stopped")


def parent_names(request: Mapping[str, Any]) -> list[str]:
    """The tuning jobs that a request starts from."""
    parents = request.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    return [parent["HyperParameterTuningJobName"] for parent in parents]


def require_usable_parent(request: Mapping[str, Any], name: str, parent: Mapping[str, Any] | None) -> None:
    """Raises :class:`ValidationException` when the tuning job ``name`` cannot be a parent of the requested one."""
    if parent is None:
        raise ValidationException(f"The parent tuning job {name} does not exist.")
    if parent["HyperParameterTuningJobStatus"] not in _TERMINAL:
        raise ValidationException(
            f"The parent tuning job {name} is in status {parent['HyperParameterTuningJobStatus']}; it has to end first."
        )
    if "TrainingJobDefinitions" in request or "TrainingJobDefinitions" in parent:
        raise ValidationException("Warm start with TrainingJobDefinitions is not available in the sandbox.")
    if request["WarmStartConfig"]["WarmStartType"] == IDENTICAL:
        _require_identical(definitions_of(request)[0], definitions_of(parent)[0], name)


def _require_identical(own: Definition, parent: Definition, name: str) -> None:
    for (what, value), (_, other) in zip(_of_identical(own), _of_identical(parent), strict=True):
        if value != other:
            raise ValidationException(f"With {IDENTICAL}, {what} must be the same as in the parent tuning job {name}.")


def _of_identical(definition: Definition) -> list[tuple[str, Any]]:
    """What may not differ."""
    return [
        ("the training image", definition.document["AlgorithmSpecification"].get("TrainingImage")),
        ("InputDataConfig", definition.document.get("InputDataConfig")),
        ("the objective", definition.objective),
        ("the number of hyperparameters", len(_hyperparameters(definition))),
    ]


def _hyperparameters(definition: Definition) -> set[str]:
    tuned = {item["Name"] for items in definition.ranges.values() for item in items}
    return tuned | set(definition.static)
