"""Apps: what runs now, what it costs by the hour, and since when nobody uses it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeApp.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from .models import App, AppPage, AppsQuery
from .pricing import per_hour
from .settings import resource_spec

RUNNING = ("Pending", "InService", "Deleting")

# ListApps is asked for at most this many pages of 100.
_PAGES = 10


def list_apps(session: AwsSession, query: AppsQuery, table: PriceTable) -> AppPage:
    """One page of a domain's apps; those that were deleted lately are still among them.

    Permission: `sagemaker:ListApps`; with activity also `sagemaker:DescribeApp`. An app whose description is refused
    keeps its activity unknown.
    """
    sagemaker = session.client("sagemaker")
    request: dict[str, Any] = {"DomainIdEquals": query.domain_id, "MaxResults": query.max_results}
    if query.space_name:
        request["SpaceNameEquals"] = query.space_name
    if query.user_profile_name:
        request["UserProfileNameEquals"] = query.user_profile_name
    if query.next_token:
        request["NextToken"] = query.next_token
    answer = sagemaker.list_apps(**request)
    apps = [app_of(each, session.region, table) for each in answer["Apps"]]
    if query.with_activity:
        apps = [_with_activity(session, app, table) if app.status == "InService" else app for app in apps]
    return AppPage(apps=apps, next_token=answer.get("NextToken"))


def existing_apps(session: AwsSession, table: PriceTable) -> AppPage:
    """The apps of all domains of the region that were not deleted. Permission: `sagemaker:ListApps`.

    `next_token` is set where there are more than a thousand, deleted ones included.
    """
    sagemaker = session.client("sagemaker")
    apps: list[App] = []
    more: dict[str, str] = {}
    for _ in range(_PAGES):
        answer = sagemaker.list_apps(MaxResults=100, **more)
        apps += [app_of(each, session.region, table) for each in answer["Apps"] if each["Status"] != "Deleted"]
        if "NextToken" not in answer:
            return AppPage(apps=apps)
        more = {"NextToken": answer["NextToken"]}
    return AppPage(apps=apps, next_token=more["NextToken"])


def apps_by_space(
    session: AwsSession, domain_id: str, table: PriceTable, space_name: str | None = None
) -> dict[str, App]:
    """The app that runs in each space of a domain (or in one space), of those spaces in which one does.

    Permission: `sagemaker:ListApps`.
    """
    place = {"DomainIdEquals": domain_id} | ({"SpaceNameEquals": space_name} if space_name else {})
    pages = (
        session.client("sagemaker")
        .get_paginator("list_apps")
        .paginate(**place, PaginationConfig={"PageSize": 100, "MaxItems": 100 * _PAGES})
    )
    running: dict[str, App] = {}
    for page in pages:
        for each in page["Apps"]:
            if each["Status"] in RUNNING and "SpaceName" in each:
                running[each["SpaceName"]] = app_of(each, session.region, table)
    return running


def describe_app(session: AwsSession, app: App, table: PriceTable) -> App:
    """The app with everything that AWS tells of it. Permission: `sagemaker:DescribeApp`."""
    return app_of(describe_raw(session, app), session.region, table)


def describe_raw(session: AwsSession, app: App) -> dict[str, Any]:
    answer: dict[str, Any] = session.client("sagemaker").describe_app(**address(app))
    return answer


def address(app: App) -> dict[str, str]:
    """The members that name an app in AWS's calls."""
    owner = {"SpaceName": app.space_name} if app.space_name else {"UserProfileName": app.user_profile_name or ""}
    return {"DomainId": app.domain_id, **owner, "AppType": app.app_type, "AppName": app.app_name}


def app_of(raw: Mapping[str, Any], region: str, table: PriceTable) -> App:
    spec = resource_spec(raw.get("ResourceSpec", {}))
    activity: datetime | None = raw.get("LastUserActivityTimestamp")
    running = raw["Status"] in RUNNING
    idle = (
        (datetime.now(timezone.utc) - activity).total_seconds() if activity and raw["Status"] == "InService" else None
    )
    return App(
        domain_id=raw["DomainId"],
        space_name=raw.get("SpaceName"),
        user_profile_name=raw.get("UserProfileName"),
        app_type=raw["AppType"],
        app_name=raw["AppName"],
        app_arn=raw.get("AppArn"),
        status=raw["Status"],
        failure_reason=raw.get("FailureReason"),
        resource_spec=spec,
        built_in_lifecycle_config_arn=raw.get("BuiltInLifecycleConfigArn"),
        recovery_mode=raw.get("RecoveryMode"),
        creation_time=raw.get("CreationTime"),
        last_user_activity_timestamp=activity,
        idle_minutes=None if idle is None else max(0, int(idle // 60)),
        price=per_hour(region, spec.instance_type, table) if running else None,
    )


def _with_activity(session: AwsSession, app: App, table: PriceTable) -> App:
    try:
        return describe_app(session, app, table)
    except Exception as error:
        if from_aws(error).envelope.retryable:
            raise
        return app
