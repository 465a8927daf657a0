"""Starting another script of the job."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from . import environment, errors


def run(
    uri: str, user_entry_point: str, args: Sequence[str], env_vars: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ``user_entry_point`` of the code folder. Raises ExecuteUserScriptError."""
    command = [sys.executable] if user_entry_point.endswith(".py") else []
    command.append(user_entry_point if command else f"./{user_entry_point}")
    process = subprocess.run([*command, *args], env={**os.environ, **(env_vars or {})}, cwd=environment.code_dir)
    if process.returncode:
        raise errors.ExecuteUserScriptError(f"{user_entry_point} ended with exit code {process.returncode}")
    return process


def _wait_hostname_resolution() -> None:
    # Private in the original too, and yet called by AWS's own XGBoost examples.
    for host in environment.Environment().hosts:
        socket.gethostbyname(host)
