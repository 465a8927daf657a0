"""Finds Python tracebacks in log lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .models import Frame, LoggedTraceback, LogLine

# Launchers put a mark before each line: "[1,mpirank:0,algo-1]<stderr>:" (MPI), "[rank0]: " (torchrun).
_HEAD = re.compile(r"(?P<prefix>.*?)Traceback \(most recent call last\):\s*$")
_FRAME = re.compile(r'\s+File "(?P<path>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+?))?\s*$')
_MARKERS = re.compile(r"[\s~^]+$")
_END = re.compile(r"(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_CHAIN = ("The above exception was the direct cause of", "During handling of the above exception, another")

# Where script mode (SDK v2) and the code channel (SDK v3, network isolation) put the source directory.
_SOURCE_FOLDERS = ("/opt/ml/code/", "/opt/ml/input/data/code/")
_NOT_OWN = re.compile(r"/(?:site|dist)-packages/|/lib/python\d|^<|/opt/conda/lib/")


def find_tracebacks(lines: Iterable[LogLine]) -> list[LoggedTraceback]:
    """The complete tracebacks in these lines, each stream's own in the order of the lines.

    One that another one follows in a chain is not listed by itself; the last of the chain names the first.
    """
    readers: dict[str, _Reader] = {}
    found: list[LoggedTraceback] = []
    for line in lines:
        reader = readers.setdefault(line.stream, _Reader())
        for text in line.message.splitlines() or [""]:
            for traceback in reader.feed(line, text):
                if traceback.caused_by and reader.previous in found:
                    found.remove(reader.previous)
                found.append(traceback)
                reader.previous = traceback
    return found


class _Reader:
    """Reads the lines of one stream."""

    def __init__(self) -> None:
        self.previous: LoggedTraceback | None = None
        self._chained = False
        self._open: LoggedTraceback | None = None
        self._prefix = ""

    def feed(self, line: LogLine, text: str) -> Iterator[LoggedTraceback]:
        head = _HEAD.match(text)
        if head:
            caused_by = _first_of_chain(self.previous) if self._chained and self.previous else None
            self._open = LoggedTraceback(
                stream=line.stream,
                timestamp=line.timestamp,
                exception_type="",
                message="",
                frames=[],
                caused_by=caused_by,
            )
            self._prefix, self._chained = head["prefix"], False
            return
        if self._prefix and not text.startswith(self._prefix):
            return  # another process writes into the same stream
        text = text.removeprefix(self._prefix)
        if self._open is None:
            self._chained = self._chained or text.startswith(_CHAIN)
        elif text.startswith((" ", "\t")):
            self._read_frame(text)
        elif text.strip():
            yield from self._close(text.strip())

    def _read_frame(self, text: str) -> None:
        assert self._open is not None
        frame = _FRAME.match(text)
        if frame:
            self._open.frames.append(_frame(frame["path"], int(frame["line"]), frame["function"]))
        elif self._open.frames and self._open.frames[-1].code is None and not _MARKERS.match(text):
            self._open.frames[-1].code = text.strip()

    def _close(self, text: str) -> Iterator[LoggedTraceback]:
        assert self._open is not None
        end, traceback, self._open = _END.match(text), self._open, None
        if end:
            yield traceback.model_copy(update={"exception_type": end["type"], "message": end["message"] or ""})


def _frame(path: str, line: int, function: str | None) -> Frame:
    own = not _NOT_OWN.search(path)
    for folder in _SOURCE_FOLDERS:
        path = path.removeprefix(folder)
    return Frame(path=path, line=line, function=function, own=own)


def _first_of_chain(traceback: LoggedTraceback) -> str:
    return traceback.caused_by or f"{traceback.exception_type}: {traceback.message}".removesuffix(": ")
