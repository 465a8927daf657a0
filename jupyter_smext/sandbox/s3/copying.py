"""CopyObject and UploadPartCopy."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from urllib.parse import unquote

from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.s3 import xml
from jupyter_smext.sandbox.s3.bodies import Bodies
from jupyter_smext.sandbox.s3.multipart import existing_upload, part_number
from jupyter_smext.sandbox.s3.objects import header_tags, kept_headers, require_valid, version_header
from jupyter_smext.sandbox.s3.store import Bucket, Part, S3Store, StoredObject

_MAX_BYTES = 5 * 1024**3
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class CopyOperations:
    def __init__(self, store: S3Store, bodies: Bodies) -> None:
        self._store = store
        self._bodies = bodies

    def object(self, request: Request, bucket: Bucket, key: str) -> Response:
        require_valid(request, key)
        with self._store.database.transaction():
            source = self._source(request)
            if source.size > _MAX_BYTES:
                raise AwsError("InvalidRequest", "The specified copy source is larger than the maximum allowable size")
            replaces_headers = request.headers.get("x-amz-metadata-directive", "COPY").upper() == "REPLACE"
            replaces_tags = request.headers.get("x-amz-tagging-directive", "COPY").upper() == "REPLACE"
            headers = kept_headers(request) if replaces_headers else dict(source.headers)
            headers.pop("x-amz-restore", None)
            if storage_class := request.headers.get("x-amz-storage-class"):
                headers["x-amz-storage-class"] = storage_class
            # A copy of an older version onto its own key makes it the latest:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/RestoringPreviousVersions.html
            is_itself = source.latest and (bucket.name, key) == (source.bucket, source.key)
            if is_itself and headers == source.headers and not replaces_headers:
                raise AwsError(
                    "InvalidRequest",
                    "This copy request is illegal because it is trying to copy an object to itself without changing "
                    "the object's metadata, storage class, website redirect location or encryption attributes.",
                )
            item = StoredObject(
                bucket.name,
                key,
                etag=source.etag,
                size=source.size,
                segments=self._bodies.copy(source.segments),
                headers=headers,
                tags=header_tags(request) if replaces_tags else source.tags,
                checksums=source.checksums,
            )
            stored, freed = self._store.put(bucket, item)
        self._bodies.remove(freed)
        response = _copied("CopyObjectResult", stored.etag, stored.modified)
        response.headers |= version_header(bucket, stored)
        if source.version != "null":
            response.headers["x-amz-copy-source-version-id"] = source.version
        return response

    def part(self, request: Request, bucket: Bucket, key: str) -> Response:
        upload = existing_upload(self._store, request, bucket, key)
        number = part_number(request)
        with self._store.database.transaction():
            source = self._source(request)
            start, length = _range(request, source)
            reader = self._bodies.read(source.segments, start, length)
        digest = hashlib.md5(usedforsecurity=False)

        def hashed() -> Iterator[bytes]:
            for data in reader:
                digest.update(data)
                yield data

        try:
            segment = self._bodies.write(hashed())
        finally:
            reader.close()
        part = Part(number, segment.size, digest.hexdigest(), [segment], {}, time.time())
        self._bodies.remove(self._store.put_part(upload.id, part))
        return _copied("CopyPartResult", part.etag, part.modified)

    def _source(self, request: Request) -> StoredObject:
        """What ``x-amz-copy-source`` names. Raises ``NoSuchBucket``, ``NoSuchKey`` or ``PreconditionFailed``."""
        path, _, version = request.headers["x-amz-copy-source"].partition("?versionId=")
        bucket, _, key = unquote(path).removeprefix("/").partition("/")
        if self._store.bucket(bucket) is None:
            raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
        item = self._store.version(bucket, key, version) if version else self._store.latest(bucket, key)
        if item is None or item.marker:
            raise AwsError("NoSuchKey", "The specified key does not exist.", 404)
        wanted = request.headers.get("x-amz-copy-source-if-match")
        unwanted = request.headers.get("x-amz-copy-source-if-none-match")
        if (wanted and wanted.strip('"') != item.etag) or (unwanted and unwanted.strip('"') == item.etag):
            raise AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)
        return item


def _range(request: Request, source: StoredObject) -> tuple[int, int]:
    header = request.headers.get("x-amz-copy-source-range")
    if header is None:
        return 0, source.size
    match = _RANGE.fullmatch(header)
    if match is None or not int(match[1]) <= int(match[2]) < source.size:
        raise AwsError("InvalidRange", "The x-amz-copy-source-range is not valid for the source object.", 416)
    return int(match[1]), int(match[2]) - int(match[1]) + 1


def _copied(root: str, etag: str, modified: float) -> Response:
    return xml.document(root, [("LastModified", xml.timestamp(modified)), ("ETag", f'"{etag}"')])
