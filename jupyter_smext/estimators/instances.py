"""The instance types to choose from: what each has, what it costs here, and whether the administrator allows it."""

from __future__ import annotations

from ..prices.instances import PriceTable
from ..studio.admin_policy import Guard
from .catalog import instance_types
from .models import InstanceOffer, InstanceOffers


def instance_offers(region: str, table: PriceTable, guard: Guard) -> InstanceOffers:
    """Every type of the training API in ``region``. It asks AWS nothing.

    A type without a published price has none, and a price of another component says which.
    """
    allowed = guard.policy.instance_types
    offers = []
    for name, entry in instance_types().items():
        price = table.training(region, name)
        offers.append(
            InstanceOffer(
                **entry.model_dump(),
                usd_per_hour=price.usd_per_hour if price else None,
                component=price.component if price else None,
                as_of=price.as_of if price else None,
                allowed=allowed.allows(name),
            )
        )
    refusal = guard.refusal(f"The instance type is one of {', '.join(allowed.allowed)}.") if allowed.allowed else None
    return InstanceOffers(
        region=region, table_date=table.generated, offers=offers, refusal=refusal.envelope if refusal else None
    )
