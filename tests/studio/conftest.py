"""What the studio room's tests share."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator

import pytest

from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import PriceTable, packaged_prices
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo
from jupyter_smext.studio.models import DomainSetupRequest
from jupyter_smext.studio.setup import set_up

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole"}
    ],
}


@pytest.fixture
def table() -> PriceTable:
    return packaged_prices()


@pytest.fixture(scope="module")
def domain_id(running_sandbox: SandboxInfo) -> str:
    """A domain with the user profile `default`; one a module, because it takes longer than a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running_sandbox.env.items():
            patch.setenv(name, value)
        session = AwsSession()
        made = set_up(session, DomainSetupRequest(), packaged_prices(), Silent())
        session.close()
    return str(made["domain_id"])


@pytest.fixture(scope="module")
def enforcing() -> Iterator[SandboxInfo]:
    """A sandbox in which policies decide."""
    with Sandbox(SandboxConfig(enforce_iam=True, studio_time_scale=0.002)) as info:
        yield info


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
