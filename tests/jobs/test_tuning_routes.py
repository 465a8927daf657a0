"""Tuning jobs over HTTP, with the sandbox behind them, whose trials really run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_jobs import start_tuning_job
from tornado.httpclient import HTTPClientError

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.server.watch import close_watcher

SCRIPT = """
import argparse
import time
parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int)
# Long enough to be looked at while it runs.
time.sleep(2)
print(f"score={parser.parse_known_args()[0].depth};")
"""
DEPTH = {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}]}


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


@pytest.fixture
def events(jp_serverapp: Any) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []

    async def listener(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_smext/tuning/v1", listener=listener
    )
    return heard


async def until_status(events: list[dict[str, Any]], status: str) -> None:
    for _ in range(600):
        if events and events[-1]["hyper_parameter_tuning_job_status"] == status:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"No event says {status}: {events}")


async def test_a_tuning_job_is_watched_to_its_end(
    api: Any, events: list[dict[str, Any]], sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    # The first request loads what all of them need.
    await api("jobs/tuning")
    name = start_tuning_job(sandbox_session, sandbox, SCRIPT, ranges=DEPTH)
    about = {"hyper_parameter_tuning_job_name": name}
    job = await api("jobs/tuning/describe", about)
    assert job["hyper_parameter_tuning_job_status"] == "InProgress"
    [definition] = job["definitions"]
    assert definition["static_hyperparameters"] == {"fixed": "yes"}
    await until_status(events, "Completed")
    assert events[-1]["training_jobs"] == "2 Completed"

    page = await api("jobs/tuning", name_contains=name)
    [summary] = page["tuning_jobs"]
    assert summary["hyper_parameter_tuning_job_status"] == "Completed"
    assert summary["max_number_of_training_jobs"] == 2
    found = await api("jobs/tuning/trials", about)
    tried = {each["training_job_name"]: float(each["tuned_hyperparameters"]["depth"]) for each in found["trials"]}
    assert {each["training_job_name"]: each["objective"] for each in found["trials"]} == tried
    assert found["cost"]["running"] == 0
    seconds, usd = found["cost"]["billable_seconds"], found["cost"]["usd_so_far"]
    assert 0 < usd < seconds / 3600
    best = (await api("jobs/tuning/describe", about))["best_training_job"]
    assert best["objective"] == max(tried.values())
    trial = await api("jobs/describe", {"training_job_name": best["training_job_name"]})
    assert trial["tuning_job_name"] == name
    depth = best["tuned_hyperparameters"]["depth"]
    assert trial["hyperparameters"] == {"fixed": "yes", "depth": depth}
    imported = await api("estimators/import", {"training_job_name": best["training_job_name"]})
    assert imported["spec"]["spec"]["hyperparameters"] == {"fixed": "yes", "depth": int(depth)}


async def test_a_tuning_job_is_stopped_with_its_training_jobs(
    api: Any, events: list[dict[str, Any]], sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    name = start_tuning_job(sandbox_session, sandbox, "import time; time.sleep(60)", ranges=DEPTH, parallel=1)
    about = {"hyper_parameter_tuning_job_name": name}
    for _ in range(300):
        found = await api("jobs/tuning/trials", about)
        if found["cost"]["running"]:
            break
        await asyncio.sleep(0.1)
    assert found["cost"]["usd_per_hour"] > 0
    stopping = await api("jobs/tuning/stop", about)
    assert stopping["hyper_parameter_tuning_job_status"] in ("Stopping", "Stopped")
    await until_status(events, "Stopped")
    again = await api("jobs/tuning/stop", about)
    assert again["hyper_parameter_tuning_job_status"] == "Stopped"
    assert [each["training_job_status"] for each in (await api("jobs/tuning/trials", about))["trials"]] == ["Stopped"]


@pytest.mark.parametrize("route", ["describe", "trials", "stop"])
async def test_a_tuning_job_that_there_is_not(api: Any, route: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await api(f"jobs/tuning/{route}", {"hyper_parameter_tuning_job_name": "none"})
    assert caught.value.code == 404
    assert caught.value.response is not None
    assert "There is no tuning job none" in json.loads(caught.value.response.body)["message"]
