"""Checks a request against the service model that botocore ships, in the words of the real services.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html (ValidationError).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from jupyter_smext.sandbox.errors import AwsError, ValidationException

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}


def validate(shape: StructureShape, value: Any) -> dict[str, Any]:
    """The value, once it satisfies every constraint of the shape.

    Raises :class:`ValidationException` with all violations, or a ``SerializationException`` for a wrong JSON type.
    """
    violations: list[str] = []
    _check(shape, value, "", violations)
    if violations:
        count = len(violations)
        plural = "" if count == 1 else "s"
        raise ValidationException(f"{count} validation error{plural} detected: {'; '.join(violations)}")
    checked: dict[str, Any] = value
    return checked


def member_names(shape: Shape | None) -> frozenset[str]:
    """The names of what a structure has; of an operation without input or output, none."""
    return frozenset(shape.members) if isinstance(shape, StructureShape) else frozenset()


def project(shape: Shape, value: Any) -> Any:
    """The value without what the shape does not have: an answer never tells more than its operation does."""
    if isinstance(shape, StructureShape):
        return {name: project(shape.members[name], member) for name, member in value.items() if name in shape.members}
    if isinstance(shape, ListShape):
        return [project(shape.member, member) for member in value]
    return value


def _check(shape: Shape, value: Any, path: str, violations: list[str]) -> None:
    if not _has_json_type(shape, value):
        raise AwsError("SerializationException", f"{path or 'The request'} can not be read as {shape.type_name}")
    for constraint in _broken_constraints(shape, value):
        violations.append(f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: {constraint}")
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if value.get(name) is None:
                where = _member_path(path, name)
                violations.append(f"Value null at '{where}' failed to satisfy constraint: Member must not be null")
        for name, member in value.items():
            if member is not None and name in shape.members:
                _check(shape.members[name], member, _member_path(path, name), violations)
    elif isinstance(shape, ListShape):
        for index, member in enumerate(value, start=1):
            _check(shape.member, member, f"{path}.{index}.member", violations)
    elif isinstance(shape, MapShape):
        _check_map(shape, value, path, violations)


def _has_json_type(shape: Shape, value: Any) -> bool:
    # In Python a bool is an int; in JSON it is not.
    if isinstance(value, bool):
        return shape.type_name == "boolean"
    return isinstance(value, _JSON_TYPES[shape.type_name])


def _check_map(shape: MapShape, value: Mapping[str, Any], path: str, violations: list[str]) -> None:
    for key, member in value.items():
        # AWS names the whole map and lists every constraint of its keys or values, not the one that broke.
        if _broken_constraints(shape.key, key):
            listed = ", ".join(_all_constraints(shape.key))
            violations.append(
                f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: "
                f"Map keys must satisfy constraint: [{listed}]"
            )
        if shape.value.type_name == "string":
            if not isinstance(member, str):
                raise AwsError("SerializationException", f"{path}.{key} can not be read as string")
            if _broken_constraints(shape.value, member):
                listed = ", ".join(_all_constraints(shape.value))
                violations.append(
                    f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: "
                    f"Map value must satisfy constraint: [{listed}]"
                )
        else:
            _check(shape.value, member, f"{path}.{key}", violations)


def _broken_constraints(shape: Shape, value: Any) -> list[str]:
    metadata = shape.metadata
    broken = []
    if shape.type_name in ("string", "list", "map"):
        if len(value) < metadata.get("min", 0):
            broken.append(_minimum(shape))
        if len(value) > metadata.get("max", len(value)):
            broken.append(_maximum(shape))
    elif shape.type_name in ("integer", "long", "float", "double"):
        if value < metadata.get("min", value):
            broken.append(_minimum(shape))
        if value > metadata.get("max", value):
            broken.append(_maximum(shape))
    if "enum" in metadata and value not in metadata["enum"]:
        broken.append(_enum(shape))
    if "pattern" in metadata and not _pattern(metadata["pattern"]).fullmatch(value):
        broken.append(_regular_expression(shape))
    return broken


def _all_constraints(shape: Shape) -> list[str]:
    constraints = []
    if "max" in shape.metadata:
        constraints.append(_maximum(shape))
    if "min" in shape.metadata:
        constraints.append(_minimum(shape))
    if "pattern" in shape.metadata:
        constraints.append(_regular_expression(shape))
    return constraints


def _minimum(shape: Shape) -> str:
    return f"Member must have {_measure(shape)} greater than or equal to {shape.metadata['min']}"


def _maximum(shape: Shape) -> str:
    return f"Member must have {_measure(shape)} less than or equal to {shape.metadata['max']}"


def _measure(shape: Shape) -> str:
    return "length" if shape.type_name in ("string", "list", "map") else "value"


def _enum(shape: Shape) -> str:
    return f"Member must satisfy enum value set: [{', '.join(shape.metadata['enum'])}]"


def _regular_expression(shape: Shape) -> str:
    return f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"


def _member_path(path: str, name: str) -> str:
    member = name[:1].lower() + name[1:]
    return f"{path}.{member}" if path else member


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_shown(member) for member in value) + "]"
    return str(value)


# The models hold Java's expressions. These are the classes in them that Python's re does not know; all of them stand
# inside a character class.
_JAVA_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{M}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": r"\s",
    r"\p{S}": r"$+<=>^`|~",
    r"\p{P}": r"!-/:-@\[-`{-~",
    r"\p{Alnum}": r"A-Za-z0-9",
    r"\p{ASCII}": r"\x00-\x7f",
    r"\p{Print}": r"\x20-\x7e",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF",
    "${1,": "{1,",
}


@lru_cache(maxsize=512)
def _pattern(java: str) -> re.Pattern[str]:
    python = java
    for unknown, known in _JAVA_CLASSES.items():
        python = python.replace(unknown, known)
    return re.compile(python)
