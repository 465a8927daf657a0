"""Why a tuning job is not begun."""

from __future__ import annotations


class TuningError(ValueError):
    """The request contradicts itself, or asks for what only AWS can do; the message says which member."""
