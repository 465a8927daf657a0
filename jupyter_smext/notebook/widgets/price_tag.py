"""What a launch costs at most, in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import Dict

from .. import snapshot
from .base import PanelWidget, kernel_session
from .spec_argument import spec_values


class PriceTag(PanelWidget):
    """The most that a launch can cost, part by part, with the date of each price.

    Parameters
    ----------
    spec:
        A spec as mapping or ``*.sagemaker.yaml`` file, or an Estimator or ModelTrainer of the SageMaker SDK.

    Traits
    ------
    spec : dict
        Set it to have the price of another one.
    price : dict
        A :class:`~jupyter_smext.estimators.models.PriceEstimate`; empty until it is known. Its ``usd_at_most`` is
        None where a price is missing.
    """

    spec = Dict().tag(sync=True)
    price = Dict().tag(sync=True)

    _shown = ("price",)
    _result = "price"

    def __init__(self, spec: Any, **traits: Any) -> None:
        super().__init__(spec=spec_values(spec), **traits)

    def _read(self) -> None:
        """Compute it in the kernel, by the prices that are installed here. Raises `InvalidRequest` for a wrong spec.

        Permission: `sts:GetCallerIdentity`, which cannot be denied.
        """
        from pathlib import Path

        from jupyter_core.paths import jupyter_data_dir

        from ...estimators.price import price_of
        from ...prices.instances import price_table

        table = price_table(Path(jupyter_data_dir()) / "jupyter_smext" / "prices.json")
        self.price = price_of(kernel_session(), self.spec, table).model_dump(mode="json")

    def _text(self) -> str:
        return f"Price: {self._sum()}"

    def _html(self) -> str:
        parts = []
        if self.price:
            rows = [
                (line["what"], "no price" if line["usd"] is None else f"{line['usd']:.2f} USD", line["as_of"])
                for line in self.price["lines"]
            ]
            parts.append(snapshot.table("Parts of the price", ("Part", "At most", "Price of"), rows))
            parts.extend(snapshot.paragraph(note) for note in self.price["notes"])
            region, dated = self.price["region"], self.price["table_date"]
            parts.append(
                snapshot.paragraph(f"On demand in {region}, without tax and discounts; price table of {dated}.")
            )
        return snapshot.card("Price", self._sum(), parts)

    def _sum(self) -> str:
        if not self.price:
            return "not read yet"
        usd = self.price["usd_at_most"]
        if usd is None:
            return "no price known"
        return f"{'about ' if self.price['about'] else ''}{usd:.2f} USD at most"
