"""How an algorithm fails."""

from __future__ import annotations


class CustomerError(Exception):
    """What the job was given cannot be trained on: hyperparameters, channels, data."""
