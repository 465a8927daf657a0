"""What a long operation writes down on its way for whoever goes on with it, in this process or in the next."""

from __future__ import annotations

from typing import Any, Protocol


class Notes(Protocol):
    """Small JSON objects by name; the latest under a name counts. The methods may be called from any thread."""

    def get(self, name: str) -> dict[str, Any] | None: ...

    def put(self, name: str, note: dict[str, Any]) -> None: ...

    def items(self) -> list[tuple[str, dict[str, Any]]]: ...


class Remembered:
    """Notes that end with the process: for an operation that nobody goes on with after it."""

    def __init__(self) -> None:
        self._notes: dict[str, dict[str, Any]] = {}

    def get(self, name: str) -> dict[str, Any] | None:
        return self._notes.get(name)

    def put(self, name: str, note: dict[str, Any]) -> None:
        self._notes[name] = note

    def items(self) -> list[tuple[str, dict[str, Any]]]:
        return list(self._notes.items())
