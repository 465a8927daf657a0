"""Uploads from the browser: the body goes to S3 while it arrives, in constant memory and with its own task."""

from __future__ import annotations

import asyncio
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from .handler import SmextHandler, operation
from .transfer_records import TransferRecord, new_record

if TYPE_CHECKING:
    from ..aws.errors import SmextError
    from ..aws.progress import Progress
    from ..aws.session import AwsSession
    from ..s3.models import UploadQuery, UploadRequest, UploadResult
    from ..s3.upload import Upload
    from .app import SmextApp
    from .tasks import Task, TaskProgress, TaskRegistry

# Seconds for which a request to end may go unnoticed.
NOTICE = 0.25
# Seconds without a byte after which a browser is taken to be gone: after the announcement, and within a body. A
# connection that breaks is mostly noticed at once, but not where a laptop sleeps or a proxy keeps its side open.
ANNOUNCED_FOR = 120.0
STALLED_FOR = 300.0


class UploadsHandler(SmextHandler):
    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation("Announce an upload", body="s3.models:UploadRequest", response="server.tasks:Task")
    async def post(self, request: UploadRequest) -> Task:
        from ..s3.conflicts import refuse_existing
        from ..s3.upload import MAX_STREAM, refuse_larger

        refuse_larger(request.bucket, request.key, request.size, MAX_STREAM)
        if not request.overwrite:
            await self.aws.run(refuse_existing, self.aws, request.bucket, request.key)
        progress = open_task(self.tasks, request.bucket, request.key, request.size)
        announcement = Announcement(request, progress)
        announced(self)[progress.task.id] = announcement
        announcement.lapsing = asyncio.create_task(lapse(self.tasks, announced(self), announcement))
        return progress.task


@web.stream_request_body
class UploadHandler(SmextHandler):
    """Tornado calls ``put`` when the body is over: all is decided in ``prepare``, before the first byte."""

    incoming: Incoming | None = None

    async def prepare(self) -> None:  # type: ignore[override]  # as in APIHandler
        await super().prepare()
        await self._begin()  # type: ignore[misc]  # `authenticated` is typed as if it might return None

    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    async def _begin(self) -> None:
        from ..aws.errors import ErrorCode, SmextError
        from ..s3.models import UploadQuery
        from ..s3.upload import MAX_STREAM, Upload, refuse_larger

        query = self.parse_query(UploadQuery)
        assert isinstance(query, UploadQuery)
        length = self.request.headers.get("Content-Length", "")
        if not length.isdigit():
            raise SmextError(ErrorCode.INVALID_REQUEST, "The request must say its Content-Length.")
        size = int(length)
        progress = self._task(query, size)
        try:
            refuse_larger(query.bucket, query.key, size, MAX_STREAM)
            upload = await self.aws.run(
                Upload, self.aws, query.bucket, query.key,
                size=size, content_type=query.content_type, overwrite=query.overwrite,
            )  # fmt: skip
        except Exception as error:
            self.tasks.finish(progress, error=error)
            raise
        # Tornado's own limit is meant for bodies that are held in memory.
        self.request.connection.set_max_body_size(size)  # type: ignore[union-attr]  # a request that is served has one
        root = str(Path(self.settings["server_root_dir"]).expanduser())
        self.incoming = Incoming(self.aws, self.tasks, upload, progress, root)
        self._watching = asyncio.create_task(self._watch(self.incoming))

    def _task(self, query: UploadQuery, size: int) -> TaskProgress:
        if query.task_id is None:
            return open_task(self.tasks, query.bucket, query.key, size)
        from ..aws.errors import ErrorCode, SmextError

        announcement = announced(self).pop(query.task_id, None)
        if announcement is None:
            raise SmextError(ErrorCode.NOT_FOUND, f"No upload waits under the task {query.task_id}.")
        announcement.lapsing.cancel()
        request = announcement.request
        if (request.bucket, request.key, request.size) != (query.bucket, query.key, size):
            error = SmextError(ErrorCode.INVALID_REQUEST, "The upload is not the one that was announced.")
            self.tasks.finish(announcement.progress, error=error)
            raise error
        return announcement.progress

    async def data_received(self, chunk: bytes) -> None:
        if self.incoming is None:
            return
        try:
            await self.incoming.write(chunk)
        except Exception as error:
            await self._fail(self.incoming, error)

    @web.authenticated
    @authorized(action="write", resource="jupyter_smext:s3")
    @operation(
        "Upload an object; the body is its bytes",
        query="s3.models:UploadQuery",
        response="s3.models:UploadResult",
        raw="application/octet-stream",
    )
    async def put(self, query: UploadQuery) -> UploadResult:
        if self.incoming is None or self._finished:
            raise web.Finish()  # it failed on the way, and was answered then
        try:
            return await self.incoming.complete()
        except Exception as error:
            await self.incoming.abort(error)
            raise

    def on_connection_close(self) -> None:
        from ..aws.progress import Cancelled

        super().on_connection_close()
        if self.incoming is not None:
            self._closing = asyncio.create_task(self.incoming.abort(Cancelled("The browser ended the upload.")))

    async def _watch(self, incoming: Incoming) -> None:
        from ..aws.progress import Cancelled

        while not incoming.ended:
            if incoming.progress.cancelled():
                await self._fail(incoming, Cancelled())
            elif incoming.waiting > STALLED_FOR:
                await self._fail(incoming, silent_browser(STALLED_FOR))
            await asyncio.sleep(NOTICE)

    async def _fail(self, incoming: Incoming, error: Exception) -> None:
        if incoming.ended:
            return
        await incoming.abort(error)
        if not self._finished:
            # Answered while the body still arrives: tornado then ends the connection, which is the only way to stop it.
            self.log_exception(type(error), error, error.__traceback__)
            self.send_error(500, exc_info=(type(error), error, error.__traceback__))


class Incoming:
    """Gathers what arrives into parts and sends full ones to S3, a few at a time; all on the event loop."""

    def __init__(self, aws: AwsSession, tasks: TaskRegistry, upload: Upload, progress: TaskProgress, root: str) -> None:
        from ..s3.upload import STREAM_MEMORY

        self._record = new_record(
            {
                "transfer": "from browser",
                "root": root,
                "endpoint_url": aws.endpoint_url,
                "bucket": upload.bucket,
                "key": upload.key,
            }
        )
        self.progress = progress
        self.ended = False
        self._aws, self._tasks, self._upload = aws, tasks, upload
        self._part = bytearray()
        self._number = 0
        self._done = 0
        # One part is being filled while the others are sent.
        self._free = asyncio.Semaphore(max(1, STREAM_MEMORY // upload.part_size - 1))
        self._sending: list[asyncio.Task[None]] = []
        self._waiting_since: float | None = asyncio.get_running_loop().time()
        tasks.running(progress)
        progress.update(0, upload.size)

    @property
    def waiting(self) -> float:
        """Seconds since the browser may send and has not; 0 while it is S3 that we wait for."""
        since = self._waiting_since
        return 0 if since is None else asyncio.get_running_loop().time() - since

    async def write(self, data: bytes) -> None:
        """Take the next bytes; returns when there is room for more. Raises what a part under way raised."""
        self._waiting_since = None
        view = memoryview(data)
        while view and not self.ended:
            room = self._upload.part_size - len(self._part)
            self._part += view[:room]
            view = view[room:]
            if len(self._part) == self._upload.part_size:
                await self._send()
        self._waiting_since = asyncio.get_running_loop().time()

    async def complete(self) -> UploadResult:
        self._waiting_since = None
        if self._part or self._number == 0:
            await self._send()
        await asyncio.gather(*self._sending)
        self.ended = True
        try:
            result = await self._aws.run(self._upload.complete)
        except Exception:
            self.ended = False
            raise
        self._record.forget()
        self._tasks.finish(self.progress, result=result.model_dump(mode="json"))
        return result

    async def abort(self, error: Exception) -> None:
        """End it and leave nothing in S3; the task carries the error."""
        if self.ended:
            return
        self.ended = True
        # Parts under way would outlive an abort, so they come to their end first.
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._aws.run(self._upload.abort)
        self._record.forget()
        self._tasks.finish(self.progress, error=error)

    async def _send(self) -> None:
        await self._free.acquire()
        running = []
        for each in self._sending:
            if each.done():
                each.result()
            else:
                running.append(each)
        self._sending = running
        if self.ended:
            return
        part, self._part = self._part, bytearray()
        self._number += 1
        self._sending.append(asyncio.create_task(self._send_part(self._number, part)))

    async def _send_part(self, number: int, part: bytearray) -> None:
        from ..s3.patience import Waits

        # While it waits the browser is told nothing but to send no more. A thread is not held meanwhile.
        waits = Waits(self._aws)
        try:
            while True:
                try:
                    await self._aws.run(self._upload.send, number, part)
                    break
                except Exception as error:
                    seconds = await self._aws.run(waits.after, error)
                self.progress.update(self._done, message=waits.reason)
                for _ in range(ceil(seconds / NOTICE)):
                    if self.ended:
                        return
                    await asyncio.sleep(NOTICE)
            if self._upload.upload_id and not self.ended:
                self._record.about["upload_id"] = self._upload.upload_id
                self._record.keep()
            self._done += len(part)
            self.progress.update(self._done, message="" if waits.reason else None)
        finally:
            self._free.release()


def clean_up(app: SmextApp, record: TransferRecord) -> Task:
    """Remove what arrived of an upload that a server before this one was killed in, and have a task say so."""
    from ..aws.errors import ErrorCode, SmextError
    from ..s3.upload import abort_upload

    aws, about = app.aws, record.about

    def work(_: Progress) -> None:
        abort_upload(aws, about["bucket"], about["key"], about["upload_id"])
        record.forget()
        raise SmextError(
            ErrorCode.NETWORK,
            "The server was restarted while the file came from your browser. Nothing of it is kept.",
            hint="Upload it again.",
        )

    return app.tasks.start("s3.upload", f"s3://{about['bucket']}/{about['key']}", work)


class Announcement:
    """An upload whose bytes have not begun to arrive."""

    def __init__(self, request: UploadRequest, progress: TaskProgress) -> None:
        self.request, self.progress = request, progress
        self.lapsing: asyncio.Task[None]


def announced(handler: SmextHandler) -> dict[str, Announcement]:
    """Announced uploads of this server by the id of their task."""
    waiting: dict[str, Any] = handler.settings.setdefault("jupyter_smext_uploads", {})
    return waiting


async def lapse(tasks: TaskRegistry, waiting: dict[str, Announcement], announcement: Announcement) -> None:
    """End the task of an upload that was cancelled, or whose browser went away, before its bytes came."""
    from ..aws.progress import Cancelled

    progress = announcement.progress
    deadline = asyncio.get_running_loop().time() + ANNOUNCED_FOR
    while not progress.cancelled() and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(NOTICE)
    waiting.pop(progress.task.id, None)
    tasks.finish(progress, error=Cancelled() if progress.cancelled() else silent_browser(ANNOUNCED_FOR))


def silent_browser(seconds: float) -> SmextError:
    from ..aws.errors import ErrorCode, SmextError

    return SmextError(
        ErrorCode.NETWORK,
        f"Nothing has come from the browser for {seconds:.0f} seconds. Nothing of the file is kept in S3.",
        hint="Upload it again.",
    )


def open_task(tasks: TaskRegistry, bucket: str, key: str, size: int) -> TaskProgress:
    progress = tasks.open("s3.upload", f"s3://{bucket}/{key}")
    progress.task.total = size
    return progress
