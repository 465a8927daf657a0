"""What an endpoint would cost, before there is one."""

from __future__ import annotations

from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from .models import HostingPrice, PriceQuery


def hosting_price(session: AwsSession, query: PriceQuery, prices: PriceTable) -> HostingPrice:
    """The price of one instance by the hour; an endpoint costs it for each of its instances until it is deleted.

    It comes from the table: AWS is not asked, and no permission is needed.
    """
    price = prices.hosting(session.region, query.instance_type)
    return HostingPrice(
        instance_type=query.instance_type,
        usd_per_hour=price.usd_per_hour if price else None,
        exact=price is not None and price.exact,
        as_of=price.as_of if price else None,
    )
