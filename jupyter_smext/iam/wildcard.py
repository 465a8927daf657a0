"""The two wildcards of policy patterns, `*` and `?`, as linear-time regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum


class Wildcard(Enum):
    """A wildcard of a pattern, apart from the same character written literally as `${*}` or `${?}`."""

    ANY = "*"
    ONE = "?"


Token = str | Wildcard


def tokenize(text: str) -> list[Token]:
    """Split plain pattern text into literals and wildcards."""
    return [Wildcard(part) if part in ("*", "?") else part for part in re.split(r"([*?])", text) if part]


def literal(tokens: Iterable[Token]) -> str:
    """The text of tokens where a wildcard character means itself."""
    return "".join(token.value if isinstance(token, Wildcard) else token for token in tokens)


def to_regex(tokens: Iterable[Token], character: str = ".", group: str = "g") -> str:
    """Write tokens as a regular expression in which a wildcard matches what `character` matches.

    Text between two `*` is matched at its first occurrence and never given back, which is enough for a glob and keeps
    a hostile pattern such as `*a*a*a*a*b` from taking exponential time.
    """
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wildcard.ANY:
            if len(pieces) == 1 or pieces[-1]:
                pieces.append([])
        else:
            pieces[-1].append(token)
    fixed = ["".join(character if part is Wildcard.ONE else re.escape(str(part)) for part in piece) for piece in pieces]
    if len(fixed) == 1:
        return fixed[0]
    first, *middle, last = fixed
    # A lookahead with a back-reference is an atomic group that Python 3.10 understands too; `group` keeps the names
    # of joined expressions apart.
    atoms = "".join(
        f"(?=(?P<{group}{number}>{character}*?{piece}))(?P={group}{number})" for number, piece in enumerate(middle)
    )
    return f"{first}{atoms}{character}*{last}"


def compile_glob(tokens: Sequence[Token]) -> re.Pattern[str]:
    """A pattern over a whole string, in which wildcards match any character."""
    return re.compile(to_regex(tokens), re.DOTALL)
