"""Tuning jobs whose trials really run."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jupyter_smext.runner.tuning.definitions import Definition
from jupyter_smext.runner.tuning.run import Search, Started, TuningRun
from jupyter_smext.runner.tuning.stopping import CompletionCriteria, MedianRule
from jupyter_smext.runner.tuning.strategies import Strategy, strategy_of

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
        ({"Strategy": "Hyperband"}, "The Hyperband strategy requires MaxResource"),
        (
            {"Strategy": "Hyperband", "TrainingJobEarlyStoppingType": "Auto"},
            "TrainingJobEarlyStoppingType must be Off with the Hyperband strategy",
        ),
        ({"Strategy": "Grid"}, "The Grid strategy takes categorical parameters only."),
        (
            {"ParameterRanges": {"AutoParameters": [{"Name": "depth", "ValueHint": "3"}]}},
            "AutoParameters are not available here: AWS does not publish",
        ),
        (
            {"TuningJobCompletionCriteria": {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}},
            "ConvergenceDetected is not available here: AWS does not publish",
        ),
    ],
)
def test_what_is_refused(aws: Aws, bucket: str, config: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        aws.client("sagemaker").create_hyper_parameter_tuning_job(**tuning_request(aws, bucket, **config))


EPOCHS = """
    import argparse, time
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int)
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    for epoch in range(args.epochs):
        print(f"score={args.depth};", flush=True)
        time.sleep(0.4 if args.depth < 5 else 0.05)
"""


def trials_of(aws: Aws, name: str) -> list[dict[str, Any]]:
    """In the order in which they were started."""
    trials = aws.client("sagemaker").list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, SortBy="Name"
    )["TrainingJobSummaries"]
    return list(trials)


def depths(*values: str) -> dict[str, Any]:
    return {"CategoricalParameterRanges": [{"Name": "depth", "Values": list(values)}]}


def test_early_stopping_ends_a_trial_below_the_median(aws: Aws, bucket: str) -> None:
    request = tuning_request(
        aws,
        bucket,
        EPOCHS,
        Strategy="Grid",
        ParameterRanges=depths("7", "2", "9"),
        ResourceLimits={"MaxParallelTrainingJobs": 1},
        TrainingJobEarlyStoppingType="Auto",
    )
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)
    job = tuned(aws, request["HyperParameterTuningJobName"])
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    trials = trials_of(aws, request["HyperParameterTuningJobName"])
    assert [(trial["TunedHyperParameters"]["depth"], trial["TrainingJobStatus"]) for trial in trials] == [
        ("7", "Completed"),
        ("2", "Stopped"),
        ("9", "Completed"),
    ]
    assert trials[1]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == 2
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1


def test_hyperband_ends_trials_before_their_last_epoch(aws: Aws, bucket: str) -> None:
    request = tuning_request(
        aws,
        bucket,
        EPOCHS,
        Strategy="Hyperband",
        StrategyConfig={"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}},
        ResourceLimits={"MaxNumberOfTrainingJobs": 6, "MaxParallelTrainingJobs": 2},
        RandomSeed=1,
    )
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)
    job = tuned(aws, request["HyperParameterTuningJobName"])
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 6
    assert job["TrainingJobStatusCounters"]["Stopped"] >= 1
    assert int(job["BestTrainingJob"]["TunedHyperParameters"]["depth"]) >= 5


def test_warm_start_knows_what_the_parent_found(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    parent = tuning_request(
        aws, bucket, Strategy="Bayesian", ResourceLimits={"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2}
    )
    sagemaker.create_hyper_parameter_tuning_job(**parent)
    best = tuned(aws, parent["HyperParameterTuningJobName"])["BestTrainingJob"]
    child = parent | {
        "HyperParameterTuningJobName": f"tune-{uuid.uuid4().hex[:8]}",
        "HyperParameterTuningJobConfig": parent["HyperParameterTuningJobConfig"]
        | {
            "ParameterRanges": {"IntegerParameterRanges": [{"Name": "depth", "MinValue": "0", "MaxValue": "1"}]},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        },
        "WarmStartConfig": {
            "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": parent["HyperParameterTuningJobName"]}],
            "WarmStartType": "IdenticalDataAndAlgorithm",
        },
    }
    sagemaker.create_hyper_parameter_tuning_job(**child)
    job = tuned(aws, child["HyperParameterTuningJobName"])
    value = best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    assert job["OverallBestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == value
    assert job["OverallBestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]
    assert job["BestTrainingJob"]["TrainingJobName"] != best["TrainingJobName"]

    child["HyperParameterTuningJobName"] = f"tune-{uuid.uuid4().hex[:8]}"
    child["TrainingJobDefinition"] = child["TrainingJobDefinition"] | {
        "InputDataConfig": [channel(f"s3://{bucket}/data/", "other")]
    }
    with pytest.raises(ClientError, match="InputDataConfig must be the same as in the parent"):
        sagemaker.create_hyper_parameter_tuning_job(**child)


def test_several_definitions_take_turns(aws: Aws, bucket: str) -> None:
    request = tuning_request(aws, bucket)
    config, definition = request["HyperParameterTuningJobConfig"], request.pop("TrainingJobDefinition")
    objective, ranges = config.pop("HyperParameterTuningJobObjective"), config.pop("ParameterRanges")
    config["ResourceLimits"]["MaxNumberOfTrainingJobs"] = 4
    request["TrainingJobDefinitions"] = [
        definition | {"DefinitionName": name, "TuningObjective": objective, "HyperParameterRanges": ranges}
        for name in ("first", "second")
    ]
    resources = request["TrainingJobDefinitions"][1].pop("ResourceConfig")
    instances = {member: resources[member] for member in ("InstanceType", "InstanceCount", "VolumeSizeInGB")}
    request["TrainingJobDefinitions"][1]["HyperParameterTuningResourceConfig"] = {
        "AllocationStrategy": "Prioritized",
        "InstanceConfigs": [instances, instances | {"InstanceType": "ml.m5.xlarge"}],
    }
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)
    job = tuned(aws, request["HyperParameterTuningJobName"])
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 4
    trials = trials_of(aws, request["HyperParameterTuningJobName"])
    assert [trial["TrainingJobDefinitionName"] for trial in trials] == ["first", "second", "first", "second"]
    described = aws.client("sagemaker").describe_training_job(TrainingJobName=trials[1]["TrainingJobName"])
    assert described["ResourceConfig"] == instances


def test_completion_criteria_end_the_tuning_job(aws: Aws, bucket: str) -> None:
    request = tuning_request(
        aws,
        bucket,
        Strategy="Grid",
        ParameterRanges=depths("3", "8", "1", "2"),
        ResourceLimits={"MaxParallelTrainingJobs": 1},
        TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 6.0},
    )
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)
    job = tuned(aws, request["HyperParameterTuningJobName"])
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 2
    assert job["TuningJobCompletionDetails"] == {"NumberOfTrainingJobsObjectiveNotImproving": 0}
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"depth": "8"}


@pytest.mark.parametrize(
    ("objectives", "waited", "met"),
    [([], 0, False), ([5, 5.01, 4, 5.04], 3, True), ([5, 4, 5.06, 5.06], 1, False), ([-2, -1.9, -1.89], 1, False)],
)
def test_not_improving_by_a_percent(objectives: list[float], waited: int, met: bool) -> None:
    criteria = CompletionCriteria(
        {"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}, maximizes=True
    )
    assert (criteria.not_improving(objectives), criteria.met(objectives)) == (waited, met)


def test_the_median_of_running_averages() -> None:
    rule = MedianRule(maximizes=False)
    assert not rule.stops([9.0])
    rule.ended([4.0, 2.0, 0.0])
    rule.ended([6.0, 4.0])
    rule.ended([1.0])
    # Averages up to the second epoch: 3 and 5; the third trial did not get there.
    assert not rule.stops([8.0, 4.0])
    assert rule.stops([1.0, 4.1])


def definition(**changes: Any) -> Definition:
    ranges = {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]}
    return Definition(None, {"StaticHyperParameters": {}} | changes, {"Type": "Maximize", "MetricName": "y"}, ranges)


def test_bayesian_learns_from_earlier_results() -> None:
    def average(strategy: Strategy) -> float:
        return sum(float((strategy.ask() or {})["x"]) for _ in range(8)) / 8

    cold = strategy_of({"Strategy": "Bayesian", "RandomSeed": 1}, definition())
    warm = strategy_of({"Strategy": "Bayesian", "RandomSeed": 1}, definition())
    for number in range(40):
        warm.learn({"x": str(number / 40)}, -abs(number / 40 - 0.9))
    # Outside the ranges of this job, or of another shape: not for the optimiser.
    warm.learn({"x": "7.5"}, 100.0)
    warm.learn({"depth": "3"}, 100.0)
    assert abs(average(warm) - 0.9) < 0.1 < abs(average(cold) - 0.9)


def test_hyperband_infers_the_most_epochs() -> None:
    strategy = strategy_of({"Strategy": "Hyperband"}, definition(StaticHyperParameters={"epochs": '"3"'}))
    values = strategy.ask()
    assert values is not None
    assert not strategy.stops(values, [0.1, 0.2])
    assert strategy.stops(values, [0.1, 0.2, 0.3])


def test_the_maximum_runtime_ends_the_tuning_job() -> None:
    jobs: dict[str, str] = {}

    def start(started: Started) -> None:
        jobs[started.name] = "InProgress"

    def stop(name: str) -> None:
        jobs[name] = "Stopped"

    limits = {"MaxNumberOfTrainingJobs": 9, "MaxParallelTrainingJobs": 2, "MaxRuntimeInSeconds": 0.5}
    config = {"Strategy": "Random", "ResourceLimits": limits}
    run = TuningRun(
        "tune",
        config,
        [Search(config, definition())],
        CompletionCriteria({}, maximizes=True),
        start=start,
        stop=stop,
        has_ended=lambda name: jobs[name] == "Stopped",
        is_stopping=lambda: False,
    )
    assert run.run(threading.Event()) is False
    assert list(jobs.values()) == ["Stopped", "Stopped"]


def test_a_built_in_algorithm_is_tuned_by_its_own_metric(aws: Aws, bucket: str) -> None:
    request = tuning_request(aws, bucket)
    aws.client("s3").put_object(
        Bucket=bucket, Key="moons/rows.csv", Body="".join(f"{x % 2},{x % 7},{x % 5}\n" for x in range(60)).encode()
    )
    request["HyperParameterTuningJobConfig"] |= {
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "validation:rmse"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
        "ParameterRanges": {"IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "4"}]},
    }
    image = IMAGE.replace("sagemaker-scikit-learn:1.2-1-cpu-py3", "sagemaker-xgboost:1.7-1")
    request["TrainingJobDefinition"] |= {
        "StaticHyperParameters": {"num_round": "3"},
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "InputDataConfig": [
            channel(f"s3://{bucket}/moons/", name) | {"ContentType": "text/csv"} for name in ("train", "validation")
        ],
    }
    aws.client("sagemaker").create_hyper_parameter_tuning_job(**request)
    job = tuned(aws, request["HyperParameterTuningJobName"])
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 2
    assert job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] < 0.6
