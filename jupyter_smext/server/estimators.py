"""Routes of the estimators room."""

from __future__ import annotations

from typing import Any

ROUTES: list[tuple[str, type[Any]]] = []
