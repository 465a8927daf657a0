"""Writes Python expressions the way a formatter would: one line where it fits, else one argument a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WIDTH = 88


@dataclass(frozen=True)
class Expression:
    """Code as it stands, for example a variable's name."""

    code: str


@dataclass
class Call:
    """A call; arguments that are None are left out."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    positional: list[Any] = field(default_factory=list)


def code(value: Any, indent: int = 0, used: int = 0) -> str:
    """The Python expression for a value; ``used`` characters already stand before it on its line."""
    flat = _flat(value)
    if indent + used + len(flat) <= WIDTH:
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, Call):
        lines = [code(each, indent + 4) for each in value.positional]
        lines += [
            f"{name}={code(each, indent + 4, len(name) + 1)}"
            for name, each in value.arguments.items()
            if each is not None
        ]
        opening, closing = f"{value.name}(", ")"
    elif isinstance(value, dict) and value:
        lines = [f"{key!r}: {code(each, indent + 4, len(repr(key)) + 2)}" for key, each in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list) and value:
        lines = [code(each, indent + 4) for each in value]
        opening, closing = "[", "]"
    else:
        return flat
    return opening + "\n" + "".join(f"{inner}{line},\n" for line in lines) + " " * indent + closing


def _flat(value: Any) -> str:
    if isinstance(value, Expression):
        return value.code
    if isinstance(value, Call):
        arguments = [_flat(each) for each in value.positional]
        arguments += [f"{name}={_flat(each)}" for name, each in value.arguments.items() if each is not None]
        return f"{value.name}({', '.join(arguments)})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_flat(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flat(each) for each in value) + "]"
    return repr(value)


def import_lines(names: set[tuple[str, str]]) -> str:
    """``from module import a, b`` for each module, in the order of an import sorter; long lists one name a line."""
    modules: dict[str, list[str]] = {}
    for module, name in sorted(names):
        modules.setdefault(module, []).append(name)
    lines = []
    for module, found in modules.items():
        flat = f"from {module} import {', '.join(found)}"
        if len(flat) > WIDTH:
            flat = f"from {module} import (\n" + "".join(f"    {name},\n" for name in found) + ")"
        lines.append(flat + "\n")
    return "".join(lines)
