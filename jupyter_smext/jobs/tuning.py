"""Hyperparameter tuning jobs and their training jobs, the trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .describe import unquoted
from .models import HyperParameterTuningJob, Trial


def describe_tuning_job(session: AwsSession, hyper_parameter_tuning_job_name: str) -> HyperParameterTuningJob:
    """One tuning job. Raises `NotFound`; permission: `sagemaker:DescribeHyperParameterTuningJob`.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
    """
    name = hyper_parameter_tuning_job_name
    try:
        answer = session.client("sagemaker").describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
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
    config, best = answer["HyperParameterTuningJobConfig"], answer.get("BestTrainingJob")
    return HyperParameterTuningJob(
        hyper_parameter_tuning_job_name=answer["HyperParameterTuningJobName"],
        hyper_parameter_tuning_job_arn=answer["HyperParameterTuningJobArn"],
        hyper_parameter_tuning_job_status=answer["HyperParameterTuningJobStatus"],
        failure_reason=answer.get("FailureReason"),
        creation_time=answer["CreationTime"],
        hyper_parameter_tuning_end_time=answer.get("HyperParameterTuningEndTime"),
        strategy=config["Strategy"],
        max_number_of_training_jobs=config["ResourceLimits"].get("MaxNumberOfTrainingJobs"),
        training_job_status_counters=answer.get("TrainingJobStatusCounters", {}),
        best_training_job=_trial(best) if best else None,
    )


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


def _trial(answer: Mapping[str, Any]) -> Trial:
    objective = answer.get("FinalHyperParameterTuningJobObjectiveMetric") or {}
    return Trial(
        training_job_name=answer["TrainingJobName"],
        training_job_status=answer["TrainingJobStatus"],
        objective_metric_name=objective.get("MetricName"),
        objective=objective.get("Value"),
        tuned_hyperparameters={name: unquoted(value) for name, value in answer.get("TunedHyperParameters", {}).items()},
        creation_time=answer["CreationTime"],
        training_end_time=answer.get("TrainingEndTime"),
        failure_reason=answer.get("FailureReason"),
    )
