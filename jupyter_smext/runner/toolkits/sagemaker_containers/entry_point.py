"""Starting another script of the job."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from . import _errors


def run(
    uri: str, user_entry_point: str, args: Sequence[str], env_vars: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ``user_entry_point`` of the code folder. Raises ExecuteUserScriptError."""
    shell = not user_entry_point.endswith(".py")
    command = [f"./{user_entry_point}"] if shell else [sys.executable, user_entry_point]
    process = subprocess.run([*command, *args], env={**os.environ, **(env_vars or {})})
    if process.returncode:
        raise _errors.ExecuteUserScriptError(f"{user_entry_point} ended with exit code {process.returncode}")
    return process
