"""The contract of the jobs room. Member names are the API's, in snake_case."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

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
