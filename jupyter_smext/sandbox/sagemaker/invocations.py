"""InvokeEndpoint and InvokeEndpointWithResponseStream: hands a request to the model server of a variant.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from urllib.parse import unquote

import urllib3

from jupyter_smext.runner import ModelServerError
from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, NotAvailable
from jupyter_smext.sandbox.event_stream import event_message
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.json_service import Authorize, error_response
from jupyter_smext.sandbox.metrics import Metric, Metrics
from jupyter_smext.sandbox.sagemaker.endpoints import Endpoints
from jupyter_smext.sandbox.sagemaker.variants import VariantServer, endpoint_log_group

_MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
_TIMEOUT_SECONDS = 60.0
_STREAM_TIMEOUT_SECONDS = 8 * 60.0
_STREAM_CHUNK_BYTES = 64 * 1024
_PATH = re.compile(r"/endpoints/([^/]+)/(invocations|invocations-response-stream|async-invocations)")
_FORWARDED = (
    "content-type",
    "accept",
    "x-amzn-sagemaker-custom-attributes",
    "x-amzn-sagemaker-inference-id",
    "x-amzn-sagemaker-session-id",
)


class Invocations:
    """The runtime API of all endpoints."""

    def __init__(self, endpoints: Endpoints, metrics: Metrics) -> None:
        self._endpoints = endpoints
        self._metrics = metrics
        self._authorize: Authorize | None = None
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)

    def authorize_with(self, authorize: Authorize) -> None:
        """Asks before each invocation."""
        self._authorize = authorize

    def handle(self, caller: Caller, request: Request) -> Response:
        try:
            match = _PATH.fullmatch(request.raw_path)
            if match is None or request.method != "POST":
                raise NotAvailable(f"{request.method} {request.path}")
            if match[2] == "async-invocations":
                raise NotAvailable("InvokeEndpointAsync")
            name, streams = unquote(match[1]), match[2] != "invocations"
            if self._authorize:
                operation = "InvokeEndpointWithResponseStream" if streams else "InvokeEndpoint"
                self._authorize(caller, operation, {"EndpointName": name})
            return self._invoke(caller, name, request, streams=streams)
        except _ModelFailure as failure:
            return failure.response
        except AwsError as error:
            return error_response(error)

    def _invoke(self, caller: Caller, name: str, request: Request, *, streams: bool) -> Response:
        if (request.content_length or 0) > _MAX_PAYLOAD_BYTES:
            text = json.dumps({"message": f"HTTP content length exceeded {_MAX_PAYLOAD_BYTES} bytes."})
            return Response(413, {"Content-Type": "application/json"}, text.encode())
        server = self._server(caller, name, request.headers.get("x-amzn-sagemaker-target-variant"))
        status, begun = 0, time.monotonic()
        try:
            answer = self._ask(caller, name, server, request, streams=streams)
            status = answer.status
        finally:
            self._count(caller, name, server.name, status, time.monotonic() - begun)
        if not 200 <= status < 300:
            raise _ModelFailure(caller, name, status, answer.read().decode("utf-8", "replace"))
        given = {"x-Amzn-Invoked-Production-Variant": server.name}
        if attributes := answer.headers.get("x-amzn-sagemaker-custom-attributes"):
            given["X-Amzn-SageMaker-Custom-Attributes"] = attributes
        content_type = answer.headers.get("content-type", "application/octet-stream")
        if streams:
            given["X-Amzn-SageMaker-Content-Type"] = content_type
            given["Content-Type"] = "application/vnd.amazon.eventstream"
            return Response(200, given, _payload_parts(answer))
        given["Content-Type"] = content_type
        return Response(200, given, answer.read())

    def _ask(
        self, caller: Caller, name: str, server: VariantServer, request: Request, *, streams: bool
    ) -> urllib3.BaseHTTPResponse:
        """The model server's answer, whatever its status; its body is not read yet."""
        headers = {header: request.headers[header] for header in _FORWARDED if header in request.headers}
        if streams and "x-amzn-sagemaker-accept" in request.headers:
            headers["accept"] = request.headers["x-amzn-sagemaker-accept"]
        try:
            return self._pool.request(
                "POST",
                f"{server.url()}/invocations",
                body=request.read_all(),
                headers=headers,
                timeout=_STREAM_TIMEOUT_SECONDS if streams else _TIMEOUT_SECONDS,
                preload_content=False,
            )
        except ModelServerError as error:
            raise AwsError("ServiceUnavailable", error.reason, 503) from error
        except urllib3.exceptions.TimeoutError:
            raise _ModelFailure(
                caller,
                name,
                0,
                "Your invocation timed out while waiting for a response from container primary. Review the latency "
                "metrics for each container in Amazon CloudWatch, resolve the issue, and try again.",
            ) from None
        except urllib3.exceptions.HTTPError:
            raise _ModelFailure(
                caller, name, 0, "The model container closed the connection before it answered."
            ) from None

    def _count(self, caller: Caller, name: str, variant: str, status: int, seconds: float) -> None:
        """https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html"""
        self._metrics.record(
            caller.region,
            "AWS/SageMaker",
            {"EndpointName": name, "VariantName": variant},
            [
                Metric("Invocations", 1),
                Metric("Invocation4XXErrors", float(400 <= status < 500)),
                Metric("Invocation5XXErrors", float(status == 0 or status >= 500)),
                Metric("ModelLatency", seconds * 1e6, "Microseconds"),
            ],
        )

    def _server(self, caller: Caller, name: str, target: str | None) -> VariantServer:
        serving = self._endpoints.serving(caller.region, name)
        if serving is None:
            raise AwsError("ValidationError", f"Endpoint {name} of account {ACCOUNT_ID} not found.")
        variants, weights = serving
        if target is None:
            return variants.choose(weights)
        server = variants.get(target)
        if server is None:
            raise AwsError("ValidationError", f"Variant {target} of endpoint {name} not found.")
        return server


class _ModelFailure(Exception):
    """The model answered with an error, or not at all; the caller gets it as ModelError, HTTP 424."""

    def __init__(self, caller: Caller, endpoint: str, status: int, message: str) -> None:
        super().__init__(message)
        group = endpoint_log_group(endpoint)
        side = "client" if 400 <= status < 500 else "server"
        body = {
            "ErrorCode": "CLIENT_ERROR_FROM_MODEL" if side == "client" else "INTERNAL_FAILURE_FROM_MODEL",
            "LogStreamArn": caller.arn("logs", f"log-group:{group}"),
            "Message": f'Received {side} error ({status}) from primary with message "{message}". '
            f"See the log group {group} of the sandbox for more information.",
            "OriginalMessage": message,
            "OriginalStatusCode": status,
        }
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": "ModelError"}
        self.response = Response(424, headers, json.dumps(body).encode())


def _payload_parts(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """What the model sends, as it sends it."""
    for data in answer.stream(_STREAM_CHUNK_BYTES):
        if data:
            yield event_message({":event-type": "PayloadPart", ":message-type": "event"}, data)
