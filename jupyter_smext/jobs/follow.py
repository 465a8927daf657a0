"""Everything that happens to a training job, as it happens: status changes, log lines, metric values."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from .describe import describe_raw, training_job
from .logs import read_logs
from .metrics import MetricReader
from .models import LogLine, LogQuery, TrainingJob, TrainingJobStatus

# A network that went away, or a throttled account: the job runs on, and so do we, for so long.
_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class StatusChange:
    """The job entered a secondary status, or (``training_job_status`` final) ended."""

    training_job_status: TrainingJobStatus
    secondary_status: str
    message: str | None
    time: datetime
    failure_reason: str | None = None


@dataclass(frozen=True)
class MetricValue:
    """One value of one metric; ``timestamp`` in milliseconds since the epoch."""

    metric_name: str
    timestamp: int
    value: float


def follow(
    session: AwsSession, training_job_name: str, *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[StatusChange | LogLine | MetricValue]:
    """Yield what happened since the job began and what happens from now on; end when it is over and all was read.

    Each status that SageMaker records is told once, however short it was, and the end once more with the final
    status and the FailureReason. A metric value follows the line that it was found in. The job is asked for twice a
    second in its first minute, then less and less often, down to every five seconds. Failures that time may heal
    (throttling, network) are waited out for five minutes; others are raised as
    :class:`~jupyter_smext.aws.errors.SmextError`.

    Permissions: those of :func:`~jupyter_smext.jobs.logs.read_logs`.
    """
    changes = _Changes()
    reader: MetricReader | None = None
    query = LogQuery(training_job_name=training_job_name)
    began = time.monotonic()
    failing_since: float | None = None
    while True:
        try:
            job = training_job(describe_raw(session, training_job_name))
            page = read_logs(session, query)
        except Exception as error:
            mapped = from_aws(error)
            failing_since = failing_since or time.monotonic()
            failing_for = time.monotonic() - failing_since
            if not mapped.envelope.retryable or failing_for > _PATIENCE_SECONDS:
                raise mapped from error
            sleep(min(30.0, 1.0 + failing_for / 2))
            continue
        failing_since = None
        yield from changes.of(job)
        reader = reader or MetricReader(job.metric_definitions)
        for line in page.lines:
            yield line
            for name, point in reader.values(line):
                yield MetricValue(name, point.timestamp, point.value)
        query = query.model_copy(update={"cursor": page.cursor})
        if job.training_job_status.final:
            yield from changes.end(job)
            if page.finished:
                return
        if not page.lines:
            sleep(min(5.0, max(0.5, (time.monotonic() - began) / 60)))


class _Changes:
    """Remembers which changes were told."""

    def __init__(self) -> None:
        self._transitions = 0
        self._ended = False

    def of(self, job: TrainingJob) -> Iterator[StatusChange]:
        final = job.training_job_status.final
        status = TrainingJobStatus.IN_PROGRESS if final else job.training_job_status
        # The last record of an ended job is its end, which end() tells.
        transitions = job.transitions[:-1] if final else job.transitions
        for each in transitions[self._transitions :]:
            yield StatusChange(status, each.status, each.status_message, each.start_time)
        self._transitions = max(self._transitions, len(transitions))

    def end(self, job: TrainingJob) -> Iterator[StatusChange]:
        if not self._ended:
            self._ended = True
            yield StatusChange(
                job.training_job_status,
                job.secondary_status,
                job.transitions[-1].status_message if job.transitions else None,
                job.training_end_time or job.creation_time,
                job.failure_reason,
            )
