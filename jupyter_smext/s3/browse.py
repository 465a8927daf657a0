"""What lies under a prefix, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws.session import AwsSession
from .listing import list_page
from .models import ObjectPage, ObjectsQuery, S3Object


def list_objects(aws: AwsSession, query: ObjectsQuery) -> ObjectPage:
    """One request to S3, one page, ordered by key as S3 orders. Permission: `s3:ListBucket`."""
    page = list_page(
        aws, query.bucket, query.prefix,
        delimiter=query.delimiter, token=query.continuation_token, max_keys=query.max_keys,
    )  # fmt: skip
    return ObjectPage(
        bucket=query.bucket,
        prefix=query.prefix,
        prefixes=page.prefixes,
        objects=page.objects(),
        continuation_token=page.next_token,
    )


def list_all(aws: AwsSession, query: ObjectsQuery) -> Iterator[ObjectPage]:
    """The page asked for and all that follow."""
    while True:
        page = list_objects(aws, query)
        yield page
        if page.continuation_token is None:
            return
        query = query.model_copy(update={"continuation_token": page.continuation_token})


def all_objects(aws: AwsSession, bucket: str, prefix: str) -> Iterator[S3Object]:
    """Every object under a prefix, at any depth."""
    for page in list_all(aws, ObjectsQuery(bucket=bucket, prefix=prefix, delimiter="")):
        yield from page.objects
