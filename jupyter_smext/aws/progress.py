"""How a room tells how far a long operation is, and learns that it should end.

The server's task registry and the command line's progress bar are the two things on the other side.
"""

from __future__ import annotations

from typing import Protocol

from .errors import ErrorCode, SmextError


class Progress(Protocol):
    """Handed to every long operation. Both methods may be called from any thread, as often as is convenient."""

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """``done`` of ``total`` (bytes, objects, seconds: the operation says which); ``total`` None = not known."""

    def cancelled(self) -> bool:
        """Whether someone asked to end it. The operation leaves nothing half done, then raises `Cancelled`.

        Raises `Interrupted` where the process ends and another will go on with it.
        """


class Cancelled(SmextError):
    """The operation ended because somebody asked it to; this is not a failure."""

    def __init__(self, message: str = "Cancelled") -> None:
        super().__init__(ErrorCode.CANCELLED, message)


class Interrupted(SmextError):
    """The operation ended because its process does; what it has done so far stays, and the next process goes on."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.CANCELLED, "Interrupted by the end of the server")


class Silent:
    """The progress of nobody: for callers that do not watch."""

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        pass

    def cancelled(self) -> bool:
        return False


class Quiet(Progress):
    """Passes on whether to end, but not how far it is: for a step that counts something else than the whole."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        pass

    def cancelled(self) -> bool:
        return self._progress.cancelled()


def check(progress: Progress) -> None:
    """Raise :class:`Cancelled` when the operation should end."""
    if progress.cancelled():
        raise Cancelled()
