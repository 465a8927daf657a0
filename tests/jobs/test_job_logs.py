"""No line of a job's log is lost, repeated or out of order, whatever the streams look like."""

from __future__ import annotations

from typing import Any

import pytest
from fake_session import FakeJobs, FakeLogs, FakeSession
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.jobs import logs as logs_module
from jupyter_smext.jobs.logs import read_logs
from jupyter_smext.jobs.models import LogLine, LogQuery

JOB = "job-1"


@pytest.fixture(autouse=True)
def look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_module, "_LIST_EVERY_SECONDS", 0)
    monkeypatch.setattr(logs_module, "_DESCRIBE_EVERY_SECONDS", 0)


def session_of(logs: FakeLogs, jobs: FakeJobs | None = None) -> Any:
    return FakeSession(logs=logs, sagemaker=jobs or FakeJobs())


def read_all(session: Any, *, limit: int = 100, cursor: str | None = None) -> tuple[list[LogLine], str]:
    lines: list[LogLine] = []
    while True:
        page = read_logs(session, LogQuery(training_job_name=JOB, limit=limit, cursor=cursor))
        assert len(page.lines) <= limit
        lines += page.lines
        cursor = page.cursor
        if not page.lines:
            return lines, cursor


def test_no_log_group_is_no_lines_and_no_error() -> None:
    logs = FakeLogs(JOB)
    logs.streams = None
    page = read_logs(session_of(logs), LogQuery(training_job_name=JOB))
    assert (page.lines, page.streams, page.finished) == ([], [], False)


def test_lines_of_equal_time_are_each_read_once_page_by_page() -> None:
    logs = FakeLogs(JOB)
    logs.streams = {"algo-1-1": [(5, str(number)) for number in range(25)]}
    lines, cursor = read_all(session_of(logs), limit=4)
    assert [line.message for line in lines] == [str(number) for number in range(25)]
    logs.streams["algo-1-1"] += [(5, "late"), (5, "later")]
    lines, _ = read_all(session_of(logs), cursor=cursor)
    assert [line.message for line in lines] == ["late", "later"]


def test_streams_of_different_density_are_merged_by_time_across_pages() -> None:
    logs = FakeLogs(JOB)
    logs.streams = {
        "algo-1-1": [(time, "a") for time in range(0, 1000)],
        "algo-2-1": [(time, "b") for time in range(0, 1000, 50)],
    }
    lines, _ = read_all(session_of(logs), limit=30)
    assert len(lines) == 1020
    assert [line.timestamp for line in lines] == sorted(line.timestamp for line in lines)


def test_a_stream_that_appears_later_is_read_from_its_head() -> None:
    logs = FakeLogs(JOB)
    logs.streams = {"algo-1-1": [(1, "first attempt")]}
    _, cursor = read_all(session_of(logs))
    logs.streams["algo-1-99"] = [(2, "second attempt")]
    lines, _ = read_all(session_of(logs), cursor=cursor)
    assert [(line.stream, line.message) for line in lines] == [("algo-1-99", "second attempt")]


def test_one_stream_can_be_asked_for() -> None:
    logs = FakeLogs(JOB)
    logs.streams = {"algo-1-1": [(1, "a")], "algo-2-1": [(1, "b")]}
    page = read_logs(session_of(logs), LogQuery(training_job_name=JOB, stream="algo-2-1"))
    assert [line.message for line in page.lines] == ["b"]
    assert page.streams == ["algo-2-1"]


def test_empty_pages_with_a_new_token_are_not_the_end() -> None:
    logs = FakeLogs(JOB, empty_pages=3)
    logs.streams = {"algo-1-1": [(1, "a"), (2, "b")]}
    lines, _ = read_all(session_of(logs))
    assert [line.message for line in lines] == ["a", "b"]


def test_finished_is_told_only_when_the_job_has_ended_and_all_is_read() -> None:
    logs, jobs = FakeLogs(JOB), FakeJobs("InProgress")
    logs.streams = {"algo-1-1": [(1, "a")]}
    session = session_of(logs, jobs)
    _, cursor = read_all(session)
    assert not read_logs(session, LogQuery(training_job_name=JOB, cursor=cursor)).finished
    jobs.status = "Failed"
    # The last words come in a stream that nobody has seen yet, and after the job's end.
    logs.streams["algo-2-1"] = [(2, "Traceback")]
    page = read_logs(session, LogQuery(training_job_name=JOB, cursor=cursor))
    assert ([line.message for line in page.lines], page.finished) == (["Traceback"], False)
    page = read_logs(session, LogQuery(training_job_name=JOB, cursor=page.cursor))
    assert (page.lines, page.finished) == ([], True)


def test_a_job_that_ended_just_now_may_still_have_lines_on_their_way() -> None:
    logs, jobs = FakeLogs(JOB), FakeJobs("Completed")
    jobs.more["ResponseMetadata"] = {"HTTPHeaders": {"date": "Thu, 01 Jan 2026 00:00:01 GMT"}}
    assert not read_logs(session_of(logs, jobs), LogQuery(training_job_name=JOB)).finished


def test_an_idle_poll_costs_one_call_a_stream() -> None:
    logs = FakeLogs(JOB)
    logs.streams = {"algo-1-1": [(1, "a")], "algo-2-1": [(1, "b")]}
    session = session_of(logs)
    _, cursor = read_all(session)
    before = logs.calls
    read_logs(session, LogQuery(training_job_name=JOB, cursor=cursor))
    assert logs.calls - before == 2


@pytest.mark.parametrize("cursor", ["", "!!", "e30=", "WzEsMiwzXQ==", "W3siYSI6IDF9LDAsMF0="])
def test_a_foreign_cursor_is_an_invalid_request(cursor: str) -> None:
    with pytest.raises(SmextError) as caught:
        read_logs(session_of(FakeLogs(JOB)), LogQuery(training_job_name=JOB, cursor=cursor))
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert caught.value.envelope.hint


@settings(max_examples=200, deadline=None)
@given(
    gaps=st.lists(st.lists(st.integers(0, 3), max_size=30), min_size=1, max_size=4),
    batches=st.integers(1, 4),
    limit=st.integers(1, 12),
    page_size=st.integers(1, 9),
    empty_pages=st.integers(0, 2),
)
def test_every_line_once_and_in_order_while_the_streams_grow(
    gaps: list[list[int]], batches: int, limit: int, page_size: int, empty_pages: int
) -> None:
    """Streams with many equal times, written in batches, read with small pages between the batches."""
    written: dict[str, list[tuple[int, str]]] = {}
    for number, own in enumerate(gaps, start=1):
        time = 0
        events = []
        for index, gap in enumerate(own):
            time += gap
            events.append((time, f"{number}:{index}"))
        written[f"algo-{number}-1"] = events
    logs = FakeLogs(JOB, page_size=page_size, empty_pages=empty_pages)
    session = session_of(logs)
    cursor: str | None = None
    seen: list[LogLine] = []
    for batch in range(1, batches + 1):
        logs.streams = {name: events[: len(events) * batch // batches] for name, events in written.items()}
        lines, cursor = read_all(session, limit=limit, cursor=cursor)
        assert [line.timestamp for line in lines] == sorted(line.timestamp for line in lines)
        seen += lines
    for name, events in written.items():
        assert [(line.timestamp, line.message) for line in seen if line.stream == name] == events
    assert len(seen) == sum(map(len, written.values()))
