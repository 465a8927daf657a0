"""The operations of CloudWatch Logs that read and write log events.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.logs.filter_pattern import compile_pattern
from jupyter_smext.sandbox.logs.store import LogEvent, LogStore, Place

_MAX_EVENTS = 10_000
_MAX_ANSWER_BYTES = 1_048_576
_EVENT_OVERHEAD_BYTES = 26
_DAY_MS = 24 * 3600 * 1000
_OLDEST_MS = 14 * _DAY_MS
_NEWEST_MS = 2 * 3600 * 1000


class LogsService:
    """Own operations; the rest of the service (metric filters, subscriptions, Insights) is not available."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateLogGroup": self.create_log_group,
            "DeleteLogGroup": self.delete_log_group,
            "DescribeLogGroups": self.describe_log_groups,
            "PutRetentionPolicy": self.put_retention_policy,
            "DeleteRetentionPolicy": self.delete_retention_policy,
            "CreateLogStream": self.create_log_stream,
            "DeleteLogStream": self.delete_log_stream,
            "DescribeLogStreams": self.describe_log_streams,
            "PutLogEvents": self.put_log_events,
            "GetLogEvents": self.get_log_events,
            "FilterLogEvents": self.filter_log_events,
        }

    def create_log_group(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        if not self._store.create_group(caller.region, request["logGroupName"]):
            raise AwsError("ResourceAlreadyExistsException", "The specified log group already exists")
        return {}

    def delete_log_group(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        self._store.delete_group(caller.region, self._group(caller, request))
        return {}

    def describe_log_groups(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        limit = request.get("limit", 50)
        rows = self._store.groups(
            caller.region,
            contains=request.get("logGroupNamePattern", ""),
            prefix=request.get("logGroupNamePrefix", ""),
            after=request.get("nextToken", ""),
            limit=limit + 1,
        )
        answer: dict[str, Any] = {"logGroups": [_described_group(caller, row) for row in rows[:limit]]}
        if len(rows) > limit:
            answer["nextToken"] = rows[limit - 1]["name"]
        return answer

    def put_retention_policy(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        self._store.set_retention(caller.region, self._group(caller, request), request["retentionInDays"])
        return {}

    def delete_retention_policy(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        self._store.set_retention(caller.region, self._group(caller, request), None)
        return {}

    def create_log_stream(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        if not self._store.create_stream(caller.region, self._group(caller, request), request["logStreamName"]):
            raise AwsError("ResourceAlreadyExistsException", "The specified log stream already exists")
        return {}

    def delete_log_stream(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        stream = self._stream(caller, request)
        self._store.delete_stream(caller.region, stream["log_group"], stream["name"])
        return {}

    def describe_log_streams(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        group = self._group(caller, request)
        by_time = request.get("orderBy") == "LastEventTime"
        if by_time and "logStreamNamePrefix" in request:
            raise AwsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
        limit = request.get("limit", 50)
        offset = _number(request.get("nextToken", "0"))
        rows = self._store.streams(
            caller.region,
            group,
            prefix=request.get("logStreamNamePrefix", ""),
            by_time=by_time,
            descending=request.get("descending", False),
            offset=offset,
            limit=limit + 1,
        )
        answer: dict[str, Any] = {"logStreams": [_described_stream(caller, row) for row in rows[:limit]]}
        if len(rows) > limit:
            answer["nextToken"] = str(offset + limit)
        return answer

    def put_log_events(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        stream = self._stream(caller, request)
        times = [event["timestamp"] for event in request["logEvents"]]
        if times != sorted(times):
            raise AwsError(
                "InvalidParameterException",
                "Log events in a single PutLogEvents request must be in chronological order.",
            )
        now = int(time.time() * 1000)
        too_old = sum(timestamp < now - _OLDEST_MS for timestamp in times)
        first_too_new = len(times) - sum(timestamp > now + _NEWEST_MS for timestamp in times)
        events = [LogEvent(event["timestamp"], event["message"]) for event in request["logEvents"]]
        self._store.append(caller.region, stream["log_group"], stream["name"], events[too_old:first_too_new])
        answer: dict[str, Any] = {"nextSequenceToken": str(now)}
        rejected = {}
        if too_old:
            rejected["tooOldLogEventEndIndex"] = too_old
        if first_too_new < len(times):
            rejected["tooNewLogEventStartIndex"] = first_too_new
        if rejected:
            answer["rejectedLogEventsInfo"] = rejected
        return answer

    def get_log_events(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        stream = self._stream(caller, request)
        limit = request.get("limit", _MAX_EVENTS)
        start, end = request.get("startTime"), request.get("endTime")
        token = request.get("nextToken")
        direction, place = _read_token(token) if token else (None, None)
        backward = direction == "b" or (direction is None and not request.get("startFromHead", False))
        rows = self._store.events(
            [stream["id"]],
            start=start,
            end=end,
            after=None if backward else place,
            before=place if backward else None,
            newest=backward,
            limit=limit,
        )
        rows = _within_answer_size(rows, keep_newest=backward)
        if rows:
            first, last = Place(rows[0]["timestamp"], rows[0]["id"]), Place(rows[-1]["timestamp"], rows[-1]["id"])
        else:
            # At the end of the stream the token that came in is handed out again, and later finds what is new.
            first = last = place or Place(0, 0)
        return {
            "events": [_event(row) for row in rows],
            "nextForwardToken": f"f/{last.timestamp}/{last.id}",
            "nextBackwardToken": f"b/{first.timestamp}/{first.id}",
        }

    def filter_log_events(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        group = self._group(caller, request)
        matches = compile_pattern(request.get("filterPattern", ""))
        names = request.get("logStreamNames")
        prefix = request.get("logStreamNamePrefix", "")
        streams = {
            row["id"]: row["name"]
            for row in self._store.streams(
                caller.region, group, prefix=prefix, by_time=False, descending=False, offset=0, limit=-1
            )
            if names is None or row["name"] in names
        }
        end = request.get("endTime")
        limit = request.get("limit", _MAX_EVENTS)
        token = request.get("nextToken")
        rows = self._store.events(
            list(streams),
            start=request.get("startTime"),
            # Inclusive in this operation, unlike in GetLogEvents.
            end=None if end is None else end + 1,
            after=_read_token(token)[1] if token else None,
            limit=_MAX_EVENTS,
        )
        matching = [row for row in rows if matches(row["message"])]
        found = _within_answer_size(matching[:limit], keep_newest=False)
        answer: dict[str, Any] = {
            "events": [
                _event(row) | {"logStreamName": streams[row["stream"]], "eventId": str(row["id"])} for row in found
            ],
            "searchedLogStreams": [],
        }
        searched_to = found[-1] if len(found) < len(matching) else rows[-1] if len(rows) == _MAX_EVENTS else None
        if searched_to is not None:
            answer["nextToken"] = f"f/{searched_to['timestamp']}/{searched_to['id']}"
        return answer

    def _group(self, caller: Caller, request: Mapping[str, Any]) -> str:
        name: str = request.get("logGroupName") or _name_of(request.get("logGroupIdentifier", ""))
        if self._store.group(caller.region, name) is None:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        return name

    def _stream(self, caller: Caller, request: Mapping[str, Any]) -> sqlite3.Row:
        row = self._store.stream(caller.region, self._group(caller, request), request["logStreamName"])
        if row is None:
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        return row


def _name_of(identifier: str) -> str:
    """The name of a log group that is given by name or ARN."""
    return identifier.split(":log-group:", 1)[1].removesuffix(":*") if identifier.startswith("arn:") else identifier


def _described_group(caller: Caller, row: sqlite3.Row) -> dict[str, Any]:
    arn = caller.arn("logs", f"log-group:{row['name']}")
    described = {
        "logGroupName": row["name"],
        "creationTime": row["created"],
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "logGroupClass": "STANDARD",
    }
    if row["retention_days"] is not None:
        described["retentionInDays"] = row["retention_days"]
    return described


def _described_stream(caller: Caller, row: sqlite3.Row) -> dict[str, Any]:
    described = {
        "logStreamName": row["name"],
        "creationTime": row["created"],
        "arn": caller.arn("logs", f"log-group:{row['log_group']}:log-stream:{row['name']}"),
        # Always 0 at AWS too, since 2019.
        "storedBytes": 0,
    }
    if row["last_event"] is not None:
        described |= {
            "firstEventTimestamp": row["first_event"],
            "lastEventTimestamp": row["last_event"],
            "lastIngestionTime": row["last_ingestion"],
        }
    return described


def _event(row: sqlite3.Row) -> dict[str, Any]:
    return {"timestamp": row["timestamp"], "message": row["message"], "ingestionTime": row["ingestion"]}


def _within_answer_size(rows: list[sqlite3.Row], *, keep_newest: bool) -> list[sqlite3.Row]:
    """As many rows as one answer may hold (1 MiB), but at least one."""
    size = 0
    for count, row in enumerate(reversed(rows) if keep_newest else rows):
        size += len(row["message"].encode()) + _EVENT_OVERHEAD_BYTES
        if size > _MAX_ANSWER_BYTES and count:
            return rows[-count:] if keep_newest else rows[:count]
    return rows


def _read_token(token: str) -> tuple[str, Place]:
    direction, _, place = token.partition("/")
    timestamp, _, event = place.partition("/")
    if direction not in ("f", "b") or not timestamp.isdigit() or not event.isdigit():
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    return direction, Place(int(timestamp), int(event))


def _number(token: str) -> int:
    if not token.isdigit():
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    return int(token)
