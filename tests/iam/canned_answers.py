"""Answers that a session gets instead of asking its far end: refusals of AWS, and services that the sandbox lacks."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from jupyter_smext.aws.session import AwsSession


def answer(session: AwsSession, operation: str, parsed: dict[str, Any], status: int = 200) -> list[dict[str, Any]]:
    """Answer `service.Operation` with this from now on; the list fills with the requests that were made."""
    calls: list[dict[str, Any]] = []

    def hook(params: dict[str, Any], **_: Any) -> Any:
        calls.append(params)
        metadata = {"HTTPStatusCode": status, "RequestId": "canned-request", "HTTPHeaders": {}}
        return SimpleNamespace(status_code=status, headers={}), {"ResponseMetadata": metadata, **parsed}

    _register(session, operation, hook)
    return calls


def refuse(
    session: AwsSession, operation: str, message: str = "Access Denied", code: str = "AccessDenied"
) -> list[dict[str, Any]]:
    return answer(session, operation, {"Error": {"Code": code, "Message": message}}, 403)


def count(session: AwsSession, operation: str) -> list[dict[str, Any]]:
    """The requests of an operation, which still reach the far end; `*` for every operation."""
    calls: list[dict[str, Any]] = []

    def hook(params: dict[str, Any], **_: Any) -> None:
        calls.append(params)

    _register(session, operation, hook)
    return calls


def _register(session: AwsSession, operation: str, hook: Callable[..., Any]) -> None:
    service, _, name = operation.partition(".")
    event = f"before-call.{service}.{name}" if name else "before-call"
    # Clients made later take the hooks of the session; one that is there already has its own.
    session.boto.events.register_first(event, hook)
    for (made, _), client in session._clients.items():
        if not name or made == service:
            client.meta.events.register_first(event, hook)
