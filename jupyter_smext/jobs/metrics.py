"""The values of a training job's metrics over time, found in its log lines by its own MetricDefinitions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from ..aws.session import AwsSession
from .describe import describe_raw, training_job
from .logs import read_logs
from .models import LogLine, LogQuery, MetricPoint, MetricSeries, MetricsQuery, MetricsResult, TrainingJob

# What one call reads at most: some seconds of work, and then the caller decides whether to go on.
_MAX_LINES = 100_000
_LINES_A_READ = 10_000


class MetricReader:
    """Finds the values of metrics in log lines.

    ``definitions`` maps a metric's name to a regular expression whose first group is the value. An expression that
    Python cannot compile takes its metric out; ``unreadable`` says which and why.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricDefinition.html
    """

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        self.unreadable: dict[str, str] = {}
        for name, expression in definitions.items():
            try:
                self._patterns[name] = re.compile(expression)
            except re.error as error:
                self.unreadable[name] = f"{error}: {expression}"

    def values(self, line: LogLine) -> Iterator[tuple[str, MetricPoint]]:
        """Each metric's name and value in one line; what is no finite number is no value."""
        # CloudWatch shows a tab as #011, and the expressions of AWS's own algorithms are written for that.
        forms = dict.fromkeys((line.message, line.message.replace("\t", "#011")))
        for name, pattern in self._patterns.items():
            for form in forms:
                match = pattern.search(form)
                value = _number(match[1]) if match and pattern.groups else None
                if value is not None:
                    yield name, MetricPoint(timestamp=line.timestamp, value=value)
                    break


def read_metrics(session: AwsSession, query: MetricsQuery) -> MetricsResult:
    """Every value after the cursor, of every metric of the job, by time.

    Where the lines hold no value at all, the answer has the last value of each metric as SageMaker keeps it, and
    ``source`` is ``final``. Permissions: those of :func:`~jupyter_smext.jobs.logs.read_logs`.
    """
    job = training_job(describe_raw(session, query.training_job_name))
    reader = MetricReader(job.metric_definitions)
    points: dict[str, list[MetricPoint]] = {name: [] for name in job.metric_definitions}
    cursor, lines_read, complete = query.cursor, 0, False
    while not complete and lines_read < _MAX_LINES:
        page = read_logs(
            session, LogQuery(training_job_name=query.training_job_name, cursor=cursor, limit=_LINES_A_READ)
        )
        cursor, complete = page.cursor, not page.lines
        lines_read += len(page.lines)
        for line in page.lines:
            for name, point in reader.values(line):
                points[name].append(point)
    series = [MetricSeries(metric_name=name, points=found) for name, found in points.items() if found]
    source = "logs"
    if not series and query.cursor is None and job.final_metrics:
        series, source = _final(job), "final"
    return MetricsResult(
        series=series, source=source, cursor=cursor or "", complete=complete, unreadable=reader.unreadable
    )


def _final(job: TrainingJob) -> list[MetricSeries]:
    return [
        MetricSeries(
            metric_name=metric.metric_name,
            points=[MetricPoint(timestamp=_milliseconds(metric.timestamp), value=metric.value)],
        )
        for metric in job.final_metrics
    ]


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
