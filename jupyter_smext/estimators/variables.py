"""`${profile.*}` and `${env.*}` in a spec: what differs between people and machines stays out of the shared file."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from .paths import Path, path_text

# Other `${...}` is left alone: it may be meant for the container's shell.
_VARIABLE = re.compile(r"\$\{(?P<scope>[A-Za-z_]\w*)\.(?P<name>[A-Za-z_]\w*)\}")
SCOPES = ("profile", "env")

# A spec is shared and its values reach AWS, so that a secret must not come in by the back door of a variable.
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY", re.IGNORECASE)

# Raises KeyError for a name that does not exist; None means "exists, but cannot be known now" (no credentials).
ProfileLookup = Callable[[str], "str | None"]


class VariableError(ValueError):
    """A variable that cannot be filled in. ``suggestion`` is the variable that was probably meant."""

    def __init__(self, path: Path, message: str, suggestion: str | None = None) -> None:
        super().__init__(f"{path_text(path)}: {message}")
        self.path = path
        self.message = message
        self.suggestion = suggestion


def nothing_known(name: str) -> str | None:
    """The lookup of a place without AWS: every profile value exists and none is known."""
    return None


def resolve(
    data: Any, profile: ProfileLookup, environ: Mapping[str, str] | None = None
) -> tuple[Any, list[VariableError]]:
    """A copy of ``data`` with its variables filled in, and what could not be. A value not known now stays as it is."""
    errors: list[VariableError] = []
    environment = os.environ if environ is None else environ

    def walk(value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: walk(each, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [walk(each, (*path, index)) for index, each in enumerate(value)]
        if isinstance(value, str) and "${" in value:
            return _VARIABLE.sub(lambda match: fill(match, path), value)
        return value

    def fill(match: re.Match[str], path: Path) -> str:
        scope, name = match["scope"], match["name"]
        if scope == "env":
            if _SECRET_NAME.search(name):
                errors.append(VariableError(path, f"{name} looks like a secret, and a spec must not carry one."))
            elif name in environment:
                return environment[name]
            else:
                errors.append(VariableError(path, f"The environment variable {name} is not set."))
        elif scope == "profile":
            try:
                return profile(name) or match[0]
            except KeyError as error:
                nearest = difflib.get_close_matches(name, list(error.args[1:]), 1)
                errors.append(
                    VariableError(
                        path, f"The profile has no {name}.", f"${{profile.{nearest[0]}}}" if nearest else None
                    )
                )
        else:
            nearest = difflib.get_close_matches(scope, SCOPES, 1)
            errors.append(
                VariableError(
                    path,
                    f"${{{scope}.{name}}} is no variable: there are profile.* and env.*.",
                    f"${{{nearest[0]}.{name}}}" if nearest else None,
                )
            )
        return match[0]

    return walk(data, ()), errors
