"""The studio room for somebody who may not do everything: what is refused is told, with the action that is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from jupyter_smext.aws.errors import ErrorCode, SmextError, from_aws
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import PriceTable, packaged_prices
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.create_space import create_space, plan_space
from jupyter_smext.studio.models import (
    CreateSpaceRequest,
    DomainSetupRequest,
    SpaceName,
    SpacesQuery,
    StartSpaceRequest,
)
from jupyter_smext.studio.run_space import start_space
from jupyter_smext.studio.setup import plan_setup, set_up
from jupyter_smext.studio.spaces import describe_space, list_spaces
from jupyter_smext.studio.storage import storage_report


@pytest.fixture(scope="module")
def guarded(enforcing: SandboxInfo) -> SpaceName:
    """A space in a domain of its own."""
    table = packaged_prices()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in enforcing.env.items():
            patch.setenv(name, value)
        owner = AwsSession()
        domain_id = set_up(owner, DomainSetupRequest(), table, Silent())["domain_id"]
        request = CreateSpaceRequest(domain_id=domain_id, space_name="guarded", owner_user_profile_name="default")
        create_space(owner, request, table)
        owner.close()
    return SpaceName(domain_id=domain_id, space_name="guarded")


def test_a_set_up_whose_roles_may_not_be_listed(
    session_that_may: Callable[..., AwsSession], enforcing: SandboxInfo, table: PriceTable
) -> None:
    session = session_that_may("sagemaker:*")

    plan = plan_setup(session, DomainSetupRequest(), table)

    denied = next(problem for problem in plan.problems if problem.field == "execution_role_arn" and problem.error)
    assert denied.error is not None
    assert (denied.error.code, denied.error.action) == (ErrorCode.ACCESS_DENIED, "iam:ListRoles")
    assert not denied.blocking, "who names a role needs no list"
    with pytest.raises((ClientError, SmextError)) as caught:
        set_up(session, DomainSetupRequest(execution_role_arn=enforcing.role_arn), table, Silent())
    envelope = from_aws(caught.value).envelope
    assert (envelope.code, envelope.action) == (ErrorCode.ACCESS_DENIED, "iam:PassRole")
    assert envelope.resource == enforcing.role_arn


def test_spaces_of_which_not_everything_may_be_seen(
    session_that_may: Callable[..., AwsSession], guarded: SpaceName, table: PriceTable
) -> None:
    session = session_that_may("sagemaker:ListSpaces", "sagemaker:DescribeSpace")

    page = list_spaces(session, SpacesQuery(domain_id=guarded.domain_id), table)
    assert [each.space_name for each in page.spaces] == ["guarded"]
    assert page.apps_unknown is not None
    assert page.apps_unknown.action == "sagemaker:ListApps"
    space = describe_space(session, guarded.domain_id, "guarded", table)
    assert space.effective_resource_spec.instance_type == "ml.t3.medium"
    with pytest.raises((ClientError, SmextError)) as caught:
        start_space(session, StartSpaceRequest(**guarded.model_dump()), table)
    assert from_aws(caught.value).envelope.action == "sagemaker:DescribeApp"
    request = CreateSpaceRequest(domain_id=guarded.domain_id, space_name="new", owner_user_profile_name="default")
    plan = plan_space(session, request, table)
    assert plan.ready, "what may not be looked at does not block"
    assert {problem.field for problem in plan.problems} == {"domain_id", "owner_user_profile_name"}


def test_storage_of_a_domain_that_may_not_be_seen(
    session_that_may: Callable[..., AwsSession], guarded: SpaceName
) -> None:
    report = storage_report(session_that_may("sagemaker:ListSpaces"), guarded.domain_id)

    assert [item.name for item in report.items] == ["guarded"]
    assert (report.complete, [each.action for each in report.unknown]) == (False, ["sagemaker:DescribeDomain"])
