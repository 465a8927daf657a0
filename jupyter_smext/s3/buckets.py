"""Buckets: list, create, delete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from .models import Bucket, BucketPage, BucketsQuery, CreateBucketRequest, DeleteBucketRequest, DeleteSummary
from .refusal import named


def list_buckets(aws: AwsSession, query: BucketsQuery) -> BucketPage:
    """One page of the account's buckets, by name. Permission: `s3:ListAllMyBuckets`.

    boto3 before 1.35.42 knows no pages: it gets all buckets in one answer, and we filter.
    """
    paged = aws.supports("s3", "ListBucketsRequest", "MaxBuckets")
    arguments: dict[str, object] = {}
    if paged:
        arguments["MaxBuckets"] = query.max_buckets
        if query.prefix:
            arguments["Prefix"] = query.prefix
        if query.continuation_token:
            arguments["ContinuationToken"] = query.continuation_token
    with named(aws):
        answer = aws.client("s3").list_buckets(**arguments)
    buckets = [
        Bucket(name=each["Name"], region=each.get("BucketRegion"), created=each.get("CreationDate"))
        for each in answer.get("Buckets", [])
        if each["Name"].startswith(query.prefix or "")
    ]
    return BucketPage(buckets=buckets, continuation_token=answer.get("ContinuationToken"))


def all_buckets(aws: AwsSession) -> Iterator[Bucket]:
    """Every bucket of the account, page after page."""
    query = BucketsQuery()
    while True:
        page = list_buckets(aws, query)
        yield from page.buckets
        if page.continuation_token is None:
            return
        query = query.model_copy(update={"continuation_token": page.continuation_token})


def bucket_region(aws: AwsSession, bucket: str) -> str | None:
    """The region of a bucket, or None where we may not know. Permission: `s3:ListBucket`."""
    try:
        answer = aws.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        # S3 names the region even in a refusal.
        headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
        return headers.get("x-amz-bucket-region")
    region = answer.get("BucketRegion") or answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
    return str(region) if region else None


def create_bucket(aws: AwsSession, request: CreateBucketRequest) -> Bucket:
    """Make a bucket in the session's region. Permission: `s3:CreateBucket`.

    Raises `InvalidRequest` naming the rule that the name breaks, `Conflict` where the name is taken.
    """
    broken = broken_name_rule(request.name)
    if broken:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{request.name!r} cannot name a bucket: {broken}.")
    region = aws.region
    # us-east-1 is named by no constraint at all, https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    with named(aws, request.name):
        aws.client("s3").create_bucket(Bucket=request.name, **where)
    return Bucket(name=request.name, region=region)


def delete_bucket(aws: AwsSession, request: DeleteBucketRequest, progress: Progress) -> DeleteSummary:
    """Delete a bucket; ``progress`` counts versions. Permission: `s3:DeleteBucket`.

    Raises `InvalidRequest` where the name is not repeated, `Conflict` where the bucket holds anything and ``empty`` is
    False. To empty it: `s3:ListBucketVersions`, `s3:DeleteObjectVersion`, `s3:ListBucketMultipartUploads`,
    `s3:AbortMultipartUpload`.
    """
    if request.confirm != request.name:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"To delete {request.name}, repeat its name.")
    client, summary = aws.client("s3"), DeleteSummary()
    with named(aws, request.name):
        if request.empty:
            pages = client.get_paginator("list_object_versions").paginate(Bucket=request.name)
            for page in pages:
                check(progress)
                found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                if found:
                    doomed = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
                    answer = client.delete_objects(Bucket=request.name, Delete={"Objects": doomed, "Quiet": True})
                    summary.failed += len(answer.get("Errors", []))
                    summary.deleted += len(doomed) - len(answer.get("Errors", []))
                    progress.update(summary.deleted)
            for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=request.name):
                for each in page.get("Uploads", []):
                    client.abort_multipart_upload(Bucket=request.name, Key=each["Key"], UploadId=each["UploadId"])
        client.delete_bucket(Bucket=request.name)
    return summary


# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_NAME_RULES: list[tuple[str, str]] = [
    (r"[a-z0-9.-]*", "it may hold lower-case letters, digits, dots and hyphens only"),
    (r".{3,63}", "it must be 3 to 63 characters long"),
    (r"[a-z0-9](.*[a-z0-9])?", "it must begin and end with a letter or a digit"),
    (r"(?!.*\.\.).*", "two dots may not stand next to each other"),
    (r"(?!\d+\.\d+\.\d+\.\d+$).*", "it may not look like an IP address"),
    (r"(?!xn--|sthree-|amzn-s3-demo-).*", "it may not begin with `xn--`, `sthree-` or `amzn-s3-demo-`"),
    (
        r".*(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)",
        "it may not end with `-s3alias`, `--ol-s3`, `.mrap`, `--x-s3` or `--table-s3`",
    ),
]


def broken_name_rule(name: str) -> str | None:
    """The first rule for names of general purpose buckets that this name breaks, in words, or None."""
    return next((rule for pattern, rule in _NAME_RULES if not re.fullmatch(pattern, name, re.DOTALL)), None)
