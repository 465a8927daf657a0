"""What the quotas of the sandbox say, and that training and tuning jobs keep to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .support import Aws, wait_for

# A region of these tests' own, so that no other test's jobs are in use there.
REGION = "eu-west-1"
FOUR_GPUS = "ml.g4dn.xlarge for training job usage"


def error(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    details = caught.value.response["Error"]
    return str(details["Code"]), str(details["Message"])


@pytest.fixture
def quotas(aws: Aws) -> Any:
    return aws.client("service-quotas", REGION)


@pytest.fixture
def listed(quotas: Any) -> dict[str, dict[str, Any]]:
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    return {quota["QuotaName"]: quota for page in pages for quota in page["Quotas"]}


def resources(instance_type: str, count: int) -> dict[str, Any]:
    return {"InstanceType": instance_type, "InstanceCount": count, "VolumeSizeInGB": 1}


@pytest.fixture
def waiting_job(aws: Aws, bucket: str) -> Iterator[str]:
    """A job that uses three GPU instances until the test ends."""
    request = aws.training_request(bucket, "import time; time.sleep(60)", ResourceConfig=resources("ml.g4dn.xlarge", 3))
    sagemaker = aws.client("sagemaker", REGION)
    sagemaker.create_training_job(**request)
    yield request["TrainingJobName"]
    if sagemaker.describe_training_job(TrainingJobName=request["TrainingJobName"])["TrainingJobStatus"] == "InProgress":
        sagemaker.stop_training_job(TrainingJobName=request["TrainingJobName"])


def test_every_kind_of_use_has_its_quotas(listed: dict[str, dict[str, Any]]) -> None:
    assert len(listed) > 500
    for use in ("training job", "spot training job", "processing job", "endpoint"):
        assert listed[f"ml.m5.large for {use} usage"]["Value"] == 20
    assert listed[FOUR_GPUS]["Value"] == 4
    assert listed["ml.p4d.24xlarge for training job usage"]["Value"] == 0


def test_one_quota(quotas: Any, listed: dict[str, dict[str, Any]]) -> None:
    code = listed[FOUR_GPUS]["QuotaCode"]
    asked = {"ServiceCode": "sagemaker", "QuotaCode": code}

    assert quotas.get_service_quota(**asked)["Quota"] == listed[FOUR_GPUS]
    assert quotas.get_aws_default_service_quota(**asked)["Quota"]["Value"] == 4
    assert len(quotas.list_service_quotas(**asked)["Quotas"]) == 1


def test_what_is_not_there(quotas: Any) -> None:
    assert error(quotas.get_service_quota, ServiceCode="sagemaker", QuotaCode="L-0")[0] == "NoSuchResourceException"
    assert error(quotas.list_service_quotas, ServiceCode="vpc")[0] == "NoSuchResourceException"
    token = {"ServiceCode": "sagemaker", "NextToken": "x"}
    assert error(quotas.list_service_quotas, **token)[0] == "InvalidPaginationTokenException"


def test_who_requests_more_gets_it(aws: Aws, quotas: Any, listed: dict[str, dict[str, Any]], bucket: str) -> None:
    quota = listed["ml.p5.48xlarge for training job usage"]
    create = aws.client("sagemaker", REGION).create_training_job
    request = aws.training_request(bucket, "", ResourceConfig=resources("ml.p5.48xlarge", 1))
    code, message = error(create, **request)
    assert code == "ResourceLimitExceeded"
    assert message.startswith(
        "The account-level service limit 'ml.p5.48xlarge for training job usage' is 0 Instances, with current "
        "utilization of 0 Instances and a request delta of 1 Instances."
    )

    asked = {"ServiceCode": "sagemaker", "QuotaCode": quota["QuotaCode"]}
    assert error(quotas.request_service_quota_increase, **asked, DesiredValue=0)[0] == "IllegalArgumentException"
    changed = quotas.request_service_quota_increase(**asked, DesiredValue=1)["RequestedQuota"]

    assert (changed["Status"], changed["DesiredValue"]) == ("APPROVED", 1)
    assert quotas.get_service_quota(**asked)["Quota"]["Value"] == 1
    assert quotas.get_aws_default_service_quota(**asked)["Quota"]["Value"] == 0
    assert aws.client("service-quotas").get_service_quota(**asked)["Quota"]["Value"] == 0, "Quotas are a region's."
    create(**request)


def test_instances_in_use_count(aws: Aws, bucket: str, waiting_job: str) -> None:
    sagemaker = aws.client("sagemaker", REGION)
    more = aws.training_request(bucket, "", ResourceConfig=resources("ml.g4dn.xlarge", 2))

    code, message = error(sagemaker.create_training_job, **more)
    assert code == "ResourceLimitExceeded"
    assert "utilization of 3 Instances and a request delta of 2" in message

    spot = {
        "TrainingJobName": f"{more['TrainingJobName']}-spot",
        "EnableManagedSpotTraining": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
    }
    sagemaker.create_training_job(**(more | spot))

    sagemaker.stop_training_job(TrainingJobName=waiting_job)
    wait_for(lambda: sagemaker.describe_training_job(TrainingJobName=waiting_job)["TrainingJobStatus"] == "Stopped")
    sagemaker.create_training_job(**more)


def test_a_tuning_job_counts_with_all_that_it_may_run_at_once(aws: Aws, bucket: str) -> None:
    job = aws.training_request(bucket, "", ResourceConfig=resources("ml.g5.xlarge", 2))
    definition = {
        "StaticHyperParameters": job["HyperParameters"],
        "AlgorithmSpecification": job["AlgorithmSpecification"]
        | {"MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*)"}]},
        **{member: job[member] for member in ("RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig")},
        "StoppingCondition": job["StoppingCondition"],
    }
    config = {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 3},
        "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "rate", "MinValue": "0", "MaxValue": "1"}]},
    }

    code, message = error(
        aws.client("sagemaker", REGION).create_hyper_parameter_tuning_job,
        HyperParameterTuningJobName="too-many",
        HyperParameterTuningJobConfig=config,
        TrainingJobDefinition=definition,
    )

    assert code == "ResourceLimitExceeded"
    assert "'ml.g5.xlarge for training job usage' is 4 Instances" in message
    assert "request delta of 6 Instances" in message
