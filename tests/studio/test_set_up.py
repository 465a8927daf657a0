"""The quick set-up: what the plan chooses and tells, what is made, and how failures are explained."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Cancelled, Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import PriceTable
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio import setup
from jupyter_smext.studio.domains import describe_domain, list_domains, the_domain
from jupyter_smext.studio.models import (
    CreateUserProfileRequest,
    DomainSetupRequest,
    PageQuery,
    ProfilesQuery,
)
from jupyter_smext.studio.profiles import create_profile, describe_profile, list_profiles
from jupyter_smext.studio.setup import plan_setup, set_up


@pytest.fixture
def elsewhere(sandbox: SandboxInfo) -> AwsSession:
    """A session in a region where no other test has a domain."""
    return AwsSession(region="ap-south-1")


def test_the_plan_chooses_and_explains(elsewhere: AwsSession, sandbox: SandboxInfo, table: PriceTable) -> None:
    plan = plan_setup(elsewhere, DomainSetupRequest(), table)

    assert plan.ready
    assert plan.problems == []
    assert plan.vpcs is not None
    assert plan.vpcs[0].is_default
    assert plan.request.vpc_id == plan.vpcs[0].vpc_id
    zones = {subnet.subnet_id: subnet.availability_zone for subnet in plan.vpcs[0].subnets}
    assert sorted(zones[each] for each in plan.request.subnet_ids) == sorted(set(zones.values()))
    assert plan.request.execution_role_arn == sandbox.role_arn
    assert plan.roles is not None
    assert plan.roles[0].why == "Jobs run as this role already (sdk_defaults)."
    assert len({role.role_arn for role in plan.roles}) == len(plan.roles)
    assert all(step.why and step.cost for step in plan.steps)
    words = " ".join(step.cost for step in plan.steps)
    assert "USD per hour (Studio-JupyterLab" not in words, "this region has no price of that component"
    assert "no price is known" in words
    assert list_domains(elsewhere, PageQuery()).domains == [], "a plan makes nothing"
    with pytest.raises(SmextError, match="ap-south-1 has no domain"):
        the_domain(elsewhere)


@pytest.mark.parametrize(
    ("request_", "field", "words"),
    [
        (DomainSetupRequest(vpc_id="vpc-0000aaaa"), "vpc_id", "no VPC vpc-0000aaaa"),
        (DomainSetupRequest(subnet_ids=["subnet-0000aaaa"]), "subnet_ids", "subnet-0000aaaa"),
        (
            DomainSetupRequest(default_ebs_volume_size_in_gb=200),
            "default_ebs_volume_size_in_gb",
            "larger than the largest",
        ),
    ],
)
def test_a_plan_that_is_blocked(
    sandbox_session: AwsSession, table: PriceTable, request_: DomainSetupRequest, field: str, words: str
) -> None:
    plan = plan_setup(sandbox_session, request_, table)

    blocking = [problem for problem in plan.problems if problem.blocking]
    assert (plan.ready, blocking[0].field) == (False, field)
    assert words in blocking[0].message
    with pytest.raises(SmextError) as caught:
        set_up(sandbox_session, request_, table, Silent())
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_private_network_is_explained(sandbox_session: AwsSession, table: PriceTable) -> None:
    plan = plan_setup(sandbox_session, DomainSetupRequest(app_network_access_type="VpcOnly"), table)

    assert plan.ready
    assert any("VPC endpoints" in (problem.hint or "") for problem in plan.problems)


def test_what_is_made(sandbox_session: AwsSession, domain_id: str) -> None:
    domain = describe_domain(sandbox_session, domain_id)

    assert (domain.status, domain.auth_mode) == ("InService", "IAM")
    assert domain.home_efs_file_system_id is None, "the installed botocore knows how to leave it out"
    settings = domain.default_user_settings
    assert settings.execution_role is not None
    assert settings.idle_settings.idle_timeout_in_minutes == 60
    assert (settings.default_ebs_volume_size_in_gb, settings.maximum_ebs_volume_size_in_gb) == (5, 100)
    profile = describe_profile(sandbox_session, domain_id, "default")
    assert (profile.execution_role, profile.execution_role_inherited) == (settings.execution_role, False)


def test_profiles(sandbox_session: AwsSession, sandbox: SandboxInfo, domain_id: str) -> None:
    made = create_profile(sandbox_session, CreateUserProfileRequest(domain_id=domain_id, user_profile_name="bea"))

    assert (made.execution_role, made.execution_role_inherited) == (sandbox.role_arn, True)
    page = list_profiles(sandbox_session, ProfilesQuery(domain_id=domain_id, name_contains="be"))
    assert [each.user_profile_name for each in page.user_profiles] == ["bea"]
    first = list_profiles(sandbox_session, ProfilesQuery(domain_id=domain_id, max_results=1))
    rest = list_profiles(sandbox_session, ProfilesQuery(domain_id=domain_id, next_token=first.next_token))
    assert {each.user_profile_name for each in [*first.user_profiles, *rest.user_profiles]} >= {"bea", "default"}
    with pytest.raises(Exception, match="already exists"):
        create_profile(sandbox_session, CreateUserProfileRequest(domain_id=domain_id, user_profile_name="bea"))


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("ResourceLimitExceeded: The account-level service limit is 0", ErrorCode.QUOTA_EXCEEDED),
        (
            "User: arn:aws:iam::1:role/r is not authorized to perform: ec2:CreateNetworkInterface",
            ErrorCode.ACCESS_DENIED,
        ),
        ("The subnet has no free addresses", ErrorCode.UPSTREAM_REJECTED),
    ],
)
def test_a_failed_domain_is_explained(
    elsewhere: AwsSession, table: PriceTable, monkeypatch: pytest.MonkeyPatch, reason: str, code: ErrorCode
) -> None:
    original = setup.domain_request

    def failing(session: AwsSession, request: DomainSetupRequest) -> dict[str, Any]:
        return original(session, request) | {"Tags": [{"Key": "sandbox:failure-reason", "Value": reason}]}

    monkeypatch.setattr(setup, "domain_request", failing)

    with pytest.raises(SmextError) as caught:
        set_up(elsewhere, DomainSetupRequest(domain_name="lost"), table, Silent())

    envelope = caught.value.envelope
    assert envelope.code is code
    assert reason in envelope.message
    domains = [each for each in list_domains(elsewhere, PageQuery()).domains if each.domain_name == "lost"]
    assert domains[-1].status == "Failed"
    assert domains[-1].domain_id in (envelope.hint or "")
    for each in domains:
        elsewhere.client("sagemaker").delete_domain(DomainId=each.domain_id)


class Impatient(Silent):
    def cancelled(self) -> bool:
        return True


def test_cancelling_leaves_the_domain_that_was_begun(elsewhere: AwsSession, table: PriceTable) -> None:
    with pytest.raises(Cancelled, match="stays and goes on") as caught:
        set_up(elsewhere, DomainSetupRequest(domain_name="begun"), table, Impatient())

    begun = next(each for each in list_domains(elsewhere, PageQuery()).domains if each.domain_name == "begun")
    assert begun.domain_id in str(caught.value)


def test_a_wrong_domain(sandbox_session: AwsSession) -> None:
    with pytest.raises(Exception, match="does not exist"):
        describe_domain(sandbox_session, "d-nowhere")
