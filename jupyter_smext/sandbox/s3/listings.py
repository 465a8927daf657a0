"""ListObjects, ListObjectsV2 and ListObjectVersions."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.s3 import xml
from jupyter_smext.sandbox.s3.listing import list_page
from jupyter_smext.sandbox.s3.store import Bucket, S3Store

_MAX_KEYS = 1000


class ListOperations:
    def __init__(self, store: S3Store) -> None:
        self._store = store

    def list_objects(self, request: Request, bucket: Bucket) -> Response:
        second = request.query.get("list-type") == "2"
        if second:
            token = request.query.get("continuation-token")
            after = _read_token(token) if token is not None else request.query.get("start-after", "")
        else:
            after = request.query.get("marker", "")
        prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
        limit = _max_keys(request)
        page = list_page(self._store, bucket.name, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        shown = _Names(request)
        with_owner = not second or request.query.get("fetch-owner") == "true"
        members: list[xml.Member] = [
            ("Name", bucket.name),
            ("Prefix", shown(prefix)),
            ("Delimiter", shown(delimiter) if delimiter else None),
            ("MaxKeys", limit),
            ("EncodingType", request.query.get("encoding-type")),
            ("IsTruncated", page.last is not None),
        ]
        if second:
            members += [
                ("KeyCount", len(page)),
                ("ContinuationToken", request.query.get("continuation-token")),
                ("NextContinuationToken", _write_token(page.last) if page.last is not None else None),
                ("StartAfter", shown(request.query["start-after"]) if "start-after" in request.query else None),
            ]
        else:
            members += [
                ("Marker", shown(after)),
                ("NextMarker", shown(page.last) if page.last is not None and delimiter else None),
            ]
        members += [
            (
                "Contents",
                [
                    ("Key", shown(item.key)),
                    ("LastModified", xml.timestamp(item.modified)),
                    ("ETag", f'"{item.etag}"'),
                    ("Size", item.size),
                    ("Owner", [("ID", ACCOUNT_ID)] if with_owner else None),
                    ("StorageClass", item.storage_class),
                ],
            )
            for item in page.objects
        ]
        members += [("CommonPrefixes", [("Prefix", shown(common))]) for common in page.common_prefixes]
        answer = xml.document("ListBucketResult", members)
        # Not in the reference; S3 sends it all the same, and clients tell by it that a bucket lies elsewhere.
        answer.headers["x-amz-bucket-region"] = bucket.region
        return answer

    def list_versions(self, request: Request, bucket: Bucket) -> Response:
        prefix, delimiter = request.query.get("prefix", ""), request.query.get("delimiter", "")
        key_marker, version_marker = request.query.get("key-marker", ""), request.query.get("version-id-marker", "")
        limit = _max_keys(request)
        # Without a version the marker stands for all versions of its key.
        place = (key_marker, 0)
        if version_marker and (marked := self._store.version(bucket.name, key_marker, version_marker)):
            place = (key_marker, marked.id)
        rows = self._store.versions(bucket.name, prefix=prefix, after=place, limit=limit + 1)
        shown = _Names(request)
        entries: list[xml.Member] = []
        common_prefixes: dict[str, None] = {}
        for item in rows[:limit]:
            cut = item.key.find(delimiter, len(prefix)) if delimiter else -1
            if cut >= 0:
                common_prefixes[item.key[: cut + len(delimiter)]] = None
                continue
            members: list[xml.Member] = [
                ("Key", shown(item.key)),
                ("VersionId", item.version),
                ("IsLatest", item.latest),
                ("LastModified", xml.timestamp(item.modified)),
                ("Owner", [("ID", ACCOUNT_ID)]),
            ]
            if not item.marker:
                members += [
                    ("ETag", f'"{item.etag}"'),
                    ("Size", item.size),
                    ("StorageClass", item.storage_class),
                ]
            entries.append(("DeleteMarker" if item.marker else "Version", members))
        last = rows[limit - 1] if len(rows) > limit else None
        return xml.document(
            "ListVersionsResult",
            [
                ("Name", bucket.name),
                ("Prefix", shown(prefix)),
                ("Delimiter", shown(delimiter) if delimiter else None),
                ("KeyMarker", shown(key_marker)),
                ("VersionIdMarker", version_marker),
                ("MaxKeys", limit),
                ("EncodingType", request.query.get("encoding-type")),
                ("IsTruncated", last is not None),
                ("NextKeyMarker", shown(last.key) if last else None),
                ("NextVersionIdMarker", last.version if last else None),
                *entries,
                *(("CommonPrefixes", [("Prefix", shown(common))]) for common in common_prefixes),
            ],
        )


class _Names:
    """How keys are written: as they are, or percent-encoded for XML 1.0, which can not hold every character."""

    def __init__(self, request: Request) -> None:
        self._encoded = request.query.get("encoding-type") == "url"

    def __call__(self, text: str) -> str:
        return quote(text) if self._encoded else text


def _max_keys(request: Request) -> int:
    text = request.query.get("max-keys", str(_MAX_KEYS))
    if not text.isdigit():
        raise AwsError("InvalidArgument", "Provided max-keys not an integer or within integer range")
    return min(int(text), _MAX_KEYS)


def _write_token(place: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_token(token: str) -> str:
    try:
        place: str = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise AwsError("InvalidArgument", "The continuation token provided is incorrect") from None
    return place
