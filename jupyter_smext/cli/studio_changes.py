"""The commands of ``jupyter smext studio`` that make, change, start, stop and delete."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from ..aws.progress import Progress

if TYPE_CHECKING:
    from ..studio.models import PlanProblem


class Narration(Progress):
    """Says what is waited for, once each time that it changes."""

    def __init__(self) -> None:
        self._said = ""

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        if message and message != self._said:
            self._said = message
            print(message, file=sys.stderr, flush=True)

    def cancelled(self) -> bool:
        return False  # Ctrl-C arrives as KeyboardInterrupt


def add_changes(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    set_up = commands.add_parser(
        "set-up",
        help="set Studio up for one person: a domain and a user profile",
        description="Shows the plan first: what is made, why, and what it costs. Takes some minutes.",
    )
    set_up.add_argument("--name", help="of the domain (default: made from the date)")
    set_up.add_argument("--profile", help="of the user profile (default: default)")
    set_up.add_argument("--role", metavar="ARN", help="execution role (default: one that SageMaker may assume)")
    set_up.add_argument("--vpc", metavar="ID", help="default: the default VPC")
    set_up.add_argument("--subnet", action="append", default=[], metavar="ID", help="default: one of each zone")
    set_up.add_argument("--vpc-only", action="store_true", help="send all traffic of apps through the VPC")
    set_up.add_argument("--plan", action="store_true", help="show the plan and make nothing")
    set_up.add_argument("--yes", action="store_true", help="do not ask")
    set_up.set_defaults(run=run_set_up)

    profile = commands.add_parser("create-profile", help="add a user profile to a domain")
    profile.add_argument("profile", help="its name")
    profile.add_argument("--role", metavar="ARN", help="its execution role (default: the domain's)")
    profile.set_defaults(run=run_create_profile)

    create = commands.add_parser("create-space", help="make a space; its volume costs money from then on")
    create.add_argument("space", help="its name")
    create.add_argument("--owner", help="its user profile (default: ours, or `default`)")
    create.add_argument("--shared", action="store_true", help="for all of the domain, not for its owner alone")
    create.add_argument("--plan", action="store_true", help="show what it would be and cost, and make nothing")
    create.add_argument("--instance-type", help="default: ml.t3.medium")
    update = commands.add_parser("update-space", help="change a space; counts at its next start")
    update.add_argument("space", help="its name")
    update.add_argument("--instance-type")
    for each in (create, update):
        each.add_argument("--volume", type=int, metavar="GB", help="size of its volume; it can only grow")
        each.add_argument("--image", metavar="ARN", help="see `jupyter smext studio images`")
        each.add_argument("--image-version", metavar="ALIAS", help="such as 4.4.1")
        each.add_argument("--lifecycle", metavar="ARN", help="lifecycle configuration that its app starts with")
        each.add_argument("--idle", type=int, metavar="MINUTES", help="without use until it stops by itself, from 60")
    create.set_defaults(run=run_create_space)
    update.set_defaults(run=run_update_space)

    start = commands.add_parser("start", help="start a space; it costs money by the hour")
    start.add_argument("space", help="its name")
    start.add_argument("--instance-type", help="for this run only (default: what the space says)")
    start.add_argument("--recovery-mode", action="store_true", help="with AWS's minimal environment")
    start.set_defaults(run=run_start)
    stop = commands.add_parser("stop", help="stop a space; its home folder stays")
    stop.add_argument("space", help="its name")
    stop.set_defaults(run=run_stop)
    for each in (start, stop):
        each.add_argument("--wait", action="store_true", help="until that is done")
    opened = commands.add_parser("open", help="print a secret URL that opens a space, good for one minute")
    opened.add_argument("space", help="its name")
    opened.add_argument("--profile", help="who opens it (default: its owner)")
    opened.set_defaults(run=run_open)
    delete = commands.add_parser("delete-space", help="stop a space and delete it with its volume, for good")
    delete.add_argument("space", help="its name")
    delete.add_argument("--yes", metavar="NAME", help="the space's name once more, instead of the question")
    delete.set_defaults(run=run_delete_space)

    from .studio import add_domain

    for each in (profile, create, update, start, stop, opened, delete):
        add_domain(each)
    for each in (set_up, profile, create, update, start, stop, opened, delete):
        each.add_argument("--json", action="store_true", help="print one JSON document")


def run_set_up(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import DomainSetupRequest
    from ..studio.setup import plan_setup, set_up
    from .studio import prices, print_json

    given = _checked(
        DomainSetupRequest,
        domain_name=args.name,
        user_profile_name=args.profile,
        execution_role_arn=args.role,
        vpc_id=args.vpc,
        subnet_ids=args.subnet,
        app_network_access_type="VpcOnly" if args.vpc_only else "PublicInternetOnly",
    )
    if given is None:
        return 2
    session, table = AwsSession(), prices()
    plan = plan_setup(session, given, table)
    if args.plan and args.json:
        print_json(plan)
        return 0 if plan.ready else 1
    for step in plan.steps:
        print(f"{step.what}\n  {step.why}\n  Cost: {step.cost}", file=sys.stderr)
    _print_problems(plan.problems)
    if not plan.ready:
        return 1
    if args.plan:
        return 0
    if not args.yes and not _agreed("Make this?"):
        return 2
    # What was shown is what is made.
    made = set_up(session, plan.request, table, Narration())
    print(json.dumps(made) if args.json else f"Domain {made['domain_id']}, profile {made['user_profile_name']}")
    return 0


def run_create_profile(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import CreateUserProfileRequest
    from ..studio.profiles import create_profile
    from .studio import domain_of, print_json

    session = AwsSession()
    request = _checked(
        CreateUserProfileRequest,
        domain_id=domain_of(session, args),
        user_profile_name=args.profile,
        execution_role_arn=args.role,
    )
    if request is None:
        return 2
    profile = create_profile(session, request)
    if args.json:
        return print_json(profile)
    print(f"{profile.user_profile_name} is {profile.status}.")
    return 0


def run_create_space(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.create_space import create_space, plan_space
    from ..studio.models import DEFAULT_INSTANCE_TYPE, CreateSpaceRequest
    from .studio import domain_of, monthly, price, prices, print_json

    session, table = AwsSession(), prices()
    ours = session.metadata.user_profile_name if session.metadata else None
    given = _checked(
        CreateSpaceRequest,
        domain_id=domain_of(session, args),
        space_name=args.space,
        owner_user_profile_name=args.owner or ours or "default",
        sharing_type="Shared" if args.shared else "Private",
        instance_type=args.instance_type or DEFAULT_INSTANCE_TYPE,
        ebs_volume_size_in_gb=args.volume,
        sagemaker_image_arn=args.image,
        sagemaker_image_version_alias=args.image_version,
        lifecycle_config_arn=args.lifecycle,
        idle_timeout_in_minutes=args.idle,
    )
    if given is None:
        return 2
    plan = plan_space(session, given, table)
    if args.plan and args.json:
        print_json(plan)
        return 0 if plan.ready else 1
    print(f"While it runs: {price(plan.price)}", file=sys.stderr)
    print(
        f"Its volume of {plan.request.ebs_volume_size_in_gb} GB: {monthly(plan.storage_usd_per_month)}", file=sys.stderr
    )
    for note in plan.notes:
        print(note, file=sys.stderr)
    _print_problems(plan.problems)
    if not plan.ready:
        return 1
    if args.plan:
        return 0
    space = create_space(session, plan.request, table)
    if args.json:
        return print_json(space)
    print(f"{space.space_name} is {space.status}. Start it with: jupyter smext studio start {space.space_name}")
    return 0


def run_update_space(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import UpdateSpaceRequest
    from ..studio.update_space import update_space
    from .studio import domain_of, prices, print_json

    session = AwsSession()
    request = _checked(
        UpdateSpaceRequest,
        domain_id=domain_of(session, args),
        space_name=args.space,
        instance_type=args.instance_type,
        ebs_volume_size_in_gb=args.volume,
        sagemaker_image_arn=args.image,
        sagemaker_image_version_alias=args.image_version,
        lifecycle_config_arn=args.lifecycle,
        idle_timeout_in_minutes=args.idle,
    )
    if request is None:
        return 2
    space = update_space(session, request, prices())
    if args.json:
        return print_json(space)
    print(f"{space.space_name} is {space.status}.")
    return 0


def run_start(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import StartSpaceRequest
    from ..studio.run_space import start_space, wait_until_started
    from .studio import domain_of, price, prices, print_json

    session, table = AwsSession(), prices()
    request = _checked(
        StartSpaceRequest,
        domain_id=domain_of(session, args),
        space_name=args.space,
        instance_type=args.instance_type,
        recovery_mode=args.recovery_mode,
    )
    if request is None:
        return 2
    app = start_space(session, request, table)
    print(f"{app.resource_spec.instance_type}, {price(app.price)}, until it is stopped.", file=sys.stderr)
    if args.wait:
        app = wait_until_started(session, app, table, Narration())
    if args.json:
        return print_json(app)
    print(f"{request.space_name} is {app.status}.")
    return 0


def run_stop(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import SpaceName
    from ..studio.run_space import stop_space, wait_until_stopped
    from .studio import domain_of, prices, print_json

    session, table = AwsSession(), prices()
    place = _checked(SpaceName, domain_id=domain_of(session, args), space_name=args.space)
    if place is None:
        return 2
    app = stop_space(session, place, table)
    if args.wait:
        wait_until_stopped(session, app, Narration())
        app.status, app.price = "Deleted", None
    if args.json:
        return print_json(app)
    print(f"The app of {place.space_name} is {app.status}.")
    return 0


def run_open(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import OpenSpaceRequest
    from ..studio.run_space import open_space
    from .studio import domain_of, print_json

    session = AwsSession()
    request = _checked(
        OpenSpaceRequest,
        domain_id=domain_of(session, args),
        space_name=args.space,
        user_profile_name=args.profile,
    )
    if request is None:
        return 2
    url = open_space(session, request)
    if args.json:
        return print_json(url)
    print(url.authorized_url)
    return 0


def run_delete_space(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.delete_space import delete_space, plan_delete
    from ..studio.models import DeleteSpaceRequest
    from .studio import domain_of, monthly, prices, running

    session, table = AwsSession(), prices()
    domain_id = domain_of(session, args)
    confirm = args.yes
    if confirm is None and not sys.stdin.isatty():
        print(f"Nobody can be asked: pass --yes {args.space}", file=sys.stderr)
        return 2
    request = _checked(DeleteSpaceRequest, domain_id=domain_id, space_name=args.space, confirm=confirm or "")
    if request is None:
        return 2
    if confirm is None:
        plan = plan_delete(session, request, table)
        for app in plan.apps:
            print(f"Stopped first: {running(app)}")
        for line in plan.lost:
            print(f"Lost: {line}")
        for line in plan.kept:
            print(f"Kept: {line}")
        print(f"Saved: {monthly(plan.saved_usd_per_month)}")
        request.confirm = input("Type the space's name to delete it: ").strip()
    deleted = delete_space(session, request, table, Narration())
    print(json.dumps(deleted) if args.json else f"{args.space} is deleted.")
    return 0


def _checked(model: Any, **values: Any) -> Any:
    """The request, or None after saying what is wrong with it."""
    from pydantic import ValidationError

    try:
        return model(**values)
    except ValidationError as error:
        for each in error.errors():
            print(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}", file=sys.stderr)
        return None


def _print_problems(problems: list[PlanProblem]) -> None:
    for problem in problems:
        hint = f" {problem.hint}" if problem.hint else ""
        print(f"{'Blocked' if problem.blocking else 'Note'}: {problem.message}{hint}", file=sys.stderr)


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        print("Nobody can be asked: pass --yes", file=sys.stderr)
        return False
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
