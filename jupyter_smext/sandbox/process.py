"""A sandbox in a child process, for tests and for a Jupyter server, whose event loop it must not slow down."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from types import TracebackType
from typing import IO

from jupyter_smext.sandbox.config import SandboxConfig, SandboxInfo
from jupyter_smext.sandbox.run import SandboxError

log = logging.getLogger(__name__)

_START_SECONDS = 120.0
_STOP_SECONDS = 15.0


class Sandbox:
    """Starts a sandbox, and ends it; it also ends when this process does, in whatever way."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self._config = config or SandboxConfig()
        self._process: subprocess.Popen[str] | None = None
        self._last_words = ""

    def start(self) -> SandboxInfo:
        """Blocks until the sandbox answers, 2 to 3 seconds.

        Raises :class:`SandboxError` with the reason when it does not come up.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_smext.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C in the terminal of a Jupyter server asks a question first; it must not end the sandbox.
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        reader = threading.Thread(target=self._read_errors, args=(process.stderr,), daemon=True)
        reader.start()
        process.stdin.write(json.dumps(self._config.to_json()) + "\n")
        process.stdin.flush()
        # A sandbox that hangs is ended; the line is empty then as well.
        impatience = threading.Timer(_START_SECONDS, process.kill)
        impatience.start()
        line = process.stdout.readline()
        impatience.cancel()
        if not line:
            process.wait()
            reader.join()
            self.stop()
            raise SandboxError(self._last_words or "The sandbox ended before it was ready.")
        return SandboxInfo.from_json(json.loads(line))

    def stop(self) -> None:
        """Ends the sandbox and waits for it. Calling it again, or before ``start``, does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def __enter__(self) -> SandboxInfo:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read_errors(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                if line.strip():
                    self._last_words = line.strip()
                    log.warning("sandbox: %s", self._last_words)
