"""How a tuning job chooses the hyperparameters of its next training job.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from jupyter_smext.runner.tuning.definitions import Definition
from jupyter_smext.runner.tuning.errors import TuningError

Values = dict[str, str]


class Strategy(Protocol):
    def ask(self) -> Values | None:
        """The hyperparameters to try next; None when there is nothing left to try."""

    def stops(self, values: Values, history: Sequence[float]) -> bool:
        """Whether the training job of a choice has to end, by its objectives so far."""

    def tell(self, values: Values, objective: float | None) -> None:
        """How a choice did; None when its training job ended without the objective metric."""

    def learn(self, values: Values, objective: float) -> None:
        """How a choice of an earlier tuning job did."""


def strategy_of(config: Mapping[str, Any], definition: Definition) -> Strategy:
    """For a HyperParameterTuningJobConfig. Raises :class:`TuningError` for what cannot be done on this machine."""
    name, ranges, seed = config["Strategy"], definition.ranges, config.get("RandomSeed")
    if name == "Hyperband":
        if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
            raise TuningError("TrainingJobEarlyStoppingType must be Off with the Hyperband strategy.")
        return _Hyperband(definition, seed, config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {}))
    if "StrategyConfig" in config:
        raise TuningError("StrategyConfig is for the Hyperband strategy only.")
    if name == "Random":
        return _Random(ranges, seed)
    if name == "Grid":
        return _Grid(ranges)
    if name == "Bayesian":
        return _Bayesian(definition, seed)
    raise TuningError(f"The strategy {name} is not available here.")


class _Indifferent:
    """Chooses without looking at how the choices did."""

    def stops(self, values: Values, history: Sequence[float]) -> bool:
        return False

    def tell(self, values: Values, objective: float | None) -> None:
        pass

    def learn(self, values: Values, objective: float) -> None:
        pass


class _Random(_Indifferent):
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

    def _between(self, low: float, high: float, item: Mapping[str, Any]) -> float:
        scaling = item.get("ScalingType", "Auto")
        if scaling == "Logarithmic":
            return min(max(math.exp(self._random.uniform(math.log(low), math.log(high))), low), high)
        if scaling == "ReverseLogarithmic":
            drawn = 1 - math.exp(self._random.uniform(math.log(1 - high), math.log(1 - low)))
            return min(max(drawn, low), high)
        return self._random.uniform(low, high)


class _Grid(_Indifferent):
    def __init__(self, ranges: Mapping[str, Any]) -> None:
        if ranges.get("IntegerParameterRanges") or ranges.get("ContinuousParameterRanges"):
            raise TuningError("The Grid strategy takes categorical parameters only.")
        items = ranges.get("CategoricalParameterRanges", [])
        names = [item["Name"] for item in items]
        self._left: Iterator[Values] = (
            dict(zip(names, values, strict=True)) for values in itertools.product(*(item["Values"] for item in items))
        )

    def ask(self) -> Values | None:
        return next(self._left, None)


class _Optuna:
    """Choices by Optuna: ``make`` makes its study."""

    def __init__(self, definition: Definition) -> None:
        self._optuna = _import_optuna()
        self._distributions = _distributions(self._optuna, definition.ranges)
        self._open: list[tuple[Values, Any]] = []
        self._direction = self._optuna.study.StudyDirection[definition.objective["Type"].upper()]
        self._study: Any = None

    def ask(self) -> Values:
        trial = self._study.ask(self._distributions)
        values = {name: value if isinstance(value, str) else repr(value) for name, value in trial.params.items()}
        self._open.append((values, trial))
        return values

    def stops(self, values: Values, history: Sequence[float]) -> bool:
        return False

    def tell(self, values: Values, objective: float | None) -> None:
        trial = self._trial(values)
        self._open = [(chosen, other) for chosen, other in self._open if other is not trial]
        if objective is None:
            self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(trial, objective)

    def learn(self, values: Values, objective: float) -> None:
        # A choice that the ranges of this job do not allow says nothing that the optimiser could use.
        parameters = {}
        for name, distribution in self._distributions.items():
            value = _read(distribution, values.get(name))
            if value is None:
                return
            parameters[name] = value
        create = self._optuna.trial.create_trial
        self._study.add_trial(create(params=parameters, distributions=self._distributions, value=objective))

    def _trial(self, values: Values) -> Any:
        return next(trial for chosen, trial in self._open if chosen is values)


class _Bayesian(_Optuna):
    """The tree-structured Parzen estimator stands in for SageMaker's Gaussian process."""

    def __init__(self, definition: Definition, seed: int | None) -> None:
        super().__init__(definition)
        sampler = self._optuna.samplers.TPESampler(seed=seed)
        self._study = self._optuna.create_study(direction=self._direction, sampler=sampler)


class _Hyperband(_Optuna):
    """Random choices, of which the worse ones end early.

    A value of the objective metric is one unit of the resource, an epoch. Raises :class:`TuningError` without
    MaxResource, where it does not follow from the hyperparameters either.
    """

    def __init__(self, definition: Definition, seed: int | None, config: Mapping[str, Any]) -> None:
        super().__init__(definition)
        self._least = config.get("MinResource", 1)
        self._most: int = config.get("MaxResource") or _epochs(definition.static)
        if self._least >= self._most:
            raise TuningError("MinResource must be less than MaxResource.")
        pruner = self._optuna.pruners.HyperbandPruner(min_resource=self._least, max_resource=self._most)
        sampler = self._optuna.samplers.RandomSampler(seed=seed)
        self._study = self._optuna.create_study(direction=self._direction, sampler=sampler, pruner=pruner)

    def stops(self, values: Values, history: Sequence[float]) -> bool:
        trial = self._trial(values)
        reported = self._study.trials[trial.number].intermediate_values
        for epoch in range(len(reported) + 1, len(history) + 1):
            trial.report(history[epoch - 1], epoch)
            if epoch >= self._most or trial.should_prune():
                return True
        return False


def _import_optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError:
        raise TuningError(
            "The strategies Bayesian and Hyperband need a package that is not found here: pip install optuna"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _distributions(optuna: Any, ranges: Mapping[str, Any]) -> dict[str, Any]:
    kinds = optuna.distributions
    found = {
        item["Name"]: kinds.CategoricalDistribution(item["Values"])
        for item in ranges.get("CategoricalParameterRanges", [])
    }
    for member, kind, read in (
        ("IntegerParameterRanges", kinds.IntDistribution, int),
        ("ContinuousParameterRanges", kinds.FloatDistribution, float),
    ):
        for item in ranges.get(member, []):
            scaling = item.get("ScalingType")
            if scaling == "ReverseLogarithmic":
                raise TuningError("ReverseLogarithmic is available here with the Random strategy only.")
            low, high = read(item["MinValue"]), read(item["MaxValue"])
            found[item["Name"]] = kind(low, high, log=scaling == "Logarithmic")
    return found


def _read(distribution: Any, text: str | None) -> Any:
    """A value as the distribution has it; None when it is not one of its values."""
    if text is None or hasattr(distribution, "choices"):
        return text if text in getattr(distribution, "choices", ()) else None
    try:
        value = int(text) if isinstance(distribution.low, int) else float(text)
    except ValueError:
        return None
    return value if distribution.low <= value <= distribution.high else None


_EPOCH_NAMES = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")


def _epochs(static: Mapping[str, str]) -> int:
    """The MaxResource that AWS infers (API_HyperbandStrategyConfig)."""
    for name in _EPOCH_NAMES:
        text = static.get(name, "").strip('"')
        if text.isdigit():
            return int(text)
    raise TuningError(
        "The Hyperband strategy requires MaxResource, or one of these in StaticHyperParameters: "
        f"{', '.join(_EPOCH_NAMES)}."
    )
