"""``TuningJob``: a hyperparameter tuning job in a notebook, and the training jobs that it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..aws.session import AwsSession
from ..jobs.models import HyperParameterTuningJob, Trial
from ..jobs.tuning import describe_tuning_job, list_trials, stop_tuning_job
from . import snapshot
from .handle import Handle, mapped, waited
from .job import Job

if TYPE_CHECKING:
    from .widgets.job_table import JobTable


class TuningJob(Handle):
    """A tuning job that runs, ran or will run."""

    def __init__(
        self, name: str, *, aws: AwsSession | None = None, seen: HyperParameterTuningJob | None = None
    ) -> None:
        super().__init__(name, aws=aws)
        self._seen = seen

    def describe(self) -> HyperParameterTuningJob:
        """The job as AWS describes it now, `best_training_job` and counts of its training jobs included.

        Raises `NotFound`; permission: `sagemaker:DescribeHyperParameterTuningJob`.
        """
        self._seen = mapped(lambda: describe_tuning_job(self.aws, self.name))
        return self._seen

    @property
    def status(self) -> str:
        """`InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`, asked now."""
        return self.describe().hyper_parameter_tuning_job_status.value

    def wait(self) -> HyperParameterTuningJob:
        """Wait until the job has ended, asking every 2 to 30 seconds. Interrupting the kernel leaves the job alone.

        A job that fails is no error of this call: look at the `hyper_parameter_tuning_job_status` of the answer.
        """
        return waited(self.describe, lambda job: job.hyper_parameter_tuning_job_status.final)

    def best(self) -> Job | None:
        """The training job with the best objective so far, asked now; None as long as there is none."""
        found = self.describe().best_training_job
        return Job(found.training_job_name, aws=self.aws) if found else None

    def trials(self) -> Trials:
        """All its training jobs with what was tried and what came out, in the order of their creation.

        Permission: `sagemaker:ListTrainingJobsForHyperParameterTuningJob`.
        """
        return Trials(mapped(lambda: list_trials(self.aws, self.name)))

    def stop(self) -> HyperParameterTuningJob:
        """Ask the job and the training jobs that run to stop, and describe it.

        Permission: `sagemaker:StopHyperParameterTuningJob`.
        """
        self._seen = mapped(lambda: stop_tuning_job(self.aws, self.name))
        return self._seen

    def monitor(self) -> JobTable:
        """The panel's view of its training jobs, in a cell: AWS begins their names with the tuning job's."""
        from .widgets.job_table import JobTable

        return JobTable(name_contains=self.name)

    # Showing a job asks AWS nothing: what was seen last is shown.

    def __repr__(self) -> str:
        if self._seen is None:
            return f"Tuning job {self.name}"
        lines = [f"{name}: {value}" for name, value in self._rows(self._seen) if value]
        return "\n".join([f"Tuning job {self.name}", *lines])

    def _repr_html_(self) -> str:
        parts = [] if self._seen is None else [snapshot.facts(self._rows(self._seen))]
        return snapshot.card("Tuning job", self.name, parts)

    def _rows(self, job: HyperParameterTuningJob) -> list[tuple[str, object]]:
        best = job.best_training_job
        counts = [f"{count} {status}" for status, count in job.training_job_status_counters.items() if count]
        return [
            ("Status", job.hyper_parameter_tuning_job_status.value),
            ("Failure", job.failure_reason),
            ("Created", job.creation_time),
            ("Ended", job.hyper_parameter_tuning_end_time),
            ("Training jobs", ", ".join(counts)),
            ("Best", best and f"{best.training_job_name}, {best.objective_metric_name} {best.objective:g}"),
            ("Its hyperparameters", best and _words(best.tuned_hyperparameters)),
        ]


class Trials(list[Trial]):
    """Training jobs of a tuning job, shown as a table."""

    def __repr__(self) -> str:
        return "\n".join("  ".join(row) for row in self._rows()) or "No training jobs yet."

    def _repr_html_(self) -> str:
        columns = ("Training job", "Status", "Objective", "Hyperparameters")
        part = snapshot.table("Trials", columns, self._rows()) if self else snapshot.paragraph("None yet.")
        return snapshot.card("Trials", str(len(self)), [part])

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                each.training_job_name,
                each.training_job_status.value,
                "" if each.objective is None else f"{each.objective:g}",
                _words(each.tuned_hyperparameters),
            )
            for each in self
        ]


def _words(hyperparameters: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in hyperparameters.items())
