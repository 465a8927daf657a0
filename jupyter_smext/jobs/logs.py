"""The log lines of a training job: all its streams merged by time, from a cursor on.

The cursor is all the state there is. It holds, for each stream, the place behind the last line that was handed out:
CloudWatch's own forward token, and how many lines behind it were taken already (a page of several streams ends in the
middle of what was read of some of them). So lines of equal time are neither lost nor repeated.
"""

from __future__ import annotations

import base64
import heapq
import json
import math
import time
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .describe import describe_raw
from .models import LogLine, LogPage, LogQuery, TrainingJobStatus

LOG_GROUP = "/aws/sagemaker/TrainingJobs"

# CloudWatch's limit for one GetLogEvents call.
_MAX_EVENTS = 10_000

# A job gets further streams when it is retried or a spot instance is replaced; known streams are enough in between.
_LIST_EVERY_SECONDS = 5.0
_DESCRIBE_EVERY_SECONDS = 2.0

# The last lines may arrive in CloudWatch shortly after the job has ended.
_SETTLE_SECONDS = 3.0


class Place(NamedTuple):
    """Behind ``skip`` lines after a forward token; a null token is the head of the stream."""

    token: str | None = None
    skip: int = 0


@dataclass
class Cursor:
    places: dict[str, Place] = field(default_factory=dict)
    listed: float = 0
    described: float = 0

    @classmethod
    def decode(cls, text: str | None) -> Cursor:
        if text is None:
            return cls()
        try:
            places, listed, described = json.loads(base64.urlsafe_b64decode(text))
            return cls({name: Place(token, int(skip)) for name, (token, skip) in places.items()}, listed, described)
        except (ValueError, TypeError, AttributeError) as error:
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                "The cursor is none of ours.",
                hint="Pass the cursor of an earlier answer unchanged, or none to read from the start.",
            ) from error

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.places, self.listed, self.described]).encode()).decode()


class _Read(NamedTuple):
    """What was read of one stream: each event with the place behind it."""

    events: list[tuple[dict[str, Any], Place]]
    end: Place
    at_end: bool


def read_logs(session: AwsSession, query: LogQuery) -> LogPage:
    """The lines after the cursor, at most ``query.limit``; ``query.wait_seconds`` is for callers that poll.

    A job whose log group or streams do not exist yet has no lines: that is no error. ``finished`` is told only when
    the job had ended (and a few seconds had passed for CloudWatch to take in the last lines) before the streams were
    listed and read to their ends.

    Raises InvalidRequest for a cursor that CloudWatch does not take any more: its tokens live 24 hours.
    Permissions: `logs:DescribeLogStreams`, `logs:GetLogEvents`, `sagemaker:DescribeTrainingJob`.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
    """
    cursor = Cursor.decode(query.cursor)
    now = time.time()
    if not cursor.places or now - cursor.listed >= _LIST_EVERY_SECONDS:
        _find_streams(session, query, cursor)
    lines = _read_lines(session, query, cursor)
    finished = False
    if not lines and now - cursor.described >= _DESCRIBE_EVERY_SECONDS:
        cursor.described = now
        if _has_ended(session, query.training_job_name):
            _find_streams(session, query, cursor)
            lines = _read_lines(session, query, cursor)
            finished = not lines
    return LogPage(lines=lines, cursor=cursor.encode(), streams=sorted(cursor.places), finished=finished)


def read_tail(session: AwsSession, training_job_name: str, limit: int) -> list[LogLine]:
    """The last lines of each stream, at most ``limit`` a stream, all merged by time.

    Permissions: `logs:DescribeLogStreams`, `logs:GetLogEvents`.
    """
    cursor = Cursor()
    _find_streams(session, LogQuery(training_job_name=training_job_name), cursor)
    tails = [_read_stream_tail(session, training_job_name, name, limit) for name in sorted(cursor.places)]
    return list(heapq.merge(*tails, key=lambda line: line.timestamp))


def _find_streams(session: AwsSession, query: LogQuery, cursor: Cursor) -> None:
    prefix = f"{query.training_job_name}/"
    pages = session.client("logs").get_paginator("describe_log_streams")
    try:
        for page in pages.paginate(logGroupName=LOG_GROUP, logStreamNamePrefix=prefix):
            for stream in page["logStreams"]:
                name = stream["logStreamName"].removeprefix(prefix)
                if query.stream in (None, name):
                    cursor.places.setdefault(name, Place())
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    cursor.listed = time.time()


def _read_lines(session: AwsSession, query: LogQuery, cursor: Cursor) -> list[LogLine]:
    """Read on in each stream and move the cursor behind the lines that are returned."""
    if not cursor.places:
        return []
    share = max(1, query.limit // len(cursor.places))
    reads = {
        name: _read_stream(session, f"{query.training_job_name}/{name}", place, share)
        for name, place in cursor.places.items()
    }
    # Behind the last line of a stream that has more, lines of other streams must wait: something may come between.
    horizon = min((read.events[-1][0]["timestamp"] for read in reads.values() if not read.at_end), default=math.inf)
    merged = heapq.merge(
        *([(event, name, place) for event, place in read.events] for name, read in reads.items()),
        key=lambda entry: entry[0]["timestamp"],
    )
    lines: list[LogLine] = []
    taken = dict.fromkeys(reads, 0)
    for event, name, place in merged:
        if event["timestamp"] > horizon or len(lines) == query.limit:
            break
        lines.append(LogLine(timestamp=event["timestamp"], stream=name, message=event["message"]))
        cursor.places[name] = place
        taken[name] += 1
    for name, read in reads.items():
        if taken[name] == len(read.events):
            cursor.places[name] = read.end
    return lines


def _read_stream(session: AwsSession, stream: str, place: Place, wanted: int) -> _Read:
    """Read until ``wanted`` events are there or the stream ends.

    Only an unchanged forward token says that a stream has ended; a page may be empty or short before that.
    """
    client = session.client("logs")
    events: list[tuple[dict[str, Any], Place]] = []
    while True:
        token, skip = place
        request: dict[str, Any] = {"nextToken": token} if token else {}
        answer = client.get_log_events(
            logGroupName=LOG_GROUP,
            logStreamName=stream,
            startFromHead=True,
            limit=min(_MAX_EVENTS, wanted - len(events) + skip),
            **request,
        )
        page = answer["events"]
        end = Place(answer["nextForwardToken"])
        for index, event in enumerate(page[skip:], start=skip + 1):
            events.append((event, end if index == len(page) else Place(token, index)))
        if end.token == token:
            return _Read(events, place, at_end=True)
        place = end
        if len(events) >= wanted:
            return _Read(events, place, at_end=False)


def _read_stream_tail(session: AwsSession, training_job_name: str, name: str, limit: int) -> list[LogLine]:
    request: dict[str, Any] = {
        "logGroupName": LOG_GROUP,
        "logStreamName": f"{training_job_name}/{name}",
        "startFromHead": False,
    }
    lines: list[LogLine] = []
    while len(lines) < limit:
        answer = session.client("logs").get_log_events(**request, limit=min(_MAX_EVENTS, limit - len(lines)))
        page = [
            LogLine(timestamp=event["timestamp"], stream=name, message=event["message"]) for event in answer["events"]
        ]
        lines = page + lines
        if answer["nextBackwardToken"] == request.get("nextToken"):
            break
        request["nextToken"] = answer["nextBackwardToken"]
    return lines


def _has_ended(session: AwsSession, training_job_name: str) -> bool:
    answer = describe_raw(session, training_job_name)
    if not TrainingJobStatus(answer["TrainingJobStatus"]).final:
        return False
    ended = answer.get("TrainingEndTime") or answer.get("LastModifiedTime")
    # AWS's clock, not ours: both times must be of the same one.
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    now = parsedate_to_datetime(date) if date else datetime.now().astimezone()
    return ended is None or (now - ended).total_seconds() >= _SETTLE_SECONDS
