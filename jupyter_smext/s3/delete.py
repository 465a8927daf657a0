"""Delete objects by key."""

from __future__ import annotations

import re

from botocore.exceptions import ClientError

from ..aws.session import AwsSession
from .models import DeleteFailure, DeleteRequest, DeleteResult
from .refusal import named

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
        for each in answer.get("Errors", []):
            result.failed.append(
                DeleteFailure(key=each["Key"], code=each.get("Code", ""), message=each.get("Message", ""))
            )
        failed = {each.key for each in result.failed}
        result.deleted += [key for key in batch if key not in failed]
    for key in request.keys:
        if _NOT_IN_XML.search(key):
            try:
                client.delete_object(Bucket=request.bucket, Key=key)
                result.deleted.append(key)
            except ClientError as error:
                detail = error.response["Error"]
                result.failed.append(
                    DeleteFailure(key=key, code=detail.get("Code", ""), message=detail.get("Message", ""))
                )
    return result
