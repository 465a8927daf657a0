"""Combinations that the API refuses, and choices that have no image: what the shape of the spec alone cannot say.

Sources: the parameter descriptions of `CreateTrainingJob`,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html and
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .distribution import FRAMEWORKS
from .images import BUILTINS, CatalogError, framework_versions, image_uri, is_script_mode
from .models import Algorithm, Compute, DistributionType, InputChannel, JobSpec, Spec, TuningSpec
from .paths import Path
from .tuning_rules import broken_tuning_rules

Broken = tuple[Path, str, "str | None"]

# The launch adds its own tags (see launch.py) to those of the user; AWS takes 50.
OWN_TAGS = 4


def broken_rules(spec: Spec) -> Iterator[Broken]:
    """Every broken rule as (path, message, suggestion)."""
    yield from _metadata(spec)
    yield from _under(("spec",), _job(spec.spec))
    if isinstance(spec, TuningSpec):
        for index, each in enumerate(spec.tuning.definitions):
            yield from _under(("tuning", "definitions", index, "spec"), _job(each.spec))
        yield from broken_tuning_rules(spec)


def _job(job: JobSpec) -> Iterator[Broken]:
    yield from _algorithm(job)
    yield from _image(job.algorithm, job.compute)
    yield from _compute(job.compute)
    yield from _stopping(job)
    yield from _channels(job.input_data_config)
    yield from _networking(job)
    yield from _distribution(job)
    yield from _sizes(job)


def _under(place: Path, found: Iterator[Broken]) -> Iterator[Broken]:
    for path, message, suggestion in found:
        yield (*place, *path), message, suggestion


def _metadata(spec: Spec) -> Iterator[Broken]:
    tags = spec.metadata.tags
    if len(tags) > 50 - OWN_TAGS:
        yield ("metadata", "tags"), f"{len(tags)} tags; with our own {OWN_TAGS}, AWS takes at most 50.", None
    for key, value in tags.items():
        here: Path = ("metadata", "tags", key)
        if not 1 <= len(key) <= 128:
            yield here, "A tag's key has 1 to 128 characters.", None
        elif key.lower().startswith(("aws:", "smext:")):
            yield here, "Keys that begin with `aws:` or `smext:` are taken.", None
        if len(value) > 256:
            yield here, "A tag's value has at most 256 characters.", None


def _algorithm(job: JobSpec) -> Iterator[Broken]:
    algorithm = job.algorithm
    here: Path = ("algorithm",)
    given = [name for name in ("framework", "builtin", "training_image", "algorithm_name") if getattr(algorithm, name)]
    if len(given) != 1:
        wrong = "None is given" if not given else f"{' and '.join(given)} are given"
        yield here, f"Exactly one of framework, builtin, training_image and algorithm_name is needed. {wrong}.", None
    if algorithm.framework and not job.source_code:
        yield ("source_code",), "A framework needs source code: the script that it runs.", None
    if job.source_code and (algorithm.builtin or algorithm.algorithm_name):
        yield ("source_code",), "Only frameworks and your own images run a script.", None
    if not algorithm.training_image:
        for name in ("container_entrypoint", "container_arguments", "training_image_config"):
            if getattr(algorithm, name):
                yield (*here, name), "This goes with training_image only.", None
    config = algorithm.training_image_config
    if config and config.training_repository_access_mode == "Vpc" and not job.networking.subnets:
        yield (*here, "training_image_config"), "A registry in your VPC needs networking.subnets.", None
    names = Counter(each.name for each in algorithm.metric_definitions)
    for index, metric in enumerate(algorithm.metric_definitions):
        place: Path = (*here, "metric_definitions", index)
        if names[metric.name] > 1:
            yield (*place, "name"), f"{metric.name} is defined more than once.", None
        try:
            groups = re.compile(metric.regex).groups
        except re.error as error:
            yield (*place, "regex"), f"This is no regular expression: {error}.", None
        else:
            if not groups:
                yield (*place, "regex"), "The value must be in parentheses, for example `=([0-9.]+)`.", None


def _image(algorithm: Algorithm, compute: Compute) -> Iterator[Broken]:
    """The catalog may be older than AWS: for a version that it does not know, training_image is the way out."""
    chosen = algorithm.framework or algorithm.builtin
    if not chosen:
        return
    here: Path = ("algorithm", "framework" if algorithm.framework else "builtin")
    if algorithm.builtin and chosen.name not in BUILTINS:
        yield (*here, "name"), f"{chosen.name!r} is no built-in algorithm: {', '.join(BUILTINS)}.", None
        return
    try:
        if algorithm.framework and framework_versions(chosen.name) and not is_script_mode(chosen.name):
            yield (*here, "name"), f"{chosen.name} is a built-in algorithm: use `builtin`.", None
            return
        image_uri(
            chosen.name,
            chosen.version,
            "us-east-1",
            compute.deciding_instance_type,
            algorithm.framework.py_version if algorithm.framework else None,
            base_framework_version=algorithm.framework.base_framework_version if algorithm.framework else None,
        )
    except CatalogError as error:
        if error.field == "instance_type":
            if compute.deciding_instance_type:
                yield ("compute", "instance_type"), str(error), None
        elif error.field != "region":
            yield (*here, error.field), str(error), error.suggestion


def _compute(compute: Compute) -> Iterator[Broken]:
    here: Path = ("compute",)
    given = [name for name in ("instance_type", "instance_groups", "instance_preferences") if getattr(compute, name)]
    if len(given) != 1:
        wrong = "None is given" if not given else f"{' and '.join(given)} are given"
        yield here, f"Exactly one of instance_type, instance_groups and instance_preferences is needed. {wrong}.", None
    if compute.local_image and not (compute.instance_type or "").startswith("local"):
        yield (*here, "local_image"), "At AWS a job always runs in its image: this goes with `local` only.", None
    if compute.instance_preferences and compute.enable_managed_spot_training:
        yield (*here, "instance_preferences"), "Instance preferences do not go together with spot.", None
    if compute.instance_preferences and compute.instance_placement_config:
        yield (*here, "instance_placement_config"), "Placement does not go together with preferences.", None
    if compute.enable_managed_spot_training and compute.keep_alive_period_in_seconds:
        yield (*here, "keep_alive_period_in_seconds"), "A warm pool cannot be kept for spot instances.", None
    names = Counter(each.instance_group_name for each in compute.instance_groups)
    for index, group in enumerate(compute.instance_groups):
        if names[group.instance_group_name] > 1:
            yield (
                (*here, "instance_groups", index, "instance_group_name"),
                f"{group.instance_group_name} is given more than once.",
                None,
            )


def _stopping(job: JobSpec) -> Iterator[Broken]:
    stopping, spot = job.stopping_condition, job.compute.enable_managed_spot_training
    here: Path = ("stopping_condition",)
    wait = stopping.max_wait_time_in_seconds
    if spot and wait is None:
        yield here, "Spot needs max_wait_time_in_seconds, at least as long as max_runtime_in_seconds.", None
    elif spot and wait is not None and wait < stopping.max_runtime_in_seconds:
        yield (
            (*here, "max_wait_time_in_seconds"),
            f"{wait} is less than max_runtime_in_seconds, {stopping.max_runtime_in_seconds}.",
            str(stopping.max_runtime_in_seconds),
        )
    elif not spot and wait is not None:
        yield (*here, "max_wait_time_in_seconds"), "This goes with enable_managed_spot_training only.", None


def _channels(channels: list[InputChannel]) -> Iterator[Broken]:
    names = Counter(each.channel_name for each in channels)
    for index, channel in enumerate(channels):
        here: Path = ("input_data_config", index)
        if names[channel.channel_name] > 1:
            yield (*here, "channel_name"), f"{channel.channel_name} is given more than once.", None
        if bool(channel.s3_uri) == bool(channel.file_system):
            yield here, "A channel needs exactly one of s3_uri and file_system.", None
        if channel.s3_data_type == "AugmentedManifestFile" and not channel.attribute_names:
            yield (*here, "attribute_names"), "An augmented manifest needs the names of its attributes.", None
        if channel.attribute_names and channel.s3_data_type != "AugmentedManifestFile":
            yield (*here, "attribute_names"), "This goes with s3_data_type AugmentedManifestFile only.", None


def _networking(job: JobSpec) -> Iterator[Broken]:
    here: Path = ("networking",)
    network = job.networking
    if bool(network.subnets) != bool(network.security_group_ids):
        missing = "security_group_ids" if network.subnets else "subnets"
        yield (*here, missing), "Subnets and security groups are given together.", None
    if any(channel.file_system for channel in job.input_data_config) and not network.subnets:
        yield here, "A file system is reached through subnets and security groups.", None


def _distribution(job: JobSpec) -> Iterator[Broken]:
    distribution, framework = job.distribution, job.algorithm.framework
    if not distribution:
        return
    here: Path = ("distribution",)
    if not job.source_code:
        yield here, "Only a script can be distributed.", None
    elif framework and framework.name not in FRAMEWORKS[distribution.type]:
        known = ", ".join(FRAMEWORKS[distribution.type])
        yield (*here, "type"), f"{distribution.type.value} is for {known}, not for {framework.name}.", None
    if distribution.processes_per_host and distribution.type is not DistributionType.MPI:
        yield (*here, "processes_per_host"), "This goes with mpi only.", None
    if distribution.custom_mpi_options and distribution.type not in (
        DistributionType.MPI,
        DistributionType.SMDISTRIBUTED_DATAPARALLEL,
    ):
        yield (*here, "custom_mpi_options"), "This goes with mpi and smdistributed_dataparallel only.", None


def _sizes(job: JobSpec) -> Iterator[Broken]:
    if len(job.hyperparameters) > 100:
        yield ("hyperparameters",), f"{len(job.hyperparameters)} hyperparameters; AWS takes at most 100.", None
    for name in job.hyperparameters:
        if len(name) > 256:
            yield ("hyperparameters", name), "A hyperparameter's name has at most 256 characters.", None
        if name.startswith("sagemaker_"):
            yield ("hyperparameters", name), "Names that begin with `sagemaker_` are set by the launch.", None
    if len(job.environment) > 100:
        yield ("environment",), f"{len(job.environment)} variables; AWS takes at most 100.", None
    for name, value in job.environment.items():
        if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]{0,511}", name):
            yield ("environment", name), "Letters, digits and underscores, not a digit first.", None
        elif len(value) > 512:
            yield ("environment", name), "A variable's value has at most 512 characters.", None
