"""Arrays to response bodies."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from . import content_types, errors


def encode(array_like: Any, content_type: str) -> str | bytes:
    """``array_like`` as JSON, CSV or npy. Raises UnsupportedFormatError."""
    try:
        write = _ENCODERS[content_type]
    except KeyError:
        raise errors.UnsupportedFormatError(content_type) from None
    return write(array_like)


def _array_to_json(array_like: Any) -> str:
    return json.dumps(array_like, default=lambda value: value.tolist())


def _array_to_npy(array_like: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array_like)
    return buffer.getvalue()


def _array_to_csv(array_like: Any) -> str:
    buffer = io.StringIO()
    np.savetxt(buffer, array_like, delimiter=",", fmt="%s")
    return buffer.getvalue()


_ENCODERS: dict[str, Callable[[Any], str | bytes]] = {
    content_types.NPY: _array_to_npy,
    content_types.CSV: _array_to_csv,
    content_types.JSON: _array_to_json,
}
SUPPORTED_CONTENT_TYPES = set(_ENCODERS)
