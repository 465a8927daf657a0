"""Apps: what runs in a space, and is billed while it does. No machine is behind an app of the sandbox.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateApp.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.lifecycle_configs import DETACHED, LifecycleConfigs
from jupyter_smext.sandbox.sagemaker.resources import Document
from jupyter_smext.sandbox.sagemaker.spaces import require_offered, settings_that_count
from jupyter_smext.sandbox.sagemaker.studio_resources import (
    APP,
    DOMAIN,
    FAILURE_TAG,
    SPACE,
    USER_PROFILE,
    StudioResources,
    page_of,
    require_in_service,
)
from jupyter_smext.sandbox.sagemaker.tags import Tags
from jupyter_smext.sandbox.service_quotas import WITHOUT_QUOTA

DEFAULT_INSTANCE_TYPE = "ml.t3.medium"
_IN_SPACES_ONLY = ("JupyterLab", "CodeEditor")


class Apps:
    """The apps of all domains."""

    def __init__(self, studio: StudioResources, lifecycle_configs: LifecycleConfigs, tags: Tags) -> None:
        self._studio = studio
        self._lifecycle_configs = lifecycle_configs
        self._tags = tags

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateApp": self.create,
            "DescribeApp": self.describe,
            "ListApps": self.list_apps,
            "DeleteApp": self.delete,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        region, domain_id, app_type = caller.region, request["DomainId"], request["AppType"]
        path = path_of(request)
        domain = self._studio.existing(DOMAIN, region, domain_id)
        require_in_service(DOMAIN, domain_id, domain)
        space, profile = self._place(region, request)
        counting = settings_that_count(space, profile, domain)
        spec = _resource_spec(request, [*counting, space.get("SpaceSettings", {})])
        self._require_quota(spec["InstanceType"], app_type)
        member = f"{app_type}AppSettings"
        arn = spec.get("LifecycleConfigArn")
        if arn not in (None, DETACHED):
            self._lifecycle_configs.require_arn(region, arn, app_type)
            require_offered(arn, member, counting)
        document: Document = {name: value for name, value in request.items() if name not in ("Tags", "ResourceSpec")}
        document |= {"_Path": path, "ResourceSpec": spec}
        if built_in := _built_in(member, counting):
            document["BuiltInLifecycleConfigArn"] = built_in
        if reason := self._failure_of(space):
            document["FailureReason"] = reason
        earlier = self._studio.get(APP, region, path)
        if earlier and earlier["Status"] == "Deleted":
            self._studio.drop(APP, region, path)
        app = self._studio.create(APP, region, path, document, request.get("Tags", []))
        return {"AppArn": app["AppArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        app = self._studio.existing(APP, caller.region, path_of(request))
        if app["Status"] == "InService":
            # Nobody works in it: it was used last when it was ready.
            ready = app["LastModifiedTime"]
            return app | {"LastUserActivityTimestamp": ready, "LastHealthCheckTimestamp": ready}
        return app

    def list_apps(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id = request.get("DomainIdEquals")
        found = [
            document
            for document in self._studio.all(APP, caller.region, f"{domain_id}/" if domain_id else "")
            if request.get("SpaceNameEquals", document.get("SpaceName")) == document.get("SpaceName")
            and request.get("UserProfileNameEquals", document.get("UserProfileName")) == document.get("UserProfileName")
        ]
        page, more = page_of(found, request)
        return {"Apps": page, **more}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        path = path_of(request)
        if self._studio.existing(APP, caller.region, path)["Status"] == "Deleted":
            raise AwsError("ResourceNotFound", f"App [{path}] does not exist.")
        # Like at AWS, a deleted app stays to be seen for a while; here, until another one takes its place.
        self._studio.delete(APP, caller.region, path, afterwards="Deleted")
        return {}

    def _place(self, region: str, request: Mapping[str, Any]) -> tuple[Document, Document]:
        """The space that an app runs in and the profile that it belongs to; empty where there is none.

        Raises ``ResourceNotFound``, ``ResourceInUse`` and :class:`ValidationException`.
        """
        domain_id, app_type = request["DomainId"], request["AppType"]
        if "SpaceName" not in request:
            if app_type in _IN_SPACES_ONLY:
                raise ValidationException(f"An app of type {app_type} needs a SpaceName.")
            path = f"{domain_id}/{request['UserProfileName']}"
            profile = self._studio.existing(USER_PROFILE, region, path)
            require_in_service(USER_PROFILE, path, profile)
            return {}, profile
        path = f"{domain_id}/{request['SpaceName']}"
        space = self._studio.existing(SPACE, region, path)
        require_in_service(SPACE, path, space)
        of_space = space.get("SpaceSettings", {}).get("AppType", app_type)
        if of_space != app_type:
            raise ValidationException(f"Space [{request['SpaceName']}] is for {of_space} apps, not for {app_type}.")
        owner = space.get("OwnershipSettings", {}).get("OwnerUserProfileName")
        return space, self._studio.get(USER_PROFILE, region, f"{domain_id}/{owner}") or {}

    def _failure_of(self, space: Mapping[str, Any]) -> str | None:
        tags = self._tags.of(space["SpaceArn"]) if space else []
        return next((tag["Value"] for tag in tags if tag["Key"] == FAILURE_TAG), None)

    @staticmethod
    def _require_quota(instance_type: str, app_type: str) -> None:
        if instance_type.startswith(WITHOUT_QUOTA):
            raise AwsError(
                "ResourceLimitExceeded",
                f"The account-level service limit 'Studio {app_type} Apps running on {instance_type} instances' is 0 "
                "Apps, with current utilization of 0 Apps and a request delta of 1 Apps. Please use AWS Service Quotas "
                "to request an increase for this quota.",
            )


def path_of(request: Mapping[str, Any]) -> str:
    """Raises :class:`ValidationException` unless the app is either a space's or a profile's."""
    if ("SpaceName" in request) == ("UserProfileName" in request):
        raise ValidationException("Either SpaceName or UserProfileName has to be given.")
    place = request.get("SpaceName") or request["UserProfileName"]
    return f"{request['DomainId']}/{place}/{request['AppType']}/{request['AppName']}"


def _resource_spec(request: Mapping[str, Any], counting: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What an app runs on: what the settings say, the last one most, and above them the request."""
    spec: dict[str, Any] = {"InstanceType": DEFAULT_INSTANCE_TYPE}
    for settings in counting:
        spec |= settings.get(f"{request['AppType']}AppSettings", {}).get("DefaultResourceSpec", {})
    spec |= request.get("ResourceSpec", {})
    return spec


def _built_in(member: str, counting: Iterable[Mapping[str, Any]]) -> str | None:
    found: str | None = None
    for settings in counting:
        found = settings.get(member, {}).get("BuiltInLifecycleConfigArn", found)
    return None if found == DETACHED else found
