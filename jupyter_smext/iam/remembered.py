"""What AWS answered to these credentials some minutes ago, so that a panel which looks again does not ask again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from ..aws.session import AwsSession

T = TypeVar("T")

KEEP_SECONDS = 300.0
"""Long enough for somebody who goes back and forth in a panel, short enough to see an administrator's change."""

_lock = threading.Lock()
_answers: WeakKeyDictionary[AwsSession, dict[Hashable, tuple[float, Any]]] = WeakKeyDictionary()


def remembered(session: AwsSession, key: Hashable, ask: Callable[[], T], *, refresh: bool = False) -> T:
    """The answer to `key` for the session's present credentials; `ask` is called if there is none, or an old one."""
    key = (_credential_id(session), key)
    with _lock:
        known = _answers.setdefault(session, {}).get(key)
    if known is not None and not refresh and time.monotonic() - known[0] < KEEP_SECONDS:
        return cast("T", known[1])
    answer = ask()
    with _lock:
        _answers.setdefault(session, {})[key] = (time.monotonic(), answer)
    return answer


def forget(session: AwsSession) -> None:
    """After a change from here nothing that was found before holds for sure."""
    with _lock:
        _answers.pop(session, None)


def _credential_id(session: AwsSession) -> str | None:
    credentials = session.boto.get_credentials()
    return credentials.access_key if credentials else None
