"""``jupyter smext price``: the most that a launch can cost."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..estimators.models import PriceEstimate


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "price",
        help="the most that a launch can cost",
        description="Price x instances x longest run x jobs, on demand, from a dated table. `price refresh` reads the "
        "newest prices of the region from AWS.",
    )
    parser.add_argument("file", help="a *.sagemaker.yaml file, or the word refresh")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.file == "refresh":
        return run_refresh(args)
    from ..aws.session import AwsSession
    from ..estimators.document import read_document
    from ..estimators.price import price_of
    from ..prices.instances import price_table

    estimate = price_of(AwsSession(), read_document(Path(args.file)), price_table(refreshed_prices()))
    if args.json:
        print(estimate.model_dump_json())
        return 0
    for line in estimate.lines:
        cost = "no price" if line.usd is None else f"{line.usd:.2f} USD"
        dated = f" ({line.component}, {line.as_of})" if line.component and line.as_of else ""
        print(f"{line.what}: {cost}{dated}")
    for note in estimate.notes:
        print(note)
    print(words(estimate))
    return 0


def run_refresh(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..prices.refresh import refresh
    from .progress import TerminalProgress

    session = AwsSession()
    with TerminalProgress(f"Prices of {session.region}", unit="products") as progress:
        table = refresh(session, session.region, refreshed_prices(), progress)
    count = len(table.document()["prices"][session.region])
    print(
        f"{count} instance types in {session.region}, {table.generated}.", file=sys.stderr if args.json else sys.stdout
    )
    return 0


def refreshed_prices() -> Path:
    """Where `price refresh` keeps what it read."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter_smext" / "prices.json"


def words(estimate: PriceEstimate) -> str:
    """The sum in one line."""
    if estimate.usd_at_most is None:
        return f"No price is known for this in {estimate.region} (table of {estimate.table_date})."
    about = "about " if estimate.about else ""
    return f"At most {about}{estimate.usd_at_most:.2f} USD in {estimate.region} (table of {estimate.table_date})."
