"""How far a long operation is, on standard error: a bar on a terminal, a plain line now and then in a pipe."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from ..aws.progress import Progress


class TerminalProgress(Progress):
    """Shows the progress of one operation that counts bytes (or, with another ``unit``, things).

    Use as a context manager: it leaves the terminal on a fresh line, whatever happens.
    """

    BAR_EVERY = 0.1
    LINE_EVERY = 5.0

    def __init__(self, title: str, *, unit: str = "bytes", stream: TextIO | None = None) -> None:
        self.title, self.unit = title, unit
        self._stream = stream or sys.stderr
        self._bar = self._stream.isatty()
        self._began = self._told = time.monotonic()
        self._width = 0

    def __enter__(self) -> TerminalProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        now = time.monotonic()
        if now - self._told < (self.BAR_EVERY if self._bar else self.LINE_EVERY):
            return
        self._told = now
        line = self._line(done, total, message, now - self._began)
        if self._bar:
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def cancelled(self) -> bool:
        return False  # Ctrl-C arrives as KeyboardInterrupt

    def _line(self, done: float, total: float | None, message: str | None, seconds: float) -> str:
        words = [self.title, self._amount(done)]
        if total:
            words[1] += f" of {self._amount(total)}"
            words.append(f"{done / total:.0%}")
        if seconds > 0 and done > 0:
            words.append(f"{self._amount(done / seconds)}/s")
            if total and done < total:
                words.append(f"{(total - done) * seconds / done:.0f} s left")
        if message:
            words.append(message)
        return "  ".join(words)

    def _amount(self, number: float) -> str:
        return size(number) if self.unit == "bytes" else f"{number:,.0f} {self.unit}"


def size(number: float) -> str:
    """Bytes for people, in powers of 1,024."""
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if number < 1024 or unit == "TiB":
            return f"{number:.0f} B" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    raise AssertionError
