"""The hyperparameters of a job: strings, checked as the algorithms check them.

The messages are those of https://github.com/aws/sagemaker-xgboost-container, in sagemaker_algorithm_toolkit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import CustomerError

_TUNING_METRIC = "_tuning_objective_metric"


@dataclass(frozen=True)
class Parameter:
    """One hyperparameter: how it is read, its default, and what it may be.

    ``interval`` is written as in the documentation: ``[0, 1)``, ``(0, inf)``. ``counterpart`` is false for one that
    the stand-in accepts and cannot follow.
    """

    read: Callable[[str], Any] = str
    default: Any = None
    required: bool = False
    interval: str = ""
    choices: tuple[str, ...] = ()
    auto: bool = False
    counterpart: bool = True

    def parse(self, name: str, text: str) -> Any:
        """The value; None for ``auto``. Raises CustomerError."""
        if self.auto and text == "auto":
            return None
        try:
            value = self.read(text)
        except ValueError as error:
            raise CustomerError(f"Hyperparameter {name}: could not parse value (caused by ValueError)") from error
        if self.choices and value not in self.choices:
            raise CustomerError(f"Hyperparameter {name}: {value} is not in {list(self.choices)}")
        if self.interval and not _lies_in(value, self.interval):
            raise CustomerError(f"Hyperparameter {name}: {value} is not in {self.interval}")
        return value


def boolean(text: str) -> bool:
    """``true`` and ``false`` as the SDKs write them. Raises ValueError."""
    try:
        return {"true": True, "false": False, "1": True, "0": False}[text.lower()]
    except KeyError:
        raise ValueError(f"{text} is not true or false") from None


def validated(given: Mapping[str, str], parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """The value of each known hyperparameter, its default where the job sets none.

    Logs which ones have no counterpart here. Raises CustomerError.
    """
    given = {name: _unquoted(text) for name, text in given.items() if name != _TUNING_METRIC}
    for name, parameter in parameters.items():
        if parameter.required and name not in given:
            raise CustomerError(f"Missing required hyperparameter: {name}")
    for name in given:
        if name not in parameters:
            raise CustomerError(f"Extraneous hyperparameter found: {name}")
    values = {
        name: parameter.parse(name, given[name]) if name in given else parameter.default
        for name, parameter in parameters.items()
    }
    for name in sorted(given):
        if not parameters[name].counterpart:
            logging.warning("The hyperparameter %s=%s has no counterpart here: it has no effect.", name, given[name])
    return values


def tuning_metric(given: Mapping[str, str]) -> str | None:
    """The objective that a tuning job asks its training jobs for."""
    return _unquoted(given.get(_TUNING_METRIC, "")) or None


def _unquoted(text: str) -> str:
    # Script mode of SDK 2 quotes strings as JSON; the algorithms accept both.
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _lies_in(value: float, interval: str) -> bool:
    low, high = (float(end) for end in interval[1:-1].split(","))
    return (value >= low if interval[0] == "[" else value > low) and (
        value <= high if interval[-1] == "]" else value < high
    )
