"""How a verdict changes if a statement, a layer or the context were different. Asks nobody but the evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from .evaluate import Evaluator
from .models import Case, Document, Layer, Policies, StatementRef, Verdict, WhatIf, WhatIfResult


def what_if(case: Case, change: WhatIf) -> Verdict:
    """The verdict on the case after the change. Raises IndexError for a statement that the case does not have."""
    policies = _without_statements(case.policies, change.without_statements)
    policies = policies.model_copy(update=dict.fromkeys(change.without_layers, None))
    if change.added_identity is not None:
        policies = policies.model_copy(update={"identity": [*_documents(policies.identity), change.added_identity]})
    context = {key: value for key, value in case.context.items() if key not in change.context} | change.context
    return Evaluator(policies).evaluate(case.model_copy(update={"context": context}))


def compare(case: Case, change: WhatIf) -> WhatIfResult:
    """The verdict before and after a change, and what the first one hangs on.

    Raises InvalidRequest for a statement that the case does not have.
    """
    try:
        after = what_if(case, change)
    except IndexError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"The case has no such statement: {error}") from error
    before = Evaluator(case.policies).evaluate(case)
    return WhatIfResult(before=before, after=after, decisive=decisive_statements(case))


def decisive_statements(case: Case) -> list[StatementRef]:
    """The statements any one of which, taken away alone, would change the verdict."""
    before = Evaluator(case.policies).evaluate(case)
    return [
        ref
        for ref in _statements(case.policies)
        if what_if(case, WhatIf(without_statements=[ref])).verdict != before.verdict
    ]


_LAYERS: tuple[Layer, ...] = (
    "identity",
    "resource",
    "permissions_boundary",
    "session",
    "scp",
    "rcp",
    "vpc_endpoint",
)


def _documents(layer: Any) -> list[Any]:
    """The documents of a layer, levels joined."""
    if layer is None:
        return []
    if not isinstance(layer, list):
        return [layer]
    return [document for entry in layer for document in (entry if isinstance(entry, list) else [entry])]


def _statements(policies: Policies) -> list[StatementRef]:
    refs: list[StatementRef] = []
    for layer in _LAYERS:
        for policy, document in enumerate(_documents(getattr(policies, layer))):
            if isinstance(document, dict) and isinstance(document.get("Statement"), list):
                refs += [
                    StatementRef(layer=layer, policy=policy, statement=index)
                    for index in range(len(document["Statement"]))
                ]
    return refs


def _without_statements(policies: Policies, refs: Sequence[StatementRef]) -> Policies:
    changed = policies.model_copy(deep=True)
    removed: dict[tuple[Layer, int], set[int]] = {}
    for ref in refs:
        removed.setdefault((ref.layer, ref.policy), set()).add(ref.statement)
    for (layer, policy), indexes in removed.items():
        document: Document = _documents(getattr(changed, layer))[policy]
        kept = [entry for index, entry in enumerate(document["Statement"]) if index not in indexes]
        if len(kept) + len(indexes) != len(document["Statement"]):
            raise IndexError(f"policies.{layer} has no such statement")
        document["Statement"] = kept
    return changed
