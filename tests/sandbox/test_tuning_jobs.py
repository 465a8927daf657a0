"""Tuning jobs whose trials really run."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .support import IMAGE, Aws, channel, wait_for

SCRIPT = """
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int)
    parser.add_argument("--kind")
    args = parser.parse_args()
    print(f"score={args.depth * (2 if args.kind == 'b' else 1)};")
"""


def tuning_request(aws: Aws, bucket: str, script: str = SCRIPT, **config: Any) -> dict[str, Any]:
    training = aws.training_request(bucket, script)
    return {
        "HyperParameterTuningJobName": f"tune-{uuid.uuid4().hex[:8]}",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2},
            "ParameterRanges": {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}]},
        }
        | config,
        "TrainingJobDefinition": {
            "StaticHyperParameters": training["HyperParameters"],
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "score", "Regex": "score=([0-9.]+);"}],
            },
            "RoleArn": aws.info.role_arn,
            "InputDataConfig": [channel(f"s3://{bucket}/data/")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    }


def tuned(aws: Aws, name: str) -> dict[str, Any]:
    sagemaker = aws.client("sagemaker")

    def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        return job if job["HyperParameterTuningJobStatus"] in ("Completed", "Failed", "Stopped") else None

    job: dict[str, Any] = wait_for(ended, 90)
    return job


def test_random(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    request = tuning_request(aws, bucket)
    name = request["HyperParameterTuningJobName"]
    sagemaker.create_hyper_parameter_tuning_job(**request)

    job = tuned(aws, name)

    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == job["ObjectiveStatusCounters"]["Succeeded"] == 3
    trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )["TrainingJobSummaries"]
    for trial in trials:
        depth = trial["TunedHyperParameters"]["depth"]
        assert trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == int(depth)
        described = sagemaker.describe_training_job(TrainingJobName=trial["TrainingJobName"])
        assert described["HyperParameters"]["depth"] == depth
        assert described["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    assert job["BestTrainingJob"]["TrainingJobName"] == trials[0]["TrainingJobName"]
    [summary] = sagemaker.list_hyper_parameter_tuning_jobs(NameContains=name)["HyperParameterTuningJobSummaries"]
    assert (summary["Strategy"], summary["HyperParameterTuningJobStatus"]) == ("Random", "Completed")


def test_grid_tries_every_combination(aws: Aws, bucket: str) -> None:
    ranges = {
        "CategoricalParameterRanges": [
            {"Name": "kind", "Values": ["a", "b"]},
            {"Name": "depth", "Values": ["1", "3"]},
        ]
    }
    request = tuning_request(
        aws, bucket, Strategy="Grid", ParameterRanges=ranges, ResourceLimits={"MaxParallelTrainingJobs": 2}
    )
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)

    job = tuned(aws, request["HyperParameterTuningJobName"])

    assert job["TrainingJobStatusCounters"]["Completed"] == 4
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"kind": "b", "depth": "3"}


def test_bayesian(aws: Aws, bucket: str) -> None:
    request = tuning_request(aws, bucket, Strategy="Bayesian")
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)

    job = tuned(aws, request["HyperParameterTuningJobName"])

    assert job["ObjectiveStatusCounters"]["Succeeded"] == 3
    assert 1 <= int(job["BestTrainingJob"]["TunedHyperParameters"]["depth"]) <= 9


def test_stop(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    request = tuning_request(aws, bucket, "import time; time.sleep(60)")
    name = request["HyperParameterTuningJobName"]
    sagemaker.create_hyper_parameter_tuning_job(**request)

    def running() -> bool:
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        return bool(job["TrainingJobStatusCounters"]["InProgress"])

    wait_for(running)
    sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)

    job = tuned(aws, name)
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] > 0
    assert job["TrainingJobStatusCounters"]["InProgress"] == 0
    with pytest.raises(ClientError, match="can't be stopped"):
        sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def test_without_the_objective_metric(aws: Aws, bucket: str) -> None:
    request = tuning_request(aws, bucket, "print('nothing')")
    request["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxNumberOfTrainingJobs"] = 1
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)

    job = tuned(aws, request["HyperParameterTuningJobName"])

    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["ObjectiveStatusCounters"]["Failed"] == 1
    assert "BestTrainingJob" not in job


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"Strategy": "Hyperband"}, "The strategy Hyperband is not available in the sandbox."),
        ({"Strategy": "Grid"}, "The Grid strategy takes categorical parameters only."),
        ({"TrainingJobEarlyStoppingType": "Auto"}, "TrainingJobEarlyStoppingType Auto is not available"),
    ],
)
def test_what_is_refused(aws: Aws, bucket: str, config: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        aws.client("sagemaker").create_hyper_parameter_tuning_job(**tuning_request(aws, bucket, **config))
