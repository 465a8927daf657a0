"""The studio room for somebody who may not do everything: what is refused is told, with the action that is missing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

import pytest

from jupyter_smext.aws.errors import ErrorCode, from_aws
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import PriceTable, packaged_prices
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo
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

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    ],
}


@pytest.fixture(scope="module")
def enforcing() -> Iterator[SandboxInfo]:
    with Sandbox(SandboxConfig(enforce_iam=True, studio_time_scale=0.002)) as info:
        yield info


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


@pytest.fixture
def session_that_may(enforcing: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AwsSession]]:
    """Makes the session of a role that may do what is named, and nothing else."""
    for variable, value in enforcing.env.items():
        monkeypatch.setenv(variable, value)
    owner = AwsSession()
    made = [owner]

    def session(*actions: str) -> AwsSession:
        name = f"role-{uuid.uuid4().hex[:8]}"
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam = owner.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        keys = owner.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
        made.append(AwsSession())
        return made[-1]

    yield session
    for each in made:
        each.close()


def test_a_set_up_whose_roles_may_not_be_listed(
    session_that_may: Callable[..., AwsSession], enforcing: SandboxInfo, table: PriceTable
) -> None:
    session = session_that_may("sagemaker:*")

    plan = plan_setup(session, DomainSetupRequest(), table)

    denied = next(problem for problem in plan.problems if problem.field == "execution_role_arn" and problem.error)
    assert denied.error is not None
    assert (denied.error.code, denied.error.action) == (ErrorCode.ACCESS_DENIED, "iam:ListRoles")
    assert not denied.blocking, "who names a role needs no list"
    with pytest.raises(Exception) as caught:  # noqa: PT011
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
    with pytest.raises(Exception) as caught:  # noqa: PT011
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
