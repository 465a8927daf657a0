"""Arrays to JSON, CSV and npy, and back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from . import content_types, errors


def array_to_npy(array_like: Any) -> bytes:
    """As npy."""
    buffer = io.BytesIO()
    np.save(buffer, array_like)
    return buffer.getvalue()


def npy_to_numpy(npy_array: bytes) -> Any:
    """From npy."""
    return np.load(io.BytesIO(npy_array), allow_pickle=True)


def array_to_json(array_like: Any) -> str:
    """As JSON; whatever has tolist() may be inside."""
    return json.dumps(array_like, default=lambda value: value.tolist())


def json_to_numpy(string_like: str | bytes, dtype: Any = None) -> Any:
    """From JSON."""
    return np.array(json.loads(string_like), dtype=dtype)


def csv_to_numpy(string_like: str, dtype: Any = None) -> Any:
    """From CSV; axes of length one are dropped, so that one row is an array of one dimension. Raises ClientError."""
    try:
        rows = list(csv.reader(io.StringIO(string_like), strict=True))
        return np.array(rows).squeeze().astype(dtype)
    except (csv.Error, ValueError) as error:
        raise errors.ClientError(f"Error while decoding csv: {error}. dtype is: {dtype}") from error


def array_to_csv(array_like: Any) -> str:
    """As CSV; an array of one dimension has one value a line."""
    array = np.array(array_like)
    if array.ndim == 1:
        array = array.reshape(-1, 1)
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(array)
    return stream.getvalue()


def decode(obj: Any, content_type: str) -> Any:
    """The array in ``obj``. Raises UnsupportedFormatError and ClientError."""
    try:
        read = _decoders_map[content_type]
    except KeyError:
        raise errors.UnsupportedFormatError(content_type) from None
    return read(obj)


def encode(array_like: Any, content_type: str) -> str | bytes:
    """``array_like`` in ``content_type``. Raises UnsupportedFormatError."""
    try:
        write = encoders_map[content_type]
    except KeyError:
        raise errors.UnsupportedFormatError(content_type) from None
    return write(array_like)


encoders_map: dict[str, Callable[[Any], str | bytes]] = {
    content_types.NPY: array_to_npy,
    content_types.CSV: array_to_csv,
    content_types.JSON: array_to_json,
}
_decoders_map: dict[str, Callable[[Any], Any]] = {
    content_types.NPY: npy_to_numpy,
    content_types.CSV: csv_to_numpy,
    content_types.JSON: json_to_numpy,
}
