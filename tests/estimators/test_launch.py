"""One launch, one job: against the sandbox, which really creates jobs."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Cancelled, Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.launch import launch_once, preview
from jupyter_smext.estimators.models import LaunchResult
from jupyter_smext.estimators.tokens import LaunchStore, job_name_for, token_name
from jupyter_smext.sandbox import SandboxInfo

from .specs import REMOVED, changed

SPEC = changed(("spec.role", REMOVED), ("spec.input_data_config", []), ("spec.hyperparameters", {}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print('trained')\n")
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> LaunchStore:
    return LaunchStore(tmp_path / "launches")


def named(name: str, *changes: tuple[str, Any]) -> dict[str, Any]:
    return changed(("metadata.base_job_name", name), *changes, base=SPEC)


def jobs_called(session: AwsSession, name: str) -> list[str]:
    answer = session.client("sagemaker").list_training_jobs(NameContains=name)
    return [each["TrainingJobName"] for each in answer["TrainingJobSummaries"]]


def test_a_launch_creates_a_job_with_its_identities_as_tags(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore
) -> None:
    token = store.current("d").token
    result = launch_once(sandbox_session, store, named("tagged"), "d", token, folder, Silent())
    assert not result.already_launched
    client = sandbox_session.client("sagemaker")
    job = client.describe_training_job(TrainingJobName=result.training_job_name)
    tags = {each["Key"]: each["Value"] for each in client.list_tags(ResourceArn=result.training_job_arn)["Tags"]}
    assert tags["smext:launch-token"] == token
    assert len(tags["smext:spec-sha256"]) == 64
    uri = json.loads(job["HyperParameters"]["sagemaker_submit_directory"])
    assert tags["smext:source-sha256"] in uri
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    assert sandbox_session.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"] > 0


def test_a_second_click_answers_the_job_of_the_first(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore
) -> None:
    token = store.current("d").token
    first = launch_once(sandbox_session, store, named("twice"), "d", token, folder, Silent())
    second = launch_once(sandbox_session, store, named("twice"), "d", token, folder, Silent())
    assert (second.training_job_name, second.already_launched) == (first.training_job_name, True)
    assert jobs_called(sandbox_session, "twice") == [first.training_job_name]


def test_two_tabs_at_once_make_one_job_even_with_different_names(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore
) -> None:
    token = store.current("d").token

    def click(name: str) -> LaunchResult:
        return launch_once(sandbox_session, store, named(name), "d", token, folder, Silent())

    with ThreadPoolExecutor(4) as tabs:
        results = list(tabs.map(click, ["tab-one", "tab-two", "tab-one", "tab-two"]))
    assert len({each.training_job_name for each in results}) == 1
    assert sorted(each.already_launched for each in results) == [False, True, True, True]
    assert len(jobs_called(sandbox_session, "tab-")) == 1


KILLED_IN_BETWEEN = textwrap.dedent("""
    import json, os, sys
    from pathlib import Path
    from jupyter_smext.aws.progress import Silent
    from jupyter_smext.aws.session import AwsSession
    from jupyter_smext.estimators.launch import launch_once
    from jupyter_smext.estimators.tokens import LaunchStore

    spec, folder, launches, token, event = json.loads(sys.argv[1])
    session = AwsSession()
    session.client("sagemaker").meta.events.register(event, lambda **_: os._exit(9))
    launch_once(session, LaunchStore(Path(launches)), spec, "d", token, Path(folder), Silent())
""")


@pytest.mark.parametrize(
    ("event", "existed"),
    [("after-call.sagemaker.CreateTrainingJob", True), ("before-call.sagemaker.CreateTrainingJob", False)],
)
def test_a_server_killed_between_call_and_answer_leaves_one_job(
    sandbox_session: AwsSession, sandbox: SandboxInfo, folder: Path, tmp_path: Path, event: str, existed: bool
) -> None:
    name = f"killed-{event.split('-')[0]}"
    store = LaunchStore(tmp_path / "launches")
    token = store.current("d").token
    given = json.dumps([named(name), str(folder), str(tmp_path / "launches"), token, event])
    killed = subprocess.run([sys.executable, "-c", KILLED_IN_BETWEEN, given], check=False, timeout=120)
    assert killed.returncode == 9
    assert len(jobs_called(sandbox_session, name)) == int(existed)
    # The server is started again; the user's tab still holds the token, and the name was edited meanwhile.
    again = LaunchStore(tmp_path / "launches")
    assert again.current("d").token == token
    result = launch_once(sandbox_session, again, named(f"{name}-edited"), "d", token, folder, Silent())
    assert result.already_launched is existed
    assert jobs_called(sandbox_session, name) == [result.training_job_name]
    assert again.current("d").training_job_name == result.training_job_name


def test_after_a_sure_failure_the_token_is_still_good(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore
) -> None:
    token = store.current("d").token
    nowhere = named("retried", ("spec.output_data_config", {"s3_output_path": "s3://no-such-bucket-here/x"}))
    with pytest.raises(SmextError) as caught:
        launch_once(sandbox_session, store, nowhere, "d", token, folder, Silent())
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert "no-such-bucket-here" in str(caught.value)
    result = launch_once(sandbox_session, store, named("second"), "d", token, folder, Silent())
    assert result.training_job_name.startswith("second-")
    assert not result.already_launched


def test_a_launch_can_be_cancelled_before_the_job_exists(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore
) -> None:
    class Never(Silent):
        def cancelled(self) -> bool:
            return True

    token = store.current("d").token
    with pytest.raises(Cancelled):
        launch_once(sandbox_session, store, named("cancelled"), "d", token, folder, Never())
    assert jobs_called(sandbox_session, "cancelled") == []
    assert store.current("d").training_job_name is None


def test_a_job_of_that_name_without_our_token_is_a_conflict(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_smext.estimators.tokens.job_name_for", lambda base, token, **_: "taken-name")
    first = LaunchStore(folder / "other")
    launch_once(sandbox_session, first, named("x"), "d", first.current("d").token, folder, Silent())
    with pytest.raises(SmextError) as caught:
        launch_once(sandbox_session, store, named("x"), "d", store.current("d").token, folder, Silent())
    assert caught.value.code is ErrorCode.CONFLICT


def test_a_preview_has_no_side_effect_and_is_what_a_launch_sends(
    sandbox_session: AwsSession, folder: Path, store: LaunchStore
) -> None:
    calls: list[str] = []
    sandbox_session.boto.events.register("before-call", lambda model, **_: calls.append(model.name))
    request = preview(sandbox_session, named("seen"), folder)
    assert set(calls) <= {"GetCallerIdentity"}
    token = store.current("d").token
    result = launch_once(sandbox_session, store, named("seen"), "d", token, folder, Silent())
    job = sandbox_session.client("sagemaker").describe_training_job(TrainingJobName=result.training_job_name)
    for name in ("RoleArn", "AlgorithmSpecification", "ResourceConfig", "StoppingCondition"):
        assert {key: job[name][key] for key in request[name]} == request[name] if name != "RoleArn" else True
    same = {"sagemaker_job_name"}
    assert {k: v for k, v in job["HyperParameters"].items() if k not in same} == {
        k: v for k, v in request["HyperParameters"].items() if k not in same
    }


def test_tokens_are_kept_and_replaced_once(store: LaunchStore, tmp_path: Path) -> None:
    first = store.current("a").token
    assert store.current("a").token == first
    assert store.current("b").token != first
    assert store.current("a", replace=first).token == first, "an unspent token is not replaced"
    with store.launching("a", first, "job") as permit:
        permit.spend()
    assert store.current("a").training_job_name == permit.job_name
    fresh = store.current("a", replace=first)
    assert fresh.token != first
    assert store.current("a", replace=first).token == fresh.token, "two tabs that ask get the same one"
    with LaunchStore(tmp_path / "launches").launching("a", first, "other") as stale:
        assert (stale.spent, stale.job_name) == (True, permit.job_name)


def test_a_token_of_another_document_is_refused(store: LaunchStore) -> None:
    token = store.current("a").token
    store.current("b")
    with pytest.raises(SmextError) as caught, store.launching("b", token, "job"):
        pass
    assert caught.value.code is ErrorCode.CONFLICT


@pytest.mark.parametrize("base", ["a", "a" * 63, "long-" * 12 + "x"])
def test_names_fit_and_are_names(base: str) -> None:
    for name in (job_name_for(base, "0123456789abcdef", now=0), token_name(base, "0123456789abcdef")):
        assert len(name) <= 63
        assert "--" not in name
        assert name.replace("-", "").isalnum()
    assert job_name_for("a", "0123456789abcdef", now=0) == "a-19700101-000000-012345"
    for name in (job_name_for(base, "0123456789abcdef", limit=32), token_name(base, "0123456789abcdef", limit=32)):
        assert len(name) <= 32
