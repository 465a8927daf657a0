"""Changes made from here that AWS may not have taken up everywhere yet."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

from .models import Explanation, RecentChange
from .principal import Principal

PROPAGATION_SECONDS = 120
"""IAM is eventually consistent and AWS gives no bound. Terraform's AWS provider waits this long for a changed role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

_lock = threading.Lock()
_changes: dict[str, RecentChange] = {}


def changed(role_arn: str, policy_name: str) -> RecentChange:
    """Remember that a policy of the role was changed just now."""
    now = datetime.now(timezone.utc)
    until = now + timedelta(seconds=PROPAGATION_SECONDS)
    change = RecentChange(role_arn=role_arn, policy_name=policy_name, changed_at=now, propagation_until=until)
    with _lock:
        _changes[_key(role_arn)] = change
    return change


def recent_change(principal_arn: str | None) -> RecentChange | None:
    """The change to this role, or to the role of this session, that may not have arrived yet."""
    if principal_arn is None:
        return None
    with _lock:
        change = _changes.get(_key(principal_arn))
    return change if change and change.propagation_until > datetime.now(timezone.utc) else None


def with_recent_change(explanation: Explanation) -> Explanation:
    """The explanation, told to wait first if the role was changed a moment ago: its text may be the old answer."""
    change = recent_change(explanation.principal) if explanation.kind == "iam" else None
    if change is None:
        return explanation
    ago = int((datetime.now(timezone.utc) - change.changed_at).total_seconds())
    wait = (
        f"The policy {change.policy_name} of this role was changed {ago} s ago. Wait until "
        f"{change.propagation_until:%H:%M:%S} UTC and try again before anything else is changed."
    )
    return explanation.model_copy(update={"steps": [wait, *explanation.steps]})


def _key(arn: str) -> str:
    """Account and name: a session ARN does not carry the path of its role."""
    try:
        principal = Principal.parse(arn)
    except ValueError:
        return arn
    return f"{principal.account}/{principal.name}"
