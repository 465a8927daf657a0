"""Multipart uploads.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from __future__ import annotations

import hashlib
import time

from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.s3 import xml
from jupyter_smext.sandbox.s3.bodies import Bodies
from jupyter_smext.sandbox.s3.objects import (
    header_tags,
    kept_headers,
    require_condition,
    require_valid,
    version_header,
)
from jupyter_smext.sandbox.s3.payload import Payload
from jupyter_smext.sandbox.s3.store import Bucket, Part, S3Store, StoredObject, Upload

_MIN_PART_BYTES = 5 * 1024 * 1024
_MAX_PARTS = 10_000


class MultipartOperations:
    def __init__(self, store: S3Store, bodies: Bodies) -> None:
        self._store = store
        self._bodies = bodies

    def create(self, request: Request, bucket: Bucket, key: str) -> Response:
        require_valid(request, key)
        upload = self._store.create_upload(bucket.name, key, kept_headers(request), header_tags(request))
        members: xml.Members = [("Bucket", bucket.name), ("Key", key), ("UploadId", upload)]
        return xml.document("InitiateMultipartUploadResult", members)

    def put_part(self, request: Request, bucket: Bucket, key: str) -> Response:
        upload = existing_upload(self._store, request, bucket, key)
        number = part_number(request)
        payload = Payload(request)
        segment = self._bodies.write(payload)
        part = Part(number, segment.size, payload.md5, [segment], payload.checksums, time.time())
        self._bodies.remove(self._store.put_part(upload.id, part))
        return Response(200, {"ETag": f'"{part.etag}"', **part.checksums})

    def complete(self, request: Request, bucket: Bucket, key: str) -> Response:
        upload = existing_upload(self._store, request, bucket, key)
        have = {part.number: part for part in self._store.parts(upload.id)}
        chosen = _chosen_parts(request, have)
        digest = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in chosen), usedforsecurity=False)
        item = StoredObject(
            bucket.name,
            key,
            etag=f"{digest.hexdigest()}-{len(chosen)}",
            size=sum(part.size for part in chosen),
            # The files of the parts become those of the object: no byte is copied, however large it is.
            segments=[segment for part in chosen for segment in part.segments],
            headers=upload.headers,
            tags=upload.tags,
        )
        with self._store.database.transaction():
            require_condition(request, self._store.latest(bucket.name, key))
            stored, freed = self._store.put(bucket, item)
            self._store.end_upload(upload.id)
        unused = [segment for part in have.values() if part not in chosen for segment in part.segments]
        self._bodies.remove([*freed, *unused])
        response = xml.document(
            "CompleteMultipartUploadResult",
            [("Location", request.path), ("Bucket", bucket.name), ("Key", key), ("ETag", f'"{item.etag}"')],
        )
        response.headers |= version_header(bucket, stored)
        return response

    def abort(self, request: Request, bucket: Bucket, key: str) -> Response:
        upload = existing_upload(self._store, request, bucket, key)
        parts = self._store.parts(upload.id)
        self._store.end_upload(upload.id)
        self._bodies.remove([segment for part in parts for segment in part.segments])
        return Response(204)

    def list_parts(self, request: Request, bucket: Bucket, key: str) -> Response:
        upload = existing_upload(self._store, request, bucket, key)
        after = int(request.query.get("part-number-marker", "0"))
        limit = min(int(request.query.get("max-parts", "1000")), 1000)
        parts = [part for part in self._store.parts(upload.id) if part.number > after]
        shown: list[xml.Member] = [
            (
                "Part",
                [
                    ("PartNumber", part.number),
                    ("LastModified", xml.timestamp(part.modified)),
                    ("ETag", f'"{part.etag}"'),
                    ("Size", part.size),
                ],
            )
            for part in parts[:limit]
        ]
        return xml.document(
            "ListPartsResult",
            [
                ("Bucket", bucket.name),
                ("Key", key),
                ("UploadId", upload.id),
                ("PartNumberMarker", after),
                ("NextPartNumberMarker", parts[limit - 1].number if len(parts) > limit else None),
                ("MaxParts", limit),
                ("IsTruncated", len(parts) > limit),
                *shown,
                ("StorageClass", upload.headers.get("x-amz-storage-class", "STANDARD")),
            ],
        )

    def list_uploads(self, request: Request, bucket: Bucket) -> Response:
        prefix = request.query.get("prefix", "")
        key_marker, id_marker = request.query.get("key-marker", ""), request.query.get("upload-id-marker", "")
        limit = min(int(request.query.get("max-uploads", "1000")), 1000)
        uploads = self._store.uploads(bucket.name, prefix)
        identifiers = [upload.id for upload in uploads if upload.key == key_marker]
        if id_marker in identifiers:
            behind = next(index for index, upload in enumerate(uploads) if upload.id == id_marker) + 1
            uploads = uploads[behind:]
        elif key_marker:
            uploads = [upload for upload in uploads if upload.key > key_marker]
        last = uploads[limit - 1] if len(uploads) > limit else None
        return xml.document(
            "ListMultipartUploadsResult",
            [
                ("Bucket", bucket.name),
                ("KeyMarker", key_marker),
                ("UploadIdMarker", id_marker),
                ("NextKeyMarker", last.key if last else None),
                ("NextUploadIdMarker", last.id if last else None),
                ("Prefix", prefix),
                ("MaxUploads", limit),
                ("IsTruncated", last is not None),
                *(
                    (
                        "Upload",
                        [
                            ("Key", upload.key),
                            ("UploadId", upload.id),
                            ("StorageClass", upload.headers.get("x-amz-storage-class", "STANDARD")),
                            ("Initiated", xml.timestamp(upload.created)),
                        ],
                    )
                    for upload in uploads[:limit]
                ),
            ],
        )


def existing_upload(store: S3Store, request: Request, bucket: Bucket, key: str) -> Upload:
    """Raises ``NoSuchUpload``."""
    upload = store.upload(bucket.name, key, request.query["uploadId"])
    if upload is None:
        raise AwsError(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
            "completed.",
            404,
        )
    return upload


def part_number(request: Request) -> int:
    text = request.query.get("partNumber", "")
    if not text.isdigit() or not 1 <= int(text) <= _MAX_PARTS:
        raise AwsError("InvalidArgument", f"Part number must be an integer between 1 and {_MAX_PARTS}, inclusive")
    return int(text)


def _chosen_parts(request: Request, have: dict[int, Part]) -> list[Part]:
    """The parts that the request lists. Raises when one is missing, wrong, out of order or too small."""
    chosen: list[Part] = []
    for element in xml.parse(request.read_all()).findall("Part"):
        number = int(element.findtext("PartNumber") or "0")
        part = have.get(number)
        if part is None or (element.findtext("ETag") or "").strip('"') != part.etag:
            raise AwsError(
                "InvalidPart",
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
                "specified entity tag may not match the part's entity tag.",
            )
        if chosen and number <= chosen[-1].number:
            raise AwsError("InvalidPartOrder", "The list of parts was not in ascending order.")
        chosen.append(part)
    if not chosen:
        raise AwsError("MalformedXML", "You must specify at least one part")
    if any(part.size < _MIN_PART_BYTES for part in chosen[:-1]):
        raise AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
    return chosen
