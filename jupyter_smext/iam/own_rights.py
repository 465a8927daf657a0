"""Whether a policy would let its role change who may do what: such a policy is not applied from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .actions import action_details, action_names
from .models import Document
from .wildcard import compile_glob, tokenize

_PASS_ROLE = "iam:PassRole"


def why_it_widens(document: Document) -> str | None:
    """The statement that opens IAM itself, in words; None where none does.

    Reading IAM is harmless. PassRole is allowed for named roles that go to a named service, as a launch needs it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    statements = document.get("Statement", [])
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements], start=1):
        if statement.get("Effect") != "Allow":
            continue
        if "NotAction" in statement:
            return f"Statement {number} allows everything but its NotAction, changes of IAM included."
        opened = _iam_actions_of(_texts(statement.get("Action")))
        if _PASS_ROLE in opened and _passes_named_roles(statement):
            opened.remove(_PASS_ROLE)
        if opened:
            shown = ", ".join(opened[:3]) + (f" and {len(opened) - 3} more" if len(opened) > 3 else "")
            return f"Statement {number} allows {shown}: the role could then give itself further permissions."
    return None


def _iam_actions_of(patterns: Sequence[str]) -> list[str]:
    """The IAM actions that change something, among those that the patterns cover."""
    globs = [compile_glob(tokenize(pattern.lower())) for pattern in patterns]
    return [
        action
        for action in action_names("iam")
        if any(glob.fullmatch(action.lower()) for glob in globs)
        and (action_details(action) or {}).get("accessLevel") not in ("Read", "List")
    ] or [pattern for pattern in patterns if _unknown_iam(pattern)]


def _unknown_iam(pattern: str) -> bool:
    """An IAM action that the action data, which has a date, does not list: it may do anything."""
    return pattern.lower().startswith("iam:") and "*" not in pattern and action_details(pattern) is None


def _passes_named_roles(statement: Mapping[str, Any]) -> bool:
    resources = _texts(statement.get("Resource"))
    named = bool(resources) and all(":role/" in each and not each.endswith(":role/*") for each in resources)
    condition = statement.get("Condition", {})
    to_service = any(
        key.lower() == "iam:passedtoservice"
        for operator in ("StringEquals", "StringLike")
        for key in condition.get(operator, {})
    )
    return named and to_service


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value or []]
