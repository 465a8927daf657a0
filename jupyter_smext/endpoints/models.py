"""The contract of the endpoints room. Member names are the API's, in snake_case."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from pydantic import BaseModel, Field

from ..aws.errors import ErrorEnvelope

# The statuses that an endpoint leaves by itself; in the others it stays until somebody acts.
UNSETTLED = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


class EndpointsQuery(BaseModel):
    name_contains: str | None = None
    next_token: str | None = None
    max_results: int = Field(50, ge=1, le=100)


class EndpointSummary(BaseModel):
    endpoint_name: str
    endpoint_status: str
    creation_time: datetime
    last_modified_time: datetime | None = None


class EndpointPage(BaseModel):
    endpoints: list[EndpointSummary]
    next_token: str | None = None


class Variant(BaseModel):
    variant_name: str
    model_name: str | None = None
    instance_type: str | None = None
    current_instance_count: int | None = None
    model_data_url: str | None = None
    image: str | None = None


class Endpoint(BaseModel):
    endpoint_name: str
    endpoint_arn: str
    endpoint_config_name: str | None = None
    endpoint_status: str
    failure_reason: str | None = None
    creation_time: datetime
    last_modified_time: datetime | None = None
    variants: list[Variant] = []
    training_job_name: str | None = Field(None, description="The job that made the model, by our tag.")
    tags: dict[str, str] | None = Field(None, description="Null where `sagemaker:ListTags` is refused.")


class EndpointName(BaseModel):
    endpoint_name: str = Field(min_length=1)


class DeployRequest(BaseModel):
    """Model, endpoint configuration and endpoint from a finished training job."""

    training_job_name: str = Field(min_length=1)
    endpoint_name: str | None = Field(None, max_length=63, description="Null: derived from the job's name.")
    instance_type: str = "ml.m5.large"
    initial_instance_count: int = Field(1, ge=1)
    image: str | None = Field(None, description="Null: the serving image that belongs to the training image.")
    entry_point: str | None = Field(
        None, description="Script of the source code that serves. Null: the one that trained."
    )
    environment: dict[str, str] = {}
    execution_role_arn: str | None = Field(None, description="Null: the role of the training job.")


class PriceQuery(BaseModel):
    instance_type: str = Field(min_length=1)


class HostingPrice(BaseModel):
    """What one instance of an endpoint costs, on demand, in the region of the session."""

    instance_type: str
    usd_per_hour: float | None = Field(description="Null: no price is known.")
    exact: bool = Field(description="False where the price was published for another component of SageMaker.")
    as_of: str | None = Field(description="Date of the price.")


class InvokeRequest(BaseModel):
    """Sent as POST; the payload is text, or base64 where it is not."""

    endpoint_name: str = Field(min_length=1)
    body: str = ""
    body_base64: bool = False
    content_type: str = "text/csv"
    accept: str = "application/json"
    target_variant: str | None = None


class InvokeResult(BaseModel):
    body: str
    body_base64: bool = Field(False, description="True where the answer is no text.")
    content_type: str | None = None
    invoked_production_variant: str | None = None
    latency_ms: float = Field(description="Measured by this server around the call, network and repeats included.")
    attempts: int = Field(1, description="Calls that were made: more than 1 where the first met a passing failure.")


class Resource(BaseModel):
    kind: str = Field(description="InferenceComponent, Endpoint, EndpointConfig or Model.")
    name: str
    arn: str | None = None
    reason_kept: str | None = Field(None, description="Why it will not be deleted; null: it will.")
    deleted: bool = Field(False, description="In the answer to a delete: whether AWS took the deletion.")
    error: ErrorEnvelope | None = Field(None, description="In the answer to a delete: why it is still there.")


class DeletePlan(BaseModel):
    """What a delete takes with it. A model or configuration that something else uses is kept."""

    endpoint_name: str
    resources: list[Resource] = Field(description="In the order in which they are deleted.")


class DeleteEndpointRequest(BaseModel):
    endpoint_name: str = Field(min_length=1)
    confirm: str = Field(description="The endpoint's name once more, typed by the user.")
    with_model: bool = True


class RadarQuery(BaseModel):
    hours: int = Field(24, ge=1, le=336, description="How far back to look for invocations.")


class RadarVerdict(str, Enum):
    USED = "used"
    IDLE = "idle"
    UNKNOWN = "unknown"


class RadarEntry(BaseModel):
    endpoint_name: str
    creation_time: datetime
    variants: list[Variant]
    verdict: RadarVerdict
    reason: str = Field(description="What the verdict rests on.")
    invocations: int | None = Field(None, description="In the time looked at; null where nobody counted.")
    last_invocation: datetime | None = Field(None, description="To the hour; null where there was none in that time.")
    bills_while_idle: bool = Field(description="False for serverless endpoints without provisioned concurrency.")


class RadarReport(BaseModel):
    """Endpoints in service, forgotten ones first."""

    hours: int
    endpoints: list[RadarEntry]
    truncated: bool = Field(description="True where there are more endpoints than were looked at.")


class RunningKind(str, Enum):
    TRAINING_JOB = "training_job"
    ENDPOINT = "endpoint"


class RunningItem(BaseModel):
    """Instances of one kind that run for a job or an endpoint."""

    kind: RunningKind
    name: str
    instance_type: str
    instance_count: int
    usd_per_hour: float | None = Field(None, description="Of all its instances, on demand; null: no price is known.")
    exact: bool = Field(description="False where the price was published for another component of SageMaker.")
    as_of: str | None = Field(None, description="Date of the price.")


class RunningCost(BaseModel):
    """Training jobs in progress and endpoints in service, the dearest first."""

    usd_per_hour: float = Field(description="Of what has a price.")
    unpriced: int = Field(description="How many items have no price.")
    items: list[RunningItem]
    truncated: bool = Field(description="True where more runs than was looked at.")
