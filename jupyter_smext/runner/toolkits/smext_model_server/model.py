"""The inference contract: model_fn, input_fn, predict_fn, output_fn, or transform_fn.

https://sagemaker.readthedocs.io/en/stable/frameworks/pytorch/using_pytorch.html#serve-a-pytorch-model
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from sagemaker_inference import content_types
from sagemaker_inference import errors as inference_errors
from sagemaker_inference.default_inference_handler import DefaultInferenceHandler
from sagemaker_training import errors as training_errors

_UNSUPPORTED = (inference_errors.UnsupportedFormatError, training_errors.UnsupportedFormatError)


@dataclass
class Answer:
    """The response to one invocation."""

    body: bytes
    content_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class InvocationError(Exception):
    """An invocation failed with this HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Context:
    """What a function that takes a ``context`` can ask of the request, and set on the response."""

    def __init__(self, model_dir: str, headers: Mapping[str, str]) -> None:
        self.system_properties = {"model_dir": model_dir, "gpu_id": None, "batch_size": 1}
        self._headers = headers
        self.response_headers: dict[str, str] = {}
        self.response_content_type: str | None = None
        self.response_status = 200

    def get_request_header(self, index: int, key: str) -> str | None:
        """A header of the request."""
        return next((value for name, value in self._headers.items() if name.lower() == key.lower()), None)

    def get_all_request_header(self, index: int) -> dict[str, str]:
        """All headers of the request."""
        return dict(self._headers)

    def set_response_content_type(self, index: int, value: str) -> None:
        """Set the type of the response."""
        self.response_content_type = value

    def set_response_header(self, index: int, key: str, value: str) -> None:
        """Set a header of the response."""
        self.response_headers[key] = value

    def set_response_status(self, code: int = 200, phrase: str = "", idx: int = 0) -> None:
        """Set the status of the response."""
        self.response_status = code


class Model:
    """The loaded model with the functions of the user's module, or the framework's defaults.

    Raises whatever the user's model_fn raises, and ValueError for a module that has both transform_fn and its parts.
    """

    def __init__(self, defaults: DefaultInferenceHandler, module: ModuleType | None, model_dir: str) -> None:
        self._model_dir = model_dir
        own = {name: getattr(module, name, None) for name in ("input_fn", "predict_fn", "output_fn")}
        self._transform_fn: Callable[..., Any] | None = getattr(module, "transform_fn", None)
        if self._transform_fn and any(own.values()):
            raise ValueError("Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn")
        self._input_fn = own["input_fn"] or defaults.default_input_fn
        self._predict_fn = own["predict_fn"] or defaults.default_predict_fn
        self._output_fn = own["output_fn"] or defaults.default_output_fn
        self._default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", content_types.JSON)
        self.execution_parameters: Callable[[], Any] | None = getattr(module, "execution_parameters_fn", None)
        model_fn = getattr(module, "model_fn", None) or defaults.default_model_fn
        self._model = _call(model_fn, Context(model_dir, {}), model_dir)

    def invoke(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one invocation. Raises InvocationError, and whatever the user's functions raise."""
        lower = {name.lower(): value for name, value in headers.items()}
        content_type = lower.get("content-type") or content_types.JSON
        accept = lower.get("accept") or content_types.ANY
        accept = self._default_accept if accept == content_types.ANY else accept
        # The containers hand on text as str: exactly for these types, without parameters.
        content = body.decode() if content_type in content_types.UTF8_TYPES else body
        context = Context(self._model_dir, headers)
        try:
            result = self._transform(content, content_type, accept, context)
        except inference_errors.BaseInferenceToolkitError as error:
            raise InvocationError(error.status_code, error.message) from error
        return _answer(result, accept, context)

    def _transform(self, content: str | bytes, content_type: str, accept: str, context: Context) -> Any:
        if self._transform_fn:
            return _call(self._transform_fn, context, self._model, content, content_type, accept)
        try:
            data = _call(self._input_fn, context, content, content_type)
        except _UNSUPPORTED as error:
            raise InvocationError(415, str(error)) from error
        prediction = _call(self._predict_fn, context, data, self._model)
        try:
            return _call(self._output_fn, context, prediction, accept)
        except _UNSUPPORTED as error:
            raise InvocationError(406, str(error)) from error


def _call(function: Callable[..., Any], context: Context, *arguments: Any) -> Any:
    """Call ``function``, with the context as one more argument when it requires one or names it so."""
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) > len(arguments):
        extra = parameters[len(arguments)]
        positional = extra.kind in (extra.POSITIONAL_ONLY, extra.POSITIONAL_OR_KEYWORD)
        if positional and (extra.default is extra.empty or extra.name == "context"):
            return function(*arguments, context)
    return function(*arguments)


def _answer(result: Any, accept: str, context: Context) -> Answer:
    """The answer in what output_fn or transform_fn returned: a body, a (body, type) tuple, or a response object."""
    status, headers = context.response_status, context.response_headers
    content_type = context.response_content_type or accept
    if isinstance(result, tuple) and len(result) == 2:
        result, content_type = result
    if hasattr(result, "get_data") and hasattr(result, "status_code"):
        content_type = getattr(result, "mimetype", None) or content_type
        # Content-Length and -Type among them are those of this answer.
        own = {key: value for key, value in dict(result.headers).items() if not key.lower().startswith("content-")}
        return Answer(result.get_data(), content_type, result.status_code, {**headers, **own})
    if isinstance(result, list) and len(result) == 1 and isinstance(result[0], str | bytes | bytearray):
        result = result[0]
    if not isinstance(result, str | bytes | bytearray):
        raise TypeError(
            f"output_fn returned {type(result).__name__}: it must return a str, bytes, a (body, content type) tuple "
            "or a Response"
        )
    body = result.encode() if isinstance(result, str) else bytes(result)
    return Answer(body, content_type, status, headers)
