"""Hyperparameters and metrics of a built-in algorithm against what it documents; metric expressions against a log."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ..algorithms import builtin_algorithms, value_problem
from ..models import Finding, TuningSpec
from ..request import plain_text
from .context import Context, error, unknown, warning


def check_hyperparameters(context: Context) -> Iterator[Finding]:
    """Findings about the hyperparameters of a built-in algorithm."""
    builtin = context.job.algorithm.builtin
    if not builtin:
        return
    contract = builtin_algorithms()[builtin.name]
    path = f"{context.path}.hyperparameters"
    tuned = set(context.spec.tuning.parameter_ranges.names()) if isinstance(context.spec, TuningSpec) else set()
    for name, value in context.job.hyperparameters.items():
        described = contract.hyperparameters.get(name)
        if described is None:
            # Those that begin with _ are SageMaker's own, for tuning.
            if not name.startswith("_"):
                near = difflib.get_close_matches(name, list(contract.hyperparameters), 1)
                yield error(
                    "HyperparameterUnknown",
                    f"{path}.{name}",
                    f"{builtin.name} has no hyperparameter {name}.",
                    f"Did you mean {near[0]}?" if near else None,
                )
        else:
            problem = value_problem(plain_text(value), described)
            if problem:
                yield error("HyperparameterRange", f"{path}.{name}", f"{name} is {plain_text(value)}: {problem}.")
    for name, described in contract.hyperparameters.items():
        if described.required and name not in context.job.hyperparameters and name not in tuned:
            yield error("HyperparameterMissing", path, f"{builtin.name} needs {name}.", f"Add {name}.")


def check_metrics(context: Context) -> Iterator[Finding]:
    """Whether the objective is a metric of the algorithm, and whether expressions find anything in a sample log."""
    builtin = context.job.algorithm.builtin
    if isinstance(context.spec, TuningSpec) and builtin and context.path == "spec":
        metrics = builtin_algorithms()[builtin.name].metrics
        objective = context.spec.tuning.objective
        if metrics and objective.metric_name not in metrics:
            near = difflib.get_close_matches(objective.metric_name, list(metrics), 1)
            yield error(
                "ObjectiveUnknown",
                "tuning.objective.metric_name",
                f"{builtin.name} reports no {objective.metric_name}.",
                f"Did you mean {near[0]}?" if near else f"It reports {', '.join(metrics)}.",
            )
        elif metrics and metrics[objective.metric_name] != objective.type:
            yield warning(
                "ObjectiveDirection",
                "tuning.objective.type",
                f"{objective.metric_name} is better the other way: {metrics[objective.metric_name]}.",
                None,
                {"value": metrics[objective.metric_name]},
            )
        elif not metrics:
            yield error("NotTunable", "tuning", f"{builtin.name} reports no metric, and cannot be tuned.")
    path = f"{context.path}.algorithm.metric_definitions"
    for index, metric in enumerate(context.job.algorithm.metric_definitions):
        if context.sample_log is None:
            yield unknown(
                "MetricNotTried",
                f"{path}[{index}].regex",
                f"{metric.name} was not tried on a log.",
                "Paste some lines of a log, or choose an earlier job.",
            )
        elif not re.search(metric.regex, context.sample_log):
            yield error("MetricMatchesNothing", f"{path}[{index}].regex", f"{metric.name} finds nothing in the log.")
