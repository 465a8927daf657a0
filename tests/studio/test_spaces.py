"""Spaces from the plan to the delete, and what AWS refuses on the way."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jupyter_smext.aws.errors import ErrorCode, SmextError, from_aws
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.aws.studio_metadata import StudioMetadata
from jupyter_smext.prices.instances import PriceTable
from jupyter_smext.studio.apps import list_apps
from jupyter_smext.studio.create_space import create_space, plan_space
from jupyter_smext.studio.delete_space import delete_space, plan_delete
from jupyter_smext.studio.models import (
    App,
    AppsQuery,
    CreateSpaceRequest,
    DeleteSpaceRequest,
    OpenSpaceRequest,
    SpaceName,
    SpacesQuery,
    StartSpaceRequest,
    UpdateSpaceRequest,
)
from jupyter_smext.studio.run_space import open_space, start_space, stop_space, wait_until_started, wait_until_stopped
from jupyter_smext.studio.spaces import describe_space, list_spaces
from jupyter_smext.studio.update_space import update_space


@pytest.fixture
def request_(domain_id: str) -> CreateSpaceRequest:
    return CreateSpaceRequest(
        domain_id=domain_id, space_name=f"space-{uuid.uuid4().hex[:8]}", owner_user_profile_name="default"
    )


@pytest.fixture
def place(sandbox_session: AwsSession, request_: CreateSpaceRequest, table: PriceTable) -> SpaceName:
    """A space that is in service."""
    create_space(sandbox_session, request_, table)
    return in_service(sandbox_session, SpaceName(**request_.model_dump(include={"domain_id", "space_name"})), table)


def in_service(session: AwsSession, place: SpaceName, table: PriceTable) -> SpaceName:
    for _ in range(200):
        if describe_space(session, place.domain_id, place.space_name, table).status == "InService":
            return place
        time.sleep(0.02)
    raise AssertionError("The space did not come into service")


def started(session: AwsSession, place: SpaceName, table: PriceTable, **how: Any) -> App:
    app = start_space(session, StartSpaceRequest(**place.model_dump(), **how), table)
    return wait_until_started(session, app, table, Silent())


def code_of(call: Callable[..., Any], *args: Any) -> tuple[ErrorCode, str]:
    with pytest.raises((ClientError, SmextError)) as caught:
        call(*args)
    error = from_aws(caught.value)
    return error.code, str(error)


# ------------------------------------------------------------------------------------------------- plan and create


def test_a_plan_tells_price_and_consequences(
    sandbox_session: AwsSession, request_: CreateSpaceRequest, table: PriceTable
) -> None:
    plan = plan_space(sandbox_session, request_, table)

    assert (plan.ready, plan.problems) == (True, [])
    assert plan.price is not None
    assert (plan.price.usd, plan.price.unit, plan.price.exact) == (0.05, "hour", True)
    assert plan.request.ebs_volume_size_in_gb == 5
    assert plan.storage_usd_per_month == pytest.approx(5 * 0.112)
    assert any("60 minutes" in note for note in plan.notes)
    assert any("Deleting the space deletes its volume" in note for note in plan.notes)
    page = list_spaces(sandbox_session, SpacesQuery(domain_id=request_.domain_id), table)
    assert request_.space_name not in [each.space_name for each in page.spaces]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ebs_volume_size_in_gb": 101}, "ebs_volume_size_in_gb"),
        ({"instance_type": "ml.imaginary.large"}, "instance_type"),
        ({"owner_user_profile_name": "nobody"}, "owner_user_profile_name"),
        ({"domain_id": "d-nowhere"}, "domain_id"),
        (
            {"lifecycle_config_arn": "arn:aws:sagemaker:us-east-1:123456789012:studio-lifecycle-config/x"},
            "lifecycle_config_arn",
        ),
    ],
)
def test_a_plan_that_is_blocked(
    sandbox_session: AwsSession, request_: CreateSpaceRequest, table: PriceTable, change: dict[str, Any], field: str
) -> None:
    plan = plan_space(sandbox_session, request_.model_copy(update=change), table)

    assert not plan.ready
    assert field in [problem.field for problem in plan.problems if problem.blocking]


def test_a_name_that_is_taken(
    sandbox_session: AwsSession, request_: CreateSpaceRequest, place: SpaceName, table: PriceTable
) -> None:
    plan = plan_space(sandbox_session, request_, table)

    assert [problem.field for problem in plan.problems] == ["space_name"]
    assert code_of(create_space, sandbox_session, request_, table)[0] is ErrorCode.CONFLICT


def test_an_unknown_price_is_no_price(
    sandbox_session: AwsSession, request_: CreateSpaceRequest, table: PriceTable
) -> None:
    plan = plan_space(sandbox_session, request_.model_copy(update={"instance_type": "ml.m6id.large"}), table)

    assert plan.ready
    assert plan.price is None


# ------------------------------------------------------------------------------------------------------- the whole way


def test_from_start_to_delete(sandbox_session: AwsSession, place: SpaceName, table: PriceTable) -> None:
    app = started(sandbox_session, place, table)

    assert (app.status, app.resource_spec.instance_type) == ("InService", "ml.t3.medium")
    assert app.price is not None
    again = start_space(sandbox_session, StartSpaceRequest(**place.model_dump()), table)
    assert again.creation_time == app.creation_time, "what runs is not started again"
    listed = list_spaces(sandbox_session, SpacesQuery(domain_id=place.domain_id, name_contains=place.space_name), table)
    assert listed.spaces[0].app is not None
    assert listed.spaces[0].app.status == "InService"
    assert listed.spaces[0].storage_usd_per_month == pytest.approx(0.56)
    apps = list_apps(sandbox_session, AppsQuery(**place.model_dump(), with_activity=True), table).apps
    assert [each.idle_minutes for each in apps] == [0]
    url = open_space(sandbox_session, OpenSpaceRequest(**place.model_dump()))
    assert url.expires_in_seconds == 60
    assert ".sandbox.invalid/auth?token=" in url.authorized_url

    plan = plan_delete(sandbox_session, place, table)
    assert [each.app_type for each in plan.apps] == ["JupyterLab"]
    assert plan.saved_usd_per_month == pytest.approx(0.56)
    assert any("volume of 5 GB" in line for line in plan.lost)
    wrong = DeleteSpaceRequest(**place.model_dump(), confirm="another")
    assert code_of(delete_space, sandbox_session, wrong, table, Silent())[0] is ErrorCode.PRECONDITION_FAILED
    right = DeleteSpaceRequest(**place.model_dump(), confirm=place.space_name)
    assert delete_space(sandbox_session, right, table, Silent()) == place.model_dump()
    assert code_of(describe_space, sandbox_session, place.domain_id, place.space_name, table)[0] is ErrorCode.NOT_FOUND


def test_stopping(sandbox_session: AwsSession, place: SpaceName, table: PriceTable) -> None:
    def stopped_again() -> str:
        try:
            return stop_space(sandbox_session, place, table).status
        except SmextError as error:
            return error.code

    assert code_of(stop_space, sandbox_session, place, table)[0] is ErrorCode.NOT_FOUND
    started(sandbox_session, place, table, instance_type="ml.m5.4xlarge")

    stopping = stop_space(sandbox_session, place, table)

    assert (stopping.status, stopping.resource_spec.instance_type) == ("Deleting", "ml.m5.4xlarge")
    # On a busy machine the app has gone by now.
    assert stopped_again() in ("Deleting", "Deleted", ErrorCode.NOT_FOUND)
    wait_until_stopped(sandbox_session, stopping, Silent())
    space = describe_space(sandbox_session, place.domain_id, place.space_name, table)
    assert (space.app, space.status) == (None, "InService")
    assert started(sandbox_session, place, table).resource_spec.instance_type == "ml.t3.medium"


def test_a_space_that_can_not_start(sandbox_session: AwsSession, place: SpaceName, table: PriceTable) -> None:
    start = StartSpaceRequest(**place.model_dump(), instance_type="ml.p5.48xlarge")
    code, message = code_of(start_space, sandbox_session, start, table)
    assert (code, "is 0 Apps" in message) == (ErrorCode.QUOTA_EXCEEDED, True)

    arn = describe_space(sandbox_session, place.domain_id, place.space_name, table).space_arn
    reason = {"Key": "sandbox:failure-reason", "Value": "ConfigurationError: the lifecycle script ended with 1"}
    sandbox_session.client("sagemaker").add_tags(ResourceArn=arn, Tags=[reason])
    with pytest.raises(SmextError, match="the lifecycle script ended with 1"):
        started(sandbox_session, place, table)
    code, message = code_of(start_space, sandbox_session, StartSpaceRequest(**place.model_dump()), table)
    assert (code, "is Failed: ConfigurationError" in message) == (ErrorCode.CONFLICT, True)
    assert [app.status for app in plan_delete(sandbox_session, place, table).apps] == ["Failed"]
    delete_space(sandbox_session, DeleteSpaceRequest(**place.model_dump(), confirm=place.space_name), table, Silent())


# --------------------------------------------------------------------------------------------------------------- change


def test_a_change_keeps_everything_else(sandbox_session: AwsSession, place: SpaceName, table: PriceTable) -> None:
    update = UpdateSpaceRequest(**place.model_dump(), instance_type="ml.m5.4xlarge", idle_timeout_in_minutes=90)

    update_space(sandbox_session, update, table)
    in_service(sandbox_session, place, table)
    image = "arn:aws:sagemaker:us-east-1:885854791233:image/sagemaker-distribution-cpu"
    update = UpdateSpaceRequest(
        **place.model_dump(),
        sagemaker_image_arn=image,
        sagemaker_image_version_alias="4.4.1",
        space_display_name="My space",
    )
    update_space(sandbox_session, update, table)

    space = describe_space(sandbox_session, place.domain_id, place.space_name, table)
    assert (space.resource_spec.instance_type, space.resource_spec.sagemaker_image_arn) == ("ml.m5.4xlarge", image)
    assert space.idle_settings.idle_timeout_in_minutes == 90
    assert space.idle_settings.lifecycle_management == "ENABLED", "that is the domain's word"
    assert (space.ebs_volume_size_in_gb, space.space_display_name) == (5, "My space")
    in_service(sandbox_session, place, table)
    assert started(sandbox_session, place, table).resource_spec.sagemaker_image_version_alias == "4.4.1"


def test_a_volume_grows_and_never_shrinks(sandbox_session: AwsSession, place: SpaceName, table: PriceTable) -> None:
    def resize(gigabytes: int) -> Any:
        update = UpdateSpaceRequest(**place.model_dump(), ebs_volume_size_in_gb=gigabytes)
        return update_space(sandbox_session, update, table)

    assert resize(8).ebs_volume_size_in_gb == 8
    in_service(sandbox_session, place, table)
    assert resize(8).status == "InService", "the same size is no change"
    code, message = code_of(resize, 6)
    assert (code, "can not shrink to 6" in message) == (ErrorCode.INVALID_REQUEST, True)
    code, message = code_of(resize, 9)
    assert (code, "6 hours" in message) == (ErrorCode.INVALID_REQUEST, True)


# ------------------------------------------------------------------------------------------------------- refusals


def test_the_space_that_we_work_in_is_not_deleted(
    sandbox_session: AwsSession, place: SpaceName, table: PriceTable
) -> None:
    sandbox_session.metadata = StudioMetadata(domain_id=place.domain_id, space_name=place.space_name)

    assert not plan_delete(sandbox_session, place, table).ready
    request = DeleteSpaceRequest(**place.model_dump(), confirm=place.space_name)
    assert code_of(delete_space, sandbox_session, request, table, Silent())[0] is ErrorCode.CONFLICT
    page = list_spaces(sandbox_session, SpacesQuery(domain_id=place.domain_id, name_contains=place.space_name), table)
    assert [each.here for each in page.spaces] == [True]
