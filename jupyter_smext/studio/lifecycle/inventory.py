"""What there is: our configurations, and the profiles, spaces and apps of a domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ...aws.errors import SmextError, from_aws
from ...aws.session import AwsSession
from .models import ConfigVersion
from .script import CONFIG_PREFIX
from .targets import Reading, Target, read

T = TypeVar("T")
R = TypeVar("R")

TAG_VERSION = "jupyter-smext:version"
TAG_SOURCE = "jupyter-smext:source"
TAG_RECORDS = "jupyter-smext:records"

# Describe calls at once: quick for a team, and below the rate at which SageMaker throttles.
_PARALLEL = 8


class Config(ConfigVersion):
    """A configuration of ours, with the place of the records that belong to it."""

    records: str | None = None


def configs(session: AwsSession) -> list[Config]:
    """Newest first. Permissions: `sagemaker:ListStudioLifecycleConfigs`, `sagemaker:ListTags`."""
    client = session.client("sagemaker")
    found = []
    pages = client.get_paginator("list_studio_lifecycle_configs").paginate(
        NameContains=CONFIG_PREFIX.rstrip("-"),
        AppTypeEquals="JupyterLab",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    for page in _mapped(pages):
        for each in page["StudioLifecycleConfigs"]:
            name, arn = each["StudioLifecycleConfigName"], each["StudioLifecycleConfigArn"]
            if not name.startswith(CONFIG_PREFIX):
                continue
            tags = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}
            found.append(
                Config(
                    lifecycle_config_name=name,
                    lifecycle_config_arn=arn,
                    version=tags.get(TAG_VERSION),
                    source=tags.get(TAG_SOURCE),
                    records=tags.get(TAG_RECORDS),
                    creation_time=each.get("CreationTime"),
                )
            )
    return found


def profiles(session: AwsSession, domain_id: str) -> list[Target]:
    """Permission: `sagemaker:ListUserProfiles`."""
    pages = session.client("sagemaker").get_paginator("list_user_profiles").paginate(DomainIdEquals=domain_id)
    return [
        Target("user_profile", domain_id, each["UserProfileName"])
        for page in _mapped(pages)
        for each in page["UserProfiles"]
    ]


def spaces(session: AwsSession, domain_id: str) -> dict[Target, str | None]:
    """The JupyterLab spaces, with the profile that each belongs to. Permission: `sagemaker:ListSpaces`."""
    pages = session.client("sagemaker").get_paginator("list_spaces").paginate(DomainIdEquals=domain_id)
    return {
        Target("space", domain_id, each["SpaceName"]): each.get("OwnershipSettingsSummary", {}).get(
            "OwnerUserProfileName"
        )
        for page in _mapped(pages)
        for each in page["Spaces"]
        if each.get("SpaceSettingsSummary", {}).get("AppType", "JupyterLab") == "JupyterLab"
    }


def apps(session: AwsSession, domain_id: str) -> dict[str, dict[str, Any]]:
    """The JupyterLab app of each space that has one, ended ones apart. Permission: `sagemaker:ListApps`."""
    pages = session.client("sagemaker").get_paginator("list_apps").paginate(DomainIdEquals=domain_id)
    return {
        each["SpaceName"]: each
        for page in _mapped(pages)
        for each in page["Apps"]
        if each["AppType"] == "JupyterLab" and each.get("SpaceName") and each["Status"] != "Deleted"
    }


def read_all(session: AwsSession, targets: Iterable[Target]) -> tuple[list[Reading], list[str]]:
    """All targets that could be read, and why the others could not."""
    return in_parallel(lambda target: read(session, target), targets, lambda target: target.words)


def in_parallel(function: Callable[[T], R], items: Iterable[T], words: Callable[[T], str]) -> tuple[list[R], list[str]]:
    given = list(items)

    def one(item: T) -> R | str:
        try:
            return function(item)
        except SmextError as error:
            return f"{words(item)}: {error.envelope.message}"

    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="smext-studio") as pool:
        answers = list(pool.map(one, given))
    done: list[Any] = [each for each in answers if not isinstance(each, str)]
    return done, [each for each in answers if isinstance(each, str)]


def _mapped(pages: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    try:
        yield from pages
    except Exception as error:
        raise from_aws(error) from error
