"""``serve HOST`` waits for one command and runs it; ``run HOST COMMAND...`` has it run there, as mpirun calls ssh."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

# The toolkit waits an hour for the other hosts; here they install the same requirements at the same time.
_WAIT_SECONDS = 600.0


def serve(host: str) -> int:
    """Run one command, and answer its exit code to who asked for it."""
    with socket.socket(socket.AF_UNIX) as server:
        path = _socket_of(host)
        # Renamed into place, so that whoever finds it can connect.
        server.bind(f"{path}.new")
        server.listen(1)
        Path(f"{path}.new").rename(path)
        connection, _ = server.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as stream:
        code = subprocess.run(["/bin/sh", "-c", stream.readline().rstrip("\n")], stdin=subprocess.DEVNULL).returncode
        stream.write(f"{code}\n")
    return 0 if code == 0 else 1


def run(host: str, command: list[str]) -> int:
    """Have a command run on another host, and wait for its exit code."""
    path = _socket_of(host)
    deadline = time.monotonic() + _WAIT_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            print(f"The host {host} did not get ready within {_WAIT_SECONDS:g} s.", file=sys.stderr)
            return 255
        time.sleep(0.05)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        with client.makefile("rw", encoding="utf-8") as stream:
            # Like ssh: the words are joined, and a shell over there takes them apart.
            stream.write(" ".join(command).replace("\n", " ") + "\n")
            stream.flush()
            answer = stream.readline()
    return abs(int(answer)) if answer else 255


def _socket_of(host: str) -> Path:
    # The temporary folders of all hosts of a job lie beside each other, in a folder of the job's own.
    return Path(os.environ["TMPDIR"]).parent / f"{host}.mpi"


if __name__ == "__main__":
    action, name, *words = sys.argv[1:]
    sys.exit(serve(name) if action == "serve" else run(name, words))
