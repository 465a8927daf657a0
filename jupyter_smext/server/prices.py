"""The price table that this server goes by: the package's, with what `jupyter smext price refresh` fetched over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..prices.instances import PriceTable


def prices() -> PriceTable:
    from jupyter_core.paths import jupyter_data_dir

    from ..prices.instances import price_table

    return price_table(Path(jupyter_data_dir()) / "jupyter_smext" / "prices.json")
