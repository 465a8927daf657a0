"""What a run tells its owner: events while it goes, and the result at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class RunEvents(Protocol):
    """What a run tells while it goes; called from the run's own threads."""

    def status(self, secondary_status: str, message: str) -> None:
        """A new SecondaryStatus: Starting, Downloading, Training, Uploading, then the final one of the result."""

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        """One line of stdout or stderr, without its newline. ``host`` is a cluster host name such as ``algo-1``."""

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        """A value that one of the job's MetricDefinitions found in a line."""


@dataclass(frozen=True)
class TrainingResult:
    """How a run ended, in the words of DescribeTrainingJob."""

    status: str
    """``Completed``, ``Failed`` or ``Stopped``."""
    secondary_status: str
    """``Completed``, ``Failed``, ``Stopped`` or ``MaxRuntimeExceeded``."""
    failure_reason: str | None
    """At most 1024 characters; set when the status is ``Failed``."""
    exit_code: int | None
    """Of the training process; None when none was started or it was ended by the run."""
    model_artifacts: str | None
    """S3 URI of what was uploaded from ``/opt/ml/model``."""
    training_seconds: int
    """From the start of the download to the end of the upload, as TrainingTimeInSeconds."""
