"""Studio lifecycle configurations: scripts that run when an app starts. They can not be changed, only replaced.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateStudioLifecycleConfig.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources
from jupyter_smext.sandbox.sagemaker.studio_resources import (
    APP,
    DOMAIN,
    SPACE,
    USER_PROFILE,
    StudioResources,
    in_use,
    page_of,
)

LIFECYCLE_CONFIG = Kind("studio-lifecycle-config", "StudioLifecycleConfig")

# In requests, the word that takes a lifecycle configuration away.
DETACHED = "None"

_APP_SETTINGS = {
    "JupyterServerAppSettings": "JupyterServer",
    "KernelGatewayAppSettings": "KernelGateway",
    "CodeEditorAppSettings": "CodeEditor",
    "JupyterLabAppSettings": "JupyterLab",
}


class LifecycleConfigs:
    """The lifecycle configurations of all regions."""

    def __init__(self, resources: Resources, studio: StudioResources) -> None:
        self._resources = resources
        self._studio = studio

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateStudioLifecycleConfig": self.create,
            "DescribeStudioLifecycleConfig": self.describe,
            "ListStudioLifecycleConfigs": self.list_lifecycle_configs,
            "DeleteStudioLifecycleConfig": self.delete,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        try:
            base64.b64decode(request["StudioLifecycleConfigContent"], validate=True)
        except (binascii.Error, ValueError):
            raise ValidationException("StudioLifecycleConfigContent is not encoded in base64.") from None
        name = request["StudioLifecycleConfigName"]
        document = {key: value for key, value in request.items() if key != "Tags"}
        try:
            made = self._resources.create(LIFECYCLE_CONFIG, caller.region, name, document, request.get("Tags", []))
        except AlreadyExists:
            raise in_use(f"StudioLifecycleConfig [{name}] already exists.") from None
        return {"StudioLifecycleConfigArn": made["StudioLifecycleConfigArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._existing(caller.region, request["StudioLifecycleConfigName"])

    def list_lifecycle_configs(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        found = [
            document
            for _, document in self._resources.all(LIFECYCLE_CONFIG, caller.region)
            if request.get("NameContains", "") in document["StudioLifecycleConfigName"]
            and request.get("AppTypeEquals", document["StudioLifecycleConfigAppType"])
            == document["StudioLifecycleConfigAppType"]
            and request.get("CreationTimeAfter", 0) <= document["CreationTime"]
            and document["CreationTime"] <= request.get("CreationTimeBefore", document["CreationTime"])
            and request.get("ModifiedTimeAfter", 0) <= document["LastModifiedTime"]
            and document["LastModifiedTime"] <= request.get("ModifiedTimeBefore", document["LastModifiedTime"])
        ]
        page, more = page_of(found, request, default_order="Descending", names={"Name": "StudioLifecycleConfigName"})
        return {"StudioLifecycleConfigs": page, **more}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = request["StudioLifecycleConfigName"]
        arn = self._existing(caller.region, name)["StudioLifecycleConfigArn"]
        if user := self._user_of(caller.region, arn):
            raise in_use(
                f"StudioLifecycleConfig [{name}] can not be deleted, because {user} uses it. Detach it there first."
            )
        self._resources.delete(LIFECYCLE_CONFIG, caller.region, name)
        return {}

    def require(self, region: str, settings: Mapping[str, Any]) -> None:
        """Raises :class:`ValidationException` for settings with a lifecycle configuration that can not work.

        It has to exist and be of the app's type, and a default has to be among those to choose from.
        """
        for member, app_type in _APP_SETTINGS.items():
            app_settings = settings.get(member, {})
            listed = app_settings.get("LifecycleConfigArns", [])
            default = app_settings.get("DefaultResourceSpec", {}).get("LifecycleConfigArn")
            for arn in [*listed, default, app_settings.get("BuiltInLifecycleConfigArn")]:
                if arn not in (None, DETACHED):
                    self.require_arn(region, arn, app_type)
            if "LifecycleConfigArns" in app_settings and default not in (None, DETACHED, *listed):
                raise ValidationException(f"{member}: {default} is the default, but not in LifecycleConfigArns.")

    def require_arn(self, region: str, arn: str, app_type: str) -> None:
        """Raises :class:`ValidationException` unless this is a lifecycle configuration for this type of app."""
        for _, document in self._resources.all(LIFECYCLE_CONFIG, region):
            if document["StudioLifecycleConfigArn"] == arn:
                if document["StudioLifecycleConfigAppType"] != app_type:
                    raise ValidationException(f"{arn} is not a lifecycle configuration for {app_type} apps.")
                return
        raise ValidationException(f"StudioLifecycleConfig [{arn}] does not exist.")

    def _existing(self, region: str, name: str) -> Document:
        document = self._resources.get(LIFECYCLE_CONFIG, region, name)
        if document is None:
            raise AwsError("ResourceNotFound", f"StudioLifecycleConfig [{name}] does not exist.")
        return document

    def _user_of(self, region: str, arn: str) -> str | None:
        """Whoever would break without it: running apps, and the settings of domains, profiles and spaces."""
        for kind in (DOMAIN, USER_PROFILE, SPACE, APP):
            for document in self._studio.all(kind, region):
                if document["Status"] != "Deleted" and arn in _strings(document):
                    return f"{kind.prefix} [{document[kind.arn_member]}]"
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)
