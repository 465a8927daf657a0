"""Whoever may not do it learns so from the plan, and nothing is changed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lifecycle_bundles import bundle_in

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import packaged_prices
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo
from jupyter_smext.studio.lifecycle.install import execute
from jupyter_smext.studio.lifecycle.models import ExecuteRequest, Severity
from jupyter_smext.studio.lifecycle.plan import plan
from jupyter_smext.studio.models import DomainSetupRequest
from jupyter_smext.studio.setup import set_up

LOOKING = ("sagemaker:Describe*", "sagemaker:List*", "s3:List*", "s3:Get*", "iam:Get*", "iam:List*", "sts:*")


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    ],
}


@pytest.fixture(scope="module")
def enforcing() -> Iterator[SandboxInfo]:
    """A sandbox in which policies decide."""
    with Sandbox(SandboxConfig(enforce_iam=True, studio_time_scale=0.001)) as info:
        yield info


@pytest.fixture
def session_that_may(enforcing: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AwsSession]]:
    """Makes the session of a role that may do what is named, and nothing else."""
    for name, value in enforcing.env.items():
        monkeypatch.setenv(name, value)
    owner = AwsSession()
    made = [owner]

    def session(*actions: str) -> AwsSession:
        name = f"role-{uuid.uuid4().hex[:8]}"
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam = owner.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
        keys = owner.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
        made.append(AwsSession())
        return made[-1]

    yield session
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def enforced_domain(enforcing: SandboxInfo) -> str:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in enforcing.env.items():
            patch.setenv(name, value)
        session = AwsSession()
        session.client("s3").create_bucket(Bucket=session.identity().default_bucket)
        made = set_up(session, DomainSetupRequest(), packaged_prices(), Silent())
        session.close()
    return str(made["domain_id"])


def request(domain_id: str, tmp_path: Path) -> ExecuteRequest:
    bundle = tmp_path / "bundle"
    return ExecuteRequest(domain_id=domain_id, bundle=str(bundle if bundle.exists() else bundle_in(bundle)))


def test_a_data_scientist_learns_that_it_takes_an_admin(
    enforced_domain: str, session_that_may: Callable[..., AwsSession], tmp_path: Path
) -> None:
    session = session_that_may(*LOOKING, "s3:PutObject", "sagemaker:CreateStudioLifecycleConfig", "sagemaker:AddTags")
    asked = request(enforced_domain, tmp_path)
    planned = plan(session, asked)
    denied = [each for each in planned.findings if each.level is Severity.ERROR]
    assert not planned.possible
    assert [each.code for each in denied] == ["IamDenied"]
    assert "sagemaker:UpdateDomain" in denied[0].message
    assert denied[0].fix is not None
    assert "administrator" in denied[0].fix
    with pytest.raises(SmextError) as caught:
        execute(session, asked, Silent())
    assert caught.value.code is ErrorCode.ACCESS_DENIED
    settings = session.client("sagemaker").describe_domain(DomainId=enforced_domain)["DefaultUserSettings"]
    assert "LifecycleConfigArns" not in settings.get("JupyterLabAppSettings", {})


def test_an_admin_may(enforced_domain: str, session_that_may: Callable[..., AwsSession], tmp_path: Path) -> None:
    session = session_that_may("*")
    planned = plan(session, request(enforced_domain, tmp_path))
    assert not [each for each in planned.findings if each.level is Severity.ERROR and each.code == "IamDenied"]


def test_whoever_may_not_even_look_is_told(
    enforced_domain: str, session_that_may: Callable[..., AwsSession], tmp_path: Path
) -> None:
    session = session_that_may("sts:*")
    with pytest.raises(SmextError) as caught:
        plan(session, request(enforced_domain, tmp_path))
    assert caught.value.code is ErrorCode.ACCESS_DENIED
    assert caught.value.envelope.action == "sagemaker:DescribeDomain"
