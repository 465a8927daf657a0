"""From a spec to the `CreateTrainingJob` request: a pure function, with no call to AWS in it.

Scripts are handed over as the SageMaker training toolkit in AWS's images expects it (the convention of SDK v2): their
package in the hyperparameter `sagemaker_submit_directory`, the script in `sagemaker_program`, values as JSON.
https://github.com/aws/sagemaker-training-toolkit
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from ..aws.errors import ErrorCode, SmextError
from ..aws.models import Identity
from .api_names import api_form
from .distribution import distribution_hyperparameters
from .images import CatalogError, image_uri
from .models import TRAINING_ONLY, Algorithm, Compute, InputChannel, JobSpec, Metadata, Spec, TrainingSpec
from .notebook import program_name
from .packaging import ARCHIVE

# Where the toolkit finds the package when the container has no network: it arrives as a channel of its own.
CODE_CHANNEL = "code"
CODE_FOLDER = f"/opt/ml/input/data/{CODE_CHANNEL}"

TAG_TOKEN = "smext:launch-token"
TAG_SOURCE = "smext:source-sha256"
TAG_SPEC = "smext:spec-sha256"
TAG_GIT = "smext:git-commit"


@dataclass(frozen=True)
class Place:
    """Where a job runs and what applies where the spec says nothing."""

    region: str
    role_arn: str | None
    default_bucket: str
    default_prefix: str | None = None

    @classmethod
    def of(cls, identity: Identity) -> Place:
        return cls(identity.region, identity.execution_role_arn, identity.default_bucket, identity.default_prefix)


def training_request(
    spec: TrainingSpec, place: Place, *, job_name: str, source_uri: str | None, own_tags: Mapping[str, str]
) -> dict[str, Any]:
    """The request. ``source_uri`` is the s3:// URI of the packed source directory, None where there is no script.

    Raises `InvalidRequest` where there is no role, or no image in the region.
    """
    job = spec.spec
    request = {"TrainingJobName": job_name, **common_members(job, place, source_uri)}
    hyperparameters = hyperparameters_of(job, place.region, source_uri, job_name)
    if hyperparameters:
        request["HyperParameters"] = hyperparameters
    if spec.metadata.experiment:
        request["ExperimentConfig"] = api_form(spec.metadata.experiment)
    # SageMaker's own profiler is a second job beside this one: nobody gets it without asking.
    request["ProfilerConfig"] = api_form(job.profiler_config) if job.profiler_config else {"DisableProfiler": True}
    request.update(api_members(job, TRAINING_ONLY))
    request["Tags"] = tags_of(spec.metadata, own_tags)
    return request


def common_members(job: JobSpec, place: Place, source_uri: str | None) -> dict[str, Any]:
    """What a training job and a definition of a tuning job have in common."""
    members: dict[str, Any] = {
        "AlgorithmSpecification": _algorithm(job.algorithm, job.compute, place.region),
        "RoleArn": role(job, place),
        "OutputDataConfig": {**api_form(job.output_data_config), "S3OutputPath": output_path(job, place)},
        "ResourceConfig": _resources(job.compute),
        "StoppingCondition": api_form(job.stopping_condition),
        **api_members(job, ("environment", "checkpoint_config", "retry_strategy")),
    }
    channels = [_channel(each) for each in job.input_data_config]
    if source_uri and job.networking.enable_network_isolation:
        channels.append(_channel(InputChannel(channel_name=CODE_CHANNEL, s3_uri=source_uri)))
    if channels:
        members["InputDataConfig"] = channels
    if job.networking.subnets:
        members["VpcConfig"] = {
            "Subnets": job.networking.subnets,
            "SecurityGroupIds": job.networking.security_group_ids,
        }
    switches = {
        "EnableManagedSpotTraining": job.compute.enable_managed_spot_training,
        "EnableNetworkIsolation": job.networking.enable_network_isolation,
        "EnableInterContainerTrafficEncryption": job.networking.enable_inter_container_traffic_encryption,
    }
    return members | {name: True for name, switched_on in switches.items() if switched_on}


def api_members(job: JobSpec, names: tuple[str, ...]) -> dict[str, Any]:
    """Members of the request that have the same form in the spec."""
    form = api_form(job, without=tuple(name for name in type(job).model_fields if name not in names))
    return {name: value for name, value in form.items() if value not in (None, {}, [])}


def tags_of(metadata: Metadata, own_tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in {**metadata.tags, **own_tags}.items()]


def spec_sha256(spec: Spec) -> str:
    """What identifies a spec whatever its file looks like: the hash of its values."""
    values = spec.model_dump(mode="json", exclude_defaults=True, exclude={"policy"})
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def role(job: JobSpec, place: Place) -> str:
    """The execution role: the spec's, or that of the place."""
    arn = job.role or place.role_arn
    if not arn:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            "No execution role is known for this job.",
            hint="Set spec.role, or the role in the SDK's defaults file or in this server's settings.",
        )
    return arn


def output_path(job: JobSpec, place: Place) -> str:
    """Where the model goes: the spec's path, or the default bucket and prefix."""
    given = job.output_data_config.s3_output_path
    return given or "/".join(["s3:/", place.default_bucket, *([place.default_prefix] if place.default_prefix else [])])


def image(algorithm: Algorithm, compute: Compute, region: str) -> str | None:
    """The training image, None for an algorithm resource, which brings its own."""
    if algorithm.training_image:
        return algorithm.training_image
    framework = algorithm.framework
    chosen = framework or algorithm.builtin
    if chosen is None:
        return None
    try:
        return image_uri(
            chosen.name,
            chosen.version,
            region,
            compute.deciding_instance_type,
            framework.py_version if framework else None,
            base_framework_version=framework.base_framework_version if framework else None,
        )
    except CatalogError as error:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"No image for {chosen.name} {chosen.version or ''} in {region}: {error}",
            hint="Choose another version or region, or name the image in spec.algorithm.training_image.",
        ) from error


def hyperparameters_of(job: JobSpec, region: str, source_uri: str | None, job_name: str | None) -> dict[str, str]:
    """The hyperparameters as the API takes them: text. A tuning job names its jobs itself: no ``job_name``."""
    if not is_script(job, source_uri):
        return {name: plain_text(value) for name, value in job.hyperparameters.items()}
    assert job.source_code is not None
    isolated = job.networking.enable_network_isolation
    toolkit: dict[str, JsonValue] = {
        "sagemaker_submit_directory": f"{CODE_FOLDER}/{ARCHIVE}" if isolated else source_uri,
        "sagemaker_program": program_name(job.source_code.entry_script),
        "sagemaker_container_log_level": 20,
        "sagemaker_region": region,
    }
    if job_name:
        toolkit["sagemaker_job_name"] = job_name
    if job.distribution:
        toolkit |= distribution_hyperparameters(job.distribution, job.compute)
    return {name: json.dumps(value) for name, value in {**job.hyperparameters, **toolkit}.items()}


def is_script(job: JobSpec, source_uri: str | None) -> bool:
    """Whether the toolkit in the image runs a script, and so reads hyperparameters as JSON."""
    return job.source_code is not None and source_uri is not None


# ------------------------------------------------------------------------------------------------------------ details


def _algorithm(algorithm: Algorithm, compute: Compute, region: str) -> dict[str, Any]:
    form = api_form(algorithm, without=("framework", "builtin"))
    found = image(algorithm, compute, region)
    return {**form, "TrainingImage": found} if found else form


def _resources(compute: Compute) -> dict[str, Any]:
    form = api_form(compute, without=("enable_managed_spot_training", "local_image"))
    if not compute.instance_type:
        form.pop("InstanceCount")  # groups and preferences say it themselves
    return form


def _channel(channel: InputChannel) -> dict[str, Any]:
    s3_members = ("s3_uri", "s3_data_type", "s3_data_distribution_type", "attribute_names", "instance_group_names")
    source: dict[str, Any]
    if channel.file_system:
        source = {"FileSystemDataSource": api_form(channel.file_system)}
    else:
        others = tuple(name for name in InputChannel.model_fields if name not in s3_members)
        source = {"S3DataSource": api_form(channel, without=others)}
    return {**api_form(channel, without=(*s3_members, "file_system")), "DataSource": source}


def plain_text(value: JsonValue) -> str:
    """For algorithms that read the text itself: text without quotes, anything else as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value)
