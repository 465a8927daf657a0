"""The contract of the s3 room."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, Field

from ..aws.errors import ErrorCode


class Bucket(BaseModel):
    name: str
    region: str | None = Field(None, description="Null where AWS did not tell it with the list.")
    created: datetime | None = None


class BucketsQuery(BaseModel):
    prefix: str | None = Field(None, description="Only buckets whose name begins so.")
    continuation_token: str | None = None
    max_buckets: int = Field(1000, ge=1, le=10_000)


class BucketPage(BaseModel):
    buckets: list[Bucket]
    continuation_token: str | None = Field(None, description="Pass it to get the next page; null on the last.")


class ObjectsQuery(BaseModel):
    """One page of what lies under a prefix. Sent as POST: keys are content."""

    bucket: str = Field(min_length=1)
    prefix: str = ""
    delimiter: str = Field("/", description="Empty: every key below the prefix, flat.")
    continuation_token: str | None = None
    max_keys: int = Field(1000, ge=1, le=1000)


class S3Object(BaseModel):
    key: str
    size: int = Field(description="Bytes.")
    last_modified: datetime
    storage_class: str = "STANDARD"
    etag: str | None = None


class ObjectPage(BaseModel):
    bucket: str
    prefix: str
    prefixes: list[str] = Field(description="Common prefixes, complete, each ending in the delimiter.")
    objects: list[S3Object]
    continuation_token: str | None = Field(None, description="Pass it to get the next page; null on the last.")


class UploadQuery(BaseModel):
    """The body of the request is the object's bytes, as they are."""

    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, max_length=1024)
    content_type: str | None = None
    overwrite: bool = Field(False, description="False: refuse with Conflict where the key exists already.")
    task_id: str | None = Field(None, description="Task that follows this upload, from an earlier `POST s3/uploads`.")


class UploadRequest(BaseModel):
    """Announces an upload, so that its task exists before the first byte.

    What can be refused is refused here, in an answer that a browser can read: a server that refuses in the middle of
    a body can only cut the connection.
    """

    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, max_length=1024)
    size: int = Field(ge=0, description="Bytes.")
    overwrite: bool = Field(False, description="False: refuse with Conflict where the key exists already.")


class UploadResult(BaseModel):
    bucket: str
    key: str
    size: int = Field(description="Bytes.")
    etag: str | None = None


class DownloadRequest(BaseModel):
    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1)
    version_id: str | None = None


class DeleteRequest(BaseModel):
    bucket: str = Field(min_length=1)
    keys: list[str] = Field(min_length=1, max_length=1000)


class DeleteFailure(BaseModel):
    key: str
    code: str
    message: str


class DeleteResult(BaseModel):
    deleted: list[str]
    failed: list[DeleteFailure] = []


class DeletePrefixRequest(BaseModel):
    """Delete all objects under a prefix, at any depth; runs as a task."""

    bucket: str = Field(min_length=1)
    prefix: str = Field(description="Usually ends in `/`: without it, `data` takes `database/` along.")
    confirm: str | None = Field(None, description="The bucket's name, where the prefix is empty: all of it goes.")


class DeleteSummary(BaseModel):
    """What a finished delete task carries as its result."""

    MOST_FAILURES: ClassVar[int] = 100

    deleted: int = 0
    failed: int = 0
    failures: list[DeleteFailure] = Field([], description="The first 100 of those that failed.")

    def add(self, result: DeleteResult) -> None:
        self.deleted += len(result.deleted)
        self.failed += len(result.failed)
        self.failures += result.failed[: self.MOST_FAILURES - len(self.failures)]


class CreateBucketRequest(BaseModel):
    name: str = Field(min_length=3, max_length=63)


class LocalTransferRequest(BaseModel):
    """Copy between the server's files and S3; runs as a task."""

    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, description="Object key, or a prefix ending in `/` together with a folder.")
    path: str = Field(description="Path in the Jupyter file browser, relative to the server's root.")
    overwrite: bool = False


class TransferFailure(BaseModel):
    name: str = Field(description="Path or key below the folder or prefix that was copied.")
    code: ErrorCode
    message: str


class TransferResult(BaseModel):
    """What a finished transfer task carries as its result."""

    MOST_FAILURES: ClassVar[int] = 100

    files: int = Field(0, description="Files or objects copied.")
    bytes: int = 0
    skipped: int = Field(0, description="Left alone because the target existed.")
    failed: int = 0
    failures: list[TransferFailure] = Field([], description="The first 100 of those that failed.")
