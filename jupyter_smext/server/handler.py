"""The base of every handler, and the ``operation`` decorator that ties a method to its contract.

A handler method takes the validated request model (if it declares one) and returns a response model; parsing,
validation, error envelopes and headers are done here, once.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http.client import responses
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jupyter_server.base.handlers import APIHandler
from tornado import web

from .late_import import import_aside
from .policy_authorizer import PolicyAuthorizer

if TYPE_CHECKING:
    from jupyter_server.auth import Authorizer
    from pydantic import BaseModel

    from ..aws.session import AwsSession
    from .tasks import TaskRegistry

Method = TypeVar("Method", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True)
class Operation:
    """The contract of one method. Models are named, not imported: a server start must not load the rooms."""

    summary: str
    query: str | None = None
    body: str | None = None
    response: str | None = None
    raw: str | None = None

    @staticmethod
    def model(name: str) -> type[BaseModel]:
        """``"s3.models:ListPage"`` -> the class."""
        return cast("type[BaseModel]", getattr(importlib.import_module(_module(name)), name.partition(":")[2]))

    async def load(self) -> None:
        """Import what the models are in, away from the event loop: that takes a while, once."""
        for name in filter(None, (self.query, self.body, self.response)):
            await import_aside(_module(name))


def _module(model: str) -> str:
    return f"jupyter_smext.{model.partition(':')[0]}"


def operation(
    summary: str,
    *,
    query: str | None = None,
    body: str | None = None,
    response: str | None = None,
    raw: str | None = None,
) -> Callable[[Method], Method]:
    """Declare what a method takes and answers.

    ``query``, ``body`` and ``response`` name pydantic models as ``"room.models:Model"``. The method gets the parsed
    query or body as its first argument, then the path parameters by name. It returns the response model, or the JSON of
    one, ready made. ``raw`` is the media type of a body or answer that the method handles itself.
    """
    contract = Operation(summary, query, body, response, raw)

    def decorate(method: Method) -> Method:
        @functools.wraps(method)
        async def inner(self: SmextHandler, *args: str, **kwargs: str) -> None:
            arguments: list[Any] = []
            await contract.load()
            if contract.query:
                arguments.append(self.parse_query(Operation.model(contract.query)))
            if contract.body:
                arguments.append(self.parse_body(Operation.model(contract.body)))
            result = await method(self, *arguments, *args, **kwargs)
            if contract.response:
                self.finish(result if isinstance(result, str) else cast("BaseModel", result).model_dump_json())
            elif not contract.raw:
                self.set_status(204)
                self.finish()

        inner.__smext_operation__ = contract  # type: ignore[attr-defined]
        return cast(Method, inner)

    return decorate


class SmextHandler(APIHandler):
    """Gives methods the session and the tasks, and turns every failure into the error envelope."""

    @property
    def aws(self) -> AwsSession:
        return cast("AwsSession", self.settings["jupyter_smext"].aws)

    @property
    def tasks(self) -> TaskRegistry:
        return cast("TaskRegistry", self.settings["jupyter_smext"].tasks)

    @property
    def authorizer(self) -> Authorizer:
        """Jupyter's own authorizer, and after it the administrator's policy."""
        return cast("Authorizer", PolicyAuthorizer(super().authorizer, self.settings["jupyter_smext"].admin))

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def parse_query(self, model: type[BaseModel]) -> BaseModel:
        """Validate the query string. A parameter given several times arrives as a list."""
        values: dict[str, Any] = {}
        for name in self.request.query_arguments:
            if name in ("no_track_activity", "token", "_"):
                continue
            given = self.get_query_arguments(name, strip=False)
            values[name] = given[0] if len(given) == 1 else given
        return self._validated(model, values)

    def parse_body(self, model: type[BaseModel]) -> BaseModel:
        try:
            values = json.loads(self.request.body or b"{}")
        except ValueError as error:
            from ..aws.errors import ErrorCode, SmextError

            raise SmextError(ErrorCode.INVALID_REQUEST, f"The body is not JSON: {error}") from error
        return self._validated(model, values)

    @staticmethod
    def _validated(model: type[BaseModel], values: Any) -> BaseModel:
        from pydantic import ValidationError

        from ..aws.errors import ErrorCode, SmextError

        try:
            return model.model_validate(values)
        except ValidationError as error:
            details = "; ".join(
                f"{'.'.join(str(part) for part in each['loc']) or 'request'}: {each['msg']}" for each in error.errors()
            )
            raise SmextError(ErrorCode.INVALID_REQUEST, details) from error

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer the error envelope, whatever was raised; ``APIHandler``'s own would mangle a ``%`` in a message."""
        from ..aws.errors import ErrorCode, ErrorEnvelope, from_aws

        exception = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(exception, web.HTTPError):
            codes = {401: ErrorCode.CREDENTIALS_MISSING, 403: ErrorCode.ACCESS_DENIED, 404: ErrorCode.NOT_FOUND}
            code = codes.get(status_code, ErrorCode.INVALID_REQUEST if status_code < 500 else ErrorCode.INTERNAL)
            message = exception.log_message or exception.reason or responses.get(status_code, "Unknown error")
            envelope = ErrorEnvelope(
                code=code, message=str(message), hint=None, operation=None, request_id=None, retryable=False,
                action=None, resource=None, principal=None,
            )  # fmt: skip
        else:
            error = from_aws(exception) if isinstance(exception, Exception) else None
            if error is None:
                return super().write_error(status_code, **kwargs)
            envelope = error.envelope
            self.set_status(error.status)
        self.finish(envelope.model_dump_json(exclude_none=True))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        from ..aws.errors import ErrorCode, SmextError

        if isinstance(value, SmextError) and value.code is not ErrorCode.INTERNAL:
            self.log.info("%s %s: %s", self.request.method, self.request.path, value.code.value)
        else:
            super().log_exception(typ, value, tb)
