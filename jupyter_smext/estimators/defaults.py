"""What a spec leaves open, and who fills it in: the administrator, the user's file, or the SDK's defaults file.

From the strongest: what the spec says, the administrator's choice, ``defaults.yaml`` of the user, ``config.yaml`` of
the SageMaker SDK, and then what the model says. What the administrator forbids is no default: the guard of the session
refuses it (preflight says so beforehand).
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

from ..aws.errors import ErrorCode, SmextError
from ..aws.sdk_defaults import SdkDefaults
from ..aws.session import AwsSession
from .file import SpecSyntaxError, load
from .models import Origin
from .paths import Path, path_text

USER_FILE = "defaults.yaml"
ENVIRONMENT = "JUPYTER_SMEXT_DEFAULTS"

# Members of SageMaker.TrainingJob in the SDK's file, and where the spec has them. The role, the bucket and its prefix
# are defaults of the session already. https://sagemaker.readthedocs.io/en/stable/overview.html
_SDK_MEMBERS: dict[tuple[str, ...], Path] = {
    ("VpcConfig", "Subnets"): ("spec", "networking", "subnets"),
    ("VpcConfig", "SecurityGroupIds"): ("spec", "networking", "security_group_ids"),
    ("EnableNetworkIsolation",): ("spec", "networking", "enable_network_isolation"),
    ("EnableInterContainerTrafficEncryption",): ("spec", "networking", "enable_inter_container_traffic_encryption"),
    ("OutputDataConfig", "KmsKeyId"): ("spec", "output_data_config", "kms_key_id"),
    ("ResourceConfig", "VolumeKmsKeyId"): ("spec", "compute", "volume_kms_key_id"),
    ("Environment",): ("spec", "environment"),
}

# Of these exactly one is given: a default for another one would contradict what the spec says.
_ALTERNATIVES: dict[Path, tuple[str, ...]] = {
    ("spec", "compute"): ("instance_type", "instance_groups", "instance_preferences"),
    ("spec", "algorithm"): ("framework", "builtin", "training_image", "algorithm_name"),
}


@dataclass(frozen=True)
class Layer:
    """Values in the shape of a spec, and whose they are."""

    name: Literal["admin", "user", "sdk"]
    source: str
    values: Mapping[str, Any]


def layers_of(aws: AwsSession) -> list[Layer]:
    """The layers below the spec, the strongest first. Raises `InvalidRequest` where the user's file cannot be read."""
    layers = []
    if aws.guard is not None:
        layers.append(Layer("admin", "your administrator", aws.guard.spec_defaults()))
    layers += user_layer(user_file())
    layers.append(sdk_layer(aws.defaults))
    return [layer for layer in layers if layer.values]


def user_file() -> FilePath:
    """Where a person's own defaults lie: a spec with only the keys that they want to fill in."""
    from jupyter_core.paths import jupyter_config_dir

    given = os.environ.get(ENVIRONMENT)
    return FilePath(given) if given else FilePath(jupyter_config_dir()) / "jupyter_smext" / USER_FILE


def user_settings(path: FilePath) -> dict[str, Any]:
    """What the user's file says; nothing where there is none. Raises `InvalidRequest` where it cannot be read."""
    try:
        return load(path.read_text("utf-8")).data
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, SpecSyntaxError) as error:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"Your defaults file {path} cannot be read: {error}",
            hint="Correct or remove it.",
        ) from error


def user_layer(path: FilePath) -> list[Layer]:
    values = user_settings(path)
    return [Layer("user", str(path), {key: each for key, each in values.items() if key in ("metadata", "spec")})]


def sdk_layer(defaults: SdkDefaults) -> Layer:
    values: dict[str, Any] = {}
    for member, path in _SDK_MEMBERS.items():
        given = defaults.get("TrainingJob", *member)
        if given is not None:
            _set(values, path, given)
    tags = [*(defaults.get("Tags") or []), *(defaults.get("TrainingJob", "Tags") or [])]
    if tags:
        _set(values, ("metadata", "tags"), {str(each["Key"]): str(each["Value"]) for each in tags})
    return Layer("sdk", "config.yaml of the SageMaker SDK", values)


def filled(data: Mapping[str, Any], layers: Sequence[Layer]) -> tuple[dict[str, Any], dict[Path, Origin]]:
    """A copy of a spec with what the layers say where it says nothing; and where each such value came from."""
    result = copy.deepcopy(dict(data))
    origins: dict[Path, Origin] = {}
    for layer in layers:
        _fill(result, layer.values, (), layer, origins)
    return result, origins


def origin_texts(origins: Mapping[Path, Origin]) -> dict[str, Origin]:
    return {path_text(path): origin for path, origin in origins.items()}


def _fill(
    target: dict[str, Any], values: Mapping[str, Any], path: Path, layer: Layer, origins: dict[Path, Origin]
) -> None:
    alternatives = _ALTERNATIVES.get(path, ())
    decided = any(target.get(name) for name in alternatives)
    for key, value in values.items():
        here = (*path, key)
        if isinstance(value, Mapping):
            if key in alternatives and decided:
                continue
            below = target.get(key)
            if below is None:
                below = {}
            if isinstance(below, dict):  # anything else is a mistake of the spec, which the check reports
                _fill(below, value, here, layer, origins)
                if below:
                    target[key] = below
        elif target.get(key) is None and not (key in alternatives and decided):
            target[key] = copy.deepcopy(value)
            origins[here] = Origin(layer=layer.name, source=layer.source, value=value)


def _set(values: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(str(part), {})
    values[str(path[-1])] = value
