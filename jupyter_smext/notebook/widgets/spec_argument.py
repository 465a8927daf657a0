"""The spec that a widget is about, whichever way it is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def spec_values(given: Any) -> dict[str, Any]:
    """The values of a spec: of a mapping, a ``*.sagemaker.yaml`` file, an object with ``yaml()``, or an SDK object.

    Raises `NotFound` or `InvalidRequest` where a file cannot be read, TypeError for anything else.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    if isinstance(given, (str, Path)):
        from ...estimators.document import read_document

        return read_document(Path(given))
    if callable(getattr(given, "yaml", None)):
        from ...estimators.file import load

        return load(given.yaml()).data
    from ..sdk.objects import kind_of

    if kind_of(given) is not None:
        from ..sdk.capture import capture

        return spec_values(capture(given))
    raise TypeError(f"{type(given).__qualname__} is no spec: give a mapping, a file, or an Estimator.")
