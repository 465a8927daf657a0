"""A service of AWS's JSON 1.1 protocol: ``X-Amz-Target`` names the operation, the body is its input.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import botocore.session
from botocore.model import ServiceModel

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, NotAvailable, ValidationException
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.shapes import project, validate

log = logging.getLogger(__name__)

Operation = Callable[[Caller, dict[str, Any]], dict[str, Any]]

Authorize = Callable[[Caller, str, Mapping[str, Any]], None]
"""Raises an :class:`AwsError` when the caller may not call this operation with this input."""


class JsonService:
    """Checks each request against the service model, calls its operation, answers in the protocol's shape."""

    def __init__(self, name: str, *, invalid_code: str = "ValidationException") -> None:
        """``invalid_code`` is what this service calls a request that breaks a constraint of its model."""
        self._name = name
        self._invalid_code = invalid_code
        self._operations: dict[str, Operation] = {}
        self._authorize: Authorize | None = None

    @cached_property
    def model(self) -> ServiceModel:
        return botocore.session.get_session().get_service_model(self._name)

    def add(self, operations: Mapping[str, Operation]) -> None:
        """Owns these operations. An operation that nobody owns is answered as not available."""
        self._operations.update(operations)

    def authorize_with(self, authorize: Authorize) -> None:
        """Asks before each operation."""
        self._authorize = authorize

    def handle(self, caller: Caller, request: Request) -> Response:
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        try:
            return _answer(200, self._call(operation, caller, request.read_all()))
        except ValidationException as error:
            return error_response(AwsError(self._invalid_code, error.message))
        except AwsError as error:
            return error_response(error)
        except Exception:
            log.exception("%s.%s failed", self._name, operation)
            return error_response(AwsError("InternalFailure", f"{operation} failed inside the sandbox.", 500))

    def _call(self, operation: str, caller: Caller, body: bytes) -> dict[str, Any]:
        if operation not in self._operations:
            raise NotAvailable(operation or f"A call of {self._name} without X-Amz-Target")
        try:
            value = json.loads(body or b"{}")
        except ValueError:
            raise AwsError("SerializationException", "The body is not JSON") from None
        model = self.model.operation_model(operation)
        given = validate(model.input_shape, value) if model.input_shape else {}
        if self._authorize:
            self._authorize(caller, operation, given)
        answer = self._operations[operation](caller, given)
        projected: dict[str, Any] = project(model.output_shape, answer) if model.output_shape else {}
        return projected


def error_response(error: AwsError) -> Response:
    # Both spellings of "message" are in use among AWS's JSON services, and clients look for either.
    response = _answer(error.status, {"__type": error.code, "message": error.message, "Message": error.message})
    response.headers["x-amzn-ErrorType"] = error.code
    return response


def _answer(status: int, value: Mapping[str, Any]) -> Response:
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-RequestId": str(uuid.uuid4())}
    return Response(status, headers, json.dumps(value).encode())
