"""The metrics of one training job, on their way into its description and into CloudWatch."""

from __future__ import annotations

import threading

from jupyter_smext.sandbox.metrics import Metric, Metrics
from jupyter_smext.sandbox.sagemaker.resources import Document, Kind, Resources

NAMESPACE = "/aws/sagemaker/TrainingJobs"
_WRITE_SECONDS = 0.25


class TrainingMetrics:
    """Writes values together: some algorithms report hundreds a second, and each write is a transaction."""

    def __init__(self, resources: Resources, metrics: Metrics, kind: Kind, region: str, name: str) -> None:
        self._resources = resources
        self._metrics = metrics
        self._kind = kind
        self._region = region
        self._name = name
        self._lock = threading.Lock()
        self._pending: list[Metric] = []

    def record(self, metric: Metric) -> None:
        """Take a value; it is written within a quarter of a second."""
        with self._lock:
            self._pending.append(metric)
            is_first = len(self._pending) == 1
        if is_first:
            timer = threading.Timer(_WRITE_SECONDS, self.flush)
            timer.daemon = True
            timer.start()

    def flush(self) -> None:
        """Write what was taken before this call."""
        # Under the lock, so that a later value is not written before an earlier one.
        with self._lock:
            pending, self._pending = self._pending, []
            if not pending:
                return
            latest = {
                metric.name: {"MetricName": metric.name, "Value": metric.value, "Timestamp": metric.timestamp}
                for metric in pending
            }

            def change(job: Document) -> None:
                others = [item for item in job.get("FinalMetricDataList", []) if item["MetricName"] not in latest]
                job["FinalMetricDataList"] = [*others, *latest.values()]

            self._resources.update(self._kind, self._region, self._name, change)
            self._metrics.record(self._region, NAMESPACE, {"TrainingJobName": self._name}, pending)
