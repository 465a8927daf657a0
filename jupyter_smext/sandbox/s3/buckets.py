"""Buckets: list, create, delete, where they are, and whether they keep versions.

Each bucket is there twice: here with its objects, and in moto with its configuration (policy, lifecycle, CORS and so
on), which moto answers from.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.s3 import xml
from jupyter_smext.sandbox.s3.store import Bucket, S3Store

_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class BucketOperations:
    def __init__(self, store: S3Store, moto: Callable[[Caller, Request], Response]) -> None:
        self._store = store
        self._moto = moto

    def existing(self, name: str) -> Bucket:
        """Raises ``NoSuchBucket``."""
        bucket = self._store.bucket(name)
        if bucket is None:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        return bucket

    def list_buckets(self, request: Request) -> Response:
        limit = int(request.query.get("max-buckets", "10000"))
        after = request.query.get("continuation-token", "")
        prefix = request.query.get("prefix", "")
        region = request.query.get("bucket-region")
        found = [
            bucket
            for bucket in self._store.buckets()
            if bucket.name.startswith(prefix) and bucket.name > after and region in (None, bucket.region)
        ]
        buckets: xml.Members = [
            (
                "Bucket",
                [
                    ("Name", bucket.name),
                    ("CreationDate", xml.timestamp(bucket.created)),
                    ("BucketRegion", bucket.region),
                ],
            )
            for bucket in found[:limit]
        ]
        return xml.document(
            "ListAllMyBucketsResult",
            [
                ("Owner", [("ID", ACCOUNT_ID)]),
                ("Buckets", buckets),
                ("ContinuationToken", found[limit - 1].name if len(found) > limit else None),
            ],
        )

    def create(self, caller: Caller, request: Request, name: str) -> Response:
        if not _NAME.fullmatch(name):
            raise AwsError("InvalidBucketName", "The specified bucket is not valid.")
        body = request.read_all()
        region = (xml.parse(body).findtext("LocationConstraint") if body else None) or "us-east-1"
        if region != caller.region:
            raise AwsError(
                "IllegalLocationConstraintException",
                f"The {region if body else 'unspecified'} location constraint is incompatible for the region specific "
                "endpoint this request was sent to.",
            )
        if self._store.bucket(name):
            # us-east-1 alone takes the repetition for a success.
            if region == "us-east-1":
                return Response(200, {"Location": f"/{name}"})
            raise AwsError(
                "BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own it.",
                409,
            )
        request.body = io.BytesIO(body)
        answer = self._moto(caller, request)
        # Moto has it already when the sandbox was killed between moto's creation and ours.
        if answer.status not in (200, 409):
            return answer
        self._store.add_bucket(name, region)
        return Response(200, {"Location": f"/{name}"})

    def delete(self, caller: Caller, request: Request, bucket: Bucket) -> Response:
        if not self._store.is_empty(bucket.name):
            raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        self._moto(caller, request)
        self._store.remove_bucket(bucket.name)
        return Response(204)

    def head(self, request: Request, bucket: Bucket) -> Response:
        return Response(200, {"x-amz-bucket-region": bucket.region, "Content-Type": "application/xml"})

    def get_location(self, request: Request, bucket: Bucket) -> Response:
        region = "" if bucket.region == "us-east-1" else bucket.region
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="{xml.NAMESPACE}">{region}'
            "</LocationConstraint>"
        )
        return Response(200, {"Content-Type": "application/xml"}, text.encode())

    def get_versioning(self, request: Request, bucket: Bucket) -> Response:
        return xml.document("VersioningConfiguration", [("Status", bucket.versioning or None)])

    def put_versioning(self, request: Request, bucket: Bucket) -> Response:
        status = xml.parse(request.read_all()).findtext("Status")
        if status not in ("Enabled", "Suspended"):
            raise AwsError("IllegalVersioningConfigurationException", "The versioning state is not valid.")
        self._store.set_versioning(bucket.name, status)
        return Response(200)
