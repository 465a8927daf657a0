"""What runs now, and what it costs by the hour as long as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import Any

from ..aws.errors import ErrorCode, from_aws
from ..aws.session import AwsSession
from ..prices.instances import Price, PriceTable
from .models import RunningCost, RunningItem, RunningKind

_MOST_OF_A_KIND = 50
_AT_ONCE = 8


def running_cost(session: AwsSession, prices: PriceTable) -> RunningCost:
    """Training jobs in progress and endpoints with their instances, the dearest first; at most 50 of each kind.

    Spot training is priced as on demand, which it never exceeds. Storage, data and Studio apps are not in it.

    Permissions: `sagemaker:ListTrainingJobs`, `DescribeTrainingJob`, `ListEndpoints`, `DescribeEndpoint`,
    `DescribeEndpointConfig`.
    """
    client = session.client("sagemaker")
    jobs, more_jobs = _names(client, "list_training_jobs", "TrainingJobSummaries", "TrainingJobName", "InProgress")
    endpoints, more_endpoints = _names(client, "list_endpoints", "Endpoints", "EndpointName", "InService")
    tasks = [partial(_training_job, client, name, session.region, prices) for name in jobs]
    tasks += [partial(_endpoint, client, name, session.region, prices) for name in endpoints]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="smext-cost") as threads:
        items = [item for found in threads.map(_unless_gone, tasks) for item in found]
    items.sort(key=lambda item: -(item.usd_per_hour or 0))
    return RunningCost(
        usd_per_hour=sum(item.usd_per_hour or 0 for item in items),
        unpriced=sum(item.usd_per_hour is None for item in items),
        items=items,
        truncated=more_jobs or more_endpoints,
    )


def _names(client: Any, operation: str, members: str, name: str, status: str) -> tuple[list[str], bool]:
    """The newest names with a status, and whether there are more."""
    pages = client.get_paginator(operation).paginate(StatusEquals=status)
    names = list(islice((each[name] for page in pages for each in page[members]), _MOST_OF_A_KIND + 1))
    return names[:_MOST_OF_A_KIND], len(names) > _MOST_OF_A_KIND


def _unless_gone(task: Callable[[], list[RunningItem]]) -> list[RunningItem]:
    try:
        return task()
    except Exception as error:
        if from_aws(error).code is ErrorCode.NOT_FOUND:
            return []
        raise


def _training_job(client: Any, name: str, region: str, prices: PriceTable) -> list[RunningItem]:
    resources = client.describe_training_job(TrainingJobName=name)["ResourceConfig"]
    groups = resources.get("InstanceGroups") or [resources]
    return [
        _item(
            RunningKind.TRAINING_JOB, name, each["InstanceType"], each.get("InstanceCount", 1), region, prices.training
        )
        for each in groups
        if "InstanceType" in each
    ]


def _endpoint(client: Any, name: str, region: str, prices: PriceTable) -> list[RunningItem]:
    endpoint = client.describe_endpoint(EndpointName=name)
    config = client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    counts = {each["VariantName"]: each.get("CurrentInstanceCount") for each in endpoint.get("ProductionVariants", [])}
    return list(_variants(name, config, counts, region, prices))


def _variants(
    name: str, config: dict[str, Any], counts: dict[str, int | None], region: str, prices: PriceTable
) -> Iterator[RunningItem]:
    """Serverless variants are left out: they cost by the request."""
    for each in [*config.get("ProductionVariants", []), *config.get("ShadowProductionVariants", [])]:
        if "InstanceType" in each:
            count = counts.get(each["VariantName"])
            count = each.get("InitialInstanceCount", 1) if count is None else count
            yield _item(RunningKind.ENDPOINT, name, each["InstanceType"], count, region, prices.hosting)


def _item(
    kind: RunningKind,
    name: str,
    instance_type: str,
    count: int,
    region: str,
    price_of: Callable[[str, str], Price | None],
) -> RunningItem:
    price = price_of(region, instance_type)
    return RunningItem(
        kind=kind,
        name=name,
        instance_type=instance_type,
        instance_count=count,
        usd_per_hour=None if price is None else price.usd_per_hour * count,
        exact=price is not None and price.exact,
        as_of=None if price is None else price.as_of,
    )
