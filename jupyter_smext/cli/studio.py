"""``jupyter smext studio``: where we are, and what there is of Studio: domains, profiles, spaces, apps, storage."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .studio_changes import add_changes
from .table import print_fields, print_table

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ..aws.session import AwsSession
    from ..prices.instances import PriceTable
    from ..studio.models import App, Price


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("studio", help="domains, user profiles, spaces and apps of SageMaker Studio")
    commands = parser.add_subparsers(dest="studio_command", metavar="COMMAND", required=True)

    where = commands.add_parser("where", help="where this machine is, and what it costs")
    where.set_defaults(run=run_where)
    domains = commands.add_parser("domains", help="domains of the region, or one of them")
    domains.add_argument("domain", nargs="?", help="id of one domain")
    domains.set_defaults(run=run_domains)
    profiles = commands.add_parser("profiles", help="user profiles of a domain, or one of them")
    profiles.add_argument("profile", nargs="?", help="name of one user profile")
    profiles.set_defaults(run=run_profiles)
    spaces = commands.add_parser("spaces", help="spaces of a domain with what runs in them, or one of them")
    spaces.add_argument("space", nargs="?", help="name of one space")
    spaces.set_defaults(run=run_spaces)
    apps = commands.add_parser("apps", help="apps of a domain: what runs, at which price, idle since when")
    apps.set_defaults(run=run_apps)
    images = commands.add_parser("images", help="images that a space can run")
    images.set_defaults(run=run_images)
    storage = commands.add_parser("storage", help="what holds the data of a domain, and costs a month")
    storage.set_defaults(run=run_storage)

    for each in (profiles, spaces, apps, storage):
        add_domain(each)
    for each in (where, domains, profiles, spaces, apps, images, storage):
        each.add_argument("--json", action="store_true", help="print one JSON document")
    add_changes(commands)


def add_domain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--domain", metavar="ID", help="default: the one that we are in, or the region's only one")


def run_where(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.where import where_am_i

    where = where_am_i(AwsSession(), prices())
    if args.json:
        return print_json(where)
    print_fields(
        [
            ("Kind", where.kind.value.replace("_", " ")),
            ("Because", where.evidence),
            ("Region", where.region),
            ("Account", f"{where.account} (the sandbox)" if where.sandbox else where.account),
            ("Domain", _with(where.domain_id, where.domain_name)),
            ("User profile", where.user_profile_name),
            ("Space", where.space_name),
            ("Project", where.project_id),
            ("Notebook instance", where.notebook_instance_name),
            ("Image", where.image_version),
            ("Instance type", where.instance_type),
            ("Price", price(where.price) if where.instance_type else None),
            ("Idle timeout", minutes(where.space.idle_settings.idle_timeout_in_minutes) if where.space else None),
            *(("Unknown", f"{each.operation or each.code.value}: {each.message}") for each in where.unknown),
        ]
    )
    return 0


def run_domains(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.domains import describe_domain, list_domains
    from ..studio.models import DomainPage, DomainSummary, PageQuery

    session = AwsSession()
    if args.domain is None:
        found: list[DomainSummary] = []
        token: str | None = None
        while True:
            page = list_domains(session, PageQuery(next_token=token, max_results=100))
            found += page.domains
            token = page.next_token
            if token is None:
                break
        if args.json:
            return print_json(DomainPage(domains=found))
        print_table(
            ("ID", "NAME", "STATUS", "CREATED"),
            [(each.domain_id, each.domain_name, each.status, each.creation_time) for each in found],
        )
        return 0
    domain = describe_domain(session, args.domain)
    if args.json:
        return print_json(domain)
    settings = domain.default_user_settings
    print_fields(
        [
            ("Id", domain.domain_id),
            ("Name", domain.domain_name),
            ("Status", domain.status),
            ("Failure", domain.failure_reason),
            ("Created", domain.creation_time),
            ("Login", domain.auth_mode),
            ("Network", f"{domain.app_network_access_type}, {domain.vpc_id}, {', '.join(domain.subnet_ids)}"),
            ("Execution role", settings.execution_role),
            ("Lifecycle", ", ".join(settings.lifecycle_config_arns) or None),
            ("Built-in lifecycle", settings.built_in_lifecycle_config_arn),
            ("Idle timeout", minutes(settings.idle_settings.idle_timeout_in_minutes)),
            ("Home file system", domain.home_efs_file_system_id),
            ("URL", domain.url),
        ]
    )
    return 0


def run_profiles(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import ProfilesQuery, UserProfilePage, UserProfileSummary
    from ..studio.profiles import describe_profile, list_profiles

    session = AwsSession()
    domain_id = domain_of(session, args)
    if args.profile is not None:
        profile = describe_profile(session, domain_id, args.profile)
        if args.json:
            return print_json(profile)
        inherited = " (the domain's)" if profile.execution_role_inherited and profile.execution_role else ""
        print_fields(
            [
                ("Name", profile.user_profile_name),
                ("Status", profile.status),
                ("Failure", profile.failure_reason),
                ("Created", profile.creation_time),
                ("Execution role", f"{profile.execution_role or 'unknown'}{inherited}"),
            ]
        )
        return 0
    found: list[UserProfileSummary] = []
    token: str | None = None
    while True:
        page = list_profiles(session, ProfilesQuery(domain_id=domain_id, next_token=token, max_results=100))
        found += page.user_profiles
        token = page.next_token
        if token is None:
            break
    if args.json:
        return print_json(UserProfilePage(user_profiles=found))
    print_table(
        ("NAME", "STATUS", "CREATED"), [(each.user_profile_name, each.status, each.creation_time) for each in found]
    )
    return 0


def run_spaces(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.models import SpacePage, SpacesQuery, SpaceSummary
    from ..studio.spaces import describe_space, list_spaces

    session, table = AwsSession(), prices()
    domain_id = domain_of(session, args)
    if args.space is not None:
        space = describe_space(session, domain_id, args.space, table)
        if args.json:
            return print_json(space)
        spec = space.effective_resource_spec
        print_fields(
            [
                ("Name", _with(space.space_name, space.space_display_name)),
                ("Status", space.status),
                ("Failure", space.failure_reason),
                ("Runs", running(space.app)),
                ("Owner", space.owner_user_profile_name),
                ("Instance type", spec.instance_type),
                ("Price", price(space.price)),
                ("Image", _with(spec.sagemaker_image_arn, spec.sagemaker_image_version_alias)),
                ("Volume", f"{space.ebs_volume_size_in_gb} GB, {monthly(space.storage_usd_per_month)}"),
                ("Lifecycle", spec.lifecycle_config_arn),
                ("Idle timeout", minutes(space.idle_settings.idle_timeout_in_minutes)),
                ("Created", space.creation_time),
            ]
        )
        return 0
    found: list[SpaceSummary] = []
    token: str | None = None
    while True:
        page = list_spaces(session, SpacesQuery(domain_id=domain_id, next_token=token, max_results=100), table)
        found += page.spaces
        token = page.next_token
        if token is None:
            break
    if args.json:
        return print_json(SpacePage(spaces=found, apps_unknown=page.apps_unknown))
    print_table(
        ("NAME", "STATUS", "RUNS", "OWNER", "VOLUME", "A MONTH"),
        [
            (
                each.space_name,
                each.status,
                "unknown" if page.apps_unknown else running(each.app),
                each.owner_user_profile_name,
                f"{each.ebs_volume_size_in_gb} GB",
                monthly(each.storage_usd_per_month),
            )
            for each in found
        ],
    )
    return 0


def run_apps(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.apps import list_apps
    from ..studio.models import AppPage, AppsQuery

    session = AwsSession()
    domain_id = domain_of(session, args)
    found: list[App] = []
    token: str | None = None
    while True:
        query = AppsQuery(domain_id=domain_id, next_token=token, max_results=100, with_activity=True)
        page = list_apps(session, query, prices())
        found += page.apps
        token = page.next_token
        if token is None:
            break
    if args.json:
        return print_json(AppPage(apps=found))
    print_table(
        ("SPACE OR PROFILE", "TYPE", "STATUS", "INSTANCE TYPE", "PRICE", "IDLE"),
        [
            (
                each.space_name or each.user_profile_name,
                each.app_type,
                each.status,
                each.resource_spec.instance_type,
                price(each.price) if each.status in ("Pending", "InService", "Deleting") else "",
                minutes(each.idle_minutes),
            )
            for each in found
        ],
    )
    return 0


def run_images(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.images import list_images

    images = list_images(AwsSession())
    if args.json:
        return print_json(images)
    print_table(
        ("NAME", "ARN", "VERSIONS"),
        [
            (each.name, each.sagemaker_image_arn, ", ".join(each.version_aliases) or each.image_version_arn)
            for each in images.images
        ],
    )
    if images.own_unknown:
        print(f"The account's own images are not known: {images.own_unknown.message}")
    return 0


def run_storage(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..studio.storage import storage_report

    session = AwsSession()
    report = storage_report(session, domain_of(session, args))
    if args.json:
        return print_json(report)
    rows: list[Sequence[Any]] = [
        (
            each.kind.value.replace("_", " "),
            each.name,
            "unknown" if each.size_gb is None else f"{each.size_gb:.1f} GB",
            monthly(each.usd_per_month),
            each.owner_user_profile_name,
        )
        for each in report.items
    ]
    print_table(("KIND", "NAME", "SIZE", "A MONTH", "OWNER"), rows)
    if report.items:
        print(f"{monthly(report.usd_per_month)}{'' if report.complete else ', without what is not known'}")
    for each in report.unknown:
        print(f"Not known: {each.message}")
    return 0


def prices() -> PriceTable:
    from ..prices.instances import price_table
    from .price import refreshed_prices

    return price_table(refreshed_prices())


def domain_of(session: AwsSession, args: argparse.Namespace) -> str:
    from ..studio.domains import the_domain

    return args.domain or the_domain(session)


def print_json(model: BaseModel) -> int:
    print(model.model_dump_json())
    return 0


def price(known: Price | None) -> str:
    if known is None:
        return "no price known"
    about = "" if known.exact else "about "
    return f"{about}{known.usd:g} USD per {known.unit} ({known.component}, {known.as_of})"


def monthly(usd: float | None) -> str:
    return "no price known" if usd is None else f"{usd:.2f} USD a month"


def minutes(count: int | None) -> str | None:
    return None if count is None else f"{count} min"


def running(app: App | None) -> str:
    if app is None:
        return "stopped"
    return f"{app.app_type} {app.status}, {app.resource_spec.instance_type or 'unknown instance type'}"


def _with(value: str | None, more: str | None) -> str | None:
    return f"{value} ({more})" if value and more else value
