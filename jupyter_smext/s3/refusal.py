"""Name who was refused on what: S3 itself answers a bare "Access Denied"."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession


@contextmanager
def named(aws: AwsSession, bucket: str | None = None, key: str | None = None) -> Iterator[None]:
    """Raise what boto3 raises inside as :class:`SmextError` that carries the ARN of the bucket or object.

    A refusal also carries the principal, asked from STS once.
    """
    try:
        yield
    except ClientError as error:
        resource = arn(aws, bucket, key) if bucket else "arn:aws:s3:::*"
        mapped = from_aws(error, resource=resource)
        if mapped.code is ErrorCode.ACCESS_DENIED and mapped.envelope.principal is None:
            mapped = from_aws(error, resource=resource, principal=_caller(aws))
        raise mapped from error


def arn(aws: AwsSession, bucket: str, key: str | None = None) -> str:
    """The ARN of a bucket or object. A bucket that is itself an ARN (an access point) stays what it is."""
    if bucket.startswith("arn:"):
        return bucket if key is None else f"{bucket}/object/{key}"
    base = f"arn:{aws.client('s3').meta.partition}:s3:::{bucket}"
    return base if key is None else f"{base}/{key}"


def _caller(aws: AwsSession) -> str | None:
    try:
        return aws.identity().caller_arn
    except (ClientError, SmextError):
        return None
