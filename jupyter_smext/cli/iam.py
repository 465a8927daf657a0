"""`jupyter smext iam`: verdicts on policies, explained errors, policy checks.

What stands here works without any AWS access; the commands that need it are in iam_account.py."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from .iam_account import add_commands

if TYPE_CHECKING:
    from ..iam.models import Requirement

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

    requirements = commands.add_parser(
        "requirements",
        help="list every permission that a SageMaker request needs",
        description="Reads a request, as boto3 takes it, and prints who needs which action on what, and when.",
    )
    _add_request_arguments(requirements)
    requirements.set_defaults(run=_reading(run_requirements))

    generate = commands.add_parser("generate", help="write a least-privilege policy")
    targets = generate.add_subparsers(dest="target", metavar="TARGET", required=True)
    bucket = targets.add_parser("bucket", help="for a bucket, or a prefix of it")
    bucket.add_argument("name")
    bucket.add_argument("--prefix", default="")
    bucket.add_argument("--write", action="store_true", help="also write objects")
    bucket.add_argument("--delete", action="store_true", help="also delete objects")
    bucket.set_defaults(run=run_generate_bucket)
    request = targets.add_parser("request", help="for a SageMaker request on standard input")
    _add_request_arguments(request)
    request.add_argument("--for", dest="subject", choices=("caller", "execution_role"), default="execution_role")
    request.set_defaults(run=_reading(run_generate_request))

    for always_json in (evaluate, explain, requirements, bucket, request):
        always_json.add_argument("--json", action="store_true", help="as all commands have it; here it is always JSON")
    add_commands(commands, _reading)


def _add_request_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("operation", help="CreateTrainingJob, CreateHyperParameterTuningJob, CreateModel, ...")
    parser.add_argument("--account", required=True, help="the account in which the request is made")
    parser.add_argument("--region", required=True)
    parser.add_argument("--caller", help="ARN of whoever makes the request")


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


def _requirements(args: argparse.Namespace, stream: TextIO) -> list[Requirement] | None:
    """The requirements of the request on the stream; None after saying what is wrong with it."""
    from ..iam.requirements import OPERATIONS, Place, requirements

    if args.operation not in OPERATIONS:
        print(f"{args.operation} is none of {', '.join(OPERATIONS)}.", file=sys.stderr)
        return None
    try:
        request = _parse(stream.read())
    except ValueError as error:
        print(f"Standard input is no request: {error}", file=sys.stderr)
        return None
    if not isinstance(request, dict):
        print("Standard input is no request: a JSON object is expected.", file=sys.stderr)
        return None
    return requirements(args.operation, request, Place(args.region, args.account, args.caller))


def run_requirements(args: argparse.Namespace, stream: TextIO) -> int:
    needed = _requirements(args, stream)
    if needed is None:
        return 2
    print(json.dumps([requirement.model_dump() for requirement in needed], indent=2))
    return 0


def run_generate_request(args: argparse.Namespace, stream: TextIO) -> int:
    from ..iam.generate import policy_for

    needed = _requirements(args, stream)
    if needed is None:
        return 2
    print(json.dumps(policy_for([need for need in needed if need.subject == args.subject]), indent=2))
    return 0


def run_generate_bucket(args: argparse.Namespace) -> int:
    from ..iam.generate import bucket_requirements, policy_for
    from ..iam.s3_names import why_no_bucket

    if reason := why_no_bucket(args.name):
        print(f"No bucket is called {args.name!r}: {reason}.", file=sys.stderr)
        return 2
    print(json.dumps(policy_for(bucket_requirements(args.name, args.prefix, args.write, args.delete)), indent=2))
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
