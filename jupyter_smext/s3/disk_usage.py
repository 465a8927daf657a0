"""What takes up the disk of this machine, and what it costs here and would cost in S3."""

from __future__ import annotations

import heapq
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, check
from ..aws.session import AwsSession
from ..prices import storage as storage_prices
from .local_files import confine, is_partial
from .models import DiskFile, DiskFolder, DiskKind, DiskUsage, DiskUsageRequest
from .pointer import SUFFIX

MOST_FOLDERS = 500
MOST_FILES = 200
REPORT_EVERY = 1000


def disk_usage(aws: AwsSession, root: Path, request: DiskUsageRequest, progress: Progress) -> DiskUsage:
    """Add up a folder below ``root``; ``progress`` counts files. Asks AWS nothing.

    Links are not followed, other disks mounted below are left out, and a file with several names counts once.
    """
    root = root.resolve()
    folder = confine(root, request.path)
    if not folder.is_dir():
        raise SmextError(ErrorCode.NOT_FOUND, f"There is no folder {request.path!r}.")
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    largest: list[tuple[int, str, float]] = []
    result = DiskUsage(path=request.path, kind=disk_kind(folder), files=0, bytes=0)
    for path, about in _files(folder, progress):
        relative = os.path.relpath(path, root)
        result.files += 1
        result.bytes += about.st_size
        if result.files % REPORT_EVERY == 0:
            progress.update(result.files)
        name = os.path.basename(path)  # noqa: PTH119  # a Path for each of a million files costs more than the walk
        if name.endswith(SUFFIX):
            result.offloaded += 1
            continue
        if is_partial(name):
            result.leftovers.append(relative)
            continue
        parent = os.path.dirname(relative)  # noqa: PTH120
        while True:
            entry = sums[parent]
            entry[0] += 1
            entry[1] += about.st_size
            if not parent or parent == request.path.strip("/"):
                break
            parent = os.path.dirname(parent)  # noqa: PTH120
        item = (about.st_size, relative, about.st_mtime)
        if len(largest) < MOST_FILES:
            heapq.heappush(largest, item)
        else:
            heapq.heappushpop(largest, item)
    here, there = _prices(aws, result.kind)
    result.usd_here, result.usd_in_s3 = here, there
    result.folders = [
        DiskFolder(path=path, files=files, bytes=size)
        for path, (files, size) in heapq.nsmallest(MOST_FOLDERS, sums.items(), key=lambda each: (-each[1][1], each[0]))
    ]
    result.largest = [
        DiskFile(path=path, bytes=size, modified=time) for size, path, time in sorted(largest, reverse=True)
    ]
    return result


def disk_kind(path: Path) -> DiskKind:
    """Which of Studio's disks a path lies on, by the kind of its file system.

    Studio mounts EFS by NFS; a space's own volume is a block device. Elsewhere nobody is billed by the GB.
    """
    best, kind = "", ""
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    except OSError:
        return DiskKind.OTHER
    for line in mounts:
        _, point, type_, *_ = line.split(" ")
        point = point.encode().decode("unicode_escape")  # a blank is written \040
        if path.is_relative_to(point) and len(point) > len(best):
            best, kind = point, type_
    if kind.startswith("nfs"):
        return DiskKind.EFS
    return DiskKind.SPACE_VOLUME if Path("/opt/ml/metadata/resource-metadata.json").exists() else DiskKind.OTHER


def _prices(aws: AwsSession, kind: DiskKind) -> tuple[float | None, float | None]:
    region = aws.boto.region_name
    here = {DiskKind.EFS: storage_prices.EFS_STANDARD, DiskKind.SPACE_VOLUME: storage_prices.EBS_OF_A_SPACE}.get(
        kind, {}
    )
    local, s3 = here.get(region), storage_prices.price(region, "STANDARD")
    return (local.usd if local else None), (s3.usd if s3 else None)


def _files(folder: Path, progress: Progress) -> Iterator[tuple[str, os.stat_result]]:
    device = folder.stat().st_dev
    seen: set[int] = set()
    waiting = [str(folder)]
    while waiting:
        check(progress)
        try:
            entries = os.scandir(waiting.pop())
        except PermissionError:
            continue
        with entries:
            for entry in entries:
                about = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    if about.st_dev == device:
                        waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    if about.st_nlink > 1:
                        if about.st_ino in seen:
                            continue
                        seen.add(about.st_ino)
                    yield entry.path, about
