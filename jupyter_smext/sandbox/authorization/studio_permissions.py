"""On which resource an operation of Studio needs its permission, and which roles it passes on.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller


def studio_resource(caller: Caller, operation: str, request: Mapping[str, Any]) -> str | None:
    """The ARN of a domain, profile, space, app, lifecycle configuration or image; None for everything else."""
    path = _path(operation, request)
    return None if path is None else caller.arn("sagemaker", path.lower())


def passed_roles(request: Mapping[str, Any]) -> list[str]:
    """The execution roles that a request hands to SageMaker, each once."""
    roles = [request["RoleArn"]] if "RoleArn" in request else []
    for member in ("DefaultUserSettings", "DefaultSpaceSettings", "UserSettings"):
        role = request.get(member, {}).get("ExecutionRole")
        if role:
            roles.append(role)
    return list(dict.fromkeys(roles))


def _path(operation: str, request: Mapping[str, Any]) -> str | None:
    if operation == "CreateDomain":
        # Its id is not known yet.
        return "domain/*"
    if "StudioLifecycleConfigName" in request:
        return f"studio-lifecycle-config/{request['StudioLifecycleConfigName']}"
    if operation.endswith("ImageVersion") and "ImageName" in request:
        return f"image-version/{request['ImageName']}/*"
    if "ImageName" in request:
        return f"image/{request['ImageName']}"
    if "DomainId" not in request:
        return None
    domain_id = request["DomainId"]
    profile, space = request.get("UserProfileName"), request.get("SpaceName")
    if operation.endswith("App"):
        return f"app/{domain_id}/{space or profile}/{request['AppType']}/{request['AppName']}"
    # A URL is made for a profile, also where it leads into a space.
    if profile:
        return f"user-profile/{domain_id}/{profile}"
    return f"space/{domain_id}/{space}" if space else f"domain/{domain_id}"
