"""What a launch of a captured spec would send differently than the SDK, found by comparing the two requests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ...aws.errors import SmextError
from ...estimators.changes import flat
from ...estimators.check import valid_spec
from ...estimators.defaults import layers_of
from ...estimators.launch import Uploaded, request_of
from ...estimators.profile import profile_of
from ...estimators.request import CODE_CHANNEL, Place
from ...estimators.tuning import jobs_of
from ..spec import Spec

# Names carry the time, code has a place for each launch, v2 notes its own class, our tags are ours.
_MAY_DIFFER = re.compile(
    r"(TrainingJobName|HyperParameterTuningJobName|sagemaker_(job_name|submit_directory|estimator_\w+))$"
    r"|^Tags\b|DisableProfiler$|CompressionType$"
)
_SAME_NAME = {"HyperParameterTuningResourceConfig": "ResourceConfig"}


def silent_losses(captured: Spec, request: Mapping[str, Any]) -> list[str]:
    """One line for each member that differs in meaning. ``request`` is the SDK's, in the toolkit's form."""
    aws = captured.aws
    try:
        spec = valid_spec(captured.spec, profile_of(aws), layers_of(aws))
        packages = [Uploaded("s3://x/y" if job.source_code else None, None) for job in jobs_of(spec)]
        ours = request_of(spec, Place.of(aws.identity()), job_name="x", packages=packages, token="x")
    except SmextError as error:
        return [f"The spec is not valid as it is: {error}"]
    before, after = _meanings(request), _meanings(ours)
    return [
        f"{path}: the SDK sends {_words(before.get(path))}, a launch of the spec {_words(after.get(path))}."
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def _meanings(request: Mapping[str, Any]) -> dict[str, Any]:
    """The leaves that say something: no defaults, no delivery of code, and values as whoever reads them would."""
    code = tuple(
        f"{prefix}InputDataConfig[{index}]."
        for prefix, definition in _definitions(request)
        for index, channel in enumerate(definition.get("InputDataConfig") or [])
        if channel["ChannelName"] == CODE_CHANNEL
    )
    result = {}
    for path, value in flat(request):
        if value in (None, "", False) or _MAY_DIFFER.search(path) or path.startswith(code):
            continue
        for name, same in _SAME_NAME.items():
            path = path.replace(name, same)
        result[path] = _loaded(value) if "HyperParameter" in path or ".Values[" in path else value
    return result


def _definitions(request: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    if "TrainingJobDefinitions" in request:
        return [
            (f"TrainingJobDefinitions[{index}].", each) for index, each in enumerate(request["TrainingJobDefinitions"])
        ]
    if "TrainingJobDefinition" in request:
        return [("TrainingJobDefinition.", request["TrainingJobDefinition"])]
    return [("", request)]


def _loaded(value: Any) -> Any:
    """SDK v3 writes texts without the quotes that v2 gives them; a script reads the same."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _words(value: Any) -> str:
    return "nothing" if value is None else repr(value)
