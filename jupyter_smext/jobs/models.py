"""The contract of the jobs room. Member names are the API's, in snake_case."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, Field


class TrainingJobStatus(str, Enum):
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    DELETING = "Deleting"

    @property
    def final(self) -> bool:
        return self in (TrainingJobStatus.COMPLETED, TrainingJobStatus.FAILED, TrainingJobStatus.STOPPED)


class JobsQuery(BaseModel):
    name_contains: str | None = None
    status_equals: TrainingJobStatus | None = None
    next_token: str | None = None
    max_results: int = Field(50, ge=1, le=100)


class TrainingJobSummary(BaseModel):
    training_job_name: str
    training_job_status: TrainingJobStatus
    secondary_status: str | None = Field(None, description="Null in the list where AWS does not tell it.")
    creation_time: datetime
    training_end_time: datetime | None = None
    last_modified_time: datetime | None = None


class TrainingJobPage(BaseModel):
    training_jobs: list[TrainingJobSummary]
    next_token: str | None = None


class Transition(BaseModel):
    status: str
    start_time: datetime
    end_time: datetime | None = None
    status_message: str | None = None


class FinalMetric(BaseModel):
    metric_name: str
    value: float
    timestamp: datetime


class Channel(BaseModel):
    channel_name: str
    s3_uri: str | None = None
    content_type: str | None = None
    input_mode: str | None = None


class TrainingJob(BaseModel):
    """One job as AWS describes it, in the parts that the panel shows, and the whole answer beside them."""

    training_job_name: str
    training_job_arn: str
    training_job_status: TrainingJobStatus
    secondary_status: str
    failure_reason: str | None = None
    creation_time: datetime
    training_start_time: datetime | None = None
    training_end_time: datetime | None = None
    training_time_in_seconds: int | None = None
    billable_time_in_seconds: int | None = None
    role_arn: str
    training_image: str | None = None
    algorithm_name: str | None = None
    instance_type: str | None = None
    instance_count: int | None = None
    volume_size_in_gb: int | None = None
    max_runtime_in_seconds: int | None = None
    enable_managed_spot_training: bool = False
    hyperparameters: dict[str, str] = Field(
        default_factory=dict, description="As the user gave them: SDK quoting removed, `sagemaker_*` left out."
    )
    environment: dict[str, str] = Field(default_factory=dict, description="Values that look like secrets are masked.")
    channels: list[Channel] = []
    model_artifacts: str | None = Field(None, description="s3:// URI of the model, once there is one.")
    output_path: str | None = None
    source_dir: str | None = Field(None, description="s3:// URI of the source code package.")
    entry_point: str | None = None
    transitions: list[Transition] = []
    final_metrics: list[FinalMetric] = []
    metric_definitions: dict[str, str] = Field(default_factory=dict, description="Metric name -> regular expression.")
    tags: dict[str, str] | None = Field(None, description="Null where `sagemaker:ListTags` is refused.")
    tuning_job_name: str | None = Field(None, description="The tuning job that started it.")
    describe: dict[str, Any] = Field(default_factory=dict, description="The whole DescribeTrainingJob answer, masked.")


class JobName(BaseModel):
    training_job_name: str = Field(min_length=1)


class LogQuery(BaseModel):
    """Asks for log lines after a cursor. Sent as POST: logs are content."""

    training_job_name: str = Field(min_length=1)
    stream: str | None = Field(None, description="One stream; null: all streams of the job.")
    cursor: str | None = Field(None, description="From an earlier answer; null: from the start.")
    limit: int = Field(2000, ge=1, le=10_000)
    wait_seconds: float = Field(0, ge=0, le=20, description="Hold the answer until there are lines, at most so long.")


class LogLine(BaseModel):
    timestamp: int = Field(description="Milliseconds since the epoch, by the writer's clock.")
    stream: str = Field(description="Stream without the job's name, e.g. `algo-1-1700000000`.")
    message: str


class LogPage(BaseModel):
    lines: list[LogLine]
    cursor: str = Field(description="Pass it to go on after these lines.")
    streams: list[str] = []
    finished: bool = Field(False, description="True where the job has ended and no line is left behind the cursor.")


class MetricPoint(BaseModel):
    timestamp: int = Field(description="Milliseconds since the epoch.")
    value: float


class MetricSeries(BaseModel):
    metric_name: str
    points: list[MetricPoint]


class MetricsQuery(BaseModel):
    training_job_name: str = Field(min_length=1)
    cursor: str | None = Field(None, description="From an earlier answer: only newer values; null: all values.")


class MetricsResult(BaseModel):
    """Every value of every metric, from the log lines by the job's own regular expressions."""

    series: list[MetricSeries] = Field(description="The values after the cursor; all values where none was given.")
    source: str = Field(description="`logs`, or `final` where only the last value of each metric is known.")
    cursor: str = Field(description="Pass it to get the values that come after these.")
    complete: bool = Field(description="False where log lines are left to be read: ask again with the cursor.")
    unreadable: dict[str, str] = Field(
        default_factory=dict, description="Metric name -> why its regular expression could not be applied."
    )


class Frame(BaseModel):
    path: str = Field(description="As the log has it; relative to the source directory where it lies there.")
    line: int
    function: str | None = None
    code: str | None = Field(None, description="The line of source that the log shows.")
    own: bool = Field(description="True for code of the job, false for Python's and that of installed packages.")


class LoggedTraceback(BaseModel):
    """A Python traceback found in a log."""

    stream: str
    timestamp: int = Field(description="Of its first line, milliseconds since the epoch.")
    exception_type: str
    message: str
    frames: list[Frame] = Field(description="Outermost call first.")
    caused_by: str | None = Field(None, description="The exception that began the chain, where there was one before.")

    @property
    def location(self) -> Frame | None:
        """The innermost frame in the job's own code."""
        return next((frame for frame in reversed(self.frames) if frame.own), None)


class CauseKind(str, Enum):
    NOT_FAILED = "not_failed"
    STOPPED = "stopped"
    MAX_RUNTIME = "max_runtime"
    CAPACITY = "capacity"
    QUOTA = "quota"
    PERMISSION = "permission"
    IMAGE = "image"
    DATA = "data"
    ARGUMENTS = "arguments"
    REQUIREMENTS = "requirements"
    MEMORY = "memory"
    GPU_MEMORY = "gpu_memory"
    DISK = "disk"
    NETWORK = "network"
    SCRIPT = "script"
    SERVICE = "service"
    UNKNOWN = "unknown"


class Autopsy(BaseModel):
    """Why a job ended as it did, with what says so. ``unknown`` where nothing does."""

    training_job_name: str
    training_job_status: TrainingJobStatus
    cause: CauseKind
    certain: bool = Field(description="False where the evidence fits the cause, and other causes as well.")
    title: str = Field(description="One sentence for people.")
    suggestion: str | None = None
    evidence: str | None = Field(None, description="The words of the service or of the log that decided it.")
    would_decide: str | None = Field(None, description="Where it is not certain: what would tell.")
    failure_reason: str | None = None
    exit_code: int | None = None
    exit_code_meaning: str | None = None
    location: Frame | None = Field(None, description="Where in the job's own code it happened.")
    traceback: LoggedTraceback | None = None
    other_tracebacks: list[LoggedTraceback] = Field([], description="The last one of each other stream.")
    last_lines: list[LogLine] = []


class CompareRequest(BaseModel):
    first: str = Field(min_length=1, description="Name of a training job.")
    second: str = Field(min_length=1, description="Name of the other one.")


class Difference(BaseModel):
    section: str = Field(description="For example `hyperparameters`, `channels`, `source code`.")
    name: str
    first: str | None = Field(None, description="Null: not there.")
    second: str | None = Field(None, description="Null: not there.")
    diff: str | None = Field(None, description="Of a text file: what changed, as a unified diff.")


class MetricComparison(BaseModel):
    metric_name: str
    first: float | None = Field(None, description="The last value; null where the job has none.")
    second: float | None = None


class JobComparison(BaseModel):
    """What differs between two jobs and may explain that their results do."""

    first: str
    second: str
    differences: list[Difference]
    equal: list[str] = Field(description="The sections that were compared and are equal.")
    unknown: dict[str, str] = Field(description="Section -> why it could not be compared.")
    metrics: list[MetricComparison]


class HyperParameterTuningJobStatus(str, Enum):
    COMPLETED = "Completed"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    STOPPED = "Stopped"
    STOPPING = "Stopping"
    DELETING = "Deleting"
    DELETE_FAILED = "DeleteFailed"

    @property
    def final(self) -> bool:
        return self not in (
            HyperParameterTuningJobStatus.IN_PROGRESS,
            HyperParameterTuningJobStatus.STOPPING,
            HyperParameterTuningJobStatus.DELETING,
        )


class TuningJobsQuery(BaseModel):
    name_contains: str | None = None
    status_equals: HyperParameterTuningJobStatus | None = None
    next_token: str | None = None
    max_results: int = Field(50, ge=1, le=100)


class TuningJobSummary(BaseModel):
    hyper_parameter_tuning_job_name: str
    hyper_parameter_tuning_job_status: HyperParameterTuningJobStatus
    strategy: str
    creation_time: datetime
    hyper_parameter_tuning_end_time: datetime | None = None
    max_number_of_training_jobs: int | None = None
    training_job_status_counters: dict[str, int] = Field(
        default_factory=dict, description="`Completed`, `InProgress`, ... -> how many training jobs."
    )


class TuningJobPage(BaseModel):
    tuning_jobs: list[TuningJobSummary]
    next_token: str | None = None


class TuningJobName(BaseModel):
    hyper_parameter_tuning_job_name: str = Field(min_length=1)


class Trial(BaseModel):
    """One training job of a tuning job."""

    training_job_name: str
    training_job_status: TrainingJobStatus
    training_job_definition_name: str | None = None
    tuning_job_name: str | None = Field(None, description="Where it is not the tuning job that was asked about.")
    objective_metric_name: str | None = None
    objective: float | None = Field(None, description="Its final value; null: not yet, or never.")
    tuned_hyperparameters: dict[str, str] = Field(default_factory=dict, description="SDK quoting removed.")
    creation_time: datetime
    training_start_time: datetime | None = None
    training_end_time: datetime | None = None
    failure_reason: str | None = None


class TuningObjective(BaseModel):
    metric_name: str
    type: Literal["Maximize", "Minimize"]


class TunedRange(BaseModel):
    """What is tried for one hyperparameter."""

    name: str
    kind: Literal["integer", "continuous", "categorical", "auto"]
    min_value: float | None = None
    max_value: float | None = None
    scaling_type: str | None = Field(None, description="`Auto`, `Linear`, `Logarithmic` or `ReverseLogarithmic`.")
    values: list[str] = Field([], description="Of a categorical one. Of an automatic one: the example that was given.")


class InstanceChoice(BaseModel):
    instance_type: str
    instance_count: int


class TrialDefinition(BaseModel):
    """What the training jobs of a tuning job have in common. A tuning job has one or several."""

    definition_name: str | None = None
    objective: TuningObjective | None = Field(None, description="Null where AWS chooses it.")
    ranges: list[TunedRange] = []
    static_hyperparameters: dict[str, str] = Field(
        default_factory=dict, description="As the user gave them: SDK quoting removed, `sagemaker_*` left out."
    )
    training_image: str | None = None
    algorithm_name: str | None = None
    instances: list[InstanceChoice] = Field([], description="Several: AWS takes what is free, the first ones first.")
    max_runtime_in_seconds: int | None = None
    enable_managed_spot_training: bool = False
    role_arn: str = ""


class HyperParameterTuningJob(BaseModel):
    """One tuning job as AWS describes it, in the parts that people look at, and the whole answer beside them."""

    hyper_parameter_tuning_job_name: str
    hyper_parameter_tuning_job_arn: str
    hyper_parameter_tuning_job_status: HyperParameterTuningJobStatus
    failure_reason: str | None = None
    creation_time: datetime
    hyper_parameter_tuning_end_time: datetime | None = None
    strategy: str
    max_number_of_training_jobs: int | None = None
    max_parallel_training_jobs: int | None = None
    max_runtime_in_seconds: int | None = None
    training_job_early_stopping_type: str | None = None
    training_job_status_counters: dict[str, int] = Field(
        default_factory=dict, description="`Completed`, `InProgress`, ... -> how many training jobs."
    )
    best_training_job: Trial | None = Field(None, description="Null as long as no training job has an objective.")
    overall_best_training_job: Trial | None = Field(
        None, description="The best of this and its parents; only after a warm start with identical data and algorithm."
    )
    definitions: list[TrialDefinition] = []
    warm_start_type: str | None = None
    parents: list[str] = Field([], description="Tuning jobs that this one learned from.")
    describe: dict[str, Any] = Field(
        default_factory=dict, description="The whole DescribeHyperParameterTuningJob answer, masked."
    )


class TuningCost(BaseModel):
    """What the training jobs of a tuning job cost, on demand; storage and data are not in it."""

    billable_seconds: int = Field(description="Of all training jobs, each from its start to its end or to now.")
    usd_so_far: float | None = Field(None, description="Null where a price is not known.")
    running: int = Field(description="How many training jobs are on instances now.")
    usd_per_hour: float | None = Field(None, description="Of those that run now; null where a price is not known.")
    at_most: bool = Field(False, description="True where it may be less: spot training, or several instance types.")
    unpriced: list[str] = Field([], description="Instance types without a known price in this region.")


class TrialsResult(BaseModel):
    trials: list[Trial] = Field(description="In the order of their creation.")
    cost: TuningCost
