"""What each operation of SageMaker needs of its caller.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jupyter_smext.iam.requirements import OPERATIONS, Place, requirements
from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.authorization.authorizer import Authorizer, Permission
from jupyter_smext.sandbox.authorization.studio_permissions import passed_roles, studio_resource
from jupyter_smext.sandbox.caller import Caller

# The member of a request that names its resource, and the kind in the resource's ARN.
_RESOURCES = {
    "TrainingJobName": "training-job",
    "HyperParameterTuningJobName": "hyper-parameter-tuning-job",
    "ModelName": "model",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
}

TagsOf = Callable[[str], list[dict[str, str]]]


class SageMakerAuthorization:
    """Decides on the operations of SageMaker and of its runtime."""

    def __init__(self, authorizer: Authorizer, tags_of: TagsOf) -> None:
        """``tags_of`` answers the tags of an ARN."""
        self._authorizer = authorizer
        self._tags_of = tags_of

    def require(self, caller: Caller, operation: str, request: Mapping[str, Any]) -> None:
        """Raises ``AccessDeniedException``."""
        self._authorizer.require(caller, self._permissions(caller, operation, request))

    def _permissions(self, caller: Caller, operation: str, request: Mapping[str, Any]) -> list[Permission]:
        if operation in OPERATIONS:
            return _of_creation(caller, operation, request)
        arn = (
            request.get("ResourceArn")
            or studio_resource(caller, operation, request)
            or next(
                (
                    caller.arn("sagemaker", f"{kind}/{request[member].lower()}")
                    for member, kind in _RESOURCES.items()
                    if member in request
                ),
                None,
            )
        )
        context = _tag_context(request)
        for tag in self._tags_of(arn) if arn else []:
            context[f"aws:ResourceTag/{tag['Key']}"] = context[f"sagemaker:ResourceTag/{tag['Key']}"] = tag["Value"]
        return [
            Permission(f"sagemaker:{operation}", arn or "*", context),
            *_accompanying(operation, request, arn, context),
        ]


def _of_creation(caller: Caller, operation: str, request: Mapping[str, Any]) -> list[Permission]:
    """Creating may need more than one action: tags, and the role that is passed on."""
    place = Place(region=caller.region, account=ACCOUNT_ID, partition=partition(caller.region))
    tags = _tag_context(request)
    return [
        Permission(need.action, _as_sagemaker_spells(need.resource), {**tags, **need.context})
        for need in requirements(operation, request, place)
        # The sandbox has no keys whose policies could decide.
        if need.subject == "caller" and not need.action.startswith("kms:")
    ]


def _accompanying(
    operation: str, request: Mapping[str, Any], arn: str | None, context: Mapping[str, Any]
) -> list[Permission]:
    """What an operation of Studio needs beside its own action: tags at creation, and the roles that are passed on."""
    needs = [
        Permission("iam:PassRole", role, {"iam:PassedToService": "sagemaker.amazonaws.com"})
        for role in passed_roles(request)
    ]
    if operation.startswith("Create") and request.get("Tags"):
        needs.append(Permission("sagemaker:AddTags", arn or "*", context))
    return needs


def _as_sagemaker_spells(arn: str) -> str:
    """Its own ARNs hold names in lower case."""
    return arn.lower() if ":sagemaker:" in arn else arn


def _tag_context(request: Mapping[str, Any]) -> dict[str, Any]:
    tags = request.get("Tags", [])
    keys = [tag["Key"] for tag in tags] or request.get("TagKeys", [])
    context: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return context | ({"aws:TagKeys": keys} if keys else {})
