"""``sm.monitor_launches``: the monitor of a job by itself, below the cell that launched it."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from botocore.client import BaseClient

from .job import Job
from .tuning_job import TuningJob

# Operation -> handle of what it creates, and the member of the request with its name.
_HANDLES: dict[str, tuple[type[Job | TuningJob], str]] = {
    "CreateTrainingJob": (Job, "TrainingJobName"),
    "CreateHyperParameterTuningJob": (TuningJob, "HyperParameterTuningJobName"),
}

# botocore's own method while monitors are shown. It is exchanged in the class, so that clients which exist already are
# seen as well: the SDKs make theirs once and keep them.
_real: Callable[..., Any] | None = None
_CLIENT: Any = BaseClient


def monitor_launches(on: bool = True) -> None:
    """Show a :class:`JobMonitor` below each cell whose code creates a training job, by whatever client of boto3.

    Of a tuning job it is the :class:`JobTable` of its training jobs. Only jobs that the main thread creates are shown.
    A cell that creates none pays for a look-up at each call of AWS; when it is switched off, nothing is left behind.
    """
    global _real
    if on and _real is None:
        _real = _CLIENT._make_api_call
        _CLIENT._make_api_call = _watching(_real)
    elif not on and _real is not None:
        _CLIENT._make_api_call = _real
        _real = None


def _watching(real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        answer = real(client, operation, parameters)
        if operation in _HANDLES and threading.current_thread() is threading.main_thread():
            handle, name = _HANDLES[operation]
            _show(handle(parameters[name]))
        return answer

    return call


def _show(job: Job | TuningJob) -> None:
    from IPython.display import display

    display(job.monitor())
