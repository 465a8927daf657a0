"""CloudWatch Logs of the sandbox."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .support import Aws


@pytest.fixture
def logs(aws: Aws) -> Any:
    return aws.client("logs")


@pytest.fixture
def stream(logs: Any) -> dict[str, str]:
    names = {"logGroupName": f"/test/{uuid.uuid4().hex}", "logStreamName": "s"}
    logs.create_log_group(logGroupName=names["logGroupName"])
    logs.create_log_stream(**names)
    return names


def put(logs: Any, stream: dict[str, str], *messages: str, start: int | None = None) -> int:
    """Writes lines one millisecond apart; the time of the first."""
    first = int(time.time() * 1000) - 60_000 if start is None else start
    events = [{"timestamp": first + index, "message": message} for index, message in enumerate(messages)]
    logs.put_log_events(**stream, logEvents=events)
    return first


def lines(page: dict[str, Any]) -> list[str]:
    return [event["message"] for event in page["events"]]


def test_following_a_stream(logs: Any, stream: dict[str, str]) -> None:
    first = put(logs, stream, "one", "two", "three")
    page = logs.get_log_events(**stream, startFromHead=True, limit=2)
    assert lines(page) == ["one", "two"]
    page = logs.get_log_events(**stream, nextToken=page["nextForwardToken"])
    assert lines(page) == ["three"]
    # At the end the same token comes back, and later finds what is new.
    end = page["nextForwardToken"]
    page = logs.get_log_events(**stream, nextToken=end)
    assert (lines(page), page["nextForwardToken"]) == ([], end)
    put(logs, stream, "four", start=first + 2)
    assert lines(logs.get_log_events(**stream, nextToken=end)) == ["four"]


def test_reading_backwards_and_a_span(logs: Any, stream: dict[str, str]) -> None:
    first = put(logs, stream, *"abcde")

    page = logs.get_log_events(**stream, limit=2)
    assert lines(page) == ["d", "e"]
    page = logs.get_log_events(**stream, limit=2, nextToken=page["nextBackwardToken"])
    assert lines(page) == ["b", "c"]
    span = {"startTime": first + 1, "endTime": first + 3}
    assert lines(logs.get_log_events(**stream, startFromHead=True, **span)) == ["b", "c"]
    assert lines(logs.filter_log_events(logGroupName=stream["logGroupName"], **span)) == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ERROR", ["ERROR disk full", "ERROR no memory"]),
        ("ERROR disk", ["ERROR disk full"]),
        ("?disk ?memory", ["ERROR disk full", "ERROR no memory"]),
        ("ERROR -memory", ["ERROR disk full"]),
        ('"all is well"', ["all is well"]),
        ("%no .emory%", ["ERROR no memory"]),
        ("error", []),
        ("", ["ERROR disk full", "ERROR no memory", "all is well"]),
    ],
)
def test_filter_patterns(logs: Any, stream: dict[str, str], pattern: str, expected: list[str]) -> None:
    put(logs, stream, "ERROR disk full", "ERROR no memory", "all is well")

    page = logs.filter_log_events(logGroupName=stream["logGroupName"], filterPattern=pattern)

    assert lines(page) == expected
    assert "nextToken" not in page


def test_filter_pages_over_all_streams(logs: Any, stream: dict[str, str]) -> None:
    first = put(logs, stream, "a", "c")
    other = stream | {"logStreamName": "other"}
    logs.create_log_stream(**other)
    put(logs, other, "b", "d", start=first)

    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=stream["logGroupName"], PaginationConfig={"PageSize": 3}
    )
    events = [event for page in pages for event in page["events"]]

    assert [event["timestamp"] for event in events] == [first, first, first + 1, first + 1]
    assert {(event["logStreamName"], event["message"]) for event in events} == {
        ("s", "a"),
        ("s", "c"),
        ("other", "b"),
        ("other", "d"),
    }


def test_groups_and_streams(logs: Any, stream: dict[str, str]) -> None:
    group = stream["logGroupName"]
    logs.put_retention_policy(logGroupName=group, retentionInDays=7)
    [described] = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert described["retentionInDays"] == 7
    assert described["arn"].endswith(f":log-group:{group}:*")
    logs.create_log_stream(logGroupName=group, logStreamName="z")
    first = put(logs, stream, "x")
    by_time = logs.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True)["logStreams"]
    assert {item["logStreamName"] for item in by_time} == {"s", "z"}
    by_name = logs.describe_log_streams(logGroupName=group, limit=1)
    assert [item["logStreamName"] for item in by_name["logStreams"]] == ["s"]
    assert by_name["logStreams"][0]["lastEventTimestamp"] == first
    more = logs.describe_log_streams(logGroupName=group, nextToken=by_name["nextToken"])
    assert [item["logStreamName"] for item in more["logStreams"]] == ["z"]
    logs.delete_log_group(logGroupName=group)
    with pytest.raises(ClientError, match="The specified log group does not exist"):
        logs.describe_log_streams(logGroupName=group)


def test_what_is_refused(logs: Any, stream: dict[str, str]) -> None:
    now = int(time.time() * 1000)

    def error(call: Any, **request: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(**request)
        return str(caught.value.response["Error"]["Code"])

    events = [{"timestamp": now, "message": "b"}, {"timestamp": now - 1, "message": "a"}]
    assert error(logs.put_log_events, **stream, logEvents=events) == "InvalidParameterException"
    old = [{"timestamp": now - 15 * 24 * 3600 * 1000, "message": "old"}, {"timestamp": now, "message": "new"}]
    assert logs.put_log_events(**stream, logEvents=old)["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}
    assert lines(logs.get_log_events(**stream)) == ["new"]
    assert error(logs.create_log_stream, **stream) == "ResourceAlreadyExistsException"
    assert error(logs.get_log_events, **stream, nextToken="made up") == "InvalidParameterException"
    assert error(logs.get_log_events, **(stream | {"logStreamName": "no"})) == "ResourceNotFoundException"
    pattern = '{ $.level = "error" }'
    group = stream["logGroupName"]
    assert error(logs.filter_log_events, logGroupName=group, filterPattern=pattern) == "InvalidParameterException"
    assert error(logs.start_query, logGroupName=group, startTime=0, endTime=1, queryString="fields @message") == (
        "UnknownOperationException"
    )
