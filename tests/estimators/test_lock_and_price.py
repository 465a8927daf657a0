from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import valid_spec
from jupyter_smext.estimators.file import dump
from jupyter_smext.estimators.git_state import git_state
from jupyter_smext.estimators.launch import launch_once
from jupyter_smext.estimators.lock import lock_path, read_lock, write_lock
from jupyter_smext.estimators.price import estimate
from jupyter_smext.estimators.tokens import LaunchStore
from jupyter_smext.prices.instances import packaged_prices, price_table
from jupyter_smext.prices.refresh import prices_of, refresh
from jupyter_smext.sandbox import SandboxInfo

from .specs import REMOVED, SCRIPT_SPEC, changed


@pytest.fixture
def document(sandbox: SandboxInfo, sandbox_session: AwsSession, tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print(1)\n")
    bucket = sandbox.bucket
    sandbox_session.client("s3").put_object(Bucket=bucket, Key="lock/train/a.csv", Body=b"1,2\n")
    spec = changed(("spec.role", REMOVED), ("spec.input_data_config.0.s3_uri", "s3://${profile.bucket}/lock/train/"))
    path = tmp_path / "churn.sagemaker.yaml"
    path.write_text(dump(spec))
    return path


def test_a_lock_says_what_changed(document: Path, sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    prices = packaged_prices()
    first = write_lock(sandbox_session, document, prices)
    assert first.path == str(lock_path(document))
    assert first.changes == []
    assert read_lock(lock_path(document)) == first.lock
    job = first.lock.jobs[0]
    assert str(job.image).endswith("sagemaker-scikit-learn:1.2-1-cpu-py3")
    assert job.source_sha256
    assert job.channels["train"] is not None
    assert job.channels["train"].objects == 1
    assert any("digest" in note for note in first.lock.notes), "AWS's registry is not in the sandbox"
    assert write_lock(sandbox_session, document, prices).changes == []
    sandbox_session.client("s3").put_object(Bucket=sandbox.bucket, Key="lock/train/a.csv", Body=b"1,3\n")
    (document.parent / "src" / "train.py").write_text("print(2)\n")
    assert write_lock(sandbox_session, document, prices).changes == ["the source", "the data of channel train"]
    document.write_text(document.read_text().replace("epochs: 2", "epochs: 3"))
    assert write_lock(sandbox_session, document, prices).changes == ["the spec"]


def test_the_commit_is_known_and_no_password_of_its_remote(tmp_path: Path) -> None:
    assert git_state(tmp_path) is None
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    (tmp_path / "a").write_text("1")
    for command in (
        ["init", "-q"],
        ["add", "a"],
        ["commit", "-qm", "x"],
        ["remote", "add", "origin", "https://me:secret@host/x.git"],
    ):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    state = git_state(tmp_path)
    assert state is not None
    assert (len(state.commit), state.dirty, state.remote) == (40, False, "https://host/x.git")
    (tmp_path / "a").write_text("2")
    changed_state = git_state(tmp_path)
    assert changed_state is not None
    assert changed_state.dirty


def price_of(*changes: tuple[str, Any], region: str = "us-east-1") -> Any:
    return estimate(valid_spec(changed(*changes)), region, packaged_prices())


def test_a_price_says_what_it_is_of_and_since_when() -> None:
    price = price_of()
    assert price.usd_at_most == pytest.approx(0.115)
    assert not price.about
    [line] = price.lines
    assert (line.component, line.usd_per_hour) == ("Training", 0.115)
    assert line.as_of
    elsewhere = price_of(region="eu-central-1")
    assert elsewhere.about
    assert elsewhere.lines[0].component == "Hosting"


def test_no_price_is_no_price_and_never_zero() -> None:
    assert price_of(("spec.compute.instance_type", "ml.c5n.xlarge")).usd_at_most is None
    assert price_of(region="mars-north-1").usd_at_most is None
    groups = [
        {"instance_group_name": "a", "instance_type": "ml.m5.large"},
        {"instance_group_name": "b", "instance_type": "ml.c5n.xlarge"},
    ]
    assert price_of(("spec.compute", {"instance_groups": groups})).usd_at_most is None


def test_the_parts_of_a_price() -> None:
    warm = price_of(("spec.compute.keep_alive_period_in_seconds", 1800))
    assert warm.usd_at_most == pytest.approx(0.115 * 1.5)
    ireland = price_of(region="eu-west-1")
    assert any("GB volume" in line.what and line.usd for line in ireland.lines)
    options = [{"instance_type": "ml.m5.large"}, {"instance_type": "ml.m5.4xlarge"}]
    dearest = price_of(("spec.compute", {"instance_preferences": options}))
    assert dearest.usd_at_most == pytest.approx(0.922)
    spot = price_of(
        ("spec.compute.enable_managed_spot_training", True), ("spec.stopping_condition.max_wait_time_in_seconds", 7200)
    )
    assert spot.usd_at_most == pytest.approx(0.115)
    assert any("Spot" in note for note in spot.notes)


def product(usage_type: str, usd: str) -> dict[str, Any]:
    return {
        "product": {"attributes": {"usagetype": usage_type}},
        "terms": {"OnDemand": {"a": {"priceDimensions": {"b": {"pricePerUnit": {"USD": usd}}}}}},
    }


def test_prices_are_read_by_their_usage_type() -> None:
    products = [
        product("USE1-Train:ml.m5.large", "0.2"),
        product("EU-Host:ml.m5.large", "0.3"),
        product("USE1-Studio:JupyterLab-ml.t3.medium", "0.05"),
        product("USE1-Train:ml.p9.large", "0"),
        product("USE1-Studio:VolumeUsage.gp3", "0.1"),
    ]
    assert prices_of(products) == {
        "ml.m5.large": {"Training": 0.2, "Hosting": 0.3},
        "ml.t3.medium": {"Studio-JupyterLab": 0.05},
    }


def test_refreshed_prices_come_before_those_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pricing:
        def get_paginator(self, name: str) -> Pricing:
            return self

        def paginate(self, **_: Any) -> list[dict[str, Any]]:
            return [{"PriceList": [json.dumps(product("USE1-Train:ml.m5.large", "9.5"))]}]

    session = AwsSession(region="us-east-1")
    monkeypatch.setattr(session, "client", lambda *_: Pricing())
    target = tmp_path / "prices.json"
    refresh(session, "us-east-1", target, Silent())
    price = price_table(target).training("us-east-1", "ml.m5.large")
    assert price is not None
    assert (price.usd_per_hour, price.exact) == (9.5, True)
    assert price_table(target).training("us-east-1", "ml.m5.xlarge") is not None, "the rest is still known"
    target.write_text("broken")
    assert price_table(target).training("us-east-1", "ml.m5.large") is not None


def test_an_administrators_cap_blocks_in_the_server(sandbox_session: AwsSession, tmp_path: Path) -> None:
    store = LaunchStore(tmp_path / "launches")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text("print(1)")
    spec = changed(
        ("metadata.base_job_name", "capped"), ("spec.role", REMOVED), ("spec.input_data_config", []), base=SCRIPT_SPEC
    )
    token = store.current("d").token
    with pytest.raises(SmextError) as caught:
        launch_once(sandbox_session, store, spec, "d", token, tmp_path, Silent(), max_cost_usd=0.05)
    assert caught.value.code is ErrorCode.ACCESS_DENIED
    assert caught.value.status == 403
    unknown = changed(("spec.compute.instance_type", "ml.c5n.xlarge"), base=spec)
    with pytest.raises(SmextError, match="not known"):
        launch_once(sandbox_session, store, unknown, "d", token, tmp_path, Silent(), max_cost_usd=1000)
    client = sandbox_session.client("sagemaker")
    assert client.list_training_jobs(NameContains="capped")["TrainingJobSummaries"] == []
    result = launch_once(sandbox_session, store, spec, "d", token, tmp_path, Silent(), max_cost_usd=1)
    assert not result.already_launched
