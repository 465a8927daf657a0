"""One tuning job, from its first trial to its last."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jupyter_smext.runner.tuning.definitions import Definition, definitions_of
from jupyter_smext.runner.tuning.errors import TuningError
from jupyter_smext.runner.tuning.stopping import CompletionCriteria, MedianRule
from jupyter_smext.runner.tuning.strategies import Values, strategy_of

_POLL_SECONDS = 0.2


def searches_of(request: Mapping[str, Any]) -> list[Search]:
    """What a CreateHyperParameterTuningJob request searches, one for each definition.

    Raises TuningError for what cannot be done here.
    """
    _refuse_unavailable(request)
    config = request["HyperParameterTuningJobConfig"]
    return [Search(config, definition) for definition in definitions_of(request)]


def criteria_of(request: Mapping[str, Any]) -> CompletionCriteria:
    """What ends the tuning job before its limits do. Raises TuningError for the criterion that cannot be followed."""
    criteria = request["HyperParameterTuningJobConfig"].get("TuningJobCompletionCriteria", {})
    return CompletionCriteria(criteria, maximizes=definitions_of(request)[0].maximizes)


class Search:
    """What a tuning job searches for one of its definitions. Raises TuningError for what cannot be done."""

    def __init__(self, config: Mapping[str, Any], definition: Definition) -> None:
        self.definition = definition
        self.strategy = strategy_of(config, definition)
        auto = config.get("TrainingJobEarlyStoppingType", "Off") == "Auto"
        self._median_rule = MedianRule(maximizes=definition.maximizes) if auto else None
        self.exhausted = False

    def learn(self, values: Values, objective: float | None) -> None:
        """Take the result of a trial of an earlier tuning job."""
        if objective is not None:
            self.strategy.learn(values, objective)

    def stops(self, started: Started) -> bool:
        """Whether a trial that runs has to end."""
        history = list(started.history)
        if self._median_rule and self._median_rule.stops(history):
            return True
        return self.strategy.stops(started.values, history)

    def ended(self, started: Started) -> None:
        """Take the result of a trial."""
        if self._median_rule:
            self._median_rule.ended(started.history)
        self.strategy.tell(started.values, started.objective)


@dataclass
class Started:
    """A trial: a choice of hyperparameters, and what its training job has reported of the objective."""

    name: str
    search: Search
    values: Values
    history: list[float] = field(default_factory=list)
    is_stopped: bool = False

    @property
    def objective(self) -> float | None:
        """The last value; None when there is none yet."""
        return self.history[-1] if self.history else None

    def on_metric(self, name: str, value: float) -> None:
        """Take a metric of the training job."""
        if name == self.search.definition.objective["MetricName"]:
            self.history.append(value)


class TuningRun:
    """Starts trials within the limits of ``config``, and ends them and itself when it is time.

    ``start`` and ``stop`` start and stop the training job of a trial, ``has_ended`` tells whether it is over, and
    ``is_stopping`` whether the owner of the tuning job wants it to end.
    """

    def __init__(
        self,
        name: str,
        config: Mapping[str, Any],
        searches: list[Search],
        criteria: CompletionCriteria,
        *,
        start: Callable[[Started], None],
        stop: Callable[[str], None],
        has_ended: Callable[[str], bool],
        is_stopping: Callable[[], bool],
    ) -> None:
        limits = config["ResourceLimits"]
        self._name = name
        self._most: int | None = limits.get("MaxNumberOfTrainingJobs")
        self._parallel: int = limits["MaxParallelTrainingJobs"]
        self._deadline = time.monotonic() + limits.get("MaxRuntimeInSeconds", float("inf"))
        self._searches = searches
        self._criteria = criteria
        self._start = start
        self._stop = stop
        self._has_ended = has_ended
        self._is_stopping = is_stopping
        self._running: list[Started] = []
        self._started = 0
        self._objectives: list[float] = []

    def run(self, closing: threading.Event) -> bool:
        """Run until nothing is left to do, or ``closing`` is set; whether the owner stopped it."""
        while not closing.wait(_POLL_SECONDS):
            self._collect()
            stopped = self._is_stopping()
            over = stopped or self._criteria.met(self._objectives) or time.monotonic() > self._deadline
            for started in self._running:
                if not started.is_stopped and (over or started.search.stops(started)):
                    started.is_stopped = True
                    self._stop(started.name)
            while not over and len(self._running) < self._parallel and (trial := self._next()):
                self._start(trial)
                self._running.append(trial)
            if not self._running:
                return stopped
        return False

    def _collect(self) -> None:
        """Take what has ended out of what runs."""
        for started in list(self._running):
            if self._has_ended(started.name):
                self._running.remove(started)
                started.search.ended(started)
                if started.objective is not None:
                    self._objectives.append(started.objective)

    def _next(self) -> Started | None:
        """The next trial, the definitions taking turns; None when there is none."""
        if self._most is not None and self._started >= self._most:
            return None
        for _ in self._searches:
            search = self._searches[0]
            self._searches.append(self._searches.pop(0))
            values = None if search.exhausted else search.strategy.ask()
            if values is None:
                search.exhausted = True
                continue
            self._started += 1
            return Started(f"{self._name}-{self._started:03d}-{secrets.token_hex(4)}", search, values)
        return None


def _refuse_unavailable(request: Mapping[str, Any]) -> None:
    """Raises for what is left to SageMaker to choose by rules that are not published."""
    config = request["HyperParameterTuningJobConfig"]
    definitions = request.get("TrainingJobDefinitions") or []
    ranges = [config.get("ParameterRanges", {}), *(item.get("HyperParameterRanges", {}) for item in definitions)]
    if any(item.get("AutoParameters") for item in ranges):
        raise TuningError(
            "AutoParameters are not available here: AWS does not publish how it chooses their ranges. Give the ranges."
        )
    if "Autotune" in request and not any(items for item in ranges for items in item.values()):
        raise TuningError(
            "Autotune is not available here without ParameterRanges: AWS does not publish how it finds them."
        )
    if config["Strategy"] != "Grid" and "MaxNumberOfTrainingJobs" not in config["ResourceLimits"]:
        raise TuningError("ResourceLimits requires MaxNumberOfTrainingJobs.")
