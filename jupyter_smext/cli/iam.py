"""`jupyter smext iam`: verdicts on policies, explained errors, policy checks. Works without any AWS access."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

Subparsers = argparse._SubParsersAction  # the only name that argparse gives this type


def add_parser(subparsers: Subparsers[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("iam", help="who may do what, why a call was refused, and what a policy says")
    commands = parser.add_subparsers(dest="iam_command", metavar="COMMAND", required=True)

    evaluate = commands.add_parser(
        "evaluate",
        help="decide requests from policy documents",
        description="Reads a case, or one case a line, and prints a verdict for each. A layer that is absent or null "
        'does not apply; "unknown" stands for one that exists and could not be read.',
    )
    evaluate.set_defaults(run=_reading(run_evaluate))

    explain = commands.add_parser(
        "explain",
        help="say what an error text means and who can fix it",
        description="Reads an error text, traceback or FailureReason of any length and prints what it tells as JSON.",
    )
    explain.set_defaults(run=_reading(run_explain))

    lint = commands.add_parser(
        "lint",
        help="find the defects of a policy document",
        description="Reads a policy, also one that is not quite JSON, and prints what is wrong with it and where.",
    )
    lint.add_argument("--json", action="store_true", help="print the report as JSON")
    lint.add_argument("--repair", action="store_true", help="also print the repaired document")
    lint.add_argument("--kind", choices=("identity", "resource", "trust"), help="where the policy is attached")
    lint.add_argument(
        "--bucket", action="append", default=[], metavar="NAME", help="fill placeholders with this bucket (repeatable)"
    )
    lint.set_defaults(run=_reading(run_lint))


def _reading(command: Callable[[argparse.Namespace, TextIO], int]) -> Callable[[argparse.Namespace], int]:
    """A command on standard input; a terminal there means that the input was forgotten."""

    def run(args: argparse.Namespace) -> int:
        if sys.stdin.isatty():
            print("This command reads standard input, and there is none.", file=sys.stderr)
            return 2
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # logs hold anything
        return command(args, sys.stdin)

    return run


def run_evaluate(args: argparse.Namespace, stream: TextIO) -> int:
    from pydantic import ValidationError

    from ..iam.evaluate import evaluate
    from ..iam.models import Case

    count = failed = 0
    for source in _json_values(stream):
        count += 1
        try:
            print(evaluate(Case.model_validate(source())).model_dump_json())
        except ValidationError as error:
            first = error.errors()[0]
            failed += 1
            _print_case_error(count, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except ValueError as error:
            failed += 1
            _print_case_error(count, str(error))
    if not count:
        print("Standard input holds no case.", file=sys.stderr)
        return 2
    return 1 if failed else 0


def run_explain(args: argparse.Namespace, stream: TextIO) -> int:
    from ..iam.explain import explain

    text = stream.read()
    if not text.strip():
        print("Standard input holds no text.", file=sys.stderr)
        return 2
    print(explain(text).model_dump_json())
    return 0


def run_lint(args: argparse.Namespace, stream: TextIO) -> int:
    from ..iam.lint import lint

    text = stream.read()
    if not text.strip():
        print("Standard input holds no policy.", file=sys.stderr)
        return 2
    report = lint(text, args.kind, args.bucket, repaired=args.repair)
    if args.json:
        print(report.model_dump_json(indent=2))
        return 0
    for finding in report.findings:
        fix = f" ({finding.fix})" if finding.fix and args.repair else ""
        print(f"{finding.line}:{finding.column}: {finding.severity}: {finding.message} [{finding.code}]{fix}")
    if not report.findings:
        print("No findings.")
    print(f"{report.size.characters:,} of {report.size.managed_policy_limit:,} characters of a managed policy.")
    if report.repaired is not None:
        print(json.dumps(report.repaired, indent=2))
        for finding in report.remaining:
            print(f"Left to you: {finding.message} [{finding.code}]")
    return 0


def _print_case_error(number: int, message: str) -> None:
    print(json.dumps({"error": {"code": "InvalidCase", "case": number, "message": message}}))


def _json_values(stream: TextIO) -> Iterator[Callable[[], Any]]:
    """The values of one JSON text, or of JSON Lines; each is parsed when it is called, so that one may fail alone."""
    first = next((line for line in stream if line.strip()), None)
    if first is None:
        return
    try:
        whole = _parse(first)
    except ValueError:
        rest = stream.read()
        try:
            whole = _parse(first + rest)
        except ValueError:
            lines = [line for line in (first + rest).splitlines() if line.strip()]
            if not lines[0].rstrip().endswith("}"):  # not JSON Lines but one text with a mistake in it
                lines = [first + rest]
            for line in lines:
                yield lambda line=line: _parse(line)  # type: ignore[misc]
            return
    for value in whole if isinstance(whole, list) else [whole]:
        yield lambda value=value: value  # type: ignore[misc]
    for line in stream:
        if line.strip():
            yield lambda line=line: _parse(line)  # type: ignore[misc]


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """AWS refuses a policy in which an element appears twice; to keep the last one would decide by chance."""
    parsed = dict(pairs)
    if len(parsed) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"{twice!r} appears twice in one object")
    return parsed
