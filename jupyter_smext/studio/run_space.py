"""Starting, stopping and opening a space.

A space runs while it has an app. https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-running-stop.html
"""

from __future__ import annotations

from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from . import spaces
from .apps import address, app_of, describe_app, describe_raw
from .models import (
    DEFAULT_APP_NAME,
    DEFAULT_INSTANCE_TYPE,
    App,
    OpenSpaceRequest,
    SpaceName,
    StartSpaceRequest,
    StudioUrl,
)
from .settings import raw_resource_spec
from .waiting import Waiting, wait_until_gone, wait_until_settled

# The longest that AWS allows is 300: time enough for one click, and little for whoever finds the URL.
_URL_SECONDS = 60


def start_space(session: AwsSession, request: StartSpaceRequest, table: PriceTable) -> App:
    """Start the app of a space. It is Pending for a minute or more, and billed by the hour until it is stopped.

    An app that runs or starts already is answered as it is. Permissions: `sagemaker:CreateApp`,
    `sagemaker:DescribeApp` and those of describing a space. Raises `Conflict` for a space or an app that is not in a
    state to start from, `QuotaExceeded` where the account may run no more of this instance type.
    """
    space = spaces.describe_space(session, request.domain_id, request.space_name, table)
    app = App(
        domain_id=request.domain_id,
        space_name=request.space_name,
        app_type=space.app_type or "JupyterLab",
        app_name=DEFAULT_APP_NAME,
        status="",
    )
    existing = _existing(session, app)
    if existing is not None:
        found = app_of(existing, session.region, table)
        if found.status in ("Pending", "InService"):
            return found
        if found.status in ("Deleting", "Failed"):
            raise SmextError(
                ErrorCode.CONFLICT,
                f"The app of {request.space_name} is {found.status}"
                + (f": {found.failure_reason}" if found.failure_reason else "."),
                hint="Stop it first, then start it again." if found.status == "Failed" else "Wait until it is gone.",
                operation="CreateApp",
            )
    spec = raw_resource_spec(space.effective_resource_spec)
    spec["InstanceType"] = request.instance_type or spec.get("InstanceType") or DEFAULT_INSTANCE_TYPE
    more: dict[str, Any] = {}
    if request.recovery_mode:
        if not session.supports("sagemaker", "CreateAppRequest", "RecoveryMode"):
            raise SmextError(
                ErrorCode.NOT_SUPPORTED,
                "The installed boto3 does not know the recovery mode.",
                hint="Start it in recovery mode from Studio's own page.",
            )
        more["RecoveryMode"] = True
    session.client("sagemaker").create_app(**address(app), ResourceSpec=spec, **more)
    return describe_app(session, app, table)


def stop_space(session: AwsSession, place: SpaceName, table: PriceTable) -> App:
    """Stop the app of a space: what is in memory is lost, the home folder stays. Ends the costs by the hour.

    Permissions: `sagemaker:DeleteApp`, `sagemaker:ListApps`, `sagemaker:DescribeApp`. Raises `NotFound` where nothing
    runs.
    """
    running, unknown = spaces.running_apps(session, place.domain_id, table, place.space_name)
    app = running.get(place.space_name) or App(
        domain_id=place.domain_id,
        space_name=place.space_name,
        app_type=_app_type(session, place),
        app_name=DEFAULT_APP_NAME,
        status="",
    )
    existing = _existing(session, app)
    if existing is None or existing["Status"] == "Deleted":
        raise SmextError(
            ErrorCode.NOT_FOUND,
            f"The space {place.space_name} does not run.",
            hint=None if unknown is None else unknown.message,
        )
    if existing["Status"] != "Deleting":
        session.client("sagemaker").delete_app(**address(app))
    return describe_app(session, app, table)


def wait_until_started(session: AwsSession, app: App, table: PriceTable, progress: Progress) -> App:
    """The app once it runs. Permission: `sagemaker:DescribeApp`. Raises what the FailureReason says where it fails."""
    description = wait_until_settled(lambda: _existing(session, app), progress, Waiting(_words(app), "CreateApp"))
    return app_of(description, session.region, table)


def wait_until_stopped(session: AwsSession, app: App, progress: Progress) -> None:
    """Return once the app is gone. Permission: `sagemaker:DescribeApp`."""
    wait_until_gone(lambda: _existing(session, app), progress, Waiting(_words(app), "DeleteApp"))


def open_space(session: AwsSession, request: OpenSpaceRequest) -> StudioUrl:
    """A URL that opens the space in a browser, good for one minute. It is a secret: whoever has it is logged in.

    Permissions: `sagemaker:CreatePresignedDomainUrl`, `sagemaker:DescribeSpace`.
    """
    space = spaces.describe_raw(session, request.domain_id, request.space_name)
    profile = request.user_profile_name or space.get("OwnershipSettings", {}).get("OwnerUserProfileName")
    if profile is None:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"The space {request.space_name} has no owner: say which user profile opens it.",
            operation="CreatePresignedDomainUrl",
        )
    app_type = space.get("SpaceSettings", {}).get("AppType", "JupyterLab")
    answer = session.client("sagemaker").create_presigned_domain_url(
        DomainId=request.domain_id,
        UserProfileName=profile,
        SpaceName=request.space_name,
        LandingUri=f"app:{app_type}:",
        ExpiresInSeconds=_URL_SECONDS,
    )
    return StudioUrl(authorized_url=answer["AuthorizedUrl"], expires_in_seconds=_URL_SECONDS)


def _existing(session: AwsSession, app: App) -> dict[str, Any] | None:
    client = session.client("sagemaker")
    try:
        return describe_raw(session, app)
    except client.exceptions.ResourceNotFound:
        return None


def _words(app: App) -> str:
    return f"The {app.app_type} app of {app.space_name}"


def _app_type(session: AwsSession, place: SpaceName) -> str:
    settings = spaces.describe_raw(session, place.domain_id, place.space_name).get("SpaceSettings", {})
    return str(settings.get("AppType", "JupyterLab"))
