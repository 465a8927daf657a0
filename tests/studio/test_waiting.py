"""Waiting for what boto3 has no waiters for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.studio import waiting
from jupyter_smext.studio.waiting import Waiting, wait_until_gone, wait_until_settled

APP = Waiting("The app of desk", "CreateApp", at_most_seconds=0.5)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(waiting, "_LONGEST_PAUSE_SECONDS", 0.001)


def answers(*statuses: str | None, reason: str | None = None) -> Callable[[], dict[str, Any] | None]:
    """Describes something that goes through these statuses and stays in the last one."""
    left = list(statuses)

    def ask() -> dict[str, Any] | None:
        status = left.pop(0) if len(left) > 1 else left[0]
        return None if status is None else {"Status": status, "FailureReason": reason}

    return ask


class Listener(Silent):
    def __init__(self) -> None:
        self.said: list[str | None] = []

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        self.said.append(message)


def test_each_status_is_told() -> None:
    listener = Listener()

    description = wait_until_settled(answers("Pending", "Updating", "InService"), listener, APP)

    assert description["Status"] == "InService"
    assert listener.said == ["The app of desk: Pending", "The app of desk: Updating"]


@pytest.mark.parametrize("end", [None, "Deleted"])
def test_what_is_deleted_may_look_alive_at_first(end: str | None) -> None:
    wait_until_gone(answers("InService", "Deleting", end), Silent(), APP)


def test_what_disappears_never_settles() -> None:
    with pytest.raises(SmextError) as caught:
        wait_until_settled(answers("Pending", None), Silent(), APP)
    assert caught.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("ResourceLimitExceeded: The limit is 0", ErrorCode.QUOTA_EXCEEDED),
        ("AccessDenied: no", ErrorCode.ACCESS_DENIED),
        ("The lifecycle configuration ended with 1", ErrorCode.UPSTREAM_REJECTED),
        (None, ErrorCode.UPSTREAM_REJECTED),
    ],
)
@pytest.mark.parametrize("status", ["Failed", "Update_Failed", "Delete_Failed"])
def test_a_failure_says_why(status: str, reason: str | None, code: ErrorCode) -> None:
    for wait in (wait_until_settled, wait_until_gone):
        with pytest.raises(SmextError) as caught:
            wait(answers("Pending", status, reason=reason), Silent(), APP)
        assert caught.value.code is code
        assert (reason or "no reason") in str(caught.value)


def test_nobody_waits_for_ever() -> None:
    with pytest.raises(SmextError, match="still Pending") as caught:
        wait_until_settled(answers("Pending"), Silent(), APP)
    assert caught.value.code is ErrorCode.TIMEOUT
