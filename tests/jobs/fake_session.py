"""Sessions whose AWS is a few Python objects, for behaviour that no real far end shows on demand."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


class FakeSession:
    """Hands out the clients that it was made with."""

    region = "eu-central-1"

    def __init__(self, **clients: Any) -> None:
        self._clients = clients

    def client(self, service: str) -> Any:
        return self._clients[service.replace("-", "_")]


class FakeLogs:
    """CloudWatch Logs with the parts of its contract that a reader must bear.

    ``page_size`` cuts every page, whatever limit was asked for; ``empty_pages`` puts that many empty pages, each with
    a new token, before the page that has the events.
    """

    def __init__(self, job: str, *, page_size: int = 10_000, empty_pages: int = 0) -> None:
        self.job = job
        self.streams: dict[str, list[tuple[int, str]]] | None = {}
        self.page_size = page_size
        self.empty_pages = empty_pages
        self.calls = 0

    def get_paginator(self, operation: str) -> FakeLogs:
        assert operation == "describe_log_streams"
        return self

    def paginate(self, *, logGroupName: str, logStreamNamePrefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        if self.streams is None:
            raise refusal("ResourceNotFoundException", "The specified log group does not exist.", "DescribeLogStreams")
        names = [f"{self.job}/{name}" for name in self.streams]
        for name in names:
            yield {"logStreams": [{"logStreamName": name}] if name.startswith(logStreamNamePrefix) else []}

    def get_log_events(
        self,
        *,
        logGroupName: str,  # noqa: N803
        logStreamName: str,  # noqa: N803
        startFromHead: bool,  # noqa: N803
        limit: int,
        nextToken: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        assert 1 <= limit <= 10_000
        assert self.streams is not None
        self.calls += 1
        events = self.streams[logStreamName.removeprefix(f"{self.job}/")]
        if not startFromHead:
            return self._backward(events, min(limit, self.page_size), nextToken or f"b/{len(events)}")
        nextToken = nextToken or "f/0/0"  # noqa: N806
        _, position, empty = nextToken.split("/")
        start, seen_empty = int(position), int(empty)
        rest = events[start : start + min(limit, self.page_size)]
        if rest and seen_empty < self.empty_pages:
            return {"events": [], "nextForwardToken": f"f/{start}/{seen_empty + 1}"}
        return {
            "events": [{"timestamp": time, "message": message} for time, message in rest],
            "nextForwardToken": f"f/{start + len(rest)}/0" if rest else nextToken,
        }

    @staticmethod
    def _backward(events: list[tuple[int, str]], count: int, token: str) -> dict[str, Any]:
        end = int(token.split("/")[1])
        start = max(0, end - count)
        return {
            "events": [{"timestamp": time, "message": message} for time, message in events[start:end]],
            "nextBackwardToken": f"b/{start}",
            "nextForwardToken": f"f/{end}/0",
        }


class FakeJobs:
    """DescribeTrainingJob of one job, in a status that the test sets."""

    def __init__(self, status: str = "InProgress", **more: Any) -> None:
        self.status = status
        self.secondary = status if status != "InProgress" else "Training"
        self.more = more
        self.calls = 0

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        return {
            "TrainingJobName": TrainingJobName,
            "TrainingJobArn": f"arn:aws:sagemaker:eu-central-1:111122223333:training-job/{TrainingJobName}",
            "TrainingJobStatus": self.status,
            "SecondaryStatus": self.secondary,
            "CreationTime": NOW,
            "TrainingEndTime": NOW,
            "RoleArn": "arn:aws:iam::111122223333:role/R",
            "AlgorithmSpecification": {"TrainingInputMode": "File"},
            "ResponseMetadata": {"HTTPHeaders": {"date": "Thu, 01 Jan 2026 00:01:00 GMT"}},
            **self.more,
        }

    def get_paginator(self, operation: str) -> FakeJobs:
        assert operation == "list_tags"
        return self

    def paginate(self, *, ResourceArn: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        yield {"Tags": []}


def refusal(code: str, message: str, operation: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        operation,
    )
