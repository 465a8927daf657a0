"""Copy, move and rename inside S3; the bytes never come here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.notes import Notes, Remembered
from ..aws.progress import Interrupted, Progress, check
from ..aws.session import AwsSession
from .batch import Move, Sum, run_all
from .browse import all_objects
from .conflicts import head, if_none_match, refuse_existing
from .etag import etag_of_parts
from .models import CopyRequest, TransferResult
from .parallel import in_parallel
from .patience import Patience
from .refusal import named
from .upload import abort_upload

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html: larger objects are copied in parts.
MAX_SINGLE_COPY = 5 * 2**30
MAX_PARTS = 10_000
PART = 256 * 2**20
PART_THREADS = 8
# A copy in one piece of this size or more takes a note where its ETag tells nothing: smaller ones are copied once more.
NOTED = 8 * 2**20


def copy_all(
    aws: AwsSession,
    request: CopyRequest,
    progress: Progress,
    *,
    again: bool = False,
    notes: Notes | None = None,
) -> TransferResult:
    """Copy every item, and delete each source after its copy where it is a move; ``progress`` counts bytes.

    To refuse what exists means to raise `Exists` for a single object, and to skip it among many. ``again``: it was
    begun before, so that what has arrived by then is left out; ``notes`` are those of that time, by target.
    Permissions: `s3:GetObject` and `s3:GetObjectTagging` on the source, `s3:PutObject` and `s3:PutObjectTagging` on the
    target, `s3:ListBucket` for prefixes, `s3:DeleteObject` for a move; to go on with an interrupted copy in parts
    `s3:ListMultipartUploadParts`, without which it begins anew.
    """
    notes = notes or Remembered()
    for item in request.items:
        if request.source_bucket == request.target_bucket and (
            item.source == item.target or (item.of_prefix and item.target.startswith(item.source))
        ):
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{item.source!r} cannot be copied onto or into itself.")
    shared = Sum(progress)

    def move(source: str, target: str) -> Move:
        return source, lambda share: transfer(source, target, share)

    def moves() -> Iterator[Move]:
        for item in request.items:
            if not item.of_prefix:
                yield move(item.source, item.target)
                continue
            for each in all_objects(aws, request.source_bucket, item.source):
                shared.expect(each["size"])
                yield move(each["key"], item.target + each["key"][len(item.source) :])

    def transfer(source: str, target: str, share: Progress) -> int:
        def copy(name: str, overwrite: bool) -> int:
            if again and (size := _arrived(aws, request, source, name, notes)) is not None:
                return size
            return copy_object(
                aws, request.source_bucket, source, request.target_bucket, name,
                overwrite=overwrite, move=request.move, progress=share, notes=notes,
            )  # fmt: skip

        return request.on_conflict.settle(target, copy)

    only = request.items[0]
    try:
        if len(request.items) == 1 and not only.of_prefix:
            result = TransferResult(files=1, bytes=transfer(only.source, only.target, progress))
        else:
            result = run_all(moves(), shared)
    except Interrupted:
        raise  # the parts stay for the next process
    except BaseException:
        _clean_up(aws, request.target_bucket, notes)
        raise
    _clean_up(aws, request.target_bucket, notes)
    return result


def _arrived(aws: AwsSession, request: CopyRequest, source: str, target: str, notes: Notes) -> int | None:
    """The size of the target where it is the source's copy, or where the source has moved away already."""
    there = head(aws, request.target_bucket, target)
    if there is None:
        return None
    here = head(aws, request.source_bucket, source)
    if here is None:
        return int(there["ContentLength"]) if request.move else None
    note = notes.get(target) or {}
    ours = (note.get("source"), note.get("etag")) == (here["ETag"], there["ETag"])
    if here["ContentLength"] != there["ContentLength"] or not (ours or here["ETag"] == there["ETag"]):
        return None
    if request.move:
        _remove(aws, request.source_bucket, source, here["ETag"])
    return int(there["ContentLength"])


def _clean_up(aws: AwsSession, bucket: str, notes: Notes) -> None:
    """Throw away the parts of all copies that came to no end, so that nobody pays for them."""
    for key, _ in notes.items():
        _throw_away(aws, bucket, key, notes)


def _throw_away(aws: AwsSession, bucket: str, key: str, notes: Notes) -> None:
    upload_id = (notes.get(key) or {}).get("upload_id")
    if upload_id:
        # What cannot be cleaned up now must not hide the failure that brought us here.
        with suppress(Exception):
            abort_upload(aws, bucket, key, upload_id)
            notes.put(key, {})


def copy_object(
    aws: AwsSession,
    source_bucket: str,
    source: str,
    bucket: str,
    key: str,
    *,
    overwrite: bool,
    move: bool = False,
    progress: Progress,
    notes: Notes | None = None,
) -> int:
    """Copy one object with its metadata, tags and storage class; return its size.

    Raises `Exists` where the target does and ``overwrite`` is False. A move deletes the very version that was copied:
    where somebody replaced the source meanwhile, it stays.
    """
    patience, notes = Patience(aws, progress), notes or Remembered()
    if not overwrite:
        patience.call(lambda: refuse_existing(aws, bucket, key))
    with named(aws, source_bucket, source):
        about = patience.call(lambda: aws.client("s3").head_object(Bucket=source_bucket, Key=source))
    size, etag = int(about["ContentLength"]), str(about["ETag"])
    kept = {"StorageClass": about["StorageClass"]} if "StorageClass" in about else {}
    origin = {"CopySource": {"Bucket": source_bucket, "Key": source}, "CopySourceIfMatch": etag}
    target = {"Bucket": bucket, "Key": key}
    with named(aws, bucket, key), if_none_match(bucket, key):
        if size <= MAX_SINGLE_COPY:
            guarded = not overwrite and aws.supports("s3", "CopyObjectRequest", "IfNoneMatch")
            guard = {"IfNoneMatch": "*"} if guarded else {}
            answer = patience.call(lambda: aws.client("s3").copy_object(**target, **origin, **kept, **guard))
            if size >= NOTED and (made := answer["CopyObjectResult"].get("ETag", etag)) != etag:
                notes.put(key, {"source": etag, "etag": made})
        else:
            kept |= patience.call(lambda: _described(aws.client("s3"), source_bucket, source, about))
            try:
                _copy_in_parts(aws, target, origin, kept, size, overwrite, patience, notes)
            except Interrupted:
                raise
            except BaseException:
                _throw_away(aws, bucket, key, notes)
                raise
    if move:
        patience.call(lambda: _remove(aws, source_bucket, source, etag))
    progress.update(size, size)
    return size


def _remove(aws: AwsSession, bucket: str, key: str, etag: str) -> None:
    condition = {"IfMatch": etag} if aws.supports("s3", "DeleteObjectRequest", "IfMatch") else {}
    with named(aws, bucket, key):
        aws.client("s3").delete_object(Bucket=bucket, Key=key, **condition)


def _copy_in_parts(
    aws: AwsSession,
    target: dict[str, Any],
    origin: dict[str, Any],
    kept: dict[str, Any],
    size: int,
    overwrite: bool,
    patience: Patience,
    notes: Notes,
) -> None:
    """Copy, or go on with what a note tells of a copy of the same version; a failure leaves the parts to the caller."""
    key, source_etag = target["Key"], origin["CopySourceIfMatch"]
    part = max(PART, -(-size // MAX_PARTS))

    def client() -> Any:
        return aws.client("s3")

    def length_of(number: int) -> int:
        return min(part, size - (number - 1) * part)

    def copy(number: int) -> int:
        first = (number - 1) * part
        answer = patience.call(
            lambda: client().upload_part_copy(
                **upload, **origin, PartNumber=number, CopySourceRange=f"bytes={first}-{first + length_of(number) - 1}"
            )
        )
        done[number] = answer["CopyPartResult"]["ETag"]
        return length_of(number)

    done: dict[int, str] = {}
    begun = notes.get(key) or {}
    upload = {**target, "UploadId": begun.get("upload_id")}
    if begun.get("source") == source_etag and upload["UploadId"]:
        there = patience.call(lambda: _parts_of(client(), upload))
        if all(size == length_of(number) for number, (size, _) in there.items()):
            done = {number: etag for number, (_, etag) in there.items()}
    if not done:
        _throw_away(aws, target["Bucket"], key, notes)
        created = patience.call(lambda: client().create_multipart_upload(**target, **kept))
        upload = {**target, "UploadId": created["UploadId"]}
        notes.put(key, {"source": source_etag, "upload_id": created["UploadId"]})
    copied = sum(map(length_of, done))
    patience.update(copied, size)
    missing = (number for number in range(1, -(-size // part) + 1) if number not in done)
    for length in in_parallel(copy, missing, threads=PART_THREADS, progress=patience):
        copied += length
        patience.update(copied, size)
    check(patience)
    parts: list[dict[str, Any]] = [{"PartNumber": number, "ETag": done[number]} for number in sorted(done)]
    with suppress(ValueError):
        # By it the copy is known to be ours where the answer to the last call is not seen any more.
        expected = f'"{etag_of_parts(each["ETag"] for each in parts)}"'
        notes.put(key, {"source": source_etag, "upload_id": upload["UploadId"], "etag": expected})
    guarded = not overwrite and aws.supports("s3", "CompleteMultipartUploadRequest", "IfNoneMatch")
    guard = {"IfNoneMatch": "*"} if guarded else {}
    answer = patience.call(
        lambda: client().complete_multipart_upload(**upload, **guard, MultipartUpload={"Parts": parts})
    )
    notes.put(key, {"source": source_etag, "etag": answer["ETag"]})


def _parts_of(client: Any, upload: dict[str, Any]) -> dict[int, tuple[int, str]]:
    """Size and ETag of the parts that S3 holds of an unfinished upload; none where it is gone, or we may not look."""
    try:
        pages = client.get_paginator("list_parts").paginate(**upload)
        return {each["PartNumber"]: (each["Size"], each["ETag"]) for page in pages for each in page.get("Parts", [])}
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return {}
        raise


def _described(client: Any, bucket: str, key: str, about: dict[str, Any]) -> dict[str, Any]:
    """What CopyObject takes along by itself and a multipart copy must be told."""
    names = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Metadata")
    described = {name: about[name] for name in names if about.get(name)}
    if about.get("TagCount"):
        from urllib.parse import urlencode

        tags = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        described["Tagging"] = urlencode({each["Key"]: each["Value"] for each in tags})
    return described
