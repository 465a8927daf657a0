"""The training jobs of the account and region, in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, List, Unicode

from .. import snapshot
from .base import PanelWidget, kernel_session

# Rows of a snapshot.
_MOST_ROWS = 50


class JobTable(PanelWidget):
    """Training jobs, newest first, with a filter.

    Traits
    ------
    name_contains, status_equals : str
        Which jobs; empty: all. ``status_equals`` is a ``TrainingJobStatus`` of AWS.
    selected : list of str
        Names of the selected jobs.
    jobs : list of dict
        The newest of the jobs that were read, at most 50, in the fields of
        :class:`~jupyter_smext.jobs.models.TrainingJobSummary`.
    """

    name_contains = Unicode().tag(sync=True)
    status_equals = Unicode().tag(sync=True)
    selected = List(Unicode()).tag(sync=True)
    jobs = List(Dict()).tag(sync=True)

    _shown = ("jobs",)
    _result = "jobs"

    def __init__(self, name_contains: str = "", status_equals: str = "", *, height: int = 320, **traits: Any) -> None:
        super().__init__(name_contains=name_contains, status_equals=status_equals, height=height, **traits)

    def _read(self) -> None:
        """Read the newest jobs through the kernel. Permission: `sagemaker:ListTrainingJobs`."""
        from ...jobs.listing import list_jobs
        from ...jobs.models import JobsQuery, TrainingJobStatus

        status = TrainingJobStatus(self.status_equals) if self.status_equals else None
        query = JobsQuery(name_contains=self.name_contains or None, status_equals=status)
        page = list_jobs(kernel_session(), query)
        self.jobs = [each.model_dump(mode="json") for each in page.training_jobs[:_MOST_ROWS]]

    def _text(self) -> str:
        lines = [f"{each['training_job_name']}  {each['training_job_status']}" for each in self.jobs]
        return "\n".join(["Training jobs", *lines]) if lines else "Training jobs: none read"

    def _html(self) -> str:
        rows = [(each["training_job_name"], each["training_job_status"], each["creation_time"]) for each in self.jobs]
        part = snapshot.table("Training jobs", ("Name", "Status", "Created"), rows)
        return snapshot.card("Training jobs", self.name_contains, [part if rows else snapshot.paragraph("None read.")])
