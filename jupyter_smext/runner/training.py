"""One training job, from its request to its artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_smext.runner.events import RunEvents, TrainingResult


class TrainingRun:
    """Carries out one CreateTrainingJob request on this machine."""

    def __init__(
        self,
        request: Mapping[str, Any],
        *,
        job_arn: str,
        s3: Any,
        work_dir: Path,
        cache_dir: Path,
        events: RunEvents,
        environment: Mapping[str, str],
        stop_grace_seconds: float = 120.0,
    ) -> None: ...

    def run(self) -> TrainingResult:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError
