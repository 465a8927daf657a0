"""What was applied from here, kept on disk so that it can be taken back after a restart too."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from ..aws.errors import ErrorCode, SmextError
from .models import Document

_TOKEN = re.compile(r"[0-9a-f]{32}")


class Applied(BaseModel):
    """One policy that was put on or attached to a role."""

    role_arn: str
    kind: Literal["inline", "attach"]
    policy_name: str
    policy_arn: str | None
    document: Document
    at: datetime


class UndoStore:
    """A folder with one file for each change, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, applied: Applied) -> str:
        """Keep a change; the answer is its token."""
        token = secrets.token_hex(16)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._file(token), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(applied.model_dump_json())
        return token

    def get(self, token: str) -> Applied:
        """The change of a token. Raises NotFound for a token that was never given or is used up."""
        try:
            if not _TOKEN.fullmatch(token):
                raise FileNotFoundError(token)
            return Applied.model_validate_json(self._file(token).read_text("utf-8"))
        except (OSError, ValidationError) as error:
            raise SmextError(
                ErrorCode.NOT_FOUND,
                "There is no change to undo with this token: it was undone already, or made on another machine.",
            ) from error

    def remove(self, token: str) -> None:
        self._file(token).unlink(missing_ok=True)

    def _file(self, token: str) -> Path:
        return self._folder / f"{token}.json"
