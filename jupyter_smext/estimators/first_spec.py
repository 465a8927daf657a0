"""The first version of a spec, for someone who starts with an empty file."""

from __future__ import annotations

from typing import Any

from .file import dump
from .images import BUILTINS, CatalogError, framework_versions, image_uri, is_script_mode

_HEAD = """\
# A training job. Every key is explained at the form, and in `jupyter smext spec schema`.
"""
_DATA = "s3://${profile.bucket}/data/train/"


def new_spec(name: str, framework: str, *, instance_type: str = "ml.m5.large", entry_script: str = "train.py") -> str:
    """The text of a spec for the newest version of a framework or built-in algorithm.

    Raises :class:`~jupyter_smext.estimators.images.CatalogError` where there is none of that name, or none for the
    instance type.
    """
    version = framework_versions(framework)[0]
    algorithm: dict[str, Any] = {"name": framework, "version": version}
    if is_script_mode(framework):
        try:
            image_uri(framework, version, "us-east-1", instance_type)
        except CatalogError as error:
            if error.field != "py_version":
                raise
            algorithm["py_version"] = error.choices[-1]
    job: dict[str, Any] = {
        "algorithm": {"framework" if is_script_mode(framework) else "builtin": algorithm},
        "input_data_config": [{"channel_name": "train", "s3_uri": _DATA}],
        "compute": {"instance_type": instance_type},
        "stopping_condition": {"max_runtime_in_seconds": 3600},
    }
    if is_script_mode(framework):
        job["source_code"] = {"source_dir": "src", "entry_script": entry_script}
    elif framework in BUILTINS:
        job["input_data_config"][0]["content_type"] = "text/csv"
    return _HEAD + dump(
        {"api_version": "smext/v1", "kind": "TrainingJob", "metadata": {"base_job_name": name}, "spec": job}
    )
