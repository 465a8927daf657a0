"""User profiles: who works in a domain, and as which role.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateUserProfile.html
"""

from __future__ import annotations

from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.own_clients import OwnClients
from jupyter_smext.sandbox.sagemaker.lifecycle_configs import LifecycleConfigs
from jupyter_smext.sandbox.sagemaker.resources import Document
from jupyter_smext.sandbox.sagemaker.roles import require_assumable
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


class UserProfiles:
    """The user profiles of all domains."""

    def __init__(self, studio: StudioResources, clients: OwnClients, lifecycle_configs: LifecycleConfigs) -> None:
        self._studio = studio
        self._clients = clients
        self._lifecycle_configs = lifecycle_configs

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateUserProfile": self.create,
            "DescribeUserProfile": self.describe,
            "ListUserProfiles": self.list_user_profiles,
            "UpdateUserProfile": self.update,
            "DeleteUserProfile": self.delete,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id = request["DomainId"]
        require_in_service(DOMAIN, domain_id, self._studio.existing(DOMAIN, caller.region, domain_id))
        self._require_settings(caller.region, request.get("UserSettings", {}))
        path = _path(request)
        document: Document = {"UserSettings": {}}
        document |= {name: value for name, value in request.items() if name != "Tags"}
        document["_Path"] = path
        profile = self._studio.create(USER_PROFILE, caller.region, path, document, request.get("Tags", []))
        return {"UserProfileArn": profile["UserProfileArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._studio.existing(USER_PROFILE, caller.region, _path(request))

    def list_user_profiles(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id = request.get("DomainIdEquals")
        found = [
            document
            for document in self._studio.all(USER_PROFILE, caller.region, f"{domain_id}/" if domain_id else "")
            if request.get("UserProfileNameContains", "") in document["UserProfileName"]
        ]
        page, more = page_of(found, request)
        return {"UserProfiles": page, **more}

    def update(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        """Each setting that is given replaces what was there, whole."""
        settings = request.get("UserSettings", {})
        self._studio.existing(USER_PROFILE, caller.region, _path(request))
        self._require_settings(caller.region, settings)

        def change(profile: Document) -> None:
            profile["UserSettings"] = {**profile["UserSettings"], **settings}

        profile = self._studio.update(USER_PROFILE, caller.region, _path(request), change)
        return {"UserProfileArn": profile["UserProfileArn"]}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id, name = request["DomainId"], request["UserProfileName"]
        self._studio.existing(USER_PROFILE, caller.region, _path(request))
        apps = self._studio.all(APP, caller.region, f"{domain_id}/")
        if any(app.get("UserProfileName") == name and app["Status"] != "Deleted" for app in apps):
            raise in_use(f"Unable to delete UserProfile [{name}] because App(s) are associated with it.")
        spaces = self._studio.all(SPACE, caller.region, f"{domain_id}/")
        if any(space.get("OwnershipSettings", {}).get("OwnerUserProfileName") == name for space in spaces):
            raise in_use(f"Unable to delete UserProfile [{name}] because Space(s) are associated with it.")
        self._studio.delete(USER_PROFILE, caller.region, _path(request))
        return {}

    def _require_settings(self, region: str, settings: dict[str, Any]) -> None:
        if role := settings.get("ExecutionRole"):
            require_assumable(self._clients, region, role)
        self._lifecycle_configs.require(region, settings)


def _path(request: dict[str, Any]) -> str:
    return f"{request['DomainId']}/{request['UserProfileName']}"
