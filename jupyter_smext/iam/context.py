"""The context of a request: the keys that conditions and policy variables ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from .truth import Truth
from .wildcard import Token, Wildcard, compile_glob, overlap, tokenize


class NoValue(Enum):
    """Why a key has no value."""

    ABSENT = "the request carries no such key"
    UNSTATED = "the case does not mention the key"
    UNKNOWN = "the case says that the value is not known"


class Values(tuple[str, ...]):
    """The values of a key that the request carries."""

    __slots__ = ()


class RoleArnWithoutPath(str):
    """The ARN of a role of which only the name is known, as a session ARN tells it: its path may be anything."""

    __slots__ = ()

    def compare(self, matches: Callable[[str], Truth], pattern: Sequence[Token]) -> Truth:
        """Whether the true ARN matches: told only where every path, or none, would."""
        start, name = self.rsplit("/", 1)
        # No pattern spells out this path, so whatever matches it has a `*` there, and matches every other path.
        any_path = f"{start}/{chr(0) * 64}/{name}"
        if matches(str(self)) and matches(any_path):
            return True
        could_match = matches(str(self)) is not False or overlap([f"{start}/", Wildcard.ANY, f"/{name}"], pattern)
        return None if could_match else False


ContextInput = Mapping[str, object]


class Context:
    """Looks up context keys, whose names are not case-sensitive.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """

    def __init__(
        self,
        stated: ContextInput,
        unknown: Sequence[str] = (),
        derived: Mapping[str, Values | NoValue] | None = None,
    ) -> None:
        self._values: dict[str, Values | NoValue] = dict(derived or {})
        for key, value in stated.items():
            self._values[key.lower()] = _values(value)
        self._unknown: list[re.Pattern[str]] = [compile_glob(tokenize(pattern.lower())) for pattern in unknown]

    def lookup(self, key: str) -> Values | NoValue:
        """The values of a key given in lower case, or why there are none."""
        found = self._values.get(key)
        if found is not None:
            return found
        if any(pattern.fullmatch(key) for pattern in self._unknown):
            return NoValue.UNKNOWN
        return NoValue.UNSTATED


def _values(value: object) -> Values | NoValue:
    if value is None:
        return NoValue.ABSENT
    items = value if isinstance(value, list | tuple) else [value]
    if not items:
        return NoValue.ABSENT
    return Values(to_text(item) for item in items)


def to_text(value: object) -> str:
    """A JSON scalar as policies compare it: Boolean and number may be written without quotation marks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
