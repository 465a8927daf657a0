"""A spec's file in the workspace: where it lies, and so where its relative paths start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from .file import SpecSyntaxError, load


def document_path(root: Path, document: str) -> Path:
    """The file behind a path of the Jupyter file browser. Raises `InvalidRequest` where it leads out of the root."""
    top = root.expanduser().resolve()
    path = (top / document.lstrip("/")).resolve()
    if not path.is_relative_to(top):
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{document} is not below the server's root folder.")
    return path


def read_document(path: Path) -> dict[str, Any]:
    """The values of a spec file. Raises `NotFound` or `InvalidRequest`."""
    text = read_text(path)
    try:
        return load(text).data
    except SpecSyntaxError as error:
        where = f":{error.line}:{error.column}" if error.line else ""
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path}{where}: {error.message}") from error


def read_text(path: Path) -> str:
    """The text of a spec file. Raises `NotFound` or `InvalidRequest`."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise SmextError(
            ErrorCode.NOT_FOUND, f"There is no file {path}.", hint="`jupyter smext spec new FILE` writes a first one."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path} cannot be read: {error}") from error
