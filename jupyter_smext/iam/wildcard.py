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


def overlap(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Whether some text is covered by both patterns."""
    left, right = _characters(one), _characters(other)
    reached = {(0, 0)}
    todo = [(0, 0)]
    while todo:
        i, j = todo.pop()
        steps: list[tuple[int, int]] = []
        if i < len(left) and left[i] is Wildcard.ANY:
            steps += [(i + 1, j)] + ([(i, j + 1)] if j < len(right) else [])
        if j < len(right) and right[j] is Wildcard.ANY:
            steps += [(i, j + 1)] + ([(i + 1, j)] if i < len(left) else [])
        if i < len(left) and j < len(right) and (Wildcard.ONE in (left[i], right[j]) or left[i] == right[j]):
            steps.append((i + 1, j + 1))
        fresh = [step for step in steps if step not in reached]
        reached.update(fresh)
        todo.extend(fresh)
    return (len(left), len(right)) in reached


def _characters(tokens: Sequence[Token]) -> list[Token]:
    return [piece for token in tokens for piece in ([token] if isinstance(token, Wildcard) else token)]


_ANYTHING = "\0" * 40
"""Stands for what a `*` of a covered pattern may match: no pattern spells it out, so only a `*` can cover it."""


def covers(wide: Sequence[Token], narrow: Sequence[Token]) -> bool:
    """Whether a pattern covers all that another one does."""
    sample = "".join(
        {Wildcard.ANY: _ANYTHING, Wildcard.ONE: "\0"}.get(token, str(token)) if isinstance(token, Wildcard) else token
        for token in narrow
    )
    return compile_glob(wide).fullmatch(sample) is not None
