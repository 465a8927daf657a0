"""A new space: what it would be and cost, and making it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateSpace.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..aws.errors import ErrorCode, ErrorEnvelope, SmextError, from_aws
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from . import domains, profiles, spaces
from .models import (
    CreateSpaceRequest,
    PlanProblem,
    Space,
    SpacePlan,
    UserSettings,
)
from .pricing import monthly, per_hour, volume_per_month
from .settings import user_settings

# What AWS gives a space where neither profile nor domain say it,
# https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-jl-admin-guide-storage.html
_DEFAULT_EBS_GB = 5


def plan_space(session: AwsSession, request: CreateSpaceRequest, table: PriceTable) -> SpacePlan:
    """What a space would be and cost, and what stands in its way. Makes nothing.

    Permissions: `sagemaker:DescribeDomain`, `sagemaker:DescribeUserProfile`, `sagemaker:DescribeSpace`. What is refused
    becomes a problem that does not block: the limits of domain and profile are not known then.
    """
    problems: list[PlanProblem] = []
    domain = _asked(problems, "domain_id", lambda: domains.describe_raw(session, request.domain_id))
    profile = _asked(
        problems,
        "owner_user_profile_name",
        lambda: profiles.describe_raw(session, request.domain_id, request.owner_user_profile_name),
    )
    # A shared space belongs to the domain: its owner's own settings do not count.
    counting = (
        [domain.get("DefaultSpaceSettings", {})]
        if request.sharing_type == "Shared"
        else [domain.get("DefaultUserSettings", {}), profile.get("UserSettings", {})]
    )
    levels = [user_settings(settings) for settings in counting if settings]
    size = request.ebs_volume_size_in_gb or _last(levels, "default_ebs_volume_size_in_gb") or _DEFAULT_EBS_GB
    full = request.model_copy(update={"ebs_volume_size_in_gb": size})
    problems += _problems(session, full, domain, profile, levels)
    offered = list(dict.fromkeys(arn for level in levels for arn in level.lifecycle_config_arns))
    storage = volume_per_month(session.region)
    return SpacePlan(
        request=full,
        price=per_hour(session.region, full.instance_type, table),
        storage_price=storage,
        storage_usd_per_month=monthly(storage, size),
        lifecycle_config_arns=offered,
        built_in_lifecycle_config_arn=_last(levels, "built_in_lifecycle_config_arn"),
        notes=_notes(full, levels),
        problems=problems,
        ready=not any(problem.blocking for problem in problems),
    )


def create_space(session: AwsSession, request: CreateSpaceRequest, table: PriceTable) -> Space:
    """Create a space; it is Pending for some seconds. Its volume is billed from then on, its app when it is started.

    Permissions: `sagemaker:CreateSpace`, `sagemaker:DescribeSpace`. Raises `Conflict` where there is one of this name,
    and `InvalidRequest` for what profile or domain do not allow.
    """
    settings: dict[str, Any] = {
        "AppType": request.app_type,
        f"{request.app_type}AppSettings": app_settings_of(request),
    }
    if request.ebs_volume_size_in_gb is not None:
        settings["SpaceStorageSettings"] = {"EbsStorageSettings": {"EbsVolumeSizeInGb": request.ebs_volume_size_in_gb}}
    named = {"SpaceDisplayName": request.space_display_name} if request.space_display_name else {}
    session.client("sagemaker").create_space(
        DomainId=request.domain_id,
        SpaceName=request.space_name,
        OwnershipSettings={"OwnerUserProfileName": request.owner_user_profile_name},
        SpaceSharingSettings={"SharingType": request.sharing_type},
        SpaceSettings=settings,
        **named,
    )
    return spaces.describe_space(session, request.domain_id, request.space_name, table)


def app_settings_of(request: CreateSpaceRequest) -> dict[str, Any]:
    """The space's own settings for its app."""
    members = {
        "InstanceType": request.instance_type,
        "SageMakerImageArn": request.sagemaker_image_arn,
        "SageMakerImageVersionAlias": request.sagemaker_image_version_alias,
        "LifecycleConfigArn": request.lifecycle_config_arn,
    }
    settings: dict[str, Any] = {
        "DefaultResourceSpec": {name: value for name, value in members.items() if value is not None}
    }
    if request.idle_timeout_in_minutes is not None:
        settings["AppLifecycleManagement"] = {"IdleSettings": {"IdleTimeoutInMinutes": request.idle_timeout_in_minutes}}
    return settings


def _problems(
    session: AwsSession,
    request: CreateSpaceRequest,
    domain: Mapping[str, Any],
    profile: Mapping[str, Any],
    levels: list[UserSettings],
) -> list[PlanProblem]:
    problems = []
    for what, found, field in (
        (f"The domain {request.domain_id}", domain, "domain_id"),
        (f"The user profile {request.owner_user_profile_name}", profile, "owner_user_profile_name"),
    ):
        if found and found["Status"] not in ("InService", "Update_Failed"):
            problems.append(
                PlanProblem(
                    blocking=True,
                    message=f"{what} is {found['Status']}, not InService.",
                    hint="Wait until it is.",
                    field=field,
                )
            )
    if _exists(session, request):
        problems.append(
            PlanProblem(
                blocking=True,
                message=f"There is a space {request.space_name} in this domain already.",
                hint="Choose another name.",
                field="space_name",
            )
        )
    known = session.client("sagemaker").meta.service_model.shape_for("AppInstanceType").enum
    if request.instance_type not in known:
        problems.append(
            PlanProblem(
                blocking=True,
                message=f"{request.instance_type} is no instance type of Studio that the installed botocore knows.",
                field="instance_type",
            )
        )
    maximum = _last(levels, "maximum_ebs_volume_size_in_gb")
    if maximum is not None and (request.ebs_volume_size_in_gb or 0) > maximum:
        problems.append(
            PlanProblem(
                blocking=True,
                message=f"The volume would have {request.ebs_volume_size_in_gb} GB; profile or domain allow {maximum}.",
                hint="An administrator of the domain sets this limit.",
                field="ebs_volume_size_in_gb",
            )
        )
    offered = {arn for level in levels for arn in level.lifecycle_config_arns}
    if levels and request.lifecycle_config_arn not in (None, "None", *offered):
        problems.append(
            PlanProblem(
                blocking=True,
                message=f"{request.lifecycle_config_arn} is not offered by the domain or the user profile.",
                hint="An administrator of the domain attaches lifecycle configurations.",
                field="lifecycle_config_arn",
            )
        )
    return problems


def _exists(session: AwsSession, request: CreateSpaceRequest) -> bool:
    try:
        spaces.describe_raw(session, request.domain_id, request.space_name)
    except Exception as error:
        if from_aws(error).envelope.retryable:
            raise
        # Not there, or not to be looked at: then the creation itself will tell.
        return False
    return True


def _notes(request: CreateSpaceRequest, levels: list[UserSettings]) -> list[str]:
    notes = [
        f"{request.instance_type} is billed only while the space runs.",
        f"The volume of {request.ebs_volume_size_in_gb} GB is billed from now on, also while the space is stopped; "
        "it can grow once in six hours, and never shrink.",
        "Files in the home folder persist when the space is stopped. Packages installed elsewhere do not.",
        "Deleting the space deletes its volume and everything on it.",
    ]
    allowed = not levels or levels[-1].idle_settings.lifecycle_management != "DISABLED"
    enabled = any(level.idle_settings.lifecycle_management == "ENABLED" for level in levels)
    inherited = next(
        (
            level.idle_settings.idle_timeout_in_minutes
            for level in reversed(levels)
            if level.idle_settings.idle_timeout_in_minutes
        ),
        None,
    )
    minutes = request.idle_timeout_in_minutes or inherited
    if enabled and allowed and minutes:
        notes.append(f"It stops by itself after {minutes} minutes without use.")
    elif levels:
        notes.append("Nobody stops it while it is idle: the domain has no idle shutdown enabled.")
    return notes


def _last(levels: list[UserSettings], field: str) -> Any:
    """What counts: the profile's word before the domain's."""
    return next((value for level in reversed(levels) if (value := getattr(level, field)) is not None), None)


def _asked(problems: list[PlanProblem], field: str, ask: Any) -> dict[str, Any]:
    """AWS's answer; empty where there is none, which becomes a problem."""
    try:
        answer: dict[str, Any] = ask()
    except Exception as error:
        mapped: SmextError = from_aws(error)
        envelope: ErrorEnvelope = mapped.envelope
        if envelope.retryable:
            raise mapped from error
        missing = mapped.code in (ErrorCode.NOT_FOUND, ErrorCode.INVALID_REQUEST)
        problems.append(
            PlanProblem(blocking=missing, message=envelope.message, hint=envelope.hint, field=field, error=envelope)
        )
        return {}
    return answer
