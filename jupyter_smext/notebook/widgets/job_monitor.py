"""A training job, watched in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, Unicode

from .. import snapshot
from .base import PanelWidget, kernel_session


class JobMonitor(PanelWidget):
    """Status, log, metrics, parameters and artifacts of one training job.

    The front end reads, and only while the monitor is on screen: before code goes by ``status`` or ``job``, call
    ``refresh()``, which reads through the kernel.

    Parameters
    ----------
    job:
        The name of a training job, or what knows it: an Estimator of SDK v2 that was fitted, a ModelTrainer or
        TrainingJob of SDK v3, or any object with ``training_job_name``.

    Traits
    ------
    training_job_name : str
        Set it to watch another job.
    status : str
        ``TrainingJobStatus`` of AWS, for example ``Completed``; empty until it was read. Observe it to act at the end.
    secondary_status : str
    job : dict
        The job in the fields of :class:`~jupyter_smext.jobs.models.TrainingJob`, without AWS's whole answer.

    Raises `SmextError` with `NotFound` where an object of the SDK has launched nothing yet.
    """

    training_job_name = Unicode().tag(sync=True)
    status = Unicode().tag(sync=True)
    secondary_status = Unicode().tag(sync=True)
    job = Dict().tag(sync=True)

    _shown = ("training_job_name", "status", "secondary_status", "job")
    _result = "status"

    def __init__(self, job: Any, *, height: int = 420, **traits: Any) -> None:
        super().__init__(training_job_name=job_name_of(job), height=height, **traits)

    def _read(self) -> None:
        """Read the job through the kernel. Permission: `sagemaker:DescribeTrainingJob`."""
        from ...jobs.describe import describe_job

        job = describe_job(kernel_session(), self.training_job_name)
        with self.hold_trait_notifications():
            self.job = job.model_dump(mode="json", exclude={"describe", "environment"})
            self.status = job.training_job_status.value
            self.secondary_status = job.secondary_status

    def _text(self) -> str:
        reason = self.job.get("failure_reason")
        return f"Training job {self.training_job_name}: {self._state()}" + (f"\n{reason}" if reason else "")

    def _html(self) -> str:
        job = self.job
        seconds = job.get("billable_time_in_seconds")
        rows = [
            ("Status", self._state()),
            ("Created", job.get("creation_time")),
            ("Ended", job.get("training_end_time")),
            ("Billable", None if seconds is None else f"{seconds} s"),
            ("Instances", job.get("instance_type") and f"{job.get('instance_count')} x {job['instance_type']}"),
            ("Model", job.get("model_artifacts")),
        ]
        parts = [snapshot.facts(rows)]
        if job.get("failure_reason"):
            parts.append(snapshot.paragraph(job["failure_reason"]))
        metrics = job.get("final_metrics")
        if metrics:
            values = [(each["metric_name"], f"{each['value']:g}") for each in metrics]
            parts.append(snapshot.table("Last value of each metric", ("Metric", "Last value"), values))
        return snapshot.card("Training job", self.training_job_name, parts)

    def _state(self) -> str:
        if not self.status:
            return "not read yet"
        running = self.status in ("InProgress", "Stopping") and self.secondary_status
        return f"{self.status} ({self.secondary_status})" if running else self.status


def job_name_of(job: Any) -> str:
    """The name of the training job that an object stands for or has launched last."""
    if isinstance(job, str):
        return job
    from ..job import Job
    from ..sdk.objects import launched_name

    if isinstance(job, Job):
        return job.name
    found = launched_name(job)
    if found is not None and not found[1]:
        return found[0]
    name = getattr(job, "training_job_name", None)
    if isinstance(name, str):
        return name
    raise TypeError(f"{type(job).__qualname__} is no training job: give its name, or what launched it.")
