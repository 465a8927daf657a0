"""Processes that never outlive this one, and the folders that go with them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from jupyter_smext.runner.log_lines import LogLines
from jupyter_smext.runner.supervisor_process import remove_folder

_PACKAGE_FOLDER = Path(__file__).parents[2]


class SupervisedProcess:
    """A process that a :class:`Supervisor` started."""

    def __init__(self, send_signal: Callable[[int], None], on_exit: Callable[[], None]) -> None:
        self._send_signal = send_signal
        self._on_exit = on_exit
        self._ended = threading.Event()
        self._output_reader: threading.Thread | None = None
        self.exit_code: int | None = None
        """128 + n when signal n ended it; None while it runs."""

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """True when the process has ended and all its output was handed on."""
        return self._ended.wait(timeout_seconds)

    def terminate(self) -> None:
        """SIGTERM to its process group."""
        self._send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to its process group."""
        self._send_signal(signal.SIGKILL)

    def _read_output(self, pipe: int, output: LogLines) -> None:
        def read() -> None:
            with open(pipe, "rb", buffering=0) as stream:
                while data := stream.read(1 << 16):
                    output.feed(data)
            output.close()

        self._output_reader = threading.Thread(target=read, name="job-output", daemon=True)
        self._output_reader.start()

    def _set_exit_code(self, code: int) -> None:
        if self._output_reader is not None:
            self._output_reader.join()
        self.exit_code = code
        self._ended.set()
        self._on_exit()


class Supervisor:
    """Starts processes through a process of its own, which ends them all when this one ends, even by SIGKILL.

    ``folders`` are removed at that moment too: on :meth:`close`, and when this process dies.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._channel, theirs = socket.socketpair()
        environment = {**os.environ, "PYTHONPATH": str(_PACKAGE_FOLDER)}
        command = [sys.executable, "-m", "jupyter_smext.runner.supervisor_process", *map(str, folders)]
        with theirs:
            self._process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment, start_new_session=True
            )
        self._lock = threading.Lock()
        self._running: dict[str, SupervisedProcess] = {}
        self._started = 0
        self._lost = False
        self._probed = threading.Event()
        self._isolation_problem: str | None = "the supervisor did not start"
        self._reader = threading.Thread(target=self._read_messages, name="job-supervisor", daemon=True)
        self._reader.start()

    @property
    def isolation_problem(self) -> str | None:
        """None when processes can have an ``/opt/ml`` of their own here, otherwise the reason why not."""
        self._probed.wait()
        return self._isolation_problem

    def start(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        output: LogLines,
        on_exit: Callable[[], None] = lambda: None,
        ml: Path | None = None,
        hosts: Path | None = None,
        hostname: str | None = None,
        network: bool = True,
    ) -> SupervisedProcess:
        """Start ``command`` with exactly the environment ``env``.

        With ``ml`` and ``hosts`` the process sees the first as ``/opt/ml`` and the second as ``/etc/hosts``, and its
        machine is called ``hostname``; without ``network`` it reaches nothing but its own loopback. ``cwd`` is a path
        as the process sees it. ``output`` takes stdout and stderr in the order in which they were written.
        """
        reader, writer = os.pipe()
        with self._lock:
            self._started += 1
            name = str(self._started)
            process = SupervisedProcess(lambda number: self._send({"signal": number, "id": name}), on_exit)
            self._running[name] = process
            lost = self._lost
        process._read_output(reader, output)
        message = {
            "start": name,
            "command": list(command),
            "env": dict(env),
            "cwd": cwd,
            "ml": ml and str(ml),
            "hosts": hosts and str(hosts),
            "hostname": hostname,
            "network": network,
        }
        try:
            self._send(message, writer)
        finally:
            os.close(writer)
        if lost:
            process._set_exit_code(128 + signal.SIGKILL)
        return process

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all processes and remove the folders; returns when that is done."""
        with contextlib.suppress(OSError):  # the supervisor may have died
            self._channel.shutdown(socket.SHUT_WR)
        self._process.wait()
        self._reader.join()
        self._channel.close()
        for folder in self._folders:
            if folder.exists():
                remove_folder(folder)

    def _send(self, message: Mapping[str, object], descriptor: int | None = None) -> None:
        data = json.dumps(message).encode() + b"\n"
        # Where the supervisor is gone, _read_messages tells everybody.
        with self._lock, contextlib.suppress(OSError):
            sent = socket.send_fds(self._channel, [data], [descriptor]) if descriptor is not None else 0
            self._channel.sendall(data[sent:])

    def _read_messages(self) -> None:
        # A reset instead of an end: the supervisor died with a message of ours unread.
        with contextlib.suppress(ConnectionResetError), self._channel.makefile("rb") as messages:
            for line in messages:
                message = json.loads(line)
                if "isolation" in message:
                    self._isolation_problem = message["isolation"]
                    self._probed.set()
                else:
                    with self._lock:
                        process = self._running.pop(message["id"])
                    process._set_exit_code(message["exit"])
        self._probed.set()
        with self._lock:
            self._lost = True
            lost = list(self._running.values())
            self._running.clear()
        for process in lost:
            process._set_exit_code(128 + signal.SIGKILL)
