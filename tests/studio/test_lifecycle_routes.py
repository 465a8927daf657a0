"""What the panel calls: a plan, its execution as a task, the status, and the way back."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lifecycle_bundles import bundle_in
from tornado.httpclient import HTTPClientError

from jupyter_smext.aws.session import AwsSession


@pytest.fixture
def call(jp_fetch: Any) -> Callable[..., Any]:
    async def fetch(path: str, body: Any = None) -> Any:
        options: dict[str, Any] = {"method": "GET"} if body is None else {"method": "POST", "body": json.dumps(body)}
        answer = await jp_fetch("jupyter-smext", "api", *path.split("/"), **options)
        return json.loads(answer.body)

    return fetch


async def done(call: Any, task: dict[str, Any]) -> dict[str, Any]:
    for _ in range(300):
        task = await call(f"tasks/{task['id']}")
        if task["state"] in ("succeeded", "failed", "cancelled"):
            return task
        await asyncio.sleep(0.1)
    raise AssertionError(task)


async def test_from_the_plan_to_the_way_back(
    call: Any, sandbox_session: AwsSession, domain_id: str, tmp_path: Path
) -> None:
    bucket = f"rollout-{uuid.uuid4().hex[:8]}"
    sandbox_session.client("s3").create_bucket(Bucket=bucket)
    body = {"domain_id": domain_id, "bundle": str(bundle_in(tmp_path / "bundle")), "s3_uri": f"s3://{bucket}/smext"}
    plan = await call("studio/lifecycle/plan", body)
    assert plan["possible"]
    assert [each["kind"] for each in plan["steps"]][-1] == "update_settings"
    task = await done(call, await call("studio/lifecycle/install", {**body, "plan_id": plan["plan_id"]}))
    assert task["state"] == "succeeded", task["error"]
    assert task["result"]["verified"]
    status = await call("studio/lifecycle/status", {"domain_id": domain_id})
    assert [each["version"] for each in status["attachments"]] == ["9.9.1"]
    # The same plan again is not the plan of now.
    again = await done(call, await call("studio/lifecycle/install", {**body, "plan_id": plan["plan_id"]}))
    assert again["error"]["code"] == "Conflict"
    gone = await done(
        call, await call("studio/lifecycle/uninstall", {"domain_id": domain_id, "s3_uri": body["s3_uri"]})
    )
    assert gone["state"] == "succeeded", gone["error"]
    assert (await call("studio/lifecycle/status", {"domain_id": domain_id}))["attachments"] == []


async def test_what_is_wrong_is_said(call: Any, sandbox_session: AwsSession) -> None:
    for path, body, code in (
        ("plan", {"domain_id": "d-nobodyknows"}, 404),
        ("status", {"domain_id": "d-nobodyknows"}, 404),
        ("doctor", {"domain_id": "d-nobodyknows", "space_name": "lab"}, 404),
        ("plan", {"domain_id": "no domain"}, 400),
        ("plan", {"domain_id": "d-abc", "user_profile_name": "analyst", "space_name": "lab"}, 400),
        ("plan", {"domain_id": "d-abc", "s3_uri": "https://bucket"}, 400),
    ):
        with pytest.raises(HTTPClientError) as caught:
            await call(f"studio/lifecycle/{path}", body)
        assert caught.value.code == code, (path, body)
