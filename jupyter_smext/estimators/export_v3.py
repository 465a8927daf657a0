"""A spec as code for the SageMaker Python SDK v3: `ModelTrainer` and its `HyperparameterTuner`.

The SDK hands scripts over in its own way (a `code` channel and drivers), so that its request differs from ours there;
the script gets the same arguments, apart from the dashes before names of one letter.
https://sagemaker.readthedocs.io/en/stable/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .api_names import api_form
from .exported import Exported
from .models import (
    DistributionType,
    InputChannel,
    JobSpec,
    Metadata,
    ParameterRanges,
    Section,
    Spec,
    Tuning,
    TuningSpec,
)
from .notebook import notebook_notes, program_name
from .python_code import Call, Expression, code, import_lines
from .request import Place, image, output_path, plain_text, role

_CONFIGS = "sagemaker.core.training.configs"
_SHAPES = "sagemaker.core.shapes"
_PARAMETERS = "sagemaker.core.parameter"
_TUNER = "sagemaker.train.tuner"


def v3_code(spec: Spec, place: Place) -> Exported:
    """The code, ready to run."""
    writer = _Writer(place)
    if isinstance(spec, TuningSpec):
        body = writer.tuning(spec)
    else:
        body = writer.trainer("trainer", spec.spec, spec.metadata)
        if spec.metadata.experiment:
            writer.notes.append("metadata.experiment (ModelTrainer.train takes none)")
        channels = writer.channels(spec.spec)
        body += code(Call("trainer.train", {"input_data_config": channels or None, "wait": False})) + "\n"
    imports = "import boto3\n" + import_lines(writer.imports)
    boto_session = Call("boto3.Session", {"region_name": place.region})
    # The bucket is named, so that the SDK neither guesses nor creates one.
    session = Call("Session", {"boto_session": boto_session, "default_bucket": place.default_bucket})
    return Exported(f"{imports}\nsession = {code(session, 0, 10)}\n{body}", "sagemaker>=3", writer.notes)


class _Writer:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.imports: set[tuple[str, str]] = {
            ("sagemaker.core.helper.session_helper", "Session"),
            ("sagemaker.train", "ModelTrainer"),
        }
        self.notes: list[str] = []

    def use(self, module: str, name: str) -> str:
        self.imports.add((module, name))
        return name

    def section(self, module: str, name: str, section: Section, *, without: tuple[str, ...] = ()) -> Call:
        """A section whose fields v3 names as we do."""
        members = api_form(section, without=without)
        fields = [each for each in type(section).model_fields if each not in without]
        given = [each for each in fields if getattr(section, each) not in (None, [], {})]
        return Call(self.use(module, name), dict(zip(given, members.values(), strict=True)))

    # --------------------------------------------------------------------------------------------------------- trainer

    def trainer(self, variable: str, job: JobSpec, metadata: Metadata) -> str:
        self._cannot_say(job)
        algorithm, network = job.algorithm, job.networking
        arguments: dict[str, Any] = {
            "training_image": image(algorithm, job.compute, self.place.region),
            "algorithm_name": algorithm.algorithm_name,
            "training_image_config": self._image_config(job),
            "source_code": self._source(job),
            "distributed": self._distributed(job),
            "compute": self._compute(job),
            "networking": self.section(_CONFIGS, "Networking", network)
            if network.model_dump(exclude_defaults=True)
            else None,
            "stopping_condition": self.section(_SHAPES, "StoppingCondition", job.stopping_condition),
            "output_data_config": Call(
                self.use(_CONFIGS, "OutputDataConfig"),
                {
                    "s3_output_path": output_path(job, self.place),
                    "kms_key_id": job.output_data_config.kms_key_id,
                    "compression_type": job.output_data_config.compression_type,
                },
            ),
            "checkpoint_config": self._checkpoints(job),
            "training_input_mode": algorithm.training_input_mode.value,
            "hyperparameters": dict(job.hyperparameters) or None,
            "environment": job.environment or None,
            "role": role(job, self.place),
            "base_job_name": metadata.base_job_name[:40].rstrip("-"),
            "tags": [
                Call(self.use(_SHAPES, "Tag"), {"key": key, "value": value}) for key, value in metadata.tags.items()
            ]
            or None,
            "model_package_config": self.section(_SHAPES, "ModelPackageConfig", job.model_package_config)
            if job.model_package_config
            else None,
            "sagemaker_session": Expression("session"),
        }
        text = f"{variable} = {code(Call('ModelTrainer', arguments), 0, len(variable) + 3)}\n"
        for method, call in self._extras(job).items():
            text += code(Call(f"{variable}.{method}", {}, [call])) + "\n"
        return text

    def _extras(self, job: JobSpec) -> dict[str, Any]:
        extras: dict[str, Any] = {}
        if job.algorithm.metric_definitions:
            extras["with_metric_definitions"] = [
                self.section(_SHAPES, "MetricDefinition", each) for each in job.algorithm.metric_definitions
            ]
        for method, name, section in (
            ("with_retry_strategy", "RetryStrategy", job.retry_strategy),
            ("with_remote_debug_config", "RemoteDebugConfig", job.remote_debug_config),
            ("with_infra_check_config", "InfraCheckConfig", job.infra_check_config),
            ("with_session_chaining_config", "SessionChainingConfig", job.session_chaining_config),
        ):
            if section:
                extras[method] = self.section(_SHAPES, name, section)
        if job.tensor_board_output_config:
            board = self.section(_CONFIGS, "TensorBoardOutputConfig", job.tensor_board_output_config)
            extras["with_tensorboard_output_config"] = board
        return extras

    def _source(self, job: JobSpec) -> Call | None:
        source = job.source_code
        if not source:
            return None
        self.notes += notebook_notes(source)
        self._one_letter("spec.hyperparameters", job.hyperparameters)
        return Call(
            self.use(_CONFIGS, "SourceCode"),
            {
                "source_dir": source.source_dir,
                "entry_script": program_name(source.entry_script),
                "requirements": source.requirements,
                "ignore_patterns": source.ignore_patterns or None,
            },
        )

    def _distributed(self, job: JobSpec) -> Call | None:
        distribution = job.distribution
        if not distribution:
            return None
        if distribution.type in (DistributionType.TORCH_DISTRIBUTED, DistributionType.PYTORCH_DDP):
            return Call(self.use("sagemaker.train.distributed", "Torchrun"))
        if distribution.type is DistributionType.MPI:
            options = distribution.custom_mpi_options
            return Call(
                self.use("sagemaker.train.distributed", "MPI"),
                {
                    "process_count_per_node": distribution.processes_per_host,
                    "mpi_additional_options": options.split() if options else None,
                },
            )
        self.notes.append(f"spec.distribution {distribution.type.value} (SDK v3 knows torchrun and MPI)")
        return None

    def _compute(self, job: JobSpec) -> Call:
        compute = job.compute
        arguments: dict[str, Any] = {
            "instance_type": compute.instance_type,
            "instance_count": compute.instance_count if compute.instance_type else None,
            "instance_groups": [self.section(_SHAPES, "InstanceGroup", each) for each in compute.instance_groups]
            or None,
            "instance_preferences": [
                self.section(_SHAPES, "InstancePreference", each) for each in compute.instance_preferences
            ]
            or None,
            "volume_size_in_gb": compute.volume_size_in_gb,
            "volume_kms_key_id": compute.volume_kms_key_id,
            "keep_alive_period_in_seconds": compute.keep_alive_period_in_seconds,
            "training_plan_arn": compute.training_plan_arn,
            "enable_managed_spot_training": compute.enable_managed_spot_training or None,
        }
        return Call(self.use(_CONFIGS, "Compute"), arguments)

    def _checkpoints(self, job: JobSpec) -> Call | None:
        return self.section(_CONFIGS, "CheckpointConfig", job.checkpoint_config) if job.checkpoint_config else None

    def _image_config(self, job: JobSpec) -> Call | None:
        config = job.algorithm.training_image_config
        if not config:
            return None
        auth = config.training_repository_auth_config
        return Call(
            self.use(_SHAPES, "TrainingImageConfig"),
            {
                "training_repository_access_mode": config.training_repository_access_mode,
                "training_repository_auth_config": self.section(_SHAPES, "TrainingRepositoryAuthConfig", auth)
                if auth
                else None,
            },
        )

    def _cannot_say(self, job: JobSpec) -> None:
        silent = {
            "spec.algorithm.container_entrypoint": job.algorithm.container_entrypoint,
            "spec.algorithm.container_arguments": job.algorithm.container_arguments,
            "spec.algorithm.enable_sage_maker_metrics_time_series": (
                job.algorithm.enable_sage_maker_metrics_time_series is not None
            ),
            "spec.compute.instance_placement_config": job.compute.instance_placement_config,
            "spec.mlflow_config": job.mlflow_config,
            "spec.debug_hook_config": job.debug_hook_config,
            "spec.debug_rule_configurations": job.debug_rule_configurations,
            "spec.profiler_config": job.profiler_config,
            "spec.profiler_rule_configurations": job.profiler_rule_configurations,
            "spec.source_code.git": job.source_code and job.source_code.git,
            "spec.source_code.dependencies": job.source_code and job.source_code.dependencies,
        }
        self.notes += [f"{name} (SDK v3 has no argument for it)" for name, given in silent.items() if given]

    def _one_letter(self, path: str, names: Iterable[str]) -> None:
        self.notes += [
            f"-{name} for {path}.{name} (SDK v3 passes it to the script as --{name})"
            for name in names
            if len(name) == 1
        ]

    def _tuner_cannot_say(self, job: JobSpec) -> None:
        lost = {
            "spec.algorithm.algorithm_name": job.algorithm.algorithm_name,
            "spec.algorithm.training_image_config": job.algorithm.training_image_config,
            "spec.compute.volume_kms_key_id": job.compute.volume_kms_key_id,
            "spec.compute.instance_preferences": job.compute.instance_preferences,
            "spec.compute.instance_groups": job.compute.instance_groups,
            "spec.stopping_condition.max_pending_time_in_seconds": job.stopping_condition.max_pending_time_in_seconds,
            "spec.networking.enable_network_isolation": job.networking.enable_network_isolation,
            "spec.networking.enable_inter_container_traffic_encryption": (
                job.networking.enable_inter_container_traffic_encryption
            ),
        }
        self.notes += [f"{name} (SDK v3's tuner does not send it)" for name, given in lost.items() if given]

    # -------------------------------------------------------------------------------------------------------- channels

    def channels(self, job: JobSpec) -> list[Call]:
        return [self._channel(each) for each in job.input_data_config]

    def _channel(self, channel: InputChannel) -> Call:
        if channel.file_system:
            member = "file_system_data_source"
            source = self.section(_SHAPES, "FileSystemDataSource", channel.file_system)
        else:
            member = "s3_data_source"
            source = Call(
                self.use(_SHAPES, "S3DataSource"),
                {
                    "s3_data_type": channel.s3_data_type,
                    "s3_uri": channel.s3_uri,
                    "s3_data_distribution_type": channel.s3_data_distribution_type,
                    "attribute_names": channel.attribute_names or None,
                    "instance_group_names": channel.instance_group_names or None,
                },
            )
        shuffle = channel.shuffle_config
        return Call(
            self.use(_SHAPES, "Channel"),
            {
                "channel_name": channel.channel_name,
                "data_source": Call(self.use(_SHAPES, "DataSource"), {member: source}),
                "content_type": channel.content_type,
                "compression_type": channel.compression_type,
                "record_wrapper_type": channel.record_wrapper_type,
                "input_mode": channel.input_mode.value if channel.input_mode else None,
                "shuffle_config": Call(self.use(_SHAPES, "ShuffleConfig"), {"seed": shuffle.seed}) if shuffle else None,
            },
        )

    # ---------------------------------------------------------------------------------------------------------- tuning

    def tuning(self, spec: TuningSpec) -> str:
        tuning = spec.tuning
        tuner = self.use(_TUNER, "HyperparameterTuner")
        shared = self._tuner_arguments(tuning, spec.metadata)
        self._tuner_cannot_say(spec.spec)
        if spec.spec.source_code:
            ranges = tuning.parameter_ranges
            self._one_letter("tuning.parameter_ranges", [*ranges.continuous, *ranges.integer, *ranges.categorical])
        if tuning.definitions:
            self.notes.append("tuning.definitions (SDK v3's tuner fails on several: only the first is here)")
        arguments = {
            "model_trainer": Expression("trainer"),
            "objective_metric_name": tuning.objective.metric_name,
            "hyperparameter_ranges": self.ranges(tuning.parameter_ranges),
            "metric_definitions": _metrics(spec.spec) or None,
            "objective_type": tuning.objective.type,
            **shared,
        }
        # The tuner writes values with str(); these are the texts that the request carries.
        texts = {name: plain_text(value) for name, value in spec.spec.hyperparameters.items()}
        if tuning.autotune:
            # What is not kept is left out of the request.
            arguments["hyperparameters_to_keep_static"] = [
                name for name in texts if name not in tuning.parameter_ranges.names()
            ]
        job = spec.spec.model_copy(update={"hyperparameters": texts})
        text = self.trainer("trainer", job, spec.metadata)
        text += f"tuner = {code(Call(tuner, arguments), 0, 8)}\n"
        tune = Call("tuner.tune", {"inputs": self.channels(spec.spec) or None, "wait": False})
        return text + code(tune) + "\n"

    def _tuner_arguments(self, tuning: Tuning, metadata: Metadata) -> dict[str, Any]:
        limits = tuning.resource_limits
        arguments: dict[str, Any] = {
            "strategy": tuning.strategy,
            "max_jobs": tuning.number_of_training_jobs,
            "max_parallel_jobs": limits.max_parallel_training_jobs,
            "max_runtime_in_seconds": limits.max_runtime_in_seconds,
            "early_stopping_type": tuning.training_job_early_stopping_type,
            "random_seed": tuning.random_seed,
            "base_tuning_job_name": metadata.base_job_name[:20].rstrip("-"),
            "tags": [{"Key": key, "Value": value} for key, value in metadata.tags.items()] or None,
            "autotune": tuning.autotune or None,
        }
        if tuning.strategy_config:
            hyperband = tuning.strategy_config.hyperband_strategy_config
            arguments["strategy_config"] = Call(
                self.use(_SHAPES, "HyperParameterTuningJobStrategyConfig"),
                {
                    "hyperband_strategy_config": self.section(_SHAPES, "HyperbandStrategyConfig", hyperband),
                },
            )
        criteria = tuning.tuning_job_completion_criteria
        if criteria:
            not_improving, converged = criteria.best_objective_not_improving, criteria.convergence_detected
            arguments["completion_criteria_config"] = Call(
                self.use(_SHAPES, "TuningJobCompletionCriteria"),
                {
                    "target_objective_metric_value": criteria.target_objective_metric_value,
                    "best_objective_not_improving": self.section(_SHAPES, "BestObjectiveNotImproving", not_improving)
                    if not_improving
                    else None,
                    "convergence_detected": self.section(_SHAPES, "ConvergenceDetected", converged)
                    if converged
                    else None,
                },
            )
        warm = tuning.warm_start_config
        if warm:
            arguments["warm_start_config"] = Call(
                self.use(_SHAPES, "HyperParameterTuningJobWarmStartConfig"),
                {
                    "parent_hyper_parameter_tuning_jobs": [
                        Call(
                            self.use(_SHAPES, "ParentHyperParameterTuningJob"),
                            {"hyper_parameter_tuning_job_name": name},
                        )
                        for name in warm.parent_hyper_parameter_tuning_jobs
                    ],
                    "warm_start_type": warm.warm_start_type,
                },
            )
        return arguments

    def ranges(self, ranges: ParameterRanges) -> dict[str, Any]:
        result: dict[str, Any] = {}
        numbers: list[tuple[str, str, Any]] = [("ContinuousParameter", n, r) for n, r in ranges.continuous.items()]
        numbers += [("IntegerParameter", n, r) for n, r in ranges.integer.items()]
        for kind, name, given in numbers:
            arguments = {"scaling_type": given.scaling_type.value}
            result[name] = Call(self.use(_PARAMETERS, kind), arguments, [given.min_value, given.max_value])
        for name, values in ranges.categorical.items():
            texts = [plain_text(each) for each in values]
            result[name] = Call(self.use(_PARAMETERS, "CategoricalParameter"), {}, [texts])
        if ranges.auto:
            self.notes.append("tuning.parameter_ranges.auto (SDK v3's tuner does not send them)")
        return result


def _metrics(job: JobSpec) -> list[dict[str, str]]:
    return [{"Name": each.name, "Regex": each.regex} for each in job.algorithm.metric_definitions]
