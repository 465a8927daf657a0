"""Delete objects: some keys, or all under a prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from .listing import list_pages
from .models import DeleteFailure, DeletePrefixRequest, DeleteRequest, DeleteResult, DeleteSummary
from .parallel import in_parallel
from .patience import Patience
from .refusal import named

THREADS = 4

# XML 1.0 has no way to write these, and DeleteObjects names its keys in XML: such keys go one by one, in the URL.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def delete_objects(aws: AwsSession, request: DeleteRequest) -> DeleteResult:
    """Delete up to 1,000 keys in one request. A key that does not exist counts as deleted, as S3 has it.

    In a versioned bucket this places delete markers and frees no space. Permission: `s3:DeleteObject`.
    """
    client = aws.client("s3")
    result = DeleteResult(deleted=[])
    batch = [key for key in request.keys if not _NOT_IN_XML.search(key)]
    if batch:
        with named(aws, request.bucket):
            answer = client.delete_objects(
                Bucket=request.bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
        result.failed += [_failure(each["Key"], each) for each in answer.get("Errors", [])]
        failed = {each.key for each in result.failed}
        result.deleted += [key for key in batch if key not in failed]
    for key in request.keys:
        if _NOT_IN_XML.search(key):
            try:
                client.delete_object(Bucket=request.bucket, Key=key)
                result.deleted.append(key)
            except ClientError as error:
                result.failed.append(_failure(key, error.response["Error"]))
    return result


def delete_prefix(aws: AwsSession, request: DeletePrefixRequest, progress: Progress) -> DeleteSummary:
    """Delete all objects under a prefix; ``progress`` counts objects. Permissions: `s3:ListBucket`, `s3:DeleteObject`.

    Raises `InvalidRequest` where the whole bucket is meant and ``confirm`` does not name it. What was deleted before
    a failure or a cancel stays deleted.
    """
    if not request.prefix and request.confirm != request.bucket:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"This would delete everything in {request.bucket}.",
            hint="Confirm it with the name of the bucket.",
        )

    def batches() -> Iterator[DeleteRequest]:
        for page in list_pages(aws, request.bucket, request.prefix):
            if page.keys:
                yield DeleteRequest.model_construct(bucket=request.bucket, keys=list(page.keys))

    summary = DeleteSummary()

    patience = Patience(aws, progress)

    def delete(batch: DeleteRequest) -> DeleteResult:
        return patience.call(lambda: delete_objects(aws, batch))

    for result in in_parallel(delete, batches(), threads=THREADS, progress=patience):
        summary.add(result)
        patience.update(summary.deleted + summary.failed)
    return summary


def _failure(key: str, detail: Mapping[str, Any]) -> DeleteFailure:
    return DeleteFailure(key=key, code=detail.get("Code", ""), message=detail.get("Message", ""))
