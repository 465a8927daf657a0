"""Spaces: which there are, what runs in them, and what one is in full.

https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-jl.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..aws.errors import ErrorEnvelope, from_aws
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from . import domains, profiles
from .apps import apps_by_space
from .models import DEFAULT_INSTANCE_TYPE, App, IdleSettings, Space, SpacePage, SpacesQuery, SpaceSummary
from .pricing import monthly, per_hour, volume_per_month
from .settings import app_settings, custom_file_systems, idle_settings, over, resource_spec


def list_spaces(session: AwsSession, query: SpacesQuery, table: PriceTable) -> SpacePage:
    """One page of a domain's spaces, with the app that runs in each.

    Permissions: `sagemaker:ListSpaces`; `sagemaker:ListApps`, without which nobody knows which of them run.
    """
    request: dict[str, Any] = {"DomainIdEquals": query.domain_id, "MaxResults": query.max_results}
    if query.name_contains:
        request["SpaceNameContains"] = query.name_contains
    if query.next_token:
        request["NextToken"] = query.next_token
    answer = session.client("sagemaker").list_spaces(**request)
    running, unknown = running_apps(session, query.domain_id, table)
    return SpacePage(
        spaces=[
            SpaceSummary(**_common(session, raw, running.get(raw["SpaceName"]), suffix="Summary"))
            for raw in answer["Spaces"]
        ],
        next_token=answer.get("NextToken"),
        apps_unknown=unknown,
    )


def describe_space(session: AwsSession, domain_id: str, name: str, table: PriceTable) -> Space:
    """One space in full.

    Permissions: `sagemaker:DescribeSpace`; `sagemaker:ListApps` for what runs in it; `sagemaker:DescribeDomain` and
    `sagemaker:DescribeUserProfile` for what they add to its settings, which is left out where they are refused.
    """
    raw = describe_raw(session, domain_id, name)
    running, _ = running_apps(session, domain_id, table, name)
    app = running.get(name)
    app_type = raw.get("SpaceSettings", {}).get("AppType", "JupyterLab")
    own = app_settings(raw.get("SpaceSettings", {}), app_type)
    inherited = _inherited(session, raw, app_type)
    spec = resource_spec(own.get("DefaultResourceSpec", {}))
    effective = over([*(resource_spec(each.get("DefaultResourceSpec", {})) for each in inherited), spec])
    instance_type = (app.resource_spec if app else effective).instance_type or DEFAULT_INSTANCE_TYPE
    return Space(
        **_common(session, raw, app),
        space_arn=raw["SpaceArn"],
        failure_reason=raw.get("FailureReason"),
        url=raw.get("Url"),
        resource_spec=spec,
        effective_resource_spec=effective,
        idle_settings=_idle([*inherited, own]),
        custom_file_systems=custom_file_systems(raw.get("SpaceSettings", {}).get("CustomFileSystems", [])),
        remote_access=raw.get("SpaceSettings", {}).get("RemoteAccess"),
        price=per_hour(session.region, instance_type, table),
        storage_price=volume_per_month(session.region),
    )


def describe_raw(session: AwsSession, domain_id: str, name: str) -> dict[str, Any]:
    """AWS's own answer."""
    answer: dict[str, Any] = session.client("sagemaker").describe_space(DomainId=domain_id, SpaceName=name)
    return answer


def running_apps(
    session: AwsSession, domain_id: str, table: PriceTable, space_name: str | None = None
) -> tuple[dict[str, App], ErrorEnvelope | None]:
    """What runs in which space (or in one), and why nobody knows where it is refused."""
    try:
        return apps_by_space(session, domain_id, table, space_name), None
    except Exception as error:
        return {}, from_aws(error).envelope


def size_of(space: Mapping[str, Any]) -> int | None:
    """GB of its volume, of a space's settings or their summary."""
    size: int | None = space.get("SpaceStorageSettings", {}).get("EbsStorageSettings", {}).get("EbsVolumeSizeInGb")
    return size


def _inherited(session: AwsSession, raw: Mapping[str, Any], app_type: str) -> list[Mapping[str, Any]]:
    """What domain and profile say about apps of this type, weakest first."""
    shared = raw.get("SpaceSharingSettings", {}).get("SharingType") == "Shared"
    member = "DefaultSpaceSettings" if shared else "DefaultUserSettings"
    owner = raw.get("OwnershipSettings", {}).get("OwnerUserProfileName")
    found: list[Mapping[str, Any]] = []
    try:
        domain = domains.describe_raw(session, raw["DomainId"])
        found.append(app_settings(domain.get(member, {}), app_type))
        if owner and not shared:
            profile = profiles.describe_raw(session, raw["DomainId"], owner)
            found.append(app_settings(profile.get("UserSettings", {}), app_type))
    except Exception as error:
        if from_aws(error).envelope.retryable:
            raise
    return found


def _idle(levels: list[Mapping[str, Any]]) -> IdleSettings:
    result = IdleSettings()
    for level in levels:
        result = result.model_copy(update=idle_settings(level).model_dump(exclude_none=True))
    return result


def _common(session: AwsSession, raw: Mapping[str, Any], app: App | None, suffix: str = "") -> dict[str, Any]:
    """The fields that the list and the description share; the list's members end with "Summary"."""
    settings = raw.get(f"SpaceSettings{suffix}", {})
    size = size_of(settings)
    here = session.metadata
    return {
        "domain_id": raw["DomainId"],
        "space_name": raw["SpaceName"],
        "space_display_name": raw.get("SpaceDisplayName"),
        "status": raw["Status"],
        "sharing_type": raw.get(f"SpaceSharingSettings{suffix}", {}).get("SharingType"),
        "owner_user_profile_name": raw.get(f"OwnershipSettings{suffix}", {}).get("OwnerUserProfileName"),
        "app_type": settings.get("AppType"),
        "ebs_volume_size_in_gb": size,
        "storage_usd_per_month": monthly(volume_per_month(session.region), size),
        "app": app,
        "creation_time": raw["CreationTime"],
        "last_modified_time": raw["LastModifiedTime"],
        "here": bool(here and here.domain_id == raw["DomainId"] and here.space_name == raw["SpaceName"]),
    }
