"""Whoever may not do it learns so from the plan, and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lifecycle_bundles import bundle_in

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import packaged_prices
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.lifecycle.install import execute
from jupyter_smext.studio.lifecycle.models import ExecuteRequest, Severity
from jupyter_smext.studio.lifecycle.plan import plan
from jupyter_smext.studio.models import DomainSetupRequest
from jupyter_smext.studio.setup import set_up

LOOKING = ("sagemaker:Describe*", "sagemaker:List*", "s3:List*", "s3:Get*", "iam:Get*", "iam:List*", "sts:*")


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
