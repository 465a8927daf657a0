from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from canned_answers import answer, count, refuse
from iam_rules import allow, doc
from roles import make_role, name_of

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.aws.studio_metadata import StudioMetadata
from jupyter_smext.iam.models import HolderPolicies
from jupyter_smext.iam.whoami import whoami
from jupyter_smext.sandbox import SandboxInfo

READ = doc(allow("s3:GetObject", "arn:aws:s3:::b/*"))


@pytest.fixture
def no_defaults(sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Nothing but the caller's own role to learn the execution role from."""
    monkeypatch.setenv("SAGEMAKER_USER_CONFIG_OVERRIDE", str(tmp_path / "none.yaml"))


def sign_in(monkeypatch: pytest.MonkeyPatch, credentials: Any) -> AwsSession:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"])
    if "SessionToken" in credentials:
        monkeypatch.setenv("AWS_SESSION_TOKEN", credentials["SessionToken"])
    return AwsSession()


def documents(holder: HolderPolicies | None) -> Any:
    assert holder is not None
    assert holder.policies != "unknown"
    return {policy.name: policy.document for policy in holder.policies}


def test_the_caller_with_its_policies(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    me = whoami(sandbox_session)
    assert me.kind == "role_session"
    assert (me.account, me.region, me.credentials_source) == (sandbox.account, sandbox.region, "env")
    assert me.caller_is_execution_role is True
    assert me.execution_role is not None
    assert me.execution_role.source == "sdk_defaults"
    assert me.execution_role.path == "/"
    assert documents(me.caller_policies)["AdministratorAccess"]["Statement"][0]["Action"] == "*"
    assert me.caller_policies == me.execution_role_policies
    sights = {name: sight.can for name, sight in me.visibility}
    # The sandbox has no Access Analyzer: that is not a refusal.
    assert sights == {
        "read_role": "yes",
        "read_policies": "yes",
        "simulate": "yes",
        "validate_policy": "unknown",
        "organization": "yes",
    }


def test_what_may_not_be_read_is_unknown_and_says_which_action(no_defaults: None, sandbox_session: AwsSession) -> None:
    for operation in ("GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "SimulatePrincipalPolicy"):
        refuse(sandbox_session, f"iam.{operation}", f"not authorized to perform: iam:{operation}")
    refuse(sandbox_session, "accessanalyzer.ValidatePolicy", code="AccessDeniedException")
    refuse(sandbox_session, "organizations.DescribeOrganization", code="AccessDeniedException")
    me = whoami(sandbox_session)
    assert me.caller_policies is not None
    assert me.caller_policies.policies == "unknown"
    assert me.caller_policies.trust_policy == "unknown"
    assert me.caller_policies.permissions_boundary == "unknown"
    assert {name: sight.can for name, sight in me.visibility} == dict.fromkeys(dict(me.visibility), "no")
    assert me.visibility.simulate.action == "iam:SimulatePrincipalPolicy"
    # The role is formed from the session's ARN, and says so.
    assert me.execution_role is not None
    assert (me.execution_role.source, me.execution_role.path, me.execution_role.path_guessed) == ("caller", None, True)


def test_one_unreadable_document_leaves_the_others(sandbox_session: AwsSession) -> None:
    role = make_role(sandbox_session, READ)
    sandbox_session.client("iam").attach_role_policy(
        RoleName=name_of(role), PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    refuse(sandbox_session, "iam.GetPolicyVersion")
    sandbox_session._execution_role_arn = role
    found = documents(whoami(sandbox_session, refresh=True).execution_role_policies)
    assert found == {"AmazonS3ReadOnlyAccess": "unknown", "policy-0": READ}


def test_a_session_hides_the_path_of_its_role_and_iam_tells_it(
    no_defaults: None, sandbox_session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = make_role(sandbox_session, READ, path="/service-role/")
    assumed = sandbox_session.client("sts").assume_role(RoleArn=role, RoleSessionName="me")
    session = sign_in(monkeypatch, assumed["Credentials"])
    me = whoami(session)
    assert me.caller_arn.endswith(f"assumed-role/{name_of(role)}/me")
    assert me.session_name == "me"
    assert me.execution_role is not None
    assert me.execution_role.arn == role
    assert (me.execution_role.path, me.execution_role.path_guessed) == ("/service-role/", False)
    assert me.caller_is_execution_role is True
    assert documents(me.caller_policies) == {"policy-0": READ}
    session.close()


def test_boundary_and_groups_of_a_user(
    no_defaults: None, sandbox_session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = sandbox_session.client("iam")
    name = f"user-{uuid.uuid4().hex[:8]}"
    boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.create_user(UserName=name, PermissionsBoundary=boundary)
    iam.create_group(GroupName=f"{name}-group")
    iam.put_group_policy(GroupName=f"{name}-group", PolicyName="of-group", PolicyDocument=json.dumps(READ))
    iam.add_user_to_group(UserName=name, GroupName=f"{name}-group")
    key = iam.create_access_key(UserName=name)["AccessKey"]
    session = sign_in(monkeypatch, key)
    me = whoami(session)
    assert me.kind == "user"
    assert (me.execution_role, me.caller_is_execution_role) == (None, None)
    assert documents(me.caller_policies) == {"of-group": READ}
    assert me.caller_policies is not None
    assert isinstance(me.caller_policies.policies, list)
    assert me.caller_policies.policies[0].group == f"{name}-group"
    assert me.caller_policies.trust_policy is None
    session.close()


ROLE = "arn:aws:iam::123456789012:role/team/Profile"
OF_SPACE = {"AppType": "JupyterLab", "DomainId": "d-1", "SpaceName": "s"}


@pytest.mark.parametrize(
    ("metadata", "answers", "source"),
    [
        (
            OF_SPACE,
            {
                "DescribeSpace": {
                    "SpaceSharingSettings": {"SharingType": "Private"},
                    "OwnershipSettings": {"OwnerUserProfileName": "dev"},
                },
                "DescribeUserProfile": {"UserSettings": {"ExecutionRole": ROLE}},
            },
            "user_profile",
        ),
        (
            OF_SPACE,
            {
                "DescribeSpace": {
                    "SpaceSharingSettings": {"SharingType": "Private"},
                    "OwnershipSettings": {"OwnerUserProfileName": "dev"},
                },
                "DescribeUserProfile": {"UserSettings": {}},
                "DescribeDomain": {"DefaultUserSettings": {"ExecutionRole": ROLE}},
            },
            "domain",
        ),
        (
            OF_SPACE,
            {
                "DescribeSpace": {"SpaceSharingSettings": {"SharingType": "Shared"}},
                "DescribeDomain": {
                    "DefaultUserSettings": {"ExecutionRole": "arn:aws:iam::123456789012:role/of-users"},
                    "DefaultSpaceSettings": {"ExecutionRole": ROLE},
                },
            },
            "domain",
        ),
        (
            {"ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/n", "ResourceName": "n"},
            {"DescribeNotebookInstance": {"RoleArn": ROLE}},
            "notebook_instance",
        ),
    ],
)
def test_the_role_that_sagemaker_describes(
    no_defaults: None, sandbox_session: AwsSession, metadata: Any, answers: Any, source: str
) -> None:
    sandbox_session.metadata = StudioMetadata.model_validate(metadata)
    for operation, parsed in answers.items():
        answer(sandbox_session, f"sagemaker.{operation}", parsed)
    role = whoami(sandbox_session).execution_role
    assert role is not None
    assert (role.arn, role.source, role.path, role.path_guessed) == (ROLE, source, "/team/", False)


def test_credentials_that_are_not_those_of_the_space(sandbox_session: AwsSession) -> None:
    sandbox_session.metadata = StudioMetadata(ExecutionRoleArn="arn:aws:iam::123456789012:role/OfTheSpace")
    me = whoami(sandbox_session)
    assert me.caller_is_execution_role is False
    assert me.warning is not None
    assert "OfTheSpace" in me.warning
    assert "env" in me.warning


def test_a_role_of_another_account_is_not_looked_up_by_its_name(sandbox_session: AwsSession) -> None:
    own = make_role(sandbox_session, READ)
    sandbox_session._execution_role_arn = own.replace("123456789012", "999988887777")
    assert whoami(sandbox_session).execution_role_policies is not None
    found = whoami(sandbox_session).execution_role_policies
    assert found is not None
    assert (found.policies, found.permissions_boundary) == ("unknown", "unknown")


def test_the_second_look_asks_nobody(sandbox_session: AwsSession) -> None:
    first = whoami(sandbox_session)
    calls = count(sandbox_session, "")
    assert whoami(sandbox_session) == first
    assert calls == []
    whoami(sandbox_session, refresh=True)
    assert calls


def test_without_credentials_there_is_no_answer(sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    session = AwsSession()
    with pytest.raises(Exception, match="credentials"):
        whoami(session)
    session.close()


def test_expired_credentials_are_an_error_and_not_a_blind_spot(sandbox_session: AwsSession) -> None:
    sandbox_session.identity()
    refuse(sandbox_session, "iam.GetRole", "The security token is expired", "ExpiredToken")
    with pytest.raises(SmextError) as caught:
        whoami(sandbox_session)
    assert caught.value.code.value == "CredentialsExpired"
