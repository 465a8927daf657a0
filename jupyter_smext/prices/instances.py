"""What an instance costs, as far as it is known: a dated table in the package, and newer figures fetched by the user.

A price that is known for another component only (a training type whose hosting price was published) is told as such.
Nothing is guessed: a type or region that is not in the table has no price.
https://aws.amazon.com/sagemaker/ai/pricing/
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

# Where a figure is looked for, best first. "Unspecified" was published as the same for all components.
_FOR_TRAINING = ("Training", "Unspecified", "Hosting", "Processing", "Notebook", "Studio-JupyterLab")
_FOR_HOSTING = ("Hosting", "Unspecified", "Training", "Processing", "Notebook", "Studio-JupyterLab")
_FOR_STUDIO = ("Studio-JupyterLab", "Unspecified", "Studio-Notebook", "Notebook", "Training", "Processing", "Hosting")


@dataclass(frozen=True)
class Price:
    """USD per hour of one instance on demand."""

    usd_per_hour: float
    component: str
    as_of: str
    exact: bool
    """Whether it was published for just what was asked for."""


class PriceTable:
    """Prices by region, instance type and component."""

    def __init__(self, prices: dict[str, Any], generated: str) -> None:
        self._prices = prices
        self.generated = generated

    def training(self, region: str, instance_type: str) -> Price | None:
        """The price of training on a type, or the nearest component's; None: no price is known."""
        return self._best(region, instance_type, _FOR_TRAINING)

    def hosting(self, region: str, instance_type: str) -> Price | None:
        """The price of an endpoint's instance, or the nearest component's; None: no price is known."""
        return self._best(region, instance_type, _FOR_HOSTING)

    def studio(self, region: str, instance_type: str) -> Price | None:
        """The price of an app in a Studio space, or the nearest component's; None: no price is known."""
        return self._best(region, instance_type, _FOR_STUDIO)

    def notebook(self, region: str, instance_type: str) -> Price | None:
        """The price of a notebook instance, or the nearest component's; None: no price is known."""
        return self._best(region, instance_type, ("Notebook", *_FOR_STUDIO))

    def _best(self, region: str, instance_type: str, wanted: tuple[str, ...]) -> Price | None:
        components = self._prices.get(region, {}).get(instance_type, {})
        for component in wanted:
            if component in components:
                usd, as_of = components[component]
                return Price(usd, component, as_of, exact=component == wanted[0])
        return None

    def over(self, newer: PriceTable) -> PriceTable:
        """This table with the figures of a newer one in place of its own."""
        merged = {region: dict(types) for region, types in self._prices.items()}
        for region, types in newer._prices.items():
            here = merged.setdefault(region, {})
            for instance_type, components in types.items():
                here[instance_type] = {**here.get(instance_type, {}), **components}
        return PriceTable(merged, max(self.generated, newer.generated))

    def document(self) -> dict[str, Any]:
        return {"generated": self.generated, "prices": self._prices}


@functools.cache
def packaged_prices() -> PriceTable:
    """The table of the package."""
    text = (resources.files(__package__) / "instances.json").read_text("utf-8")
    return _table(json.loads(text))


def price_table(refreshed: Path | None = None) -> PriceTable:
    """The package's table, with what `price refresh` fetched over it. A file that cannot be read counts as missing."""
    table = packaged_prices()
    if refreshed is None:
        return table
    try:
        return table.over(_table(json.loads(refreshed.read_text("utf-8"))))
    except (OSError, ValueError, KeyError):
        return table


def _table(document: dict[str, Any]) -> PriceTable:
    return PriceTable(document["prices"], document["generated"])
