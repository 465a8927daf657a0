"""Make a folder and a prefix alike, in one direction: first a plan, then exactly that plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import regex

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from .batch import Sum, run_all
from .delete import delete_objects
from .download import fetch_file
from .etag import etag_of
from .file_upload import send_file
from .find import glob_expression
from .local_files import confine, drop_part, files_below, is_partial, path_below
from .models import (
    DeleteRequest,
    SyncAction,
    SyncDirection,
    SyncPlan,
    SyncReason,
    SyncRequest,
    SyncStep,
    TransferFailure,
    TransferResult,
)
from .patience import Patience
from .scan import scan

SHOWN = 1000
DELETE_AT_ONCE = 1000


class _Thing(NamedTuple):
    """A file or an object. ``etag`` is None for a file: it is made when it is needed."""

    size: int
    modified: float
    etag: str | None


class Sync:
    """One plan. `plan` it, show it, and `apply` it; what changed in between is not overwritten where it was new.

    Parameters
    ----------
    interrupted:
        The `deletes` of a plan that was begun to be carried out by a process that is gone. This one goes on with it:
        it takes up what has arrived, and deletes nothing that was not in the plan that was agreed to.
    """

    def __init__(
        self,
        request: SyncRequest,
        folder: Path,
        boundary: Path | None = None,
        *,
        interrupted: Collection[str] | None = None,
    ) -> None:
        self.request = request
        self._folder, self._boundary, self._interrupted = folder, boundary, interrupted
        self._actions: list[SyncAction] = []
        self._copied: set[str] = set()
        self._excluded = [(glob, regex.compile(glob_expression(glob), regex.DOTALL)) for glob in request.exclude]

    @classmethod
    def below(cls, root: Path, request: SyncRequest, *, interrupted: Collection[str] | None = None) -> Sync:
        """A sync of a folder of the Jupyter file browser; raises `InvalidRequest` where it lies outside of it."""
        return cls(request, confine(root, request.path), root, interrupted=interrupted)

    @property
    def title(self) -> str:
        request = self.request
        place = f"s3://{request.bucket}/{request.prefix}"
        return f"{request.path} to {place}" if request.direction is SyncDirection.UP else f"{place} to {request.path}"

    @property
    def deletes(self) -> list[str]:
        """The names that the plan deletes, below the folder or prefix."""
        return [action.name for action in self._actions if action.step is SyncStep.DELETE]

    def plan(self, aws: AwsSession, progress: Progress) -> SyncPlan:
        """Compare both sides; ``progress`` counts objects and files. Permission: `s3:ListBucket`.

        Raises `InvalidRequest` where a deleting sync finds an empty source: that is nearly always a mistake.
        """
        request = self.request
        files = dict(self._files())
        objects = dict(self._objects(aws, progress))
        up = request.direction is SyncDirection.UP
        source, target = (files, objects) if up else (objects, files)
        if request.delete and target and not source:
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                "The source is empty: everything in the target would be deleted.",
                hint="Check the path; to empty the target, delete it by itself.",
            )
        self._actions = []
        plan = SyncPlan()
        for number, (name, thing) in enumerate(sorted(source.items())):
            check(progress)
            progress.update(number, len(source))
            if not up and path_below(self._folder, name) is None:
                plan.impossible += 1
                continue
            reason = self._why_copied(name, thing, target.get(name), up)
            if reason is None:
                if not up and self._interrupted is not None:
                    drop_part(self._folder / name)
                plan.unchanged += 1
                continue
            self._actions.append(SyncAction(step=SyncStep.COPY, name=name, size=thing.size, reason=reason))
            plan.copies += 1
            plan.copy_bytes += thing.size
        if request.delete:
            doomed = target.keys() - source.keys()
            for name in sorted(doomed if self._interrupted is None else doomed.intersection(self._interrupted)):
                size = target[name].size
                self._actions.append(
                    SyncAction(step=SyncStep.DELETE, name=name, size=size, reason=SyncReason.NOT_IN_SOURCE)
                )
                plan.deletes += 1
        plan.actions = self._actions[:SHOWN]
        return plan

    def apply(self, aws: AwsSession, progress: Progress) -> TransferResult:
        """Copy first, and delete only when all was copied; ``progress`` counts bytes.

        After a failure it may be called again, and goes on.
        """
        request = self.request
        copies = [
            action for action in self._actions if action.step is SyncStep.COPY and action.name not in self._copied
        ]
        result = run_all(
            ((action.name, self._copy(aws, action)) for action in copies),
            Sum(progress, sum(action.size for action in copies)),
        )
        if result.failed or result.skipped:
            return result
        doomed = self.deletes
        if request.direction is SyncDirection.DOWN:
            for name in doomed:
                (self._folder / name).unlink(missing_ok=True)
            result.deleted = len(doomed)
            return result
        for start in range(0, len(doomed), DELETE_AT_ONCE):
            check(progress)
            keys = [request.prefix + name for name in doomed[start : start + DELETE_AT_ONCE]]
            done = delete_objects(aws, DeleteRequest(bucket=request.bucket, keys=keys))
            result.deleted += len(done.deleted)
            result.failed += len(done.failed)
            result.failures += [
                TransferFailure(name=each.key, code=ErrorCode.INVALID_REQUEST, message=each.message)
                for each in done.failed
            ]
        return result

    def _copy(self, aws: AwsSession, action: SyncAction) -> Callable[[Progress], int]:
        request, path, key = self.request, self._folder / action.name, self.request.prefix + action.name
        # What was new must still be new; what was there is meant to be replaced.
        overwrite = action.reason is not SyncReason.NEW

        def copy(share: Progress) -> int:
            if request.direction is SyncDirection.UP:
                again = self._interrupted is not None
                size = send_file(aws, path, request.bucket, key, overwrite=overwrite, progress=share, again=again).size
            else:
                size = fetch_file(aws, request.bucket, key, path, overwrite=overwrite, progress=share)
            self._copied.add(action.name)
            return size

        return copy

    def _why_copied(self, name: str, source: _Thing, target: _Thing | None, up: bool) -> SyncReason | None:
        if target is None:
            return SyncReason.NEW
        if source.size != target.size:
            return SyncReason.SIZE
        # S3 knows whole seconds only: within the same one nobody can tell which is newer.
        newer = source.modified != target.modified and int(source.modified) >= int(target.modified)
        if not newer and not self.request.checksum:
            return None
        # An ETag that is no checksum of the content (KMS, other part sizes) differs, and the file is copied once more.
        if (target if up else source).etag == etag_of(self._folder / name):
            return None
        return SyncReason.NEWER if newer else SyncReason.CONTENT

    def _files(self) -> Iterator[tuple[str, _Thing]]:
        if not self._folder.exists():
            return
        if not self._folder.is_dir():
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{self._folder} is no folder.")
        for name, path in files_below(self._folder, self._boundary):
            if not self._is_excluded(name):
                about = path.stat()
                yield name, _Thing(about.st_size, about.st_mtime, None)

    def _objects(self, aws: AwsSession, progress: Progress) -> Iterator[tuple[str, _Thing]]:
        skip = len(self.request.prefix)
        for page in scan(aws, self.request.bucket, self.request.prefix, Patience(aws, progress)):
            for key, size, modified, etag in zip(page.keys, page.sizes, page.modified, page.etags, strict=True):
                name = key[skip:]
                if not (key.endswith("/") and size == 0) and not self._is_excluded(name):
                    moment = datetime.fromisoformat(modified.replace("Z", "+00:00")).timestamp()
                    yield name, _Thing(size, moment, etag and etag.strip('"'))

    def _is_excluded(self, name: str) -> bool:
        last = name.rsplit("/", 1)[-1]
        return is_partial(last) or any(
            expression.fullmatch(name if "/" in glob else last) for glob, expression in self._excluded
        )
