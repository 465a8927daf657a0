"""Waiting for a domain, profile, space or app: boto3 has no waiters for them, so we ask again and again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

Ask = Callable[[], "dict[str, Any] | None"]
"""Describes it as AWS does, or answers None where it does not exist."""


@dataclass(frozen=True)
class Waiting:
    what: str
    """For people: "The app of my-space"."""
    operation: str
    """The AWS API operation whose end is waited for."""
    at_most_seconds: float = 1800.0


def wait_until_settled(ask: Ask, progress: Progress, waiting: Waiting) -> dict[str, Any]:
    """AWS's description once its Status is none that passes by itself.

    Progress counts seconds. Raises `Cancelled` (the thing itself goes on), `Timeout`, `NotFound` once it is gone, and
    for a failed one what its FailureReason says.
    """
    for description in _descriptions(ask, progress, waiting):
        if description["Status"] not in UNSETTLED:
            return description
    raise SmextError(ErrorCode.NOT_FOUND, f"{waiting.what} is gone.", operation=waiting.operation)


def wait_until_gone(ask: Ask, progress: Progress, waiting: Waiting) -> None:
    """Return once it does not exist any more. At first it may still look as if nobody had deleted it.

    Progress counts seconds. Raises `Cancelled` (it goes all the same), `Timeout`, and what its FailureReason says.
    """
    for _ in _descriptions(ask, progress, waiting):
        pass


def _descriptions(ask: Ask, progress: Progress, waiting: Waiting) -> Iterator[dict[str, Any]]:
    """What it looks like now, and again after each pause; ends with the thing itself."""
    began = time.monotonic()
    pause = _FIRST_PAUSE_SECONDS
    while (description := ask()) is not None and description["Status"] != "Deleted":
        status = description["Status"]
        if status.endswith("Failed"):
            raise failure(waiting.what, description.get("FailureReason"), waiting.operation)
        yield description
        waited = time.monotonic() - began
        if waited > waiting.at_most_seconds:
            raise SmextError(
                ErrorCode.TIMEOUT,
                f"{waiting.what} is still {status} after {waited / 60:.0f} minutes.",
                hint="It may yet be done; look again later. If it stays so, ask AWS Support.",
                operation=waiting.operation,
            )
        progress.update(round(waited, 1), None, f"{waiting.what}: {status}")
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
