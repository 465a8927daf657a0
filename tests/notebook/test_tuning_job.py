"""Tuning jobs in a notebook, against the sandbox, whose trials really run."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

import jupyter_smext as sm
from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.sandbox import SandboxInfo

SCRIPT = """
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int)
print(f"score={parser.parse_args().depth};")
"""


def spec_values(sandbox: SandboxInfo, folder: Path, script: str = SCRIPT, trials: int = 2) -> dict[str, Any]:
    (folder / "train.py").write_text(script)
    return {
        "api_version": "smext/v1",
        "kind": "HyperParameterTuningJob",
        "metadata": {"base_job_name": "tune"},
        "spec": {
            "role": sandbox.role_arn,
            "algorithm": {
                "framework": {"name": "sklearn", "version": "1.2-1", "py_version": "py3"},
                "metric_definitions": [{"name": "score", "regex": "score=([0-9.]+);"}],
            },
            "source_code": {"entry_script": "train.py"},
            "compute": {"instance_type": "ml.m5.large"},
            "stopping_condition": {"max_runtime_in_seconds": 600},
        },
        "tuning": {
            "strategy": "Random",
            "objective": {"metric_name": "score", "type": "Maximize"},
            "parameter_ranges": {"integer": {"depth": {"min_value": 1, "max_value": 9}}},
            "resource_limits": {"max_number_of_training_jobs": trials, "max_parallel_training_jobs": 2},
        },
    }


def test_a_tuning_job_is_launched_watched_and_found_again(sandbox: SandboxInfo, tmp_path: Path) -> None:
    job = sm.launch(sm.Spec(spec_values(sandbox, tmp_path), folder=tmp_path))
    assert isinstance(job, sm.TuningJob)
    assert repr(job) == f"Tuning job {job.name}"
    ended = job.wait()
    assert ended.hyper_parameter_tuning_job_status.value == job.status == "Completed", ended.failure_reason
    trials = job.trials()
    assert len(trials) == 2
    tried = {each.training_job_name: int(each.tuned_hyperparameters["depth"]) for each in trials}
    assert {each.training_job_name: each.objective for each in trials} == tried
    best = job.best()
    assert best is not None
    assert tried[best.name] == max(tried.values())
    assert best.status == "Completed"
    assert any(line.startswith("score=") for line in best.lines())
    for shown in (job, trials):
        assert f"depth={max(tried.values())}" in repr(shown)
        assert f"depth={max(tried.values())}" in shown._repr_html_()
    found = sm.attach(job.name)
    assert isinstance(found, sm.TuningJob)
    assert "Completed" in repr(found)
    assert isinstance(sm.attach(best.name), sm.Job)
    table = job.monitor()
    table.refresh()
    assert {each["training_job_name"] for each in table.jobs} == set(tried)


def test_a_tuning_job_is_stopped(sandbox: SandboxInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = spec_values(sandbox, tmp_path, "import time\ntime.sleep(120)\n")
    shown: list[str] = []
    monkeypatch.setattr("jupyter_smext.notebook.launches._show", lambda job: shown.append(repr(job)))
    sm.monitor_launches()
    try:
        job = sm.launch(sm.Spec(spec, folder=tmp_path))
    finally:
        sm.monitor_launches(False)
    assert shown == [f"Tuning job {job.name}"]
    assert isinstance(job, sm.TuningJob)
    assert job.best() is None
    job.stop()
    assert job.wait().hyper_parameter_tuning_job_status.value == "Stopped"
    assert job.stop().hyper_parameter_tuning_job_status.value == "Stopped"


def test_what_does_not_exist_is_said(sandbox: SandboxInfo) -> None:
    name = f"none-{uuid.uuid4().hex[:8]}"
    with pytest.raises(SmextError, match=f"no training job and no tuning job {name}") as caught:
        sm.attach(name)
    assert caught.value.code is ErrorCode.NOT_FOUND
    for call in (sm.TuningJob(name).describe, sm.TuningJob(name).stop):
        with pytest.raises(SmextError, match=name):
            call()


def test_a_monitor_of_one_job_takes_no_tuning_job() -> None:
    with pytest.raises(TypeError, match="TuningJob is no training job"):
        sm.JobMonitor(sm.TuningJob("tune-1"))
    assert sm.JobMonitor(sm.Job("train-1")).training_job_name == "train-1"
