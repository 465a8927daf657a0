"""What the studio room's tests share."""

from __future__ import annotations

import pytest

from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.prices.instances import PriceTable, packaged_prices
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.models import DomainSetupRequest
from jupyter_smext.studio.setup import set_up


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
