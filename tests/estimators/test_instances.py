"""What may be chosen to train on: size, price, the administrator's word, and the account's quotas."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from botocore.stub import Stubber

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.instances import instance_offers
from jupyter_smext.estimators.models import InstanceOffer
from jupyter_smext.estimators.quotas import training_quotas
from jupyter_smext.prices.instances import price_table
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.admin_policy import AdminPolicy, AdminPolicyState, Choice, Guard


def offers(*allowed: str, region: str = "us-east-1") -> tuple[dict[str, InstanceOffer], Any]:
    policy = AdminPolicy(instance_types=Choice(allowed=list(allowed)), contact="Ada")
    guard = Guard(AdminPolicyState(policy=policy, read_at=datetime.now(timezone.utc)))
    answer = instance_offers(region, price_table(), guard)
    return {each.instance_type: each for each in answer.offers}, answer


def test_size_and_price() -> None:
    by_type, answer = offers()

    assert (by_type["ml.g4dn.xlarge"].gpu_count, by_type["ml.g4dn.xlarge"].gpu_model) == (1, "T4")
    price = by_type["ml.m5.large"].usd_per_hour
    assert price is not None
    assert 0.05 < price < 0.5
    assert by_type["ml.m5.large"].as_of
    assert all(each.allowed for each in by_type.values())
    assert answer.refusal is None


def test_no_price_where_none_is_published() -> None:
    by_type, _ = offers(region="mars-north-1")

    assert {each.usd_per_hour for each in by_type.values()} == {None}
    assert {each.component for each in by_type.values()} == {None}


def test_what_the_administrator_leaves() -> None:
    by_type, answer = offers("ml.m5.*", "ml.t3.medium")

    assert by_type["ml.m5.large"].allowed
    assert not by_type["ml.c5.xlarge"].allowed
    assert answer.refusal is not None
    assert answer.refusal.message == "Set by your administrator: The instance type is one of ml.m5.*, ml.t3.medium."
    assert answer.refusal.hint == "Ask Ada."


def test_quotas_in_one_pass(sandbox_session: AwsSession) -> None:
    pages: list[list[tuple[str, float]]] = [
        [("ml.m5.large for training job usage", 15), ("ml.m5.large for endpoint usage", 4)],
        [("ml.m5.large for spot training job usage", 7), ("ml.p4d.24xlarge for training warm pool usage", 1)],
        [("ml.c5.large for training job usage", 0), ("Longest run time for a training job", 432000)],
    ]
    stubber = Stubber(sandbox_session.client("service-quotas"))
    for number, page in enumerate(pages):
        asked = {"ServiceCode": "sagemaker", **({"NextToken": str(number)} if number else {})}
        more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        quotas = [{"QuotaName": name, "Value": value} for name, value in page]
        stubber.add_response("list_service_quotas", {"Quotas": quotas, **more}, asked)

    with stubber:
        answer = training_quotas(sandbox_session)

    assert answer.problem is None
    found = {each.instance_type: (each.on_demand, each.spot) for each in answer.quotas}
    assert found == {"ml.m5.large": (15, 7), "ml.c5.large": (0, None)}
    stubber.assert_no_pending_responses()


def test_quotas_that_may_not_be_read(sandbox_session: AwsSession) -> None:
    stubber = Stubber(sandbox_session.client("service-quotas"))
    stubber.add_client_error("list_service_quotas", "AccessDeniedException", "User: u is not authorized", 400)

    with stubber:
        answer = training_quotas(sandbox_session)

    assert answer.quotas == []
    assert answer.problem is not None
    assert answer.problem.operation == "ListServiceQuotas"


def test_quotas_are_those_that_a_launch_meets(sandbox_session: AwsSession) -> None:
    found = {each.instance_type: each for each in training_quotas(sandbox_session).quotas}

    assert (found["ml.m5.large"].on_demand, found["ml.m5.large"].spot) == (20, 20)
    assert found["ml.p4d.24xlarge"].on_demand == 0
    assert len(found) > 100


async def test_routes(jp_fetch: Any, sandbox: SandboxInfo, tmp_path: Path) -> None:
    types = json.loads((await jp_fetch("jupyter-smext", "api", "estimators", "instance-types")).body)
    quotas = json.loads((await jp_fetch("jupyter-smext", "api", "estimators", "instance-quotas")).body)

    assert types["region"] == sandbox.region
    assert len(types["offers"]) > 200
    assert quotas["problem"] is None
    assert {"ml.m5.large", "ml.g4dn.xlarge"} <= {each["instance_type"] for each in quotas["quotas"]}
