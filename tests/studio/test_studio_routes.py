"""The studio room over HTTP, with the sandbox behind it: tasks, states and the events that tell of them."""

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


@pytest.fixture
def told(jp_serverapp: Any) -> Callable[[str, str, str], Any]:
    """Waits for an event of this kind, name and status."""
    events: list[tuple[str, str, str]] = []

    async def listener(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        events.append((data["kind"], data["name"], data["status"]))

    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_smext/studio/v1", listener=listener
    )

    async def wait(kind: str, name: str, status: str) -> None:
        for _ in range(300):
            if (kind, name, status) in events:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{kind} {name} {status} is not among {events}")

    return wait


async def finished(api: Any, task: dict[str, Any]) -> dict[str, Any]:
    for _ in range(300):
        if task["state"] in ("succeeded", "failed", "cancelled"):
            return task
        await asyncio.sleep(0.1)
        task = await api(f"tasks/{task['id']}")
    raise AssertionError(f"The task did not end: {task}")


async def test_from_nothing_to_a_space_and_back(api: Any, told: Any) -> None:
    assert (await api("studio/where"))["kind"] == "elsewhere"
    plan = await api("studio/domains/plan", {"domain_name": "routes"})
    assert (plan["ready"], plan["request"]["domain_name"]) == (True, "routes")
    task = await finished(api, await api("studio/domains", plan["request"]))
    assert (task["kind"], task["state"], task["unit"]) == ("studio.set-up", "succeeded", "seconds")
    domain_id = task["result"]["domain_id"]
    listed = (await api("studio/domains", max_results=100))["domains"]
    assert domain_id in [each["domain_id"] for each in listed]
    assert (await api("studio/domains/describe", {"domain_id": domain_id}))["domain_name"] == "routes"
    profiles = await api("studio/profiles/list", {"domain_id": domain_id})
    assert [each["user_profile_name"] for each in profiles["user_profiles"]] == ["default"]
    made = await api("studio/profiles", {"domain_id": domain_id, "user_profile_name": "eve"})
    assert made["status"] in ("Pending", "InService")
    if made["status"] == "Pending":
        await told("user-profile", f"{domain_id}/eve", "InService")
    described = await api("studio/profiles/describe", {"domain_id": domain_id, "user_profile_name": "eve"})
    assert described["execution_role_inherited"]

    place = {"domain_id": domain_id, "space_name": "desk"}
    request = {**place, "owner_user_profile_name": "default"}
    assert (await api("studio/spaces/plan", request))["price"]["usd"] == 0.05
    space = await api("studio/spaces", request)
    path = f"{domain_id}/desk"
    if space["status"] == "Pending":
        await told("space", path, "InService")
    app = await api("studio/spaces/start", place)
    if app["status"] == "Pending":
        await told("app", f"{path}/JupyterLab/default", "InService")
    assert (await api("studio/spaces/describe", place))["app"]["status"] == "InService"
    apps = await api("studio/apps/list", {"domain_id": domain_id, "with_activity": True})
    assert [each["idle_minutes"] for each in apps["apps"]] == [0]
    existing = (await api("studio/apps/existing", {}))["apps"]
    assert [each["status"] for each in existing if each["space_name"] == "desk"] == ["InService"]
    assert "auth?token=" in (await api("studio/spaces/open", place))["authorized_url"]
    assert (await api("studio/storage", {"domain_id": domain_id}))["usd_per_month"] == pytest.approx(0.56)
    assert (await api("studio/images"))["images"]
    await api("studio/spaces/stop", place)
    await told("app", f"{path}/JupyterLab/default", "Deleted")
    assert "desk" not in [each["space_name"] for each in (await api("studio/apps/existing", {}))["apps"]]
    changed = await api("studio/spaces/update", {**place, "instance_type": "ml.m5.4xlarge"})
    assert changed["resource_spec"]["instance_type"] == "ml.m5.4xlarge"
    # Its first InService was told before: another look says when the change is over.
    for _ in range(300):
        if (await api("studio/spaces/describe", place))["status"] == "InService":
            break
        await asyncio.sleep(0.1)

    plan = await api("studio/spaces/delete-plan", place)
    assert (plan["ready"], plan["apps"]) == (True, [])
    task = await finished(api, await api("studio/spaces/delete", {**place, "confirm": "desk"}))
    assert (task["state"], task["result"]) == ("succeeded", place)
    assert (await api("studio/spaces/list", {"domain_id": domain_id}))["spaces"] == []


async def test_what_is_wrong_is_told(api: Any) -> None:
    async def refused(path: str, body: dict[str, Any]) -> tuple[int, str]:
        with pytest.raises(HTTPClientError) as caught:
            await api(path, body)
        assert caught.value.response is not None
        return caught.value.code, json.loads(caught.value.response.body)["code"]

    assert await refused("studio/domains/describe", {"domain_id": "d-nowhere"}) == (404, "NotFound")
    assert await refused("studio/domains/describe", {"domain_id": "Nowhere"}) == (400, "InvalidRequest")
    name = f"space-{uuid.uuid4().hex[:8]}"
    place = {"domain_id": "d-nowhere", "space_name": name}
    assert await refused("studio/spaces/start", place) == (404, "NotFound")
    task = await finished(api, await api("studio/spaces/delete", {**place, "confirm": "another"}))
    assert (task["state"], task["error"]["code"]) == ("failed", "PreconditionFailed")
    task = await finished(api, await api("studio/domains", {"vpc_id": "vpc-0000aaaa"}))
    assert (task["state"], task["error"]["code"]) == ("failed", "InvalidRequest")
