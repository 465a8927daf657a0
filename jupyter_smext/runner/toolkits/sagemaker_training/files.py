"""Small files, and those that tell how the training ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import environment


def write_success_file() -> None:
    """Tell that the training succeeded."""
    write_file(str(Path(environment.output_dir) / "success"), "")


def write_failure_file(failure_msg: str) -> None:
    """Tell why the training failed; the service shows the first 1024 characters. An earlier file stays."""
    path = Path(environment.output_dir) / "failure"
    if not path.exists():
        write_file(str(path), failure_msg)


def write_file(path: str, data: Any, mode: str = "w") -> None:
    """Write ``data``."""
    with Path(path).open(mode) as stream:
        stream.write(data)


def read_file(path: str, mode: str = "r") -> Any:
    """The content of a file."""
    with Path(path).open(mode) as stream:
        return stream.read()


def read_json(path: str) -> Any:
    """The value in a JSON file."""
    return json.loads(Path(path).read_text())
