from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_hosting import FakeHosting, FakeSession, refusal

from jupyter_smext.endpoints import radar as radar_module
from jupyter_smext.endpoints.models import RadarEntry, RadarQuery, RadarReport, RadarVerdict
from jupyter_smext.endpoints.radar import radar

NOW = datetime.datetime.now(datetime.timezone.utc)
HOUR = NOW.replace(minute=0, second=0, microsecond=0) - datetime.timedelta(hours=3)
OLD = NOW - datetime.timedelta(days=10)


class CloudWatch:
    """GetMetricData; ``calls`` and ``cpu`` hold the values that each endpoint has, one an hour."""

    def __init__(self) -> None:
        self.calls: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}
        self.requests: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def get_paginator(self, operation: str) -> CloudWatch:
        assert operation == "get_metric_data"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        self.requests.append(request)
        if self.error:
            raise self.error
        for query in request["MetricDataQueries"]:
            metric = query["MetricStat"]["Metric"]
            dimensions = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
            known = {"Invocations": self.calls, "CPUUtilization": self.cpu}[metric["MetricName"]]
            values = known.get(dimensions["EndpointName"], [])
            times = [HOUR + datetime.timedelta(hours=hour) for hour in range(len(values))]
            yield {"MetricDataResults": [{"Id": query["Id"], "Timestamps": times, "Values": values}]}


class Session(FakeSession):
    def __init__(self, hosting: FakeHosting, cloudwatch: CloudWatch) -> None:
        super().__init__(hosting)
        self._clients["cloudwatch"] = cloudwatch


@pytest.fixture
def hosting(monkeypatch: pytest.MonkeyPatch) -> FakeHosting:
    hosting = FakeHosting()
    in_service: Callable[..., Any] = lambda **request: iter(  # noqa: E731
        [{"Endpoints": [each]} for each in hosting.resources["endpoint"].values()]
    )
    original = hosting.get_paginator

    def get_paginator(operation: str) -> Any:
        return (
            type("Pages", (), {"paginate": staticmethod(in_service)})
            if operation == "list_endpoints"
            else original(operation)
        )

    hosting.get_paginator = get_paginator  # type: ignore[method-assign]
    return hosting


def add(hosting: FakeHosting, name: str, created: datetime.datetime = OLD, **variant: Any) -> None:
    planned = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", **variant}
    hosting.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[planned])
    hosting.create_endpoint(EndpointName=name, EndpointConfigName=name)
    hosting.resources["endpoint"][name] |= {
        "EndpointStatus": "InService",
        "CreationTime": created,
        "ProductionVariants": [{"VariantName": "v", "CurrentInstanceCount": 2}],
    }


def report(hosting: FakeHosting, cloudwatch: CloudWatch, hours: int = 24) -> RadarReport:
    session: Any = Session(hosting, cloudwatch)
    return radar(session, RadarQuery(hours=hours))


def entry(hosting: FakeHosting, cloudwatch: CloudWatch) -> RadarEntry:
    (only,) = report(hosting, cloudwatch).endpoints
    return only


def test_forgotten_ones_come_first_and_each_verdict_says_what_it_rests_on(hosting: FakeHosting) -> None:
    cloudwatch = CloudWatch()
    for name in ("busy", "dark", "forgotten"):
        add(hosting, name)
    cloudwatch.calls = {"busy": [0.0, 5.0, 2.0, 0.0]}
    cloudwatch.cpu = {"busy": [60.0], "forgotten": [60.0]}
    found = report(hosting, cloudwatch)
    assert [(each.endpoint_name, each.verdict) for each in found.endpoints] == [
        ("forgotten", RadarVerdict.IDLE), ("dark", RadarVerdict.UNKNOWN), ("busy", RadarVerdict.USED),
    ]  # fmt: skip
    forgotten, dark, busy = found.endpoints
    assert (forgotten.invocations, dark.invocations, busy.invocations) == (0, None, 7)
    assert busy.last_invocation == HOUR + datetime.timedelta(hours=2)
    assert "no data" in dark.reason
    assert [(each.instance_type, each.current_instance_count) for each in forgotten.variants] == [("ml.m5.large", 2)]
    assert all(each.bills_while_idle for each in found.endpoints)


def test_explicit_zeros_are_idle_without_instance_metrics(hosting: FakeHosting) -> None:
    add(hosting, "e")
    cloudwatch = CloudWatch()
    cloudwatch.calls = {"e": [0.0, 0.0]}
    assert entry(hosting, cloudwatch).verdict is RadarVerdict.IDLE


def test_cloudwatch_that_refuses_makes_everything_unknown(hosting: FakeHosting) -> None:
    add(hosting, "e")
    cloudwatch = CloudWatch()
    cloudwatch.error = refusal("not you", "AccessDenied", 403)
    found = entry(hosting, cloudwatch)
    assert found.verdict is RadarVerdict.UNKNOWN
    assert "not you" in found.reason


def test_a_new_and_an_asynchronous_endpoint_are_not_called_forgotten(hosting: FakeHosting) -> None:
    cloudwatch = CloudWatch()
    cloudwatch.cpu = {"new": [60.0], "async": [60.0]}
    add(hosting, "new", created=NOW - datetime.timedelta(minutes=5))
    add(hosting, "async")
    hosting.resources["endpoint"]["async"]["AsyncInferenceConfig"] = {"OutputConfig": {}}
    assert {each.verdict for each in report(hosting, cloudwatch).endpoints} == {RadarVerdict.UNKNOWN}


@pytest.mark.parametrize(("config", "bills"), [({}, False), ({"ProvisionedConcurrency": 1}, True)])
def test_a_serverless_endpoint_costs_nothing_while_nobody_calls_it(
    hosting: FakeHosting, config: dict[str, int], bills: bool
) -> None:
    add(hosting, "e", ServerlessConfig={"MemorySizeInMB": 1024, "MaxConcurrency": 1, **config})
    assert entry(hosting, CloudWatch()).bills_while_idle is bills


def test_many_endpoints_are_asked_for_in_calls_that_cloudwatch_takes(
    hosting: FakeHosting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(radar_module, "_MAX_ENDPOINTS", 5)
    monkeypatch.setattr(radar_module, "_VARIANTS_A_CALL", 2)
    for number in range(7):
        add(hosting, f"e{number}")
    cloudwatch = CloudWatch()
    found = report(hosting, cloudwatch, hours=48)
    assert (len(found.endpoints), found.truncated) == (5, True)
    assert [len(each["MetricDataQueries"]) for each in cloudwatch.requests] == [4, 4, 2]
    window = cloudwatch.requests[0]["EndTime"] - cloudwatch.requests[0]["StartTime"]
    assert window == datetime.timedelta(hours=48)


def test_an_endpoint_that_goes_away_meanwhile_is_left_out(hosting: FakeHosting) -> None:
    add(hosting, "e")
    gone = dict(hosting.resources["endpoint"]["e"], EndpointName="gone")
    hosting.resources["endpoint"]["gone"] = gone
    describe = hosting.describe_endpoint

    def describe_endpoint(*, EndpointName: str) -> Any:  # noqa: N803
        if EndpointName == "gone":
            raise refusal('Could not find endpoint "arn".')
        return describe(EndpointName=EndpointName)

    hosting.describe_endpoint = describe_endpoint
    assert [each.endpoint_name for each in report(hosting, CloudWatch()).endpoints] == ["e"]
