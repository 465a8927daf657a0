"""The response of an inference script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Response:
    """A body with its status and type. ``accept`` is ignored, as in the original."""

    default_mimetype = "application/json"

    def __init__(
        self,
        response: Any = None,
        accept: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        mimetype: str | None = None,
        direct_passthrough: bool = False,
    ) -> None:
        self.response = response
        self.status_code = int(status)
        self.headers = dict(headers or {})
        self.mimetype = mimetype or self.default_mimetype

    @property
    def data(self) -> bytes:
        """The body."""
        return self.get_data()

    def get_data(self) -> bytes:
        """The body."""
        if self.response is None:
            return b""
        if isinstance(self.response, bytes | bytearray):
            return bytes(self.response)
        return str(self.response).encode()
