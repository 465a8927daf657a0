"""Whether IAM lets the caller make a plan's changes, and a space read the wheels: the iam room's verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ...aws.errors import from_aws
from ...aws.session import AwsSession
from ...iam.models import CheckRequest
from ...iam.preflight_request import check_one
from .models import PlanFinding, Severity

_FULL_ACCESS_IS_NOT_ENOUGH = (
    "An administrator of the account has to do this: AmazonSageMakerFullAccess does not allow changes to domains and "
    "user profiles. The IAM section makes a request for them."
)


@dataclass(frozen=True)
class Right:
    action: str
    resource: str
    principal: str | None = None
    """ARN of a role; None: the caller."""


def check_rights(session: AwsSession, rights: Sequence[Right]) -> list[PlanFinding]:
    """A finding for each right that is denied, and one for all that could not be decided. Changes nothing."""
    with ThreadPoolExecutor(8, thread_name_prefix="smext-rights") as pool:
        answers = list(pool.map(lambda right: _answer(session, right), rights))
    findings = []
    for right, answer in zip(rights, answers, strict=True):
        if answer == "denied":
            who = f"The execution role {right.principal}" if right.principal else "You"
            fix = None if right.principal else _FULL_ACCESS_IS_NOT_ENOUGH
            if right.principal:
                fix = "Without it spaces start without the panel. Allow it in the role's policy."
            findings.append(
                PlanFinding(
                    level=Severity.ERROR,
                    code="IamDenied",
                    message=f"{who} may not {right.action} on {right.resource}.",
                    fix=fix,
                )
            )
    undecided = [right for right, answer in zip(rights, answers, strict=True) if answer not in ("allowed", "denied")]
    if undecided:
        listed = ", ".join(dict.fromkeys(each.action for each in undecided))
        likely = answers.count(_LIKELY)
        findings.append(
            PlanFinding(
                level=Severity.UNKNOWN,
                code="IamUndecided",
                message=f"{len(undecided)} of {len(rights)} permissions could not be decided: {listed}. "
                f"As far as policies could be read, {likely} of them are allowed.",
                fix="The IAM section says what would decide each.",
            )
        )
    return findings


_LIKELY = "likely"


def _answer(session: AwsSession, right: Right) -> str:
    request = CheckRequest(action=right.action, resource=right.resource, principal=right.principal)
    try:
        check = check_one(session, request).check
    except Exception as error:
        return from_aws(error).envelope.message
    return _LIKELY if (check.answer, check.as_far_as_seen) == ("unknown", "allowed") else str(check.answer)
