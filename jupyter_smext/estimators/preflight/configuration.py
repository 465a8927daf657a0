"""Role, image, instances, spot and time: what the spec and this machine know without asking AWS."""

from __future__ import annotations

from collections.abc import Iterator

from ...aws.errors import SmextError
from ..catalog import instance_types
from ..models import Finding, InputMode
from ..packaging import is_packed
from ..request import image, role
from .context import Context, error, unknown, warning


def check_configuration(context: Context) -> Iterator[Finding]:
    """Findings about the job's own settings."""
    yield from _role(context)
    yield from _image(context)
    yield from _instances(context)
    yield from _spot(context)
    yield from _network(context)
    yield from _input_modes(context)


def _role(context: Context) -> Iterator[Finding]:
    path = f"{context.path}.role"
    try:
        role(context.job, context.place)
    except SmextError as failure:
        yield error("RoleMissing", path, failure.envelope.message, failure.envelope.hint)
        return
    if not context.job.role and context.aws.identity().role_path_guessed:
        yield unknown(
            "RoleGuessed",
            path,
            f"The role {context.place.role_arn} was derived from the session, which does not tell the role's path.",
            "Set spec.role.",
        )


def _image(context: Context) -> Iterator[Finding]:
    try:
        image(context.job.algorithm, context.job.compute, context.place.region)
    except SmextError as failure:
        yield error("ImageNotInRegion", f"{context.path}.algorithm", failure.envelope.message, failure.envelope.hint)


def _instances(context: Context) -> Iterator[Finding]:
    job, compute = context.job, context.job.compute
    types = [compute.instance_type] if compute.instance_type else []
    types += [each.instance_type for each in compute.instance_groups]
    types += [each.instance_type for each in compute.instance_preferences]
    known = instance_types()
    for instance_type in types:
        if instance_type and not instance_type.startswith("local") and instance_type not in known:
            yield error(
                "InstanceTypeUnknown",
                f"{context.path}.compute",
                f"{instance_type} is no type that a training job takes.",
                "Choose one of the instance picker.",
            )
    framework = job.algorithm.framework
    if framework and framework.name == "sklearn" and compute.instance_count > 1:
        yield warning(
            "SeveralInstancesForNothing",
            f"{context.path}.compute.instance_count",
            f"scikit-learn does not spread over instances: each of the {compute.instance_count} does the same work.",
            "Set it to 1.",
            {"value": 1},
        )
    if compute.keep_alive_period_in_seconds:
        yield warning(
            "WarmPoolCosts",
            f"{context.path}.compute.keep_alive_period_in_seconds",
            f"The instances are billed for up to {compute.keep_alive_period_in_seconds} s after the job, "
            "until another job takes them.",
        )
    if "max_runtime_in_seconds" not in job.stopping_condition.model_fields_set:
        yield warning(
            "LongestRunNotSet",
            f"{context.path}.stopping_condition.max_runtime_in_seconds",
            "The longest run is not set: a job that hangs is billed for 24 hours.",
            "Set it to what the job may need, for example an hour.",
            {"value": 3600},
        )


def _spot(context: Context) -> Iterator[Finding]:
    if context.job.compute.enable_managed_spot_training and not context.job.checkpoint_config:
        yield warning(
            "SpotWithoutCheckpoint",
            f"{context.path}.checkpoint_config",
            "A spot instance can be taken away at any time, and without checkpoints the job begins anew.",
            "Set checkpoint_config.s3_uri, and let the script write to and read from /opt/ml/checkpoints.",
        )


def _network(context: Context) -> Iterator[Finding]:
    job = context.job
    source = job.source_code
    if not job.networking.enable_network_isolation or not source or is_packed(source):
        return
    requirements = context.folder / source.source_dir / (source.requirements or "requirements.txt")
    if requirements.is_file():
        yield error(
            "RequirementsWithoutNetwork",
            f"{context.path}.networking.enable_network_isolation",
            f"{requirements.name} is installed from the network when the job starts, and the job has none.",
            "Leave the file out, or build an image with the packages in it.",
        )


def _input_modes(context: Context) -> Iterator[Finding]:
    for index, channel in enumerate(context.job.input_data_config):
        if channel.input_mode is InputMode.PIPE and context.job.algorithm.framework:
            yield warning(
                "PipeModeForScript",
                f"{context.path}.input_data_config[{index}].input_mode",
                "A script that reads files finds a named pipe here.",
                "FastFile streams too, and looks like files.",
                {"value": "FastFile"},
            )
