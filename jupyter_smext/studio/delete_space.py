"""Deleting a space: what goes with it, and doing it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteSpace.html
"""

from __future__ import annotations

from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from . import spaces
from .apps import RUNNING, address, app_of
from .models import App, DeleteSpaceRequest, PlanProblem, SpaceDeletePlan, SpaceName
from .pricing import monthly, volume_per_month
from .run_space import wait_until_stopped
from .waiting import Waiting, wait_until_gone


def plan_delete(session: AwsSession, place: SpaceName, table: PriceTable) -> SpaceDeletePlan:
    """What a delete takes with it. Permissions: `sagemaker:DescribeSpace`, `sagemaker:ListApps`."""
    raw = spaces.describe_raw(session, place.domain_id, place.space_name)
    apps = _apps(session, place, table)
    settings = raw.get("SpaceSettings", {})
    size = spaces.size_of(settings)
    lost = [f"The volume of {size} GB with the whole home folder, unsaved work and settings." if size else
            "The home folder of the space, where it is on a volume of its own."]  # fmt: skip
    if apps:
        lost.append("Everything in the memory of what runs: kernels, terminals, local training.")
    kept = ["What is in S3, and training jobs, models and endpoints that were started from here."]
    if settings.get("CustomFileSystems"):
        kept.append("The file systems that were mounted into it.")
    problems = []
    here = session.metadata
    if here and (here.domain_id, here.space_name) == (place.domain_id, place.space_name):
        problems.append(
            PlanProblem(
                blocking=True,
                message="This is the space that you work in: deleting it would end this very server in the middle.",
                hint="Delete it from another space or from Studio's own page.",
                field="space_name",
            )
        )
    if raw["Status"] in ("Pending", "Updating", "Deleting"):
        problems.append(
            PlanProblem(blocking=True, message=f"The space is {raw['Status']}.", hint="Wait until that is over.")
        )
    return SpaceDeletePlan(
        domain_id=place.domain_id,
        space_name=place.space_name,
        owner_user_profile_name=raw.get("OwnershipSettings", {}).get("OwnerUserProfileName"),
        apps=apps,
        lost=lost,
        kept=kept,
        saved_usd_per_month=monthly(volume_per_month(session.region), size),
        problems=problems,
        ready=not problems,
    )


def delete_space(
    session: AwsSession, request: DeleteSpaceRequest, table: PriceTable, progress: Progress
) -> dict[str, Any]:
    """Stop what runs in a space, then delete it for good; answers its name. Takes a minute or two.

    Permissions: those of the plan, `sagemaker:DeleteApp`, `sagemaker:DescribeApp` and `sagemaker:DeleteSpace`. Raises
    `PreconditionFailed` where the confirmation is not the space's name, `Conflict` where the plan is blocked, and
    `Cancelled` between the steps: an app that was stopped stays stopped.
    """
    if request.confirm != request.space_name:
        raise SmextError(
            ErrorCode.PRECONDITION_FAILED,
            f"To delete the space {request.space_name}, its name has to be typed once more.",
            operation="DeleteSpace",
        )
    plan = plan_delete(session, request, table)
    if not plan.ready:
        blocking = plan.problems[0]
        raise SmextError(ErrorCode.CONFLICT, blocking.message, hint=blocking.hint, operation="DeleteSpace")
    client = session.client("sagemaker")
    for app in plan.apps:
        progress.update(0, None, f"Stopping the {app.app_type} app")
        if app.status != "Deleting":
            client.delete_app(**address(app))
        wait_until_stopped(session, app, progress)
    client.delete_space(DomainId=request.domain_id, SpaceName=request.space_name)

    def ask() -> dict[str, Any] | None:
        try:
            return spaces.describe_raw(session, request.domain_id, request.space_name)
        except client.exceptions.ResourceNotFound:
            return None

    wait_until_gone(ask, progress, Waiting(f"Space {request.space_name}", "DeleteSpace"))
    return {"domain_id": request.domain_id, "space_name": request.space_name}


def _apps(session: AwsSession, place: SpaceName, table: PriceTable) -> list[App]:
    """All that has to go first; a failed app counts as well, because AWS deletes no space that has one."""
    pages = (
        session.client("sagemaker")
        .get_paginator("list_apps")
        .paginate(DomainIdEquals=place.domain_id, SpaceNameEquals=place.space_name)
    )
    return [
        app_of(each, session.region, table)
        for page in pages
        for each in page["Apps"]
        if each["Status"] in (*RUNNING, "Failed")
    ]
