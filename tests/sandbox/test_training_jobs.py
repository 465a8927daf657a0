"""Training jobs against the running sandbox: what really ran, and how each way to fail is told."""

from __future__ import annotations

import io
import tarfile
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .support import IMAGE, Aws, channel, wait_for

TRAIN = """
    import os, pathlib
    for epoch in range(3):
        print(f"loss={1 / (epoch + 1):.2f};", flush=True)
    pathlib.Path(os.environ["SM_MODEL_DIR"], "weights.txt").write_text("w")
"""
SLEEP = """
    import time
    print("begun", flush=True)
    time.sleep(60)
"""


def refusal(call: Any, **request: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error: dict[str, Any] = dict(caught.value.response["Error"])
    return error


def test_completed_job(aws: Aws, bucket: str) -> None:
    job = aws.train(
        bucket,
        TRAIN,
        AlgorithmSpecification={
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
        },
    )

    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
    assert job["TrainingJobArn"] == aws_arn(aws, "training-job", job["TrainingJobName"])
    assert job["OutputDataConfig"]["KmsKeyId"] == ""
    assert job["TrainingStartTime"] <= job["TrainingEndTime"]
    assert job["BillableTimeInSeconds"] >= 0

    transitions = job["SecondaryStatusTransitions"]
    statuses = [transition["Status"] for transition in transitions if transition["Status"] != "Pending"]
    assert statuses == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all(transition["StartTime"] <= transition["EndTime"] for transition in transitions)
    assert [t["EndTime"] for t in transitions[:-1]] == [t["StartTime"] for t in transitions[1:]]

    place = f"output/{job['TrainingJobName']}/output/model.tar.gz"
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{bucket}/{place}"
    model = aws.client("s3").get_object(Bucket=bucket, Key=place)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(model)) as tar:
        assert "weights.txt" in [name.removeprefix("./") for name in tar.getnames()]

    assert [(metric["MetricName"], metric["Value"]) for metric in job["FinalMetricDataList"]] == [("loss", 0.33)]
    assert aws.job_lines(job["TrainingJobName"])[-3:] == ["loss=1.00;", "loss=0.50;", "loss=0.33;"]


def test_two_instances_meet(aws: Aws, bucket: str) -> None:
    script = """
        import json, os, socket, time
        hosts, me = json.loads(os.environ["SM_HOSTS"]), os.environ["SM_CURRENT_HOST"]
        if me == hosts[0]:
            with socket.create_server((me, 7777)) as server:
                connection, _ = server.accept()
                print("met", connection.recv(100).decode(), flush=True)
        else:
            for _ in range(100):
                try:
                    socket.create_connection((hosts[0], 7777)).sendall(me.encode())
                    print("said", flush=True)
                    break
                except OSError:
                    time.sleep(0.1)
    """
    resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}

    job = aws.train(bucket, script, ResourceConfig=resources)

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert "met algo-2" in aws.job_lines(job["TrainingJobName"])
    streams = aws.client("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=job["TrainingJobName"]
    )["logStreams"]
    hosts = {stream["logStreamName"].partition("/")[2].rpartition("-")[0] for stream in streams}
    assert hosts == {"algo-1", "algo-2"}
    assert job["ResourceConfig"]["InstanceCount"] == 2


def test_metrics_reach_cloudwatch(aws: Aws, bucket: str) -> None:
    algorithm = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "train:loss", "Regex": "loss=([0-9.]+);"}],
    }
    job = aws.train(bucket, TRAIN, AlgorithmSpecification=algorithm)["TrainingJobName"]
    cloudwatch = aws.client("cloudwatch")
    wanted = {
        "Namespace": "/aws/sagemaker/TrainingJobs",
        "MetricName": "train:loss",
        "Dimensions": [{"Name": "TrainingJobName", "Value": job}],
    }

    def values() -> list[float]:
        now = time.time()
        answer = cloudwatch.get_metric_statistics(
            **wanted, StartTime=now - 3600, EndTime=now + 60, Period=3600, Statistics=["SampleCount", "Maximum"]
        )
        return [point["Maximum"] for point in answer["Datapoints"] if point["SampleCount"] == 3]

    assert wait_for(values, 15) == [1.0]


def test_log_lines_arrive_while_the_job_runs(aws: Aws, bucket: str) -> None:
    request = aws.training_request(bucket, SLEEP)
    aws.client("sagemaker").create_training_job(**request)
    name = request["TrainingJobName"]
    streams = aws.client("logs")

    def stream() -> str | None:
        try:
            found = streams.describe_log_streams(
                logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/"
            )["logStreams"]
        except ClientError:
            return None
        return found[0]["logStreamName"] if found else None

    job, _, host = str(wait_for(stream)).partition("/")
    assert job == name
    assert host.startswith("algo-1-")
    assert "begun" in aws.job_lines(name)
    assert aws.client("sagemaker").describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "InProgress"
    aws.client("sagemaker").stop_training_job(TrainingJobName=name)
    aws.finished(name)


def test_script_that_raises(aws: Aws, bucket: str) -> None:
    job = aws.train(bucket, "raise RuntimeError('no such column: age')")

    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
    assert "RuntimeError: no such column: age" in job["FailureReason"]
    assert job["FailureReason"].startswith("AlgorithmError")
    assert "exit code: 1" in job["FailureReason"]
    assert "RuntimeError: no such column: age" in aws.job_lines(job["TrainingJobName"])


def test_stopped_by_the_user(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    request = aws.training_request(bucket, SLEEP)
    name = request["TrainingJobName"]
    sagemaker.create_training_job(**request)
    wait_for(lambda: sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] == "Training")

    sagemaker.stop_training_job(TrainingJobName=name)
    job = aws.finished(name)

    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
    assert "FailureReason" not in job
    assert "Stopping" in [transition["Status"] for transition in job["SecondaryStatusTransitions"]]
    assert refusal(sagemaker.stop_training_job, TrainingJobName=name)["Message"].startswith(
        "The request was rejected because the training job is in status Stopped"
    )


def test_max_runtime(aws: Aws, bucket: str) -> None:
    job = aws.train(bucket, SLEEP, StoppingCondition={"MaxRuntimeInSeconds": 1})

    assert job["TrainingJobStatus"] == "Stopped"
    assert job["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_jobs_wait_for_a_slot(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    names = []
    for _ in range(3):
        request = aws.training_request(bucket, SLEEP)
        sagemaker.create_training_job(**request)
        names.append(request["TrainingJobName"])
    waiting = sagemaker.describe_training_job(TrainingJobName=names[2])
    assert (waiting["TrainingJobStatus"], waiting["SecondaryStatus"]) == ("InProgress", "Pending")

    # It ends at once, while the others keep their slots.
    sagemaker.stop_training_job(TrainingJobName=names[2])
    stopped = sagemaker.describe_training_job(TrainingJobName=names[2])
    assert [step["Status"] for step in stopped["SecondaryStatusTransitions"]] == ["Pending", "Stopping", "Stopped"]
    assert sagemaker.describe_training_job(TrainingJobName=names[0])["TrainingJobStatus"] == "InProgress"

    request = aws.training_request(bucket, "print('had its turn')")
    sagemaker.create_training_job(**request)
    for name in names[:2]:
        sagemaker.stop_training_job(TrainingJobName=name)
        aws.finished(name)
    assert aws.finished(request["TrainingJobName"])["TrainingJobStatus"] == "Completed"
    assert sagemaker.describe_training_job(TrainingJobName=names[2])["TrainingJobStatus"] == "Stopped"


@pytest.mark.parametrize("place", ["s3://{bucket}/empty/", "s3://no-such-bucket-{bucket}/data/"])
def test_no_input_data(aws: Aws, bucket: str, place: str) -> None:
    uri = place.format(bucket=bucket)
    request = aws.training_request(bucket, TRAIN, InputDataConfig=[channel(uri)])

    error = refusal(aws.client("sagemaker").create_training_job, **request)

    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith(f'No S3 objects found under S3 URL "{uri}" given in input data source.')


def test_no_output_bucket(aws: Aws, bucket: str) -> None:
    job = aws.train(bucket, TRAIN, OutputDataConfig={"S3OutputPath": f"s3://no-such-bucket-{bucket}/output"})

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError")


def test_name_in_use(aws: Aws, bucket: str) -> None:
    request = aws.training_request(bucket, TRAIN)
    create = aws.client("sagemaker").create_training_job
    create(**request)

    error = refusal(create, **request)

    assert error["Code"] == "ResourceInUse"
    assert error["Message"] == (
        "Training job names must be unique within an AWS account and region, and a training job with this name already "
        f"exists ({aws_arn(aws, 'training-job', request['TrainingJobName'])})"
    )
    aws.finished(request["TrainingJobName"])


@pytest.mark.parametrize("service", [None, "lambda.amazonaws.com"])
def test_role_that_sagemaker_can_not_assume(aws: Aws, bucket: str, service: str | None) -> None:
    name = f"role-{uuid.uuid4().hex[:8]}"
    if service:
        aws.client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
            f'{{"Service": "{service}"}}, "Action": "sts:AssumeRole"}}]}}',
        )
    arn = f"arn:aws:iam::{aws.info.account}:role/{name}"

    error = refusal(aws.client("sagemaker").create_training_job, **aws.training_request(bucket, TRAIN, RoleArn=arn))

    assert error == {
        "Code": "ValidationException",
        "Message": f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
        "'sagemaker.amazonaws.com' to assume the role.",
    }


def test_unknown_instance_type(aws: Aws, bucket: str) -> None:
    resources = {"InstanceType": "ml.m5.huge", "InstanceCount": 1, "VolumeSizeInGB": 1}

    error = refusal(
        aws.client("sagemaker").create_training_job, **aws.training_request(bucket, TRAIN, ResourceConfig=resources)
    )

    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith(
        "1 validation error detected: Value 'ml.m5.huge' at 'resourceConfig.instanceType' failed to satisfy "
        "constraint: Member must satisfy enum value set: [ml."
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"EnableManagedSpotTraining": True},
            "MaxWaitTimeInSeconds is required when EnableManagedSpotTraining is true.",
        ),
        (
            {"InputDataConfig": [channel("s3://somewhere/a"), channel("s3://somewhere/b")]},
            "Channel names must be unique within InputDataConfig.",
        ),
    ],
)
def test_what_the_service_checks_beyond_its_model(aws: Aws, bucket: str, changes: dict[str, Any], message: str) -> None:
    request = aws.training_request(bucket, TRAIN, **changes)

    error = refusal(aws.client("sagemaker").create_training_job, **request)

    assert error == {"Code": "ValidationException", "Message": message}


def test_missing_job(aws: Aws) -> None:
    error = refusal(aws.client("sagemaker").describe_training_job, TrainingJobName="never-made")

    assert error == {"Code": "ValidationException", "Message": "Requested resource not found."}


def test_list_filters_sorts_and_pages(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker", "eu-west-1")
    aws.client("s3", "eu-west-1").create_bucket(
        Bucket=f"{bucket}-eu"[:63], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    prefix = f"page-{uuid.uuid4().hex[:8]}"
    names = [f"{prefix}-{index}" for index in range(5)]
    for name in names:
        sagemaker.create_training_job(**aws.training_request(bucket, "pass", TrainingJobName=name))
        time.sleep(0.002)
    wait_for(
        lambda: (
            len(sagemaker.list_training_jobs(NameContains=prefix, StatusEquals="Completed")["TrainingJobSummaries"])
            == 5
        )
    )

    pages = sagemaker.get_paginator("list_training_jobs").paginate(
        NameContains=prefix, SortBy="CreationTime", SortOrder="Descending", PaginationConfig={"PageSize": 2}
    )
    found = [[job["TrainingJobName"] for job in page["TrainingJobSummaries"]] for page in pages]
    assert found == [names[4:2:-1], names[2:0:-1], names[:1]]
    # A page is full even where most jobs do not match.
    page = sagemaker.list_training_jobs(NameContains=names[0], MaxResults=1)
    assert [job["TrainingJobName"] for job in page["TrainingJobSummaries"]] == names[:1]
    assert "NextToken" not in page
    assert not sagemaker.list_training_jobs(NameContains=prefix, StatusEquals="Failed")["TrainingJobSummaries"]
    created = sagemaker.describe_training_job(TrainingJobName=names[3])["CreationTime"]
    later = sagemaker.list_training_jobs(NameContains=prefix, CreationTimeAfter=created)["TrainingJobSummaries"]
    assert {job["TrainingJobName"] for job in later} == set(names[3:])
    # Another region has jobs of its own.
    assert not aws.client("sagemaker").list_training_jobs(NameContains=prefix)["TrainingJobSummaries"]
    assert refusal(sagemaker.list_training_jobs, NextToken="made-up")["Code"] == "ValidationException"


def test_delete(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    name = aws.train(bucket, "pass")["TrainingJobName"]

    sagemaker.delete_training_job(TrainingJobName=name)

    assert refusal(sagemaker.describe_training_job, TrainingJobName=name)["Message"] == "Requested resource not found."


def test_tags_and_search(aws: Aws, bucket: str) -> None:
    sagemaker = aws.client("sagemaker")
    team = uuid.uuid4().hex
    parameters = {"epochs": "7"}
    request = aws.training_request(bucket, "pass", Tags=[{"Key": "team", "Value": team}])
    request["HyperParameters"] |= parameters
    arn = sagemaker.create_training_job(**request)["TrainingJobArn"]
    aws.finished(request["TrainingJobName"])

    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [
        {"Key": "stage", "Value": "test"},
        {"Key": "team", "Value": team},
    ]

    def search(*filters: tuple[str, str, str]) -> list[str]:
        expression = {
            "Filters": [{"Name": name, "Operator": operator, "Value": value} for name, operator, value in filters]
        }
        results = sagemaker.search(Resource="TrainingJob", SearchExpression=expression)["Results"]
        return [result["TrainingJob"]["TrainingJobName"] for result in results]

    mine = ("Tags.team", "Equals", team)
    assert search(mine) == [request["TrainingJobName"]]
    assert search(mine, ("HyperParameters.epochs", "GreaterThan", "6")) == [request["TrainingJobName"]]
    assert search(mine, ("TrainingJobStatus", "NotEquals", "Completed")) == []

    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
    assert search(mine) == []


def aws_arn(aws: Aws, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{aws.info.region}:{aws.info.account}:{kind}/{name}"


_GROUP = {"InstanceGroupName": "one", "InstanceType": "ml.m5.large", "InstanceCount": 1}
_PREFERENCE = {"InstanceType": "ml.m5.large"}


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({"VolumeSizeInGB": 1}, "ResourceConfig requires InstanceType."),
        (
            {"VolumeSizeInGB": 1, "InstanceGroups": [_GROUP], "InstanceCount": 1},
            "both InstanceGroups and InstanceCount",
        ),
        ({"VolumeSizeInGB": 1, "InstanceGroups": [_GROUP, _GROUP]}, "InstanceGroups must be unique"),
        ({"VolumeSizeInGB": 1, "InstancePreferences": [_PREFERENCE]}, "ResourceConfig requires InstanceCount."),
        (
            {"VolumeSizeInGB": 1, "InstanceCount": 1, "InstancePreferences": [_PREFERENCE, _PREFERENCE]},
            "can appear only once",
        ),
    ],
)
def test_resources_that_contradict_themselves(aws: Aws, bucket: str, resources: dict[str, Any], message: str) -> None:
    request = aws.training_request(bucket, TRAIN, ResourceConfig=resources)
    with pytest.raises(ClientError, match=message):
        aws.client("sagemaker").create_training_job(**request)


def test_groups_and_preferences_are_described_as_they_were_asked_for(aws: Aws, bucket: str) -> None:
    for resources in (
        {"VolumeSizeInGB": 1, "InstanceGroups": [_GROUP]},
        {"VolumeSizeInGB": 1, "InstanceCount": 1, "InstancePreferences": [_PREFERENCE]},
    ):
        job = aws.train(bucket, "print('done')", ResourceConfig=resources)
        assert (job["TrainingJobStatus"], job["ResourceConfig"]) == ("Completed", resources)
