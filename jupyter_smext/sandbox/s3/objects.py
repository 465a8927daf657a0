"""Objects: put, get, head, delete, tags and attributes.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from urllib.parse import parse_qsl

from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.s3 import xml
from jupyter_smext.sandbox.s3.bodies import Bodies
from jupyter_smext.sandbox.s3.payload import Payload
from jupyter_smext.sandbox.s3.store import Bucket, S3Store, StoredObject

MAX_KEY_BYTES = 1024
_KEPT_HEADERS = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
)
_ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")
_MAX_TAGS = 10
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_ETAG_OF_PARTS = re.compile(r"[0-9a-f]{32}-(\d+)")


class ObjectOperations:
    def __init__(self, store: S3Store, bodies: Bodies) -> None:
        self._store = store
        self._bodies = bodies

    def put(self, request: Request, bucket: Bucket, key: str) -> Response:
        require_valid(request, key)
        require_condition(request, self._store.latest(bucket.name, key))
        payload = Payload(request)
        segment = self._bodies.write(payload)
        item = StoredObject(
            bucket.name,
            key,
            etag=payload.md5,
            size=segment.size,
            segments=[segment],
            headers=kept_headers(request),
            tags=header_tags(request),
            checksums=payload.checksums,
        )
        try:
            # Looked at again: another writer may have come first while the bytes arrived.
            with self._store.database.transaction():
                require_condition(request, self._store.latest(bucket.name, key))
                stored, freed = self._store.put(bucket, item)
        except AwsError:
            self._bodies.remove([segment])
            raise
        self._bodies.remove(freed)
        return Response(200, {"ETag": f'"{item.etag}"', **item.checksums, **version_header(bucket, stored)})

    def get(self, request: Request, bucket: Bucket, key: str) -> Response:
        """GetObject and HeadObject."""
        with self._store.database.transaction():
            item = self.found(request, bucket, key)
            if request.method == "GET" and item.storage_class in _ARCHIVED and "x-amz-restore" not in item.headers:
                raise AwsError("InvalidObjectState", "The operation is not valid for the object's storage class", 403)
            headers = _answer_headers(request, bucket, item)
            if _not_modified(request, item):
                return Response(304, {name: headers[name] for name in ("ETag", "Last-Modified")})
            status, start, length = _asked_bytes(request, item)
            if status == 206:
                headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{item.size}"
            headers["Content-Length"] = str(length)
            if request.method == "HEAD":
                return Response(status, headers)
            return Response(status, headers, self._bodies.read(item.segments, start, length))

    def delete(self, request: Request, bucket: Bucket, key: str) -> Response:
        headers = {}
        version = request.query.get("versionId")
        if version is not None:
            was_marker, freed = self._store.delete_version(bucket.name, key, version)
            headers["x-amz-version-id"] = version
            if was_marker:
                headers["x-amz-delete-marker"] = "true"
        else:
            marker, freed = self._store.delete(bucket, key)
            if marker is not None:
                headers = {"x-amz-delete-marker": "true", "x-amz-version-id": marker.version}
        self._bodies.remove(freed)
        return Response(204, headers)

    def delete_many(
        self, request: Request, bucket: Bucket, refusal_of: Callable[[str, str | None], AwsError | None]
    ) -> Response:
        """``refusal_of`` a key and version: why it may not be deleted; None when it may."""
        root = xml.parse(request.read_all())
        quiet = root.findtext("Quiet") == "true"
        wanted = root.findall("Object")
        if not wanted or len(wanted) > 1000:
            raise AwsError("MalformedXML", "A DeleteObjects request names 1 to 1000 keys.")
        deleted: list[xml.Member] = []
        refused: list[xml.Member] = []
        freed = []
        with self._store.database.transaction():
            for element in wanted:
                key, version = element.findtext("Key") or "", element.findtext("VersionId")
                members: list[xml.Member] = [("Key", key)]
                if refusal := refusal_of(key, version):
                    refused.append(("Error", [*members, ("Code", refusal.code), ("Message", refusal.message)]))
                    continue
                if version:
                    was_marker, segments = self._store.delete_version(bucket.name, key, version)
                    members.append(("VersionId", version))
                    if was_marker:
                        members += [("DeleteMarker", True), ("DeleteMarkerVersionId", version)]
                else:
                    marker, segments = self._store.delete(bucket, key)
                    if marker is not None:
                        members += [("DeleteMarker", True), ("DeleteMarkerVersionId", marker.version)]
                freed += segments
                deleted.append(("Deleted", members))
        self._bodies.remove(freed)
        return xml.document("DeleteResult", refused if quiet else [*deleted, *refused])

    def get_tagging(self, request: Request, bucket: Bucket, key: str) -> Response:
        item = self.found(request, bucket, key)
        tags: xml.Members = [("Tag", [("Key", name), ("Value", value)]) for name, value in item.tags.items()]
        response = xml.document("Tagging", [("TagSet", tags)])
        response.headers |= version_header(bucket, item)
        return response

    def put_tagging(self, request: Request, bucket: Bucket, key: str) -> Response:
        item = self.found(request, bucket, key)
        tags = {
            tag.findtext("Key") or "": tag.findtext("Value") or "" for tag in xml.parse(request.read_all()).iter("Tag")
        }
        self._store.set_tags(item, _checked_tags(tags))
        return Response(200, version_header(bucket, item))

    def delete_tagging(self, request: Request, bucket: Bucket, key: str) -> Response:
        item = self.found(request, bucket, key)
        self._store.set_tags(item, {})
        return Response(204, version_header(bucket, item))

    def get_attributes(self, request: Request, bucket: Bucket, key: str) -> Response:
        item = self.found(request, bucket, key)
        asked = {name.strip() for name in request.headers.get("x-amz-object-attributes", "").split(",")}
        parts = len(item.segments) if _ETAG_OF_PARTS.fullmatch(item.etag) else None
        checksum: xml.Members = [
            (f"Checksum{name.rpartition('-')[2].upper()}", value) for name, value in item.checksums.items()
        ]
        response = xml.document(
            "GetObjectAttributesResponse",
            [
                ("ETag", item.etag if "ETag" in asked else None),
                ("Checksum", checksum if "Checksum" in asked and checksum else None),
                ("ObjectParts", [("PartsCount", parts)] if "ObjectParts" in asked and parts else None),
                ("StorageClass", item.storage_class if "StorageClass" in asked else None),
                ("ObjectSize", item.size if "ObjectSize" in asked else None),
            ],
        )
        response.headers |= {"Last-Modified": formatdate(item.modified, usegmt=True), **version_header(bucket, item)}
        return response

    def get_acl(self, request: Request, bucket: Bucket, key: str) -> Response:
        self.found(request, bucket, key)
        grantee = (
            '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">'
            f"<ID>{ACCOUNT_ID}</ID></Grantee>"
        )
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<AccessControlPolicy xmlns="{xml.NAMESPACE}"><Owner>'
            f"<ID>{ACCOUNT_ID}</ID></Owner><AccessControlList><Grant>{grantee}<Permission>FULL_CONTROL</Permission>"
            "</Grant></AccessControlList></AccessControlPolicy>"
        )
        return Response(200, {"Content-Type": "application/xml"}, text.encode())

    def put_acl(self, request: Request, bucket: Bucket, key: str) -> Response:
        raise _acl_refused()

    def restore(self, request: Request, bucket: Bucket, key: str) -> Response:
        """RestoreObject; what takes hours at AWS is done at once."""
        item = self.found(request, bucket, key)
        if item.storage_class not in _ARCHIVED:
            raise AwsError("InvalidObjectState", "Restore is not allowed for the object's current storage class", 403)
        days = int(xml.parse(request.read_all()).findtext("Days") or "1")
        expiry = format_datetime(datetime.now(timezone.utc) + timedelta(days=days), usegmt=True)
        restored = "x-amz-restore" in item.headers
        state = f'ongoing-request="false", expiry-date="{expiry}"'
        self._store.set_headers(item, item.headers | {"x-amz-restore": state})
        return Response(200 if restored else 202)

    def found(self, request: Request, bucket: Bucket, key: str) -> StoredObject:
        """The version that the request names, or the current one.

        Raises ``NoSuchKey``, ``NoSuchVersion`` or, for a delete marker, ``MethodNotAllowed``.
        """
        version = request.query.get("versionId")
        if version is None:
            item = self._store.latest(bucket.name, key)
            if item is None or item.marker:
                raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
            return item
        item = self._store.version(bucket.name, key, version)
        if item is None:
            raise AwsError("NoSuchVersion", "The specified version does not exist.", 404)
        if item.marker:
            raise AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
        return item


def require_valid(request: Request, key: str) -> None:
    """What is asked of any new object. Raises ``KeyTooLongError`` or ``AccessControlListNotSupported``."""
    if len(key.encode()) > MAX_KEY_BYTES:
        raise AwsError("KeyTooLongError", "Your key is too long")
    if request.headers.get("x-amz-acl", "bucket-owner-full-control") not in ("bucket-owner-full-control", "private"):
        raise _acl_refused()


def require_condition(request: Request, current: StoredObject | None) -> None:
    """``If-None-Match: *`` and ``If-Match`` of a conditional write. Raises ``PreconditionFailed`` or ``NoSuchKey``."""
    there = current is not None and not current.marker
    if request.headers.get("if-none-match") == "*" and there:
        raise _precondition_failed()
    wanted = request.headers.get("if-match")
    if wanted is not None:
        if not there:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        assert current is not None
        if wanted.strip('"') != current.etag:
            raise _precondition_failed()


def kept_headers(request: Request) -> dict[str, str]:
    """The headers of an upload that belong to the object."""
    headers = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
    # aws-chunked is how the bytes came, not what they are.
    encodings = [part.strip() for part in headers.pop("content-encoding", "").split(",")]
    if encoding := ",".join(part for part in encodings if part and part != "aws-chunked"):
        headers["content-encoding"] = encoding
    if headers.get("x-amz-storage-class") == "STANDARD":
        del headers["x-amz-storage-class"]
    return headers | {name: value for name, value in request.headers.items() if name.startswith("x-amz-meta-")}


def header_tags(request: Request) -> dict[str, str]:
    return _checked_tags(dict(parse_qsl(request.headers.get("x-amz-tagging", ""), keep_blank_values=True)))


def version_header(bucket: Bucket, item: StoredObject) -> dict[str, str]:
    return {"x-amz-version-id": item.version} if bucket.versioning else {}


def _checked_tags(tags: dict[str, str]) -> dict[str, str]:
    if len(tags) > _MAX_TAGS:
        raise AwsError("BadRequest", f"Object tags cannot be greater than {_MAX_TAGS}")
    if any(not 1 <= len(key) <= 128 or len(value) > 256 for key, value in tags.items()):
        raise AwsError("InvalidTag", "The TagKey or TagValue you have provided is invalid")
    return tags


def _answer_headers(request: Request, bucket: Bucket, item: StoredObject) -> dict[str, str]:
    headers = {
        "Content-Type": "binary/octet-stream",
        "ETag": f'"{item.etag}"',
        "Last-Modified": formatdate(item.modified, usegmt=True),
        "Accept-Ranges": "bytes",
        "x-amz-server-side-encryption": "AES256",
    }
    headers |= {_header_name(name): value for name, value in item.headers.items()}
    headers |= version_header(bucket, item)
    if item.tags:
        headers["x-amz-tagging-count"] = str(len(item.tags))
    if request.headers.get("x-amz-checksum-mode") == "ENABLED" and "range" not in request.headers:
        headers |= item.checksums
    for name, value in request.query.items():
        if name.startswith("response-"):
            headers[_header_name(name.removeprefix("response-"))] = value
    return headers


def _header_name(name: str) -> str:
    return name if name.startswith("x-amz-") else name.title()


def _not_modified(request: Request, item: StoredObject) -> bool:
    """Whether the client has it already. Raises ``PreconditionFailed``."""
    headers = request.headers
    modified = int(item.modified)
    if "if-match" in headers:
        if not _names_etag(headers["if-match"], item):
            raise _precondition_failed()
    elif "if-unmodified-since" in headers and modified > _http_time(headers["if-unmodified-since"]):
        raise _precondition_failed()
    if "if-none-match" in headers:
        return _names_etag(headers["if-none-match"], item)
    return "if-modified-since" in headers and modified <= _http_time(headers["if-modified-since"])


def _names_etag(header: str, item: StoredObject) -> bool:
    return header.strip() == "*" or item.etag in [etag.strip().strip('"') for etag in header.split(",")]


def _http_time(header: str) -> float:
    try:
        return parsedate_to_datetime(header).timestamp()
    except ValueError:
        return time.time()


def _asked_bytes(request: Request, item: StoredObject) -> tuple[int, int, int]:
    """HTTP status, first byte and number of bytes, by ``partNumber`` or ``Range``. Raises ``InvalidRange``."""
    if "partNumber" in request.query:
        number = int(request.query["partNumber"])
        if not 1 <= number <= max(len(item.segments), 1):
            raise AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416)
        sizes = [segment.size for segment in item.segments] or [0]
        return 206, sum(sizes[: number - 1]), sizes[number - 1]
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or match.groups() == ("", ""):
        return 200, 0, item.size
    first, last = match.groups()
    if first:
        start = int(first)
        end = min(int(last), item.size - 1) if last else item.size - 1
        if last and int(last) < start:
            return 200, 0, item.size
    else:
        start, end = max(item.size - int(last), 0), item.size - 1
    if start >= item.size:
        raise AwsError("InvalidRange", "The requested range is not satisfiable", 416)
    return 206, start, end - start + 1


def _precondition_failed() -> AwsError:
    return AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)


def _acl_refused() -> AwsError:
    # As in every bucket made since April 2023, unless its owner turned ACLs on.
    return AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")
