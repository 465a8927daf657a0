"""The endpoints room over HTTP, with the sandbox behind it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.server.watch import close_watcher


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


async def test_deploy_invoke_and_delete_with_the_events_that_tell_of_it(
    api: Any, trained: Callable[[], str], jp_serverapp: Any
) -> None:
    statuses: list[str] = []

    async def listener(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        if data["endpoint_name"] == name:
            statuses.append(data["endpoint_status"])

    async def told(status: str) -> None:
        for _ in range(300):
            if status in statuses:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{status} is not among {statuses}")

    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_smext/endpoint/v1", listener=listener
    )
    job, name = trained(), f"test-{uuid.uuid4().hex[:12]}"
    price = await api("endpoints/price", instance_type="ml.m5.large")
    assert price["usd_per_hour"] > 0
    assert price["as_of"]
    endpoint = await api("endpoints/deploy", {"training_job_name": job, "endpoint_name": name})
    assert endpoint["endpoint_status"] == "Creating"
    await told("InService")
    answer = await api("endpoints/invoke", {"endpoint_name": name, "body": "15,0\n1,1\n"})
    assert json.loads(answer["body"]) == [True, False]
    page = await api("endpoints", name_contains=name)
    assert [each["endpoint_name"] for each in page["endpoints"]] == [name]
    assert (await api("endpoints/describe", {"endpoint_name": name}))["training_job_name"] == job

    plan = await api("endpoints/delete-plan", {"endpoint_name": name})
    assert [each["kind"] for each in plan["resources"]] == ["Endpoint", "EndpointConfig", "Model"]
    with pytest.raises(HTTPClientError) as caught:
        await api("endpoints/delete", {"endpoint_name": name, "confirm": "something else"})
    assert caught.value.code == 400
    done = await api("endpoints/delete", {"endpoint_name": name, "confirm": name})
    assert all(each["deleted"] for each in done["resources"])
    await told("Deleted")


@pytest.mark.parametrize("path", ["describe", "delete-plan", "invoke"])
async def test_an_endpoint_that_does_not_exist(api: Any, path: str) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await api(f"endpoints/{path}", {"endpoint_name": "there-is-none"})
    assert caught.value.code == 404
