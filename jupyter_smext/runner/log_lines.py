"""The raw output of a process as lines that a log can hold."""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Callable

MAX_LINE_CHARACTERS = 16 * 1024
"""Longer lines arrive in pieces; Docker cuts at the same length."""
PROGRESS_SECONDS = 1.0

_LINE_END = re.compile(r"\r\n|\n|\r(?!\Z)")


class LogLines:
    """Cuts output into lines and hands each to ``emit(line, timestamp_ms)`` as soon as its end is there.

    A progress bar rewrites its line with ``\\r``: of its states the last one is a line, and one a second on the way.
    Bytes that are not UTF-8 become U+FFFD.
    """

    def __init__(self, emit: Callable[[str, int], None]) -> None:
        self._emit_line = emit
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._text = ""
        self._rewritten = ""
        self._last_progress = 0.0

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the output."""
        self._text += self._decoder.decode(data)
        start = 0
        for end in _LINE_END.finditer(self._text):
            self._take(self._text[start : end.start()], rewritten=end.group() == "\r")
            start = end.end()
        self._text = self._text[start:]
        while len(self._text) > MAX_LINE_CHARACTERS:
            self._emit(self._text[:MAX_LINE_CHARACTERS])
            self._text = self._text[MAX_LINE_CHARACTERS:]

    def close(self) -> None:
        """The output has ended: what is left is its last line."""
        rest = (self._text + self._decoder.decode(b"", final=True)).rstrip("\r")
        if rest or self._rewritten:
            self._take(rest, rewritten=False)
        self._text = ""

    def _take(self, line: str, *, rewritten: bool) -> None:
        if not rewritten:
            line, self._rewritten = line or self._rewritten, ""
            # CloudWatch Logs has no empty events.
            if line:
                self._emit(line)
            return
        self._rewritten = line or self._rewritten
        now = time.monotonic()
        if line and now - self._last_progress >= PROGRESS_SECONDS:
            self._last_progress = now
            self._rewritten = ""
            self._emit(line)

    def _emit(self, line: str) -> None:
        timestamp_ms = int(time.time() * 1000)
        for start in range(0, len(line), MAX_LINE_CHARACTERS):
            self._emit_line(line[start : start + MAX_LINE_CHARACTERS], timestamp_ms)
