"""AWS's nested settings of domains, profiles and spaces, read into the essentials.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UserSettings.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .models import CustomFileSystem, IdleSettings, ResourceSpec, UserSettings

Raw = Mapping[str, Any]


def app_settings(settings: Raw, app_type: str = "JupyterLab") -> Raw:
    """The part of settings that is about one type of app."""
    found: Raw = settings.get(f"{app_type}AppSettings") or {}
    return found


def user_settings(settings: Raw) -> UserSettings:
    lab = app_settings(settings)
    storage = settings.get("SpaceStorageSettings", {}).get("DefaultEbsStorageSettings", {})
    return UserSettings(
        execution_role=settings.get("ExecutionRole"),
        security_groups=settings.get("SecurityGroups", []),
        default_resource_spec=resource_spec(lab.get("DefaultResourceSpec", {})),
        lifecycle_config_arns=lab.get("LifecycleConfigArns", []),
        built_in_lifecycle_config_arn=lab.get("BuiltInLifecycleConfigArn"),
        idle_settings=idle_settings(lab),
        default_ebs_volume_size_in_gb=storage.get("DefaultEbsVolumeSizeInGb"),
        maximum_ebs_volume_size_in_gb=storage.get("MaximumEbsVolumeSizeInGb"),
        studio_web_portal=settings.get("StudioWebPortal"),
        default_landing_uri=settings.get("DefaultLandingUri"),
        auto_mount_home_efs=settings.get("AutoMountHomeEFS"),
        custom_file_systems=custom_file_systems(settings.get("CustomFileSystemConfigs", [])),
    )


def resource_spec(spec: Raw) -> ResourceSpec:
    return ResourceSpec(
        instance_type=spec.get("InstanceType"),
        sagemaker_image_arn=spec.get("SageMakerImageArn"),
        sagemaker_image_version_arn=spec.get("SageMakerImageVersionArn"),
        sagemaker_image_version_alias=spec.get("SageMakerImageVersionAlias"),
        lifecycle_config_arn=spec.get("LifecycleConfigArn"),
    )


def raw_resource_spec(spec: ResourceSpec) -> dict[str, str]:
    """The same, as AWS takes it."""
    members = {
        "InstanceType": spec.instance_type,
        "SageMakerImageArn": spec.sagemaker_image_arn,
        "SageMakerImageVersionArn": spec.sagemaker_image_version_arn,
        "SageMakerImageVersionAlias": spec.sagemaker_image_version_alias,
        "LifecycleConfigArn": spec.lifecycle_config_arn,
    }
    return {name: value for name, value in members.items() if value is not None}


def over(specs: list[ResourceSpec]) -> ResourceSpec:
    """What counts of several: the last one that says something. An image comes with its own version, or none."""
    result = ResourceSpec()
    for spec in specs:
        given = spec.model_dump(exclude_none=True)
        if "sagemaker_image_arn" in given:
            result.sagemaker_image_version_arn = result.sagemaker_image_version_alias = None
        result = result.model_copy(update=given)
    return result


def idle_settings(app: Raw) -> IdleSettings:
    idle = app.get("AppLifecycleManagement", {}).get("IdleSettings", {})
    return IdleSettings(
        lifecycle_management=idle.get("LifecycleManagement"),
        idle_timeout_in_minutes=idle.get("IdleTimeoutInMinutes"),
        min_idle_timeout_in_minutes=idle.get("MinIdleTimeoutInMinutes"),
        max_idle_timeout_in_minutes=idle.get("MaxIdleTimeoutInMinutes"),
    )


def custom_file_systems(systems: list[Raw]) -> list[CustomFileSystem]:
    """From a domain's `CustomFileSystemConfigs` or a space's `CustomFileSystems`, without those of an unknown kind."""
    found = []
    for system in systems:
        for member, kind in (("EFSFileSystem", "EFS"), ("FSxLustreFileSystem", "FSxLustre"), ("S3FileSystem", "S3")):
            of_kind = system.get(f"{member}Config") or system.get(member)
            if of_kind:
                found.append(
                    CustomFileSystem(
                        kind=kind,
                        file_system_id=of_kind.get("FileSystemId"),
                        path=of_kind.get("FileSystemPath") or of_kind.get("MountPath"),
                        s3_uri=of_kind.get("S3Uri"),
                    )
                )
    return found
