"""When a tuning job ends a trial early, and when it ends itself."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_smext.runner.tuning.errors import TuningError

_IMPROVEMENT = 0.01
"""What counts as an improvement of the best objective, as AWS says it: at least one percent."""


class MedianRule:
    """``TrainingJobEarlyStoppingType`` Auto: a trial ends when it does worse than the median of those before it.

    https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html: its objective is
    compared with the running averages of the trials that have ended, each up to the same epoch. An epoch is one value
    of the objective metric.
    """

    def __init__(self, *, maximizes: bool) -> None:
        self._maximizes = maximizes
        self._ended: list[Sequence[float]] = []

    def ended(self, history: Sequence[float]) -> None:
        """Take the objectives of a trial that has ended, by epoch."""
        self._ended.append(list(history))

    def stops(self, history: Sequence[float]) -> bool:
        """Whether a running trial with these objectives so far has to end."""
        epoch = len(history)
        averages = [statistics.fmean(other[:epoch]) for other in self._ended if len(other) >= epoch > 0]
        if not averages:
            return False
        median = statistics.median(averages)
        return history[-1] < median if self._maximizes else history[-1] > median


class CompletionCriteria:
    """``TuningJobCompletionCriteria``: what ends a tuning job before its limits do.

    Raises :class:`TuningError` for the criterion that cannot be followed.
    """

    def __init__(self, criteria: Mapping[str, Any], *, maximizes: bool) -> None:
        if criteria.get("ConvergenceDetected", {}).get("CompleteOnConvergence") == "Enabled":
            raise TuningError(
                "ConvergenceDetected is not available here: AWS does not publish its rule for it. "
                "Use BestObjectiveNotImproving."
            )
        self._target = criteria.get("TargetObjectiveMetricValue")
        self._patience = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
        self._sign = 1 if maximizes else -1

    def met(self, objectives: Sequence[float]) -> bool:
        """Whether the tuning job is complete, by the objectives of its trials in the order in which they ended."""
        if not objectives:
            return False
        best = max(self._sign * objective for objective in objectives)
        if self._target is not None and best >= self._sign * self._target:
            return True
        return self._patience is not None and self.not_improving(objectives) >= self._patience

    def not_improving(self, objectives: Sequence[float]) -> int:
        """How many trials have ended since the last one that improved the best objective."""
        best, waited = None, 0
        for objective in (self._sign * objective for objective in objectives):
            if best is None or (objective > best and objective >= best + _IMPROVEMENT * abs(best)):
                best, waited = objective, 0
            else:
                waited += 1
        return waited
