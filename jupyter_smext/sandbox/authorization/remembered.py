"""What was read from another service, kept until something there may have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Answers of ``read``, which may be asked from any thread."""

    def __init__(self, read: Callable[[K], V]) -> None:
        self._read = read
        self._answers: dict[K, V] = {}

    def get(self, key: K) -> V:
        answers = self._answers
        if key not in answers:
            # Into the table that was there before the reading: an answer that is overtaken is forgotten with it.
            answers[key] = self._read(key)
        return answers[key]

    def forget(self) -> None:
        self._answers = {}
