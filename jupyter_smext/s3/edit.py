"""Open a small text object, and save it only where nobody has saved a newer one meanwhile."""

from __future__ import annotations

import codecs
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .conflicts import if_none_match
from .models import ObjectReference, SaveRequest, TextObject
from .object_reader import ObjectReader
from .refusal import named

LARGEST = 4 * 2**20

# What a write would lose, because S3 replaces an object as a whole.
_KEPT = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Metadata",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "BucketKeyEnabled",
)
_MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]


def open_text(aws: AwsSession, reference: ObjectReference) -> TextObject:
    """The text of an object. Permission: `s3:GetObject`.

    Raises `TooLarge` above 4 MiB, `InvalidRequest` where it is no text in UTF-8 or UTF-16.
    """
    with ObjectReader(aws, reference.bucket, reference.key, version_id=reference.version_id) as reader:
        if reader.size > LARGEST:
            raise SmextError(
                ErrorCode.TOO_LARGE,
                f"s3://{reference.bucket}/{reference.key} is too large to edit: {reader.size:,} of {LARGEST:,} bytes.",
                hint="Download it, or look at its preview.",
            )
        data = b""
        while more := reader.read(LARGEST):
            data += more
        etag = reader.etag
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = None
    if text is None or "\0" in text:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"s3://{reference.bucket}/{reference.key} is no text in UTF-8 or UTF-16.",
            hint="Download it, or look at its preview.",
        )
    return TextObject(bucket=reference.bucket, key=reference.key, text=text, encoding=encoding, etag=etag)


def save_text(aws: AwsSession, request: SaveRequest) -> TextObject:
    """Replace the object that was opened, or make a new one where ``etag`` is null.

    Metadata, tags, type, storage class and encryption stay. Raises `Conflict` where the object is no longer the one
    that was opened; nothing is overwritten then. Permissions: `s3:GetObject`, `s3:GetObjectTagging`, `s3:PutObject`,
    `s3:PutObjectTagging`.
    """
    client = aws.client("s3")
    where = {"Bucket": request.bucket, "Key": request.key}
    arguments: dict[str, Any] = {**where, "Body": request.text.encode(request.encoding)}
    with named(aws, request.bucket, request.key):
        if request.etag is None:
            arguments |= {"IfNoneMatch": "*", "ContentType": "text/plain; charset=utf-8"}
            with if_none_match(request.bucket, request.key):
                etag = client.put_object(**arguments).get("ETag")
        else:
            about = client.head_object(**where)
            if about.get("ETag") != request.etag:
                raise _newer(request)
            arguments |= {name: about[name] for name in _KEPT if about.get(name)}
            if about.get("TagCount"):
                tags = client.get_object_tagging(**where)["TagSet"]
                arguments["Tagging"] = urlencode({each["Key"]: each["Value"] for each in tags})
            if aws.supports("s3", "PutObjectRequest", "IfMatch"):
                arguments["IfMatch"] = request.etag
            try:
                etag = client.put_object(**arguments).get("ETag")
            except ClientError as error:
                if error.response["Error"].get("Code") in ("PreconditionFailed", "412", "ConditionalRequestConflict"):
                    raise _newer(request) from error
                raise
    return TextObject(bucket=request.bucket, key=request.key, text=request.text, encoding=request.encoding, etag=etag)


def _newer(request: SaveRequest) -> SmextError:
    return SmextError(
        ErrorCode.CONFLICT,
        f"s3://{request.bucket}/{request.key} was changed since it was opened.",
        hint="Open the newer version and merge, or save under another name.",
    )
