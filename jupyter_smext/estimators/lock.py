"""The lock file: what a spec meant on the day, so that the same job can be launched again or a change be seen.

It lies beside the spec as `NAME.sagemaker.lock.yaml` and is written by the tool only.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from .. import __version__
from ..aws.errors import from_aws
from ..aws.progress import Progress, Silent, check
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from .check import valid_spec
from .defaults import layers_of
from .document import read_document
from .file import SUFFIX
from .git_source import source_tree
from .git_state import git_state, source_state
from .models import JobSpec, Lock, LockedChannel, LockedJob, LockResult
from .packaging import bucket_and_prefix, is_packed, pack, plan
from .price import estimate
from .profile import profile_of
from .request import Place, image, spec_sha256
from .tuning import jobs_of

LOCK_SUFFIX = ".sagemaker.lock.yaml"
_HEAD = "# Written by `jupyter smext spec lock`; do not edit.\n"


def lock_path(document: Path) -> Path:
    """Where the lock of a spec's file lies."""
    return document.with_name(document.name.removesuffix(SUFFIX) + LOCK_SUFFIX)


def make_lock(
    aws: AwsSession, data: Mapping[str, Any], folder: Path, prices: PriceTable, progress: Progress | None = None
) -> Lock:
    """Resolve everything that a spec leaves open. Lists every object of every S3 channel; writes nothing.

    Permissions: `s3:ListBucket` on the channels; `ecr:DescribeImages` for the image's digest. What may not be looked
    at is None in the lock, with the reason in its notes. Raises `InvalidRequest` for a spec that is not valid.
    """
    watched = progress or Silent()
    spec = valid_spec(data, profile_of(aws), layers_of(aws))
    place = Place.of(aws.identity())
    notes: list[str] = []
    price = estimate(spec, place.region, prices)
    jobs = [_job(aws, job, place, folder, watched, notes) for job in jobs_of(spec)]
    return Lock(
        created=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        tool_version=__version__,
        region=place.region,
        spec_sha256=spec_sha256(spec),
        git=jobs[0].git,
        jobs=jobs,
        usd_at_most=price.usd_at_most,
        price_table_date=price.table_date,
        notes=notes,
    )


def write_lock(aws: AwsSession, document: Path, prices: PriceTable, progress: Progress | None = None) -> LockResult:
    """Lock a spec's file: write its lock beside it, and say what changed since the lock before."""
    lock = make_lock(aws, read_document(document), document.parent, prices, progress)
    path = lock_path(document)
    try:
        changed = changes(read_lock(path), lock)
    except (OSError, ValueError):
        changed = []
    path.write_text(lock_text(lock), "utf-8")
    return LockResult(lock=lock, path=str(path), changes=changed)


def lock_text(lock: Lock) -> str:
    """The lock as YAML."""
    buffer = io.StringIO()
    writer = YAML(pure=True)
    writer.width = 4096
    writer.dump(lock.model_dump(mode="json", exclude_none=True), buffer)
    return _HEAD + buffer.getvalue()


def read_lock(path: Path) -> Lock:
    """A lock that was written. Raises ValueError where it is none."""
    return Lock.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))


def changes(old: Lock, new: Lock) -> list[str]:
    """What differs between two locks of a spec, in words; times and prices do not count."""
    found = []
    if old.spec_sha256 != new.spec_sha256:
        found.append("the spec")
    for index, (before, after) in enumerate(zip(old.jobs, new.jobs, strict=False)):
        where = f" of definition {index + 1}" if index else ""
        if before.image != after.image or before.image_digest != after.image_digest:
            found.append(f"the image{where}")
        if before.source_sha256 != after.source_sha256:
            found.append(f"the source{where}")
        for name in sorted(before.channels.keys() | after.channels.keys()):
            if before.channels.get(name) != after.channels.get(name):
                found.append(f"the data of channel {name}{where}")
    if len(old.jobs) != len(new.jobs):
        found.append("the number of definitions")
    return found


def _job(aws: AwsSession, job: JobSpec, place: Place, folder: Path, progress: Progress, notes: list[str]) -> LockedJob:
    uri = image(job.algorithm, job.compute, place.region)
    source = None
    if job.source_code and not is_packed(job.source_code):
        with source_tree(job.source_code, folder) as tree, pack(plan(job.source_code, tree), progress) as package:
            source, git = package.sha256, source_state(job.source_code, tree)
    else:
        git = git_state(folder)
    channels = {}
    for channel in job.input_data_config:
        if channel.s3_uri and channel.s3_uri.startswith("s3://"):
            channels[channel.channel_name] = _channel(aws, channel.channel_name, channel.s3_uri, progress, notes)
    return LockedJob(image=uri, image_digest=_digest(aws, uri, notes), source_sha256=source, git=git, channels=channels)


def _digest(aws: AwsSession, uri: str | None, notes: list[str]) -> str | None:
    match = re.fullmatch(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+/([^:@]+):(.+)", uri or "")
    if not match:
        return None
    account, region, repository, tag = match.groups()
    try:
        answer = aws.client("ecr", region).describe_images(
            registryId=account, repositoryName=repository, imageIds=[{"imageTag": tag}]
        )
    except Exception as error:
        notes.append(f"The digest of {repository}:{tag} was not read: {from_aws(error).envelope.message}")
        return None
    return str(answer["imageDetails"][0]["imageDigest"])


def _channel(aws: AwsSession, name: str, uri: str, progress: Progress, notes: list[str]) -> LockedChannel | None:
    bucket, _ = bucket_and_prefix(uri)
    prefix = uri.removeprefix("s3://").partition("/")[2]
    digest = hashlib.sha256()
    objects = size = 0
    try:
        pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            check(progress)
            for each in page.get("Contents", []):
                digest.update(f"{each['Key']}\0{each['ETag']}\0{each['Size']}\n".encode())
                objects += 1
                size += each["Size"]
            progress.update(objects, None, f"Listing {name}")
    except Exception as error:
        notes.append(f"The channel {name} was not listed: {from_aws(error).envelope.message}")
        return None
    return LockedChannel(objects=objects, bytes=size, manifest_sha256=digest.hexdigest())
