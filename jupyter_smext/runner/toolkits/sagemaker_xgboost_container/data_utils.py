"""Channels to DMatrix."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from smext_algorithms import recordio_protobuf

CSV = "csv"
LIBSVM = "libsvm"
PARQUET = "parquet"
RECORDIO_PROTOBUF = "recordio-protobuf"
_FORMATS = {
    "csv": CSV,
    "text/csv": CSV,
    "libsvm": LIBSVM,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "parquet": PARQUET,
    "application/x-parquet": PARQUET,
    "recordio-protobuf": RECORDIO_PROTOBUF,
    "application/x-recordio-protobuf": RECORDIO_PROTOBUF,
}


def get_content_type(content_type_cfg_val: str | None) -> str:
    """``csv``, ``libsvm`` (the default), ``parquet`` or ``recordio-protobuf``. Raises ValueError."""
    if content_type_cfg_val is None:
        return LIBSVM
    try:
        return _FORMATS[content_type_cfg_val.lower().partition(";")[0].strip()]
    except KeyError:
        raise ValueError(f"{content_type_cfg_val} is not an accepted ContentType: {', '.join(_FORMATS)}.") from None


def get_dmatrix(
    data_path: str | list[str],
    content_type: str | None,
    csv_weights: int = 0,
    is_pipe: bool = False,
    combine_train_val: bool = False,
) -> Any:
    """The data of a file or folder, its label first; with ``csv_weights`` 1 the weight second. None without files.

    Raises ValueError for a content type that is not read here, and for Pipe mode.
    """
    if is_pipe:
        raise ValueError("Pipe mode is not available; use File mode.")
    files = [file for path in ([data_path] if isinstance(data_path, str) else data_path) for file in _data_files(path)]
    if not files:
        return None
    read = {CSV: _from_csv, LIBSVM: _from_libsvm, PARQUET: _from_parquet, RECORDIO_PROTOBUF: _from_recordio}
    return read[get_content_type(content_type)](files, csv_weights)


def _data_files(path: str) -> Iterable[Path]:
    place = Path(path)
    if place.is_file():
        return [place]
    return sorted(file for file in place.rglob("*") if file.is_file() and not file.name.startswith((".", "_")))


def _from_csv(files: list[Path], csv_weights: int) -> Any:
    rows = np.vstack([np.genfromtxt(file, delimiter=_delimiter(file), ndmin=2) for file in files])
    return _labelled(rows, csv_weights)


def _from_parquet(files: list[Path], csv_weights: int) -> Any:
    import pandas

    return _labelled(np.vstack([pandas.read_parquet(file).to_numpy() for file in files]), 0)


def _from_libsvm(files: list[Path], csv_weights: int) -> Any:
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".libsvm") as together:
        for file in files:
            together.write(file.read_text().rstrip("\n") + "\n")
        together.flush()
        return xgboost.DMatrix(f"{together.name}?format=libsvm")


def _from_recordio(files: list[Path], csv_weights: int) -> Any:
    parts = [recordio_protobuf.read(file.read_bytes()) for file in files]
    if any(labels is None for _, labels in parts):
        raise ValueError("the records have no label")
    return xgboost.DMatrix(
        np.vstack([features for features, _ in parts]), label=np.concatenate([labels for _, labels in parts])
    )


def _labelled(rows: Any, csv_weights: int) -> Any:
    if csv_weights:
        return xgboost.DMatrix(rows[:, 2:], label=rows[:, 0], weight=rows[:, 1])
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


def _delimiter(file: Path) -> str:
    with file.open(errors="ignore") as stream:
        return csv.Sniffer().sniff(stream.readline()).delimiter
