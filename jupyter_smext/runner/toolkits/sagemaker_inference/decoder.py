"""Request bodies to NumPy arrays."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from . import content_types, errors


def decode(obj: Any, content_type: str) -> Any:
    """The array, or for npz the SciPy sparse matrix, in ``obj``. Raises UnsupportedFormatError and ValueError."""
    try:
        read = _DECODERS[content_type]
    except KeyError:
        raise errors.UnsupportedFormatError(content_type) from None
    return read(obj)


def _json_to_numpy(text: str | bytes, dtype: Any = None) -> Any:
    return np.array(json.loads(text), dtype=dtype)


def _csv_to_numpy(text: str | bytes, dtype: Any = float) -> Any:
    return np.genfromtxt(io.StringIO(text if isinstance(text, str) else text.decode()), dtype=dtype, delimiter=",")


def _npy_to_numpy(data: bytes) -> Any:
    return np.load(io.BytesIO(data), allow_pickle=True)


def _npz_to_sparse(data: bytes) -> Any:
    import scipy.sparse

    return scipy.sparse.load_npz(io.BytesIO(data))


_DECODERS: dict[str, Callable[[Any], Any]] = {
    content_types.NPY: _npy_to_numpy,
    content_types.CSV: _csv_to_numpy,
    content_types.JSON: _json_to_numpy,
    content_types.NPZ: _npz_to_sparse,
}
