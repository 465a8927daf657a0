from __future__ import annotations

from typing import Any

import pytest
from fake_hosting import JOB, FakeHosting, FakeSession, refusal

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.endpoints import delete as delete_module
from jupyter_smext.endpoints.delete import delete_endpoint, plan_delete
from jupyter_smext.endpoints.deploy import deploy
from jupyter_smext.endpoints.models import DeleteEndpointRequest, DeletePlan, DeployRequest

LISTS = {"list_endpoints": "configuration", "list_endpoint_configs": "model"}


@pytest.fixture
def hosting() -> FakeHosting:
    hosting = FakeHosting()
    session: Any = FakeSession(hosting)
    deploy(session, DeployRequest(training_job_name=JOB))
    hosting.resources["endpoint"][JOB]["EndpointStatus"] = "InService"
    return hosting


def plan(hosting: FakeHosting, **more: Any) -> DeletePlan:
    session: Any = FakeSession(hosting)
    return plan_delete(session, JOB, **more)


def delete(hosting: FakeHosting, **more: Any) -> DeletePlan:
    session: Any = FakeSession(hosting)
    return delete_endpoint(session, DeleteEndpointRequest(**{"endpoint_name": JOB, "confirm": JOB, **more}))


def add_config(hosting: FakeHosting, name: str, model: str) -> None:
    variant = {"VariantName": "v", "ModelName": model}
    hosting.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def kept(plan: DeletePlan) -> dict[str, str | None]:
    return {each.kind: each.reason_kept for each in plan.resources}


def test_all_that_belongs_to_it_goes_in_the_right_order(hosting: FakeHosting) -> None:
    add_config(hosting, "other", "another-model")
    hosting.log.clear()
    done = delete(hosting)
    assert [(each.kind, each.name, each.deleted) for each in done.resources] == [
        ("Endpoint", JOB, True), ("EndpointConfig", JOB, True), ("Model", JOB, True),
    ]  # fmt: skip
    assert [call for call in hosting.log if call.startswith("delete")] == [
        "delete_endpoint", "delete_endpoint_config", "delete_model",
    ]  # fmt: skip
    assert hosting.resources["endpoint_config"].keys() == {"other"}


def test_a_plan_changes_nothing(hosting: FakeHosting) -> None:
    hosting.log.clear()
    assert kept(plan(hosting)) == {"Endpoint": None, "EndpointConfig": None, "Model": None}
    assert all(call.startswith("describe") for call in hosting.log)


def test_what_something_else_uses_is_kept_and_the_user_of_it_is_named(hosting: FakeHosting) -> None:
    hosting.create_endpoint(EndpointName="twin", EndpointConfigName=JOB)
    add_config(hosting, "other", JOB)
    done = delete(hosting)
    assert kept(done) == {
        "Endpoint": None,
        "EndpointConfig": "Endpoint twin runs with it.",
        "Model": "Endpoint configuration other names it.",
    }
    assert hosting.resources["model"].keys() == {JOB}
    assert hosting.resources["endpoint_config"].keys() == {JOB, "other"}


def test_a_model_that_only_a_shadow_variant_or_a_pending_update_uses_is_kept(hosting: FakeHosting) -> None:
    hosting.create_endpoint_config(
        EndpointConfigName="other",
        ProductionVariants=[{"VariantName": "v", "ModelName": "m"}],
        ShadowProductionVariants=[{"VariantName": "s", "ModelName": JOB}],
    )
    hosting.create_endpoint(
        EndpointName="twin", EndpointConfigName="other", PendingDeploymentSummary={"EndpointConfigName": JOB}
    )
    reasons = kept(plan(hosting))
    assert reasons["EndpointConfig"] == "Endpoint twin runs with it."
    assert reasons["Model"] == "Endpoint configuration other names it."


def test_a_model_can_be_asked_to_be_kept(hosting: FakeHosting) -> None:
    delete(hosting, with_model=False)
    assert hosting.resources["model"].keys() == {JOB}
    assert not hosting.resources["endpoint_config"]


@pytest.mark.parametrize("operation", LISTS)
def test_what_could_not_be_found_out_is_kept(hosting: FakeHosting, operation: str) -> None:
    hosting.fail[operation] = refusal("not you", "AccessDeniedException")
    reason = kept(plan(hosting))["EndpointConfig" if LISTS[operation] == "configuration" else "Model"]
    assert reason is not None
    assert "not you" in reason
    assert "could not be found out" in reason


def test_an_account_too_large_to_read_keeps_the_model(hosting: FakeHosting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delete_module, "_MAX_READ", 3)
    for number in range(4):
        add_config(hosting, f"other-{number}", "m")
    assert "more than 3" in str(kept(plan(hosting))["Model"])


def test_the_typed_name_must_be_the_endpoints(hosting: FakeHosting) -> None:
    hosting.log.clear()
    with pytest.raises(SmextError) as caught:
        delete(hosting, confirm="job-2")
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert hosting.log == []


def test_an_endpoint_that_cannot_be_deleted_keeps_everything(hosting: FakeHosting) -> None:
    hosting.fail["delete_endpoint"] = refusal("not you", "AccessDeniedException")
    with pytest.raises(SmextError) as caught:
        delete(hosting)
    assert caught.value.code is ErrorCode.ACCESS_DENIED
    assert all(JOB in each for each in hosting.resources.values())


def test_an_endpoint_that_is_being_created_says_when_it_can_be_deleted(hosting: FakeHosting) -> None:
    hosting.resources["endpoint"][JOB]["EndpointStatus"] = "Creating"
    with pytest.raises(SmextError) as caught:
        delete(hosting)
    assert caught.value.code is ErrorCode.CONFLICT
    assert "is Creating" in caught.value.envelope.message


def test_a_half_way_failure_is_told_and_a_repetition_finishes_it(hosting: FakeHosting) -> None:
    hosting.fail["delete_endpoint_config"] = refusal("Rate exceeded", "ThrottlingException")
    done = delete(hosting)
    assert [(each.kind, each.deleted, each.error.code if each.error else None) for each in done.resources] == [
        ("Endpoint", True, None), ("EndpointConfig", False, ErrorCode.THROTTLED), ("Model", False, None),
    ]  # fmt: skip
    del hosting.fail["delete_endpoint_config"]
    hosting.fail["delete_model"] = refusal("Rate exceeded", "ThrottlingException")
    done = delete(hosting)
    assert [(each.kind, each.deleted) for each in done.resources] == [("EndpointConfig", True), ("Model", False)]
    del hosting.fail["delete_model"]
    assert [(each.kind, each.deleted) for each in delete(hosting).resources] == [("Model", True)]
    assert all(not each for each in hosting.resources.values())
    with pytest.raises(SmextError) as caught:
        delete(hosting)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_somebody_elses_model_of_that_name_is_no_leftover(hosting: FakeHosting) -> None:
    del hosting.resources["endpoint"][JOB], hosting.resources["endpoint_config"][JOB]
    hosting.resources["model"][JOB]["Tags"] = []
    with pytest.raises(SmextError) as caught:
        plan(hosting)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_inference_components_come_before_the_endpoint_they_stand_on(hosting: FakeHosting) -> None:
    hosting.resources["endpoint_config"][JOB]["ProductionVariants"] = [{"VariantName": "v"}]
    assert [each.kind for each in plan(hosting).resources] == ["InferenceComponent", "Endpoint", "EndpointConfig"]
