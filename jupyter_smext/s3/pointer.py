"""The small file that stands where an offloaded file was, and says how to get it back."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from ..aws.errors import ErrorCode, SmextError
from .local_files import NewFile

SUFFIX = ".offloaded"
LARGEST = 64 * 1024


class Pointer(BaseModel):
    """The content of a `NAME.offloaded` file, in JSON."""

    format: Literal[1] = 1
    bucket: str
    key: str
    version_id: str | None = None
    etag: str | None = None
    size: int = Field(description="Bytes.")
    sha256: str = Field(description="Of the content, in hexadecimal digits.")
    modified_ns: int = Field(description="Time of modification, nanoseconds since the epoch.")
    mode: int = Field(description="Permission bits.")
    offloaded_at: datetime
    note: str = "The file lies in S3. Restore it in JupyterLab, or with: jupyter smext s3 restore FILE"

    @staticmethod
    def path_for(file: Path) -> Path:
        return file.with_name(file.name + SUFFIX)

    @staticmethod
    def file_for(path: Path) -> Path:
        return path.with_name(path.name.removesuffix(SUFFIX))

    @classmethod
    def read(cls, path: Path) -> Pointer:
        """Raises `InvalidRequest` where the file is no pointer."""
        try:
            if path.name.endswith(SUFFIX) and path.stat().st_size <= LARGEST:
                return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{path} is a broken pointer: {error}") from error
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path} is no pointer to an offloaded file.")

    def write(self, path: Path) -> None:
        """Durably: when this returns, a power cut does not take the pointer away. Raises `Exists`."""
        with NewFile(path, overwrite=False) as new:
            new.write_at(0, self.model_dump_json(indent=2).encode() + b"\n")
            new.commit(durable=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names that came or went in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
