"""One model container, served by a local process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class ModelServerError(Exception):
    """The model container did not come up; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModelServer:
    """Serves the model of one CreateModel container on a free loopback port."""

    def __init__(
        self,
        *,
        container: Mapping[str, Any],
        s3: Any,
        work_dir: Path,
        cache_dir: Path,
        log: Callable[[str, int], None],
        environment: Mapping[str, str],
    ) -> None: ...

    def start(self, timeout_seconds: float = 60.0) -> None:
        raise NotImplementedError

    @property
    def url(self) -> str:
        raise NotImplementedError

    def alive(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError
