"""What happens where the target of a copy exists already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .refusal import named

Result = TypeVar("Result")

MOST_NAMES = 1000


class Exists(SmextError):
    """The target is there, and nobody said that it may be overwritten."""

    def __init__(self, target: object) -> None:
        super().__init__(ErrorCode.CONFLICT, f"{target} exists already.", hint="Choose another name, or overwrite it.")


class OnConflict(str, Enum):
    REFUSE = "refuse"
    OVERWRITE = "overwrite"
    KEEP_BOTH = "keep both"

    def settle(self, name: str, make: Callable[[str, bool], Result]) -> Result:
        """Call ``make`` with a name and whether it may overwrite.

        To keep both it is called with `name (1)`, `name (2)` and so on, until one does not exist.
        """
        for number in range(MOST_NAMES if self is OnConflict.KEEP_BOTH else 0):
            try:
                return make(numbered(name, number), False)
            except Exists:
                continue
        return make(name, self is OnConflict.OVERWRITE)


def numbered(name: str, number: int) -> str:
    """`a/b.tar.gz`, 2 -> `a/b (2).tar.gz`; a leading dot begins no suffix."""
    if number == 0:
        return name
    folder, slash, last = name.rpartition("/")
    dot = last.find(".", 1)
    stem, suffix = (last[:dot], last[dot:]) if dot > 0 else (last, "")
    return f"{folder}{slash}{stem} ({number}){suffix}"


def refuse_existing(aws: AwsSession, bucket: str, key: str) -> None:
    """Raise `Exists` where the key does. Permission: `s3:GetObject`; without it S3 does not tell, and we go on."""
    if head(aws, bucket, key):
        raise Exists(f"s3://{bucket}/{key}")


def head(aws: AwsSession, bucket: str, key: str) -> dict[str, Any] | None:
    """What HeadObject says of an object; None where it does not exist, or S3 does not tell us whether it does."""
    try:
        found: dict[str, Any] = aws.client("s3").head_object(Bucket=bucket, Key=key)
        return found
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return None
        with named(aws, bucket, key):
            raise


@contextmanager
def if_none_match(bucket: str, key: str) -> Iterator[None]:
    """Word the refusal of a write that was sent with `If-None-Match: *`.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"].get("Code") in ("PreconditionFailed", "412", "ConditionalRequestConflict"):
            raise Exists(f"s3://{bucket}/{key}") from error
        raise
