"""What the built-in algorithms take: channels, formats, hyperparameters, metrics; dated data of the package."""

from __future__ import annotations

import functools
import json
from importlib import resources

from .models import AlgorithmHyperparameter, BuiltInAlgorithm


@functools.cache
def builtin_algorithms() -> dict[str, BuiltInAlgorithm]:
    """Every built-in algorithm by name (``scripts/generate_builtins.py`` makes the data)."""
    text = (resources.files(__package__) / "catalog_data" / "builtins.json").read_text("utf-8")
    return {
        name: BuiltInAlgorithm(name=name, **described) for name, described in json.loads(text)["algorithms"].items()
    }


def value_problem(text: str, described: AlgorithmHyperparameter) -> str | None:
    """Why an algorithm does not take a value, as the end of a sentence; None where it does."""
    if text in described.words:
        return None
    beside = f", or {' or '.join(described.words)}" if described.words else ""
    if described.choices and text not in [str(each) for each in described.choices]:
        return f"it is one of {', '.join(str(each) for each in described.choices)}{beside}"
    if described.type == "bool" and text.lower() not in ("true", "false", "1", "0"):
        return f"it is true or false{beside}"
    if described.type in ("int", "float"):
        try:
            value = float(text)
        except ValueError:
            return f"it is {'a whole number' if described.type == 'int' else 'a number'}{beside}"
        if described.type == "int" and not value.is_integer():
            return f"it is a whole number{beside}"
        if described.minimum is not None and value < described.minimum:
            return f"it is at least {described.minimum:g}{beside}"
        if described.above is not None and value <= described.above:
            return f"it is more than {described.above:g}{beside}"
        if described.maximum is not None and value > described.maximum:
            return f"it is at most {described.maximum:g}{beside}"
        if described.below is not None and value >= described.below:
            return f"it is less than {described.below:g}{beside}"
    return None
