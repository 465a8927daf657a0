"""Waiting for a domain, profile, space or app: boto3 has no waiters for them, so we ask again and again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Progress, check
from .models import UNSETTLED

_FIRST_PAUSE_SECONDS = 0.3
_LONGEST_PAUSE_SECONDS = 5.0
# How soon somebody who cancels is heard.
_LISTENING_SECONDS = 0.2

# FailureReason begins with AWS's error code where an API call failed: "ResourceLimitExceeded: The account-level ..."
_LEADING_CODE = re.compile(r"^(?P<code>[A-Z]\w+(?:Exceeded|Exception|Denied|Failure|Error))\s*:\s*")


def wait_until_settled(
    ask: Callable[[], dict[str, Any] | None],
    progress: Progress,
    *,
    what: str,
    operation: str,
    at_most_seconds: float,
) -> dict[str, Any] | None:
    """AWS's description once its Status is none that passes by itself; None once the thing is gone.

    ``ask`` describes it, or answers None when it does not exist. Progress counts seconds. Raises `Cancelled` (the
    thing itself goes on), `Timeout`, and for a Failed one what its FailureReason says.
    """
    began = time.monotonic()
    pause = _FIRST_PAUSE_SECONDS
    while True:
        description = ask()
        if description is None or description["Status"] == "Deleted":
            return None
        status = description["Status"]
        if status not in UNSETTLED:
            if status.endswith(("Failed", "failed")):
                raise failure(what, description.get("FailureReason"), operation)
            return description
        waited = time.monotonic() - began
        if waited > at_most_seconds:
            raise SmextError(
                ErrorCode.TIMEOUT,
                f"{what} is still {status} after {waited / 60:.0f} minutes.",
                hint="It may yet be done; look again later. If it stays so, ask AWS Support.",
                operation=operation,
            )
        progress.update(round(waited, 1), None, f"{what}: {status}")
        _sleep(pause, progress)
        pause = min(_LONGEST_PAUSE_SECONDS, pause * 1.3)


def failure(what: str, reason: str | None, operation: str) -> SmextError:
    """The error for something that AWS began and could not finish, by the reason that it gives."""
    from botocore.exceptions import ClientError

    if not reason:
        return SmextError(ErrorCode.UPSTREAM_REJECTED, f"{what} failed; AWS gives no reason.", operation=operation)
    leading = _LEADING_CODE.match(reason)
    code = leading["code"] if leading else "AccessDenied" if "is not authorized to perform" in reason else None
    if code is not None:
        message = f"{what} failed: {reason}"
        return from_aws(ClientError({"Error": {"Code": code, "Message": message}}, operation))
    return SmextError(ErrorCode.UPSTREAM_REJECTED, f"{what} failed: {reason}", operation=operation)


def _sleep(seconds: float, progress: Progress) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        check(progress)
        time.sleep(min(left, _LISTENING_SECONDS))
