"""Specs of the kinds that the generated ones leave out: one each, because there is little to vary in them."""

from __future__ import annotations

from typing import Any

from jupyter_smext.estimators.catalog import catalog
from jupyter_smext.estimators.images import BUILTINS, framework_versions

from .generated_specs import FRAMEWORKS, OWN_IMAGE
from .specs import REMOVED, changed

_TRAINING_PLAN = "arn:aws:sagemaker:us-east-1:111122223333:training-plan/large-training-plan"
_TUNING: dict[str, Any] = {
    "strategy": "Bayesian",
    "objective": {"metric_name": "train:acc", "type": "Maximize"},
    "resource_limits": {"max_number_of_training_jobs": 6, "max_parallel_training_jobs": 2},
    "parameter_ranges": {"continuous": {"rate": {"min_value": 0.1, "max_value": 1.0}}},
}


def further_kinds(sdk: str) -> dict[str, dict[str, Any]]:
    """A spec of each further kind that the SDK can say, by what it is."""
    plain = changed(("metadata.tags", REMOVED), ("spec.hyperparameters", {"epochs": 2, "name": "x"}))
    tuning = changed(("kind", "HyperParameterTuningJob"), ("tuning", _TUNING), base=plain)
    specs = {name: _framework(plain, name) for name in _other_frameworks()}
    specs |= {f"the algorithm {name}": _builtin(plain, name) for name in BUILTINS}
    specs |= {
        "FSx for Lustre": changed(
            (
                "spec.input_data_config",
                [
                    {
                        "channel_name": "train",
                        "file_system": {
                            "file_system_id": "fs-0123456789abcdef0",
                            "directory_path": "/fsx/data",
                            "file_system_type": "FSxLustre",
                            "file_system_access_mode": "rw",
                        },
                    }
                ],
            ),
            ("spec.networking", {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}),
            base=plain,
        ),
        "a manifest": changed(("spec.input_data_config.0.s3_data_type", "ManifestFile"), base=plain),
        "a training plan": changed(("spec.compute.training_plan_arn", _TRAINING_PLAN), base=plain),
        "tuning that goes on from an earlier job": changed(
            (
                "tuning.warm_start_config",
                {
                    "parent_hyper_parameter_tuning_jobs": ["earlier", "later"],
                    "warm_start_type": "IdenticalDataAndAlgorithm",
                },
            ),
            base=tuning,
        ),
        "tuning with automatic settings only": changed(("tuning.autotune", True), base=tuning),
        "a channel for one group of instances": changed(
            ("spec.algorithm", {"training_image": OWN_IMAGE}),
            ("spec.source_code", REMOVED),
            (
                "spec.compute",
                {
                    "instance_groups": [
                        {"instance_group_name": "a", "instance_type": "ml.m5.large", "instance_count": 1},
                        {"instance_group_name": "b", "instance_type": "ml.c5.xlarge", "instance_count": 2},
                    ]
                },
            ),
            ("spec.input_data_config.0.instance_group_names", ["b"]),
            base=plain,
        ),
    }
    # SDK v3's tuner takes one definition, and sends no automatic ranges.
    if sdk == "v2":
        definition = {"definition_name": "two", "spec": tuning["spec"], "objective": _TUNING["objective"]}
        specs |= {
            "tuning with automatic ranges": changed(
                ("tuning.autotune", True), ("tuning.parameter_ranges.auto", {"depth": "2"}), base=tuning
            ),
            "tuning of an algorithm with automatic ranges": changed(
                ("spec.algorithm", {"builtin": {"name": "kmeans"}}),
                ("spec.source_code", REMOVED),
                ("spec.hyperparameters", {"k": 2, "feature_dim": 3}),
                ("tuning.objective", {"metric_name": "test:msd", "type": "Minimize"}),
                ("tuning.autotune", True),
                ("tuning.parameter_ranges", {"auto": {"epochs": "2", "init_method": "random"}}),
                base=tuning,
            ),
            "several definitions with automatic ranges": changed(
                ("tuning.autotune", True),
                ("tuning.definition_name", "one"),
                ("tuning.definitions", [{**definition, "parameter_ranges": {"auto": {"depth": "3"}}}]),
                base=tuning,
            ),
        }
    return specs


def _other_frameworks() -> list[str]:
    """Those whose classes have no name of their own in SDK v2: reinforcement learning, Trainium, compilers."""
    return [each.name for each in catalog().frameworks if each.name not in FRAMEWORKS]


def _framework(base: dict[str, Any], name: str) -> dict[str, Any]:
    version = next(each for each in catalog().frameworks if each.name == name).versions[0]
    chosen: dict[str, Any] = {"name": name, "version": version.version}
    if version.py_versions:
        chosen["py_version"] = version.py_versions[-1]
    if version.base_framework_versions:
        chosen["base_framework_version"] = version.base_framework_versions[-1]
    accelerated = {"trn": "ml.trn1.2xlarge", "neuronx": "ml.trn1.2xlarge", "gpu": "ml.g5.xlarge"}
    instance_type = next((accelerated[each] for each in version.processors if each in accelerated), "ml.m5.large")
    return changed(("spec.algorithm.framework", chosen), ("spec.compute.instance_type", instance_type), base=base)


def _builtin(base: dict[str, Any], name: str) -> dict[str, Any]:
    version = {"version": framework_versions(name)[0]} if name == "xgboost" else {}
    return changed(
        ("spec.algorithm", {"builtin": {"name": name, **version}}),
        ("spec.source_code", REMOVED),
        ("spec.hyperparameters", {"epochs": 2}),
        base=base,
    )
