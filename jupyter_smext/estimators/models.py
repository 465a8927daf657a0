"""The contract of the estimators room: the spec of a job, and what the room answers about it.

Field names are those of `CreateTrainingJob` in snake_case, so that what a person reads in AWS's documentation is what
they write. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
A field that is left out is not sent, and AWS's own default applies, except where a default is named here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel, model_validator

from ..aws.errors import ErrorEnvelope

API_VERSION: Literal["smext/v1"] = "smext/v1"

# Limits of the API, checked here so that a mistake is found while it is typed.
JOB_NAME = r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
S3_URI = r"^(https|s3)://([^/]+)/?(.*)$"
INSTANCE_TYPE = r"^(ml\.[a-z0-9-]+\.[a-z0-9-]+|local|local_gpu)$"
ROLE_ARN = r"^arn:aws[a-z-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$"
GIT_REF = r"^[A-Za-z0-9._][A-Za-z0-9._/-]*$"
CHANNEL_NAME = r"^[A-Za-z0-9.\-_]+$"


class Section(BaseModel):
    """A part of the spec: unknown keys are errors, keys that begin with ``x-`` belong to the reader."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _drop_private_keys(cls, values: Any) -> Any:
        if isinstance(values, dict):
            return {key: value for key, value in values.items() if not str(key).startswith("x-")}
        return values


# ---------------------------------------------------------------------------------------------------------- metadata


class Experiment(Section):
    """Where the job appears in SageMaker Experiments."""

    experiment_name: str | None = Field(None, title="Experiment", min_length=1, max_length=120)
    trial_name: str | None = Field(None, title="Trial", min_length=1, max_length=120)
    trial_component_display_name: str | None = Field(None, title="Trial component", min_length=1, max_length=120)
    run_name: str | None = Field(None, title="Run", min_length=1, max_length=120)


class Metadata(Section):
    """What the job is called and how it is found again."""

    base_job_name: str = Field(
        title="Name",
        description="The job's name without its ending: letters, digits and hyphens, at most 63 characters. Each "
        "launch adds its time and a random part.",
        pattern=JOB_NAME,
        max_length=63,
    )
    description: str | None = Field(None, title="Description", description="For people; it is not sent to AWS.")
    tags: dict[str, str] = Field(
        default_factory=dict, title="Tags", description="Up to 46 tags of your own; key up to 128, value up to 256."
    )
    experiment: Experiment | None = Field(None, title="Experiment", description=Experiment.__doc__)


# --------------------------------------------------------------------------------------------------------- algorithm


class Framework(Section):
    """A framework image of AWS that runs your script."""

    name: str = Field(
        title="Framework", description="For example `sklearn`, `pytorch`, `tensorflow`, `xgboost`, `huggingface`."
    )
    version: str = Field(
        title="Version",
        description="Version of the framework, in quotes, for example `'1.2-1'`. For `huggingface`: of transformers.",
    )
    py_version: str | None = Field(
        None, title="Python", description="For example `py3`; needed only where a version has several."
    )
    base_framework_version: str | None = Field(
        None, title="Base framework", description="Only for `huggingface`: for example `pytorch2.8.0`."
    )


class BuiltIn(Section):
    """A built-in algorithm of SageMaker; it brings its own training code."""

    name: str = Field(title="Algorithm", description="For example `xgboost`, `linear-learner`, `kmeans`.")
    version: str | None = Field(
        None, title="Version", description="Needed only where an algorithm has several versions, as `xgboost` has."
    )


class MetricDefinition(Section):
    """A number to look for in the log lines."""

    name: str = Field(title="Metric", description="For example `validation:accuracy`.", min_length=1, max_length=255)
    regex: str = Field(
        title="Regular expression",
        description="Its first group is the value, for example `accuracy=([0-9.]+)`.",
        min_length=1,
        max_length=500,
    )


class RepositoryAuthConfig(Section):
    training_repository_credentials_provider_arn: str = Field(
        title="Credentials provider",
        description="ARN of the Lambda function that gives the registry's credentials.",
        min_length=1,
        max_length=2048,
    )


class TrainingImageConfig(Section):
    """How a private registry outside ECR is reached."""

    training_repository_access_mode: Literal["Platform", "Vpc"] = Field("Platform", title="Access")
    training_repository_auth_config: RepositoryAuthConfig | None = Field(None, title="Authentication")


class InputMode(str, Enum):
    FILE = "File"
    FAST_FILE = "FastFile"
    PIPE = "Pipe"


class Algorithm(Section):
    """What runs: exactly one of a framework, a built-in algorithm, an image of your own, or an algorithm resource."""

    framework: Framework | None = Field(None, title="Framework", description=Framework.__doc__)
    builtin: BuiltIn | None = Field(None, title="Built-in algorithm", description=BuiltIn.__doc__)
    training_image: str | None = Field(
        None, title="Image", description="Registry path of your own training image.", min_length=1, max_length=255
    )
    algorithm_name: str | None = Field(
        None,
        title="Algorithm resource",
        description="Name or ARN of an algorithm created in SageMaker or bought in the Marketplace.",
        min_length=1,
        max_length=170,
    )
    training_input_mode: InputMode = Field(
        InputMode.FILE,
        title="Input mode",
        description="How channels arrive where they do not say it themselves: copied before the start (File), "
        "opened as files on demand (FastFile) or streamed (Pipe).",
    )
    metric_definitions: list[MetricDefinition] = Field(
        default_factory=list, title="Metrics", description="At most 40.", max_length=40
    )
    enable_sage_maker_metrics_time_series: bool | None = Field(None, title="Metrics as time series")
    container_entrypoint: list[str] = Field(
        default_factory=list, title="Container entry point", description="Only for your own image.", max_length=100
    )
    container_arguments: list[str] = Field(
        default_factory=list, title="Container arguments", description="Only for your own image.", max_length=100
    )
    training_image_config: TrainingImageConfig | None = Field(
        None, title="Private registry", description=TrainingImageConfig.__doc__
    )


class GitSource(Section):
    """A git repository; relative paths of the source then start at its top."""

    repository: str = Field(
        title="Repository",
        description="`https://` or SSH address, without a name or password: git on the server signs in.",
        pattern=r"^(https://[^@\s]+|ssh://\S+|[\w.-]+@[\w.-]+:\S+)$",
        max_length=1024,
    )
    branch: str | None = Field(
        None, title="Branch or tag", description="Empty: the repository's own.", pattern=GIT_REF, max_length=255
    )
    commit: str | None = Field(
        None, title="Commit", description="Goes before the branch.", pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$"
    )


class SourceCode(Section):
    """Your training script and what lies beside it."""

    git: GitSource | None = Field(None, title="Git repository", description=GitSource.__doc__)
    source_dir: str = Field(
        ".",
        title="Source directory",
        description="Folder with the script, relative to this file; or the s3:// URI of a packed one (.tar.gz).",
        min_length=1,
    )
    entry_script: str = Field(
        title="Entry script",
        description="Path in the source directory: a script, for example `train.py`, or a notebook, which "
        "is converted.",
        min_length=1,
    )
    requirements: str | None = Field(
        None,
        title="Requirements file",
        description="Path in the source directory; it is packed as `requirements.txt`, which the image installs. "
        "A file of that name is used without being named here.",
    )
    dependencies: list[str] = Field(
        default_factory=list,
        title="More files",
        description="Files or folders to pack beside the script, relative to this file.",
    )
    ignore_patterns: list[str] = Field(
        default_factory=list,
        title="Leave out",
        description="Patterns as in .gitignore, on top of .gitignore and .sagemakerignore.",
    )
    allow_secrets: list[str] = Field(
        default_factory=list,
        title="Allowed secrets",
        description="Files that may be packed although a key or token seems to be in them.",
    )


# -------------------------------------------------------------------------------------------------------------- data


class FileSystem(Section):
    """A directory on Amazon EFS or FSx for Lustre; needs subnets and security groups."""

    file_system_id: str = Field(title="File system", min_length=11, max_length=21)
    file_system_type: Literal["EFS", "FSxLustre"] = Field("EFS", title="Type")
    file_system_access_mode: Literal["ro", "rw"] = Field("ro", title="Access")
    directory_path: str = Field(title="Directory", description="From the file system's root.", pattern=r"^/")


class Shuffle(Section):
    seed: int = Field(title="Seed")


class InputChannel(Section):
    """Data that the job reads under `/opt/ml/input/data/<channel>`; exactly one of S3 or a file system."""

    channel_name: str = Field(
        title="Channel",
        description="For example `train`; the script finds the folder in `SM_CHANNEL_TRAIN`.",
        pattern=CHANNEL_NAME,
        max_length=64,
    )
    s3_uri: str | None = Field(
        None,
        title="S3 URI",
        description="A prefix, an object, or a manifest. In local runs also `file://`.",
        pattern=r"^(https|s3|file)://.+",
        max_length=1024,
    )
    file_system: FileSystem | None = Field(None, title="File system", description=FileSystem.__doc__)
    s3_data_type: Literal["S3Prefix", "ManifestFile", "AugmentedManifestFile"] = Field("S3Prefix", title="S3 data type")
    s3_data_distribution_type: Literal["FullyReplicated", "ShardedByS3Key"] = Field(
        "FullyReplicated", title="Distribution", description="Whether each instance gets all objects or its share."
    )
    content_type: str | None = Field(None, title="Content type", description="For example `text/csv`.", max_length=256)
    input_mode: InputMode | None = Field(None, title="Input mode", description="Empty: the algorithm's input mode.")
    compression_type: Literal["None", "Gzip"] | None = Field(None, title="Compression")
    record_wrapper_type: Literal["None", "RecordIO"] | None = Field(None, title="Record wrapper")
    attribute_names: list[str] = Field(
        default_factory=list, title="Attributes", description="Of an augmented manifest, in their order.", max_length=16
    )
    instance_group_names: list[str] = Field(
        default_factory=list, title="Instance groups", description="Which groups read this channel.", max_length=5
    )
    shuffle_config: Shuffle | None = Field(None, title="Shuffle")


class OutputDataConfig(Section):
    """Where the model and other results go."""

    s3_output_path: str | None = Field(
        None,
        title="S3 output path",
        description="Empty: `s3://<default bucket>/<default prefix>`.",
        pattern=S3_URI,
        max_length=1024,
    )
    kms_key_id: str | None = Field(None, title="KMS key", max_length=2048)
    compression_type: Literal["GZIP", "NONE"] | None = Field(
        None, title="Compression", description="NONE: the model is uploaded as files, not as model.tar.gz."
    )


# ----------------------------------------------------------------------------------------------------------- compute


class InstanceGroup(Section):
    """One kind of instance in a cluster of several kinds."""

    instance_group_name: str = Field(title="Group", min_length=1, max_length=64)
    instance_type: str = Field(title="Instance type", pattern=INSTANCE_TYPE)
    instance_count: int = Field(1, title="Instances", ge=1)


class InstancePreference(Section):
    """One choice in an ordered list; the next one is taken where AWS has no capacity for it."""

    instance_type: str = Field(title="Instance type", pattern=INSTANCE_TYPE)
    instance_count: int | None = Field(None, title="Instances", ge=1)
    training_plan_arns: list[str] = Field(default_factory=list, title="Training plan", max_length=1)


class PlacementSpecification(Section):
    ultra_server_id: str | None = Field(None, title="UltraServer", max_length=256)
    instance_count: int = Field(title="Instances", ge=0)


class InstancePlacement(Section):
    enable_multiple_jobs: bool | None = Field(None, title="Several jobs on one UltraServer")
    placement_specifications: list[PlacementSpecification] = Field(
        default_factory=list, title="Placement", max_length=10
    )


class Compute(Section):
    """On what it runs: exactly one of an instance type, instance groups, or instance preferences."""

    instance_type: str | None = Field(
        None,
        title="Instance type",
        description="For example `ml.m5.large`; `local` runs on this machine.",
        pattern=INSTANCE_TYPE,
    )
    instance_count: int = Field(1, title="Instances", ge=1)
    instance_groups: list[InstanceGroup] = Field(
        default_factory=list, title="Instance groups", description="A heterogeneous cluster, at most 5.", max_length=5
    )
    instance_preferences: list[InstancePreference] = Field(
        default_factory=list,
        title="Instance preferences",
        description="In order, at most 5; not together with spot.",
        max_length=5,
    )
    volume_size_in_gb: int = Field(
        30, title="Volume (GB)", description="Of each instance; ignored where the type has its own disks.", ge=1
    )
    volume_kms_key_id: str | None = Field(None, title="KMS key of the volume", max_length=2048)
    keep_alive_period_in_seconds: int | None = Field(
        None,
        title="Warm pool (seconds)",
        description="Keep the instances for the next job, at most 21600. The pool is billed while it waits.",
        ge=0,
        le=21600,
    )
    enable_managed_spot_training: bool = Field(
        False, title="Managed spot training", description="Cheaper, and may be interrupted: set checkpoints."
    )
    training_plan_arn: str | None = Field(None, title="Training plan", min_length=50, max_length=2048)
    local_image: bool = Field(
        False,
        title="Real image",
        description="With `local`: Docker runs the job's own image, in the place of a process of this machine.",
    )
    instance_placement_config: InstancePlacement | None = Field(None, title="Placement")

    @property
    def deciding_instance_type(self) -> str | None:
        """The instance type that decides between images for CPU, GPU and accelerators."""
        types = [each.instance_type for each in self.instance_groups]
        types += [each.instance_type for each in self.instance_preferences]
        return self.instance_type or (types[0] if types else None)


class StoppingCondition(Section):
    """When AWS ends the job, whatever it does."""

    max_runtime_in_seconds: int = Field(
        86400, title="Longest run (seconds)", description="What you pay for at most, per instance.", ge=1, le=2419200
    )
    max_wait_time_in_seconds: int | None = Field(
        None,
        title="Longest wait and run (seconds)",
        description="Only for spot, and not less than the longest run.",
        ge=1,
    )
    max_pending_time_in_seconds: int | None = Field(
        None, title="Longest wait for capacity (seconds)", ge=1800, le=2419200
    )


class CheckpointConfig(Section):
    """A folder that AWS copies to S3 while the job runs, and back when it starts again."""

    s3_uri: str = Field(title="S3 URI", pattern=S3_URI, max_length=1024)
    local_path: str | None = Field(
        None, title="Folder", description="Empty: `/opt/ml/checkpoints`.", max_length=4096, pattern=r"^/"
    )


class RetryStrategy(Section):
    """How often AWS starts the job again after an error of its own."""

    maximum_retry_attempts: int = Field(title="Attempts", ge=1, le=30)


class Networking(Section):
    """The network that the job's containers see."""

    subnets: list[str] = Field(default_factory=list, title="Subnets", max_length=16)
    security_group_ids: list[str] = Field(default_factory=list, title="Security groups", max_length=5)
    enable_network_isolation: bool = Field(False, title="No network at all")
    enable_inter_container_traffic_encryption: bool = Field(False, title="Encrypt traffic between instances")


class DistributionType(str, Enum):
    TORCH_DISTRIBUTED = "torch_distributed"
    PYTORCH_DDP = "pytorchddp"
    PYTORCH_XLA = "pytorchxla"
    MPI = "mpi"
    PARAMETER_SERVER = "parameter_server"
    MULTI_WORKER_MIRRORED_STRATEGY = "multi_worker_mirrored_strategy"
    SMDISTRIBUTED_DATAPARALLEL = "smdistributed_dataparallel"


class Distribution(Section):
    """How one training is spread over processes and instances; the framework's image starts them."""

    type: DistributionType = Field(
        title="Kind",
        description="`torch_distributed` (torchrun) for PyTorch, `mpi` for Horovod, `parameter_server` or "
        "`multi_worker_mirrored_strategy` for TensorFlow, `smdistributed_dataparallel` for AWS's own library.",
    )
    processes_per_host: int | None = Field(
        None, title="Processes per instance", description="Only for `mpi`; empty: one for each GPU.", ge=1
    )
    custom_mpi_options: str | None = Field(None, title="Options of mpirun", max_length=2000)


# ------------------------------------------------------------------------------------------------------- observation


class RemoteDebug(Section):
    """A shell in the container through Systems Manager."""

    enable_remote_debug: bool = Field(True, title="Shell in the container")


class InfraCheck(Section):
    """AWS tests the instances before it starts the job."""

    enable_infra_check: bool = Field(True, title="Test instances first")


class SessionChaining(Section):
    """The job's sessions carry the tags of the session that launches it."""

    enable_session_tag_chaining: bool = Field(True, title="Pass session tags on")


class TensorBoardOutput(Section):
    """TensorBoard's files, copied to S3 while the job runs."""

    s3_output_path: str = Field(title="S3 URI", pattern=S3_URI, max_length=1024)
    local_path: str | None = Field(None, title="Folder", max_length=4096)


class DebugCollection(Section):
    collection_name: str = Field(title="Collection", min_length=1, max_length=256)
    collection_parameters: dict[str, str] = Field(default_factory=dict, title="Parameters")


class DebugHook(Section):
    """SageMaker Debugger: tensors written to S3."""

    s3_output_path: str = Field(title="S3 URI", pattern=S3_URI, max_length=1024)
    local_path: str | None = Field(None, title="Folder", max_length=4096)
    hook_parameters: dict[str, str] = Field(default_factory=dict, title="Parameters")
    collection_configurations: list[DebugCollection] = Field(default_factory=list, title="Collections", max_length=20)


class Profiler(Section):
    """SageMaker's profiler; it costs storage, and its rules cost instances."""

    s3_output_path: str | None = Field(None, title="S3 URI", pattern=S3_URI, max_length=1024)
    profiling_interval_in_milliseconds: int | None = Field(None, title="Interval (ms)", ge=100)
    profiling_parameters: dict[str, str] = Field(default_factory=dict, title="Parameters")


class MonitorRule(Section):
    """A rule of the debugger or profiler: a processing job beside the training, billed like one."""

    rule_configuration_name: str = Field(title="Rule", min_length=1, max_length=256)
    rule_evaluator_image: str = Field(title="Image", max_length=255)
    s3_output_path: str | None = Field(None, title="S3 URI", pattern=S3_URI, max_length=1024)
    local_path: str | None = Field(None, title="Folder", max_length=4096)
    instance_type: str | None = Field(None, title="Instance type", pattern=INSTANCE_TYPE)
    volume_size_in_gb: int | None = Field(None, title="Volume (GB)", ge=0)
    rule_parameters: dict[str, str] = Field(default_factory=dict, title="Parameters")


class Mlflow(Section):
    """Tracking in a managed MLflow server."""

    mlflow_resource_arn: str = Field(title="MLflow server", description="Its ARN.", max_length=2048)
    mlflow_experiment_name: str | None = Field(None, title="Experiment", min_length=1, max_length=256)
    mlflow_run_name: str | None = Field(None, title="Run", min_length=1, max_length=256)


class ModelPackage(Section):
    """The model registry entry that the job's model becomes."""

    model_package_group_arn: str = Field(title="Model group", max_length=2048)
    source_model_package_arn: str | None = Field(None, title="Model it comes from", max_length=2048)


# -------------------------------------------------------------------------------------------------------------- spec


class JobSpec(Section):
    """The job itself."""

    role: str | None = Field(
        None,
        title="Execution role",
        description="ARN of the role that the job runs as. Empty: the role of this space, or the one configured.",
        pattern=ROLE_ARN,
        min_length=20,
        max_length=2048,
    )
    algorithm: Algorithm = Field(title="Algorithm", description=Algorithm.__doc__)
    source_code: SourceCode | None = Field(
        None, title="Source code", description="Your training script and what lies beside it. Frameworks need one."
    )
    hyperparameters: dict[str, JsonValue] = Field(
        default_factory=dict,
        title="Hyperparameters",
        description="At most 100. A script gets them as `--name value`.",
    )
    environment: dict[str, str] = Field(
        default_factory=dict, title="Environment", description="Variables of the container; no secrets here."
    )
    input_data_config: list[InputChannel] = Field(
        default_factory=list, title="Data channels", description="At most 20.", max_length=20
    )
    output_data_config: OutputDataConfig = Field(
        default_factory=OutputDataConfig, title="Output", description=OutputDataConfig.__doc__
    )
    compute: Compute = Field(title="Compute", description=Compute.__doc__)
    stopping_condition: StoppingCondition = Field(
        default_factory=StoppingCondition, title="Stopping condition", description=StoppingCondition.__doc__
    )
    checkpoint_config: CheckpointConfig | None = Field(None, title="Checkpoints", description=CheckpointConfig.__doc__)
    retry_strategy: RetryStrategy | None = Field(None, title="Retry", description=RetryStrategy.__doc__)
    networking: Networking = Field(default_factory=Networking, title="Network", description=Networking.__doc__)
    distribution: Distribution | None = Field(None, title="Distribution", description=Distribution.__doc__)
    remote_debug_config: RemoteDebug | None = Field(None, title="Remote debugging", description=RemoteDebug.__doc__)
    infra_check_config: InfraCheck | None = Field(None, title="Instance check", description=InfraCheck.__doc__)
    session_chaining_config: SessionChaining | None = Field(
        None, title="Session tags", description=SessionChaining.__doc__
    )
    tensor_board_output_config: TensorBoardOutput | None = Field(
        None, title="TensorBoard", description=TensorBoardOutput.__doc__
    )
    debug_hook_config: DebugHook | None = Field(None, title="Debugger", description=DebugHook.__doc__)
    debug_rule_configurations: list[MonitorRule] = Field(default_factory=list, title="Debugger rules", max_length=20)
    profiler_config: Profiler | None = Field(
        None, title="Profiler", description="Off unless it is set here. " + str(Profiler.__doc__)
    )
    profiler_rule_configurations: list[MonitorRule] = Field(default_factory=list, title="Profiler rules", max_length=20)
    mlflow_config: Mlflow | None = Field(None, title="MLflow", description=Mlflow.__doc__)
    model_package_config: ModelPackage | None = Field(None, title="Model registry", description=ModelPackage.__doc__)


class Policy(Section):
    """What you set yourself; it is never sent to AWS."""

    max_cost_usd: float | None = Field(
        None, title="Budget (USD)", description="A launch that can cost more is warned about.", gt=0
    )


class TrainingSpec(Section):
    """A training job as a document of the workspace."""

    api_version: Literal["smext/v1"] = Field(API_VERSION, title="Version of this format")
    kind: Literal["TrainingJob"] = Field("TrainingJob", title="Kind")
    metadata: Metadata = Field(title="Name and tags", description=Metadata.__doc__)
    spec: JobSpec = Field(title="Job", description=JobSpec.__doc__)
    policy: Policy | None = Field(None, title="Policy", description=Policy.__doc__)


# ------------------------------------------------------------------------------------------------------------ tuning


class ScalingType(str, Enum):
    AUTO = "Auto"
    LINEAR = "Linear"
    LOGARITHMIC = "Logarithmic"
    REVERSE_LOGARITHMIC = "ReverseLogarithmic"


class ContinuousRange(Section):
    min_value: float = Field(title="From")
    max_value: float = Field(title="To")
    scaling_type: ScalingType = Field(ScalingType.AUTO, title="Scaling")


class IntegerRange(Section):
    min_value: int = Field(title="From")
    max_value: int = Field(title="To")
    scaling_type: ScalingType = Field(ScalingType.AUTO, title="Scaling")


class ParameterRanges(Section):
    """The hyperparameters to be tuned, by name; the others keep their value from the job."""

    continuous: dict[str, ContinuousRange] = Field(default_factory=dict, title="Continuous")
    integer: dict[str, IntegerRange] = Field(default_factory=dict, title="Integer")
    categorical: dict[str, list[str | int | float | bool]] = Field(
        default_factory=dict, title="Categorical", description="At most 30 values each."
    )
    auto: dict[str, str] = Field(
        default_factory=dict, title="Automatic", description="Name and an example value; only with autotune."
    )

    def names(self) -> list[str]:
        """Every hyperparameter that is tuned."""
        return [*self.continuous, *self.integer, *self.categorical, *self.auto]


class Objective(Section):
    """What the tuning makes better."""

    metric_name: str = Field(title="Metric", description="One of the job's metrics.", min_length=1, max_length=255)
    type: Literal["Maximize", "Minimize"] = Field(title="Direction")


class ResourceLimits(Section):
    """How much is tried."""

    max_number_of_training_jobs: int | None = Field(
        None, title="Training jobs", description="Empty only for Grid, which tries everything.", ge=1, le=10000
    )
    max_parallel_training_jobs: int = Field(1, title="At once", ge=1, le=100)
    max_runtime_in_seconds: int | None = Field(None, title="Longest run (seconds)", ge=120, le=15768000)


class HyperbandConfig(Section):
    min_resource: int | None = Field(None, title="Fewest epochs", ge=1)
    max_resource: int | None = Field(None, title="Most epochs", ge=1)


class StrategyConfig(Section):
    hyperband_strategy_config: HyperbandConfig = Field(title="Hyperband")


class NotImproving(Section):
    max_number_of_training_jobs_not_improving: int = Field(title="Training jobs", ge=3)


class ConvergenceDetected(Section):
    complete_on_convergence: Literal["Enabled", "Disabled"] = Field("Enabled", title="End when converged")


class CompletionCriteria(Section):
    """When the tuning is good enough."""

    target_objective_metric_value: float | None = Field(None, title="Objective reached")
    best_objective_not_improving: NotImproving | None = Field(None, title="No improvement")
    convergence_detected: ConvergenceDetected | None = Field(None, title="Convergence")


class WarmStart(Section):
    """Earlier tuning jobs to learn from."""

    parent_hyper_parameter_tuning_jobs: list[str] = Field(title="Tuning jobs", min_length=1, max_length=5)
    warm_start_type: Literal["IdenticalDataAndAlgorithm", "TransferLearning"] = Field(title="Kind")


class TuningDefinition(Section):
    """One more training job that takes part in the tuning, with its own ranges."""

    definition_name: str = Field(title="Name", pattern=JOB_NAME, max_length=64)
    spec: JobSpec = Field(title="Job", description=JobSpec.__doc__)
    objective: Objective = Field(title="Objective", description=Objective.__doc__)
    parameter_ranges: ParameterRanges = Field(title="Ranges", description=ParameterRanges.__doc__)


class Tuning(Section):
    """How values for the hyperparameters are found.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobConfig.html
    """

    strategy: Literal["Bayesian", "Random", "Hyperband", "Grid"] = Field("Bayesian", title="Strategy")
    strategy_config: StrategyConfig | None = Field(None, title="Strategy settings")
    definition_name: str | None = Field(
        None, title="Name of this job", description="Only where there are more definitions.", pattern=JOB_NAME
    )
    objective: Objective = Field(title="Objective", description=Objective.__doc__)
    parameter_ranges: ParameterRanges = Field(title="Ranges", description=ParameterRanges.__doc__)
    resource_limits: ResourceLimits = Field(title="Limits", description=ResourceLimits.__doc__)
    training_job_early_stopping_type: Literal["Off", "Auto"] = Field("Off", title="Early stopping")
    tuning_job_completion_criteria: CompletionCriteria | None = Field(
        None, title="Completion", description=CompletionCriteria.__doc__
    )
    random_seed: int | None = Field(None, title="Seed", ge=0)
    warm_start_config: WarmStart | None = Field(None, title="Warm start", description=WarmStart.__doc__)
    autotune: bool = Field(False, title="Choose ranges automatically")
    definitions: list[TuningDefinition] = Field(
        default_factory=list, title="More definitions", description=TuningDefinition.__doc__, max_length=9
    )

    @property
    def number_of_training_jobs(self) -> int | None:
        """How many training jobs there are at most; for Grid, every combination of the values."""
        if self.strategy != "Grid":
            return self.resource_limits.max_number_of_training_jobs
        ranges = [self.parameter_ranges, *(each.parameter_ranges for each in self.definitions)]
        return sum(math.prod(len(values) for values in each.categorical.values()) for each in ranges)


class TuningSpec(Section):
    """A hyperparameter tuning job as a document of the workspace."""

    api_version: Literal["smext/v1"] = Field(API_VERSION, title="Version of this format")
    kind: Literal["HyperParameterTuningJob"] = Field("HyperParameterTuningJob", title="Kind")
    metadata: Metadata = Field(title="Name and tags", description=Metadata.__doc__)
    spec: JobSpec = Field(title="Job", description=JobSpec.__doc__)
    tuning: Tuning = Field(title="Tuning", description="How values for the hyperparameters are found.")
    policy: Policy | None = Field(None, title="Policy", description=Policy.__doc__)


# Members of a training job that a tuning job's definitions do not have.
TRAINING_ONLY = (
    "remote_debug_config", "infra_check_config", "session_chaining_config", "tensor_board_output_config",
    "debug_hook_config", "debug_rule_configurations", "profiler_rule_configurations", "mlflow_config",
    "model_package_config",
)  # fmt: skip

Spec = TrainingSpec | TuningSpec
SPECS: dict[str, type[TrainingSpec] | type[TuningSpec]] = {
    "TrainingJob": TrainingSpec,
    "HyperParameterTuningJob": TuningSpec,
}


def spec_model(data: Mapping[str, Any]) -> type[TrainingSpec] | type[TuningSpec]:
    """The model that a document is meant to be, by its kind; a training job where it says nothing or nonsense."""
    kind = data.get("kind")
    return SPECS.get(kind, TrainingSpec) if isinstance(kind, str) else TrainingSpec


# --------------------------------------------------------------------------------------------------- answers and asks


class Problem(BaseModel):
    """One thing that is wrong with a spec."""

    path: str = Field(description="Where, for example `spec.compute.instance_type`; empty: the whole file.")
    line: int | None = Field(None, description="Counted from 1; null where no text was given or the key is missing.")
    column: int | None = Field(None, description="Counted from 1.")
    message: str
    suggestion: str | None = Field(None, description="What was probably meant, for example the nearest key.")


class SchemaQuery(BaseModel):
    kind: Literal["TrainingJob", "HyperParameterTuningJob"] = "TrainingJob"


class SpecSchema(RootModel[dict[str, Any]]):
    """The JSON Schema of a spec."""


class ParseRequest(BaseModel):
    text: str = Field(description="The YAML text of a `*.sagemaker.yaml` file.", max_length=1_000_000)


class Origin(BaseModel):
    """A value that the spec leaves open, and who fills it in."""

    layer: Literal["admin", "user", "sdk"]
    source: str = Field(description="In words, or the path of a file.")
    value: Any


class ParseResult(BaseModel):
    """What a text says. ``spec`` is there whenever the text is readable YAML, with or without problems."""

    spec: dict[str, Any] | None = Field(None, description="As written, `${...}` and all; null: this is no YAML map.")
    resolved: dict[str, Any] | None = Field(
        None, description="With variables and defaults filled in, as a launch would read it."
    )
    problems: list[Problem] = []
    origins: dict[str, Origin] = Field(
        default={}, description="Path -> where the value came from, for each that is not the spec's own."
    )


class FormatRequest(BaseModel):
    spec: dict[str, Any]
    text: str | None = Field(None, description="The text that the spec came from; its comments are kept.")


class FormatResult(BaseModel):
    text: str


class ScriptRequest(BaseModel):
    cells: list[str] = Field(description="Source of code cells, in their order.")
    origin: str = Field(description="What they are from, for the first line of the script.")


class NotebookScript(BaseModel):
    """A notebook, or cells of one, as one Python file."""

    text: str
    left_out: list[str] = Field(description="Lines that are comments in it, because no job understands them.")


class PreviewRequest(BaseModel):
    spec: dict[str, Any]
    document: str | None = Field(
        None, description="Path of the spec's file, relative to the server's root: source directories start there."
    )


class PreviewResult(BaseModel):
    request: dict[str, Any] = Field(description="The `CreateTrainingJob` request that a launch would send.")


class ChangesRequest(BaseModel):
    spec: dict[str, Any]
    document: str | None = None
    training_job_name: str = Field(min_length=1, max_length=63, description="The training or tuning job before.")


class Change(BaseModel):
    """One member of the request that is another than before."""

    path: str = Field(description="In the words of the API, for example `ResourceConfig.InstanceType`.")
    before: Any = Field(None, description="Null: it was not sent.")
    after: Any = Field(None, description="Null: it would not be sent.")


class ChangesResult(BaseModel):
    job_name: str
    changes: list[Change] = Field(description="Empty: the same request, apart from the job's name and tags.")


class ExportDialect(str, Enum):
    SDK_V2 = "sdk-v2"
    SDK_V3 = "sdk-v3"
    BOTO3 = "boto3"


class ExportRequest(BaseModel):
    spec: dict[str, Any]
    document: str | None = None
    dialect: ExportDialect


class ExportResult(BaseModel):
    code: str = Field(description="Python that stands alone; paths are relative to the spec's file.")
    notes: list[str] = Field(default=[], description="What the dialect cannot say, and the code so leaves out.")


class JumpStartModel(BaseModel):
    """A model or algorithm of AWS's catalog."""

    model_id: str
    version: str


class ImportRequest(BaseModel):
    """What a spec shall be made from: a job of this account, a request, or a JumpStart model; exactly one of them."""

    jumpstart_model_id: str | None = Field(None, min_length=1, max_length=256, description="Its newest version.")
    training_job_name: str | None = Field(None, min_length=1, max_length=63)
    request: dict[str, Any] | None = Field(None, description="As the API takes it: `CreateTrainingJob`, or of tuning.")


class ImportResult(BaseModel):
    spec: dict[str, Any]
    notes: list[str] = Field(default=[], description="What of the job the spec cannot hold.")


class AlgorithmHyperparameter(BaseModel):
    type: str = Field(description="int, float, str, bool or list.")
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    below: float | None = None
    choices: list[str | int | float] | None = None
    words: list[str] = Field([], description="What it takes beside its type's values, for example `auto`.")
    required: bool = False
    default: str | None = Field(None, description="What counts without it, as documented; null: nothing does.")
    tunable: bool = False
    recommended: list[float] | None = Field(None, description="From and to, for tuning.")
    recommended_values: list[str] | None = Field(None, description="What to choose from, for tuning.")


class BuiltInAlgorithm(BaseModel):
    """What a built-in algorithm takes, as AWS documents it."""

    name: str
    documentation: str = Field(description="AWS's page on its hyperparameters, whose data this is.")
    channels: list[str] = Field(description="Channels that it needs.")
    optional_channels: list[str]
    content_types: list[str]
    instances: str = Field(description="On what it runs, in words.")
    several_instances: bool
    metrics: dict[str, str] = Field(description="Metric -> Maximize or Minimize; empty: it cannot be tuned.")
    hyperparameters: dict[str, AlgorithmHyperparameter]


class FindingLevel(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"


class Finding(BaseModel):
    """One thing that a preflight found, or could not look at."""

    code: str = Field(description="Stable name of the kind of finding, for example `ChannelEmpty`.")
    level: FindingLevel
    path: str = Field(description="Where in the spec.")
    message: str
    fix: str | None = Field(None, description="What to do about it.")
    patch: dict[str, Any] | None = Field(None, description="`value`: what to set at the path, where that settles it.")


class PreflightRequest(BaseModel):
    spec: dict[str, Any]
    document: str | None = None
    sample_log: str | None = Field(None, max_length=1_000_000, description="Log lines to try metric expressions on.")


class PreflightResult(BaseModel):
    findings: list[Finding] = Field(description="Errors first, then warnings, then what is not known.")
    price: PriceEstimate | None = None
    seconds: float = Field(description="How long it took.")


class PriceRequest(BaseModel):
    spec: dict[str, Any]


class PriceLine(BaseModel):
    what: str
    usd: float | None = Field(None, description="At most, in USD; null: no price is known.")
    usd_per_hour: float | None = Field(None, description="Of one instance.")
    component: str | None = Field(None, description="What the price was published for; best is `Training`.")
    as_of: str | None = Field(None, description="When it was published.")
    optional: bool = Field(False, description="True: small beside the rest, and in the sum only where it is known.")


class PriceEstimate(BaseModel):
    """The most that a launch can cost, on demand, without tax and discounts."""

    usd_at_most: float | None = Field(None, description="Null: a price is missing, so that there is no sum.")
    about: bool = Field(False, description="True: a price was published for another component than training.")
    lines: list[PriceLine]
    notes: list[str] = Field(default=[], description="What is not in the sum.")
    region: str
    table_date: str
    currency: str = "USD"


class GitState(BaseModel):
    commit: str
    dirty: bool = Field(description="Files below the spec's folder were changed since.")
    remote: str | None = None


class LockedChannel(BaseModel):
    objects: int
    bytes: int
    manifest_sha256: str = Field(description="Of all keys, ETags and sizes, in the order of the keys.")


class LockedJob(BaseModel):
    image: str | None = None
    image_digest: str | None = Field(None, description="Null where ECR may not be read.")
    source_sha256: str | None = None
    git: GitState | None = Field(None, description="The commit of its source; without one, of the spec.")
    channels: dict[str, LockedChannel | None] = {}


class Lock(BaseModel):
    """What a spec meant when it was locked."""

    version: Literal[1] = 1
    created: str = Field(description="ISO 8601, UTC.")
    tool_version: str
    region: str
    spec_sha256: str
    git: GitState | None = Field(None, description="Of the first job, as in the tag `smext:git-commit`.")
    jobs: list[LockedJob]
    usd_at_most: float | None = None
    price_table_date: str
    notes: list[str] = Field(default=[], description="What could not be looked at.")


class LockRequest(BaseModel):
    document: str = Field(min_length=1, description="Path of the spec's file, relative to the server's root.")


class LockResult(BaseModel):
    lock: Lock
    path: str = Field(description="Where it was written, relative to the server's root.")
    changes: list[str] = Field(
        default=[], description="What changed since the lock before; empty: nothing, or no lock."
    )


class LaunchTokenRequest(BaseModel):
    document: str = Field(description="Path of the spec's file, relative to the server's root.", min_length=1)
    replace: str | None = Field(
        None, description="A spent token that a fresh one shall take the place of: the user wants to launch again."
    )


class LaunchToken(BaseModel):
    """A permit for one launch of one document: whoever launches with it, and however often, gets one job."""

    token: str
    training_job_name: str | None = Field(None, description="The job that was launched with it; null: none yet.")


class LaunchRequest(BaseModel):
    spec: dict[str, Any]
    document: str = Field(min_length=1)
    token: str = Field(min_length=1, max_length=128)


class LocalTrial(BaseModel):
    """One training job of a tuning job that ran on this machine."""

    training_job_name: str
    definition_name: str | None = Field(None, description="Where a tuning job has several definitions.")
    status: Literal["Completed", "Failed", "Stopped"]
    hyperparameters: dict[str, str] = Field(description="Those that were chosen for it, as the script gets them.")
    objective: float | None = Field(None, description="Its last value; null: it reported none.")
    failure_reason: str | None = None
    training_seconds: int
    model_artifacts: str | None = Field(None, description="Path of its model, from the folder of the tuning job.")


class LocalTuning(BaseModel):
    """How a tuning job on this machine ended."""

    tuning_job_name: str
    status: Literal["Completed", "Failed", "Stopped"]
    failure_reason: str | None = None
    trials: list[LocalTrial] = Field(description="In the order in which they began.")
    best: LocalTrial | None = Field(None, description="Null: none reported the objective.")


class LaunchResult(BaseModel):
    kind: str = Field("TrainingJob", description="TrainingJob or HyperParameterTuningJob.")
    training_job_name: str = Field(description="Name of the training or tuning job.")
    training_job_arn: str | None = None
    already_launched: bool = Field(False, description="True: this token was spent before; nothing new was started.")
    local: bool = Field(False, description="True: it ran on the server's machine, and AWS knows nothing of it.")
    model_artifacts: str | None = Field(
        None, description="Of a local run: path of its model, or of its best trial's, from the document."
    )
    tuning: LocalTuning | None = Field(None, description="The trials of a tuning job that ran locally.")


class TemplatesQuery(BaseModel):
    refresh: bool = Field(False, description="Ask git repositories again, however fresh what is known of them.")


class Template(BaseModel):
    """A spec to begin with."""

    name: str = Field(description="The file's path in its source, without `.sagemaker.yaml`.")
    description: str | None = None
    kind: str | None = Field(None, description="As it is written: TrainingJob or HyperParameterTuningJob.")
    source: str = Field(description="As it is configured.")
    path: str = Field(description="Of the file, in its source.")
    version: str | None = Field(None, description="Commit, with `-dirty` where files were changed since; or ETag.")
    problems: list[Problem] = Field(default=[], description="What is wrong with it; empty: nothing that is known.")


class TemplateSource(BaseModel):
    """A place that templates come from, and whether it could be read."""

    source: str
    named_by: Literal["admin", "user"]
    version: str | None = Field(None, description="Of all its files together: a commit.")
    notes: list[str] = []
    problem: ErrorEnvelope | None = Field(None, description="Why it could not be read.")


class TemplateList(BaseModel):
    sources: list[TemplateSource]
    templates: list[Template] = Field(description="In the order of the sources, then by path.")


class TemplateRequest(BaseModel):
    source: str = Field(min_length=1, description="One of those that are configured.")
    path: str = Field(min_length=1)


class TemplateText(BaseModel):
    template: Template
    text: str


class LocalLogRequest(BaseModel):
    document: str = Field(min_length=1)
    offset: int = Field(0, ge=0, description="Bytes that were read already.")


class LocalLog(BaseModel):
    """The log of a document's newest local run, from an offset."""

    text: str
    offset: int = Field(description="Where to go on.")
    restarted: bool = Field(False, description="True: this is another log, from its beginning.")


class FrameworkVersion(BaseModel):
    version: str
    py_versions: list[str] = []
    processors: list[str] = Field(default=[], description="cpu, gpu, or the families that have an image of their own.")
    base_framework_versions: list[str] = []


class FrameworkEntry(BaseModel):
    name: str
    title: str
    script_mode: bool = Field(description="True: it runs a script of yours.")
    versions: list[FrameworkVersion] = Field(description="Newest first.")


class InstanceTypeEntry(BaseModel):
    instance_type: str
    vcpu: int | None = None
    memory_gib: float | None = None
    gpu_count: int = 0
    gpu_model: str | None = None
    gpu_memory_gib: float | None = Field(None, description="Of all its GPUs together.")
    accelerator_count: int = Field(0, description="Of AWS's own accelerators, Trainium and Inferentia.")
    accelerator_model: str | None = None


class InstanceOffer(InstanceTypeEntry):
    """An instance type with its price on demand, and whether it may be chosen."""

    usd_per_hour: float | None = Field(None, description="Of one instance; null: no price is known.")
    component: str | None = Field(None, description="What the price was published for: Training, or the nearest.")
    as_of: str | None = Field(None, description="Date of the price.")
    allowed: bool = Field(description="By the administrator's policy.")


class InstanceOffers(BaseModel):
    region: str
    table_date: str = Field(description="Date of the price table.")
    offers: list[InstanceOffer]
    refusal: ErrorEnvelope | None = Field(None, description="What is said to who chooses another; null: all may be.")


class InstanceQuota(BaseModel):
    """Instances at once; null: no such quota is listed."""

    instance_type: str
    on_demand: float | None = None
    spot: float | None = None


class InstanceQuotas(BaseModel):
    quotas: list[InstanceQuota]
    problem: ErrorEnvelope | None = Field(None, description="Why they could not be read; then nothing is known.")


class NotInCatalog(BaseModel):
    """A kind of Estimator whose images and scripts cannot be known offline."""

    name: str
    title: str
    reason: str


class Catalog(BaseModel):
    """What can be chosen, from data that ships with the package."""

    generated: str = Field(description="Date of the data, ISO 8601.")
    sources: list[str]
    frameworks: list[FrameworkEntry]
    builtins: list[FrameworkEntry]
    algorithms: list[BuiltInAlgorithm] = Field(description="What the built-in algorithms take.")
    unavailable: list[NotInCatalog] = Field(description="Kinds that need AWS's own lists, which are only online.")
    instance_types: list[InstanceTypeEntry] = Field(description="Types that the training API takes.")
