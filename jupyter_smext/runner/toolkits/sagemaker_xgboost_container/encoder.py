"""Request bodies to DMatrix."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np
import xgboost
from sagemaker_training import content_types, errors
from smext_algorithms import recordio_protobuf

from .constants import xgb_content_types


def csv_to_dmatrix(input: str | bytes, dtype: Any = float) -> Any:
    """From CSV without header and label; empty values are missing."""
    text = (input.decode() if isinstance(input, bytes) else input).strip()
    delimiter = _delimiter(text.split("\n", 1)[0])
    rows = [[value or "nan" for value in line.split(delimiter)] for line in text.splitlines()]
    return xgboost.DMatrix(np.array(rows).astype(dtype or float))


def libsvm_to_dmatrix(string_like: str | bytes) -> Any:
    """From libsvm lines as XGBoost reads them: the label comes first."""
    data = string_like.encode() if isinstance(string_like, str) else string_like
    with tempfile.NamedTemporaryFile(suffix=".libsvm") as file:
        file.write(data)
        file.flush()
        return xgboost.DMatrix(f"{file.name}?format=libsvm")


def recordio_protobuf_to_dmatrix(string_like: bytes) -> Any:
    """From RecordIO-wrapped protobuf; labels are ignored."""
    return xgboost.DMatrix(recordio_protobuf.read(string_like)[0])


def json_to_jsonlines(json_data: dict[str, Any] | str) -> bytes:
    """The entries of the only list in ``json_data``, one a line. Raises ValueError."""
    content = json.loads(json_data) if isinstance(json_data, str) else json_data
    if len(content) != 1:
        raise ValueError("JSON response is not compatible for conversion to jsonlines.")
    (entries,) = content.values()
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def decode(obj: Any, content_type: str) -> Any:
    """The DMatrix in ``obj``. Raises UnsupportedFormatError and ValueError."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        read = _DECODERS[media_type]
    except KeyError:
        raise errors.UnsupportedFormatError(content_type) from None
    return read(obj)


def _delimiter(line: str) -> str:
    try:
        delimiter = csv.Sniffer().sniff(line[:512]).delimiter
    except csv.Error:  # a single column
        return ","
    return "," if delimiter.isalnum() or delimiter == "." else delimiter


_DECODERS: dict[str, Callable[[Any], Any]] = {
    content_types.CSV: csv_to_dmatrix,
    xgb_content_types.LIBSVM: libsvm_to_dmatrix,
    xgb_content_types.X_LIBSVM: libsvm_to_dmatrix,
    xgb_content_types.X_RECORDIO_PROTOBUF: recordio_protobuf_to_dmatrix,
}
