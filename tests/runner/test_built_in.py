"""Algorithms of AWS's own, in the runner; what they learn is tested behind an endpoint of the sandbox."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from runner_jobs import Jobs, channel

from jupyter_smext.runner.built_in import built_in, metric_definitions
from jupyter_smext.runner.container import Container
from jupyter_smext.runner.supervisor import Supervisor

REGISTRY = "382416733822.dkr.ecr.us-east-1.amazonaws.com"


def test_without_an_opt_ml_of_its_own(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "isolation_problem", property(lambda self: "a test says so"))
    data = channel("train", jobs.put(f"{jobs.name}/rows.csv", "".join(f"{x},{x % 3}\n" for x in range(30))))
    request = jobs.request(
        InputDataConfig=[data | {"ContentType": "text/csv;label_size=0"}],
        HyperParameters={"k": "2", "feature_dim": "2", "epochs": "3"},
        CheckpointConfig={"S3Uri": f"s3://data/{jobs.name}/checkpoints"},
    )
    request["AlgorithmSpecification"]["TrainingImage"] = f"{REGISTRY}/kmeans:1"
    job = jobs.start(request)
    result = job.result()
    assert result.status == "Completed", job.events.lines
    assert list(jobs.artifact(result.model_artifacts)) == ["model_algo-1"]
    assert dict(job.events.metrics)["train:msd"] > 0
    for what in ("a local stand-in is trained", "epochs=3 has no counterpart here", "CheckpointConfig has no effect"):
        assert any(what in line for line in job.events.lines), what


def test_xgboost_goes_on_from_its_checkpoints(jobs: Jobs) -> None:
    data = channel("train", jobs.put(f"{jobs.name}/rows.csv", "".join(f"{x % 2},{x},{x % 3}\n" for x in range(60))))
    prefix = f"{jobs.name}/checkpoints/"

    def train(rounds: int) -> tuple[list[str], list[str]]:
        request = jobs.request(
            InputDataConfig=[data | {"ContentType": "text/csv"}],
            HyperParameters={"num_round": str(rounds), "objective": "binary:logistic"},
            CheckpointConfig={"S3Uri": f"s3://data/{prefix}", "LocalPath": "/opt/ml/checkpoints/mine"},
        )
        request["AlgorithmSpecification"]["TrainingImage"] = f"{REGISTRY}/sagemaker-xgboost:1.7-1"
        job = jobs.start(request)
        assert job.result().status == "Completed", job.events.lines
        kept = jobs.s3.list_objects_v2(Bucket="data", Prefix=prefix).get("Contents", [])
        rounds_told = [line.partition("#011")[0] for line in job.events.lines if "train-logloss" in line]
        return sorted(each["Key"].removeprefix(prefix) for each in kept), rounds_told

    first, told = train(3)
    assert first == ["xgboost-checkpoint.0", "xgboost-checkpoint.1", "xgboost-checkpoint.2"]
    assert told == ["[0]", "[1]", "[2]"]

    jobs.put(f"{prefix}xgboost-checkpoint.7", b"not a model")
    second, told = train(5)
    assert told == ["[3]", "[4]"]
    assert {"xgboost-checkpoint.3", "xgboost-checkpoint.4"} <= set(second)


def test_images() -> None:
    names = {"linear-learner:1": "linear-learner", "sagemaker-xgboost:1.7-1": "xgboost", "xgboost:1": "xgboost"}
    for image, name in names.items():
        found = built_in(f"{REGISTRY}/{image}")
        assert found is not None
        assert found.name == name
    for image in ("blazingtext:1", "sagemaker-scikit-learn:1.2-1-cpu-py3", "my-xgboost:1"):
        assert built_in(f"{REGISTRY}/{image}") is None


def test_metrics_of_a_script_in_an_algorithms_image_are_its_own() -> None:
    given = [{"Name": "validation:auc", "Regex": "auc=(.*)"}]
    algorithm = {"TrainingImage": f"{REGISTRY}/sagemaker-xgboost:1.7-1", "MetricDefinitions": given}
    script = {"AlgorithmSpecification": algorithm, "HyperParameters": {"sagemaker_program": "train.py"}}
    assert metric_definitions(script) == given
    without = metric_definitions({"AlgorithmSpecification": algorithm})
    assert without[0] == given[0]
    assert [item["Name"] for item in without].count("validation:auc") == 1
    assert "train:rmse" in [item["Name"] for item in without]


def test_a_missing_package_is_installed_for_the_job(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = []

    class Recorder(Container):
        def __init__(self) -> None:
            self.ml = type("Folders", (), {"code": tmp_path})()

        def install(self, source: Path, **options: object) -> None:
            installed.append((source / "requirements.txt").read_text())

    xgboost = built_in(f"{REGISTRY}/xgboost:1")
    assert xgboost is not None
    xgboost.install(Recorder(), lambda: None)
    assert installed == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    xgboost.install(Recorder(), lambda: None)
    assert installed == [f"{xgboost.requirement}\n"]
