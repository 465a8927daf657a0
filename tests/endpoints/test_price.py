from __future__ import annotations

import pytest
from fake_hosting import FakeHosting, FakeSession

from jupyter_smext.endpoints.models import HostingPrice, PriceQuery
from jupyter_smext.endpoints.price import hosting_price
from jupyter_smext.prices.instances import PriceTable

PRICES = PriceTable(
    {
        "eu-central-1": {
            "ml.m5.large": {"Training": [0.15, "2026-01-01"], "Hosting": [0.14, "2026-02-01"]},
            "ml.g5.xlarge": {"Training": [1.7, "2026-01-01"]},
        },
        "us-east-1": {"ml.p9.huge": {"Hosting": [99.0, "2026-01-01"]}},
    },
    "2026-02-01",
)


@pytest.mark.parametrize(
    ("instance_type", "usd_per_hour", "exact", "as_of"),
    [
        ("ml.m5.large", 0.14, True, "2026-02-01"),
        ("ml.g5.xlarge", 1.7, False, "2026-01-01"),
        ("ml.p9.huge", None, False, None),
    ],
    ids=["known", "of training", "not in this region"],
)
def test_price_of_an_instance(instance_type: str, usd_per_hour: float | None, exact: bool, as_of: str | None) -> None:
    price = hosting_price(FakeSession(FakeHosting()), PriceQuery(instance_type=instance_type), PRICES)
    assert price == HostingPrice(instance_type=instance_type, usd_per_hour=usd_per_hour, exact=exact, as_of=as_of)
