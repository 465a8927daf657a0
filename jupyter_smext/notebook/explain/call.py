"""What a failed call was about, read from the frames of its traceback: an exception of boto3 keeps no parameters."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """A call of a boto3 client; only what names its subject is kept, nothing of its content."""

    service: str
    """For example ``s3``."""
    operation: str
    region: str | None
    resource: str | None
    """ARN of the bucket or object; None for another service."""


def call_behind(error: BaseException) -> Call | None:
    """The call that ended with this error; None where no client of boto3 or aiobotocore is in its traceback."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__"))
        if frame.f_code.co_name == "_make_api_call" and module in ("botocore.client", "aiobotocore.client"):
            meta = frame.f_locals["self"].meta
            service = str(meta.service_model.service_name)
            parameters = frame.f_locals.get("api_params")
            return Call(
                service=service,
                operation=str(frame.f_locals.get("operation_name")),
                region=meta.region_name,
                resource=_s3_arn(parameters, meta.partition) if service == "s3" else None,
            )
    return None


def path_behind(error: BaseException) -> str | None:
    """ARN of the object that s3fs or PyArrow says is not there: it is all that their errors say."""
    path = str(error.args[0]) if error.args else ""
    path = path.removeprefix("s3://")
    bucket, slash, _ = path.partition("/")
    return f"arn:aws:s3:::{path}" if bucket and slash and " " not in bucket else None


def _s3_arn(parameters: object, partition: str) -> str | None:
    if not isinstance(parameters, Mapping):
        return None
    named: Mapping[str, Any] = parameters
    bucket, key = named.get("Bucket"), named.get("Key")
    if not isinstance(bucket, str):
        return None
    # An access point is named by its ARN in place of a bucket's name.
    arn = bucket if bucket.startswith("arn:") else f"arn:{partition}:s3:::{bucket}"
    return f"{arn}/{key}" if isinstance(key, str) else arn
