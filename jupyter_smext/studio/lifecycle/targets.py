"""The three places that hold JupyterLab settings, read and written in one way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ...aws.errors import ErrorCode, SmextError, from_aws
from ...aws.session import AwsSession
from .settings import Settings

Place = Literal["domain", "user_profile", "space"]

_SETTINGS = {"domain": "DefaultUserSettings", "user_profile": "UserSettings", "space": "SpaceSettings"}
_ARNS = {"domain": "DomainArn", "user_profile": "UserProfileArn", "space": "SpaceArn"}
_MEMBER = "JupyterLabAppSettings"

# A domain takes some seconds to take over new settings.
_WAIT_SECONDS = 600


@dataclass(frozen=True)
class Target:
    """A domain, or a profile or a space in it."""

    place: Place
    domain_id: str
    name: str = ""

    @property
    def words(self) -> str:
        return {
            "domain": f"domain {self.domain_id}",
            "user_profile": f"user profile {self.name}",
            "space": f"space {self.name}",
        }[self.place]

    @property
    def key(self) -> str:
        """The name of its record."""
        return "/".join(each for each in (self.domain_id, self.place, self.name) if each)

    @property
    def names(self) -> dict[str, str]:
        members = {"domain": {}, "user_profile": {"UserProfileName": self.name}, "space": {"SpaceName": self.name}}
        return {"DomainId": self.domain_id, **members[self.place]}

    @property
    def update_action(self) -> str:
        return {
            "domain": "sagemaker:UpdateDomain",
            "user_profile": "sagemaker:UpdateUserProfile",
            "space": "sagemaker:UpdateSpace",
        }[self.place]


@dataclass(frozen=True)
class Reading:
    """A target as it was at a moment."""

    target: Target
    document: Mapping[str, Any]

    @property
    def settings(self) -> Settings:
        return dict(self.document.get(_SETTINGS[self.target.place], {}).get(_MEMBER, {}))

    @property
    def has_settings(self) -> bool:
        return _MEMBER in self.document.get(_SETTINGS[self.target.place], {})

    @property
    def arn(self) -> str:
        return str(self.document[_ARNS[self.target.place]])

    @property
    def last_modified(self) -> datetime:
        modified: datetime = self.document["LastModifiedTime"]
        return modified

    @property
    def role(self) -> str | None:
        role: str | None = self.document.get(_SETTINGS[self.target.place], {}).get("ExecutionRole")
        return role

    @property
    def status(self) -> str:
        return str(self.document["Status"])

    @property
    def owner(self) -> str | None:
        """The user profile that a space belongs to."""
        owner: str | None = self.document.get("OwnershipSettings", {}).get("OwnerUserProfileName")
        return owner

    @property
    def app_type(self) -> str | None:
        """What a space is for."""
        app_type: str | None = self.document.get("SpaceSettings", {}).get("AppType")
        return app_type


def read(session: AwsSession, target: Target) -> Reading:
    """Permission: `sagemaker:DescribeDomain`, `DescribeUserProfile` or `DescribeSpace`. Raises `NotFound`, ..."""
    client = session.client("sagemaker")
    describe = {
        "domain": client.describe_domain,
        "user_profile": client.describe_user_profile,
        "space": client.describe_space,
    }[target.place]
    try:
        document = describe(**target.names)
    except Exception as error:
        raise from_aws(error) from error
    document.pop("ResponseMetadata", None)
    return Reading(target, document)


def write(session: AwsSession, target: Target, settings: Settings) -> None:
    """Send the JupyterLab settings, whole, and nothing else: AWS keeps the members that a request leaves out.

    Permission: `Target.update_action`. Raises :class:`SmextError`.
    """
    client = session.client("sagemaker")
    update = {
        "domain": client.update_domain,
        "user_profile": client.update_user_profile,
        "space": client.update_space,
    }[target.place]
    try:
        update(**target.names, **{_SETTINGS[target.place]: {_MEMBER: settings}})
    except Exception as error:
        raise from_aws(error) from error


def settled(session: AwsSession, target: Target) -> Reading:
    """Wait until an update is over. Raises `UpstreamRejected` where it failed, `Timeout` after 10 minutes."""
    deadline = time.monotonic() + _WAIT_SECONDS
    pause = 0.1
    while True:
        reading = read(session, target)
        if reading.status not in ("Pending", "Updating"):
            break
        if time.monotonic() > deadline:
            raise SmextError(ErrorCode.TIMEOUT, f"The {target.words} is still {reading.status} after 10 minutes.")
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
    if reading.status.endswith("Failed"):
        why = reading.document.get("FailureReason") or "AWS gives no reason"
        raise SmextError(ErrorCode.UPSTREAM_REJECTED, f"The {target.words} is {reading.status}: {why}.")
    return reading
