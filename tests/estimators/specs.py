"""Specs to test with."""

from __future__ import annotations

import copy
from typing import Any

SCRIPT_SPEC: dict[str, Any] = {
    "api_version": "smext/v1",
    "kind": "TrainingJob",
    "metadata": {"base_job_name": "churn", "tags": {"project": "churn"}},
    "spec": {
        "role": "arn:aws:iam::111122223333:role/SageMaker",
        "algorithm": {
            "framework": {"name": "sklearn", "version": "1.2-1"},
            "metric_definitions": [{"name": "train:acc", "regex": "train-acc=([0-9.]+);"}],
        },
        "source_code": {"source_dir": "src", "entry_script": "train.py"},
        "hyperparameters": {"C": 0.5, "epochs": 2, "name": "x"},
        "input_data_config": [{"channel_name": "train", "s3_uri": "s3://demo-data/train/"}],
        "compute": {"instance_type": "ml.m5.large"},
        "stopping_condition": {"max_runtime_in_seconds": 3600},
    },
}

_REMOVED = object()
REMOVED: Any = _REMOVED


def changed(*changes: tuple[str, Any], base: dict[str, Any] = SCRIPT_SPEC) -> dict[str, Any]:
    """A copy of a spec with values set (or, with REMOVED, taken away) at paths like `spec.compute.instance_count`."""
    spec = copy.deepcopy(base)
    for path, value in changes:
        *folders, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        node: Any = spec
        for part in folders:
            node = node[part] if isinstance(node, list) else node.setdefault(part, {})
        if value is _REMOVED:
            del node[last]
        elif isinstance(node, list) and last == len(node):
            node.append(copy.deepcopy(value))
        else:
            node[last] = copy.deepcopy(value)
    return spec
