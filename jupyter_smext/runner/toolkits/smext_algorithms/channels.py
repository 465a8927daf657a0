"""The input channels of a job as arrays.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import recordio_protobuf
from .errors import CustomerError

_CSV = "text/csv"
_RECORDIO = "application/x-recordio-protobuf"


@dataclass(frozen=True)
class Rows:
    """The rows of one channel; ``labels`` is None where they have none."""

    features: Any
    labels: Any


class Channels:
    """The channels below the folder ``data``, as inputdataconfig.json tells them."""

    def __init__(self, data: Path, config: Mapping[str, Mapping[str, str]]) -> None:
        self._data = data
        self.config = config

    def path(self, name: str) -> Path | None:
        """The folder of a channel, if the job has it."""
        return self._data / name if name in self.config else None

    def files(self, name: str) -> list[Path]:
        """The data files of a channel that the job has."""
        found = sorted(self._data.joinpath(name).rglob("*"))
        return [path for path in found if path.is_file() and not path.name.startswith((".", "_"))]

    def content_type(self, name: str) -> str | None:
        """What the job says of a channel's data, if it says it."""
        return self.config[name].get("ContentType")

    def require_known(self, *known: str) -> None:
        """Raises CustomerError without a train channel, and for channels that the algorithm does not have."""
        if "train" not in self.config:
            raise CustomerError("Unable to initialize the algorithm. The channel 'train' is missing.")
        for name in self.config:
            if name not in known:
                raise CustomerError(f"The channel '{name}' is not one of {list(known)}.")

    def read(self, name: str, *, labelled: bool, feature_dim: int | None = None) -> Rows | None:
        """The rows of a channel; None when the job has no such channel.

        With ``labelled`` every row has a label, and without it labels are dropped. Raises CustomerError.
        """
        if name not in self.config:
            return None
        files = self.files(name)
        if not files:
            raise CustomerError(f"No data in the channel '{name}'.")
        parts = [_read(file, self.content_type(name) or _RECORDIO) for file in files]
        if len({part.features.shape[1] for part in parts}) > 1:
            raise CustomerError(f"The files of the channel '{name}' have different numbers of features.")
        features = np.vstack([part.features for part in parts])
        if labelled and any(part.labels is None for part in parts):
            raise CustomerError(f"The channel '{name}' has no labels.")
        if feature_dim is not None and features.shape[1] != feature_dim:
            raise CustomerError(
                f"The channel '{name}' has {features.shape[1]} features, and feature_dim is {feature_dim}."
            )
        return Rows(features, np.concatenate([part.labels for part in parts]) if labelled else None)


def parse_csv(text: str) -> Any:
    """Numbers from CSV without a header. Raises ValueError with the line that is not of numbers."""
    rows = []
    for number, line in enumerate(csv.reader(text.splitlines()), 1):
        if not line:
            continue
        try:
            rows.append([float(value) for value in line])
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(f"line {number} has {len(rows[-1])} columns, the lines before have {len(rows[0])}")
    return np.array(rows)


def parse_json(text: str) -> Any:
    """The rows of ``{"instances": [{"features": [...]}]}``. Raises ValueError."""
    return np.array([_json_features(instance) for instance in json.loads(text)["instances"]], dtype=float)


def parse_json_lines(text: str) -> Any:
    """The rows of ``{"features": [...]}``, one a line. Raises ValueError."""
    return np.array([_json_features(json.loads(line)) for line in text.splitlines() if line.strip()], dtype=float)


def _json_features(instance: Mapping[str, Any]) -> Any:
    if "features" in instance:
        return instance["features"]
    # The long form, {"data": {"features": {"values": [...]}}}.
    return instance["data"]["features"]["values"]


def _read(file: Path, content_type: str) -> Rows:
    media_type, _, options = content_type.partition(";")
    try:
        if media_type.strip().lower() == _RECORDIO:
            return Rows(*recordio_protobuf.read(file.read_bytes()))
        if media_type.strip().lower() == _CSV:
            return _split(parse_csv(file.read_text()), _label_size(options))
    except ValueError as error:
        raise CustomerError(f"Unable to read data of {file.name} as {content_type}: {error}") from error
    raise CustomerError(f"The content type {content_type} is not supported: use {_RECORDIO} or {_CSV}.")


def _label_size(options: str) -> int:
    for option in options.split(";"):
        name, _, value = option.partition("=")
        if name.strip().lower() == "label_size":
            return int(value)
    return 1


def _split(rows: Any, label_size: int) -> Rows:
    if not rows.size:
        raise ValueError("there is no row")
    if rows.shape[1] <= label_size:
        raise ValueError("there is no column beside the label")
    return Rows(rows[:, label_size:], rows[:, 0] if label_size else None)
