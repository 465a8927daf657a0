"""The SageMaker Python SDK's own defaults file, as a source of defaults for us too.

Teams already describe role, bucket and network there, so that nobody types them twice. We read it with the SDK's
rules of place: ``SAGEMAKER_USER_CONFIG_OVERRIDE`` and ``SAGEMAKER_ADMIN_CONFIG_OVERRIDE`` or the XDG folders.
https://sagemaker.readthedocs.io/en/stable/overview.html#configuring-and-using-defaults-with-the-sagemaker-python-sdk
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def _config_files(environ: Mapping[str, str]) -> list[Path]:
    admin = environ.get("SAGEMAKER_ADMIN_CONFIG_OVERRIDE", "/etc/xdg/sagemaker/config.yaml")
    user = environ.get("SAGEMAKER_USER_CONFIG_OVERRIDE", str(Path.home() / ".config" / "sagemaker" / "config.yaml"))
    files = []
    for name in (admin, user):
        if name.startswith("s3://"):
            continue  # the SDK may fetch these; we do not read S3 to learn our defaults
        path = Path(name)
        files.append(path / "config.yaml" if path.is_dir() else path)
    return files


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        merged[key] = (
            _merge(merged[key], value) if isinstance(value, dict) and isinstance(merged.get(key), dict) else value
        )
    return merged


class SdkDefaults:
    """The merged defaults: the user's file over the administrator's."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> SdkDefaults:
        """Read both files; one that is missing or unreadable counts as empty."""
        merged: dict[str, Any] = {}
        for path in _config_files(os.environ if environ is None else environ):
            try:
                loaded = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
            except (OSError, YAMLError, UnicodeDecodeError):
                continue
            if isinstance(loaded, dict):
                merged = _merge(merged, loaded)
        return cls(merged)

    def get(self, *path: str) -> Any:
        """The value at ``SageMaker.<path>``, or None."""
        node: Any = self._values.get("SageMaker")
        for name in path:
            if not isinstance(node, dict):
                return None
            node = node.get(name)
        return node

    @property
    def role_arn(self) -> str | None:
        return cast("str | None", self.get("TrainingJob", "RoleArn"))

    @property
    def default_bucket(self) -> str | None:
        return cast("str | None", self.get("PythonSDK", "Modules", "Session", "DefaultS3Bucket"))

    @property
    def default_bucket_prefix(self) -> str | None:
        return cast("str | None", self.get("PythonSDK", "Modules", "Session", "DefaultS3ObjectKeyPrefix"))
