"""What is told of the trials of a tuning job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_smext.sandbox.sagemaker.resources import Document

_TERMINAL = ("Completed", "Failed", "Stopped")


def summary(training_job: Document, objective: Mapping[str, str]) -> Document:
    """The HyperParameterTrainingJobSummary of a trial."""
    values = [
        metric["Value"]
        for metric in training_job.get("FinalMetricDataList", [])
        if metric["MetricName"] == objective["MetricName"]
    ]
    ended = training_job["TrainingJobStatus"] in _TERMINAL
    told = dict(training_job)
    told["ObjectiveStatus"] = ("Succeeded" if values else "Failed") if ended else "Pending"
    if ended and values:
        told["FinalHyperParameterTuningJobObjectiveMetric"] = {**objective, "Value": values[0]}
    return told


def objective_value(trial: Mapping[str, Any]) -> float | None:
    """The final objective of a summary; None when there is none."""
    metric = trial.get("FinalHyperParameterTuningJobObjectiveMetric")
    return metric["Value"] if metric else None


def best(trials: Sequence[Document], *, maximizes: bool) -> Document | None:
    """The trial with the best objective."""
    rated = [(value, trial) for trial in trials if (value := objective_value(trial)) is not None]
    choose = max if maximizes else min
    return choose(rated, key=lambda pair: pair[0])[1] if rated else None


def objectives_in_order(trials: Sequence[Document]) -> list[float]:
    """The final objectives, in the order in which the trials ended."""
    rated = [(trial["TrainingEndTime"], value) for trial in trials if (value := objective_value(trial)) is not None]
    return [value for _, value in sorted(rated, key=lambda pair: pair[0])]


def counters(trials: Sequence[Document]) -> Document:
    """How many trials are in which state."""
    statuses = [trial["TrainingJobStatus"] for trial in trials]
    objectives = [trial["ObjectiveStatus"] for trial in trials]
    return {
        "TrainingJobStatusCounters": {
            "Completed": statuses.count("Completed"),
            "InProgress": statuses.count("InProgress") + statuses.count("Stopping"),
            "RetryableError": 0,
            "NonRetryableError": statuses.count("Failed"),
            "Stopped": statuses.count("Stopped"),
        },
        "ObjectiveStatusCounters": {status: objectives.count(status) for status in ("Succeeded", "Pending", "Failed")},
    }
