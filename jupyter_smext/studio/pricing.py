"""What a space costs: by the hour while its app runs, by the month for its volume."""

from __future__ import annotations

from ..prices import storage
from ..prices.instances import Price as InstancePrice
from ..prices.instances import PriceTable
from .models import Price


def per_hour(region: str, instance_type: str | None, table: PriceTable) -> Price | None:
    """Of an app on this instance type; None: no price is known."""
    return _price(table.studio(region, instance_type)) if instance_type else None


def notebook_per_hour(region: str, instance_type: str | None, table: PriceTable) -> Price | None:
    """Of a notebook instance; None: no price is known."""
    return _price(table.notebook(region, instance_type)) if instance_type else None


def volume_per_month(region: str) -> Price | None:
    """Of a GB of a space's volume."""
    return _per_gb(storage.EBS_OF_A_SPACE.get(region), "Studio:VolumeUsage.gp3")


def efs_per_month(region: str) -> Price | None:
    """Of a GB in EFS Standard; what moved to a colder class costs less."""
    return _per_gb(storage.EFS_STANDARD.get(region), "EFS Standard")


def monthly(price: Price | None, gigabytes: float | None) -> float | None:
    """USD a month; None where price or size are not known."""
    return None if price is None or gigabytes is None else round(price.usd * gigabytes, 4)


def _price(known: InstancePrice | None) -> Price | None:
    if known is None:
        return None
    return Price(usd=known.usd_per_hour, unit="hour", component=known.component, exact=known.exact, as_of=known.as_of)


def _per_gb(known: storage.Price | None, component: str) -> Price | None:
    if known is None:
        return None
    return Price(usd=known.usd, unit="GB-month", component=component, exact=True, as_of=known.as_of)
