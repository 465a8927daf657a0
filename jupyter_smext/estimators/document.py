"""A spec's file in the workspace: where it lies, and so where its relative paths start."""

from __future__ import annotations

from pathlib import Path

from ..aws.errors import ErrorCode, SmextError


def document_path(root: Path, document: str) -> Path:
    """The file behind a path of the Jupyter file browser. Raises `InvalidRequest` where it leads out of the root."""
    top = root.expanduser().resolve()
    path = (top / document.lstrip("/")).resolve()
    if not path.is_relative_to(top):
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{document} is not below the server's root folder.")
    return path
