"""The contract of the s3 room."""

from __future__ import annotations

from datetime import datetime, timezone
from enum import Enum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field, field_validator, model_validator
from typing_extensions import TypedDict

from ..aws.errors import ErrorCode
from .conflicts import OnConflict


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
    max_keys: int = Field(1000, ge=1, le=10_000, description="More than 1,000 take more than one request to S3.")


class S3Object(TypedDict):
    """A dictionary and no model: a listing makes thousands of them for one answer."""

    key: str
    size: Annotated[int, Field(description="Bytes.")]
    last_modified: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    storage_class: str
    etag: str | None


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
    version_id: str | None = Field(None, description="Where the bucket keeps versions.")


class DownloadRequest(BaseModel):
    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1)
    version_id: str | None = None


class DownloadManyRequest(BaseModel):
    """Objects, and all objects under prefixes, as one archive."""

    bucket: str = Field(min_length=1)
    base: str = Field("", description="What all keys have in front that their names in the archive have not.")
    keys: list[str] = Field([], max_length=10_000)
    prefixes: list[str] = Field([], max_length=1000, description="Empty: the whole bucket.")

    @model_validator(mode="after")
    def _something(self) -> DownloadManyRequest:
        if not self.keys and not self.prefixes:
            raise ValueError("name some keys or prefixes")
        return self


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


class _Copying(BaseModel):
    overwrite: bool = Field(False, description="False: one that exists is refused, or skipped among many.")
    keep_both: bool = Field(False, description="Give a copy whose target exists a free name, `name (1).ext`.")

    @property
    def on_conflict(self) -> OnConflict:
        if self.keep_both:
            return OnConflict.KEEP_BOTH
        return OnConflict.OVERWRITE if self.overwrite else OnConflict.REFUSE


class LocalTransferRequest(_Copying):
    """Copy between the server's files and S3; runs as a task."""

    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, description="Object key, or a prefix ending in `/` together with a folder.")
    path: str = Field(description="Path in the Jupyter file browser, relative to the server's root.")


class CopyItem(BaseModel):
    """An object and its new key, or a prefix and its new prefix: empty, or ending in `/`."""

    source: str
    target: str = Field(max_length=1024)

    @property
    def of_prefix(self) -> bool:
        return self.source.endswith("/") or not self.source

    @model_validator(mode="after")
    def _alike(self) -> CopyItem:
        if self.of_prefix and self.target and not self.target.endswith("/"):
            raise ValueError("The target of a prefix ends in `/`.")
        if not self.of_prefix and not self.target:
            raise ValueError("The target of an object is a key.")
        return self


class CopyRequest(_Copying):
    """Copy, move or rename inside S3; runs as a task."""

    source_bucket: str = Field(min_length=1)
    target_bucket: str = Field(min_length=1)
    items: list[CopyItem] = Field(min_length=1, max_length=1000)
    move: bool = Field(False, description="Delete each source after its copy.")


class TransferFailure(BaseModel):
    name: str = Field(description="Path or key below the folder or prefix that was copied.")
    code: ErrorCode
    message: str


class TransferResult(BaseModel):
    """What a finished transfer task carries as its result."""

    MOST_FAILURES: ClassVar[int] = 100

    files: int = Field(0, description="Files or objects copied.")
    bytes: int = 0
    deleted: int = Field(0, description="By a sync that was told to.")
    skipped: int = Field(0, description="Left alone because the target existed.")
    failed: int = 0
    failures: list[TransferFailure] = Field([], description="The first 100 of those that failed.")


class FindMode(str, Enum):
    """How the text of a search is meant. It is held against the key below the prefix."""

    SUBSTRING = "substring"
    GLOB = "glob"
    REGEX = "regex"


class FindRequest(BaseModel):
    """Search all objects under a prefix; runs as a task."""

    bucket: str = Field(min_length=1)
    prefix: str = ""
    text: str = Field("", description="Empty: every object that meets the other conditions.")
    mode: FindMode = Field(
        FindMode.SUBSTRING,
        description="A glob without `/` is held against the last part of the key; `**` goes through `/`.",
    )
    ignore_case: bool = False
    min_size: int | None = Field(None, ge=0, description="Bytes, included.")
    max_size: int | None = Field(None, ge=0, description="Bytes, included.")
    modified_after: datetime | None = Field(None, description="Included; without a zone it is UTC.")
    modified_before: datetime | None = Field(None, description="Not included; without a zone it is UTC.")
    storage_class: str | None = None
    limit: int = Field(10_000, ge=1, le=100_000, description="Objects to keep; what matches beyond is only counted.")

    @field_validator("modified_after", "modified_before")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        if moment is None or moment.tzinfo is None:
            return moment
        return moment.astimezone(timezone.utc).replace(tzinfo=None)


class FindResult(BaseModel):
    """The count of a search, also what its finished task carries as result."""

    scanned: int = Field(0, description="Objects looked at.")
    matched: int = 0
    bytes: int = Field(0, description="Of all that matched.")


class FindPageQuery(BaseModel):
    task_id: str
    offset: int = Field(0, ge=0)
    limit: int = Field(1000, ge=1, le=1000)


class FindPage(BaseModel):
    """What a search found so far; may be asked while it runs."""

    hits: list[S3Object]
    kept: int = Field(description="Objects that can be asked for; `result.matched` may be more.")
    result: FindResult
    complete: bool = Field(description="Whether all keys were looked at.")


class UsageRequest(BaseModel):
    """Add up all objects under a prefix; runs as a task."""

    bucket: str = Field(min_length=1)
    prefix: str = ""
    folders: int = Field(1000, ge=1, le=10_000, description="Folders to tell apart, the largest first.")


class _Sum(BaseModel):
    objects: int = 0
    bytes: int = 0
    monthly_usd: float | None = Field(None, description="Storage at list price; null where a part has no known price.")

    def add(self, objects: int, size: int, cost: float | None) -> None:
        self.objects += objects
        self.bytes += size
        self.monthly_usd = None if cost is None or self.monthly_usd is None else self.monthly_usd + cost


class ClassUsage(_Sum):
    storage_class: str
    price_usd: float | None = Field(None, description="Per GB-month; null where unknown.")
    price_as_of: str | None = Field(None, description="Date or month of the price.")


class FolderUsage(_Sum):
    prefix: str = Field(description="Complete, ending in `/`; the asked prefix itself for objects in no folder.")


class Usage(BaseModel):
    """What a finished usage task carries as its result."""

    bucket: str
    region: str | None = Field(description="Null where AWS did not tell; then there are no prices.")
    total: FolderUsage
    classes: list[ClassUsage]
    folders: list[FolderUsage] = Field(description="Right below the prefix, the largest first.")
    more_folders: int = Field(description="Folders left out of `folders`.")


class UnfinishedQuery(BaseModel):
    """One page of the uploads in parts below a prefix that were begun and neither completed nor thrown away."""

    bucket: str = Field(min_length=1)
    prefix: str = ""
    continuation_token: str | None = None
    max_uploads: int = Field(100, ge=1, le=1000, description="Each takes a request to S3 of its own.")


class UploadReference(BaseModel):
    key: str = Field(min_length=1)
    upload_id: str = Field(min_length=1)


class UnfinishedUpload(UploadReference):
    initiated: datetime
    last_active: datetime = Field(description="When its last part came, as far as we may look; else when it began.")
    storage_class: str
    parts: int | None = Field(description="Null where we may not look at the parts.")
    bytes: int | None = Field(description="That S3 holds, and AWS charges for; null where we may not look.")
    monthly_usd: float | None = Field(description="Storage of the parts at list price; null where unknown.")


class UnfinishedPage(BaseModel):
    uploads: list[UnfinishedUpload]
    continuation_token: str | None = Field(None, description="Pass it to get the next page; null on the last.")


class AbortRequest(BaseModel):
    """Throw away unfinished uploads. What S3 holds of them cannot be brought back."""

    bucket: str = Field(min_length=1)
    uploads: list[UploadReference] = Field(min_length=1, max_length=1000)


class AbortResult(BaseModel):
    aborted: int = Field(0, description="Those that had ended meanwhile count too.")
    failed: list[DeleteFailure] = []


class ObjectReference(BaseModel):
    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, max_length=1024)
    version_id: str | None = None


class Encryption(BaseModel):
    algorithm: str = Field(description="`AES256`, `aws:kms` or `aws:kms:dsse`.")
    kms_key_id: str | None = None
    bucket_key: bool = False
    customer_key: bool = Field(False, description="The key is the client's own (SSE-C): we cannot read the object.")


class Checksum(BaseModel):
    algorithm: str
    value: str = Field(description="Base64.")
    type: str | None = Field(None, description="`FULL_OBJECT` or `COMPOSITE` (a checksum of the parts' checksums).")


class ObjectLock(BaseModel):
    mode: str | None = Field(description="`GOVERNANCE` or `COMPLIANCE`; null: a legal hold only.")
    retain_until: datetime | None
    legal_hold: bool


class GlacierRestore(BaseModel):
    ongoing: bool = Field(description="Asked for, not there yet.")
    until: datetime | None = Field(description="How long the temporary copy stays.")


class ObjectDetails(BaseModel):
    bucket: str
    key: str
    version_id: str | None
    size: int = Field(description="Bytes.")
    last_modified: datetime
    etag: str | None
    content_type: str | None
    headers: dict[str, str] = Field(description="Others that come with the object, e.g. Content-Encoding.")
    metadata: dict[str, str] = Field(description="The user's own, without `x-amz-meta-`.")
    tags: dict[str, str] | None = Field(description="Null where we may not know.")
    storage_class: str
    archive_status: str | None = Field(description="Archive tier of Intelligent-Tiering, if any.")
    restore: GlacierRestore | None
    encryption: Encryption | None
    checksums: list[Checksum]
    lock: ObjectLock | None
    expiration: str | None = Field(description="Lifecycle rule that will delete it, in S3's words.")
    replication_status: str | None
    uri: str
    arn: str
    url: str | None = Field(description="Readable only where the object is public; null where the region is unknown.")


class ObjectTags(BaseModel):
    tags: dict[str, str]


class TagsRequest(ObjectReference):
    """Replaces all tags."""

    tags: dict[Annotated[str, Field(min_length=1, max_length=128)], Annotated[str, Field(max_length=256)]] = Field(
        max_length=10
    )


class VersionsQuery(BaseModel):
    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, max_length=1024)
    version_id_marker: str | None = None
    max_versions: int = Field(100, ge=1, le=1000)


class ObjectVersion(BaseModel):
    version_id: str = Field(description="`null` for an object from before versioning.")
    latest: bool
    last_modified: datetime
    size: int | None = Field(description="Bytes; null for a delete marker.")
    etag: str | None
    storage_class: str | None
    delete_marker: bool = Field(description="The object counts as deleted here; delete the marker to have it back.")


class VersionPage(BaseModel):
    versions: list[ObjectVersion]
    version_id_marker: str | None = Field(description="Pass it to get the next page; null on the last.")


class GlacierTier(str, Enum):
    EXPEDITED = "Expedited"
    STANDARD = "Standard"
    BULK = "Bulk"


class GlacierRestoreRequest(ObjectReference):
    days: int = Field(7, ge=1, description="How long the temporary copy stays.")
    tier: GlacierTier = GlacierTier.STANDARD


class PresignMethod(str, Enum):
    GET = "GET"
    PUT = "PUT"


class PresignRequest(ObjectReference):
    method: PresignMethod = PresignMethod.GET
    expires_in: int = Field(3600, ge=1, le=604_800, description="Seconds, at most seven days.")
    content_type: str | None = Field(None, description="For PUT: the type that the upload must then have.")


class PresignedUrl(BaseModel):
    url: str = Field(description="A secret: whoever has it can use it.")
    method: PresignMethod
    expires_at: datetime = Field(description="At the latest.")
    ends_with_credentials: bool = Field(
        description="Signed with temporary credentials: it may end before `expires_at` when they do."
    )


class PreviewRequest(ObjectReference):
    member: str | None = Field(None, description="Of an archive: look into this member of it.")
    rows: int = Field(100, ge=1, le=1000)
    columns: list[str] | None = Field(None, description="Of Parquet and Arrow: only these.")
    encoding: str | None = Field(None, description="Of text; null: found out.")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Of delimited text; null: found out.")
    header: bool | None = Field(None, description="Whether the first row names the columns; null: found out.")


Cell = str | int | float | bool | None


class PreviewColumn(BaseModel):
    name: str
    type: str = Field(description="The format's own name for it; of CSV what the first rows look like.")


class RowGroup(BaseModel):
    rows: int
    bytes: int = Field(description="Uncompressed.")


class TableContent(BaseModel):
    kind: Literal["table"] = "table"
    format: str
    columns: list[PreviewColumn]
    rows: list[list[Cell]]
    more: bool = Field(description="There is more than is shown.")
    total_rows: int | None = Field(None, description="Where the format tells.")
    header: bool | None = None
    delimiter: str | None = None
    encoding: str | None = None
    row_groups: list[RowGroup] | None = Field(None, description="Of Parquet, the first hundred.")
    row_group_count: int | None = None
    note: str | None = None


class TextContent(BaseModel):
    kind: Literal["text"] = "text"
    format: str = Field(description="`json`, or the suffix of the key.")
    text: str
    more: bool
    encoding: str


class ImageContent(BaseModel):
    """Fetch the bytes as a download."""

    kind: Literal["image"] = "image"
    media_type: str


class NotebookCell(BaseModel):
    type: str
    source: str


class NotebookContent(BaseModel):
    kind: Literal["notebook"] = "notebook"
    cells: list[NotebookCell]


class OtherContent(BaseModel):
    """Nothing to show but what it is."""

    kind: Literal["other"] = "other"
    format: str
    message: str
    archive: bool = Field(False, description="Its members can be listed.")
    hexadecimal: str | None = Field(None, description="The first bytes.")


Content = TableContent | TextContent | ImageContent | NotebookContent | OtherContent


class Preview(BaseModel):
    bucket: str
    key: str
    version_id: str | None
    size: int = Field(description="Bytes of the object, or of the member.")
    etag: str | None
    media_type: str | None = Field(description="What the object says it is; `content` says what it looks like.")
    compression: str | None = Field(description="`gzip`, or null.")
    content: Annotated[Content, Field(discriminator="kind")]
    requests: int | None = Field(description="What it took; null for a member of an archive.")
    bytes_read: int | None


class MemberKind(str, Enum):
    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


class ArchiveMember(BaseModel):
    name: str
    size: int = Field(description="Bytes, unpacked.")
    modified: datetime | None
    kind: MemberKind
    refused: str | None = Field(description="Why it cannot be taken out; null: it can.")


class ArchiveSummary(BaseModel):
    """What a finished archive task carries as its result."""

    format: str = Field(description="`zip`, `tar` or `tar.gz`.")
    members: int
    bytes: int = Field(description="Unpacked.")
    refused: int = Field(description="Members that cannot be taken out.")


class ArchivePageQuery(BaseModel):
    task_id: str
    offset: int = Field(0, ge=0)
    limit: int = Field(1000, ge=1, le=1000)


class ArchivePage(BaseModel):
    """What was listed so far; may be asked while it runs."""

    members: list[ArchiveMember]
    total: int = Field(description="Members listed so far.")
    complete: bool


class ExtractRequest(ObjectReference):
    """Take one member out of an archive into the server's files; runs as a task."""

    member: str = Field(min_length=1)
    path: str = Field(description="File or folder in the Jupyter file browser, relative to the server's root.")
    overwrite: bool = False


class SyncDirection(str, Enum):
    UP = "up"
    DOWN = "down"


class SyncRequest(BaseModel):
    """Make a prefix like a folder (up) or a folder like a prefix (down)."""

    path: str = Field(description="Folder in the Jupyter file browser, relative to the server's root.")
    bucket: str = Field(min_length=1)
    prefix: str = Field(description="Empty, or ending in `/`.", pattern=r"(?s)^$|/$")
    direction: SyncDirection
    delete: bool = Field(False, description="Delete from the target what the source has not.")
    checksum: bool = Field(
        False, description="Compare the contents of all files of the same size, not only where the source is newer."
    )
    exclude: list[str] = Field([], description="Globs; one without `/` is held against the last part of the name.")


class SyncStep(str, Enum):
    COPY = "copy"
    DELETE = "delete"


class SyncReason(str, Enum):
    NEW = "new"
    SIZE = "size differs"
    NEWER = "source is newer"
    CONTENT = "content differs"
    NOT_IN_SOURCE = "not in source"


class SyncAction(BaseModel):
    step: SyncStep
    name: str = Field(description="Below the folder and the prefix.")
    size: int = Field(description="Bytes.")
    reason: SyncReason


class SyncPlan(BaseModel):
    """What a finished plan task carries as its result."""

    copies: int = 0
    copy_bytes: int = 0
    deletes: int = 0
    unchanged: int = 0
    impossible: int = Field(0, description="Keys that no file can be named after; they are left out.")
    actions: list[SyncAction] = Field([], description="The first 1,000; all are carried out.")


class DiskKind(str, Enum):
    """Which of Studio's disks; its price per GB-month differs."""

    EFS = "EFS"
    SPACE_VOLUME = "space volume"
    OTHER = "other"


class DiskUsageRequest(BaseModel):
    """What takes up the server's disk; runs as a task."""

    path: str = Field("", description="Folder in the Jupyter file browser, relative to the server's root.")


class DiskFolder(BaseModel):
    path: str = Field(description="Relative to the server's root.")
    files: int = Field(description="At any depth below.")
    bytes: int


class DiskFile(BaseModel):
    path: str
    bytes: int
    modified: float = Field(description="Seconds since the epoch.")


class DiskUsage(BaseModel):
    """What a finished disk usage task carries as its result."""

    path: str
    kind: DiskKind = Field(
        description="EFS is billed by what lies on it, a space's volume by its size: there, offloading only pays when "
        "the space is made again with a smaller one."
    )
    files: int
    bytes: int
    usd_here: float | None = Field(None, description="Per GB-month (2**30 bytes); null where no price is known.")
    usd_in_s3: float | None = Field(None, description="Per GB-month in S3 Standard; null where no price is known.")
    offloaded: int = Field(0, description="Pointers to offloaded files.")
    folders: list[DiskFolder] = Field([], description="The 500 largest, all levels.")
    largest: list[DiskFile] = Field([], description="The 200 largest files.")
    leftovers: list[str] = Field([], description="Partial files that a killed server left; they can be deleted.")


class OffloadRequest(BaseModel):
    """Move files to S3 and leave pointers."""

    paths: list[str] = Field(min_length=1, description="Files and folders of the Jupyter file browser.")
    bucket: str = Field(min_length=1)
    prefix: str = Field(description="Empty, or ending in `/`; below it the paths are kept.", pattern=r"(?s)^$|/$")
    storage_class: str = Field("STANDARD", pattern="^(STANDARD|STANDARD_IA|INTELLIGENT_TIERING|GLACIER_IR)$")
    min_size: int = Field(0, ge=0, description="Bytes; smaller files stay.")
    unused_days: int = Field(0, ge=0, description="Files that were used within so many days stay.")


class LeftAlone(BaseModel):
    path: str
    why: str


class OffloadPlan(BaseModel):
    """What a finished offload plan task carries as its result."""

    files: int = 0
    bytes: int = 0
    usd_in_s3: float | None = Field(None, description="A month, for all of it; null where no price is known.")
    left_alone: int = 0
    left_alone_files: list[LeftAlone] = Field([], description="The first 100 of those.")


class ApplyRequest(BaseModel):
    """Carry out the plan of a finished plan task; runs as a task."""

    task_id: str


class RestoreRequest(BaseModel):
    """Bring offloaded files back; runs as a task."""

    paths: list[str] = Field(min_length=1, description="Pointers, the files they stand for, or folders of pointers.")
    delete_objects: bool = Field(False, description="Delete each object after its file is back and verified.")


class TextObject(BaseModel):
    bucket: str
    key: str
    text: str
    encoding: str = Field(description="`utf-8`, `utf-8-sig` or `utf-16`; give it back when saving.")
    etag: str | None = Field(description="Which version this is; give it back when saving.")


class SaveRequest(BaseModel):
    bucket: str = Field(min_length=1)
    key: str = Field(min_length=1, max_length=1024)
    text: str = Field(max_length=4 * 2**20)
    encoding: Literal["utf-8", "utf-8-sig", "utf-16"] = "utf-8"
    etag: str | None = Field(description="Of the version that was opened; null: the object must not exist.")


class PlaceRequest(BaseModel):
    text: str = Field(min_length=1, max_length=4096, description="s3:// URI, ARN, S3 or console URL, bucket/prefix.")


class Place(BaseModel):
    """A bucket, or an access point's alias or ARN, and a prefix in it."""

    bucket: str = Field(min_length=1)
    prefix: str = ""
    uri: str
    region: str | None = Field(None, description="Null where AWS does not tell.")
    name: str | None = Field(None, description="The user's own name for it.")


class Bookmarks(BaseModel):
    pinned: list[Place] = Field([], max_length=500)
    recent: list[Place] = Field([], description="The latest first.", max_length=500)


class DeleteBucketRequest(BaseModel):
    name: str = Field(min_length=1)
    confirm: str = Field(description="The bucket's name again.")
    empty: bool = Field(False, description="Delete all objects, versions and unfinished uploads in it first.")
