"""Spaces: a home volume, and what the app that opens it runs on.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateSpace.html
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.lifecycle_configs import DETACHED, LifecycleConfigs
from jupyter_smext.sandbox.sagemaker.resources import Document
from jupyter_smext.sandbox.sagemaker.studio_resources import (
    APP,
    DOMAIN,
    SPACE,
    USER_PROFILE,
    StudioResources,
    in_use,
    page_of,
    require_in_service,
)

DEFAULT_EBS_GB = 5
# https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html
_BETWEEN_VOLUME_CHANGES_SECONDS = 6 * 3600

# When the volume was changed; not part of any answer.
_VOLUME_CHANGED = "_VolumeChanged"


class Spaces:
    """The spaces of all domains."""

    def __init__(self, studio: StudioResources, lifecycle_configs: LifecycleConfigs) -> None:
        self._studio = studio
        self._lifecycle_configs = lifecycle_configs

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateSpace": self.create,
            "DescribeSpace": self.describe,
            "ListSpaces": self.list_spaces,
            "UpdateSpace": self.update,
            "DeleteSpace": self.delete,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id = request["DomainId"]
        domain = self._studio.existing(DOMAIN, caller.region, domain_id)
        require_in_service(DOMAIN, domain_id, domain)
        if ("OwnershipSettings" in request) != ("SpaceSharingSettings" in request):
            raise ValidationException("OwnershipSettings and SpaceSharingSettings have to be given together.")
        settings = request.get("SpaceSettings", {})
        profile: Mapping[str, Any] = {}
        if "OwnershipSettings" in request:
            owner = request["OwnershipSettings"]["OwnerUserProfileName"]
            path = f"{domain_id}/{owner}"
            profile = self._studio.existing(USER_PROFILE, caller.region, path)
            require_in_service(USER_PROFILE, path, profile)
        counting = settings_that_count(request, profile, domain)
        self._require_lifecycle_configs(caller.region, settings, counting)
        document = {name: value for name, value in request.items() if name != "Tags"}
        if "OwnershipSettings" in request:
            size = _size(settings) or _storage(counting, "DefaultEbsVolumeSizeInGb") or DEFAULT_EBS_GB
            _require_size(size, _storage(counting, "MaximumEbsVolumeSizeInGb"))
            storage = {"EbsStorageSettings": {"EbsVolumeSizeInGb": size}}
            document["SpaceSettings"] = {**settings, "SpaceStorageSettings": storage}
        path = _path(request)
        document |= {"_Path": path, "Url": f"{domain['Url']}/space/{request['SpaceName']}"}
        space = self._studio.create(SPACE, caller.region, path, document, request.get("Tags", []))
        return {"SpaceArn": space["SpaceArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._studio.existing(SPACE, caller.region, _path(request))

    def list_spaces(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id = request.get("DomainIdEquals")
        found = [
            _summary(document)
            for document in self._studio.all(SPACE, caller.region, f"{domain_id}/" if domain_id else "")
            if request.get("SpaceNameContains", "") in document["SpaceName"]
        ]
        page, more = page_of(found, request)
        return {"Spaces": page, **more}

    def update(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        """Each setting that is given replaces what was there, whole."""
        domain = self._studio.existing(DOMAIN, caller.region, request["DomainId"])
        space = self._studio.existing(SPACE, caller.region, _path(request))
        owner = space.get("OwnershipSettings", {}).get("OwnerUserProfileName")
        profile = self._studio.get(USER_PROFILE, caller.region, f"{request['DomainId']}/{owner}") or {}
        settings = request.get("SpaceSettings", {})
        counting = settings_that_count(space, profile, domain)
        self._require_lifecycle_configs(caller.region, settings, counting)
        before, after = _size(space.get("SpaceSettings", {})), _size(settings)
        grows = after is not None and after != before
        if grows:
            _require_growth(space, before or DEFAULT_EBS_GB, after or 0)
            _require_size(after or 0, _storage(counting, "MaximumEbsVolumeSizeInGb"))

        def change(document: Document) -> None:
            document["SpaceSettings"] = {**document.get("SpaceSettings", {}), **settings}
            if "SpaceDisplayName" in request:
                document["SpaceDisplayName"] = request["SpaceDisplayName"]
            if grows:
                document[_VOLUME_CHANGED] = time.time()

        updated = self._studio.update(SPACE, caller.region, _path(request), change)
        return {"SpaceArn": updated["SpaceArn"]}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id, name = request["DomainId"], request["SpaceName"]
        self._studio.existing(SPACE, caller.region, _path(request))
        apps = [app for app in self._studio.all(APP, caller.region, f"{domain_id}/") if app.get("SpaceName") == name]
        if any(app["Status"] != "Deleted" for app in apps):
            raise in_use(f"Unable to delete Space [{name}] because App(s) are associated with it.")
        self._studio.delete(SPACE, caller.region, _path(request))
        for app in apps:
            self._studio.drop(APP, caller.region, app["_Path"])
        return {}

    def _require_lifecycle_configs(
        self, region: str, settings: Mapping[str, Any], counting: Sequence[Mapping[str, Any]]
    ) -> None:
        self._lifecycle_configs.require(region, settings)
        for member in ("JupyterLabAppSettings", "CodeEditorAppSettings"):
            require_offered(
                settings.get(member, {}).get("DefaultResourceSpec", {}).get("LifecycleConfigArn"), member, counting
            )


def settings_that_count(
    space: Mapping[str, Any], profile: Mapping[str, Any], domain: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """What a space inherits, weakest first: a shared one from its domain, a private one from its owner as well."""
    if space.get("SpaceSharingSettings", {}).get("SharingType") == "Shared":
        return [domain.get("DefaultSpaceSettings", {})]
    return [domain.get("DefaultUserSettings", {}), profile.get("UserSettings", {})]


def require_offered(arn: str | None, settings_member: str, counting: Iterable[Mapping[str, Any]]) -> None:
    """Raises :class:`ValidationException` unless these settings offer this lifecycle configuration."""
    offered = [
        each for settings in counting for each in settings.get(settings_member, {}).get("LifecycleConfigArns", [])
    ]
    if arn not in (None, DETACHED, *offered):
        raise ValidationException(f"{arn} is not among the LifecycleConfigArns of the domain or the user profile.")


def _require_size(size: int, maximum: int | None) -> None:
    if maximum is not None and size > maximum:
        raise ValidationException(f"EbsVolumeSizeInGb {size} is more than the maximum of {maximum} that is set here.")


def _require_growth(space: Mapping[str, Any], before: int, after: int) -> None:
    if after < before:
        raise ValidationException(f"EbsVolumeSizeInGb can only grow: it is {before}, and {after} was asked for.")
    changed = space.get(_VOLUME_CHANGED)
    if changed is not None and time.time() - changed < _BETWEEN_VOLUME_CHANGES_SECONDS:
        raise ValidationException("The volume was changed less than 6 hours ago; it can not be changed again yet.")


def _size(settings: Mapping[str, Any]) -> int | None:
    size: int | None = settings.get("SpaceStorageSettings", {}).get("EbsStorageSettings", {}).get("EbsVolumeSizeInGb")
    return size


def _storage(counting: Sequence[Mapping[str, Any]], member: str) -> int | None:
    """What the settings say about volumes; the last one counts most."""
    for settings in reversed(counting):
        value: int | None = settings.get("SpaceStorageSettings", {}).get("DefaultEbsStorageSettings", {}).get(member)
        if value is not None:
            return value
    return None


def _summary(space: Document) -> Document:
    """A space as ListSpaces shows it."""
    settings = space.get("SpaceSettings", {})
    summary = dict(space)
    summary["SpaceSettingsSummary"] = {
        name: settings[name] for name in ("AppType", "RemoteAccess", "SpaceStorageSettings") if name in settings
    }
    for member in ("SpaceSharingSettings", "OwnershipSettings"):
        if member in space:
            summary[f"{member}Summary"] = space[member]
    return summary


def _path(request: Mapping[str, Any]) -> str:
    return f"{request['DomainId']}/{request['SpaceName']}"
