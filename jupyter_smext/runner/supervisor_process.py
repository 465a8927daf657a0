"""The process that starts the processes of a run and ends them when its owner ends.

It is started by :class:`jupyter_smext.runner.supervisor.Supervisor` with a socket to its owner as standard input and
the folders of the run as arguments. When the socket ends, whatever ended the owner, it kills every process below it,
removes the folders and ends. Messages are JSON objects, one a line.

From the owner:
    ``{"start": id, "command", "env", "cwd", "ml", "hosts", "hostname", "network"}`` with the file descriptor that takes
    the output;
    ``{"signal": number, "id": id}`` for the whole process group of a started command.
To the owner:
    ``{"isolation": null}`` once at the start, or the reason why processes cannot have an ``/opt/ml`` of their own;
    ``{"exit": code, "id": id}``, 128 + n for a command that signal n ended, as Docker reports it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from jupyter_smext.runner import isolation

# prctl(2)
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main(folders: list[str]) -> None:
    owner = socket.socket(fileno=os.dup(0))
    # A terminal's Ctrl-C is for the owner; how a run ends is the owner's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    # A process that lost its parent becomes our child, so that nothing leaves the tree below us.
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    supervisor = _Supervisor(owner)
    try:
        supervisor.send({"isolation": _probe_isolation()})
        supervisor.run()
    finally:
        _kill_descendants()
        for folder in folders:
            remove_folder(Path(folder))


def remove_folder(folder: Path) -> None:
    """Remove ``folder`` with all it holds, as far as the system lets us."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        # A job may have left folders that it made read-only.
        for root, _, _ in os.walk(folder):
            with contextlib.suppress(OSError):
                Path(root).chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)


class _Supervisor:
    def __init__(self, owner: socket.socket) -> None:
        self._owner = owner
        self._received = b""
        self._outputs: list[int] = []
        self._running: dict[int, str] = {}

    def send(self, message: dict[str, Any]) -> None:
        # The owner's end shows when we read from it; a failing answer needs no second handling.
        with contextlib.suppress(OSError):
            self._owner.sendall(json.dumps(message).encode() + b"\n")

    def run(self) -> None:
        """Serve the owner until it ends."""
        wakeup, wakeup_writer = socket.socketpair()
        with wakeup, wakeup_writer, selectors.DefaultSelector() as selector:
            for end in (wakeup, wakeup_writer):
                end.setblocking(False)
            signal.set_wakeup_fd(wakeup_writer.fileno(), warn_on_full_buffer=False)
            signal.signal(signal.SIGCHLD, lambda number, frame: None)
            selector.register(self._owner, selectors.EVENT_READ)
            selector.register(wakeup, selectors.EVENT_READ)
            while (messages := self._wait(selector, wakeup)) is not None:
                for message in messages:
                    self._handle(message)
            signal.set_wakeup_fd(-1)

    def _wait(self, selector: selectors.BaseSelector, wakeup: socket.socket) -> list[dict[str, Any]] | None:
        """The owner's next messages, perhaps none; None when the owner ended."""
        ready = [key.fileobj for key, _ in selector.select()]
        if wakeup in ready:
            wakeup.recv(4096)
            self._reap()
        return self._receive() if self._owner in ready else []

    def _receive(self) -> list[dict[str, Any]] | None:
        try:
            data, outputs, _, _ = socket.recv_fds(self._owner, 1 << 16, 1)
        except OSError:
            return None
        if not data:
            return None
        self._outputs += outputs
        *lines, self._received = (self._received + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def _handle(self, message: dict[str, Any]) -> None:
        if "start" in message:
            output = self._outputs.pop(0)
            self._running[_start(message, output)] = message["start"]
            os.close(output)
            return
        for pid, name in self._running.items():
            if name == message["id"]:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, message["signal"])

    def _reap(self) -> None:
        ended = [(self._running.pop(pid), code) for pid, code in _ended_children() if pid in self._running]
        if not self._running:
            # As in a container, nothing goes on after the command: and nobody holds its output open.
            _kill_descendants()
        for name, code in ended:
            self.send({"exit": code, "id": name})


def _start(message: dict[str, Any], output: int) -> int:
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):  # the child was faster, and has a group of its own already
            os.setpgid(pid, pid)
        return pid
    try:
        _become(message, output)
    except BaseException as error:
        # What Docker does: the reason in the log, 127 where the command is missing, 126 where it cannot be run.
        os.write(output, f"{message['command'][0]}: {error}\n".encode())
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)
    raise AssertionError("execvpe returned")


def _become(message: dict[str, Any], output: int) -> None:
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.set_inheritable(output, False)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    if message["ml"]:
        isolation.enter(
            Path(message["ml"]), Path(message["hosts"]), hostname=message["hostname"], network=message["network"]
        )
    # After enter(): a change of credentials clears it.
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(message["cwd"])
    command, env = message["command"], message["env"]
    # Found on the PATH of the command, not on ours.
    os.execve(shutil.which(command[0], path=env.get("PATH")) or command[0], command, env)


def _probe_isolation() -> str | None:
    """None when :func:`isolation.enter` works here, otherwise the reason why not."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        with tempfile.TemporaryDirectory() as folder:
            try:
                isolation.enter(Path(folder), Path("/etc/hosts"), hostname="probe")
            except OSError as error:
                os.write(writer, str(error).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answer:
        reason = answer.read()
    os.waitpid(pid, 0)
    return reason or None


def _ended_children() -> Iterator[tuple[int, int]]:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            yield pid, code if code >= 0 else 128 - code


def _kill_descendants() -> None:
    """SIGKILL to all processes below this one, until there are none: they may fork while we look."""
    while children := psutil.Process().children(recursive=True):
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, timeout=1)
        list(_ended_children())


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
