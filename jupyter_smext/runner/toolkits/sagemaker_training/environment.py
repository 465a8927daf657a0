"""The training environment as a script sees it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import mapping

SAGEMAKER_BASE_PATH = "/opt/ml"
BASE_PATH_ENV = "SAGEMAKER_BASE_DIR"
HYPERPARAMETERS_FILE = "hyperparameters.json"
RESOURCE_CONFIG_FILE = "resourceconfig.json"
INPUT_DATA_CONFIG_FILE = "inputdataconfig.json"

base_dir = os.environ.get(BASE_PATH_ENV, SAGEMAKER_BASE_PATH)
code_dir = f"{base_dir}/code"
model_dir = f"{base_dir}/model"
input_dir = f"{base_dir}/input"
input_config_dir = f"{input_dir}/config"
output_dir = f"{base_dir}/output"
output_data_dir = f"{output_dir}/data"
output_intermediate_dir = f"{output_dir}/intermediate"
hyperparameters_file_dir = f"{input_config_dir}/{HYPERPARAMETERS_FILE}"
input_data_config_file_dir = f"{input_config_dir}/{INPUT_DATA_CONFIG_FILE}"
resource_config_file_dir = f"{input_config_dir}/{RESOURCE_CONFIG_FILE}"


def read_hyperparameters() -> dict[str, Any]:
    """The hyperparameters, each as its JSON value where it is one."""
    return {name: _decoded(value) for name, value in _read(hyperparameters_file_dir).items()}


def read_resource_config() -> dict[str, Any]:
    """The content of resourceconfig.json."""
    return _read(resource_config_file_dir)


def read_input_data_config() -> dict[str, Any]:
    """The content of inputdataconfig.json."""
    return _read(input_data_config_file_dir)


def channel_path(channel: str) -> str:
    """The folder of a channel."""
    return f"{input_dir}/data/{channel}"


def num_cpus() -> int:
    """The number of CPUs."""
    return os.cpu_count() or 1


class Environment(Mapping[str, Any]):
    """What the job was started with: hyperparameters, channels, hosts, folders.

    The values are attributes, and a mapping: those of the variable SM_TRAINING_ENV, which every script mode job has.
    """

    def __init__(self) -> None:
        self._values: dict[str, Any] = json.loads(os.environ["SM_TRAINING_ENV"])

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def to_cmd_args(self) -> list[str]:
        """The hyperparameters as command line arguments."""
        return mapping.to_cmd_args(self["hyperparameters"])

    def to_env_vars(self) -> dict[str, str]:
        """The SM_* variables."""
        return {name: value for name, value in os.environ.items() if name.startswith("SM_")}


def _read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(path).read_text())
    return content


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
