"""All about one object: metadata, tags, versions, encryption, lock, checksum, and the way back from Glacier."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .buckets import bucket_region
from .location import Location, https_url
from .models import (
    Checksum,
    Encryption,
    GlacierRestore,
    GlacierRestoreRequest,
    ObjectDetails,
    ObjectLock,
    ObjectReference,
    ObjectTags,
    ObjectVersion,
    TagsRequest,
    VersionPage,
    VersionsQuery,
)
from .refusal import arn, named


def details(aws: AwsSession, reference: ObjectReference) -> ObjectDetails:
    """Everything that S3 tells about an object. Permission: `s3:GetObject`.

    Tags also need `s3:GetObjectTagging`; without it they are null.
    """
    client, where = aws.client("s3"), _where(reference)
    with named(aws, reference.bucket, reference.key):
        try:
            head = client.head_object(**where, ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
                raise
            # Checksums of a KMS-encrypted object need its key; all the rest does not.
            head = client.head_object(**where)
    region = bucket_region(aws, reference.bucket)
    return ObjectDetails(
        bucket=reference.bucket,
        key=reference.key,
        version_id=head.get("VersionId"),
        size=head["ContentLength"],
        last_modified=head["LastModified"],
        etag=head.get("ETag"),
        content_type=head.get("ContentType"),
        headers={name: str(head[member]) for name, member in _HEADERS.items() if head.get(member)},
        metadata=head.get("Metadata", {}),
        tags=_tags_or_none(client, where),
        storage_class=head.get("StorageClass", "STANDARD"),
        archive_status=head.get("ArchiveStatus"),
        restore=read_restore(head.get("Restore")),
        encryption=_encryption(head),
        checksums=[
            Checksum(algorithm=member.removeprefix("Checksum"), value=value, type=head.get("ChecksumType"))
            for member, value in sorted(head.items())
            if member.startswith("Checksum") and member != "ChecksumType"
        ],
        lock=_lock(head),
        expiration=head.get("Expiration"),
        replication_status=head.get("ReplicationStatus"),
        uri=Location(reference.bucket, reference.key).uri,
        arn=arn(aws, reference.bucket, reference.key),
        url=https_url(reference.bucket, reference.key, region) if region and _is_name(reference.bucket) else None,
    )


def set_tags(aws: AwsSession, request: TagsRequest) -> ObjectTags:
    """Replace all tags of an object. Permission: `s3:PutObjectTagging`."""
    tags = [{"Key": name, "Value": value} for name, value in request.tags.items()]
    with named(aws, request.bucket, request.key):
        aws.client("s3").put_object_tagging(**_where(request), Tagging={"TagSet": tags})
    return ObjectTags(tags=request.tags)


def list_versions(aws: AwsSession, query: VersionsQuery) -> VersionPage:
    """Versions and delete markers of one key, the newest first. Permission: `s3:ListBucketVersions`."""
    arguments: dict[str, Any] = {"Bucket": query.bucket, "Prefix": query.key, "MaxKeys": query.max_versions}
    if query.version_id_marker:
        arguments |= {"KeyMarker": query.key, "VersionIdMarker": query.version_id_marker}
    with named(aws, query.bucket):
        answer = aws.client("s3").list_object_versions(**arguments)
    versions = [
        ObjectVersion(
            version_id=each["VersionId"],
            latest=each["IsLatest"],
            last_modified=each["LastModified"],
            size=each.get("Size"),
            etag=each.get("ETag"),
            storage_class=each.get("StorageClass"),
            delete_marker="Size" not in each,
        )
        for each in [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        if each["Key"] == query.key  # a prefix finds longer keys, too
    ]
    versions.sort(key=lambda each: (not each.latest, -each.last_modified.timestamp()))
    more = answer["IsTruncated"] and answer.get("NextKeyMarker") == query.key
    return VersionPage(versions=versions, version_id_marker=answer.get("NextVersionIdMarker") if more else None)


def restore_version(aws: AwsSession, reference: ObjectReference) -> ObjectReference:
    """Make an older version the latest again, by a copy of it onto its key; no version is lost.

    Permissions: `s3:GetObjectVersion`, `s3:PutObject`.
    """
    if reference.version_id is None:
        raise SmextError(ErrorCode.INVALID_REQUEST, "Say which version is meant.")
    with named(aws, reference.bucket, reference.key):
        answer = aws.client("s3").copy_object(
            Bucket=reference.bucket,
            Key=reference.key,
            CopySource={"Bucket": reference.bucket, "Key": reference.key, "VersionId": reference.version_id},
        )
    return ObjectReference(bucket=reference.bucket, key=reference.key, version_id=answer.get("VersionId"))


def delete_version(aws: AwsSession, reference: ObjectReference) -> None:
    """Delete one version for good, or one delete marker, which brings the object back.

    Permission: `s3:DeleteObjectVersion`.
    """
    if reference.version_id is None:
        raise SmextError(ErrorCode.INVALID_REQUEST, "Say which version is meant.")
    with named(aws, reference.bucket, reference.key):
        aws.client("s3").delete_object(**_where(reference))


def restore_from_glacier(aws: AwsSession, request: GlacierRestoreRequest) -> GlacierRestore:
    """Ask for a temporary copy of an archived object. Permission: `s3:RestoreObject`.

    Expedited takes minutes, Standard hours, Bulk up to two days; each is billed.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
    """
    job = {"Days": request.days, "GlacierJobParameters": {"Tier": request.tier.value}}
    client, where = aws.client("s3"), _where(request)
    try:
        with named(aws, request.bucket, request.key):
            client.restore_object(**where, RestoreRequest=job)
            head = client.head_object(**where)
    except SmextError as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"].get("Code") == "RestoreAlreadyInProgress":
            return GlacierRestore(ongoing=True, until=None)
        raise
    return read_restore(head.get("Restore")) or GlacierRestore(ongoing=True, until=None)


def read_restore(header: str | None) -> GlacierRestore | None:
    """Understand `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`."""
    if not header:
        return None
    until = re.search(r'expiry-date="([^"]+)"', header)
    return GlacierRestore(
        ongoing='ongoing-request="true"' in header, until=parsedate_to_datetime(until[1]) if until else None
    )


_HEADERS = {
    "Cache-Control": "CacheControl",
    "Content-Disposition": "ContentDisposition",
    "Content-Encoding": "ContentEncoding",
    "Content-Language": "ContentLanguage",
    "Expires": "ExpiresString",
    "Website-Redirect-Location": "WebsiteRedirectLocation",
}


def _where(reference: ObjectReference) -> dict[str, str]:
    version = {"VersionId": reference.version_id} if reference.version_id else {}
    return {"Bucket": reference.bucket, "Key": reference.key, **version}


def _is_name(bucket: str) -> bool:
    return not bucket.startswith("arn:")


def _tags_or_none(client: Any, where: dict[str, str]) -> dict[str, str] | None:
    try:
        return {each["Key"]: each["Value"] for each in client.get_object_tagging(**where)["TagSet"]}
    except ClientError:
        return None


def _encryption(head: dict[str, Any]) -> Encryption | None:
    algorithm = head.get("ServerSideEncryption") or head.get("SSECustomerAlgorithm")
    if not algorithm:
        return None
    return Encryption(
        algorithm=algorithm,
        kms_key_id=head.get("SSEKMSKeyId"),
        bucket_key=head.get("BucketKeyEnabled", False),
        customer_key="SSECustomerAlgorithm" in head,
    )


def _lock(head: dict[str, Any]) -> ObjectLock | None:
    hold = head.get("ObjectLockLegalHoldStatus") == "ON"
    if not hold and "ObjectLockMode" not in head:
        return None
    return ObjectLock(
        mode=head.get("ObjectLockMode"), retain_until=head.get("ObjectLockRetainUntilDate"), legal_hold=hold
    )
