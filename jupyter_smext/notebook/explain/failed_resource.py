"""A job or endpoint that failed while a cell waited for it: what it is called, and the reason that AWS gave."""

from __future__ import annotations

import re
import traceback
from typing import Any

from pydantic import BaseModel


class FailedResource(BaseModel):
    kind: str
    """In words, such as ``training job`` or ``endpoint``."""
    name: str | None = None
    """None where the error does not tell it."""
    reason: str | None = None
    """``FailureReason`` of its Describe call."""


def failed_resource(error: BaseException) -> FailedResource | None:
    """What failed, if the error is that of a wait of SDK v2, SDK v3 or boto3."""
    last_response = getattr(error, "last_response", None)
    if isinstance(last_response, dict):
        return _of_waiter(last_response)
    name = type(error).__name__
    if name == "FailedStatusError":
        return _of_resource_class(error)
    if name in ("UnexpectedStatusException", "CapacityError"):
        return _of_message(str(error))
    return None


# "Error for Training job NAME: Failed. Reason: ... Check troubleshooting guide for common errors: URL"
# "Error hosting endpoint NAME: Failed. Reason: ..."
_MESSAGE = re.compile(
    r"Error (?:for (?P<job>[\w ]*?) ?job|hosting (?P<endpoint>endpoint)) (?P<name>[\w-]+): \w+\.?"
    r" Reason: (?P<reason>.*)",
    re.DOTALL,
)
_ADVICE = re.compile(r"\.? (?:Check troubleshooting guide for common errors: |Try changing the instance type or )\S.*$")


def _of_message(message: str) -> FailedResource | None:
    found = _MESSAGE.search(message)
    if found is None:
        return None
    kind = "endpoint" if found["endpoint"] else f"{_words(found['job'])} job"
    return FailedResource(kind=kind, name=found["name"], reason=_ADVICE.sub("", found["reason"]).strip() or None)


_STATE = re.compile(
    r"while waiting for (?P<resource>\w+)\. Final Resource State: \w+\. Failure Reason: (?P<reason>.*)", re.DOTALL
)


def _of_resource_class(error: BaseException) -> FailedResource | None:
    """SDK v3: the message has the kind and the reason; the name has only the object that waited."""
    found = _STATE.search(str(error))
    if found is None:
        return None
    resource = found["resource"]
    name: Any = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        waiting = frame.f_locals.get("self")
        if type(waiting).__name__ == resource:
            name = getattr(waiting, f"{_snake(resource)}_name", None)
    return FailedResource(
        kind=_words(resource), name=name if isinstance(name, str) else None, reason=found["reason"].strip() or None
    )


_OF_RESPONSE = {
    "TrainingJobName": "training job",
    "EndpointName": "endpoint",
    "ProcessingJobName": "processing job",
    "TransformJobName": "transform job",
    "HyperParameterTuningJobName": "tuning job",
}


def _of_waiter(response: dict[str, Any]) -> FailedResource | None:
    """A waiter of boto3 keeps the last answer of the Describe call."""
    for key, kind in _OF_RESPONSE.items():
        if isinstance(response.get(key), str):
            return FailedResource(kind=kind, name=response[key], reason=response.get("FailureReason"))
    return None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _words(name: str) -> str:
    return _snake(name.replace(" ", "")).replace("_", " ").replace("hyper parameter tuning", "tuning")
