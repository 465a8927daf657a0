"""From a job that exists, or from a request as JSON, back to a spec.

What the spec cannot hold is listed, never dropped in silence. The test of an import is that the spec makes the same
request again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, JsonValue

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .api_names import api_name
from .images import identify_image
from .jumpstart import spec_of_model
from .models import (
    TRAINING_ONLY,
    Algorithm,
    CheckpointConfig,
    Compute,
    DistributionType,
    ImportRequest,
    ImportResult,
    InputChannel,
    JobSpec,
    OutputDataConfig,
    RetryStrategy,
    StoppingCondition,
    TuningSpec,
)
from .request import CODE_CHANNEL, CODE_FOLDER

# What the toolkit's hyperparameters say about a distribution (see distribution.py).
_DISTRIBUTIONS = {
    "sagemaker_torch_distributed_enabled": DistributionType.TORCH_DISTRIBUTED,
    "sagemaker_pytorch_ddp_enabled": DistributionType.PYTORCH_DDP,
    "sagemaker_pytorch_xla_multi_worker_enabled": DistributionType.PYTORCH_XLA,
    "sagemaker_parameter_server_enabled": DistributionType.PARAMETER_SERVER,
    "sagemaker_multi_worker_mirrored_strategy_enabled": DistributionType.MULTI_WORKER_MIRRORED_STRATEGY,
    "sagemaker_distributed_dataparallel_enabled": DistributionType.SMDISTRIBUTED_DATAPARALLEL,
    "sagemaker_mpi_enabled": DistributionType.MPI,
}
_SET_BY_A_LAUNCH = {
    "sagemaker_submit_directory", "sagemaker_program", "sagemaker_container_log_level", "sagemaker_job_name",
    "sagemaker_region", "sagemaker_instance_type", "sagemaker_mpi_num_of_processes_per_host",
    "sagemaker_mpi_custom_mpi_options", "sagemaker_distributed_dataparallel_custom_mpi_options",
    "sagemaker_estimator_class_name", "sagemaker_estimator_module", *_DISTRIBUTIONS,
}  # fmt: skip

# A tuning job tells its training jobs so which metric it looks at.
_SET_BY_A_TUNING = "_tuning_objective_metric"

# The time that SDKs and we put at the end of a job's name.
_ENDING = re.compile(
    r"-(\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}-\d{3}|\d{8}-\d{6}-[0-9a-f]{6}|\d{12,17}|\d{4}-\d{4}-[0-9a-f]{6}|\d{6}-\d{4})$"
)


def imported(aws: AwsSession, given: ImportRequest) -> ImportResult:
    """The spec of whichever is given. Raises `InvalidRequest` for several or none."""
    if sum(each is not None for each in (given.training_job_name, given.request, given.jumpstart_model_id)) != 1:
        raise SmextError(
            ErrorCode.INVALID_REQUEST, "Give one of a training job's name, a request, and a JumpStart model's id."
        )
    if given.training_job_name is not None:
        return spec_of_job(aws, given.training_job_name)
    if given.request is not None:
        return spec_of_request(given.request)
    return spec_of_model(aws, str(given.jumpstart_model_id))


def spec_of_job(aws: AwsSession, training_job_name: str) -> ImportResult:
    """The spec of a training job of this account.

    Permissions: `sagemaker:DescribeTrainingJob`; `sagemaker:ListTags` for its tags (without it they are missing, and
    the notes say so).
    """
    client = aws.client("sagemaker")
    try:
        described = client.describe_training_job(TrainingJobName=training_job_name)
    except Exception as error:
        raise from_aws(error) from error
    notes = []
    try:
        described["Tags"] = client.list_tags(ResourceArn=described["TrainingJobArn"])["Tags"]
    except Exception as error:
        notes.append(f"Tags: {from_aws(error)}")
    members = client.meta.service_model.operation_model("CreateTrainingJob").input_shape.members
    result = spec_of_request({name: value for name, value in described.items() if name in members})
    return result.model_copy(update={"notes": notes + result.notes})


def spec_of_request(request: Mapping[str, Any]) -> ImportResult:
    """The spec of a `CreateTrainingJob` or `CreateHyperParameterTuningJob` request.

    Raises `InvalidRequest` for anything else.
    """
    if "TrainingJobName" in request and "OutputDataConfig" in request:
        return _training(request)
    if "HyperParameterTuningJobConfig" in request:
        return _tuning(request)
    raise SmextError(
        ErrorCode.INVALID_REQUEST,
        "This is no request to create a training or tuning job.",
        hint="It must have TrainingJobName and OutputDataConfig, or HyperParameterTuningJobConfig.",
    )


def _training(request: Mapping[str, Any]) -> ImportResult:
    reader = _Reader(request)
    spec: dict[str, Any] = {
        "api_version": "smext/v1",
        "kind": "TrainingJob",
        "metadata": _metadata(str(reader.take("TrainingJobName")), reader.take("Tags")),
    }
    experiment = reader.take("ExperimentConfig")
    if experiment:
        annotation = _field(TuningSpec, "metadata")
        spec["metadata"]["experiment"] = _read(
            _field(annotation, "experiment"), experiment, reader.lost, "ExperimentConfig"
        )
    job = _job(reader, reader.take("HyperParameters") or {})
    profiler = reader.take("ProfilerConfig") or {}
    if profiler and not profiler.get("DisableProfiler"):
        known = {name: value for name, value in profiler.items() if name != "DisableProfiler"}
        job["profiler_config"] = _read(_field(JobSpec, "profiler_config"), known, reader.lost, "ProfilerConfig")
    for name in TRAINING_ONLY:
        value = reader.take(api_name(name))
        if value:
            job[name] = _read_any(_field(JobSpec, name), value, reader.lost, api_name(name))
    spec["spec"] = job
    return ImportResult(spec=spec, notes=[*reader.notes, *reader.rest()])


def _tuning(request: Mapping[str, Any]) -> ImportResult:
    reader = _Reader(request)
    config = dict(reader.take("HyperParameterTuningJobConfig"))
    name = str(reader.take("HyperParameterTuningJobName") or "tuning")
    definitions = reader.take("TrainingJobDefinitions") or [reader.take("TrainingJobDefinition")]
    tuning: dict[str, Any] = {
        "strategy": config["Strategy"],
        "resource_limits": _read(_field(_tuning_model(), "resource_limits"), config["ResourceLimits"], reader.lost, ""),
        "training_job_early_stopping_type": config.get("TrainingJobEarlyStoppingType", "Off"),
    }
    if tuning["strategy"] == "Grid":
        tuning["resource_limits"].pop("max_number_of_training_jobs", None)
    for member in ("StrategyConfig", "TuningJobCompletionCriteria"):
        if member in config:
            field = "strategy_config" if member == "StrategyConfig" else "tuning_job_completion_criteria"
            tuning[field] = _read(_field(_tuning_model(), field), config[member], reader.lost, member)
    if "RandomSeed" in config:
        tuning["random_seed"] = config["RandomSeed"]
    warm = reader.take("WarmStartConfig")
    if warm:
        tuning["warm_start_config"] = {
            "parent_hyper_parameter_tuning_jobs": [
                each["HyperParameterTuningJobName"] for each in warm["ParentHyperParameterTuningJobs"]
            ],
            "warm_start_type": warm["WarmStartType"],
        }
    if reader.take("Autotune"):
        tuning["autotune"] = True
    parts = []
    for definition in definitions:
        inner = _Reader({**definition, "ResourceConfig": _resources(definition)})
        inner.take("HyperParameterTuningResourceConfig")
        objective = inner.take("TuningObjective") or config["HyperParameterTuningJobObjective"]
        ranges = inner.take("HyperParameterRanges") or config.get("ParameterRanges") or {}
        fixed = inner.take("StaticHyperParameters") or {}
        parts.append(
            {
                "definition_name": inner.take("DefinitionName"),
                "spec": _job(inner, fixed),
                "objective": {"metric_name": objective["MetricName"], "type": objective["Type"]},
                "parameter_ranges": _ranges(ranges, json_text="sagemaker_program" in fixed),
            }
        )
        reader.notes += [*inner.notes, *inner.rest()]
    first, *more = parts
    tuning |= {"objective": first["objective"], "parameter_ranges": first["parameter_ranges"]}
    if more:
        tuning |= {"definition_name": first["definition_name"], "definitions": more}
    spec = {
        "api_version": "smext/v1",
        "kind": "HyperParameterTuningJob",
        "metadata": _metadata(name, reader.take("Tags")),
        "spec": first["spec"],
        "tuning": tuning,
    }
    return ImportResult(spec=spec, notes=[*reader.notes, *reader.rest()])


class _Reader:
    """Takes members out of a request, and knows which nobody took."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._left = dict(request)
        self.lost: list[str] = []
        self.notes: list[str] = []

    def take(self, name: str) -> Any:
        return self._left.pop(name, None)

    def rest(self) -> Iterator[str]:
        for name in [
            *self.lost,
            *(name for name, value in self._left.items() if value not in (None, {}, [], False, "")),
        ]:
            yield f"{name}: the spec has no place for it"


# ------------------------------------------------------------------------------------------------------------ the job


def _job(reader: _Reader, hyperparameters: Mapping[str, str]) -> dict[str, Any]:
    specification = dict(reader.take("AlgorithmSpecification") or {})
    hyperparameters = {name: value for name, value in hyperparameters.items() if name != _SET_BY_A_TUNING}
    script = "sagemaker_program" in hyperparameters
    job: dict[str, Any] = {"role": reader.take("RoleArn"), "algorithm": _algorithm(specification, script, reader)}
    if script:
        values = {name: _loaded(text) for name, text in hyperparameters.items()}
        job["source_code"] = {
            "source_dir": values["sagemaker_submit_directory"],
            "entry_script": values["sagemaker_program"],
        }
        distribution = _distribution(values)
        if distribution:
            job["distribution"] = distribution
        unknown = [name for name in values if name.startswith("sagemaker_") and name not in _SET_BY_A_LAUNCH]
        reader.notes += [f"HyperParameters.{name}: set by an SDK, and not by us" for name in unknown]
        job["hyperparameters"] = {name: value for name, value in values.items() if not name.startswith("sagemaker_")}
    else:
        job["hyperparameters"] = hyperparameters
    job["input_data_config"] = _channels(reader, job)
    output = dict(reader.take("OutputDataConfig") or {})
    job["output_data_config"] = _read(
        OutputDataConfig, {k: v for k, v in output.items() if v}, reader.lost, "OutputDataConfig"
    )
    resources = dict(reader.take("ResourceConfig") or {})
    for name in ("SelectedInstanceType", "SelectedInstanceCount"):
        resources.pop(name, None)  # what AWS chose, not what was asked for
    job["compute"] = _read(Compute, resources, reader.lost, "ResourceConfig")
    if reader.take("EnableManagedSpotTraining"):
        job["compute"]["enable_managed_spot_training"] = True
    for name, section in (
        ("stopping_condition", StoppingCondition),
        ("checkpoint_config", CheckpointConfig),
        ("retry_strategy", RetryStrategy),
    ):
        value = reader.take(api_name(name))
        if value:
            job[name] = _read(section, value, reader.lost, api_name(name))
    environment = reader.take("Environment")
    if environment:
        job["environment"] = dict(environment)
    network = {
        "subnets": (vpc := reader.take("VpcConfig") or {}).get("Subnets", []),
        "security_group_ids": vpc.get("SecurityGroupIds", []),
        "enable_network_isolation": bool(reader.take("EnableNetworkIsolation")),
        "enable_inter_container_traffic_encryption": bool(reader.take("EnableInterContainerTrafficEncryption")),
    }
    if any(network.values()):
        job["networking"] = {name: value for name, value in network.items() if value}
    return {name: value for name, value in job.items() if value not in (None, {}, [])}


def _algorithm(specification: dict[str, Any], script: bool, reader: _Reader) -> dict[str, Any]:
    image = specification.pop("TrainingImage", None)
    algorithm: dict[str, Any] = _read(Algorithm, specification, reader.lost, "AlgorithmSpecification")
    if image and "algorithm_name" not in algorithm:
        found = None if specification.get("ContainerEntrypoint") else identify_image(image, script=script)
        algorithm |= found or {"training_image": image}
    return algorithm


def _channels(reader: _Reader, job: dict[str, Any]) -> list[dict[str, Any]]:
    channels = []
    for index, given in enumerate(reader.take("InputDataConfig") or []):
        channel = dict(given)
        source = channel.pop("DataSource")
        here = f"InputDataConfig[{index}]"
        if "S3DataSource" in source:
            channel |= source["S3DataSource"]
            if channel["ChannelName"] == CODE_CHANNEL and _is_isolated_code(job):
                job["source_code"]["source_dir"] = channel["S3Uri"]
                continue
        elif "FileSystemDataSource" in source:
            channel["FileSystem"] = source["FileSystemDataSource"]
        else:
            reader.lost.append(f"{here}.DataSource.{next(iter(source), '')}")
        for name in ("ContentType", "CompressionType", "RecordWrapperType"):
            if channel.get(name) in ("", "None") and name != "ContentType":
                channel.pop(name)
        channels.append(_read(InputChannel, channel, reader.lost, here))
    return channels


def _is_isolated_code(job: dict[str, Any]) -> bool:
    return str(job.get("source_code", {}).get("source_dir", "")).startswith(CODE_FOLDER)


def _distribution(values: Mapping[str, JsonValue]) -> dict[str, Any] | None:
    for name, kind in _DISTRIBUTIONS.items():
        if values.get(name) is True:
            found: dict[str, Any] = {"type": kind.value}
            processes = values.get("sagemaker_mpi_num_of_processes_per_host")
            options = values.get("sagemaker_mpi_custom_mpi_options") or values.get(
                "sagemaker_distributed_dataparallel_custom_mpi_options"
            )
            if processes:
                found["processes_per_host"] = processes
            if options:
                found["custom_mpi_options"] = options
            return found
    return None


def _resources(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of a tuning job's job under the names of a training job."""
    resources = dict(definition.get("HyperParameterTuningResourceConfig") or definition.get("ResourceConfig") or {})
    configs = resources.pop("InstanceConfigs", None)
    resources.pop("AllocationStrategy", None)
    if configs:
        resources["VolumeSizeInGB"] = configs[0].get("VolumeSizeInGB", 30)
        resources["InstancePreferences"] = [
            {"InstanceType": each["InstanceType"], "InstanceCount": each["InstanceCount"]} for each in configs
        ]
    return resources


def _ranges(ranges: Mapping[str, Any], *, json_text: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for kind, member, number in (
        ("continuous", "ContinuousParameterRanges", float),
        ("integer", "IntegerParameterRanges", int),
    ):
        found = {
            each["Name"]: {
                "min_value": number(each["MinValue"]),
                "max_value": number(each["MaxValue"]),
                "scaling_type": each.get("ScalingType", "Auto"),
            }
            for each in ranges.get(member) or []
        }
        if found:
            result[kind] = found
    categorical = {
        each["Name"]: [_loaded(text) if json_text else text for text in each["Values"]]
        for each in ranges.get("CategoricalParameterRanges") or []
    }
    if categorical:
        result["categorical"] = categorical
    auto = {each["Name"]: each["ValueHint"] for each in ranges.get("AutoParameters") or []}
    if auto:
        result["auto"] = auto
    return result


def _metadata(name: str, tags: list[dict[str, str]] | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"base_job_name": _ENDING.sub("", name) or name}
    kept = {each["Key"]: each["Value"] for each in tags or [] if not each["Key"].lower().startswith(("smext:", "aws:"))}
    if kept:
        metadata["tags"] = kept
    return metadata


def _loaded(text: str) -> JsonValue:
    """A value as the toolkit reads it: JSON where it is JSON, text elsewhere."""
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


# ----------------------------------------------------------------------------------------------- the API's form to ours


def _read(section: type[BaseModel], given: Mapping[str, Any], lost: list[str], path: str) -> dict[str, Any]:
    """A structure of the API under our names; what the section does not know is lost."""
    known = {api_name(name): name for name in section.model_fields}
    result = {}
    for name, value in given.items():
        here = f"{path}.{name}".lstrip(".")
        if name in known:
            result[known[name]] = _read_any(section.model_fields[known[name]].annotation, value, lost, here)
        elif value not in (None, {}, [], ""):
            lost.append(here)
    return result


def _read_any(annotation: Any, value: Any, lost: list[str], path: str) -> Any:
    section = _section(annotation)
    if section and isinstance(value, dict):
        return _read(section, value, lost, path)
    if section and isinstance(value, list):
        return [_read(section, each, lost, f"{path}[{index}]") for index, each in enumerate(value)]
    return value


def _field(section: type[BaseModel], name: str) -> type[BaseModel]:
    found = _section(section.model_fields[name].annotation)
    assert found is not None
    return found


def _tuning_model() -> type[BaseModel]:
    return _field(TuningSpec, "tuning")


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not get_args(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _section(each))), None)
