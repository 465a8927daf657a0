"""Addresses that let whoever has them get or put one object for a while, without credentials."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ..aws.session import AwsSession
from .buckets import bucket_region
from .models import PresignedUrl, PresignMethod, PresignRequest


def presign(aws: AwsSession, request: PresignRequest) -> PresignedUrl:
    """Sign an address with signature version 4. Nothing is asked but the bucket's region.

    The address can do what the signer may do at the time of its use, and dies with the signer's temporary credentials.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
    """
    now = datetime.now(timezone.utc)
    client = aws.client("s3", bucket_region(aws, request.bucket))
    # boto3 still signs with version 2 by itself, which no region since 2014 and no KMS-encrypted object accepts.
    client.meta.events.register_first("choose-signer.s3.*", _version_4, unique_id="smext-presign")
    parameters: dict[str, Any] = {"Bucket": request.bucket, "Key": request.key}
    if request.method is PresignMethod.GET:
        operation = "get_object"
        if request.version_id:
            parameters["VersionId"] = request.version_id
    else:
        operation = "put_object"
        if request.content_type:
            parameters["ContentType"] = request.content_type
    url = client.generate_presigned_url(operation, Params=parameters, ExpiresIn=request.expires_in)
    expires = now + timedelta(seconds=request.expires_in)
    end = _end_of_credentials(aws)
    return PresignedUrl(
        url=url,
        method=request.method,
        expires_at=min(expires, end) if end else expires,
        ends_with_credentials=aws.boto.get_credentials().token is not None,
    )


def _version_4(signature_version: str, **_: Any) -> str | None:
    return "s3v4-query" if signature_version in ("v4-query", "s3v4-query") else None


def _end_of_credentials(aws: AwsSession) -> datetime | None:
    # botocore keeps it where nobody else should look, and tells it in no other way.
    end = getattr(aws.boto.get_credentials(), "_expiry_time", None)
    return end if isinstance(end, datetime) else None
