"""The jobs room over HTTP, with the sandbox behind it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_jobs import start_job, wait_until
from tornado.httpclient import HTTPClientError

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.server.watch import close_watcher

WORKERS = 2


@pytest.fixture
def jp_server_config() -> dict[str, object]:
    return {"ServerApp": {"jpserver_extensions": {"jupyter_smext": True}}, "SmextApp": {"max_workers": WORKERS}}


@pytest.fixture
def api(
    sandbox: SandboxInfo, jp_fetch: Any, jp_serverapp: Any, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Any]:
    async def call(path: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        parts = ["jupyter-smext", "api", *path.split("/")]
        if body is None:
            answer = await jp_fetch(*parts, params=query)
        else:
            answer = await jp_fetch(*parts, method="POST", body=json.dumps(body))
        return json.loads(answer.body)

    yield call
    jp_asyncio_loop.run_until_complete(close_watcher(jp_serverapp.web_app.settings))


SLOW = "import time\nprint('first', flush=True)\ntime.sleep(1.5)\nprint('second', flush=True)\ntime.sleep(30)"


async def test_a_job_is_seen_followed_and_stopped(
    api: Any, sandbox_session: AwsSession, sandbox: SandboxInfo, jp_serverapp: Any
) -> None:
    events: list[dict[str, Any]] = []

    async def listener(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        events.append(data)

    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_smext/job/v1", listener=listener
    )
    name = start_job(sandbox_session, sandbox, SLOW)
    job = await api("jobs/describe", {"training_job_name": name})
    assert job["training_job_status"] == "InProgress"
    page = await api("jobs", name_contains=name, max_results=10)
    assert [each["training_job_name"] for each in page["training_jobs"]] == [name]

    logs = {"training_job_name": name, "wait_seconds": 20}
    first = await api("jobs/logs", logs)
    assert [line["message"] for line in first["lines"]] == ["first"]
    began = time.monotonic()
    second = await api("jobs/logs", {**logs, "cursor": first["cursor"]})
    assert [line["message"] for line in second["lines"]] == ["second"]
    # It waited for the line, and not for the end of the wait.
    assert 0.3 < time.monotonic() - began < 5

    stopping = await api("jobs/stop", {"training_job_name": name})
    assert stopping["training_job_status"] in ("Stopping", "Stopped")
    for _ in range(100):
        if events and events[-1]["training_job_status"] == "Stopped":
            break
        await asyncio.sleep(0.1)
    assert events[-1] == {
        "training_job_name": name, "training_job_status": "Stopped", "secondary_status": "Stopped",
    } | {key: value for key, value in events[-1].items() if key.startswith("__")}  # fmt: skip


async def test_a_wait_without_lines_ends_in_time_and_holds_no_thread(
    api: Any, sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    name = start_job(sandbox_session, sandbox, "import time\ntime.sleep(30)")
    wait_until(sandbox_session, name, "Training")
    began = time.monotonic()
    waits = [
        asyncio.ensure_future(api("jobs/logs", {"training_job_name": name, "wait_seconds": 3}))
        for _ in range(WORKERS + 4)
    ]
    await asyncio.sleep(1)
    answered = time.monotonic()
    await api("jobs/describe", {"training_job_name": name})
    assert time.monotonic() - answered < 1.5
    pages = await asyncio.gather(*waits)
    assert all(page["lines"] == [] for page in pages)
    assert time.monotonic() - began < 8
    await api("jobs/stop", {"training_job_name": name})


async def test_the_metrics_of_a_job(api: Any, sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = start_job(sandbox_session, sandbox, "print('loss=1.5;')", metrics={"loss": "loss=([0-9.]+);"})
    wait_until(sandbox_session, name, "Completed")
    result = await api("jobs/metrics", {"training_job_name": name})
    assert [(each["metric_name"], [point["value"] for point in each["points"]]) for each in result["series"]] == [
        ("loss", [1.5])
    ]
    assert (await api("jobs/metrics", {"training_job_name": name, "cursor": result["cursor"]}))["series"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("jobs/describe", {"training_job_name": "there-is-none"}, 404, "NotFound"),
        ("jobs/stop", {"training_job_name": "there-is-none"}, 404, "NotFound"),
        ("jobs/metrics", {"training_job_name": "there-is-none"}, 404, "NotFound"),
        ("jobs/logs", {"training_job_name": "there-is-none"}, 404, "NotFound"),
        ("jobs/describe", {}, 400, "InvalidRequest"),
        ("jobs/logs", {"training_job_name": "x", "cursor": "%"}, 400, "InvalidRequest"),
        ("jobs/logs", {"training_job_name": "x", "wait_seconds": 21}, 400, "InvalidRequest"),
    ],
)
async def test_what_is_wrong_is_told(api: Any, path: str, body: dict[str, Any], status: int, code: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await api(path, body)
    assert caught.value.code == status
    assert caught.value.response is not None
    assert json.loads(caught.value.response.body)["code"] == code
