"""The commands of `jupyter smext iam` that look at, or change, the account behind the credentials."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..aws.session import AwsSession
    from ..iam.models import ApplyPlan, ApplyResult, PreflightCheck, ProbeResult
    from ..iam.undo_store import UndoStore

Subparsers = argparse._SubParsersAction  # the only name that argparse gives this type
Reading = Callable[[Callable[[argparse.Namespace, TextIO], int]], Callable[[argparse.Namespace], int]]

MARKS = {"allowed": "ok", "denied": "DENIED", "unknown": "?"}


def add_commands(commands: Subparsers[argparse.ArgumentParser], reading: Reading) -> None:
    """`reading` makes a command of a function that takes standard input."""
    whoami = commands.add_parser("whoami", help="caller, execution role, their policies, and how deep we can see")
    whoami.add_argument("--json", action="store_true", help="print one JSON document")
    whoami.set_defaults(run=run_whoami)

    check = commands.add_parser(
        "check",
        help="whether one action is allowed, with evidence",
        description="Exit code 1 if it is denied; an answer that is not known is no failure.",
    )
    check.add_argument("action", help="IAM action, such as s3:GetObject")
    check.add_argument("resource", nargs="?", default="*", help="ARN; * if left out")
    check.add_argument("--principal", metavar="ARN", help="another principal than the caller")
    check.add_argument(
        "--context", action="append", default=[], metavar="KEY=VALUE", help="a condition key (repeatable)"
    )
    _add_evidence_arguments(check)
    check.set_defaults(run=run_check)

    preflight = commands.add_parser(
        "preflight",
        help="check every permission that a SageMaker request needs",
        description="Reads a request, as boto3 takes it. Exit code 1 if something is denied.",
    )
    preflight.add_argument("operation", help="CreateTrainingJob, CreateHyperParameterTuningJob, CreateModel, ...")
    preflight.add_argument("--local-mode", action="store_true", help="it runs here, with the caller's credentials")
    preflight.add_argument("--show-probes", action="store_true", help="list the probes that --probes would run, only")
    _add_evidence_arguments(preflight)
    preflight.set_defaults(run=reading(run_preflight))

    apply = commands.add_parser(
        "apply",
        help="put a policy on a role",
        description="Shows what would change. Changes it only with --confirm and the name of the role.",
    )
    apply.add_argument("role_arn", metavar="ROLE_ARN")
    what = apply.add_mutually_exclusive_group(required=True)
    what.add_argument("--policy", type=Path, metavar="FILE", help="the policy document")
    what.add_argument("--managed", metavar="ARN", help="a managed policy to attach instead")
    apply.add_argument("--confirm", metavar="ROLE", help="the name of the role: apply it")
    apply.add_argument("--json", action="store_true", help="print one JSON document")
    apply.set_defaults(run=run_apply)

    undo = commands.add_parser("undo", help="take back what `apply` changed")
    undo.add_argument("token", help="as `apply` printed it")
    undo.add_argument("--json", action="store_true", help="print one JSON document")
    undo.set_defaults(run=run_undo)

    packet = commands.add_parser(
        "packet",
        help="everything that an administrator needs to fix it",
        description="Reads the JSON of `iam preflight`, `iam check` or `iam explain`, and prints Markdown.",
    )
    packet.add_argument("--role", metavar="ARN", help="the role that the policies are for")
    packet.add_argument("--json", action="store_true", help="print one JSON document instead")
    packet.set_defaults(run=reading(run_packet))


def _add_evidence_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--probes", action="store_true", help="also run harmless calls that prove permissions")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run_whoami(args: argparse.Namespace) -> int:
    from ..iam.whoami import whoami
    from .table import print_fields, print_table

    me = whoami(_session())
    if args.json:
        print(me.model_dump_json())
        return 0
    role = me.execution_role
    path = " (its path is not known)" if role and role.path_guessed else ""
    print_fields(
        [
            ("Caller", me.caller_arn),
            ("Account", f"{me.account}, {me.region}"),
            ("Credentials", me.credentials_source),
            ("Expire", me.credentials_expire_at),
            ("Execution role", f"{role.arn}{path}, from {role.found_in}" if role else "none known"),
            ("Same role", {True: "yes", False: "no", None: None}[me.caller_is_execution_role]),
            ("Space", me.space_name),
            ("Policies", _policies(me.caller_policies)),
            ("Warning", me.warning),
        ]
    )
    print()
    sights = [(name.replace("_", " "), sight) for name, sight in me.visibility]
    print_table(("CAN IT", "", "WHY NOT"), [(name, sight.can, sight.reason) for name, sight in sights])
    return 0


def _policies(holder: Any) -> str | None:
    if holder is None:
        return None
    return "unknown" if holder.policies == "unknown" else ", ".join(policy.name for policy in holder.policies) or "none"


def run_check(args: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from ..iam.models import CheckRequest
    from ..iam.preflight_request import check_one

    context: dict[str, Any] = {}
    for pair in args.context:
        key, equals, value = pair.partition("=")
        if not equals:
            print(f"--context takes KEY=VALUE, not {pair!r}", file=sys.stderr)
            return 2
        context[key] = value
    try:
        request = CheckRequest(
            action=args.action, resource=args.resource, principal=args.principal, context=context, probes=args.probes
        )
    except ValidationError as error:
        print(error.errors()[0]["msg"], file=sys.stderr)
        return 2
    report = check_one(_session(), request)
    if args.json:
        print(report.model_dump_json())
    else:
        _print_checks([report.check], report.probes)
        for evidence in report.check.evidence:
            print(f"{evidence.source}: {evidence.detail}")
        if report.missing:
            print(json.dumps(report.missing, indent=2))
    return 1 if report.check.answer == "denied" else 0


def run_preflight(args: argparse.Namespace, stream: TextIO) -> int:
    from ..iam.preflight_request import plan_request_probes, preflight_request

    try:
        request = json.load(stream)
    except ValueError as error:
        print(f"Standard input is no request: {error}", file=sys.stderr)
        return 2
    if not isinstance(request, dict):
        print("Standard input is no request: a JSON object is expected.", file=sys.stderr)
        return 2
    session = _session()
    if args.show_probes:
        plan = plan_request_probes(session, args.operation, request, local_mode=args.local_mode)
        print(plan.model_dump_json(indent=None if args.json else 2))
        return 0
    report = preflight_request(session, args.operation, request, probes=args.probes, local_mode=args.local_mode)
    if args.json:
        print(report.model_dump_json())
    else:
        _print_checks(report.checks, report.probes)
        for subject, document in report.missing.items():
            print(f"\nMissing, for the {subject.replace('_', ' ')}:\n{json.dumps(document, indent=2)}")
        for subject, document in report.unsettled.items():
            print(f"\nPerhaps missing, for the {subject.replace('_', ' ')}:\n{json.dumps(document, indent=2)}")
        if report.not_seen:
            print("\nNot seen: " + "; ".join(report.not_seen) + ".")
    return 1 if any(check.answer == "denied" for check in report.checks) else 0


def _print_checks(checks: Sequence[PreflightCheck], probes: Sequence[ProbeResult]) -> None:
    from .table import print_table

    rows = [
        (
            MARKS[check.answer] if check.answer != "unknown" else f"? ({check.as_far_as_seen} as far as seen)",
            check.requirement.subject.replace("_", " "),
            check.requirement.when,
            check.requirement.action,
            check.requirement.resource,
            check.decided_by,
        )
        for check in checks
    ]
    print_table(("ANSWER", "WHO", "WHEN", "ACTION", "RESOURCE", "BY"), rows)
    if probes:
        print()
        print_table(("PROBE", "ANSWER", ""), [(each.probe.operation, each.answer, each.detail) for each in probes])


def run_apply(args: argparse.Namespace) -> int:
    from ..iam.apply import apply, plan
    from ..iam.models import ApplyPlanRequest, ApplyRequest

    wanted: dict[str, Any] = {"role_arn": args.role_arn}
    if args.managed:
        wanted |= {"kind": "attach", "policy_arn": args.managed}
    else:
        try:
            wanted["document"] = json.loads(args.policy.read_text("utf-8"))
        except (OSError, ValueError) as error:
            print(f"{args.policy} is no policy document: {error}", file=sys.stderr)
            return 2
    session = _session()
    planned = plan(session, ApplyPlanRequest.model_validate(wanted))
    if args.confirm is None or planned.refused:
        _print_plan(planned, args.json)
        return 1 if planned.refused else 0
    request = ApplyRequest.model_validate(wanted | {"before": planned.before, "confirm": args.confirm})
    _print_result(apply(session, request, _undo_store()), args.json)
    return 0


def _print_plan(planned: ApplyPlan, as_json: bool) -> None:
    if as_json:
        print(planned.model_dump_json())
        return
    print(f"Role {planned.role_name}, {planned.kind} policy {planned.policy_name}:")
    signs = {"same": " ", "added": "+", "removed": "-"}
    print("\n".join(f"{signs[line.change]} {line.text}" for line in planned.diff))
    print(planned.refused or f"Nothing was changed. To apply it: --confirm {planned.role_name}")


def run_undo(args: argparse.Namespace) -> int:
    from ..iam.apply import undo

    _print_result(undo(_session(), args.token, _undo_store()), args.json)
    return 0


def _print_result(result: ApplyResult, as_json: bool) -> None:
    if as_json:
        print(result.model_dump_json())
        return
    print(f"{result.policy_name} of {result.role_arn}: {result.state}.")
    print(f"It may take until {result.propagation_until:%H:%M:%S} UTC before AWS knows it everywhere.")
    if result.undo_token:
        print(f"To take it back: jupyter smext iam undo {result.undo_token}")


def run_packet(args: argparse.Namespace, stream: TextIO) -> int:
    from pydantic import ValidationError

    from ..iam.packet import packet, request_of

    try:
        request = request_of(json.load(stream))
    except ValidationError as error:
        print(
            f"Standard input is no answer of preflight, check or explain: {error.errors()[0]['msg']}", file=sys.stderr
        )
        return 2
    except ValueError as error:
        print(f"Standard input is no JSON: {error}", file=sys.stderr)
        return 2
    if args.role:
        request.role_arn = args.role
    made = packet(request)
    print(made.model_dump_json() if args.json else made.markdown)
    return 0


def _session() -> AwsSession:
    from ..aws.session import AwsSession

    return AwsSession()


def _undo_store() -> UndoStore:
    """The one of the server: what the panel applied can be taken back here, and the other way round."""
    from jupyter_core.paths import jupyter_data_dir

    from ..iam.undo_store import UndoStore

    return UndoStore(Path(jupyter_data_dir()) / "jupyter_smext" / "iam-undo")
