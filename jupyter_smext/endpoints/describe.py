"""One endpoint, with what stands behind it: configuration, models, images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, from_aws
from ..aws.session import AwsSession
from .models import Endpoint, Variant

TRAINING_JOB_TAG = "smext:training-job"


def describe_endpoint(session: AwsSession, endpoint_name: str) -> Endpoint:
    """The endpoint and its variants; what of the rest is gone or may not be looked at is null.

    Permissions: `sagemaker:DescribeEndpoint`, and for the details `sagemaker:DescribeEndpointConfig`,
    `sagemaker:DescribeModel`, `sagemaker:ListTags`.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
    """
    client = session.client("sagemaker")
    answer = client.describe_endpoint(EndpointName=endpoint_name)
    config_name = answer.get("EndpointConfigName")
    config = _readable(lambda: client.describe_endpoint_config(EndpointConfigName=config_name)) if config_name else None
    running = {each["VariantName"]: each for each in answer.get("ProductionVariants", [])}
    planned = {each["VariantName"]: each for each in (config or {}).get("ProductionVariants", [])}
    tags = _readable(lambda: _tags(client, answer["EndpointArn"]))
    return Endpoint(
        endpoint_name=answer["EndpointName"],
        endpoint_arn=answer["EndpointArn"],
        endpoint_config_name=config_name,
        endpoint_status=answer["EndpointStatus"],
        failure_reason=answer.get("FailureReason"),
        creation_time=answer["CreationTime"],
        last_modified_time=answer.get("LastModifiedTime"),
        # An endpoint that is being created has no running variant yet, a configuration may be gone: either will do.
        variants=[_variant(client, planned.get(name, {}), running.get(name, {})) for name in {**planned, **running}],
        training_job_name=(tags or {}).get(TRAINING_JOB_TAG),
        tags=tags,
    )


def endpoint_status(session: AwsSession, endpoint_name: str) -> str | None:
    """Its status, or None where there is no such endpoint (any more). Permission: `sagemaker:DescribeEndpoint`."""
    try:
        answer = session.client("sagemaker").describe_endpoint(EndpointName=endpoint_name)
    except ClientError as error:
        if from_aws(error).code is ErrorCode.NOT_FOUND:
            return None
        raise
    return str(answer["EndpointStatus"])


def _variant(client: Any, planned: dict[str, Any], running: dict[str, Any]) -> Variant:
    model_name = planned.get("ModelName")
    model = _readable(lambda: client.describe_model(ModelName=model_name)) if model_name else None
    containers = (model or {}).get("Containers") or [(model or {}).get("PrimaryContainer", {})]
    images = running.get("DeployedImages") or [{}]
    return Variant(
        variant_name=planned.get("VariantName") or running["VariantName"],
        model_name=model_name,
        instance_type=planned.get("InstanceType"),
        current_instance_count=running.get("CurrentInstanceCount"),
        model_data_url=containers[0].get("ModelDataUrl"),
        image=containers[0].get("Image") or images[0].get("SpecifiedImage"),
    )


def _tags(client: Any, arn: str) -> dict[str, str]:
    pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _readable(read: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return read()
    except ClientError as error:
        if from_aws(error).code in (ErrorCode.ACCESS_DENIED, ErrorCode.NOT_FOUND):
            return None
        raise
