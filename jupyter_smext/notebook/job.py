"""``Job``: a training job in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from ..jobs.describe import describe_job
from ..jobs.follow import follow
from ..jobs.logs import read_logs
from ..jobs.models import LogLine, LogQuery, TrainingJob
from ..jobs.stop import stop_job
from . import snapshot
from .handle import Handle, mapped, waited

if TYPE_CHECKING:
    from .widgets.job_monitor import JobMonitor


class Job(Handle):
    """A training job that runs, ran or will run."""

    def __init__(self, name: str, *, aws: AwsSession | None = None) -> None:
        super().__init__(name, aws=aws)
        self._seen: TrainingJob | None = None

    def describe(self) -> TrainingJob:
        """The job as AWS describes it now. Raises `NotFound`; permission: `sagemaker:DescribeTrainingJob`."""
        self._seen = mapped(lambda: describe_job(self.aws, self.name))
        return self._seen

    @property
    def status(self) -> str:
        """`InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`, asked now."""
        return self.describe().training_job_status.value

    def wait(self) -> TrainingJob:
        """Wait until the job has ended, asking every 2 to 30 seconds. Interrupting the kernel leaves the job alone.

        A job that fails is no error of this call: look at the `training_job_status` of the answer.
        """
        return waited(self.describe, lambda job: job.training_job_status.final)

    def lines(self, follow_until_end: bool = False) -> Iterator[str]:
        """The lines of the log, all streams merged by time. Permissions: those of CloudWatch Logs for reading."""
        try:
            if follow_until_end:
                for event in follow(self.aws, self.name):
                    if isinstance(event, LogLine):
                        yield event.message
                return
            query = LogQuery(training_job_name=self.name, limit=10_000)
            while found := (page := read_logs(self.aws, query)).lines:
                yield from (each.message for each in found)
                query = query.model_copy(update={"cursor": page.cursor})
        except Exception as error:
            raise from_aws(error) from error

    def logs(self, follow: bool = False) -> None:
        """Print the log; with ``follow`` until the job has ended."""
        for line in self.lines(follow):
            print(line, flush=True)

    def stop(self) -> TrainingJob:
        """Ask the job to stop, and describe it; its script has 120 seconds to save a model.

        Permission: `sagemaker:StopTrainingJob`.
        """
        self._seen = mapped(lambda: stop_job(self.aws, self.name))
        return self._seen

    def monitor(self) -> JobMonitor:
        """The panel's view of the job, in a cell."""
        from .widgets.job_monitor import JobMonitor

        return JobMonitor(self.name)

    # Showing a job asks AWS nothing: what was seen last is shown.

    def __repr__(self) -> str:
        if self._seen is None:
            return f"Training job {self.name}"
        reason = f"\n{self._seen.failure_reason}" if self._seen.failure_reason else ""
        return f"Training job {self.name}: {self._seen.training_job_status.value}{reason}"

    def _repr_html_(self) -> str:
        job = self._seen
        if job is None:
            return snapshot.card("Training job", self.name, [])
        rows = [
            ("Status", job.training_job_status.value),
            ("Failure", job.failure_reason),
            ("Created", job.creation_time),
            ("Ended", job.training_end_time),
            ("Instances", job.instance_type and f"{job.instance_count} x {job.instance_type}"),
            ("Model", job.model_artifacts),
        ]
        return snapshot.card("Training job", self.name, [snapshot.facts(rows)])
