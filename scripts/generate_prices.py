"""Write ``jupyter_smext/prices/instances.json`` from a CSV of published prices.

    python scripts/generate_prices.py prices.csv

The CSV has the columns region, component, instance_type, usd_per_hour and as_of_date, one published figure a row. Of
several for one thing the newest is kept. The figures are on-demand USD per instance-hour, without tax and discounts;
``jupyter smext price refresh`` reads newer ones from AWS.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "jupyter_smext" / "prices" / "instances.json"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    prices: dict[str, Any] = {}
    with parser.parse_args().csv.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            components = prices.setdefault(row["region"], {}).setdefault(row["instance_type"], {})
            known = components.get(row["component"])
            if known is None or row["as_of_date"] > known[1]:
                components[row["component"]] = [float(row["usd_per_hour"]), row["as_of_date"]]
    document = {"generated": datetime.date.today().isoformat(), "prices": prices}
    TARGET.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
