"""Combinations that a tuning job forbids.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html and
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobConfig.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .models import (
    TRAINING_ONLY,
    ContinuousRange,
    IntegerRange,
    JobSpec,
    Objective,
    ParameterRanges,
    ScalingType,
    Tuning,
    TuningSpec,
)
from .paths import Path

Broken = tuple[Path, str, "str | None"]

MAX_RANGES = 30
MAX_CATEGORIES = 30


def broken_tuning_rules(spec: TuningSpec) -> Iterator[Broken]:
    """Every broken rule as (path, message, suggestion)."""
    tuning = spec.tuning
    here: Path = ("tuning",)
    yield from _strategy(tuning)
    yield from _definition(("spec",), here, spec.spec, tuning.objective, tuning.parameter_ranges, tuning)
    for index, each in enumerate(tuning.definitions):
        inner: Path = (*here, "definitions", index)
        yield from _definition((*inner, "spec"), inner, each.spec, each.objective, each.parameter_ranges, tuning)
    names = Counter(
        name for name in (tuning.definition_name, *(each.definition_name for each in tuning.definitions)) if name
    )
    if tuning.definitions and not tuning.definition_name:
        yield (*here, "definition_name"), "With more definitions, this one needs a name too.", None
    for index, each in enumerate(tuning.definitions):
        if names[each.definition_name] > 1:
            path: Path = (*here, "definitions", index, "definition_name")
            yield path, f"{each.definition_name} is given more than once.", None
    if spec.metadata.experiment:
        yield ("metadata", "experiment"), "A tuning job takes no experiment.", None


def _strategy(tuning: Tuning) -> Iterator[Broken]:
    here: Path = ("tuning",)
    limits = tuning.resource_limits
    number = limits.max_number_of_training_jobs
    if tuning.strategy == "Grid":
        combinations = tuning.number_of_training_jobs
        if number is not None and number != combinations:
            path: Path = (*here, "resource_limits", "max_number_of_training_jobs")
            yield path, f"Grid tries every combination: {combinations}.", str(combinations)
    elif number is None:
        yield (*here, "resource_limits", "max_number_of_training_jobs"), "Say how many jobs may be tried.", None
    elif limits.max_parallel_training_jobs > number:
        path = (*here, "resource_limits", "max_parallel_training_jobs")
        yield path, f"Not more at once than there are: {number}.", str(number)
    if tuning.strategy == "Hyperband" and tuning.training_job_early_stopping_type != "Off":
        yield (*here, "training_job_early_stopping_type"), "Hyperband stops jobs by itself: Off.", "Off"
    if tuning.strategy_config and tuning.strategy != "Hyperband":
        yield (*here, "strategy_config"), "This goes with the strategy Hyperband only.", None
    if tuning.autotune and tuning.strategy == "Grid":
        yield (*here, "autotune"), "Ranges cannot be chosen automatically for Grid.", None


def _definition(
    job_path: Path, here: Path, job: JobSpec, objective: Objective, ranges: ParameterRanges, tuning: Tuning
) -> Iterator[Broken]:
    place: Path = (*here, "parameter_ranges")
    count = len(ranges.names())
    if not count and not tuning.autotune:
        yield place, "Name at least one hyperparameter that is tuned.", None
    if count > MAX_RANGES:
        yield place, f"{count} ranges; AWS takes at most {MAX_RANGES}.", None
    for name, times in Counter(ranges.names()).items():
        if times > 1:
            yield place, f"{name} has more than one range.", None
    if tuning.strategy == "Grid" and (ranges.continuous or ranges.integer):
        yield place, "Grid takes categorical values only.", None
    if ranges.auto and not tuning.autotune:
        yield (*place, "auto"), "Automatic ranges need autotune.", None
    for name, continuous in ranges.continuous.items():
        yield from _range((*place, "continuous", name), continuous)
    for name, integer in ranges.integer.items():
        yield from _range((*place, "integer", name), integer)
    for name, values in ranges.categorical.items():
        if not 1 <= len(values) <= MAX_CATEGORIES:
            yield (*place, "categorical", name), f"From 1 to {MAX_CATEGORIES} values.", None
    metrics = [each.name for each in job.algorithm.metric_definitions]
    if not job.algorithm.builtin and not job.algorithm.algorithm_name and objective.metric_name not in metrics:
        path: Path = (*here, "objective", "metric_name")
        yield path, f"{objective.metric_name} is none of the job's metrics: {', '.join(metrics) or 'none'}.", None
    for member in TRAINING_ONLY:
        if getattr(job, member):
            yield (*job_path, member), "A tuning job's training jobs do not take this.", None
    if job.profiler_config:
        yield (*job_path, "profiler_config"), "A tuning job's training jobs do not take this.", None


def _range(path: Path, given: ContinuousRange | IntegerRange) -> Iterator[Broken]:
    if given.min_value >= given.max_value:
        yield path, f"From {given.min_value} to {given.max_value} is no range.", None
    elif given.scaling_type is ScalingType.LOGARITHMIC and given.min_value <= 0:
        yield (*path, "scaling_type"), "Logarithmic needs values above 0.", None
    elif given.scaling_type is ScalingType.REVERSE_LOGARITHMIC and not (
        isinstance(given, ContinuousRange) and given.min_value >= 0 and given.max_value < 1
    ):
        yield (*path, "scaling_type"), "ReverseLogarithmic needs continuous values from 0 to below 1.", None
