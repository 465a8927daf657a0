"""Changing a space: instance type, image, volume, lifecycle configuration, idle timeout.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateSpace.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from . import spaces
from .models import Space, UpdateSpaceRequest
from .settings import app_settings


def update_space(session: AwsSession, request: UpdateSpaceRequest, table: PriceTable) -> Space:
    """Change what is given and keep everything else. The app runs on as it is; the change counts at its next start.

    AWS replaces an app's settings as a whole, so what is there is read first. Permissions: `sagemaker:UpdateSpace`,
    `sagemaker:DescribeSpace`. Raises `InvalidRequest` for a volume that would shrink, and AWS's refusal of a second
    change of the volume within six hours.
    """
    raw = spaces.describe_raw(session, request.domain_id, request.space_name)
    settings: Mapping[str, Any] = raw.get("SpaceSettings", {})
    change: dict[str, Any] = {}
    before = spaces.size_of(settings)
    if request.ebs_volume_size_in_gb is not None and request.ebs_volume_size_in_gb != before:
        if before is not None and request.ebs_volume_size_in_gb < before:
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                f"The volume of {request.space_name} has {before} GB and can not shrink to "
                f"{request.ebs_volume_size_in_gb}.",
                hint="Make a smaller space and move the files there, for example over S3.",
                operation="UpdateSpace",
            )
        change["SpaceStorageSettings"] = {"EbsStorageSettings": {"EbsVolumeSizeInGb": request.ebs_volume_size_in_gb}}
    app_type = settings.get("AppType", "JupyterLab")
    before_app = app_settings(settings, app_type)
    after_app = _app_settings(before_app, request)
    if after_app != before_app:
        change[f"{app_type}AppSettings"] = after_app
    call: dict[str, Any] = {"SpaceSettings": change} if change else {}
    if request.space_display_name is not None:
        call["SpaceDisplayName"] = request.space_display_name
    if call:
        session.client("sagemaker").update_space(DomainId=request.domain_id, SpaceName=request.space_name, **call)
    return spaces.describe_space(session, request.domain_id, request.space_name, table)


def _app_settings(before: Mapping[str, Any], request: UpdateSpaceRequest) -> dict[str, Any]:
    spec = dict(before.get("DefaultResourceSpec", {}))
    if request.sagemaker_image_arn is not None:
        # A version belongs to its image.
        spec.pop("SageMakerImageVersionArn", None)
        spec.pop("SageMakerImageVersionAlias", None)
    for member, value in (
        ("InstanceType", request.instance_type),
        ("SageMakerImageArn", request.sagemaker_image_arn),
        ("SageMakerImageVersionAlias", request.sagemaker_image_version_alias),
        ("LifecycleConfigArn", request.lifecycle_config_arn),
    ):
        if value is not None:
            spec[member] = value
    after = dict(before)
    if spec:
        after["DefaultResourceSpec"] = spec
    if request.idle_timeout_in_minutes is not None:
        management = dict(before.get("AppLifecycleManagement", {}))
        idle = {**management.get("IdleSettings", {}), "IdleTimeoutInMinutes": request.idle_timeout_in_minutes}
        after["AppLifecycleManagement"] = {**management, "IdleSettings": idle}
    return after
