"""From what each source says of a requirement to one answer, which is never `allowed` without proof.

Proof is a call that went through, or policies of every layer that could deny. What most callers cannot read - control
policies of the organization, session policies, policies of VPC endpoints - leaves the answer open; `as_far_as_seen`
then says what the rest says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from .models import Answer, Evidence, PreflightCheck, Requirement, Verdict
from .preflight import lacks_an_allow

Source = Literal["probe", "simulation", "policies"]


def judge(
    requirement: Requirement,
    verdict: Verdict,
    seen: Verdict,
    others: Sequence[Evidence],
    read_at: datetime,
    *,
    sample_only: bool = False,
) -> PreflightCheck:
    """Put the evidence on one requirement together.

    A probe decides for the caller, whose call it was; of a role that is also the caller's it is a sign and no proof.

    `verdict`: the evaluator's, with unread layers as unknown. `seen`: the same as if they did not exist. `others`:
    probes, simulation, history. `sample_only`: the probe read one object of many.
    """
    from_policies = Evidence(
        source="policies",
        answer=verdict.verdict,
        detail=_in_words(verdict, seen),
        lacks_an_allow=lacks_an_allow(requirement, verdict),
        at=read_at,
    )
    evidence = [*others, from_policies]
    answer, decided_by = _decide(requirement, evidence, sample_only)
    return PreflightCheck(
        requirement=requirement,
        answer=answer,
        as_far_as_seen=_as_far_as_seen(answer, seen, others),
        decided_by=decided_by,
        from_here_only=any(entry.source == "probe" and entry.answer == "allowed" for entry in others)
        and decided_by != "policies",
        verdict=verdict,
        evidence=evidence,
        would_decide=verdict.would_decide if answer == "unknown" else [],
    )


def missing_an_allow(check: PreflightCheck) -> bool:
    """Whether an Allow in a policy of the principal is what is missing.

    Policies tell best where they decide it: neither a bare refusal nor the simulator always names the layer.
    """
    denials = [entry for entry in check.evidence if entry.answer == "denied"]
    from_policies = [entry for entry in denials if entry.source == "policies"]
    return check.answer == "denied" and any(entry.lacks_an_allow for entry in from_policies or denials)


def unsettled(check: PreflightCheck) -> bool:
    """Whether no policy that could be read allows or denies it: an Allow may be missing."""
    return check.answer == "unknown" and check.as_far_as_seen != "allowed"


def _decide(requirement: Requirement, evidence: Sequence[Evidence], sample_only: bool) -> tuple[Answer, Source | None]:
    answers: dict[str, Answer] = {entry.source: entry.answer for entry in evidence}
    probe, policies = answers.get("probe", "unknown"), answers["policies"]
    simulation = answers.get("simulation", "unknown")
    # A job of the same role makes its calls from elsewhere, and with a session of its own.
    own_call = requirement.subject == "caller"
    if probe == "denied" and (own_call or policies != "allowed"):
        return "denied", "probe"
    if {"allowed", "denied"} <= {probe, policies, simulation}:
        return ("allowed", "probe") if probe == "allowed" and own_call and not sample_only else ("unknown", None)
    if policies != "unknown":
        return policies, "policies"
    if probe == "allowed" and own_call and not sample_only:
        return "allowed", "probe"
    if simulation == "denied":
        return "denied", "simulation"
    return "unknown", None


def _as_far_as_seen(answer: Answer, seen: Verdict, others: Sequence[Evidence]) -> Answer:
    if answer != "unknown":
        return answer
    answers = {seen.verdict if seen.verdict == "allowed" else "unknown", *(entry.answer for entry in others)}
    if {"allowed", "denied"} <= answers:
        return "unknown"
    return "allowed" if "allowed" in answers else "denied" if "denied" in answers else "unknown"


def _in_words(verdict: Verdict, seen: Verdict) -> str:
    if verdict.verdict == "allowed":
        return "The policies allow it, and no layer is unread."
    if verdict.verdict == "denied":
        layer = (verdict.layer or "identity").replace("_", " ")
        how = f"a statement of the {layer} policy denies it" if verdict.effect == "explicit" else "no policy allows it"
        return f"By the policies that were read, {how}."
    if seen.verdict == "allowed":
        return "Every policy that could be read allows it. Open: " + ", ".join(verdict.would_decide) + "."
    return "The policies that could be read do not decide it. Open: " + ", ".join(verdict.would_decide) + "."
