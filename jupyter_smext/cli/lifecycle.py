"""``jupyter smext lifecycle``: roll the extension out to a Studio domain, watch it, and take it back."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .table import print_fields, print_table

if TYPE_CHECKING:
    from ..studio.lifecycle.models import LifecyclePlan


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("lifecycle", help="roll the extension out to a Studio domain")
    commands = parser.add_subparsers(dest="lifecycle_command", metavar="COMMAND", required=True)

    build = commands.add_parser("build", help="make the offline bundle of wheels, and the scripts that install them")
    build.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new folder, or one of an earlier build"
    )
    build.add_argument("--wheel", type=Path, metavar="FILE", help="our own wheel (default: made from what runs here)")
    _source(build, required=True)
    build.add_argument("--json", action="store_true", help="print one JSON document")
    build.set_defaults(run=run_build)

    for action, words in (
        ("install", "attach it to a domain, a user profile or a space"),
        ("upgrade", "bring what is installed to this version"),
        ("uninstall", "take it back, and restore the settings that were there"),
    ):
        command = commands.add_parser(action, help=words)
        command.add_argument("--domain", required=True, metavar="ID", help="id of the domain, d-...")
        of = command.add_mutually_exclusive_group()
        of.add_argument("--user-profile", metavar="NAME", help="only for this user profile")
        of.add_argument("--space", metavar="NAME", help="only for this space")
        if action == "install":
            command.add_argument(
                "--built-in", action="store_true", help="run in every JupyterLab space, besides what the space chose"
            )
            command.add_argument(
                "--replace-default", action="store_true", help="pre-select ours where another is pre-selected now"
            )
        if action != "uninstall":
            command.add_argument(
                "--bundle", metavar="DIR|S3_URI", help="what `lifecycle build` made (default: built now)"
            )
            _source(command)
        command.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")
        command.add_argument("--yes", action="store_true", help="do not ask")
        command.add_argument("--json", action="store_true", help="print the plan or the result as one JSON document")
        command.set_defaults(run=run_change, action=action)

    status = commands.add_parser("status", help="which spaces run which version")
    status.add_argument("--domain", required=True, metavar="ID", help="id of the domain, d-...")
    status.add_argument("--json", action="store_true", help="print one JSON document")
    status.set_defaults(run=run_status)

    doctor = commands.add_parser("doctor", help="explain the log of a space's last start")
    doctor.add_argument("--domain", required=True, metavar="ID", help="id of the domain, d-...")
    doctor.add_argument("--space", required=True, metavar="NAME", help="name of the space")
    doctor.add_argument("--json", action="store_true", help="print one JSON document")
    doctor.set_defaults(run=run_doctor)


def _source(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    source = parser.add_mutually_exclusive_group(required=required)
    source.add_argument("--s3-uri", metavar="S3_URI", help="prefix of a bucket that spaces read the wheels from")
    source.add_argument("--index-url", metavar="URL", help="package index that spaces take the wheels from instead")


def run_build(args: argparse.Namespace) -> int:
    from ..studio.lifecycle.build import build
    from ..studio.lifecycle.bundle import Source
    from ..studio.lifecycle.script import Kind, render
    from .progress import TerminalProgress

    with TerminalProgress("Building", unit="steps") as progress:
        bundle = build(args.out, wheel=args.wheel, progress=progress)
    # The bundle's own folder in the bucket: a later version must not take the place of what spaces still install.
    s3_uri = f"{args.s3_uri.rstrip('/')}/{bundle.bundle_id}" if args.s3_uri else None
    source = Source(s3_uri=s3_uri, region=_region() if s3_uri else None, index_url=args.index_url)
    scripts = {Kind.SPACE: "on-start-space.sh", Kind.NOTEBOOK_INSTANCE: "on-start-notebook-instance.sh"}
    for kind, name in scripts.items():
        path = args.out / name
        path.write_bytes(render(bundle, source, kind).encode())
        path.chmod(0o755)
    if args.json:
        print(json.dumps({"folder": str(args.out), "source": source.words, **bundle.model_dump(mode="json")}, indent=2))
        return 0
    print_table(
        ["WHEEL", "PYTHON", "BYTES", "SHA-256"],
        [[each.file, ", ".join(each.pythons), f"{each.size:,}", each.sha256] for each in bundle.wheels],
    )
    for name in scripts.values():
        print(f"{args.out / name}: {(args.out / name).stat().st_size:,} bytes")
    if s3_uri:
        print(f"The scripts read from {s3_uri}; `lifecycle install --bundle {args.out}` puts the wheels there.")
    return 0


def _region() -> str | None:
    """The region of the bucket, as far as this machine knows one; a space has one of its own."""
    from botocore.exceptions import NoRegionError

    from ..aws.session import AwsSession

    try:
        return AwsSession().region
    except NoRegionError:
        return None


def run_change(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.lifecycle.install import execute
    from ..studio.lifecycle.models import ExecuteRequest
    from ..studio.lifecycle.plan import plan
    from .progress import TerminalProgress

    request = ExecuteRequest(
        action=args.action,
        domain_id=args.domain,
        user_profile_name=args.user_profile,
        space_name=args.space,
        built_in=getattr(args, "built_in", False),
        replace_default=getattr(args, "replace_default", False),
        bundle=getattr(args, "bundle", None),
        s3_uri=getattr(args, "s3_uri", None),
        index_url=getattr(args, "index_url", None),
    )
    session = AwsSession()
    planned = plan(session, request)
    if args.dry_run and args.json:
        print(planned.model_dump_json(indent=2))
    else:
        _print_plan(planned, sys.stderr if args.json else sys.stdout)
    if not planned.possible:
        return 1
    if args.dry_run or planned.nothing_to_do:
        return 0
    if not args.yes and not _agreed():
        print("Nothing was done.", file=sys.stderr)
        return 1
    with TerminalProgress(args.action.capitalize(), unit="steps") as progress:
        result = execute(session, request.model_copy(update={"plan_id": planned.plan_id}), progress)
    if args.json:
        print(result.model_dump_json(indent=2))
    else:
        print(f"Done: {len(result.steps)} steps, settings read back and as planned.")
        for note in result.notes:
            print(note)
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("Give --yes to go on without being asked.", file=sys.stderr)
        return False
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def _print_plan(planned: LifecyclePlan, stream: object) -> None:
    from contextlib import redirect_stdout
    from typing import TextIO, cast

    with redirect_stdout(cast("TextIO", stream)):
        reach = f"{planned.affected_spaces} JupyterLab spaces, {planned.running_apps} of them running"
        print_fields(
            [
                ("Plan", f"{planned.action} for {planned.scope_words}"),
                ("Version", planned.version),
                ("Configuration", planned.lifecycle_config_name),
                ("Reaches", f"{reach} (they change at their next start)"),
            ]
        )
        for number, step in enumerate(planned.steps, 1):
            print(f"{number:>3}. {step.title}")
            if step.after is not None:
                print(f"     before  {json.dumps(step.before)}")
                print(f"     after   {json.dumps(step.after)}")
        for finding in planned.findings:
            print(f"{finding.level.value.upper()}: {finding.message}" + (f" {finding.fix}" if finding.fix else ""))
        if planned.nothing_to_do:
            print("Nothing to do.")


def run_status(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.lifecycle.status import status

    found = status(AwsSession(), args.domain)
    if args.json:
        print(found.model_dump_json(indent=2))
        return 0
    print_fields([("Domain", f"{found.domain_name} ({found.domain_id})"), ("Version here", found.this_version)])
    if not found.attachments:
        print("Not installed in this domain.")
    else:
        print_table(
            ["ATTACHED TO", "VERSION", "HOW"],
            [
                [
                    each.scope_words,
                    each.version,
                    "built-in" if each.built_in else "pre-selected" if each.preselected else "offered",
                ]
                for each in found.attachments
            ],
        )
    if found.spaces:
        print_table(
            ["SPACE", "OWNER", "APP", "RUNS", "NEXT START", ""],
            [
                [
                    each.space_name,
                    each.owner_user_profile_name,
                    each.app_status,
                    each.running_version,
                    each.next_version,
                    "restart to change" if each.needs_restart else "",
                ]
                for each in found.spaces
            ],
        )
    if found.upgrade_available:
        print(f"`jupyter smext lifecycle upgrade --domain {found.domain_id}` brings it to {found.this_version}.")
    for each in found.not_seen:
        print(f"Not seen: {each}", file=sys.stderr)
    return 0


def run_doctor(args: argparse.Namespace) -> int:
    """Exits with 1 where something is wrong, so that a script can ask."""
    from ..aws.session import AwsSession
    from ..studio.lifecycle.doctor import doctor
    from ..studio.lifecycle.models import Severity

    report = doctor(AwsSession(), args.domain, args.space)
    wrong = any(each.level is Severity.ERROR for each in report.diagnoses)
    if args.json:
        print(report.model_dump_json(indent=2))
        return int(wrong)
    print_fields(
        [
            ("App", report.app_status or "not running"),
            ("Failure", report.failure_reason),
            ("Log", f"{report.log_group} {report.log_stream}"),
            ("Last start", report.started),
        ]
    )
    for line in report.log_lines:
        print(f"  | {line}")
    for each in report.diagnoses:
        print(f"{each.level.value.upper()}: {each.message}" + (f" {each.fix}" if each.fix else ""))
    return int(wrong)
