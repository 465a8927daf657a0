"""Which machines a training job may ask for: one type, instance groups, or types in the order of preference.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.errors import ValidationException


def require_consistent_resources(request: Mapping[str, Any]) -> None:
    """Raises :class:`ValidationException` where the ResourceConfig of a training job contradicts itself."""
    resources = request.get("ResourceConfig", {})
    groups, preferences = resources.get("InstanceGroups"), resources.get("InstancePreferences")
    if groups:
        _refuse_beside("InstanceGroups", resources, "InstanceType", "InstanceCount", "InstancePreferences")
        names = [group["InstanceGroupName"] for group in groups]
        if len(names) != len(set(names)):
            raise ValidationException("The names of the InstanceGroups must be unique.")
    elif preferences:
        _require_consistent_preferences(request, resources, preferences)
    else:
        _require(resources, "InstanceType", "InstanceCount")
    _require(resources, "VolumeSizeInGB")
    _require_known_groups(request, {group["InstanceGroupName"] for group in groups or []})


def _require_consistent_preferences(
    request: Mapping[str, Any], resources: Mapping[str, Any], preferences: list[Mapping[str, Any]]
) -> None:
    _refuse_beside("InstancePreferences", resources, "InstanceType", "InstancePlacementConfig")
    if request.get("EnableManagedSpotTraining"):
        raise ValidationException("InstancePreferences can not be used with EnableManagedSpotTraining.")
    types = [preference["InstanceType"] for preference in preferences]
    if len(types) != len(set(types)):
        raise ValidationException("An instance type can appear only once in InstancePreferences.")
    counts = [preference for preference in preferences if preference.get("InstanceCount")]
    if counts and (len(counts) < len(preferences) or resources.get("InstanceCount")):
        raise ValidationException(
            "Set InstanceCount either on every one of the InstancePreferences or once in ResourceConfig."
        )
    if not counts:
        _require(resources, "InstanceCount")


def _require_known_groups(request: Mapping[str, Any], groups: set[str]) -> None:
    for channel in request.get("InputDataConfig", []):
        for name in channel["DataSource"].get("S3DataSource", {}).get("InstanceGroupNames", []):
            if name not in groups:
                raise ValidationException(
                    f"The instance group {name} of channel {channel['ChannelName']} is not one of the InstanceGroups."
                )


def _require(resources: Mapping[str, Any], *members: str) -> None:
    for member in members:
        if not resources.get(member):
            raise ValidationException(f"ResourceConfig requires {member}.")


def _refuse_beside(chosen: str, resources: Mapping[str, Any], *others: str) -> None:
    for other in others:
        if resources.get(other):
            raise ValidationException(f"ResourceConfig can not have both {chosen} and {other}.")
