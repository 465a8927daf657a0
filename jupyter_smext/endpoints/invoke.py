"""One request to an endpoint, and its answer."""

from __future__ import annotations

import base64
import binascii
import time
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .describe import endpoint_status
from .models import InvokeRequest, InvokeResult


def invoke(session: AwsSession, request: InvokeRequest) -> InvokeResult:
    """Send a payload to the model. The latency is measured around the call, in milliseconds.

    Raises UpstreamRejected with the model's own message where the model failed, Conflict where the endpoint is not in
    service. The service answers within 60 seconds or not at all. Permission: `sagemaker:InvokeEndpoint`.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
    """
    arguments: dict[str, Any] = {
        "EndpointName": request.endpoint_name,
        "Body": _payload(request),
        "ContentType": request.content_type,
        "Accept": request.accept,
    }
    if request.target_variant:
        arguments["TargetVariant"] = request.target_variant
    client = session.client("sagemaker-runtime")
    began = time.perf_counter()
    try:
        answer = client.invoke_endpoint(**arguments)
        body = answer["Body"].read()
    except ClientError as error:
        raise _explained(session, request.endpoint_name, error) from error
    latency = (time.perf_counter() - began) * 1000
    text = _text(body)
    return InvokeResult(
        body=base64.b64encode(body).decode() if text is None else text,
        body_base64=text is None,
        content_type=answer.get("ContentType"),
        invoked_production_variant=answer.get("InvokedProductionVariant"),
        latency_ms=latency,
        attempts=1 + answer["ResponseMetadata"].get("RetryAttempts", 0),
    )


def _payload(request: InvokeRequest) -> bytes:
    if not request.body_base64:
        return request.body.encode()
    try:
        return base64.b64decode(request.body, validate=True)
    except binascii.Error as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"The payload is not base64: {error}") from error


def _text(body: bytes) -> str | None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else text


def _explained(session: AwsSession, endpoint_name: str, error: ClientError) -> SmextError:
    answer: dict[str, Any] = dict(error.response)
    aws_code = answer.get("Error", {}).get("Code")
    mapped = from_aws(error)
    if aws_code == "ModelError":
        own = answer.get("OriginalMessage") or mapped.envelope.message
        return SmextError(
            ErrorCode.UPSTREAM_REJECTED,
            f"The model answered {answer.get('OriginalStatusCode', 'with an error')}: {own}",
            hint=f"Its log group is /aws/sagemaker/Endpoints/{endpoint_name}.",
            operation="InvokeEndpoint",
            request_id=mapped.envelope.request_id,
        )
    # "Endpoint NAME of account NUMBER not found." also stands for one that is not in service yet.
    if aws_code == "ValidationError" and "not found" in mapped.envelope.message:
        status = endpoint_status(session, endpoint_name)
        if status is None:
            return SmextError(ErrorCode.NOT_FOUND, f"There is no endpoint {endpoint_name}.", operation="InvokeEndpoint")
        return SmextError(
            ErrorCode.CONFLICT,
            f"Endpoint {endpoint_name} is {status}, not InService.",
            hint="Wait until it is in service, then try again.",
            operation="InvokeEndpoint",
        )
    return mapped
