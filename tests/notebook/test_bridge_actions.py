"""Specs in a notebook, against the sandbox: preflight, price, launch, wait, logs, and what is said where it cannot be."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest

import jupyter_smext as sm
from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.sandbox import SandboxInfo


def spec_values(sandbox: SandboxInfo, folder: Path) -> dict[str, Any]:
    (folder / "train.py").write_text(
        "import os\nprint('hello from the job')\nopen(os.environ['SM_MODEL_DIR'] + '/m', 'w').close()\n"
    )
    return {
        "api_version": "smext/v1",
        "kind": "TrainingJob",
        "metadata": {"base_job_name": "bridge"},
        "spec": {
            "role": sandbox.role_arn,
            "algorithm": {"framework": {"name": "sklearn", "version": "1.2-1", "py_version": "py3"}},
            "source_code": {"entry_script": "train.py"},
            "compute": {"instance_type": "ml.m5.large"},
            "stopping_condition": {"max_runtime_in_seconds": 600},
        },
    }


def test_a_spec_is_checked_priced_launched_and_watched(
    sandbox: SandboxInfo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = sm.Spec(spec_values(sandbox, tmp_path), folder=tmp_path)
    file = spec.save(tmp_path / "bridge.sagemaker.yaml")
    assert sm.Spec.read(file).spec == spec.spec
    checked = sm.preflight(file)
    assert checked, repr(checked)
    price = sm.price(spec)
    assert price.usd_at_most
    for shown in (checked, price, spec):
        assert "<" in shown._repr_html_()
        assert "USD" in repr(shown) or "sklearn" in repr(shown)
    job = sm.launch(str(file))
    assert job.name.startswith("bridge-")
    ended = job.wait()
    assert ended.training_job_status.value == "Completed", ended.failure_reason
    sm.attach(job.name).logs()
    assert "hello from the job" in capsys.readouterr().out
    assert "Completed" in repr(job)
    assert "Completed" in job._repr_html_()
    assert job.monitor().training_job_name == job.name


def test_a_spec_that_is_saved_elsewhere_finds_its_code(sandbox: SandboxInfo, tmp_path: Path) -> None:
    code, other = tmp_path / "code", tmp_path / "other"
    code.mkdir()
    other.mkdir()
    spec = sm.Spec(spec_values(sandbox, code), folder=code)
    saved = sm.Spec.read(spec.save(other / "moved.sagemaker.yaml"))
    assert (other / saved.spec["spec"]["source_code"]["source_dir"]).resolve() == code
    with pytest.raises(SmextError) as caught:
        spec.save(other / "moved.sagemaker.yaml")
    assert caught.value.code is ErrorCode.CONFLICT


@pytest.mark.parametrize("given", [3, object()])
def test_what_can_not_be_launched_is_refused_with_a_word(given: object) -> None:
    with pytest.raises(SmextError) as caught:
        sm.price(given)
    assert "Estimator" in str(caught.value.envelope.hint)
    with pytest.raises(SmextError, match="knows no job"):
        sm.attach(given)
    with pytest.raises(SmextError) as caught:
        sm.capture(given)
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_without_the_sdk_a_spec_says_so(sandbox: SandboxInfo, tmp_path: Path) -> None:
    spec = sm.Spec(spec_values(sandbox, tmp_path), folder=tmp_path)
    for make in (spec.to_estimator, spec.to_model_trainer, spec.inputs):
        with pytest.raises(SmextError, match="not installed") as caught:
            make()
        assert "sm.launch" in str(caught.value.envelope.hint)


def test_launches_of_any_client_are_shown_while_that_is_on(
    sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jupyter_smext.notebook import launches

    shown: list[str] = []
    monkeypatch.setattr(launches, "_show", lambda job: shown.append(repr(job)))
    client = boto3.client("sagemaker")

    def create() -> str:
        name = f"shown-{uuid.uuid4().hex[:8]}"
        client.create_training_job(
            TrainingJobName=name,
            AlgorithmSpecification={
                "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
                "TrainingInputMode": "File",
            },
            RoleArn=sandbox.role_arn,
            OutputDataConfig={"S3OutputPath": f"s3://{sandbox.bucket}/out"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
        )
        return name

    sm.monitor_launches()
    sm.monitor_launches()
    try:
        name = create()
    finally:
        sm.monitor_launches(False)
    create()
    assert shown == [f"Training job {name}"]
