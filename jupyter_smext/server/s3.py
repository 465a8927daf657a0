"""Routes of the s3 room."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.iostream import StreamClosedError

from .handler import SmextHandler, operation
from .s3_transfers import repeat, root_of, start_copy, start_download, start_sync, start_upload
from .s3_upload import UploadHandler, UploadsHandler

if TYPE_CHECKING:
    from ..s3.models import (
        AbortRequest,
        AbortResult,
        ApplyRequest,
        ArchivePage,
        ArchivePageQuery,
        Bookmarks,
        Bucket,
        BucketPage,
        BucketsQuery,
        CopyRequest,
        CreateBucketRequest,
        DeleteBucketRequest,
        DeletePrefixRequest,
        DeleteRequest,
        DeleteResult,
        DiskUsageRequest,
        DownloadManyRequest,
        DownloadRequest,
        ExtractRequest,
        FindPage,
        FindPageQuery,
        FindRequest,
        GlacierRestore,
        GlacierRestoreRequest,
        LocalTransferRequest,
        ObjectDetails,
        ObjectReference,
        ObjectsQuery,
        ObjectTags,
        OffloadRequest,
        Place,
        PlaceRequest,
        PresignedUrl,
        PresignRequest,
        Preview,
        PreviewRequest,
        RestoreRequest,
        SaveRequest,
        SyncRequest,
        TagsRequest,
        TextObject,
        UnfinishedPage,
        UnfinishedQuery,
        UsageRequest,
        VersionPage,
        VersionsQuery,
    )
    from .tasks import Task

READ_AT_ONCE = 1024 * 1024
KEPT_RESULTS = 20

Result = TypeVar("Result")


class BucketsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Buckets of the account, by name", query="s3.models:BucketsQuery", response="s3.models:BucketPage")
    async def get(self, query: BucketsQuery) -> BucketPage:
        from ..s3.buckets import list_buckets

        return await self.aws.run(list_buckets, self.aws, query)

    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Create a bucket", body="s3.models:CreateBucketRequest", response="s3.models:Bucket")
    async def post(self, request: CreateBucketRequest) -> Bucket:
        from ..s3.buckets import create_bucket

        return await self.aws.run(create_bucket, self.aws, request)


class DeleteBucketHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Delete a bucket", body="s3.models:DeleteBucketRequest", response="server.tasks:Task")
    async def post(self, request: DeleteBucketRequest) -> Task:
        from ..s3.buckets import delete_bucket

        aws = self.aws
        return self.tasks.start(
            "s3.delete_bucket",
            f"Deleting the bucket {request.name}",
            lambda progress: delete_bucket(aws, request, progress).model_dump(mode="json"),
            unit="objects",
            repeat=repeat(),
        )


class PlaceHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Understand what names a place in S3", body="s3.models:PlaceRequest", response="s3.models:Place")
    async def post(self, request: PlaceRequest) -> Place:
        from ..s3.bookmarks import find_place

        return await self.aws.run(find_place, self.aws, request)


class BookmarksHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Replace the places that the user keeps", body="s3.models:Bookmarks", response="s3.models:Bookmarks")
    async def put(self, bookmarks: Bookmarks) -> Bookmarks:
        from ..s3.bookmarks import write

        return await self.aws.run(write, bookmarks_file(), bookmarks)


class BookmarksListHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Places that the user keeps", response="s3.models:Bookmarks")
    async def post(self) -> Bookmarks:
        from ..s3.bookmarks import read

        return await self.aws.run(read, bookmarks_file())


class ListHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("One page of what lies under a prefix", body="s3.models:ObjectsQuery", response="s3.models:ObjectPage")
    async def post(self, query: ObjectsQuery) -> str:
        from ..s3.browse import list_json

        return await self.aws.run(list_json, self.aws, query)


class AttachmentHandler(SmextHandler):
    """Answers bytes that a browser saves to disk while they arrive.

    The body is JSON, or a form with the same fields or one field ``request`` that holds the JSON. A form lets the
    browser stream the answer to disk. Browsers rewrite line breaks in form fields: only ``request`` carries every key
    unharmed.
    """

    def parse_body(self, model: Any) -> Any:
        if not self.request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return super().parse_body(model)
        form = {name: self.get_body_argument(name, strip=False) for name in self.request.body_arguments}
        form.pop("_xsrf", None)
        return self._validated(model, json.loads(form["request"]) if "request" in form else form)


class DownloadHandler(AttachmentHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation(
        "The bytes of an object, as an attachment", body="s3.models:DownloadRequest", raw="application/octet-stream"
    )
    async def post(self, request: DownloadRequest) -> None:
        from ..s3.download import open_object

        reader = await self.aws.run(open_object, self.aws, request)
        try:
            # Never the object's own type: HTML or SVG from a bucket must not run in Jupyter's origin.
            self.set_header("Content-Type", "application/octet-stream")
            self.set_header("Content-Length", str(reader.size))
            self.set_header("Content-Disposition", attachment(request.key))
            await self.flush()
            while data := await self.aws.run(reader.read, READ_AT_ONCE):
                self.write(data)
                await self.flush()
            self.finish(set_content_type="application/octet-stream")
        except StreamClosedError:
            self.log.info("A download was broken off by the browser")
        finally:
            reader.close()


class DownloadManyHandler(AttachmentHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Objects and folders as one zip archive", body="s3.models:DownloadManyRequest", raw="application/zip")
    async def post(self, request: DownloadManyRequest) -> None:
        from ..s3.zip_stream import zip_pieces

        pieces = zip_pieces(self.aws, request)
        try:
            # What fails before the first byte can still be answered as an error.
            data = await self.aws.run(next, pieces, b"")
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Disposition", attachment(f"{request.base.rstrip('/') or request.bucket}.zip"))
            while data:
                self.write(data)
                await self.flush()
                data = await self.aws.run(next, pieces, b"")
            self.finish(set_content_type="application/zip")
        except StreamClosedError:
            self.log.info("A download was broken off by the browser")
        except Exception:
            if not self._headers_written:
                raise
            # Half an archive must not look like a whole one: a connection that breaks tells the browser so.
            self.log.warning("A download ended in the middle", exc_info=True)
            self.request.connection.close()  # type: ignore[union-attr]  # a request that is served has one
        finally:
            await self.aws.run(pieces.close)


class DeleteHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Delete objects", body="s3.models:DeleteRequest", response="s3.models:DeleteResult")
    async def post(self, request: DeleteRequest) -> DeleteResult:
        from ..s3.delete import delete_objects

        return await self.aws.run(delete_objects, self.aws, request)


class DeletePrefixHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Delete all under a prefix", body="s3.models:DeletePrefixRequest", response="server.tasks:Task")
    async def post(self, request: DeletePrefixRequest) -> Task:
        from ..s3.delete import delete_prefix

        aws = self.aws
        return self.tasks.start(
            "s3.delete",
            f"s3://{request.bucket}/{request.prefix}",
            lambda progress: delete_prefix(aws, request, progress).model_dump(mode="json"),
            unit="objects",
            repeat=repeat(),
        )


class CopyHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Copy, move or rename inside S3", body="s3.models:CopyRequest", response="server.tasks:Task")
    async def post(self, request: CopyRequest) -> Task:
        return start_copy(self.settings["jupyter_smext"], server_root(self), request)


class LocalDownloadHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Copy from S3 into the server's files", body="s3.models:LocalTransferRequest", response="server.tasks:Task"
    )
    async def post(self, request: LocalTransferRequest) -> Task:
        return start_download(self.settings["jupyter_smext"], server_root(self), request)


class LocalUploadHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Copy from the server's files into S3", body="s3.models:LocalTransferRequest", response="server.tasks:Task"
    )
    async def post(self, request: LocalTransferRequest) -> Task:
        return start_upload(self.settings["jupyter_smext"], server_root(self), request)


class DetailsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("All about one object", body="s3.models:ObjectReference", response="s3.models:ObjectDetails")
    async def post(self, request: ObjectReference) -> ObjectDetails:
        from ..s3.details import details

        return await self.aws.run(details, self.aws, request)


class PreviewHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("The first of what is in an object", body="s3.models:PreviewRequest", response="s3.models:Preview")
    async def post(self, request: PreviewRequest) -> Preview:
        from ..s3.preview import preview

        return await self.aws.run(preview, self.aws, request)


class TextHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Open a small text object", body="s3.models:ObjectReference", response="s3.models:TextObject")
    async def post(self, request: ObjectReference) -> TextObject:
        from ..s3.edit import open_text

        return await self.aws.run(open_text, self.aws, request)

    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Save a text object where nobody saved a newer one",
        body="s3.models:SaveRequest",
        response="s3.models:TextObject",
    )
    async def put(self, request: SaveRequest) -> TextObject:
        from ..s3.edit import save_text

        return await self.aws.run(save_text, self.aws, request)


class TagsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Replace the tags of an object", body="s3.models:TagsRequest", response="s3.models:ObjectTags")
    async def post(self, request: TagsRequest) -> ObjectTags:
        from ..s3.details import set_tags

        return await self.aws.run(set_tags, self.aws, request)


class VersionsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Versions of one object, newest first", body="s3.models:VersionsQuery", response="s3.models:VersionPage")
    async def post(self, request: VersionsQuery) -> VersionPage:
        from ..s3.details import list_versions

        return await self.aws.run(list_versions, self.aws, request)


class RestoreVersionHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Make an older version the latest", body="s3.models:ObjectReference", response="s3.models:ObjectReference"
    )
    async def post(self, request: ObjectReference) -> ObjectReference:
        from ..s3.details import restore_version

        return await self.aws.run(restore_version, self.aws, request)


class DeleteVersionHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Delete a version, or a delete marker, for good", body="s3.models:ObjectReference")
    async def post(self, request: ObjectReference) -> None:
        from ..s3.details import delete_version

        await self.aws.run(delete_version, self.aws, request)


class GlacierHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Ask for a temporary copy of an archived object",
        body="s3.models:GlacierRestoreRequest",
        response="s3.models:GlacierRestore",
    )
    async def post(self, request: GlacierRestoreRequest) -> GlacierRestore:
        from ..s3.details import restore_from_glacier

        return await self.aws.run(restore_from_glacier, self.aws, request)


class PresignHandler(SmextHandler):
    @web.authenticated
    @authorized(action="execute", resource="jupyter_smext:s3")
    @operation(
        "Sign an address that works without credentials",
        body="s3.models:PresignRequest",
        response="s3.models:PresignedUrl",
    )
    async def post(self, request: PresignRequest) -> PresignedUrl:
        from ..s3.presign import presign

        return await self.aws.run(presign, self.aws, request)


class FindHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Search all objects under a prefix", body="s3.models:FindRequest", response="server.tasks:Task")
    async def post(self, request: FindRequest) -> Task:
        from ..s3.find import Find

        aws, find = self.aws, Find(request)
        task = self.tasks.start(
            "s3.find",
            f"{request.text or '*'} in s3://{request.bucket}/{request.prefix}",
            lambda progress: find.run(aws, progress).model_dump(mode="json"),
            unit="objects",
        )
        keep(self, task, find)
        return task


class FindPageHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation(
        "What a search found so far; works while it runs", body="s3.models:FindPageQuery", response="s3.models:FindPage"
    )
    async def post(self, query: FindPageQuery) -> FindPage:
        from ..s3.find import Find

        return kept(self, query.task_id, Find).page(query.offset, query.limit)


class UsageHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation(
        "Add up objects, bytes and dollars a month under a prefix",
        body="s3.models:UsageRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: UsageRequest) -> Task:
        from ..s3.usage import usage

        aws = self.aws
        return self.tasks.start(
            "s3.usage",
            f"Size of s3://{request.bucket}/{request.prefix}",
            lambda progress: usage(aws, request, progress).model_dump(mode="json"),
            unit="objects",
        )


class UnfinishedHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation(
        "Uploads in parts that came to no end", body="s3.models:UnfinishedQuery", response="s3.models:UnfinishedPage"
    )
    async def post(self, query: UnfinishedQuery) -> UnfinishedPage:
        from ..s3.unfinished import list_unfinished

        return await self.aws.run(list_unfinished, self.aws, query)


class AbortHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Throw away unfinished uploads", body="s3.models:AbortRequest", response="s3.models:AbortResult")
    async def post(self, request: AbortRequest) -> AbortResult:
        from ..s3.unfinished import abort_unfinished

        return await self.aws.run(abort_unfinished, self.aws, request)


class ArchiveHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("List the members of an archive", body="s3.models:ObjectReference", response="server.tasks:Task")
    async def post(self, request: ObjectReference) -> Task:
        from ..s3.archive import Archive

        aws, archive = self.aws, Archive(request)
        task = self.tasks.start(
            "s3.archive",
            f"Members of s3://{request.bucket}/{request.key}",
            lambda progress: archive.run(aws, progress).model_dump(mode="json"),
        )
        keep(self, task, archive)
        return task


class ArchivePageHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation(
        "Members that were listed so far; works while it runs",
        body="s3.models:ArchivePageQuery",
        response="s3.models:ArchivePage",
    )
    async def post(self, query: ArchivePageQuery) -> ArchivePage:
        from ..s3.archive import Archive

        return kept(self, query.task_id, Archive).page(query.offset, query.limit)


class ExtractHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Take a member out of an archive into the server's files",
        body="s3.models:ExtractRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: ExtractRequest) -> Task:
        from ..s3.archive import extract

        aws, root = self.aws, server_root(self)
        return self.tasks.start(
            "s3.extract",
            f"{request.member} to {request.path}",
            lambda progress: {"bytes": extract(aws, root, request, progress)},
            repeat=repeat(),
        )


class SyncPlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Compare a folder with a prefix", body="s3.models:SyncRequest", response="server.tasks:Task")
    async def post(self, request: SyncRequest) -> Task:
        from ..s3.sync import Sync

        aws, sync = self.aws, Sync.below(server_root(self), request)
        task = self.tasks.start(
            "s3.sync.plan",
            f"Comparing {request.path or '/'} with s3://{request.bucket}/{request.prefix}",
            lambda progress: sync.plan(aws, progress).model_dump(mode="json"),
            unit="objects",
        )
        keep(self, task, sync)
        return task


class SyncApplyHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Carry out a plan", body="s3.models:ApplyRequest", response="server.tasks:Task")
    async def post(self, request: ApplyRequest) -> Task:
        from ..s3.sync import Sync

        sync = kept(self, request.task_id, Sync)
        return await start_sync(self.settings["jupyter_smext"], server_root(self), sync)


class DiskUsageHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation(
        "What takes up the server's disk, and its price",
        body="s3.models:DiskUsageRequest",
        response="server.tasks:Task",
    )
    async def post(self, request: DiskUsageRequest) -> Task:
        from ..s3.disk_usage import disk_usage

        aws, root = self.aws, server_root(self)
        return self.tasks.start(
            "s3.disk_usage",
            f"Size of {request.path or '/'}",
            lambda progress: disk_usage(aws, root, request, progress).model_dump(mode="json"),
            unit="files",
        )


class OffloadPlanHandler(SmextHandler):
    @web.authenticated
    @authorized(action="read", resource="jupyter_smext:s3")
    @operation("Choose files to offload", body="s3.models:OffloadRequest", response="server.tasks:Task")
    async def post(self, request: OffloadRequest) -> Task:
        from ..s3.offload import Offload

        aws, offload = self.aws, Offload(server_root(self), request)
        task = self.tasks.start(
            "s3.offload.plan",
            f"Choosing what to offload to s3://{request.bucket}/{request.prefix}",
            lambda _: offload.plan(aws).model_dump(mode="json"),
            unit="files",
        )
        keep(self, task, offload)
        return task


class OffloadApplyHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Offload what was chosen", body="s3.models:ApplyRequest", response="server.tasks:Task")
    async def post(self, request: ApplyRequest) -> Task:
        from ..s3.offload import Offload

        aws, offload = self.aws, kept(self, request.task_id, Offload)
        return self.tasks.start(
            "s3.offload",
            offload.title,
            lambda progress: offload.apply(aws, progress).model_dump(mode="json"),
            repeat=repeat(),
        )


class RestoreHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Bring offloaded files back", body="s3.models:RestoreRequest", response="server.tasks:Task")
    async def post(self, request: RestoreRequest) -> Task:
        from ..s3.offload import restore

        aws, root, first = self.aws, server_root(self), request.paths[0]
        more = f" and {len(request.paths) - 1} more" if len(request.paths) > 1 else ""
        return self.tasks.start(
            "s3.restore",
            f"Bringing back {first}{more}",
            lambda progress: restore(aws, root, request, progress).model_dump(mode="json"),
            repeat=repeat(),
        )


def server_root(handler: SmextHandler) -> Path:
    """The folder that the Jupyter file browser shows as its root."""
    return root_of(handler.settings)


def keep(handler: SmextHandler, task: Task, result: Any) -> None:
    """Keep a task's large result, which is asked for page by page; the oldest of many goes."""
    results = handler.settings.setdefault("jupyter_smext_s3_results", {})
    results[task.id] = result
    for oldest in list(results)[:-KEPT_RESULTS]:
        del results[oldest]


def kept(handler: SmextHandler, task_id: str, kind: type[Result]) -> Result:
    result = handler.settings.get("jupyter_smext_s3_results", {}).get(task_id)
    if not isinstance(result, kind):
        from ..aws.errors import ErrorCode, SmextError

        raise SmextError(ErrorCode.NOT_FOUND, f"The results of the task {task_id} are gone.", hint="Start it again.")
    return result


def bookmarks_file() -> Path:
    """One file a user, beside what Jupyter itself keeps for them."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter_smext" / "bookmarks.json"


def attachment(key: str) -> str:
    """A Content-Disposition that saves under the key's last part, whatever characters it has (RFC 6266)."""
    name = key.rstrip("/").rsplit("/", 1)[-1] or "object"
    plain = "".join(each if each.isascii() and each.isprintable() and each not in '"\\%' else "_" for each in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


ROUTES: list[tuple[str, type[Any]]] = [
    ("s3/buckets", BucketsHandler),
    ("s3/buckets/delete", DeleteBucketHandler),
    ("s3/place", PlaceHandler),
    ("s3/bookmarks", BookmarksHandler),
    ("s3/bookmarks/list", BookmarksListHandler),
    ("s3/objects/list", ListHandler),
    ("s3/objects/delete", DeleteHandler),
    ("s3/objects/download", DownloadManyHandler),
    ("s3/archives", ArchiveHandler),
    ("s3/archives/page", ArchivePageHandler),
    ("s3/archives/extract", ExtractHandler),
    ("s3/finds", FindHandler),
    ("s3/finds/page", FindPageHandler),
    ("s3/disk-usage", DiskUsageHandler),
    ("s3/offload/plan", OffloadPlanHandler),
    ("s3/offload/apply", OffloadApplyHandler),
    ("s3/offload/restore", RestoreHandler),
    ("s3/sync/plan", SyncPlanHandler),
    ("s3/sync/apply", SyncApplyHandler),
    ("s3/usage", UsageHandler),
    ("s3/unfinished", UnfinishedHandler),
    ("s3/unfinished/abort", AbortHandler),
    ("s3/transfers/copy", CopyHandler),
    ("s3/transfers/delete", DeletePrefixHandler),
    ("s3/uploads", UploadsHandler),
    ("s3/object", UploadHandler),
    ("s3/object/download", DownloadHandler),
    ("s3/object/details", DetailsHandler),
    ("s3/object/preview", PreviewHandler),
    ("s3/object/text", TextHandler),
    ("s3/object/tags", TagsHandler),
    ("s3/object/versions", VersionsHandler),
    ("s3/object/versions/restore", RestoreVersionHandler),
    ("s3/object/versions/delete", DeleteVersionHandler),
    ("s3/object/restore", GlacierHandler),
    ("s3/object/presign", PresignHandler),
    ("s3/transfers/download", LocalDownloadHandler),
    ("s3/transfers/upload", LocalUploadHandler),
]
