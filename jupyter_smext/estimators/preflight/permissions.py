"""Whether IAM lets the launch and the job do what the request needs: the iam room's verdicts on exact resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...aws.errors import from_aws
from ...aws.session import AwsSession
from ...iam.models import PreflightCheck
from ...iam.preflight_request import preflight_request
from ..models import Finding
from .context import error, unknown

_PATH = "spec.role"
_WHO = {"caller": "You", "execution_role": "The execution role", "sagemaker": "SageMaker"}
_LISTED = 5


def check_permissions(aws: AwsSession, operation: str, request: dict[str, Any]) -> Iterator[Finding]:
    """A finding for each denied permission, and one for all that could not be decided.

    Permissions: those of the iam room's preflight, each optional; what may not be read is unknown.
    """
    try:
        report = preflight_request(aws, operation, request)
    except Exception as failure:
        yield not_checked(f"IAM was not asked: {from_aws(failure).envelope.message}")
        return
    for each in report.checks:
        if each.answer == "denied":
            yield error(
                "IamDenied", _PATH, f"{_words(each)}: {each.requirement.reason}", "The IAM section has the policy."
            )
    open_checks = [each for each in report.checks if each.answer not in ("allowed", "denied")]
    if open_checks:
        listed = "; ".join(_words(each) for each in open_checks[:_LISTED])
        more = f" and {len(open_checks) - _LISTED} more" if len(open_checks) > _LISTED else ""
        deciding = list(dict.fromkeys(way for each in open_checks for way in each.would_decide))
        yield unknown(
            "IamUndecided",
            _PATH,
            f"{len(open_checks)} of {len(report.checks)} permissions could not be decided: {listed}{more}.",
            "; ".join(deciding[:_LISTED]) or "The IAM section says what would decide each.",
        )


def not_checked(why: str) -> Finding:
    """Nothing was looked at, and so nothing is said to be allowed."""
    return unknown("IamNotChecked", _PATH, why, "The IAM section evaluates your permissions and those of the role.")


def _words(check: PreflightCheck) -> str:
    need = check.requirement
    verb = "may not" if check.answer == "denied" else "may perhaps not"
    return f"{_WHO.get(need.subject, need.subject)} {verb} {need.action} on {need.resource}"
