"""The refusals that AWS answered to this program, kept for a while as evidence."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..aws.session import AwsSession
from .error_grammar import normalize, refusals
from .models import Evidence, Requirement
from .principal import Principal
from .propagation import recent_change
from .wildcard import compile_glob, tokenize

KEEP = 200
"""Refusals; older ones go first."""
KEEP_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class _Refused:
    principal: str
    action: str
    resource: str | None
    text: str
    at: datetime
    request_id: str | None


_lock = threading.Lock()
_refused: deque[_Refused] = deque(maxlen=KEEP)


def watch(session: AwsSession) -> None:
    """Keep the refusals of this session's calls from now on.

    Clients copy the hooks of the boto3 session when they are made; S3 and SageMaker may have theirs already.
    """
    emitters = [session.boto.events, *(session.client(service).meta.events for service in ("s3", "sagemaker"))]
    for emitter in emitters:
        emitter.register("after-call", _after_call, unique_id="smext-iam-history")


def refusals_of(requirement: Requirement, principal: str) -> Iterator[Evidence]:
    """The refusals of this requirement that are younger than `KEEP_FOR` and than the last change made from here."""
    oldest = datetime.now(timezone.utc) - KEEP_FOR
    if change := recent_change(principal):
        oldest = max(oldest, change.changed_at)
    pattern = compile_glob(tokenize(requirement.resource))
    with _lock:
        known = [entry for entry in _refused if entry.at > oldest]
    for entry in known:
        if (
            entry.action.lower() == requirement.action.lower()
            and _same(entry.principal, principal)
            and entry.resource is not None
            and pattern.fullmatch(entry.resource)
        ):
            yield Evidence(
                source="history", answer="denied", detail=entry.text, at=entry.at, request_id=entry.request_id
            )


def _after_call(parsed: Any, **_: Any) -> None:
    text = normalize(str(parsed.get("Error", {}).get("Message", ""))) if isinstance(parsed, dict) else ""
    if not text:
        return
    request_id = parsed.get("ResponseMetadata", {}).get("RequestId")
    for refusal in refusals(text):
        if refusal.principal and refusal.action:
            now = datetime.now(timezone.utc)
            with _lock:
                _refused.append(_Refused(refusal.principal, refusal.action, refusal.resource, text, now, request_id))


def _same(one: str, other: str) -> bool:
    """Whether two ARNs are of the same role or user, one of which may be a session."""
    try:
        first, second = Principal.parse(one), Principal.parse(other)
    except ValueError:
        return one == other
    return (first.account, first.name) == (second.account, second.name)
