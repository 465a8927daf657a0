"""``jupyter smext preflight``: what would make a launch fail, before it costs anything."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "preflight",
        help="find what would make a launch fail",
        description="Looks at the spec, the script, the first bytes of the data, quota and price. Reads only. Exit "
        "code 1 where an error was found; what could not be looked at is listed as unknown.",
    )
    parser.add_argument("file", type=Path, help="a *.sagemaker.yaml file")
    parser.add_argument("--log", type=Path, help="a log to try the metric expressions on")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..estimators.document import read_document, read_text
    from ..estimators.models import FindingLevel
    from ..estimators.preflight.run import preflight
    from ..prices.instances import price_table
    from .price import refreshed_prices

    result = preflight(
        AwsSession(),
        read_document(args.file),
        args.file.absolute().parent,
        price_table(refreshed_prices()),
        sample_log=read_text(args.log) if args.log else None,
    )
    errors = sum(each.level is FindingLevel.ERROR for each in result.findings)
    if args.json:
        print(result.model_dump_json())
    else:
        for each in result.findings:
            where = f" {each.path}" if each.path else ""
            print(f"{each.level.value}: {each.code}{where}: {each.message}" + (f" {each.fix}" if each.fix else ""))
        if result.price:
            from .price import words

            print(words(result.price))
        print(f"{errors} errors in {result.seconds:.1f} s")
    return 1 if errors else 0
