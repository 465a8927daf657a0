"""How a tuning job chooses the hyperparameters of its next training job.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from jupyter_smext.sandbox.errors import ValidationException

Values = dict[str, str]


class Strategy(Protocol):
    def ask(self) -> Values | None:
        """The hyperparameters to try next; None when there is nothing left to try."""

    def tell(self, values: Values, objective: float | None) -> None:
        """How a choice did; None when its training job ended without the objective metric."""


def strategy_of(config: Mapping[str, Any]) -> Strategy:
    """For a HyperParameterTuningJobConfig. Raises :class:`ValidationException` for what the sandbox does not have."""
    name, ranges = config["Strategy"], config.get("ParameterRanges", {})
    if name == "Random":
        return _Random(ranges, config.get("RandomSeed"))
    if name == "Grid":
        return _Grid(ranges)
    if name == "Bayesian":
        return _Bayesian(ranges, config.get("RandomSeed"), config["HyperParameterTuningJobObjective"]["Type"])
    raise ValidationException(f"The strategy {name} is not available in the sandbox.")


class _Random:
    def __init__(self, ranges: Mapping[str, Any], seed: int | None) -> None:
        self._ranges = ranges
        self._random = random.Random(seed)

    def ask(self) -> Values:
        chosen = {
            item["Name"]: self._random.choice(item["Values"])
            for item in self._ranges.get("CategoricalParameterRanges", [])
        }
        for item in self._ranges.get("IntegerParameterRanges", []):
            # Half a step on either side, so that both ends are as likely as what lies between.
            low, high = int(item["MinValue"]), int(item["MaxValue"])
            drawn = round(self._between(low - 0.5, high + 0.5, item) if low > 0 else self._random.randint(low, high))
            chosen[item["Name"]] = str(min(max(drawn, low), high))
        for item in self._ranges.get("ContinuousParameterRanges", []):
            chosen[item["Name"]] = repr(self._between(float(item["MinValue"]), float(item["MaxValue"]), item))
        return chosen

    def tell(self, values: Values, objective: float | None) -> None:
        pass

    def _between(self, low: float, high: float, item: Mapping[str, Any]) -> float:
        scaling = item.get("ScalingType", "Auto")
        if scaling == "Logarithmic":
            return min(max(math.exp(self._random.uniform(math.log(low), math.log(high))), low), high)
        if scaling == "ReverseLogarithmic":
            drawn = 1 - math.exp(self._random.uniform(math.log(1 - high), math.log(1 - low)))
            return min(max(drawn, low), high)
        return self._random.uniform(low, high)


class _Grid:
    def __init__(self, ranges: Mapping[str, Any]) -> None:
        if ranges.get("IntegerParameterRanges") or ranges.get("ContinuousParameterRanges"):
            raise ValidationException("The Grid strategy takes categorical parameters only.")
        items = ranges.get("CategoricalParameterRanges", [])
        names = [item["Name"] for item in items]
        self._left: Iterator[Values] = (
            dict(zip(names, values, strict=True)) for values in itertools.product(*(item["Values"] for item in items))
        )

    def ask(self) -> Values | None:
        return next(self._left, None)

    def tell(self, values: Values, objective: float | None) -> None:
        pass


class _Bayesian:
    """Optuna's tree-structured Parzen estimator stands in for SageMaker's Gaussian process."""

    def __init__(self, ranges: Mapping[str, Any], seed: int | None, direction: str) -> None:
        try:
            import optuna
        except ModuleNotFoundError:
            raise ValidationException(
                "The Bayesian strategy needs a package that the sandbox does not find: pip install optuna"
            ) from None
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=seed)
        self._study: Any = optuna.create_study(
            direction=optuna.study.StudyDirection[direction.upper()], sampler=sampler
        )
        if any(item.get("ScalingType") == "ReverseLogarithmic" for item in ranges.get("ContinuousParameterRanges", [])):
            raise ValidationException("ReverseLogarithmic is not available in the sandbox with the Bayesian strategy.")
        self._ranges = ranges
        self._open: list[tuple[Values, Any]] = []

    def ask(self) -> Values:
        trial = self._study.ask()
        chosen = {
            item["Name"]: trial.suggest_categorical(item["Name"], item["Values"])
            for item in self._ranges.get("CategoricalParameterRanges", [])
        }
        for kind, read in (("Integer", int), ("Continuous", float)):
            suggest = trial.suggest_int if kind == "Integer" else trial.suggest_float
            for item in self._ranges.get(f"{kind}ParameterRanges", []):
                logarithmic = item.get("ScalingType") == "Logarithmic"
                low, high = read(item["MinValue"]), read(item["MaxValue"])
                chosen[item["Name"]] = repr(suggest(item["Name"], low, high, log=logarithmic))
        self._open.append((chosen, trial))
        return chosen

    def tell(self, values: Values, objective: float | None) -> None:
        place = next(index for index, (chosen, _) in enumerate(self._open) if chosen is values)
        _, trial = self._open.pop(place)
        if objective is None:
            from optuna.trial import TrialState

            self._study.tell(trial, state=TrialState.FAIL)
        else:
            self._study.tell(trial, objective)
