"""A spec as code for the SageMaker Python SDK v2: framework classes, `Estimator`, `HyperparameterTuner`.

Built-in algorithms become an `Estimator` on their image: the SDK's own classes for them read no S3 input but their
`RecordSet`. Debugger and profiler, which v2 switches on by itself, are switched off unless the spec asks for them.
https://sagemaker.readthedocs.io/en/v2/
"""

from __future__ import annotations

import json
from typing import Any

from .catalog import instance_types
from .distribution import distribution_hyperparameters
from .exported import Exported
from .images import newer_than_v2
from .models import DistributionType, InputChannel, JobSpec, Metadata, ParameterRanges, Spec, Tuning, TuningSpec
from .notebook import notebook_notes, program_name
from .python_code import Call, Expression, code, import_lines
from .request import Place, hyperparameters_of, image, output_path, plain_text, role

# Framework -> (module, class); other frameworks run on the generic Estimator.
_CLASSES = {
    "sklearn": ("sagemaker.sklearn", "SKLearn"),
    "pytorch": ("sagemaker.pytorch", "PyTorch"),
    "tensorflow": ("sagemaker.tensorflow", "TensorFlow"),
    "xgboost": ("sagemaker.xgboost", "XGBoost"),
    "huggingface": ("sagemaker.huggingface", "HuggingFace"),
    "mxnet": ("sagemaker.mxnet", "MXNet"),
    "chainer": ("sagemaker.chainer", "Chainer"),
}


_ALGORITHM_ATTRIBUTES = (
    "environment", "checkpoint_s3_uri", "checkpoint_local_path", "max_retry_attempts", "keep_alive_period_in_seconds",
    "debugger_hook_config", "disable_profiler",
)  # fmt: skip
_ALGORITHM_IGNORES = (
    "enable_network_isolation", "enable_remote_debug", "enable_infra_check", "enable_session_tag_chaining",
    "disable_output_compression", "training_plan", "instance_groups", "tensorboard_output_config", "profiler_config",
)  # fmt: skip


def v2_code(spec: Spec, place: Place) -> Exported:
    """The code, ready to run."""
    writer = _Writer(place)
    if isinstance(spec, TuningSpec):
        body = writer.tuning(spec)
    else:
        body = writer.estimator("estimator", spec.spec, spec.metadata)
        fit: dict[str, Any] = {"inputs": writer.channels(spec.spec) or None, "wait": False}
        if spec.metadata.experiment and spec.spec.algorithm.algorithm_name:
            writer.notes.append("metadata.experiment (AlgorithmEstimator.fit takes none)")
        elif spec.metadata.experiment:
            names = {
                "ExperimentName": spec.metadata.experiment.experiment_name,
                "TrialName": spec.metadata.experiment.trial_name,
                "TrialComponentDisplayName": spec.metadata.experiment.trial_component_display_name,
                "RunName": spec.metadata.experiment.run_name,
            }
            fit["experiment_config"] = {name: value for name, value in names.items() if value}
        body += code(Call("estimator.fit", fit)) + "\n"
    session = Call(
        "sagemaker.Session",
        {
            "boto_session": Call("boto3.Session", {"region_name": place.region}),
            # Named, so that the SDK neither guesses nor creates one.
            "default_bucket": place.default_bucket,
        },
    )
    imports = "import boto3\nimport sagemaker\n" + import_lines(writer.imports)
    return Exported(f"{imports}\nsession = {code(session, 0, 10)}\n{body}", "sagemaker>=2,<3", writer.notes)


class _Writer:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.imports: set[tuple[str, str]] = set()
        self.notes: list[str] = []

    def use(self, module: str, name: str) -> str:
        self.imports.add((module, name))
        return name

    # ------------------------------------------------------------------------------------------------------- estimator

    def estimator(self, variable: str, job: JobSpec, metadata: Metadata) -> str:
        """Statements that make the estimator of a job."""
        call = self._estimator(job, metadata)
        later = {}
        if call.name == "AlgorithmEstimator":
            # Its constructor ignores these without a word; as attributes they count.
            later = {name: call.arguments.pop(name, None) for name in _ALGORITHM_ATTRIBUTES}
            ignored = {name for name in _ALGORITHM_IGNORES if call.arguments.pop(name, None) is not None}
            self.notes += [f"{name} (AlgorithmEstimator ignores it)" for name in sorted(ignored)]
        text = f"{variable} = {code(call, 0, len(variable) + 3)}\n"
        for name, value in later.items():
            if value is not None:
                text += f"{variable}.{name} = {code(value, 0, len(variable) + len(name) + 4)}\n"
        return text

    def _estimator(self, job: JobSpec, metadata: Metadata) -> Call:
        self._cannot_say(job)
        algorithm = job.algorithm
        framework = algorithm.framework
        arguments: dict[str, Any] = {}
        if algorithm.algorithm_name:
            name = self.use("sagemaker.algorithm", "AlgorithmEstimator")
            arguments["algorithm_arn"] = algorithm.algorithm_name
        elif framework and framework.name in _CLASSES:
            name = self.use(*_CLASSES[framework.name])
            arguments |= self._framework(job)
        else:
            name = self.use("sagemaker.estimator", "Estimator")
            arguments["image_uri"] = self._image(job)
        own_class = name not in ("Estimator", "AlgorithmEstimator")
        source = job.source_code
        if source:
            # The SDK knows no file beside the spec's: a path is as the spec has it.
            arguments |= {"entry_point": program_name(source.entry_script), "source_dir": source.source_dir}
            if source.git:
                where = {"repo": source.git.repository, "branch": source.git.branch, "commit": source.git.commit}
                arguments["git_config"] = {key: value for key, value in where.items() if value}
            self.notes += notebook_notes(source)
            arguments["dependencies"] = source.dependencies or None
        values: dict[str, Any] = dict(job.hyperparameters)
        if not source:
            # Without a script, Estimator writes values with str(); these are the texts that the request carries.
            values = {key: plain_text(value) for key, value in job.hyperparameters.items()}
        if job.distribution and own_class:
            arguments["distribution"] = _distribution(job)
        elif job.distribution:
            values |= distribution_hyperparameters(job.distribution, job.compute)
        arguments["hyperparameters"] = values or None
        arguments |= self._common(job, metadata)
        return Call(name, arguments)

    def _framework(self, job: JobSpec) -> dict[str, Any]:
        framework = job.algorithm.framework
        assert framework is not None
        if framework.name == "huggingface":
            base = framework.base_framework_version or ""
            which = "tensorflow_version" if base.startswith("tensorflow") else "pytorch_version"
            return {
                "transformers_version": framework.version,
                which: base.removeprefix("tensorflow").removeprefix("pytorch") or None,
                "py_version": framework.py_version or "py3",
                # v2 puts the short version into the tag, so that the image is named.
                "image_uri": image(job.algorithm, job.compute, self.place.region),
            }
        arguments: dict[str, Any] = {"framework_version": framework.version, "py_version": framework.py_version}
        if newer_than_v2(framework.name, framework.version) or (
            framework.py_version is None and framework.name not in ("sklearn", "xgboost")
        ):
            arguments["image_uri"] = image(job.algorithm, job.compute, self.place.region)
        if framework.name == "tensorflow":
            arguments["model_dir"] = False
        return arguments

    def _image(self, job: JobSpec) -> Any:
        builtin = job.algorithm.builtin
        if not builtin or (builtin.version and newer_than_v2(builtin.name, builtin.version)):
            return image(job.algorithm, job.compute, self.place.region)
        self.use("sagemaker", "image_uris")
        arguments: dict[str, Any] = {"version": builtin.version}
        if job.compute.deciding_instance_type:
            arguments["instance_type"] = job.compute.deciding_instance_type
        return Call("image_uris.retrieve", arguments, [builtin.name, self.place.region])

    def _common(self, job: JobSpec, metadata: Metadata) -> dict[str, Any]:
        compute, network, stopping = job.compute, job.networking, job.stopping_condition
        algorithm = job.algorithm
        arguments: dict[str, Any] = {
            "role": role(job, self.place),
            "instance_type": compute.instance_type,
            "instance_count": compute.instance_count if compute.instance_type else None,
            "instance_groups": [
                Call(
                    self.use("sagemaker.instance_group", "InstanceGroup"),
                    {},
                    [each.instance_group_name, each.instance_type, each.instance_count],
                )
                for each in compute.instance_groups
            ]
            or None,
            "volume_size": compute.volume_size_in_gb,
            "volume_kms_key": compute.volume_kms_key_id,
            "keep_alive_period_in_seconds": compute.keep_alive_period_in_seconds,
            "use_spot_instances": compute.enable_managed_spot_training or None,
            "training_plan": compute.training_plan_arn,
            "max_run": stopping.max_runtime_in_seconds,
            "max_wait": stopping.max_wait_time_in_seconds,
            "max_retry_attempts": job.retry_strategy.maximum_retry_attempts if job.retry_strategy else None,
            "input_mode": algorithm.training_input_mode.value,
            "output_path": output_path(job, self.place),
            "output_kms_key": job.output_data_config.kms_key_id,
            "disable_output_compression": job.output_data_config.compression_type == "NONE" or None,
            "base_job_name": metadata.base_job_name,
            "tags": [{"Key": key, "Value": value} for key, value in metadata.tags.items()] or None,
            "metric_definitions": _metrics(job) or None,
            "environment": job.environment or None,
            "checkpoint_s3_uri": job.checkpoint_config.s3_uri if job.checkpoint_config else None,
            "checkpoint_local_path": job.checkpoint_config.local_path if job.checkpoint_config else None,
            "subnets": network.subnets or None,
            "security_group_ids": network.security_group_ids or None,
            "enable_network_isolation": network.enable_network_isolation or None,
            "encrypt_inter_container_traffic": network.enable_inter_container_traffic_encryption or None,
            "container_entry_point": algorithm.container_entrypoint or None,
            "container_arguments": algorithm.container_arguments or None,
            "sagemaker_session": Expression("session"),
        }
        registry = algorithm.training_image_config
        if registry:
            arguments["training_repository_access_mode"] = registry.training_repository_access_mode
            auth = registry.training_repository_auth_config
            if auth:
                arguments["training_repository_credentials_provider_arn"] = (
                    auth.training_repository_credentials_provider_arn
                )
        if job.remote_debug_config:
            arguments["enable_remote_debug"] = job.remote_debug_config.enable_remote_debug
        if job.infra_check_config:
            arguments["enable_infra_check"] = job.infra_check_config.enable_infra_check
        if job.session_chaining_config:
            arguments["enable_session_tag_chaining"] = job.session_chaining_config.enable_session_tag_chaining
        arguments |= self._observation(job)
        # Written as it is, for None means "as the image's framework has it", and v2 would decide for itself.
        metrics = algorithm.enable_sage_maker_metrics_time_series
        arguments["enable_sagemaker_metrics"] = Expression("None") if metrics is None else metrics
        return arguments

    def _observation(self, job: JobSpec) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if job.tensor_board_output_config:
            board = job.tensor_board_output_config
            name = self.use("sagemaker.debugger", "TensorBoardOutputConfig")
            arguments["tensorboard_output_config"] = Call(
                name, {"s3_output_path": board.s3_output_path, "container_local_output_path": board.local_path}
            )
        hook = job.debug_hook_config
        if hook:
            name = self.use("sagemaker.debugger", "DebuggerHookConfig")
            collections = [
                Call(
                    self.use("sagemaker.debugger", "CollectionConfig"),
                    {"name": each.collection_name, "parameters": each.collection_parameters or None},
                )
                for each in hook.collection_configurations
            ]
            arguments["debugger_hook_config"] = Call(
                name,
                {
                    "s3_output_path": hook.s3_output_path,
                    "container_local_output_path": hook.local_path,
                    "hook_parameters": hook.hook_parameters or None,
                    "collection_configs": collections or None,
                },
            )
        else:
            arguments["debugger_hook_config"] = False
        profiler = job.profiler_config
        if profiler:
            name = self.use("sagemaker.debugger", "ProfilerConfig")
            arguments["profiler_config"] = Call(
                name,
                {
                    "s3_output_path": profiler.s3_output_path,
                    "system_monitor_interval_millis": profiler.profiling_interval_in_milliseconds,
                },
            )
        else:
            arguments["disable_profiler"] = True
        return arguments

    def _cannot_say(self, job: JobSpec) -> None:
        silent = {
            "spec.compute.instance_preferences": job.compute.instance_preferences,
            "spec.compute.instance_placement_config": job.compute.instance_placement_config,
            "spec.stopping_condition.max_pending_time_in_seconds": job.stopping_condition.max_pending_time_in_seconds,
            "spec.output_data_config.compression_type GZIP": job.output_data_config.compression_type == "GZIP",
            "spec.mlflow_config": job.mlflow_config,
            "spec.model_package_config": job.model_package_config,
            "spec.debug_rule_configurations": job.debug_rule_configurations,
            "spec.profiler_rule_configurations": job.profiler_rule_configurations,
            "spec.profiler_config.profiling_parameters": job.profiler_config
            and job.profiler_config.profiling_parameters,
            "spec.source_code.ignore_patterns": job.source_code and job.source_code.ignore_patterns,
            "spec.source_code.requirements": job.source_code
            and job.source_code.requirements not in (None, "requirements.txt"),
            "spec.distribution torch_distributed on a CPU": _torch_on_cpu(job),
        }
        self.notes += [f"{name} (SDK v2 has no argument for it)" for name, given in silent.items() if given]

    # -------------------------------------------------------------------------------------------------------- channels

    def channels(self, job: JobSpec) -> dict[str, Any]:
        return {each.channel_name: self._channel(each) for each in job.input_data_config}

    def _channel(self, channel: InputChannel) -> Call:
        if channel.file_system:
            name = self.use("sagemaker.inputs", "FileSystemInput")
            if channel.input_mode or channel.compression_type or channel.record_wrapper_type:
                self.notes.append(f"details of the channel {channel.channel_name} (FileSystemInput has none)")
            return Call(
                name,
                {
                    "file_system_id": channel.file_system.file_system_id,
                    "file_system_type": channel.file_system.file_system_type,
                    "directory_path": channel.file_system.directory_path,
                    "file_system_access_mode": channel.file_system.file_system_access_mode,
                    "content_type": channel.content_type,
                },
            )
        name = self.use("sagemaker.inputs", "TrainingInput")
        shuffle = None
        if channel.shuffle_config:
            shuffle = Call(self.use("sagemaker.inputs", "ShuffleConfig"), {}, [channel.shuffle_config.seed])
        return Call(
            name,
            {
                "s3_data": channel.s3_uri,
                "distribution": channel.s3_data_distribution_type,
                "s3_data_type": channel.s3_data_type,
                "content_type": channel.content_type,
                "input_mode": channel.input_mode.value if channel.input_mode else None,
                "compression": channel.compression_type,
                "record_wrapping": channel.record_wrapper_type,
                "attribute_names": channel.attribute_names or None,
                "instance_groups": channel.instance_group_names or None,
                "shuffle_config": shuffle,
            },
        )

    # ---------------------------------------------------------------------------------------------------------- tuning

    def tuning(self, spec: TuningSpec) -> str:
        tuning = spec.tuning
        tuner = self.use("sagemaker.tuner", "HyperparameterTuner")
        shared = self._tuner_arguments(tuning, spec.metadata)
        if not tuning.definitions:
            text = self.estimator("estimator", self._with_hints(spec.spec, tuning.parameter_ranges), spec.metadata)
            arguments = {
                "estimator": Expression("estimator"),
                "objective_metric_name": tuning.objective.metric_name,
                "hyperparameter_ranges": self.ranges(tuning.parameter_ranges, spec.spec),
                "metric_definitions": _metrics(spec.spec) or None,
                "objective_type": tuning.objective.type,
                **shared,
            }
            if tuning.autotune:
                arguments["hyperparameters_to_keep_static"] = self._kept(spec.spec, tuning.parameter_ranges)
            text += f"tuner = {code(Call(tuner, arguments), 0, 8)}\n"
            fit = Call("tuner.fit", {"inputs": self.channels(spec.spec) or None, "wait": False})
            return text + code(fit) + "\n"
        jobs = [(tuning.definition_name or "first", spec.spec, tuning.objective, tuning.parameter_ranges)]
        jobs += [
            (each.definition_name, each.spec, each.objective, each.parameter_ranges) for each in tuning.definitions
        ]
        text = "".join(
            self.estimator(f"estimator_{index}", self._with_hints(job, ranges), spec.metadata)
            for index, (_, job, _, ranges) in enumerate(jobs)
        )
        metrics = {name: found for name, job, _, _ in jobs if (found := _metrics(job))}
        arguments = {
            "estimator_dict": {name: Expression(f"estimator_{index}") for index, (name, *_) in enumerate(jobs)},
            "objective_metric_name_dict": {name: objective.metric_name for name, _, objective, _ in jobs},
            "hyperparameter_ranges_dict": {name: self.ranges(ranges, job) for name, job, _, ranges in jobs},
            "metric_definitions_dict": metrics or None,
            "objective_type": tuning.objective.type,
            **shared,
        }
        if tuning.autotune:
            arguments["hyperparameters_to_keep_static_dict"] = {
                name: self._kept(job, ranges) for name, job, _, ranges in jobs
            }
        if len({objective.type for _, _, objective, _ in jobs}) > 1:
            self.notes.append("different directions of the objectives (HyperparameterTuner.create takes one)")
        inputs = {name: self.channels(job) for name, job, _, _ in jobs if job.input_data_config}
        fit = Call(
            "tuner.fit",
            {
                "inputs": inputs or None,
                "include_cls_metadata": {name: False for name, *_ in jobs},
                "wait": False,
            },
        )
        return f"{text}tuner = {code(Call(f'{tuner}.create', arguments), 0, 8)}\n{code(fit)}\n"

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
                self.use("sagemaker.tuner", "StrategyConfig"),
                {
                    "hyperband_strategy_config": Call(
                        self.use("sagemaker.tuner", "HyperbandStrategyConfig"),
                        {"max_resource": hyperband.max_resource, "min_resource": hyperband.min_resource},
                    )
                },
            )
        criteria = tuning.tuning_job_completion_criteria
        if criteria:
            arguments["completion_criteria_config"] = Call(
                self.use("sagemaker.tuner", "TuningJobCompletionCriteriaConfig"),
                {
                    "target_objective_metric_value": criteria.target_objective_metric_value,
                    "max_number_of_training_jobs_not_improving": (
                        criteria.best_objective_not_improving.max_number_of_training_jobs_not_improving
                        if criteria.best_objective_not_improving
                        else None
                    ),
                    "complete_on_convergence": (
                        criteria.convergence_detected.complete_on_convergence == "Enabled"
                        if criteria.convergence_detected
                        else None
                    ),
                },
            )
        warm = tuning.warm_start_config
        if warm:
            kinds = {
                "IdenticalDataAndAlgorithm": "IDENTICAL_DATA_AND_ALGORITHM",
                "TransferLearning": "TRANSFER_LEARNING",
            }
            arguments["warm_start_config"] = Call(
                self.use("sagemaker.tuner", "WarmStartConfig"),
                {
                    "warm_start_type": Expression(
                        f"{self.use('sagemaker.tuner', 'WarmStartTypes')}.{kinds[warm.warm_start_type]}"
                    ),
                    "parents": warm.parent_hyper_parameter_tuning_jobs,
                },
            )
        return arguments

    def ranges(self, ranges: ParameterRanges, job: JobSpec) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, continuous in ranges.continuous.items():
            result[name] = Call(
                self.use("sagemaker.tuner", "ContinuousParameter"),
                {"scaling_type": continuous.scaling_type.value},
                [continuous.min_value, continuous.max_value],
            )
        for name, integer in ranges.integer.items():
            result[name] = Call(
                self.use("sagemaker.tuner", "IntegerParameter"),
                {"scaling_type": integer.scaling_type.value},
                [integer.min_value, integer.max_value],
            )
        framework = job.algorithm.framework
        as_json = framework is not None and framework.name in _CLASSES
        for name, values in ranges.categorical.items():
            given: list[Any] = list(values)
            if not as_json:
                # Only for framework classes does the SDK quote texts by itself.
                write = json.dumps if job.source_code else plain_text
                given = [write(each) for each in values]
            result[name] = Call(self.use("sagemaker.tuner", "CategoricalParameter"), {}, [given])
        return result

    def _with_hints(self, job: JobSpec, ranges: ParameterRanges) -> JobSpec:
        """With autotune, the SDK takes the values of hyperparameters that are not kept as hints."""
        hints: dict[str, Any] = dict(ranges.auto)
        if job.source_code:
            for name, hint in ranges.auto.items():
                try:
                    hints[name] = json.loads(hint)
                except ValueError:
                    self.notes.append(f"the hint of {name} as it stands (SDK v2 puts quotes around texts)")
        return job.model_copy(update={"hyperparameters": {**job.hyperparameters, **hints}})

    def _kept(self, job: JobSpec, ranges: ParameterRanges) -> list[str]:
        """Every other fixed hyperparameter, also those that the SDK itself adds: else they would be tuned as well."""
        fixed = hyperparameters_of(job, self.place.region, "s3://source", "job")
        framework = job.algorithm.framework
        if framework and framework.name in _CLASSES:
            fixed |= {"sagemaker_estimator_class_name": "", "sagemaker_estimator_module": ""}
        return [name for name in fixed if name not in ranges.names()]


def _metrics(job: JobSpec) -> list[dict[str, str]]:
    return [{"Name": each.name, "Regex": each.regex} for each in job.algorithm.metric_definitions]


def _torch_on_cpu(job: JobSpec) -> bool:
    instance_type = job.compute.deciding_instance_type or ""
    size = instance_types().get(instance_type)
    torch = job.distribution is not None and job.distribution.type is DistributionType.TORCH_DISTRIBUTED
    return torch and size is not None and not size.gpu_count and not size.accelerator_count


def _distribution(job: JobSpec) -> dict[str, Any]:
    distribution = job.distribution
    assert distribution is not None
    kind = distribution.type
    settings: dict[str, Any] = {"enabled": True}
    if distribution.processes_per_host:
        settings["processes_per_host"] = distribution.processes_per_host
    if distribution.custom_mpi_options:
        settings["custom_mpi_options"] = distribution.custom_mpi_options
    if kind is DistributionType.SMDISTRIBUTED_DATAPARALLEL:
        return {"smdistributed": {"dataparallel": settings}}
    return {kind.value: settings}
