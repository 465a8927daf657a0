"""What the sources together say: proof or nothing."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from jupyter_smext.iam.evidence import judge, missing_an_allow
from jupyter_smext.iam.models import Evidence, Requirement, Verdict

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
VERDICTS = {
    "allowed": Verdict(verdict="allowed", layer="identity"),
    "denied": Verdict(verdict="denied", effect="implicit", layer="identity"),
    "forbidden": Verdict(verdict="denied", effect="explicit", layer="scp"),
    "unknown": Verdict(verdict="unknown", would_decide=["policies.scp"]),
}


def decided(subject: Any, policies: str, seen: str, sample: bool = False, **others: Any) -> Any:
    requirement = Requirement(
        subject=subject, principal="arn:aws:iam::1:role/r", action="s3:GetObject", resource="*", when="run",
        reason="", field="",
    )  # fmt: skip
    evidence: list[Any] = [
        Evidence(source=source, answer=answer, detail="", at=NOW) for source, answer in others.items()
    ]
    return judge(requirement, VERDICTS[policies], VERDICTS[seen], evidence, NOW, sample_only=sample)


@pytest.mark.parametrize(
    ("subject", "policies", "seen", "others", "answer", "as_far_as_seen", "by"),
    [
        ("caller", "allowed", "allowed", {}, "allowed", "allowed", "policies"),
        ("caller", "denied", "denied", {}, "denied", "denied", "policies"),
        ("caller", "unknown", "allowed", {}, "unknown", "allowed", None),
        ("caller", "unknown", "denied", {}, "unknown", "unknown", None),
        ("caller", "unknown", "unknown", {}, "unknown", "unknown", None),
        # A call is proof for the caller.
        ("caller", "unknown", "unknown", {"probe": "allowed"}, "allowed", "allowed", "probe"),
        ("caller", "unknown", "allowed", {"probe": "denied"}, "denied", "denied", "probe"),
        ("caller", "allowed", "allowed", {"probe": "denied"}, "denied", "denied", "probe"),
        ("caller", "denied", "denied", {"probe": "allowed"}, "allowed", "allowed", "probe"),
        # A job of the same role calls from elsewhere.
        ("execution_role", "unknown", "unknown", {"probe": "allowed"}, "unknown", "allowed", None),
        ("execution_role", "unknown", "unknown", {"probe": "denied"}, "denied", "denied", "probe"),
        ("execution_role", "allowed", "allowed", {"probe": "denied"}, "unknown", "unknown", None),
        # AWS's simulator does not know every layer, so it can only take away.
        ("caller", "unknown", "unknown", {"simulation": "allowed"}, "unknown", "allowed", None),
        ("caller", "unknown", "unknown", {"simulation": "denied"}, "denied", "denied", "simulation"),
        ("caller", "allowed", "allowed", {"simulation": "denied"}, "unknown", "unknown", None),
        ("caller", "denied", "denied", {"simulation": "allowed"}, "unknown", "allowed", None),
        # An old refusal says what was.
        ("caller", "unknown", "unknown", {"history": "denied"}, "unknown", "denied", None),
        ("caller", "unknown", "allowed", {"history": "denied"}, "unknown", "unknown", None),
        ("caller", "allowed", "allowed", {"history": "denied"}, "allowed", "allowed", "policies"),
    ],
)
def test_one_answer(
    subject: str, policies: str, seen: str, others: Any, answer: str, as_far_as_seen: str, by: str | None
) -> None:
    check = decided(subject, policies, seen, **others)
    assert (check.answer, check.as_far_as_seen, check.decided_by) == (answer, as_far_as_seen, by)


def test_nothing_is_allowed_without_proof() -> None:
    """Every combination: `allowed` takes a call that went through or verdicts on all layers."""
    values = ("allowed", "denied", "unknown")
    for subject in ("caller", "execution_role"):
        for policies in values:
            for probe in (None, *values):
                for simulation in (None, *values):
                    for sample in (False, True):
                        others = {"probe": probe, "simulation": simulation, "history": None}
                        given = {name: value for name, value in others.items() if value}
                        check = decided(subject, policies, policies, sample, **given)
                        proof = policies == "allowed" or (probe == "allowed" and subject == "caller" and not sample)
                        assert check.answer != "allowed" or proof
                        if policies == "allowed" and check.answer == "allowed":
                            assert simulation != "denied" or (probe == "allowed" and not sample)


def test_one_object_of_a_prefix_is_no_proof_for_all() -> None:
    check = decided("caller", "unknown", "unknown", sample=True, probe="allowed")
    assert (check.answer, check.as_far_as_seen, check.from_here_only) == ("unknown", "allowed", True)


def test_an_explicit_deny_is_not_a_missing_allow() -> None:
    assert missing_an_allow(decided("caller", "denied", "denied"))
    assert not missing_an_allow(decided("caller", "forbidden", "forbidden"))
    assert not missing_an_allow(decided("caller", "unknown", "allowed"))
