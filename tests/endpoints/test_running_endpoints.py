"""Endpoints that really run in the sandbox."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.endpoints.delete import delete_endpoint, plan_delete
from jupyter_smext.endpoints.deploy import deploy
from jupyter_smext.endpoints.describe import endpoint_status
from jupyter_smext.endpoints.invoke import invoke
from jupyter_smext.endpoints.listing import list_endpoints
from jupyter_smext.endpoints.models import DeleteEndpointRequest, DeployRequest, EndpointsQuery, InvokeRequest
from jupyter_smext.endpoints.wait import wait_settled
from jupyter_smext.sandbox import SandboxInfo


def new_name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def delete(session: AwsSession, name: str) -> list[tuple[str, bool]]:
    plan = delete_endpoint(session, DeleteEndpointRequest(endpoint_name=name, confirm=name))
    return [(each.kind, each.deleted) for each in plan.resources]


def test_from_a_trained_job_to_predictions_and_back_to_nothing(
    sandbox_session: AwsSession, trained: Callable[[], str]
) -> None:
    job, name = trained(), new_name()
    request = DeployRequest(training_job_name=job, endpoint_name=name)
    assert deploy(sandbox_session, request).endpoint_status == "Creating"
    assert deploy(sandbox_session, request).endpoint_name == name
    states = list(wait_settled(sandbox_session, name))
    assert [each.endpoint_status for each in states] == ["Creating", "InService"]
    assert states[-1].training_job_name == job
    page = list_endpoints(sandbox_session, EndpointsQuery(name_contains=name))
    assert [(each.endpoint_name, each.endpoint_status) for each in page.endpoints] == [(name, "InService")]

    result = invoke(sandbox_session, InvokeRequest(endpoint_name=name, body="1,1\n15,0\n"))
    assert json.loads(result.body) == [False, True]
    assert 0 < result.latency_ms < 10_000
    with pytest.raises(SmextError) as caught:
        invoke(sandbox_session, InvokeRequest(endpoint_name=name, body="1,1,1\n2,2,2\n"))
    assert caught.value.code is ErrorCode.UPSTREAM_REJECTED
    assert "3 features" in caught.value.envelope.message

    assert delete(sandbox_session, name) == [("Endpoint", True), ("EndpointConfig", True), ("Model", True)]
    with pytest.raises(SmextError) as caught:
        list(wait_settled(sandbox_session, name))
    assert caught.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(SmextError) as caught:
        plan_delete(sandbox_session, name)
    assert caught.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(SmextError) as caught:
        invoke(sandbox_session, InvokeRequest(endpoint_name=name, body="1,1"))
    assert caught.value.code is ErrorCode.NOT_FOUND


BROKEN = """
import os, pathlib

def model_fn(model_dir):
    raise RuntimeError("this model cannot be loaded")

if __name__ == "__main__":
    pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text("x")
"""


def test_a_model_that_cannot_load_fails_with_a_reason_and_can_be_deleted(
    sandbox_session: AwsSession, trained: Callable[[str], str]
) -> None:
    name = new_name()
    deploy(sandbox_session, DeployRequest(training_job_name=trained(BROKEN), endpoint_name=name))
    *_, last = wait_settled(sandbox_session, name)
    assert last.endpoint_status == "Failed"
    assert last.failure_reason
    with pytest.raises(SmextError) as caught:
        invoke(sandbox_session, InvokeRequest(endpoint_name=name, body="1"))
    assert caught.value.code is ErrorCode.CONFLICT
    assert "is Failed" in caught.value.envelope.message
    assert delete(sandbox_session, name) == [("Endpoint", True), ("EndpointConfig", True), ("Model", True)]
    assert endpoint_status(sandbox_session, name) in (None, "Deleting")


def test_a_job_that_still_runs_has_no_model(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    job = start_job(sandbox_session, sandbox, "import time\ntime.sleep(30)")
    with pytest.raises(SmextError) as caught:
        deploy(sandbox_session, DeployRequest(training_job_name=job))
    assert caught.value.code is ErrorCode.PRECONDITION_FAILED
    sandbox_session.client("sagemaker").stop_training_job(TrainingJobName=job)
    wait_until(sandbox_session, job, "Stopped")
