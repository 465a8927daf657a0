"""Which spaces of a domain run which version, and which would at their next start."""

from __future__ import annotations

from typing import Any

from ... import __version__
from ...aws.errors import from_aws
from ...aws.session import AwsSession
from . import inventory, settings
from .inventory import Config
from .models import Attachment, ConfigVersion, LifecycleStatus, Scope, SpaceStatus
from .targets import Reading, Target, read


def status(session: AwsSession, domain_id: str) -> LifecycleStatus:
    """Where the roll-out stands.

    Permissions: `sagemaker:ListStudioLifecycleConfigs`, `ListTags`, `DescribeDomain`, `ListUserProfiles`,
    `DescribeUserProfile`, `ListSpaces`, `DescribeSpace`, `ListApps`, `DescribeApp`. What may not be described is named
    in `not_seen`. Raises `NotFound` for an unknown domain.
    """
    domain = read(session, Target("domain", domain_id))
    configs = {each.lifecycle_config_arn: each for each in inventory.configs(session)}
    profiles, profiles_not_seen = inventory.read_all(session, inventory.profiles(session, domain_id))
    spaces, spaces_not_seen = inventory.read_all(session, inventory.spaces(session, domain_id))
    apps, apps_not_seen = _apps(session, domain_id)
    owners = {each.target.name: each for each in profiles}
    attachments = [each for reading in [domain, *profiles, *spaces] for each in _attachments(reading, configs)]
    return LifecycleStatus(
        domain_id=domain_id,
        domain_name=str(domain.document["DomainName"]),
        attachments=attachments,
        configs=[ConfigVersion(**each.model_dump(exclude={"records"})) for each in configs.values()],
        spaces=[
            _space(each, owners.get(each.owner or ""), domain, apps.get(each.target.name), configs) for each in spaces
        ],
        this_version=__version__,
        upgrade_available=any(each.version != __version__ for each in attachments),
        not_seen=[*profiles_not_seen, *spaces_not_seen, *apps_not_seen],
    )


def _apps(session: AwsSession, domain_id: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The running apps, described: only that tells which configuration they were started with."""
    client = session.client("sagemaker")

    def describe(app: dict[str, Any]) -> dict[str, Any]:
        try:
            described: dict[str, Any] = client.describe_app(
                DomainId=domain_id, SpaceName=app["SpaceName"], AppType=app["AppType"], AppName=app["AppName"]
            )
        except Exception as error:
            raise from_aws(error) from error
        return described

    found, not_seen = inventory.in_parallel(
        describe, inventory.apps(session, domain_id).values(), lambda app: f"app of {app['SpaceName']}"
    )
    return {each["SpaceName"]: each for each in found}, not_seen


def _attachments(reading: Reading, configs: dict[str, Config]) -> list[Attachment]:
    target = reading.target
    scope = Scope(
        domain_id=target.domain_id,
        user_profile_name=target.name if target.place == "user_profile" else None,
        space_name=target.name if target.place == "space" else None,
    )
    return [
        Attachment(
            scope=scope,
            scope_words=scope.words,
            lifecycle_config_arn=arn,
            version=_version(arn, configs),
            built_in=arn == settings.built_in(reading.settings),
            preselected=arn in (settings.built_in(reading.settings), settings.preselected(reading.settings)),
        )
        for arn in settings.ours_in(reading.settings)
    ]


def _space(
    space: Reading, owner: Reading | None, domain: Reading, app: dict[str, Any] | None, configs: dict[str, Config]
) -> SpaceStatus:
    levels = [each.settings for each in (space, owner, domain) if each is not None]
    built_in = next((arn for each in levels if (arn := settings.built_in(each))), None)
    chosen = next((arn for each in levels if (arn := settings.preselected(each))), None)
    coming = next((arn for arn in (built_in, chosen) if settings.is_ours(arn)), None)
    running = None
    if app:
        started_with = (app.get("BuiltInLifecycleConfigArn"), app.get("ResourceSpec", {}).get("LifecycleConfigArn"))
        running = next((arn for arn in started_with if settings.is_ours(arn)), None)
    return SpaceStatus(
        space_name=space.target.name,
        owner_user_profile_name=space.owner,
        app_status=app["Status"] if app else None,
        running_version=_version(running, configs),
        next_version=_version(coming, configs),
        lifecycle_config_arn=running or coming,
        needs_restart=bool(app) and running != coming,
        failure_reason=app.get("FailureReason") if app else None,
    )


def _version(arn: str | None, configs: dict[str, Config]) -> str | None:
    """The tag's; where the configuration is gone, what its name tells."""
    if arn is None:
        return None
    known = configs.get(arn)
    return known.version if known and known.version else arn.rpartition("/")[2]
