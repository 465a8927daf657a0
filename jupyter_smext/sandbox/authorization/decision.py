"""The verdict of the IAM evaluator where the whole request is known."""

from __future__ import annotations

import re
from typing import NamedTuple

from jupyter_smext.iam.evaluate import evaluate
from jupyter_smext.iam.models import Case, Verdict

_CONTEXT_KEY = re.compile(r"[A-Za-z0-9-]+:\S+")


class Decision(NamedTuple):
    verdict: Verdict
    missing_keys: list[str]
    """Condition keys that policies asked for and the request does not carry."""


def decide(case: Case) -> Decision:
    """As AWS decides: a key that the context leaves out is one that the request does not carry.

    The evaluator alone calls such a case open, because whoever asks beforehand does not know every key.
    """
    missing: list[str] = []
    while True:
        verdict = evaluate(case)
        stated = {key.lower() for key in case.context}
        absent = [key for key in verdict.would_decide if _CONTEXT_KEY.fullmatch(key) and key.lower() not in stated]
        if verdict.verdict != "unknown" or not absent:
            return Decision(verdict, missing)
        missing += absent
        case = case.model_copy(update={"context": {**case.context, **dict.fromkeys(absent)}})
