"""Copy, move and rename inside S3; the bytes never come here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from .batch import Move, Sum, run_all
from .browse import all_objects
from .conflicts import head, if_none_match, refuse_existing
from .models import CopyRequest, TransferResult
from .parallel import in_parallel
from .patience import Patience
from .refusal import named

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html: larger objects are copied in parts.
MAX_SINGLE_COPY = 5 * 2**30
MAX_PARTS = 10_000
PART = 256 * 2**20
PART_THREADS = 8


def copy_all(aws: AwsSession, request: CopyRequest, progress: Progress, *, again: bool = False) -> TransferResult:
    """Copy every item, and delete each source after its copy where it is a move; ``progress`` counts bytes.

    To refuse what exists means to raise `Exists` for a single object, and to skip it among many. ``again``: it was
    begun before, so that what has arrived by then is left out.
    Permissions: `s3:GetObject` and `s3:GetObjectTagging` on the source, `s3:PutObject` and `s3:PutObjectTagging` on the
    target, `s3:ListBucket` for prefixes, `s3:DeleteObject` for a move.
    """
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
        if again and (size := _arrived(aws, request, source, target)) is not None:
            return size

        def copy(name: str, overwrite: bool) -> int:
            return copy_object(
                aws, request.source_bucket, source, request.target_bucket, name,
                overwrite=overwrite, move=request.move, progress=share,
            )  # fmt: skip

        return request.on_conflict.settle(target, copy)

    only = request.items[0]
    if len(request.items) == 1 and not only.of_prefix:
        return TransferResult(files=1, bytes=transfer(only.source, only.target, progress))
    return run_all(moves(), shared)


def _arrived(aws: AwsSession, request: CopyRequest, source: str, target: str) -> int | None:
    """The size of the target where it is the source's copy, or where the source has moved away already."""
    there = head(aws, request.target_bucket, target)
    if there is None:
        return None
    here = head(aws, request.source_bucket, source)
    if here is None:
        return int(there["ContentLength"]) if request.move else None
    if (here["ETag"], here["ContentLength"]) != (there["ETag"], there["ContentLength"]):
        return None
    if request.move:
        _remove(aws, request.source_bucket, source, here["ETag"])
    return int(there["ContentLength"])


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
) -> int:
    """Copy one object with its metadata, tags and storage class; return its size.

    Raises `Exists` where the target does and ``overwrite`` is False. A move deletes the very version that was copied:
    where somebody replaced the source meanwhile, it stays.
    """
    patience = Patience(aws, progress)
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
            patience.call(lambda: aws.client("s3").copy_object(**target, **origin, **kept, **guard))
        else:
            kept |= patience.call(lambda: _described(aws.client("s3"), source_bucket, source, about))
            _copy_in_parts(aws, target, origin, kept, size, overwrite, patience)
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
) -> None:
    part = max(PART, -(-size // MAX_PARTS))
    begun = patience.call(lambda: aws.client("s3").create_multipart_upload(**target, **kept))
    upload = {**target, "UploadId": begun["UploadId"]}
    guarded = not overwrite and aws.supports("s3", "CompleteMultipartUploadRequest", "IfNoneMatch")
    done: dict[int, dict[str, Any]] = {}

    def copy(number: int) -> int:
        first, last = (number - 1) * part, min(number * part, size) - 1
        answer = patience.call(
            lambda: aws.client("s3").upload_part_copy(
                **upload, **origin, PartNumber=number, CopySourceRange=f"bytes={first}-{last}"
            )
        )
        done[number] = {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}
        return last + 1 - first

    try:
        copied = 0
        numbers = range(1, -(-size // part) + 1)
        for length in in_parallel(copy, numbers, threads=PART_THREADS, progress=patience):
            copied += length
            patience.update(copied, size)
        check(patience)
        patience.call(
            lambda: aws.client("s3").complete_multipart_upload(
                **upload,
                **({"IfNoneMatch": "*"} if guarded else {}),
                MultipartUpload={"Parts": [done[number] for number in sorted(done)]},
            )
        )
    except BaseException:
        with suppress(Exception):
            aws.client("s3").abort_multipart_upload(**upload)
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
