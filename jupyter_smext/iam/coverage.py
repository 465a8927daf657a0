"""Whether one statement applies wherever another one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import wildcard
from .wildcard import tokenize


def covers(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    """Whether `wide` has no condition that `narrow` lacks, and covers all its actions and resources.

    Statements with Not... elements, or with different principals, are not compared: the answer is then False.
    """
    for element in ("NotAction", "NotResource", "NotPrincipal"):
        if element in wide or element in narrow:
            return False
    if wide.get("Condition") and wide.get("Condition") != narrow.get("Condition"):
        return False
    if wide.get("Principal") != narrow.get("Principal") and wide.get("Principal") != "*":
        return False
    return _all_covered(wide.get("Action"), narrow.get("Action"), lower=True) and _all_covered(
        wide.get("Resource"), narrow.get("Resource"), lower=False
    )


def _all_covered(wide: Any, narrow: Any, lower: bool) -> bool:
    patterns, covered = _texts(wide, lower), _texts(narrow, lower)
    if not patterns or not covered:
        return bool(wide == narrow)
    return all(any(pattern_covers(pattern, text) for pattern in patterns) for text in covered)


def pattern_covers(wide: str, narrow: str) -> bool:
    """Whether a pattern covers all that another one does."""
    return wildcard.covers(tokenize(wide), tokenize(narrow))


def _texts(value: Any, lower: bool) -> list[str]:
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
    return [text.lower() for text in texts] if lower else texts
