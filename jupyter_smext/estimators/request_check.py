"""Whether the installed botocore takes a request: what it refuses would never reach AWS."""

from __future__ import annotations

from typing import Any

from botocore.validate import ParamValidator

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession


def require_valid(aws: AwsSession, operation: str, request: dict[str, Any]) -> None:
    """Raise `InvalidRequest` with what is wrong, or `NotSupported` where a member is newer than the installed boto3."""
    shape = aws.client("sagemaker").meta.service_model.operation_model(operation).input_shape
    unknown = unknown_members(request, shape)
    if unknown:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"The installed boto3 does not know {', '.join(unknown)}.",
            hint="Leave these out, or install a newer boto3.",
            operation=operation,
        )
    report = ParamValidator().validate(request, shape)
    if report.has_errors():
        raise SmextError(ErrorCode.INVALID_REQUEST, report.generate_report(), operation=operation)


def unknown_members(value: Any, shape: Any, path: str = "") -> list[str]:
    """The members of a request that a service model lacks, as `ResourceConfig.InstancePreferences`."""
    if shape.type_name == "structure" and isinstance(value, dict):
        found = []
        for name, each in value.items():
            here = f"{path}.{name}".lstrip(".")
            known = shape.members.get(name)
            found += [here] if known is None else unknown_members(each, known, here)
        return found
    if shape.type_name == "list" and isinstance(value, list):
        return [name for each in value for name in unknown_members(each, shape.member, path)]
    return []
