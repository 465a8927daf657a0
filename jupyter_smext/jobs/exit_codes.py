"""What the exit code of a training container means.

Codes above 128 are signals (128 + the signal's number), as every POSIX shell reports them; below 126 they are the
script's own, of which only 1 and 2 have a common meaning.
"""

from __future__ import annotations

import re

_MEANINGS = {
    0: "It ended by itself, without an error.",
    1: "The script ended with an error, most often an exception that nobody caught.",
    2: "The command line was refused, most often by argparse.",
    126: "The entry point is no executable file, or may not be executed.",
    127: "The command was not found in the image.",
    134: "SIGABRT: native code aborted, most often a failed assertion in a library.",
    135: "SIGBUS: memory could not be reached, most often because shared memory (/dev/shm) ran out.",
    136: "SIGFPE: an arithmetic error in native code.",
    137: "SIGKILL: killed from outside, most often because memory ran out.",
    139: "SIGSEGV: native code used memory that is not its own.",
    143: "SIGTERM: asked to end from outside, as when a job is stopped.",
}

_IN_REASON = re.compile(r"exit code:? (\d+)|ExitCode (-?\d+)", re.IGNORECASE)


def exit_code_in(failure_reason: str) -> int | None:
    """The exit code that a FailureReason tells; the negative form of a signal (-9) as a shell has it (137)."""
    match = _IN_REASON.search(failure_reason)
    if match is None:
        return None
    code = int(match[1] or match[2])
    return code if code >= 0 else 128 - code


def meaning_of(exit_code: int) -> str | None:
    """One sentence, or None for a code that only the script's author knows."""
    if exit_code in _MEANINGS:
        return _MEANINGS[exit_code]
    if 128 < exit_code < 160:
        return f"Signal {exit_code - 128} ended it."
    return None
