"""What lies under a prefix."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws.session import AwsSession
from .models import ObjectPage, ObjectsQuery, S3Object
from .refusal import named


def list_objects(aws: AwsSession, query: ObjectsQuery) -> ObjectPage:
    """One request to S3, one page, ordered by key as S3 orders. Permission: `s3:ListBucket`."""
    arguments: dict[str, object] = {"Bucket": query.bucket, "Prefix": query.prefix, "MaxKeys": query.max_keys}
    if query.delimiter:
        arguments["Delimiter"] = query.delimiter
    if query.continuation_token:
        arguments["ContinuationToken"] = query.continuation_token
    with named(aws, query.bucket):
        answer = aws.client("s3").list_objects_v2(**arguments)
    return ObjectPage(
        bucket=query.bucket,
        prefix=query.prefix,
        prefixes=[each["Prefix"] for each in answer.get("CommonPrefixes", [])],
        objects=[
            S3Object(
                key=each["Key"],
                size=each["Size"],
                last_modified=each["LastModified"],
                storage_class=each.get("StorageClass", "STANDARD"),
                etag=each.get("ETag"),
            )
            for each in answer.get("Contents", [])
        ],
        continuation_token=answer.get("NextContinuationToken"),
    )


def all_objects(aws: AwsSession, bucket: str, prefix: str) -> Iterator[S3Object]:
    """Every object under a prefix, at any depth, page after page. Permission: `s3:ListBucket`."""
    query = ObjectsQuery(bucket=bucket, prefix=prefix, delimiter="")
    while True:
        page = list_objects(aws, query)
        yield from page.objects
        if page.continuation_token is None:
            return
        query.continuation_token = page.continuation_token
