"""From a spec to the `CreateHyperParameterTuningJob` request.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .api_names import api_form
from .models import Compute, JobSpec, Objective, ParameterRanges, Spec, Tuning, TuningSpec
from .request import Place, common_members, hyperparameters_of, is_script, plain_text, tags_of


def jobs_of(spec: Spec) -> list[JobSpec]:
    """The training jobs of a spec, in the order of the request: one, or those that take part in a tuning."""
    more = spec.tuning.definitions if isinstance(spec, TuningSpec) else []
    return [spec.spec, *(each.spec for each in more)]


def tuning_request(
    spec: TuningSpec, place: Place, *, job_name: str, source_uris: Sequence[str | None], own_tags: Mapping[str, str]
) -> dict[str, Any]:
    """The request; ``source_uris`` are the packed sources in the order of :func:`jobs_of`.

    Raises `InvalidRequest` where there is no role, or no image in the region.
    """
    tuning = spec.tuning
    config: dict[str, Any] = {
        "Strategy": tuning.strategy,
        "ResourceLimits": _limits(tuning),
        "TrainingJobEarlyStoppingType": tuning.training_job_early_stopping_type,
    }
    for name, section in (
        ("StrategyConfig", tuning.strategy_config),
        ("TuningJobCompletionCriteria", tuning.tuning_job_completion_criteria),
    ):
        if section:
            config[name] = api_form(section)
    if tuning.random_seed is not None:
        config["RandomSeed"] = tuning.random_seed
    request: dict[str, Any] = {
        "HyperParameterTuningJobName": job_name,
        "HyperParameterTuningJobConfig": config,
        "Tags": tags_of(spec.metadata, own_tags),
    }
    first = _definition(spec.spec, tuning.parameter_ranges, place, source_uris[0])
    if tuning.definitions:
        named = [(tuning.definition_name, tuning.objective, tuning.parameter_ranges, first)]
        for each, source_uri in zip(tuning.definitions, source_uris[1:], strict=True):
            definition = _definition(each.spec, each.parameter_ranges, place, source_uri)
            named.append((each.definition_name, each.objective, each.parameter_ranges, definition))
        request["TrainingJobDefinitions"] = [
            {
                "DefinitionName": name,
                "TuningObjective": _objective(objective),
                "HyperParameterRanges": _ranges(
                    ranges, json_text="sagemaker_program" in definition["StaticHyperParameters"]
                ),
                **definition,
            }
            for name, objective, ranges, definition in named
        ]
    else:
        config["HyperParameterTuningJobObjective"] = _objective(tuning.objective)
        config["ParameterRanges"] = _ranges(tuning.parameter_ranges, json_text=is_script(spec.spec, source_uris[0]))
        request["TrainingJobDefinition"] = first
    if tuning.warm_start_config:
        request["WarmStartConfig"] = {
            "ParentHyperParameterTuningJobs": [
                {"HyperParameterTuningJobName": name}
                for name in tuning.warm_start_config.parent_hyper_parameter_tuning_jobs
            ],
            "WarmStartType": tuning.warm_start_config.warm_start_type,
        }
    if tuning.autotune:
        request["Autotune"] = {"Mode": "Enabled"}
    return request


def _limits(tuning: Tuning) -> dict[str, Any]:
    limits = api_form(tuning.resource_limits)
    if tuning.strategy == "Grid":
        limits["MaxNumberOfTrainingJobs"] = tuning.number_of_training_jobs
    return limits


def _definition(job: JobSpec, ranges: ParameterRanges, place: Place, source_uri: str | None) -> dict[str, Any]:
    members = common_members(job, place, source_uri)
    fixed = hyperparameters_of(job, place.region, source_uri, None)
    members["StaticHyperParameters"] = {name: value for name, value in fixed.items() if name not in ranges.names()}
    members["HyperParameterTuningResourceConfig"] = _resources(job.compute)
    del members["ResourceConfig"]
    return members


def _resources(compute: Compute) -> dict[str, Any]:
    size = {"VolumeSizeInGB": compute.volume_size_in_gb}
    resources: dict[str, Any]
    if compute.instance_preferences:
        configs = [
            {
                "InstanceType": each.instance_type,
                "InstanceCount": each.instance_count or compute.instance_count,
                **size,
            }
            for each in compute.instance_preferences
        ]
        resources = {"InstanceConfigs": configs, "AllocationStrategy": "Prioritized"}
    else:
        resources = {"InstanceType": compute.instance_type, "InstanceCount": compute.instance_count, **size}
    if compute.volume_kms_key_id:
        resources["VolumeKmsKeyId"] = compute.volume_kms_key_id
    return resources


def _objective(objective: Objective) -> dict[str, str]:
    return {"Type": objective.type, "MetricName": objective.metric_name}


def _ranges(ranges: ParameterRanges, *, json_text: bool) -> dict[str, Any]:
    """Ranges as text. Where a script reads its hyperparameters as JSON, so are the values it may get."""
    write = json.dumps if json_text else plain_text
    numbers = {
        kind: [
            {
                "Name": name,
                "MinValue": str(each.min_value),
                "MaxValue": str(each.max_value),
                "ScalingType": each.scaling_type.value,
            }
            for name, each in given.items()
        ]
        for kind, given in (
            ("ContinuousParameterRanges", ranges.continuous),
            ("IntegerParameterRanges", ranges.integer),
        )
    }
    result: dict[str, Any] = {
        **numbers,
        "CategoricalParameterRanges": [
            {"Name": name, "Values": [write(value) for value in values]} for name, values in ranges.categorical.items()
        ],
    }
    if ranges.auto:
        result["AutoParameters"] = [{"Name": name, "ValueHint": hint} for name, hint in ranges.auto.items()]
    return result
