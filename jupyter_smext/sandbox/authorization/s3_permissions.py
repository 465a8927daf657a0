"""What each request to S3 needs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from jupyter_smext.sandbox.authorization.authorizer import Authorizer, Permission
from jupyter_smext.sandbox.authorization.iam_documents import Document
from jupyter_smext.sandbox.authorization.remembered import Remembered
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request
from jupyter_smext.sandbox.s3.store import S3Store

# The configuration of a bucket, by the query parameter that names it.
_BUCKET_CONFIGURATIONS = {
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "tagging": "BucketTagging",
    "acl": "BucketAcl",
    "location": "BucketLocation",
    "versioning": "BucketVersioning",
    "encryption": "EncryptionConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "cors": "BucketCORS",
    "website": "BucketWebsite",
    "logging": "BucketLogging",
    "notification": "BucketNotification",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "ownershipControls": "BucketOwnershipControls",
    "object-lock": "BucketObjectLockConfiguration",
    "replication": "ReplicationConfiguration",
    "accelerate": "AccelerateConfiguration",
    "requestPayment": "BucketRequestPayment",
    "inventory": "InventoryConfiguration",
    "analytics": "AnalyticsConfiguration",
    "metrics": "MetricsConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
}
_DELETED_BY_AN_ACTION_OF_ITS_OWN = ("BucketPolicy", "BucketWebsite")
_LISTINGS = {"uploads": "s3:ListBucketMultipartUploads", "versions": "s3:ListBucketVersions"}
_CONTEXT_HEADERS = (
    "x-amz-acl",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-content-sha256",
)


class S3Authorization:
    """Decides on requests to S3 from the caller's policies and the bucket's."""

    def __init__(
        self, authorizer: Authorizer, store: S3Store, read_bucket_policy: Callable[[str], Document | None]
    ) -> None:
        self._authorizer = authorizer
        self._store = store
        self._policies = Remembered(read_bucket_policy)

    def require(self, caller: Caller, request: Request, bucket: str, key: str) -> None:
        """Raises ``AccessDenied``. Of a DeleteObjects call each key is asked for with :meth:`refusal_of_deletion`."""
        if not bucket:
            self._authorizer.require(caller, [Permission("s3:ListAllMyBuckets")])
        elif key:
            self._authorizer.require(caller, self._on_object(request, bucket, key), self._policies.get(bucket))
            if "x-amz-copy-source" in request.headers and request.method == "PUT":
                self._require_source(caller, request.headers["x-amz-copy-source"])
        elif (permission := _on_bucket(request, bucket)) is not None:
            creates = permission.action == "s3:CreateBucket"
            self._authorizer.require(caller, [permission], None if creates else self._policies.get(bucket))

    def refusal_of_deletion(self, caller: Caller, bucket: str, key: str, version: str | None) -> AwsError | None:
        action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        permission = Permission(action, _arn(bucket, key), {"s3:VersionId": version} if version else {})
        return self._authorizer.refusal(caller, permission, self._policies.get(bucket))

    def require_sight(self, caller: Caller, bucket: str) -> None:
        """Only who may list a bucket is told that a key is not there; raises ``AccessDenied`` for others.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        self._authorizer.require(caller, [Permission("s3:ListBucket", _arn(bucket))], self._policies.get(bucket))

    def forget_policies(self) -> None:
        """The policy of a bucket may have changed."""
        self._policies.forget()

    def _require_source(self, caller: Caller, header: str) -> None:
        path, _, version = header.partition("?versionId=")
        bucket, _, key = unquote(path).removeprefix("/").partition("/")
        action = "s3:GetObjectVersion" if version else "s3:GetObject"
        permission = Permission(action, _arn(bucket, key), self._existing_tags(bucket, key, version))
        self._authorizer.require(caller, [permission], self._policies.get(bucket))

    def _on_object(self, request: Request, bucket: str, key: str) -> list[Permission]:
        version = request.query.get("versionId", "")
        context: dict[str, Any] = {
            f"s3:{name}": request.headers[name] for name in _CONTEXT_HEADERS if name in request.headers
        }
        if version:
            context["s3:VersionId"] = version
        context |= self._existing_tags(bucket, key, version)
        given = dict(parse_qsl(request.headers.get("x-amz-tagging", ""), keep_blank_values=True))
        context |= {f"s3:RequestObjectTag/{name}": value for name, value in given.items()}
        if given:
            context["s3:RequestObjectTagKeys"] = list(given)
        return [Permission(action, _arn(bucket, key), context) for action in _object_actions(request, version)]

    def _existing_tags(self, bucket: str, key: str, version: str) -> dict[str, str]:
        item = self._store.version(bucket, key, version) if version else self._store.latest(bucket, key)
        return {f"s3:ExistingObjectTag/{name}": value for name, value in item.tags.items()} if item else {}


def _object_actions(request: Request, version: str) -> list[str]:
    query, of_version = request.query, "Version" if version else ""
    if request.method in ("GET", "HEAD"):
        if "uploadId" in query:
            return ["s3:ListMultipartUploadParts"]
        if "attributes" in query:
            return [f"s3:GetObject{of_version}", f"s3:GetObject{of_version}Attributes"]
        return [f"s3:GetObject{of_version}{_subresource(query)}"]
    if request.method == "DELETE":
        if "uploadId" in query:
            return ["s3:AbortMultipartUpload"]
        return [f"s3:DeleteObject{of_version}{_subresource(query)}"]
    if "restore" in query:
        return ["s3:RestoreObject"]
    if subresource := _subresource(query):
        return [f"s3:PutObject{of_version}{subresource}"]
    actions = ["s3:PutObject"]
    if "x-amz-tagging" in request.headers:
        actions.append("s3:PutObjectTagging")
    if "x-amz-acl" in request.headers:
        actions.append("s3:PutObjectAcl")
    return actions


def _subresource(query: Mapping[str, str]) -> str:
    return next((word for name, word in (("tagging", "Tagging"), ("acl", "Acl")) if name in query), "")


def _on_bucket(request: Request, bucket: str) -> Permission | None:
    """None for DeleteObjects, which is decided key by key."""
    arn, query = _arn(bucket), request.query
    if request.method == "POST":
        return None
    for name, configuration in _BUCKET_CONFIGURATIONS.items():
        if name in query:
            verb = "Get" if request.method in ("GET", "HEAD") else "Put"
            if request.method == "DELETE" and configuration in _DELETED_BY_AN_ACTION_OF_ITS_OWN:
                verb = "Delete"
            return Permission(f"s3:{verb}{configuration}", arn)
    if request.method == "PUT":
        return Permission("s3:CreateBucket", arn)
    if request.method == "DELETE":
        return Permission("s3:DeleteBucket", arn)
    if request.method == "HEAD":
        return Permission("s3:ListBucket", arn)
    action = next((action for name, action in _LISTINGS.items() if name in query), "s3:ListBucket")
    asked = ("prefix", "delimiter", "max-keys")
    return Permission(action, arn, {f"s3:{name}": query[name] for name in asked if name in query})


def _arn(bucket: str, key: str = "") -> str:
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
