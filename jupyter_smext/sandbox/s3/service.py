"""Which operation of S3 a request is, by its method, path and query.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.s3 import xml
from jupyter_smext.sandbox.s3.bodies import Bodies
from jupyter_smext.sandbox.s3.buckets import BucketOperations
from jupyter_smext.sandbox.s3.copying import CopyOperations
from jupyter_smext.sandbox.s3.listings import ListOperations
from jupyter_smext.sandbox.s3.multipart import MultipartOperations
from jupyter_smext.sandbox.s3.objects import ObjectOperations
from jupyter_smext.sandbox.s3.store import Bucket, S3Store

if TYPE_CHECKING:
    from jupyter_smext.sandbox.authorization.s3_permissions import S3Authorization

log = logging.getLogger(__name__)

BucketOperation: TypeAlias = Callable[[Request, Bucket], Response]
ObjectOperation: TypeAlias = Callable[[Request, Bucket, str], Response]


class S3Service:
    """Owns objects and buckets; hands the configuration of buckets to moto."""

    def __init__(self, database: Database, folder: Path, moto: Callable[[Caller, Request], Response]) -> None:
        self._authorization: S3Authorization | None = None
        self._store = S3Store(database)
        self._bodies = Bodies(folder)
        self._moto = moto
        self._buckets = BucketOperations(self._store, moto)
        lists = ListOperations(self._store)
        objects = ObjectOperations(self._store, self._bodies)
        copies = CopyOperations(self._store, self._bodies)
        multipart = MultipartOperations(self._store, self._bodies)

        # The first entry whose query parameter is there (or whose parameter is empty) is the operation.
        self._of_bucket: dict[str, list[tuple[str, BucketOperation]]] = {
            "GET": [
                ("location", self._buckets.get_location),
                ("versioning", self._buckets.get_versioning),
                ("uploads", multipart.list_uploads),
                ("versions", lists.list_versions),
            ],
            "PUT": [("versioning", self._buckets.put_versioning)],
            "HEAD": [("", self._buckets.head)],
        }
        self._list_objects = lists.list_objects
        self._delete_many = objects.delete_many
        self._of_object: dict[str, list[tuple[str, ObjectOperation]]] = {
            "GET": [
                ("tagging", objects.get_tagging),
                ("attributes", objects.get_attributes),
                ("uploadId", multipart.list_parts),
                ("acl", objects.get_acl),
                ("", objects.get),
            ],
            "HEAD": [("", objects.get)],
            "PUT": [
                ("tagging", objects.put_tagging),
                ("acl", objects.put_acl),
                ("uploadId", lambda *call: (copies.part if _copies(call[0]) else multipart.put_part)(*call)),
                ("", lambda *call: (copies.object if _copies(call[0]) else objects.put)(*call)),
            ],
            "POST": [
                ("uploads", multipart.create),
                ("uploadId", multipart.complete),
                ("restore", objects.restore),
            ],
            "DELETE": [
                ("tagging", objects.delete_tagging),
                ("uploadId", multipart.abort),
                ("", objects.delete),
            ],
        }

    def authorize_with(self, authorization: S3Authorization) -> None:
        """Asks before each request."""
        self._authorization = authorization

    def sweep(self) -> None:
        """Removes bytes that a killed sandbox left without an object."""
        self._bodies.sweep(self._store.known_files())

    def handle(self, caller: Caller, request: Request) -> Response:
        try:
            _refuse_expired(request)
            return self._route(caller, request)
        except AwsError as error:
            response = xml.error(self._as_seen_by(caller, request, error), request.path)
        except Exception:
            log.exception("S3: %s %s failed", request.method, request.path)
            response = xml.error(AwsError("InternalError", "S3 failed inside the sandbox.", 500), request.path)
        return response

    def _route(self, caller: Caller, request: Request) -> Response:
        name, _, key = request.path[1:].partition("/")
        self._authorize(caller, request, name, key)
        if not name:
            if request.method != "GET":
                raise _not_available(request)
            return self._buckets.list_buckets(request)
        if not key:
            try:
                return self._route_bucket(caller, request, name)
            finally:
                if self._authorization and request.method in ("PUT", "DELETE"):
                    self._authorization.forget_policies()
        operation = _choose(self._of_object, request)
        if operation is None or not _OBJECT_SUBRESOURCES.isdisjoint(request.query):
            raise _not_available(request)
        return operation(request, self._buckets.existing(name), key)

    def _route_bucket(self, caller: Caller, request: Request, name: str) -> Response:
        configures = not _BUCKET_LISTING.issuperset(request.query)
        if request.method == "PUT" and not configures:
            return self._buckets.create(caller, request, name)
        bucket = self._buckets.existing(name)
        if request.method == "POST" and "delete" in request.query:
            return self._delete_many(request, bucket, self._refusal_of_deletion(caller, name))
        if operation := _choose(self._of_bucket, request):
            return operation(request, bucket)
        if request.method == "GET" and not configures:
            return self._list_objects(request, bucket)
        if request.method == "DELETE" and not configures:
            return self._buckets.delete(caller, request, bucket)
        if request.method == "POST":
            raise _not_available(request)
        return self._moto(caller, request)

    def _authorize(self, caller: Caller, request: Request, bucket: str, key: str) -> None:
        if self._authorization is None or caller.is_sandbox:
            return
        creates = request.method == "PUT" and not key
        if not bucket or creates or self._store.bucket(bucket):
            self._authorization.require(caller, request, bucket, key)

    def _refusal_of_deletion(self, caller: Caller, bucket: str) -> Callable[[str, str | None], AwsError | None]:
        authorization = self._authorization
        if authorization is None:
            return lambda key, version: None
        return lambda key, version: authorization.refusal_of_deletion(caller, bucket, key, version)

    def _as_seen_by(self, caller: Caller, request: Request, error: AwsError) -> AwsError:
        """The error that this caller is told."""
        if self._authorization and error.code == "NoSuchKey" and request.method in ("GET", "HEAD"):
            try:
                self._authorization.require_sight(caller, request.path[1:].partition("/")[0])
            except AwsError as refusal:
                return refusal
        return error


# What may stand in the query of a listing and of a plain call; any other parameter names a configuration of the bucket.
_BUCKET_LISTING = {
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "marker",
    "start-after",
    "continuation-token",
    "encoding-type",
    "fetch-owner",
    "x-id",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "AWSAccessKeyId",
    "Expires",
    "Signature",
}

_OBJECT_SUBRESOURCES = {"legal-hold", "retention", "torrent", "select", "renameObject", "encryption"}


def _choose(
    table: dict[str, list[tuple[str, Callable[..., Response]]]], request: Request
) -> Callable[..., Response] | None:
    for parameter, operation in table.get(request.method, []):
        if not parameter or parameter in request.query:
            return operation
    return None


def _copies(request: Request) -> bool:
    return "x-amz-copy-source" in request.headers


def _not_available(request: Request) -> AwsError:
    subresource = next((f"?{name}" for name in request.query if name != "x-id"), "")
    what = f"{request.method} {request.path}{subresource}"
    return AwsError("NotImplemented", f"{what} is not available in the sandbox.", 501)


def _refuse_expired(request: Request) -> None:
    """A presigned URL is good for as long as it says, even though its signature is not checked."""
    try:
        if "X-Amz-Expires" in request.query:
            signed = datetime.strptime(request.query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
            expires = signed.timestamp() + int(request.query["X-Amz-Expires"])
        elif "AWSAccessKeyId" in request.query:
            # Signature version 2, with which boto3 presigns in us-east-1.
            expires = int(request.query["Expires"])
        else:
            return
    except (KeyError, ValueError):
        raise AwsError("AuthorizationQueryParametersError", "The time in the URL is not valid.") from None
    if time.time() > expires:
        raise AwsError("AccessDenied", "Request has expired", 403)
