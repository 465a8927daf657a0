"""Lets the SDK prepare a launch, writes down the request that it would send, and does not send it.

Reads go through to AWS, because the SDK decides by their answers. Uploads and a missing default bucket are answered as
if they were done. Any other change is refused. All of it holds for the calls of one thread; others are not touched.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import boto3.s3.inject
from boto3.s3.transfer import S3Transfer
from botocore.client import BaseClient

from ...aws.errors import ErrorCode, SmextError

_CREATES = ("CreateTrainingJob", "CreateHyperParameterTuningJob")
_READS = ("Get", "List", "Describe", "Head", "Search", "Simulate", "Query", "BatchGet")
# Signing in is no change, and botocore does it by itself when it needs to.
_SIGN_IN = ("sts", "sso", "sso-oidc", "signin")

# What is exchanged is exchanged for the whole process: one recording at a time.
_one_at_a_time = threading.Lock()


class _Recorded(BaseException):
    """Ends the SDK's call once its request is known. No `Exception`: the SDK must not take it for a failure of AWS."""


class Recorder:
    """What an SDK did while it was recorded: the ``request`` that it would send, and ``notes`` on the way there."""

    def __init__(self) -> None:
        self.request: dict[str, Any] | None = None
        self.notes: list[str] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what this thread calls, by whatever client: SDK v3 keeps clients of its own over its sessions.

        Files are uploaded by threads of boto3's, and on some instances by none of its clients at all: they are met
        where boto3 takes them.
        """

        def call(real: Callable[..., Any], client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            return self._answer(real, client, operation, parameters)

        def upload_file(*_: Any, **__: Any) -> None:
            """As if it were done."""

        def transfer_manager(real: Callable[..., Any], *_: Any, **__: Any) -> Any:
            raise _refusal("s3", "Upload of an open file")

        with (
            _one_at_a_time,
            _exchanged(BaseClient, "_make_api_call", call),
            _exchanged(S3Transfer, "upload_file", upload_file),
            _exchanged(boto3.s3.inject, "create_transfer_manager", transfer_manager),
            suppress(_Recorded),
        ):
            yield

    def _answer(self, real: Callable[..., Any], client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation in _CREATES:
            self.request = parameters
            raise _Recorded
        service = client.meta.service_model.service_name
        if operation.startswith(_READS) or service in _SIGN_IN:
            return real(client, operation, parameters)
        if service == "s3" and operation == "PutObject":
            return {"ETag": '"none"'}
        if service == "s3" and operation == "CreateBucket":
            self.notes.append(f"The bucket {parameters['Bucket']} does not exist; the SDK would create it.")
            return {}
        raise _refusal(service, operation)


def quiet_copy(session: Any) -> Any:
    """A copy of an SDK session that keeps what it learns to itself.

    The SDK tells AWS of every call of `fit` and `train`; here the user has called none.
    """
    copied = copy.copy(session)
    own = getattr(session, "sagemaker_config", None) or {"SchemaVersion": "1.0"}
    opt_out = {"SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}
    copied.sagemaker_config = _merged(own, opt_out)
    return copied


@contextmanager
def _exchanged(owner: Any, name: str, replacement: Callable[..., Any]) -> Iterator[None]:
    """Call ``replacement`` with the real function first where this thread calls ``owner.name``."""
    real, thread = getattr(owner, name), threading.get_ident()

    def chosen(*args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() == thread:
            return replacement(real, *args, **kwargs)
        return real(*args, **kwargs)

    setattr(owner, name, chosen)
    try:
        yield
    finally:
        setattr(owner, name, real)


def _refusal(service: str, operation: str) -> SmextError:
    return SmextError(
        ErrorCode.NOT_SUPPORTED,
        f"Before the launch the SDK would call {service}:{operation}, which may change something. Nothing was sent.",
        hint="Launch this one with the SDK itself, and watch its job with `sm.attach`.",
    )


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        merged[key] = _merged(merged.get(key) or {}, value) if isinstance(value, Mapping) else value
    return merged
