"""A request of SDK v3 in the form that the training toolkit of the framework images reads, which is how we launch.

v3 hands a script over in channels of its own (`code`, `sm_drivers`) and starts it by an entry point of the container;
the toolkit finds the package and the script's name in hyperparameters. The script gets the same arguments by both,
apart from the dashes before names of one letter.
https://github.com/aws/sagemaker-training-toolkit
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from pydantic import JsonValue

from ...aws.errors import ErrorCode, SmextError
from ...estimators.distribution import distribution_hyperparameters
from ...estimators.models import Compute, Distribution, DistributionType

_DELIVERY = ("code", "sm_drivers")
# Stands where the package will be: what captures a job uploads nothing.
PLACEHOLDER = "s3://to-be-packed/sourcedir.tar.gz"


def in_toolkit_form(request: dict[str, Any], trainers: Sequence[Any], notes: list[str]) -> dict[str, Any]:
    """The request, with the code of each trainer in the toolkit's way. ``notes`` get what has no form there.

    Raises `NotSupported` where code can be started by v3 only.
    """
    request = copy.deepcopy(request)
    definitions = request.get("TrainingJobDefinitions") or [request.get("TrainingJobDefinition", request)]
    for definition, trainer in zip(definitions, trainers, strict=True):
        if getattr(trainer, "source_code", None) is not None:
            _convert(definition, trainer, notes)
    return request


def _convert(definition: dict[str, Any], trainer: Any, notes: list[str]) -> None:
    source = trainer.source_code
    if not source.entry_script or source.command:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            "This ModelTrainer runs a command, and a spec runs an entry script.",
            hint="Give SourceCode an entry_script instead of a command; or launch it with the SDK, and `sm.attach`.",
        )
    channels = definition.get("InputDataConfig", [])
    definition["InputDataConfig"] = [each for each in channels if each["ChannelName"] not in _DELIVERY]
    for name in ("ContainerEntrypoint", "ContainerArguments"):
        definition["AlgorithmSpecification"].pop(name, None)
    member = "StaticHyperParameters" if "StaticHyperParameters" in definition else "HyperParameters"
    toolkit: dict[str, JsonValue] = {
        "sagemaker_submit_directory": PLACEHOLDER,
        "sagemaker_program": source.entry_script,
        "sagemaker_container_log_level": 20,
        "sagemaker_region": trainer.sagemaker_session.boto_region_name,
    }
    if trainer.distributed is not None:
        instance_type = getattr(trainer.compute, "instance_type", None)
        compute = Compute(instance_type=instance_type if isinstance(instance_type, str) else None)
        toolkit |= distribution_hyperparameters(_distribution(trainer.distributed, notes), compute)
    given = definition.get(member) or {}
    notes += [
        f"Hyperparameter {name}: SDK v3 passes it to the script as --{name}, the toolkit as -{name}."
        for name in given
        if len(name) == 1
    ]
    definition[member] = given | {name: json.dumps(value) for name, value in toolkit.items()}


def _distribution(distributed: Any, notes: list[str]) -> Distribution:
    kind = type(distributed).__name__
    if kind == "MPI":
        options = distributed.mpi_additional_options
        return Distribution(
            type=DistributionType.MPI,
            processes_per_host=distributed.process_count_per_node,
            custom_mpi_options=" ".join(options) if options else None,
        )
    if kind != "Torchrun":
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"A spec knows no distribution {kind}; it knows Torchrun and MPI of SDK v3.",
            hint="Launch this one with the SDK itself, and watch its job with `sm.attach`.",
        )
    if distributed.process_count_per_node:
        notes.append("Torchrun.process_count_per_node: the toolkit starts one process for each GPU.")
    if distributed.smp:
        notes.append("Torchrun.smp: a spec has no place for the model parallel library.")
    return Distribution(type=DistributionType.TORCH_DISTRIBUTED)
