"""``jupyter smext endpoints``: deploy, invoke and delete endpoints in the terminal."""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .table import print_fields, print_table

if TYPE_CHECKING:
    from ..endpoints.models import DeletePlan, Endpoint


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("endpoints", help="list, deploy, invoke and delete endpoints")
    commands = parser.add_subparsers(dest="endpoints_command", metavar="COMMAND", required=True)

    ls = commands.add_parser("ls", help="endpoints, newest first")
    ls.add_argument("--name-contains", metavar="TEXT", help="only endpoints with this in their name")
    ls.add_argument("--limit", type=int, default=50, help="how many at most (default: 50)")
    ls.add_argument("--json", action="store_true", help="print one JSON document")
    ls.set_defaults(run=run_ls)

    show = commands.add_parser("show", help="one endpoint")
    show.add_argument("name", help="name of the endpoint")
    show.add_argument("--json", action="store_true", help="print one JSON document")
    show.set_defaults(run=run_show)

    deploy = commands.add_parser("deploy", help="deploy the model of a finished training job")
    deploy.add_argument("training_job", help="name of the training job")
    deploy.add_argument("--name", help="name of the endpoint (default: the job's)")
    deploy.add_argument("--instance-type", default="ml.m5.large", help="default: ml.m5.large")
    deploy.add_argument("--instance-count", type=int, default=1, help="default: 1")
    deploy.add_argument("--image", help="inference image (default: the one that belongs to the training image)")
    deploy.add_argument("--entry-point", metavar="FILE", help="script that serves (default: the one that trained)")
    deploy.add_argument("--role", metavar="ARN", help="execution role (default: the training job's)")
    deploy.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="may be given several times")
    deploy.add_argument("--wait", action="store_true", help="wait until the endpoint is in service")
    deploy.add_argument("--json", action="store_true", help="print one JSON document")
    deploy.set_defaults(run=run_deploy)

    invoke = commands.add_parser("invoke", help="send a payload and print the answer")
    invoke.add_argument("name", help="name of the endpoint")
    payload = invoke.add_mutually_exclusive_group()
    payload.add_argument("--body", help="the payload as text (default: standard input)")
    payload.add_argument("--file", type=Path, help="a file that holds the payload")
    invoke.add_argument("--content-type", default="text/csv", help="of the payload (default: text/csv)")
    invoke.add_argument("--accept", default="application/json", help="of the answer (default: application/json)")
    invoke.add_argument("--json", action="store_true", help="print the answer in one JSON document, with its latency")
    invoke.set_defaults(run=run_invoke)

    delete = commands.add_parser("delete", help="delete an endpoint with what belongs to it")
    delete.add_argument("name", help="name of the endpoint")
    delete.add_argument("--keep-model", action="store_true", help="leave the model")
    delete.add_argument("--yes", metavar="NAME", help="the endpoint's name once more, instead of the question")
    delete.add_argument("--json", action="store_true", help="print what became of each part as one JSON document")
    delete.set_defaults(run=run_delete)

    cost = commands.add_parser("cost", help="what runs now, training jobs too, and its price by the hour")
    cost.add_argument("--json", action="store_true", help="print one JSON document")
    cost.set_defaults(run=run_cost)

    radar = commands.add_parser("radar", help="endpoints in service that nobody calls")
    radar.add_argument("--hours", type=int, default=24, help="how far back to look, 1 to 336 (default: 24)")
    radar.add_argument("--json", action="store_true", help="print one JSON document")
    radar.set_defaults(run=run_radar)


def run_ls(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..endpoints.listing import list_endpoints
    from ..endpoints.models import EndpointPage, EndpointsQuery, EndpointSummary

    if args.limit < 1:
        print("--limit must be at least 1", file=sys.stderr)
        return 2
    session = AwsSession()
    endpoints: list[EndpointSummary] = []
    token: str | None = None
    while True:
        query = EndpointsQuery(
            name_contains=args.name_contains, next_token=token, max_results=min(100, args.limit - len(endpoints))
        )
        page = list_endpoints(session, query)
        endpoints += page.endpoints
        token = page.next_token
        if token is None or len(endpoints) >= args.limit:
            break
    if args.json:
        print(EndpointPage(endpoints=endpoints, next_token=token).model_dump_json())
    else:
        print_table(
            ("NAME", "STATUS", "CREATED"),
            [(each.endpoint_name, each.endpoint_status, each.creation_time) for each in endpoints],
        )
        if token:
            print("There are more: raise --limit.", file=sys.stderr)
    return 0


def run_show(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..endpoints.describe import describe_endpoint

    _print_endpoint(describe_endpoint(AwsSession(), args.name), args.json)
    return 0


def run_deploy(args: argparse.Namespace) -> int:
    from pydantic import ValidationError

    from ..aws.session import AwsSession
    from ..endpoints.deploy import deploy
    from ..endpoints.models import DeployRequest
    from ..endpoints.wait import wait_settled

    pairs = [pair.partition("=") for pair in args.env]
    if not all(name and equals for name, equals, _ in pairs):
        print("--env takes NAME=VALUE", file=sys.stderr)
        return 2
    try:
        request = DeployRequest(
            training_job_name=args.training_job,
            endpoint_name=args.name,
            instance_type=args.instance_type,
            initial_instance_count=args.instance_count,
            image=args.image,
            entry_point=args.entry_point,
            execution_role_arn=args.role,
            environment={name: value for name, _, value in pairs},
        )
    except ValidationError as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"Deploying {request.training_job_name} to endpoint {request.endpoint_name or request.training_job_name}: "
        f"{request.initial_instance_count} x {request.instance_type}, billed from now until it is deleted.",
        file=sys.stderr,
    )
    session = AwsSession()
    endpoint = deploy(session, request)
    if args.wait:
        for changed in wait_settled(session, endpoint.endpoint_name):
            endpoint = changed
            print(f"== {endpoint.endpoint_status}", file=sys.stderr, flush=True)
    _print_endpoint(endpoint, args.json)
    if not args.json:
        print(f"Delete it with: jupyter smext endpoints delete {endpoint.endpoint_name}", file=sys.stderr)
    return 1 if endpoint.endpoint_status == "Failed" or (args.wait and endpoint.endpoint_status != "InService") else 0


def run_invoke(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..endpoints.invoke import invoke
    from ..endpoints.models import InvokeRequest

    if args.body is not None:
        payload = args.body.encode()
    elif args.file is not None:
        try:
            payload = args.file.read_bytes()
        except OSError as error:
            print(f"{args.file}: {error.strerror}", file=sys.stderr)
            return 2
    elif sys.stdin.isatty():
        print("No payload: give --body, --file or standard input.", file=sys.stderr)
        return 2
    else:
        payload = sys.stdin.buffer.read()
    result = invoke(
        AwsSession(),
        InvokeRequest(
            endpoint_name=args.name,
            body=base64.b64encode(payload).decode(),
            body_base64=True,
            content_type=args.content_type,
            accept=args.accept,
        ),
    )
    if args.json:
        print(result.model_dump_json())
    else:
        answer = base64.b64decode(result.body) if result.body_base64 else result.body.encode()
        sys.stdout.buffer.write(answer if answer.endswith(b"\n") else answer + b"\n")
        print(f"{result.latency_ms:.0f} ms, {result.content_type}", file=sys.stderr)
    return 0


def run_delete(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..endpoints.delete import delete_endpoint, plan_delete
    from ..endpoints.models import DeleteEndpointRequest

    session = AwsSession()
    confirm = args.yes
    if confirm is None:
        if not sys.stdin.isatty():
            print(f"Nobody can be asked: pass --yes {args.name}", file=sys.stderr)
            return 2
        _print_plan(plan_delete(session, args.name, with_model=not args.keep_model))
        confirm = input("Type the endpoint's name to delete it: ").strip()
    plan = delete_endpoint(
        session, DeleteEndpointRequest(endpoint_name=args.name, confirm=confirm, with_model=not args.keep_model)
    )
    if args.json:
        print(plan.model_dump_json())
    else:
        _print_plan(plan)
    return 1 if any(each.reason_kept is None and not each.deleted for each in plan.resources) else 0


def run_cost(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..endpoints.running_cost import running_cost
    from ..prices.instances import price_table
    from .price import refreshed_prices

    cost = running_cost(AwsSession(), price_table(refreshed_prices()))
    if args.json:
        print(cost.model_dump_json())
        return 0
    print_table(
        ("KIND", "NAME", "INSTANCES", "$/HOUR"),
        [
            [
                each.kind.value.replace("_", " "),
                each.name,
                f"{each.instance_count} x {each.instance_type}",
                "no price" if each.usd_per_hour is None else f"{'' if each.exact else 'about '}{each.usd_per_hour:.3f}",
            ]
            for each in cost.items
        ],
    )
    more = " and what has no price" if cost.unpriced else ""
    print(f"${cost.usd_per_hour:.3f} an hour{more}{', of more than was looked at' if cost.truncated else ''}")
    return 0


def run_radar(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..endpoints.models import RadarQuery
    from ..endpoints.radar import radar

    if not 1 <= args.hours <= 336:
        print("--hours must be from 1 to 336", file=sys.stderr)
        return 2
    report = radar(AwsSession(), RadarQuery(hours=args.hours))
    if args.json:
        print(report.model_dump_json())
        return 0
    print_table(
        ("NAME", "VERDICT", "INSTANCES", "CREATED", "REASON"),
        [
            (
                each.endpoint_name,
                each.verdict.value,
                ", ".join(f"{variant.current_instance_count} x {variant.instance_type}" for variant in each.variants)
                if each.bills_while_idle
                else "serverless",
                each.creation_time,
                each.reason,
            )
            for each in report.endpoints
        ],
    )
    if report.truncated:
        print(f"Only {len(report.endpoints)} endpoints were looked at; there are more.", file=sys.stderr)
    return 0


def _print_endpoint(endpoint: Endpoint, as_json: bool) -> None:
    if as_json:
        print(endpoint.model_dump_json())
        return
    print_fields(
        [
            ("Name", endpoint.endpoint_name),
            ("Status", endpoint.endpoint_status),
            ("Failure", endpoint.failure_reason),
            ("Created", endpoint.creation_time),
            ("Training job", endpoint.training_job_name),
            ("Configuration", endpoint.endpoint_config_name),
            *((f"Variant {each.variant_name}", f"{each.instance_type}, model {each.model_name}")
              for each in endpoint.variants),
        ]
    )  # fmt: skip


def _print_plan(plan: DeletePlan) -> None:
    print_table(
        ("WHAT", "NAME", "OUTCOME"),
        [
            (
                each.kind,
                each.name,
                f"kept: {each.reason_kept}"
                if each.reason_kept
                else f"failed: {each.error.message}"
                if each.error
                else "deleted"
                if each.deleted
                else "to be deleted",
            )
            for each in plan.resources
        ],
    )
