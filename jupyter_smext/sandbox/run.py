"""Runs a sandbox in this process until it is told to end."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from jupyter_smext.sandbox.config import SandboxConfig, SandboxInfo

_MISSING_EXTRA = 'The sandbox needs packages that are not installed: pip install "jupyter-smext[sandbox]"'


class SandboxError(Exception):
    """The sandbox can not run; the message says why in one line."""


def run_until(config: SandboxConfig, wait: Callable[[], object], ready: Callable[[SandboxInfo], None]) -> None:
    """Starts a sandbox, tells ``ready``, and ends it when ``wait`` returns.

    Raises :class:`SandboxError`.
    """
    try:
        from jupyter_smext.sandbox.database import DatabaseTooNew
        from jupyter_smext.sandbox.server import PortTaken, SandboxServer
        from jupyter_smext.sandbox.state_dir import StateDirInUse
    except ModuleNotFoundError as error:
        raise SandboxError(f"{_MISSING_EXTRA} (missing: {error.name})") from error
    try:
        server = SandboxServer(config)
    except (DatabaseTooNew, PortTaken, StateDirInUse) as error:
        raise SandboxError(str(error)) from None
    except (OSError, sqlite3.Error) as error:
        raise SandboxError(f"The sandbox can not keep its state: {error}") from error
    try:
        ready(server.start())
        wait()
    finally:
        server.stop()


def run_until_signal(config: SandboxConfig, ready: Callable[[SandboxInfo], None]) -> None:
    """Runs until Ctrl-C or SIGTERM. Raises :class:`SandboxError`."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    run_until(config, ended.wait, ready)


def print_ready(info: SandboxInfo) -> None:
    """The one line that a program which started the sandbox waits for."""
    print(json.dumps(info.to_json()), flush=True)


def main() -> int:
    """Entry of the child process of :class:`~jupyter_smext.sandbox.process.Sandbox`.

    The configuration is the first line of standard input; its end is the end of the parent, and of the sandbox.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    config = SandboxConfig.from_json(json.loads(sys.stdin.readline()))
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())

    def end_with_parent() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        run_until(config, ended.wait, print_ready)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def exit_now(code: int) -> NoReturn:
    """Ends the process without waiting for threads of jobs that did not end in time; their processes end with it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
