"""Uploads in parts that were begun and came to no end: no listing shows them, and AWS charges for their parts.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import from_aws
from ..aws.progress import Progress, Silent, check
from ..aws.session import AwsSession
from ..prices import storage as storage_prices
from .buckets import bucket_region
from .models import (
    AbortRequest,
    AbortResult,
    DeleteFailure,
    UnfinishedPage,
    UnfinishedQuery,
    UnfinishedUpload,
    UploadReference,
)
from .parallel import in_parallel
from .refusal import named
from .upload import abort_upload

THREADS = 8


def list_unfinished(aws: AwsSession, query: UnfinishedQuery) -> UnfinishedPage:
    """One page of unfinished uploads, by key, with what their parts take up.

    Permissions: `s3:ListBucketMultipartUploads`; `s3:ListMultipartUploadParts` for sizes, which are unknown without.
    """
    with named(aws, query.bucket):
        found = (
            aws.client("s3")
            .get_paginator("list_multipart_uploads")
            .paginate(
                Bucket=query.bucket,
                Prefix=query.prefix,
                PaginationConfig={
                    "MaxItems": query.max_uploads,
                    "PageSize": query.max_uploads,
                    "StartingToken": query.continuation_token,
                },
            )
            .build_full_result()
        )
    region = bucket_region(aws, query.bucket)
    uploads = in_parallel(
        lambda each: _looked_at(aws, query.bucket, region, each),
        found.get("Uploads", []),
        threads=THREADS,
        progress=Silent(),
    )
    return UnfinishedPage(
        uploads=sorted(uploads, key=lambda each: (each.key, each.initiated)),
        continuation_token=found.get("NextToken"),
    )


def all_unfinished(aws: AwsSession, bucket: str, prefix: str, progress: Progress) -> Iterator[UnfinishedUpload]:
    """Every unfinished upload below a prefix; ``progress`` counts them. Permissions: those of `list_unfinished`."""
    token: str | None = None
    count = 0
    while True:
        page = list_unfinished(aws, UnfinishedQuery(bucket=bucket, prefix=prefix, continuation_token=token))
        yield from page.uploads
        count += len(page.uploads)
        progress.update(count)
        check(progress)
        token = page.continuation_token
        if token is None:
            return


def abort_unfinished(aws: AwsSession, request: AbortRequest) -> AbortResult:
    """Throw away these uploads with all their parts, for good. Permission: `s3:AbortMultipartUpload`.

    A part that is on its way at this moment may stay: look again, as AWS advises for AbortMultipartUpload.
    """
    result = AbortResult()

    def abort(each: UploadReference) -> DeleteFailure | None:
        try:
            abort_upload(aws, request.bucket, each.key, each.upload_id)
        except Exception as error:
            mapped = from_aws(error)
            return DeleteFailure(key=each.key, code=mapped.code.value, message=str(mapped))
        return None

    for failure in in_parallel(abort, request.uploads, threads=THREADS, progress=Silent()):
        if failure is None:
            result.aborted += 1
        else:
            result.failed.append(failure)
    return result


def _looked_at(aws: AwsSession, bucket: str, region: str | None, found: dict[str, Any]) -> UnfinishedUpload:
    initiated: datetime = found["Initiated"]
    storage_class = found.get("StorageClass", "STANDARD")
    sizes: list[int] | None
    try:
        pages = (
            aws.client("s3")
            .get_paginator("list_parts")
            .paginate(Bucket=bucket, Key=found["Key"], UploadId=found["UploadId"])
        )
        parts = [part for page in pages for part in page.get("Parts", [])]
        sizes = [part["Size"] for part in parts]
        last_active = max([initiated, *(part["LastModified"] for part in parts)])
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (403, 404):
            raise
        sizes, last_active = None, initiated
    total = None if sizes is None else sum(sizes)
    cost = None if region is None or total is None else storage_prices.monthly(region, storage_class, total)
    return UnfinishedUpload(
        key=found["Key"],
        upload_id=found["UploadId"],
        initiated=initiated,
        last_active=last_active,
        storage_class=storage_class,
        parts=None if sizes is None else len(sizes),
        bytes=total,
        monthly_usd=cost,
    )
