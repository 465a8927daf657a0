"""Put handlers of botocore's events on the shared client, each once: registering takes longer than being called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

_registered: WeakKeyDictionary[Any, set[Callable[..., None]]] = WeakKeyDictionary()


def handle_first(client: Any, event: str, handler: Callable[..., None]) -> None:
    """Have the handler called before botocore's own."""
    _register_once(client, client.meta.events.register_first, event, handler)


def handle_last(client: Any, event: str, handler: Callable[..., None]) -> None:
    """Have the handler called after botocore's own."""
    _register_once(client, client.meta.events.register_last, event, handler)


def _register_once(client: Any, register: Callable[..., None], event: str, handler: Callable[..., None]) -> None:
    handlers = _registered.setdefault(client, set())
    if handler not in handlers:
        # Two threads may come here at once: under one id, the second time changes nothing.
        register(event, handler, unique_id=f"smext-{handler.__name__}")
        handlers.add(handler)
