"""``sm.attach``: a job that runs, ran or will run, by its name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from ..jobs.describe import describe_job
from ..jobs.follow import follow
from ..jobs.logs import read_logs
from ..jobs.models import LogLine, LogQuery, TrainingJob
from ..jobs.stop import stop_job
from . import snapshot
from .sdk.objects import launched_name

if TYPE_CHECKING:
    from .widgets.job_monitor import JobMonitor

# A job takes minutes; whoever waits for it need not know its end within seconds.
_FIRST_WAIT_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 30.0


def attach(job: Any) -> Job:
    """The job of this name, or the one that an object of the SDK has launched last (`fit(wait=False)`, ...).

    Raises `NotFound` where such an object has launched nothing. Whether a name exists is asked when it is used.
    """
    if isinstance(job, Job):
        return job
    if isinstance(job, str):
        return Job(job)
    found = launched_name(job)
    if found is None:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"A {type(job).__module__}.{type(job).__qualname__} knows no job.",
            hint="Give the name of a training job, or the Estimator, ModelTrainer or tuner that launched it.",
        )
    session = getattr(job, "sagemaker_session", None)
    aws = AwsSession(boto=session.boto_session) if session is not None else None
    return Job(found[0], tuning=found[1], aws=aws)


class Job:
    """A training job; of a tuning job only the name is known here, and SageMaker's own pages show the rest."""

    def __init__(self, name: str, *, tuning: bool = False, aws: AwsSession | None = None) -> None:
        self.name = name
        self.tuning = tuning
        self._aws = aws
        self._seen: TrainingJob | None = None

    def describe(self) -> TrainingJob:
        """The job as AWS describes it now. Raises `NotFound`; permission: `sagemaker:DescribeTrainingJob`."""
        self._require_training_job()
        self._seen = _mapped(describe_job, self._session(), self.name)
        return self._seen

    @property
    def status(self) -> str:
        """`InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`, asked now."""
        return self.describe().training_job_status.value

    def wait(self) -> TrainingJob:
        """Wait until the job has ended, asking every 2 to 30 seconds. Interrupting the kernel leaves the job alone.

        A job that fails is no error of this call: look at the `training_job_status` of the answer.
        """
        pause = _FIRST_WAIT_SECONDS
        while not (job := self.describe()).training_job_status.final:
            time.sleep(pause)
            pause = min(_LONGEST_WAIT_SECONDS, pause * 1.5)
        return job

    def lines(self, follow_until_end: bool = False) -> Iterator[str]:
        """The lines of the log, all streams merged by time. Permissions: those of CloudWatch Logs for reading."""
        self._require_training_job()
        try:
            if follow_until_end:
                for event in follow(self._session(), self.name):
                    if isinstance(event, LogLine):
                        yield event.message
                return
            query = LogQuery(training_job_name=self.name, limit=10_000)
            while found := (page := read_logs(self._session(), query)).lines:
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
        self._require_training_job()
        self._seen = _mapped(stop_job, self._session(), self.name)
        return self._seen

    def monitor(self) -> JobMonitor:
        """The panel's view of the job, in a cell."""
        self._require_training_job()
        from .widgets.job_monitor import JobMonitor

        return JobMonitor(self.name)

    def _session(self) -> AwsSession:
        if self._aws is None:
            self._aws = AwsSession()
        return self._aws

    def _require_training_job(self) -> None:
        if self.tuning:
            raise SmextError(
                ErrorCode.NOT_SUPPORTED,
                f"{self.name} is a tuning job: it has no log and no status of one training.",
                hint="Attach to one of its training jobs; `sm.JobTable()` lists them.",
            )

    # Showing a job asks AWS nothing: what was seen last is shown.

    def __repr__(self) -> str:
        if self.tuning:
            return f"Tuning job {self.name}"
        if self._seen is None:
            return f"Training job {self.name}"
        reason = f"\n{self._seen.failure_reason}" if self._seen.failure_reason else ""
        return f"Training job {self.name}: {self._seen.training_job_status.value}{reason}"

    def _repr_html_(self) -> str:
        job = self._seen
        if job is None:
            return snapshot.card("Tuning job" if self.tuning else "Training job", self.name, [])
        rows = [
            ("Status", job.training_job_status.value),
            ("Failure", job.failure_reason),
            ("Created", job.creation_time),
            ("Ended", job.training_end_time),
            ("Instances", job.instance_type and f"{job.instance_count} x {job.instance_type}"),
            ("Model", job.model_artifacts),
        ]
        return snapshot.card("Training job", self.name, [snapshot.facts(rows)])


def _mapped(function: Any, *args: Any) -> Any:
    try:
        return function(*args)
    except Exception as error:
        raise from_aws(error) from error
