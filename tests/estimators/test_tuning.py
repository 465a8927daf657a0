from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import check
from jupyter_smext.estimators.launch import create
from jupyter_smext.estimators.request_check import require_valid

from .parity import our_request
from .specs import SCRIPT_SPEC, changed

TUNING: dict[str, Any] = {
    "strategy": "Bayesian",
    "objective": {"metric_name": "train:acc", "type": "Maximize"},
    "resource_limits": {"max_number_of_training_jobs": 6, "max_parallel_training_jobs": 2},
    "parameter_ranges": {
        "continuous": {"C": {"min_value": 0.1, "max_value": 10, "scaling_type": "Logarithmic"}},
        "integer": {"epochs": {"min_value": 1, "max_value": 9}},
        "categorical": {"name": ["x", "y"]},
    },
}
SPEC = changed(("kind", "HyperParameterTuningJob"), ("tuning", TUNING), base=SCRIPT_SPEC)
RANGES = "tuning.parameter_ranges"

INVALID: list[tuple[list[tuple[str, Any]], str]] = [
    ([("tuning.strategy", "Genetic")], "tuning.strategy"),
    ([("tuning.objective.metric_name", "val:acc")], "tuning.objective.metric_name"),
    ([("tuning.objective.type", "Max")], "tuning.objective.type"),
    ([(RANGES, {})], RANGES),
    ([(f"{RANGES}.continuous.C.max_value", 0.1)], f"{RANGES}.continuous.C"),
    ([(f"{RANGES}.continuous.C.min_value", 0)], f"{RANGES}.continuous.C.scaling_type"),
    ([(f"{RANGES}.continuous.C.scaling_type", "ReverseLogarithmic")], f"{RANGES}.continuous.C.scaling_type"),
    ([(f"{RANGES}.integer.epochs.min_value", 0.5)], f"{RANGES}.integer.epochs.min_value"),
    ([(f"{RANGES}.integer.C", {"min_value": 1, "max_value": 2})], RANGES),
    ([(f"{RANGES}.categorical.name", [])], f"{RANGES}.categorical.name"),
    ([(f"{RANGES}.categorical.name", [str(n) for n in range(31)])], f"{RANGES}.categorical.name"),
    ([(f"{RANGES}.auto", {"depth": "3"})], f"{RANGES}.auto"),
    ([("tuning.resource_limits.max_parallel_training_jobs", 7)], "tuning.resource_limits.max_parallel_training_jobs"),
    ([("tuning.resource_limits", {})], "tuning.resource_limits.max_number_of_training_jobs"),
    ([("tuning.strategy", "Grid"), ("tuning.resource_limits", {}), (f"{RANGES}.categorical", {})], RANGES),
    (
        [
            ("tuning.strategy", "Grid"),
            (RANGES, {"categorical": {"name": ["x", "y", "z"]}}),
        ],
        "tuning.resource_limits.max_number_of_training_jobs",
    ),
    (
        [("tuning.strategy", "Hyperband"), ("tuning.training_job_early_stopping_type", "Auto")],
        "tuning.training_job_early_stopping_type",
    ),
    ([("tuning.strategy_config", {"hyperband_strategy_config": {"min_resource": 1}})], "tuning.strategy_config"),
    (
        [
            (
                "tuning.definitions.0",
                {
                    "definition_name": "b",
                    "spec": SPEC["spec"],
                    **{k: TUNING[k] for k in ("objective", "parameter_ranges")},
                },
            )
        ],
        "tuning.definition_name",
    ),
    (
        [
            (
                "tuning.warm_start_config",
                {"parent_hyper_parameter_tuning_jobs": [], "warm_start_type": "TransferLearning"},
            )
        ],
        "tuning.warm_start_config.parent_hyper_parameter_tuning_jobs",
    ),
    ([("metadata.experiment", {"experiment_name": "e"})], "metadata.experiment"),
    ([("spec.mlflow_config", {"mlflow_resource_arn": "arn:x"})], "spec.mlflow_config"),
    ([("spec.distribution", {"type": "mpi"})], "spec.distribution.type"),
]


def test_a_tuning_spec_becomes_a_tuning_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert check(SPEC).problems == []
    request = our_request(SPEC)
    require_valid(AwsSession(region="us-east-1"), "CreateHyperParameterTuningJob", request)
    assert request["HyperParameterTuningJobConfig"] == {
        "Strategy": "Bayesian",
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 6, "MaxParallelTrainingJobs": 2},
        "TrainingJobEarlyStoppingType": "Off",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "train:acc"},
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "C", "MinValue": "0.1", "MaxValue": "10.0", "ScalingType": "Logarithmic"}
            ],
            "IntegerParameterRanges": [{"Name": "epochs", "MinValue": "1", "MaxValue": "9", "ScalingType": "Auto"}],
            "CategoricalParameterRanges": [{"Name": "name", "Values": ['"x"', '"y"']}],
        },
    }
    definition = request["TrainingJobDefinition"]
    assert not {"C", "epochs", "name"} & set(definition["StaticHyperParameters"]), "tuned values are not fixed too"
    assert definition["HyperParameterTuningResourceConfig"] == {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 30,
    }


@pytest.mark.parametrize(("changes", "path"), [pytest.param(c, p, id=f"{n}-{p}") for n, (c, p) in enumerate(INVALID)])
def test_an_invalid_tuning_spec_has_its_problem_there(changes: list[tuple[str, Any]], path: str) -> None:
    base = SPEC if "definitions" not in changes[0][0] else changed(("tuning.definitions", []), base=SPEC)
    problems = check(changed(*changes, base=base)).problems
    assert [each.path for each in problems] == [path], problems


def test_grid_counts_its_combinations() -> None:
    grid = changed(
        ("tuning.strategy", "Grid"),
        ("tuning.resource_limits", {"max_parallel_training_jobs": 2}),
        (RANGES, {"categorical": {"name": ["x", "y", "z"], "C": ["1", "2"]}}),
        base=SPEC,
    )
    assert check(grid).problems == []
    assert our_request(grid)["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxNumberOfTrainingJobs"] == 6


def test_a_tuning_job_is_created_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    session = AwsSession(region="us-east-1")
    request = our_request(SPEC)
    arn = "arn:aws:sagemaker:us-east-1:111122223333:hyper-parameter-tuning-job/ours"
    token = {each["Key"]: each["Value"] for each in request["Tags"]}["smext:launch-token"]
    with Stubber(session.client("sagemaker")) as stub:
        stub.add_response("create_hyper_parameter_tuning_job", {"HyperParameterTuningJobArn": arn}, request)
        stub.add_client_error("create_hyper_parameter_tuning_job", "ResourceInUse", "exists", http_status_code=400)
        stub.add_response(
            "describe_hyper_parameter_tuning_job",
            {
                "HyperParameterTuningJobName": "ours",
                "HyperParameterTuningJobArn": arn,
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Bayesian",
                    "ResourceLimits": {"MaxParallelTrainingJobs": 1},
                },
                "HyperParameterTuningJobStatus": "InProgress",
                "CreationTime": 0,
                "TrainingJobStatusCounters": {},
                "ObjectiveStatusCounters": {},
            },
        )
        stub.add_response("list_tags", {"Tags": request["Tags"]}, {"ResourceArn": arn})
        results = [create(session, "HyperParameterTuningJob", request, token) for _ in range(2)]
    assert [each.already_launched for each in results] == [False, True]
    assert {(each.kind, each.training_job_name) for each in results} == {("HyperParameterTuningJob", "ours")}
