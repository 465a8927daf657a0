"""One training job, as AWS describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .models import Channel, FinalMetric, TrainingJob, Transition
from .secrets import masked

# Hyperparameters that SageMaker and its SDK add for themselves; the script never sees them as arguments.
_OWN_PREFIXES = ("sagemaker_", "_tuning_objective_metric")


def describe_job(session: AwsSession, training_job_name: str) -> TrainingJob:
    """The job in the parts that people look at, and the whole answer beside them, secrets masked.

    Permissions: `sagemaker:DescribeTrainingJob`, and `sagemaker:ListTags` for the tags (null where that is refused).
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
    """
    answer = describe_raw(session, training_job_name)
    answer.pop("ResponseMetadata", None)
    return training_job(answer, tags=_tags(session.client("sagemaker"), answer["TrainingJobArn"]))


def describe_raw(session: AwsSession, training_job_name: str) -> dict[str, Any]:
    """DescribeTrainingJob's own answer. Raises NotFound where there is no such job in the region.

    Permission: `sagemaker:DescribeTrainingJob`.
    """
    try:
        answer: dict[str, Any] = session.client("sagemaker").describe_training_job(TrainingJobName=training_job_name)
    except ClientError as error:
        # AWS says "Requested resource not found." as a ValidationException and does not say which.
        if "not found" in error.response["Error"].get("Message", ""):
            raise SmextError(
                ErrorCode.NOT_FOUND,
                f"There is no training job {training_job_name} in {session.region}.",
                hint="Check its name, the region and the account.",
                operation="DescribeTrainingJob",
            ) from error
        raise
    return answer


def training_job(answer: Mapping[str, Any], *, tags: dict[str, str] | None = None) -> TrainingJob:
    """The model of a DescribeTrainingJob answer."""
    algorithm = answer.get("AlgorithmSpecification", {})
    resources = answer.get("ResourceConfig", {})
    groups = resources.get("InstanceGroups") or [{}]
    hyperparameters = {name: unquoted(value) for name, value in answer.get("HyperParameters", {}).items()}
    # SDK v3 and network-isolated jobs bring their code as a channel instead of an archive.
    code = [each for each in answer.get("InputDataConfig", []) if each["ChannelName"] == "code"]
    return TrainingJob(
        training_job_name=answer["TrainingJobName"],
        training_job_arn=answer["TrainingJobArn"],
        training_job_status=answer["TrainingJobStatus"],
        secondary_status=answer["SecondaryStatus"],
        failure_reason=answer.get("FailureReason"),
        creation_time=answer["CreationTime"],
        training_start_time=answer.get("TrainingStartTime"),
        training_end_time=answer.get("TrainingEndTime"),
        training_time_in_seconds=answer.get("TrainingTimeInSeconds"),
        billable_time_in_seconds=answer.get("BillableTimeInSeconds"),
        role_arn=answer.get("RoleArn", ""),
        training_image=algorithm.get("TrainingImage"),
        algorithm_name=algorithm.get("AlgorithmName"),
        instance_type=resources.get("InstanceType")
        or resources.get("SelectedInstanceType")
        or groups[0].get("InstanceType"),
        instance_count=resources.get("InstanceCount")
        or resources.get("SelectedInstanceCount")
        or sum(group.get("InstanceCount", 0) for group in groups)
        or None,
        volume_size_in_gb=resources.get("VolumeSizeInGB"),
        max_runtime_in_seconds=answer.get("StoppingCondition", {}).get("MaxRuntimeInSeconds"),
        enable_managed_spot_training=answer.get("EnableManagedSpotTraining", False),
        hyperparameters=users_own(answer.get("HyperParameters", {})),
        environment=masked(dict(answer.get("Environment", {}))),
        channels=[_channel(each) for each in answer.get("InputDataConfig", [])],
        model_artifacts=answer.get("ModelArtifacts", {}).get("S3ModelArtifacts"),
        output_path=answer.get("OutputDataConfig", {}).get("S3OutputPath"),
        source_dir=hyperparameters.get("sagemaker_submit_directory") or (_channel(code[0]).s3_uri if code else None),
        entry_point=hyperparameters.get("sagemaker_program"),
        transitions=[
            Transition(
                status=each["Status"],
                start_time=each["StartTime"],
                end_time=each.get("EndTime"),
                status_message=each.get("StatusMessage"),
            )
            for each in answer.get("SecondaryStatusTransitions", [])
        ],
        final_metrics=[
            FinalMetric(metric_name=each["MetricName"], value=each["Value"], timestamp=each["Timestamp"])
            for each in answer.get("FinalMetricDataList", [])
        ],
        metric_definitions={each["Name"]: each["Regex"] for each in algorithm.get("MetricDefinitions", [])},
        tags=tags,
        tuning_job_name=answer["TuningJobArn"].rpartition("/")[2] if answer.get("TuningJobArn") else None,
        describe=masked(dict(answer)),
    )


def users_own(hyperparameters: Mapping[str, str]) -> dict[str, str]:
    """Hyperparameters as the user gave them: without those of SageMaker and its SDK, quotes removed, secrets masked."""
    own = {name: unquoted(value) for name, value in hyperparameters.items() if not name.startswith(_OWN_PREFIXES)}
    result: dict[str, str] = masked(own)
    return result


def unquoted(value: str) -> str:
    """A hyperparameter as the user gave it: SDK v2 sends strings as JSON, quotes included."""
    if value.startswith('"') and value.endswith('"'):
        try:
            decoded = json.loads(value)
        except ValueError:
            return value
        return decoded if isinstance(decoded, str) else value
    return value


def _channel(channel: Mapping[str, Any]) -> Channel:
    return Channel(
        channel_name=channel["ChannelName"],
        s3_uri=channel.get("DataSource", {}).get("S3DataSource", {}).get("S3Uri"),
        content_type=channel.get("ContentType"),
        input_mode=channel.get("InputMode"),
    )


def _tags(client: Any, arn: str) -> dict[str, str] | None:
    try:
        pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    except ClientError as error:
        if from_aws(error).code is ErrorCode.ACCESS_DENIED:
            return None
        raise
