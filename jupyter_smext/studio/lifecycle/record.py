"""What stood in the settings before our first configuration came, kept in S3 until it is put back."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from ...aws.errors import ErrorCode, from_aws
from ...aws.session import AwsSession
from .bundle import split
from .targets import Target


class Record(BaseModel):
    target: str
    before: dict[str, Any] | None
    installed_by: str
    installed_at: str


def uri_of(base: str, target: Target) -> str:
    return f"{base}/records/{target.key}.json"


def read(session: AwsSession, base: str, target: Target) -> Record | None:
    """Permission: `s3:GetObject`, and `s3:ListBucket` to tell a missing record from a forbidden one."""
    bucket, key = split(uri_of(base, target))
    try:
        body = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except Exception as error:
        mapped = from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}")
        if mapped.code is ErrorCode.NOT_FOUND:
            return None
        raise mapped from error
    return Record.model_validate_json(body)


def write(session: AwsSession, base: str, target: Target, record: Record) -> None:
    """Permission: `s3:PutObject`."""
    bucket, key = split(uri_of(base, target))
    try:
        session.client("s3").put_object(Bucket=bucket, Key=key, Body=record.model_dump_json(indent=2).encode())
    except Exception as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error


def delete(session: AwsSession, base: str, target: Target) -> None:
    """Permission: `s3:DeleteObject`."""
    bucket, key = split(uri_of(base, target))
    try:
        session.client("s3").delete_object(Bucket=bucket, Key=key)
    except Exception as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error
