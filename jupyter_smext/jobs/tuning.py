"""Hyperparameter tuning jobs and their training jobs, the trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .describe import unquoted, users_own
from .models import (
    HyperParameterTuningJob,
    InstanceChoice,
    Trial,
    TrialDefinition,
    TunedRange,
    TuningJobPage,
    TuningJobsQuery,
    TuningJobSummary,
    TuningObjective,
)
from .secrets import masked


def list_tuning_jobs(session: AwsSession, query: TuningJobsQuery) -> TuningJobPage:
    """One page of tuning jobs by creation time, newest first.

    Permission: `sagemaker:ListHyperParameterTuningJobs`.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListHyperParameterTuningJobs.html
    """
    request: dict[str, Any] = {"MaxResults": query.max_results, "SortBy": "CreationTime", "SortOrder": "Descending"}
    if query.name_contains:
        request["NameContains"] = query.name_contains
    if query.status_equals:
        request["StatusEquals"] = query.status_equals.value
    if query.next_token:
        request["NextToken"] = query.next_token
    answer = session.client("sagemaker").list_hyper_parameter_tuning_jobs(**request)
    return TuningJobPage(
        tuning_jobs=[_summary(each) for each in answer["HyperParameterTuningJobSummaries"]],
        next_token=answer.get("NextToken"),
    )


def describe_tuning_job(session: AwsSession, hyper_parameter_tuning_job_name: str) -> HyperParameterTuningJob:
    """One tuning job. Raises `NotFound`; permission: `sagemaker:DescribeHyperParameterTuningJob`.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
    """
    answer = describe_tuning_job_raw(session, hyper_parameter_tuning_job_name)
    answer.pop("ResponseMetadata", None)
    config, limits = answer["HyperParameterTuningJobConfig"], answer["HyperParameterTuningJobConfig"]["ResourceLimits"]
    best, overall = answer.get("BestTrainingJob"), answer.get("OverallBestTrainingJob")
    warm_start = answer.get("WarmStartConfig", {})
    return HyperParameterTuningJob(
        hyper_parameter_tuning_job_name=answer["HyperParameterTuningJobName"],
        hyper_parameter_tuning_job_arn=answer["HyperParameterTuningJobArn"],
        hyper_parameter_tuning_job_status=answer["HyperParameterTuningJobStatus"],
        failure_reason=answer.get("FailureReason"),
        creation_time=answer["CreationTime"],
        hyper_parameter_tuning_end_time=answer.get("HyperParameterTuningEndTime"),
        strategy=config["Strategy"],
        max_number_of_training_jobs=limits.get("MaxNumberOfTrainingJobs"),
        max_parallel_training_jobs=limits.get("MaxParallelTrainingJobs"),
        max_runtime_in_seconds=limits.get("MaxRuntimeInSeconds"),
        training_job_early_stopping_type=config.get("TrainingJobEarlyStoppingType"),
        training_job_status_counters=answer.get("TrainingJobStatusCounters", {}),
        best_training_job=_trial(best) if best else None,
        overall_best_training_job=_trial(overall) if overall else None,
        definitions=[_definition(each, config) for each in _definitions(answer)],
        warm_start_type=warm_start.get("WarmStartType"),
        parents=[each["HyperParameterTuningJobName"] for each in warm_start.get("ParentHyperParameterTuningJobs", [])],
        describe=masked(answer),
    )


def describe_tuning_job_raw(session: AwsSession, hyper_parameter_tuning_job_name: str) -> dict[str, Any]:
    """DescribeHyperParameterTuningJob's own answer. Raises `NotFound` where there is no such job in the region.

    Permission: `sagemaker:DescribeHyperParameterTuningJob`.
    """
    name = hyper_parameter_tuning_job_name
    client = session.client("sagemaker")
    try:
        answer: dict[str, Any] = client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    except ClientError as error:
        mapped = from_aws(error)
        if mapped.code is ErrorCode.NOT_FOUND or "not found" in str(mapped):
            raise SmextError(
                ErrorCode.NOT_FOUND,
                f"There is no tuning job {name} in {session.region}.",
                hint="Check its name, the region and the account.",
                operation="DescribeHyperParameterTuningJob",
            ) from error
        raise
    return answer


def list_trials(session: AwsSession, hyper_parameter_tuning_job_name: str) -> list[Trial]:
    """All training jobs of a tuning job in the order of their creation, a call for each hundred of them.

    Permission: `sagemaker:ListTrainingJobsForHyperParameterTuningJob`.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobsForHyperParameterTuningJob.html
    """
    paginator = session.client("sagemaker").get_paginator("list_training_jobs_for_hyper_parameter_tuning_job")
    pages = paginator.paginate(
        HyperParameterTuningJobName=hyper_parameter_tuning_job_name,
        SortBy="CreationTime",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 100},
    )
    return [_trial(each) for page in pages for each in page["TrainingJobSummaries"]]


def stop_tuning_job(session: AwsSession, hyper_parameter_tuning_job_name: str) -> HyperParameterTuningJob:
    """Ask a tuning job and its trials to stop, and describe it. One that has ended already is no error.

    Permissions: `sagemaker:StopHyperParameterTuningJob`, `sagemaker:DescribeHyperParameterTuningJob`.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopHyperParameterTuningJob.html
    """
    try:
        session.client("sagemaker").stop_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=hyper_parameter_tuning_job_name
        )
    except ClientError as error:
        refusal = from_aws(error)
        job = describe_tuning_job(session, hyper_parameter_tuning_job_name)
        if job.hyper_parameter_tuning_job_status.final:
            return job
        raise refusal from error
    return describe_tuning_job(session, hyper_parameter_tuning_job_name)


def _summary(answer: Mapping[str, Any]) -> TuningJobSummary:
    return TuningJobSummary(
        hyper_parameter_tuning_job_name=answer["HyperParameterTuningJobName"],
        hyper_parameter_tuning_job_status=answer["HyperParameterTuningJobStatus"],
        strategy=answer["Strategy"],
        creation_time=answer["CreationTime"],
        hyper_parameter_tuning_end_time=answer.get("HyperParameterTuningEndTime"),
        max_number_of_training_jobs=answer.get("ResourceLimits", {}).get("MaxNumberOfTrainingJobs"),
        training_job_status_counters=answer.get("TrainingJobStatusCounters", {}),
    )


def _trial(answer: Mapping[str, Any]) -> Trial:
    objective = answer.get("FinalHyperParameterTuningJobObjectiveMetric") or {}
    return Trial(
        training_job_name=answer["TrainingJobName"],
        training_job_status=answer["TrainingJobStatus"],
        training_job_definition_name=answer.get("TrainingJobDefinitionName"),
        tuning_job_name=answer.get("TuningJobName"),
        objective_metric_name=objective.get("MetricName"),
        objective=objective.get("Value"),
        tuned_hyperparameters={name: unquoted(value) for name, value in answer.get("TunedHyperParameters", {}).items()},
        creation_time=answer["CreationTime"],
        training_start_time=answer.get("TrainingStartTime"),
        training_end_time=answer.get("TrainingEndTime"),
        failure_reason=answer.get("FailureReason"),
    )


def _definitions(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    single = answer.get("TrainingJobDefinition")
    return [single] if single else list(answer.get("TrainingJobDefinitions", []))


def _definition(definition: Mapping[str, Any], config: Mapping[str, Any]) -> TrialDefinition:
    """Objective and ranges stand in the definition where there are several, else in the configuration of all."""
    objective = definition.get("TuningObjective") or config.get("HyperParameterTuningJobObjective")
    ranges = definition.get("HyperParameterRanges") or config.get("ParameterRanges", {})
    algorithm = definition["AlgorithmSpecification"]
    return TrialDefinition(
        definition_name=definition.get("DefinitionName"),
        objective=TuningObjective(metric_name=objective["MetricName"], type=objective["Type"]) if objective else None,
        ranges=list(_ranges(ranges)),
        static_hyperparameters=users_own(definition.get("StaticHyperParameters", {})),
        training_image=algorithm.get("TrainingImage"),
        algorithm_name=algorithm.get("AlgorithmName"),
        instances=_instances(definition),
        max_runtime_in_seconds=definition.get("StoppingCondition", {}).get("MaxRuntimeInSeconds"),
        enable_managed_spot_training=definition.get("EnableManagedSpotTraining", False),
        role_arn=definition.get("RoleArn", ""),
    )


def _ranges(ranges: Mapping[str, Any]) -> Iterator[TunedRange]:
    for kind, member in (("integer", "IntegerParameterRanges"), ("continuous", "ContinuousParameterRanges")):
        for each in ranges.get(member, []):
            yield TunedRange(
                name=each["Name"],
                kind=kind,
                min_value=float(each["MinValue"]),
                max_value=float(each["MaxValue"]),
                scaling_type=each.get("ScalingType"),
            )
    for each in ranges.get("CategoricalParameterRanges", []):
        yield TunedRange(name=each["Name"], kind="categorical", values=[unquoted(value) for value in each["Values"]])
    for each in ranges.get("AutoParameters", []):
        yield TunedRange(name=each["Name"], kind="auto", values=[unquoted(each["ValueHint"])])


def _instances(definition: Mapping[str, Any]) -> list[InstanceChoice]:
    resources = definition.get("HyperParameterTuningResourceConfig") or definition.get("ResourceConfig", {})
    choices = resources.get("InstanceConfigs") or resources.get("InstanceGroups") or [resources]
    return [
        InstanceChoice(instance_type=each["InstanceType"], instance_count=each["InstanceCount"])
        for each in choices
        if "InstanceType" in each
    ]
