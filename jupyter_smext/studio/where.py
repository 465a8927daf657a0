"""Where this server runs: in a space of Studio, in Unified Studio, on a notebook instance, on EC2, or elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..aws.errors import ErrorEnvelope, from_aws
from ..aws.session import AwsSession
from ..aws.studio_metadata import METADATA_FILE, StudioMetadata
from ..prices.instances import PriceTable
from . import domains
from .apps import describe_app
from .models import App, HostKind, WhereAmI
from .pricing import notebook_per_hour
from .spaces import describe_space

T = TypeVar("T")

# What the firmware says of the machine, https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/identify_ec2_instances.html
FIRMWARE = Path("/sys/devices/virtual/dmi/id")


def where_am_i(session: AwsSession, table: PriceTable, firmware: Path = FIRMWARE) -> WhereAmI:
    """Where this server runs and, in Studio, what it runs on and costs.

    Permissions: none to tell the kind. `sagemaker:DescribeDomain`, `DescribeSpace`, `DescribeApp` or
    `DescribeNotebookInstance` tell the rest; what is refused stays unknown, and is listed.
    """
    metadata = session.metadata
    where = _kind(metadata, firmware)
    where.image_version = os.environ.get("IMAGE_VERSION") or (metadata.app_image_version if metadata else None)
    try:
        where.region = session.region
    except Exception as error:
        where.unknown.append(from_aws(error).envelope)
        return where
    identity = _asked(where.unknown, session.identity)
    if identity is not None:
        where.account, where.sandbox = identity.account, identity.sandbox
    if metadata is not None and where.kind is HostKind.NOTEBOOK_INSTANCE:
        _ask_about_instance(session, where, table)
    elif metadata is not None and metadata.domain_id:
        _ask_about_space(session, metadata, where, table)
    return where


def _kind(metadata: StudioMetadata | None, firmware: Path) -> WhereAmI:
    if metadata is None:
        return _outside_sagemaker(firmware)
    known = {
        "domain_id": metadata.domain_id,
        "space_name": metadata.space_name,
        "user_profile_name": metadata.user_profile_name,
    }
    if "DataZoneScopeName" in metadata.additional_metadata:
        return WhereAmI(
            kind=HostKind.UNIFIED_STUDIO,
            evidence=f"{METADATA_FILE} names a DataZone scope.",
            project_id=metadata.additional_metadata.get("DataZoneProjectId"),
            **known,
        )
    if ":notebook-instance/" in (metadata.resource_arn or ""):
        return WhereAmI(
            kind=HostKind.NOTEBOOK_INSTANCE,
            evidence=f"{METADATA_FILE} names a notebook instance.",
            notebook_instance_name=metadata.resource_name,
        )
    if metadata.domain_id:
        return WhereAmI(kind=HostKind.STUDIO_SPACE, evidence=f"{METADATA_FILE} names a domain of Studio.", **known)
    return WhereAmI(kind=HostKind.ELSEWHERE, evidence=f"{METADATA_FILE} names neither a domain nor an instance.")


def _outside_sagemaker(firmware: Path) -> WhereAmI:
    vendor = _read(firmware / "board_vendor") or _read(firmware / "sys_vendor")
    if vendor == "Amazon EC2":
        product = _read(firmware / "product_name")
        return WhereAmI(
            kind=HostKind.EC2,
            evidence="The firmware of this machine says Amazon EC2.",
            # Older (Xen) machines say "HVM domU" there.
            instance_type=product if product and "." in product else None,
        )
    return WhereAmI(
        kind=HostKind.ELSEWHERE, evidence=f"There is no {METADATA_FILE}, and the firmware does not say Amazon EC2."
    )


def _ask_about_space(session: AwsSession, metadata: StudioMetadata, where: WhereAmI, table: PriceTable) -> None:
    domain_id = metadata.domain_id or ""
    domain = _asked(where.unknown, lambda: domains.describe_raw(session, domain_id))
    if domain is not None:
        where.domain_name = domain["DomainName"]
    if metadata.space_name:
        name = metadata.space_name
        where.space = _asked(where.unknown, lambda: describe_space(session, domain_id, name, table))
        if where.space is not None and where.user_profile_name is None:
            # The metadata of a private space does not name its owner.
            where.user_profile_name = where.space.owner_user_profile_name
    app = App(
        domain_id=domain_id,
        space_name=metadata.space_name,
        user_profile_name=None if metadata.space_name else metadata.user_profile_name,
        app_type=metadata.app_type or "JupyterLab",
        app_name=metadata.resource_name or "default",
        status="",
    )
    where.app = _asked(where.unknown, lambda: describe_app(session, app, table))
    if where.app is not None:
        where.instance_type, where.price = where.app.resource_spec.instance_type, where.app.price


def _ask_about_instance(session: AwsSession, where: WhereAmI, table: PriceTable) -> None:
    name = where.notebook_instance_name
    answer = _asked(
        where.unknown,
        lambda: session.client("sagemaker").describe_notebook_instance(NotebookInstanceName=name),
    )
    if answer is not None:
        where.instance_type = answer["InstanceType"]
        where.price = notebook_per_hour(session.region, where.instance_type, table)


def _asked(unknown: list[ErrorEnvelope], ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except Exception as error:
        unknown.append(from_aws(error).envelope)
        return None


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return None
