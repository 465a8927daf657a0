from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber
from fake_session import NOW

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.jobs.describe import describe_job, unquoted
from jupyter_smext.jobs.listing import list_jobs
from jupyter_smext.jobs.models import JobsQuery, TrainingJobStatus
from jupyter_smext.jobs.secrets import MASK

ARN = "arn:aws:sagemaker:eu-central-1:111122223333:training-job/job-1"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    session = AwsSession(region="eu-central-1")
    yield session
    session.close()


@pytest.fixture
def sagemaker(session: AwsSession) -> Iterator[Stubber]:
    with Stubber(session.client("sagemaker")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def described(**more: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": "job-1",
        "TrainingJobArn": ARN,
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "CreationTime": NOW,
        "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "image:1"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        "ModelArtifacts": {"S3ModelArtifacts": "s3://b/job-1/output/model.tar.gz"},
        **more,
    }


def answer(sagemaker: Stubber, **more: Any) -> None:
    sagemaker.add_response("describe_training_job", described(**more), {"TrainingJobName": "job-1"})
    sagemaker.add_response("list_tags", {"Tags": [{"Key": "team", "Value": "a"}]}, {"ResourceArn": ARN})


def test_hyperparameters_are_as_the_user_gave_them_to_sdk_v2(session: AwsSession, sagemaker: Stubber) -> None:
    own = {
        "sagemaker_program": '"train.py"',
        "sagemaker_submit_directory": '"s3://b/job-1/source/sourcedir.tar.gz"',
        "sagemaker_region": '"eu-central-1"',
        "_tuning_objective_metric": "loss",
    }
    given = {"name": '"x"', "C": "0.5", "flag": "true", "sizes": "[1, 2]", "quote": '"say \\"hi\\""', "raw": "plain"}
    answer(sagemaker, HyperParameters={**given, **own})
    job = describe_job(session, "job-1")
    assert job.hyperparameters == {
        "name": "x", "C": "0.5", "flag": "true", "sizes": "[1, 2]", "quote": 'say "hi"', "raw": "plain",
    }  # fmt: skip
    assert job.entry_point == "train.py"
    assert job.source_dir == "s3://b/job-1/source/sourcedir.tar.gz"
    assert job.tags == {"team": "a"}
    assert job.training_job_status is TrainingJobStatus.COMPLETED
    assert json.loads(job.model_dump_json())["describe"]["HyperParameters"]["name"] == '"x"'


def test_secrets_are_masked_in_the_parts_and_in_the_whole(session: AwsSession, sagemaker: Stubber) -> None:
    answer(
        sagemaker,
        Environment={"HF_TOKEN": "abc", "MODE": "fast"},
        HyperParameters={"api_key": '"k"', "key": '"AKIAIOSFODNN7EXAMPLE"'},
    )
    job = describe_job(session, "job-1")
    assert job.environment == {"HF_TOKEN": MASK, "MODE": "fast"}
    assert job.hyperparameters == {"api_key": MASK, "key": MASK}
    text = job.model_dump_json()
    assert "abc" not in text
    assert "AKIA" not in text


def test_the_code_channel_of_sdk_v3_is_the_source(session: AwsSession, sagemaker: Stubber) -> None:
    def channel(name: str) -> dict[str, Any]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://b/{name}"}
        return {"ChannelName": name, "DataSource": {"S3DataSource": source}}

    answer(sagemaker, InputDataConfig=[channel("train"), channel("code"), channel("sm_drivers")])
    job = describe_job(session, "job-1")
    assert job.source_dir == "s3://b/code"
    assert (job.channels[0].channel_name, job.channels[0].s3_uri) == ("train", "s3://b/train")


def test_the_instances_of_groups_and_of_preferences_are_told(session: AwsSession, sagemaker: Stubber) -> None:
    groups = [
        {"InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "InstanceGroupName": "a"},
        {"InstanceType": "ml.p3.2xlarge", "InstanceCount": 2, "InstanceGroupName": "b"},
    ]
    answer(sagemaker, ResourceConfig={"VolumeSizeInGB": 1, "InstanceGroups": groups})
    job = describe_job(session, "job-1")
    assert (job.instance_type, job.instance_count) == ("ml.c5.xlarge", 3)


def test_tags_that_may_not_be_read_are_null(session: AwsSession, sagemaker: Stubber) -> None:
    sagemaker.add_response("describe_training_job", described(), {"TrainingJobName": "job-1"})
    sagemaker.add_client_error("list_tags", "AccessDeniedException", "no", 400)
    assert describe_job(session, "job-1").tags is None


@pytest.mark.parametrize(("value", "expected"), [('"a"', "a"), ('"', '"'), ('"1" and "2"', '"1" and "2"'), ("", "")])
def test_only_whole_json_strings_are_unquoted(value: str, expected: str) -> None:
    assert unquoted(value) == expected


def test_an_empty_page_with_a_token_is_followed(session: AwsSession, sagemaker: Stubber) -> None:
    request = {
        "MaxResults": 2, "SortBy": "CreationTime", "SortOrder": "Descending", "NameContains": "x",
        "StatusEquals": "Failed",
    }  # fmt: skip
    summary = {
        "TrainingJobName": "job-1", "TrainingJobArn": ARN, "CreationTime": NOW, "TrainingJobStatus": "Failed",
    }  # fmt: skip
    sagemaker.add_response("list_training_jobs", {"TrainingJobSummaries": [], "NextToken": "t1"}, request)
    sagemaker.add_response(
        "list_training_jobs", {"TrainingJobSummaries": [summary], "NextToken": "t2"}, {**request, "NextToken": "t1"}
    )
    query = JobsQuery(name_contains="x", status_equals=TrainingJobStatus.FAILED, max_results=2)
    page = list_jobs(session, query)
    assert [job.training_job_name for job in page.training_jobs] == ["job-1"]
    assert page.next_token == "t2"


def test_endless_empty_pages_are_handed_back_to_the_caller(session: AwsSession, sagemaker: Stubber) -> None:
    for number in range(20):
        sagemaker.add_response("list_training_jobs", {"TrainingJobSummaries": [], "NextToken": f"t{number}"})
    page = list_jobs(session, JobsQuery())
    assert (page.training_jobs, page.next_token) == ([], "t19")
