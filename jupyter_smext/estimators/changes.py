"""What a launch would send differently than the one before: the request beside the job that AWS keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from .launch import OPERATIONS, preview
from .models import Change, ChangesResult

_DESCRIBE = {
    "TrainingJob": ("describe_training_job", "TrainingJobName"),
    "HyperParameterTuningJob": ("describe_hyper_parameter_tuning_job", "HyperParameterTuningJobName"),
}

# Every launch has its own; tags are no part of what AWS describes.
_ALWAYS_NEW = {"TrainingJobName", "HyperParameterTuningJobName", "Tags", "HyperParameters.sagemaker_job_name"}

# What AWS describes where nobody said anything, for members whose default is neither false, zero nor empty.
_DEFAULTS = {"CompressionType": ("GZIP", "None"), "RecordWrapperType": ("None",), "TrainingInputMode": ("File",)}


def changes_since(aws: AwsSession, data: Mapping[str, Any], folder: Path, job_name: str) -> ChangesResult:
    """The members of the request that differ from those of an earlier job of the same kind.

    AWS describes members that nobody sent with their defaults: where one side says nothing and the other one nothing
    but false, zero or empty, they are the same. Permission: `sagemaker:DescribeTrainingJob` (or the tuning job's).
    """
    request = preview(aws, data, folder)
    kind = "HyperParameterTuningJob" if "HyperParameterTuningJobName" in request else "TrainingJob"
    describe, name = _DESCRIBE[kind]
    client = aws.client("sagemaker")
    try:
        described = getattr(client, describe)(**{name: job_name})
    except Exception as error:
        raise from_aws(error) from error
    members = client.meta.service_model.operation_model(OPERATIONS[kind]).input_shape.members
    after = dict(flat(request))
    before = {
        path: value
        for path, value in flat({key: each for key, each in described.items() if key in members})
        if path in after or value not in _DEFAULTS.get(path.rpartition(".")[2], ())
    }
    found = [
        Change(path=path, before=before.get(path), after=after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path) and (before.get(path) or after.get(path))
    ]
    return ChangesResult(job_name=job_name, changes=[each for each in found if not _always_new(each.path)])


def _always_new(path: str) -> bool:
    return any(path == name or path.startswith((f"{name}.", f"{name}[")) for name in _ALWAYS_NEW)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a request, each with its path: ``ResourceConfig.InstanceType``."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from flat(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from flat(each, f"{path}[{index}]")
    else:
        yield path, value
