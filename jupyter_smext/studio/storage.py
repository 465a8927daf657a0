"""What holds the data of a domain, and what that costs a month.

https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-jl-admin-guide-storage.html
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorEnvelope, from_aws
from ..aws.session import AwsSession
from . import domains, spaces
from .models import CustomFileSystem, StorageItem, StorageKind, StorageReport
from .pricing import efs_per_month, monthly, volume_per_month
from .settings import custom_file_systems

HOME = Path("/home/sagemaker-user")

_MOST_SPACES = 500
_BYTES_PER_GB = 2**30


def storage_report(session: AwsSession, domain_id: str, home: Path = HOME) -> StorageReport:
    """The volumes of a domain's spaces (500 at most), its home file system and what is mounted into it.

    Permissions: `sagemaker:ListSpaces`, `sagemaker:DescribeDomain`; `elasticfilesystem:DescribeFileSystems` for the
    size of file systems. What is refused is told, and makes the report incomplete.
    """
    items: list[StorageItem] = []
    unknown: list[ErrorEnvelope] = []
    volumes, truncated = _volumes(session, domain_id, home)
    items += volumes
    try:
        domain = domains.describe_raw(session, domain_id)
    except Exception as error:
        unknown.append(from_aws(error).envelope)
    else:
        items += _file_systems(session, domain)
    items.sort(key=lambda item: item.usd_per_month or 0, reverse=True)
    known = [item.usd_per_month for item in items if item.usd_per_month is not None]
    return StorageReport(
        domain_id=domain_id,
        region=session.region,
        items=items,
        usd_per_month=round(sum(known), 4) if known or not items else None,
        complete=len(known) == len(items) and not unknown and not truncated,
        truncated=truncated,
        unknown=unknown,
    )


def _volumes(session: AwsSession, domain_id: str, home: Path) -> tuple[list[StorageItem], bool]:
    pages = (
        session.client("sagemaker")
        .get_paginator("list_spaces")
        .paginate(DomainIdEquals=domain_id, PaginationConfig={"PageSize": 100, "MaxItems": _MOST_SPACES + 1})
    )
    raw = [each for page in pages for each in page["Spaces"]]
    items = [_volume(session, each, home) for each in raw[:_MOST_SPACES]]
    return [item for item in items if item is not None], len(raw) > _MOST_SPACES


def _volume(session: AwsSession, raw: Mapping[str, Any], home: Path) -> StorageItem | None:
    size = spaces.size_of(raw.get("SpaceSettingsSummary", {}))
    if size is None:
        # A space of Studio Classic: its home folder is on the domain's file system.
        return None
    price = volume_per_month(session.region)
    metadata = session.metadata
    here = bool(
        metadata and metadata.domain_id == raw["DomainId"] and metadata.space_name == raw["SpaceName"] and home.is_dir()
    )
    return StorageItem(
        kind=StorageKind.SPACE_VOLUME,
        name=raw["SpaceName"],
        size_gb=size,
        used_bytes=shutil.disk_usage(home).used if here else None,
        price=price,
        usd_per_month=monthly(price, size),
        owner_user_profile_name=raw.get("OwnershipSettingsSummary", {}).get("OwnerUserProfileName"),
        mounted_at=str(home) if here else None,
        note="Billed in full, also while the space is stopped; it never shrinks.",
    )


def _file_systems(session: AwsSession, domain: Mapping[str, Any]) -> Iterable[StorageItem]:
    if home_efs := domain.get("HomeEfsFileSystemId"):
        yield _efs(session, StorageKind.HOME_EFS, home_efs, "Home folders of Studio Classic, and ~/user-default-efs.")
    seen: set[str] = set()
    for settings in (domain.get("DefaultUserSettings", {}), domain.get("DefaultSpaceSettings", {})):
        for system in custom_file_systems(settings.get("CustomFileSystemConfigs", [])):
            item = _custom(session, system)
            if item.name not in seen:
                seen.add(item.name)
                yield item


def _custom(session: AwsSession, system: CustomFileSystem) -> StorageItem:
    name = system.file_system_id or system.s3_uri or "?"
    if system.kind == "EFS":
        return _efs(session, StorageKind.CUSTOM_EFS, name, f"Mounted into spaces, path {system.path or '/'}.")
    if system.kind == "S3":
        return StorageItem(
            kind=StorageKind.CUSTOM_S3, name=name, note="Its size is not asked for here: the S3 section measures it."
        )
    return StorageItem(
        kind=StorageKind.CUSTOM_FSX_LUSTRE,
        name=name,
        note="Billed by its provisioned capacity and throughput, which is not asked for here.",
    )


def _efs(session: AwsSession, kind: StorageKind, file_system_id: str, note: str) -> StorageItem:
    price = efs_per_month(session.region)
    item = StorageItem(kind=kind, name=file_system_id, price=price, note=note)
    try:
        found = session.client("efs").describe_file_systems(FileSystemId=file_system_id)["FileSystems"][0]
    except Exception as error:
        item.error = from_aws(error).envelope
        return item
    size: int = found["SizeInBytes"]["Value"]
    item.used_bytes = size
    item.size_gb = size / _BYTES_PER_GB
    item.usd_per_month = monthly(price, item.size_gb)
    item.note = f"{note} Billed by use; the price is that of the Standard class, the dearest."
    return item
