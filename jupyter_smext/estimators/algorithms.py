"""What the built-in algorithms take: channels, formats, hyperparameters, metrics; dated data of the package."""

from __future__ import annotations

import functools
import json
from importlib import resources

from .models import BuiltInAlgorithm


@functools.cache
def builtin_algorithms() -> dict[str, BuiltInAlgorithm]:
    """Every built-in algorithm by name (``scripts/generate_builtins.py`` makes the data)."""
    text = (resources.files(__package__) / "catalog_data" / "builtins.json").read_text("utf-8")
    return {
        name: BuiltInAlgorithm(name=name, **described) for name, described in json.loads(text)["algorithms"].items()
    }
