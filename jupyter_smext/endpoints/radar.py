"""Finds endpoints that are in service and that nobody calls: they cost as much as busy ones."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, from_aws
from ..aws.session import AwsSession
from .models import RadarEntry, RadarQuery, RadarReport, RadarVerdict, Variant

_MAX_ENDPOINTS = 200
_AT_ONCE = 8
_PERIOD_SECONDS = 3600
# Two queries a variant; GetMetricData takes 500 in one call.
_VARIANTS_A_CALL = 250
_NEW = timedelta(hours=1)
_ORDER = [RadarVerdict.IDLE, RadarVerdict.UNKNOWN, RadarVerdict.USED]


@dataclass
class _Count:
    """Of one variant: its invocations by hour, and whether CloudWatch knows its instances at all."""

    by_hour: dict[datetime, float]
    instances_seen: bool


def radar(session: AwsSession, query: RadarQuery) -> RadarReport:
    """Each endpoint in service with a verdict: used, idle, or unknown with the reason.

    CloudWatch has no zeros for an endpoint that nobody calls, only no data. So no invocations count as idle only where
    CloudWatch has data of the endpoint's instances for the same time; where it has neither, nothing is known.

    Permissions: `sagemaker:ListEndpoints`, `DescribeEndpoint`, `DescribeEndpointConfig`, `cloudwatch:GetMetricData`.
    https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
    """
    client = session.client("sagemaker")
    pages = client.get_paginator("list_endpoints").paginate(StatusEquals="InService")
    summaries = list(islice((each for page in pages for each in page["Endpoints"]), _MAX_ENDPOINTS + 1))
    names = [each["EndpointName"] for each in summaries[:_MAX_ENDPOINTS]]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="smext-radar") as threads:
        endpoints = [each for each in threads.map(lambda name: _described(client, name), names) if each]
    now = datetime.now(timezone.utc)
    counts, unread = _counts(session, endpoints, now - timedelta(hours=query.hours), now)
    entries = [_entry(endpoint, counts, unread, query.hours, now) for endpoint in endpoints]
    entries.sort(key=lambda entry: (_ORDER.index(entry.verdict), entry.creation_time))
    return RadarReport(hours=query.hours, endpoints=entries, truncated=len(summaries) > _MAX_ENDPOINTS)


def _described(client: Any, name: str) -> dict[str, Any] | None:
    """The endpoint with its configuration's variants beside its own, or None where it went away meanwhile."""
    try:
        endpoint: dict[str, Any] = client.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if from_aws(error).code is ErrorCode.NOT_FOUND:
            return None
        raise
    try:
        config = client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    except ClientError as error:
        if from_aws(error).code not in (ErrorCode.NOT_FOUND, ErrorCode.ACCESS_DENIED):
            raise
        config = {}
    return {**endpoint, "Planned": {each["VariantName"]: each for each in config.get("ProductionVariants", [])}}


def _counts(
    session: AwsSession, endpoints: list[dict[str, Any]], start: datetime, end: datetime
) -> tuple[dict[tuple[str, str], _Count], str | None]:
    """Invocations of each (endpoint, variant); or none at all and why."""
    variants = [
        (endpoint["EndpointName"], variant["VariantName"])
        for endpoint in endpoints
        for variant in endpoint.get("ProductionVariants", [])
    ]
    counts: dict[tuple[str, str], _Count] = {}
    try:
        for begin in range(0, len(variants), _VARIANTS_A_CALL):
            counts.update(_count(session, variants[begin : begin + _VARIANTS_A_CALL], start, end))
    except ClientError as error:
        return {}, str(from_aws(error))
    return counts, None


def _count(
    session: AwsSession, variants: list[tuple[str, str]], start: datetime, end: datetime
) -> dict[tuple[str, str], _Count]:
    counts = {variant: _Count({}, False) for variant in variants}
    pages = session.client("cloudwatch").get_paginator("get_metric_data")
    for page in pages.paginate(MetricDataQueries=list(_queries(variants)), StartTime=start, EndTime=end):
        for result in page["MetricDataResults"]:
            kind, _, index = result["Id"].partition("_")
            count = counts[variants[int(index)]]
            if kind == "calls":
                count.by_hour.update(zip(result["Timestamps"], result["Values"], strict=True))
            else:
                count.instances_seen = count.instances_seen or bool(result["Values"])
    return counts


def _queries(variants: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for index, (endpoint, variant) in enumerate(variants):
        for kind, namespace, metric, statistic in (
            ("calls", "AWS/SageMaker", "Invocations", "Sum"),
            ("cpu", "/aws/sagemaker/Endpoints", "CPUUtilization", "SampleCount"),
        ):
            dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]
            yield {
                "Id": f"{kind}_{index}",
                "MetricStat": {
                    "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": dimensions},
                    "Period": _PERIOD_SECONDS,
                    "Stat": statistic,
                },
            }


def _entry(
    endpoint: dict[str, Any],
    counts: dict[tuple[str, str], _Count],
    unread: str | None,
    hours: int,
    now: datetime,
) -> RadarEntry:
    name, planned = endpoint["EndpointName"], endpoint["Planned"]
    variants = endpoint.get("ProductionVariants", [])
    own = [counts[name, each["VariantName"]] for each in variants if (name, each["VariantName"]) in counts]
    by_hour = [entry for count in own for entry in count.by_hour.items()]
    calls = round(sum(value for _, value in by_hour))
    verdict, reason = _verdict(endpoint, own, calls, unread, hours, now)
    serverless = [planned.get(each["VariantName"], {}).get("ServerlessConfig") for each in variants]
    return RadarEntry(
        endpoint_name=name,
        creation_time=endpoint["CreationTime"],
        variants=[
            Variant(
                variant_name=each["VariantName"],
                model_name=planned.get(each["VariantName"], {}).get("ModelName"),
                instance_type=planned.get(each["VariantName"], {}).get("InstanceType"),
                current_instance_count=each.get("CurrentInstanceCount"),
            )
            for each in variants
        ],
        verdict=verdict,
        reason=reason,
        invocations=None if verdict is RadarVerdict.UNKNOWN else calls,
        last_invocation=max((hour for hour, value in by_hour if value), default=None),
        bills_while_idle=not all(each and not each.get("ProvisionedConcurrency") for each in serverless),
    )


def _verdict(
    endpoint: dict[str, Any], counts: list[_Count], calls: int, unread: str | None, hours: int, now: datetime
) -> tuple[RadarVerdict, str]:
    if calls:
        return RadarVerdict.USED, f"{calls} invocations in the last {hours} h."
    if unread:
        return RadarVerdict.UNKNOWN, f"CloudWatch could not be read: {unread}"
    if now - endpoint["CreationTime"] < _NEW:
        return RadarVerdict.UNKNOWN, "It was created less than an hour ago."
    if endpoint.get("AsyncInferenceConfig"):
        return RadarVerdict.UNKNOWN, "It is asynchronous: its requests wait in a queue and are counted elsewhere."
    if not any(count.instances_seen or count.by_hour for count in counts):
        return RadarVerdict.UNKNOWN, f"CloudWatch has no data of it in the last {hours} h."
    return RadarVerdict.IDLE, f"No invocation in the last {hours} h, in which CloudWatch has data of its instances."
