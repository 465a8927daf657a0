from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fake_hosting import FakeHosting, FakeSession

from jupyter_smext.endpoints.models import RunningCost
from jupyter_smext.endpoints.running_cost import running_cost
from jupyter_smext.prices.instances import PriceTable

PRICES = PriceTable(
    {
        "eu-central-1": {
            "ml.m5.large": {"Training": [0.15, "2026-01-01"], "Hosting": [0.14, "2026-01-01"]},
            "ml.g5.xlarge": {"Training": [1.7, "2026-01-01"]},
        }
    },
    "2026-01-01",
)


class Account(FakeHosting):
    """Endpoints as `FakeHosting` has them, and training jobs in progress by their resource configuration."""

    def __init__(self, **jobs: dict[str, Any]) -> None:
        super().__init__()
        self.jobs = jobs
        self.listed: list[str] | None = None

    def get_paginator(self, operation: str) -> Any:
        listed = {
            "list_training_jobs": {"TrainingJobSummaries": [{"TrainingJobName": name} for name in self.jobs]},
            "list_endpoints": {
                "Endpoints": [{"EndpointName": name} for name in self.listed or self.resources["endpoint"]]
            },
        }[operation]
        status = {"list_training_jobs": "InProgress", "list_endpoints": "InService"}[operation]

        class Pages:
            def paginate(self, *, StatusEquals: str) -> Iterator[dict[str, Any]]:  # noqa: N803 - boto3's names
                assert StatusEquals == status
                yield listed

        return Pages()

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        return {"TrainingJobName": TrainingJobName, "ResourceConfig": self.jobs[TrainingJobName]}

    def serve(self, name: str, variant: dict[str, Any], current: int | None = None) -> None:
        self.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[{"VariantName": "AllTraffic", **variant}]
        )
        shown = {"VariantName": "AllTraffic"} | ({} if current is None else {"CurrentInstanceCount": current})
        self.create_endpoint(EndpointName=name, EndpointConfigName=name, ProductionVariants=[shown])


def cost(account: Account) -> RunningCost:
    return running_cost(FakeSession(account), PRICES)


def rows(found: RunningCost) -> list[tuple[str, str, int, float | None, bool]]:
    return [(each.name, each.instance_type, each.instance_count, each.usd_per_hour, each.exact) for each in found.items]


def test_jobs_and_endpoints_cost_by_instance_and_by_what_they_are() -> None:
    account = Account(train={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30})
    account.serve("serve", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}, current=3)
    found = cost(account)
    assert rows(found) == [
        ("serve", "ml.m5.large", 3, pytest.approx(0.42), True),
        ("train", "ml.m5.large", 2, pytest.approx(0.30), True),
    ]
    assert found.usd_per_hour == pytest.approx(0.72)
    assert (found.unpriced, found.truncated) == (0, False)


def test_a_price_of_another_component_is_told_as_such_and_none_is_invented() -> None:
    account = Account(unknown={"InstanceType": "ml.p99.large", "InstanceCount": 1})
    account.serve("gpu", {"InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1})
    found = cost(account)
    assert rows(found) == [("gpu", "ml.g5.xlarge", 1, 1.7, False), ("unknown", "ml.p99.large", 1, None, False)]
    assert (found.usd_per_hour, found.unpriced) == (1.7, 1)


def test_groups_count_each_and_serverless_does_not_cost_by_the_hour() -> None:
    groups = [
        {"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 1},
        {"InstanceGroupName": "b", "InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
    ]
    account = Account(mixed={"InstanceGroups": groups})
    account.serve("serverless", {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}})
    assert [row[1:4] for row in rows(cost(account))] == [("ml.g5.xlarge", 2, 3.4), ("ml.m5.large", 1, 0.15)]


def test_what_ends_meanwhile_is_left_out() -> None:
    account = Account()
    account.serve("stays", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})
    account.serve("goes", {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})
    # Listed, and gone when it is looked at.
    account.listed = ["stays", "goes"]
    del account.resources["endpoint"]["goes"]
    assert [row[0] for row in rows(cost(account))] == ["stays"]
