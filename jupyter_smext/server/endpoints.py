"""Routes of the endpoints room."""

from __future__ import annotations

from typing import Any

ROUTES: list[tuple[str, type[Any]]] = []
