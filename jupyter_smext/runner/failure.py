"""Why a job failed, in the words of the service.

The forms are those of DescribeTrainingJob's FailureReason: ``ClientError`` for what the request asks and cannot be
done, ``AlgorithmError`` for what happened in the container, with what the SageMaker Training Toolkit writes there.
"""

from __future__ import annotations

import re
from collections import deque
from pathlib import Path

MAX_REASON_CHARACTERS = 1024
_MAX_MESSAGE_CHARACTERS = 700
"""Of the error message, so that the exit code and the command still fit behind it."""

_EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Interrupt)\b|\bKilled\b|\b(?:error|ERROR):")


class JobFailedError(Exception):
    """The job cannot go on; ``reason`` is its FailureReason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason if len(reason) <= MAX_REASON_CHARACTERS else reason[: MAX_REASON_CHARACTERS - 3] + "..."
        super().__init__(self.reason)


class ErrorLines:
    """Keeps of a log what explains a failure: the lines from the last traceback's message on."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=20)
        self._in_traceback = False

    def feed(self, line: str) -> None:
        """Take the next line of the log."""
        if line.startswith("Traceback (most recent call last)"):
            self._lines.clear()
            self._in_traceback = True
            return
        if self._in_traceback:
            # The frames of a traceback are indented, its message is not.
            if not line.startswith(" "):
                self._in_traceback = False
                self._lines.append(line)
        elif (self._lines or _EXCEPTION.search(line)) and line.strip():
            self._lines.append(line)

    def message(self) -> str:
        """At most 700 characters; empty when no line looked like an error."""
        text = "\n".join(dict.fromkeys(line.rstrip() for line in self._lines)).strip()
        return text if len(text) <= _MAX_MESSAGE_CHARACTERS else "..." + text[3 - _MAX_MESSAGE_CHARACTERS :]


def script_failed(kind: str, exit_code: int, message: str, command: list[str]) -> str:
    """What the toolkit reports for a command: ``kind`` is its error class, such as ExecuteUserScriptError."""
    lines = [f"AlgorithmError: {kind}:", f"ExitCode {exit_code}", f'ErrorMessage "{message}"']
    if exit_code == 137:
        lines.append('ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"')
    head, tail = "\n".join(lines), f", exit code: {exit_code}"
    room = MAX_REASON_CHARACTERS - len(head) - len(tail) - len('\nCommand ""')
    text = " ".join(command)
    return f'{head}\nCommand "{text if len(text) <= room else text[: room - 3] + "..."}"{tail}'


def container_failed(exit_code: int, failure_file: Path) -> str:
    """What the service reports for a container: the head of ``/opt/ml/output/failure``, if it wrote one."""
    tail = f", exit code: {exit_code}"
    room = MAX_REASON_CHARACTERS - len("AlgorithmError: ") - len(tail)
    return f"AlgorithmError: {_head(failure_file, room)}{tail}"


def algorithm_failed(exit_code: int, failure_file: Path) -> str:
    """What the service reports for a built-in algorithm, which says itself whether it is a ClientError."""
    tail = f", exit code: {exit_code}"
    return (_head(failure_file, MAX_REASON_CHARACTERS - len(tail)) or "AlgorithmError: ") + tail


def _head(path: Path, characters: int) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            return stream.read(characters).strip()
    except OSError:
        return ""
