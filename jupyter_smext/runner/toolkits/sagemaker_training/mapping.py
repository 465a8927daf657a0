"""Dictionaries to variables and arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def to_env_vars(mapping: Mapping[str, Any]) -> dict[str, str]:
    """As SM_* variables."""
    return {f"SM_{name.upper()}": _variable(value) for name, value in mapping.items()}


def to_cmd_args(mapping: Mapping[str, Any]) -> list[str]:
    """As command line arguments: ``-C 1`` for names of one letter, ``--name value`` for others."""
    arguments = []
    for name in sorted(mapping):
        value = mapping[name]
        if isinstance(value, Mapping):
            value = ",".join(f"{key}={value[key]}" for key in sorted(value))
        arguments += [f"-{name}" if len(name) == 1 else f"--{name}", "" if value is None else str(value)]
    return arguments


def _variable(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
