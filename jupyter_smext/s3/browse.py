"""What lies under a prefix, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter

from ..aws.session import AwsSession
from .listing import list_page
from .models import ObjectPage, ObjectsQuery, S3Object

_OBJECTS = TypeAdapter(list[S3Object])


def list_objects(aws: AwsSession, query: ObjectsQuery) -> ObjectPage:
    """One request to S3, one page, ordered by key as S3 orders. Permission: `s3:ListBucket`."""
    page = list_page(
        aws, query.bucket, query.prefix,
        delimiter=query.delimiter, token=query.continuation_token, max_keys=query.max_keys,
    )  # fmt: skip
    rows = zip(page.keys, page.sizes, page.modified, page.storage_classes, page.etags, strict=True)
    return ObjectPage.model_construct(
        bucket=query.bucket,
        prefix=query.prefix,
        prefixes=page.prefixes,
        objects=_OBJECTS.validate_python(
            [
                {
                    "key": key,
                    "size": size,
                    "last_modified": modified,
                    "storage_class": storage_class or "STANDARD",
                    "etag": f'"{etag}"' if etag else None,
                }
                for key, size, modified, storage_class, etag in rows
            ]
        ),
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
