"""Transfers of server files and of objects, as tasks that outlive the server: the next one goes on with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .transfer_records import TransferRecord, interrupted, new_record, records_folder

if TYPE_CHECKING:
    from ..aws.progress import Progress
    from ..s3.models import CopyRequest, LocalTransferRequest, SyncRequest, TransferResult
    from ..s3.sync import Sync
    from .app import SmextApp
    from .tasks import Repeat, Task, Work


def start_upload(
    app: SmextApp, root: Path, request: LocalTransferRequest, record: TransferRecord | None = None
) -> Task:
    """Upload a file or folder of the server; ``record`` is of one that another server began."""
    from ..s3.transfer import upload

    return _start(
        app,
        record or _recorded(app, root, "upload", request),
        "s3.upload",
        f"{request.path} to s3://{request.bucket}/{request.key}",
        lambda progress, again: upload(app.aws, root, request, progress, again=again),
    )


def start_download(
    app: SmextApp, root: Path, request: LocalTransferRequest, record: TransferRecord | None = None
) -> Task:
    """Copy from S3 into the server's files; ``record`` is of a download that another server began."""
    from ..s3.transfer import download

    return _start(
        app,
        record or _recorded(app, root, "download", request),
        "s3.download",
        f"s3://{request.bucket}/{request.key} to {request.path}",
        lambda progress, again: download(app.aws, root, request, progress, again=again),
    )


def start_copy(app: SmextApp, root: Path, request: CopyRequest, record: TransferRecord | None = None) -> Task:
    """Copy or move inside S3; ``record`` is of a copy that another server began."""
    from ..s3.copy import copy_all

    notes, first = record or _recorded(app, root, "copy", request), request.items[0]
    more = f" and {len(request.items) - 1} more" if len(request.items) > 1 else ""
    return _start(
        app,
        notes,
        "s3.move" if request.move else "s3.copy",
        f"s3://{request.source_bucket}/{first.source}{more} to s3://{request.target_bucket}/{first.target}",
        lambda progress, again: copy_all(app.aws, request, progress, again=again, notes=notes),
    )


async def start_sync(app: SmextApp, root: Path, sync: Sync) -> Task:
    """Carry out a plan that was shown."""
    record = _recorded(app, root, "sync", sync.request, deletes=sync.deletes)
    await app.aws.run(record.keep)  # a plan may delete a million names
    return _start(app, record, "s3.sync", sync.title, lambda progress, _: sync.apply(app.aws, progress))


def _go_on_with_sync(app: SmextApp, root: Path, request: SyncRequest, record: TransferRecord) -> Task:
    """By a plan of what is left, which deletes nothing that was not in the plan that was shown."""
    from ..aws.progress import Quiet
    from ..s3.sync import Sync

    sync = Sync.below(root, request, interrupted=set(record.about["deletes"]))

    def apply(progress: Progress, _: bool) -> TransferResult:
        sync.plan(app.aws, Quiet(progress))
        return sync.apply(app.aws, progress)

    return _start(app, record, "s3.sync", sync.title, apply)


def _start(
    app: SmextApp,
    record: TransferRecord,
    kind: str,
    title: str,
    run: Callable[[Progress, bool], TransferResult],
) -> Task:
    """``run`` is told whether the transfer was begun before."""

    def work(progress: Progress) -> dict[str, Any]:
        if record.resumed:
            progress.update(0, message="The server was restarted; it goes on.")
        return run(progress, record.resumed).model_dump(mode="json")

    def work_again(progress: Progress) -> dict[str, Any]:
        return run(progress, True).model_dump(mode="json")

    return app.tasks.start(kind, title, work, repeat=repeat(work_again, record))


def repeat(work: Work | None = None, record: TransferRecord | None = None) -> Repeat:
    """Let a transfer be started again: by ``work``, which leaves out what is done, or as it was."""
    from .tasks import Repeat

    return Repeat("write", "jupyter_smext:s3", work, record)


def _recorded(app: SmextApp, root: Path, transfer: str, request: Any, **more: Any) -> TransferRecord:
    about = {"root": str(root), "endpoint_url": app.aws.endpoint_url, "transfer": transfer}
    return new_record({**about, "request": request.model_dump(mode="json"), **more})


async def resume_transfers(app: SmextApp, root: Path) -> None:
    """Go on with the transfers that a server of the same root folder left; clean up after uploads from browsers."""
    for record in interrupted(records_folder()):
        if record.about.get("root") != str(root):
            record.release()
            continue
        try:
            (await app.admin.guard()).require_route("write", "jupyter_smext:s3")
            if record.about["endpoint_url"] == app.aws.endpoint_url:
                _resume(app, root, record)
            else:
                record.release()  # that was another S3
        except Exception:
            app.log.exception("An interrupted transfer does not go on")
            record.release()


def _resume(app: SmextApp, root: Path, record: TransferRecord) -> Task:
    from ..s3.models import CopyRequest, LocalTransferRequest, SyncRequest
    from .s3_upload import clean_up

    transfer, request = record.about["transfer"], record.about.get("request")
    if transfer == "upload":
        return start_upload(app, root, LocalTransferRequest.model_validate(request), record)
    if transfer == "download":
        return start_download(app, root, LocalTransferRequest.model_validate(request), record)
    if transfer == "copy":
        return start_copy(app, root, CopyRequest.model_validate(request), record)
    if transfer == "sync":
        return _go_on_with_sync(app, root, SyncRequest.model_validate(request), record)
    return clean_up(app, record)


def root_of(settings: dict[str, Any]) -> Path:
    """The folder that the Jupyter file browser shows as its root."""
    return Path(settings["server_root_dir"]).expanduser()
