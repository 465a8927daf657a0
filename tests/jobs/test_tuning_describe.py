"""Tuning jobs as AWS describes them, in forms that the sandbox does not have."""

from __future__ import annotations

from typing import Any

import pytest
from fake_session import NOW, FakeSession, refusal

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.jobs.models import HyperParameterTuningJobStatus, TuningJobsQuery
from jupyter_smext.jobs.tuning import describe_tuning_job, list_tuning_jobs

NAME = "tune"


class FakeTuning:
    """Answers each operation with what it was given, and remembers the requests."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    def describe_hyper_parameter_tuning_job(self, **request: Any) -> Any:
        return self._answer(request)

    def list_hyper_parameter_tuning_jobs(self, **request: Any) -> Any:
        return self._answer(request)

    def _answer(self, request: dict[str, Any]) -> Any:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def session_of(far_end: FakeTuning) -> Any:
    return FakeSession(sagemaker=far_end)


def definition(**more: Any) -> dict[str, Any]:
    return {
        "StaticHyperParameters": {
            "api_key": '"hidden-from-view"',
            "kind": '"tree"',
            "sagemaker_program": '"train.py"',
            "_tuning_objective_metric": "score",
        },
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::111122223333:role/R",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **more,
    }


def answer(config: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "HyperParameterTuningJobName": NAME,
        "HyperParameterTuningJobArn": f"arn:aws:sagemaker:eu-central-1:111122223333:hyper-parameter-tuning-job/{NAME}",
        "HyperParameterTuningJobStatus": "InProgress",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 20, "MaxParallelTrainingJobs": 2},
            **config,
        },
        "CreationTime": NOW,
        "TrainingJobStatusCounters": {},
        "ObjectiveStatusCounters": {},
        "ResponseMetadata": {},
        **more,
    }


def described(document: dict[str, Any]) -> Any:
    return describe_tuning_job(session_of(FakeTuning(document)), NAME)


def test_one_definition_with_the_objective_and_ranges_of_all() -> None:
    ranges = {
        "ContinuousParameterRanges": [
            {"Name": "lr", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"}
        ],
        "CategoricalParameterRanges": [{"Name": "booster", "Values": ['"dart"', '"tree"']}],
        "AutoParameters": [{"Name": "depth", "ValueHint": "3"}],
    }
    objective = {"Type": "Minimize", "MetricName": "loss"}
    job = described(
        answer(
            {"HyperParameterTuningJobObjective": objective, "ParameterRanges": ranges},
            TrainingJobDefinition=definition(
                ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
            ),
            WarmStartConfig={
                "WarmStartType": "TransferLearning",
                "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "before"}],
            },
        )
    )
    [only] = job.definitions
    assert only.objective.model_dump() == {"metric_name": "loss", "type": "Minimize"}
    assert [(each.name, each.kind, each.scaling_type, each.values) for each in only.ranges] == [
        ("lr", "continuous", "Logarithmic", []),
        ("booster", "categorical", None, ["dart", "tree"]),
        ("depth", "auto", None, ["3"]),
    ]
    assert (only.ranges[0].min_value, only.ranges[0].max_value) == (0.001, 1)
    assert [(each.instance_type, each.instance_count) for each in only.instances] == [("ml.m5.large", 2)]
    assert only.static_hyperparameters["kind"] == "tree"
    assert set(only.static_hyperparameters) == {"api_key", "kind"}
    assert "hidden-from-view" not in job.model_dump_json()
    assert (job.parents, job.warm_start_type) == (["before"], "TransferLearning")


def test_several_definitions_with_objectives_ranges_and_instances_of_their_own() -> None:
    named = [
        definition(
            DefinitionName=name,
            TuningObjective={"Type": "Maximize", "MetricName": name},
            HyperParameterRanges={
                "IntegerParameterRanges": [{"Name": f"{name}-depth", "MinValue": "1", "MaxValue": "9"}]
            },
            HyperParameterTuningResourceConfig={
                "InstanceConfigs": [
                    {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
                    {"InstanceType": "ml.c5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
                ],
                "AllocationStrategy": "Prioritized",
            },
        )
        for name in ("a", "b")
    ]
    job = described(answer({}, TrainingJobDefinitions=named))
    assert [(each.definition_name, each.objective.metric_name, each.ranges[0].name) for each in job.definitions] == [
        ("a", "a", "a-depth"),
        ("b", "b", "b-depth"),
    ]
    assert [each.instance_type for each in job.definitions[0].instances] == ["ml.m5.large", "ml.c5.large"]


def test_a_tuning_job_that_is_gone() -> None:
    gone = refusal(
        "ResourceNotFound", "The hyperparameter tuning job does not exist.", "DescribeHyperParameterTuningJob"
    )
    with pytest.raises(SmextError, match="There is no tuning job tune in eu-central-1") as caught:
        describe_tuning_job(session_of(FakeTuning(gone)), NAME)
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_the_list_is_asked_for_as_it_was_asked_of_us() -> None:
    summary = {
        "HyperParameterTuningJobName": NAME,
        "HyperParameterTuningJobArn": "arn",
        "HyperParameterTuningJobStatus": "Stopped",
        "Strategy": "Grid",
        "CreationTime": NOW,
        "TrainingJobStatusCounters": {"Completed": 3},
        "ObjectiveStatusCounters": {},
    }
    far_end = FakeTuning({"HyperParameterTuningJobSummaries": [summary], "NextToken": "more"})
    stopped = HyperParameterTuningJobStatus.STOPPED
    query = TuningJobsQuery(name_contains="tu", status_equals=stopped, next_token="now", max_results=7)
    page = list_tuning_jobs(session_of(far_end), query)
    assert far_end.requests == [
        {
            "MaxResults": 7, "SortBy": "CreationTime", "SortOrder": "Descending", "NameContains": "tu",
            "StatusEquals": "Stopped", "NextToken": "now",
        }
    ]  # fmt: skip
    assert page.next_token == "more"
    [job] = page.tuning_jobs
    assert (job.max_number_of_training_jobs, job.training_job_status_counters) == (None, {"Completed": 3})
