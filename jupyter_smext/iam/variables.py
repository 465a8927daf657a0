"""Policy variables: `${aws:username}` and its kind inside Resource elements and condition values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .context import Context, NoValue, RoleArnWithoutPath
from .wildcard import Token, Wildcard, tokenize

_VARIABLE = re.compile(r"\$\{(?:(?P<special>[*?$])|(?P<key>[^\s,{}']+)\s*(?:,\s*'(?P<default>[^']*)')?\s*)\}")


@dataclass(frozen=True)
class Variable:
    key: str
    default: str | None


class UnresolvedVariable(Exception):
    """A variable has no single value in this request; AWS says that its statement may then be invalid as a whole."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class PolicyText:
    """A text of a policy with wildcards and, from version 2012-10-17 on, variables.

    Raises ValueError for a `${` that no variable follows.
    """

    def __init__(self, text: str, variables: bool) -> None:
        self.text = text
        self._parts: list[Token | Variable] = []
        position = 0
        if variables:
            for found in _VARIABLE.finditer(text):
                self._plain(text[position : found.start()])
                if found["special"]:
                    self._parts.append(found["special"])
                else:
                    self._parts.append(Variable(found["key"], found["default"]))
                position = found.end()
        rest = text[position:]
        self._plain(rest, checked=variables)
        self.variables = [part for part in self._parts if isinstance(part, Variable)]
        self._tokens = None if self.variables else _joined(self._parts)

    def _plain(self, text: str, checked: bool = True) -> None:
        if checked and "${" in text:
            raise ValueError(f"{self.text!r} holds a policy variable that cannot be read")
        self._parts.extend(tokenize(text))

    def tokens(self, context: Context) -> list[Token]:
        """The text for one request. Raises UnresolvedVariable."""
        if self._tokens is not None:
            return self._tokens
        return _joined([_resolve(part, context) if isinstance(part, Variable) else part for part in self._parts])

    def tokens_with_open_variables(self) -> list[Token]:
        """The text in which a variable may be anything."""
        return _joined([Wildcard.ANY if isinstance(part, Variable) else part for part in self._parts])


def _resolve(variable: Variable, context: Context) -> str:
    values = context.lookup(variable.key.lower())
    if isinstance(values, NoValue):
        if variable.default is not None and values is not NoValue.UNKNOWN:
            return variable.default
        raise UnresolvedVariable(variable.key)
    # A multivalued key cannot be a variable, and AWS does not say what a wildcard inside a value would do.
    if len(values) > 1 or isinstance(values[0], RoleArnWithoutPath) or "*" in values[0] or "?" in values[0]:
        raise UnresolvedVariable(variable.key)
    return values[0]


def _joined(parts: list[Token | Variable]) -> list[Token]:
    tokens: list[Token] = []
    for part in parts:
        assert not isinstance(part, Variable)
        if isinstance(part, str) and tokens and isinstance(tokens[-1], str) and not isinstance(tokens[-1], Wildcard):
            tokens[-1] += part
        else:
            tokens.append(part)
    return tokens
