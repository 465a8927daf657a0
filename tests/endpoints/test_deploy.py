from __future__ import annotations

from typing import Any

import pytest
from fake_hosting import JOB, FakeHosting, FakeSession, refusal

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.endpoints.deploy import deploy
from jupyter_smext.endpoints.describe import describe_endpoint
from jupyter_smext.endpoints.models import DeployRequest
from jupyter_smext.endpoints.serving_image import serving_image


def deployed(hosting: FakeHosting, **request: Any) -> Any:
    session: Any = FakeSession(hosting)
    return deploy(session, DeployRequest(training_job_name=JOB, **request))


def test_model_configuration_and_endpoint_are_made_as_the_sdk_makes_them() -> None:
    hosting = FakeHosting()
    endpoint = deployed(hosting, instance_type="ml.c5.large", initial_instance_count=2, environment={"A": "1"})
    tags = [{"Key": "smext:training-job", "Value": JOB}]
    model = hosting.resources["model"][JOB]
    assert model["PrimaryContainer"] == {
        "Image": "1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
        "ModelDataUrl": "s3://b/output/job-1/output/model.tar.gz",
        "Environment": {
            "SAGEMAKER_PROGRAM": "train.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "s3://b/job-1/source/sourcedir.tar.gz",
            "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
            "SAGEMAKER_REGION": "eu-central-1",
            "A": "1",
        },
    }
    assert model["ExecutionRoleArn"] == "arn:aws:iam::111122223333:role/R"
    assert hosting.resources["endpoint_config"][JOB]["ProductionVariants"] == [
        {"VariantName": "AllTraffic", "ModelName": JOB, "InstanceType": "ml.c5.large", "InitialInstanceCount": 2}
    ]
    assert all(hosting.resources[kind][JOB]["Tags"] == tags for kind in hosting.resources)
    assert (endpoint.endpoint_name, endpoint.endpoint_status, endpoint.training_job_name) == (JOB, "Creating", JOB)
    assert [(each.model_name, each.instance_type) for each in endpoint.variants] == [(JOB, "ml.c5.large")]


def test_a_repeated_deployment_makes_nothing_twice() -> None:
    hosting = FakeHosting()
    first = deployed(hosting)
    before = {kind: dict(each) for kind, each in hosting.resources.items()}
    assert deployed(hosting) == first
    assert hosting.resources == before


def test_a_deployment_that_lost_its_last_step_goes_on_there() -> None:
    hosting = FakeHosting()
    deployed(hosting)
    del hosting.resources["endpoint"][JOB]
    assert deployed(hosting).endpoint_status == "Creating"


@pytest.mark.parametrize("change", [{"instance_type": "ml.p3.2xlarge"}, {"environment": {"A": "2"}}])
def test_what_exists_with_other_content_is_a_conflict_and_stays(change: dict[str, Any]) -> None:
    hosting = FakeHosting()
    deployed(hosting)
    before = {kind: dict(each) for kind, each in hosting.resources.items()}
    with pytest.raises(SmextError) as caught:
        deployed(hosting, **change)
    assert caught.value.code is ErrorCode.CONFLICT
    assert JOB in caught.value.envelope.message
    assert hosting.resources == before


@pytest.mark.parametrize("step", ["create_endpoint_config", "create_endpoint"])
def test_what_was_made_before_a_failed_step_is_removed(step: str) -> None:
    hosting = FakeHosting()
    hosting.fail[step] = refusal("The account-level service limit was reached", "ResourceLimitExceeded")
    with pytest.raises(SmextError) as caught:
        deployed(hosting)
    assert caught.value.code is ErrorCode.QUOTA_EXCEEDED
    assert all(not each for each in hosting.resources.values())


def test_what_existed_before_is_not_removed_by_a_failure() -> None:
    hosting = FakeHosting()
    deployed(hosting)
    del hosting.resources["endpoint"][JOB]
    hosting.fail["create_endpoint"] = refusal("Rate exceeded", "ThrottlingException")
    with pytest.raises(SmextError):
        deployed(hosting)
    assert JOB in hosting.resources["model"]
    assert JOB in hosting.resources["endpoint_config"]


def test_what_could_not_be_removed_is_named() -> None:
    hosting = FakeHosting()
    hosting.fail["create_endpoint"] = refusal("no", "AccessDeniedException")
    hosting.fail["delete_model"] = refusal("nor this", "AccessDeniedException")
    with pytest.raises(SmextError) as caught:
        deployed(hosting)
    assert caught.value.envelope.message == f"no And the model {JOB} is left (nor this)."
    assert hosting.resources["endpoint_config"] == {}


@pytest.mark.parametrize(
    ("job", "code"),
    [
        ({"TrainingJobStatus": "InProgress"}, ErrorCode.PRECONDITION_FAILED),
        ({"TrainingJobStatus": "Failed"}, ErrorCode.PRECONDITION_FAILED),
        ({"ModelArtifacts": {}}, ErrorCode.PRECONDITION_FAILED),
        (
            {"AlgorithmSpecification": {"AlgorithmName": "arn:aws:...", "TrainingInputMode": "File"}},
            ErrorCode.NOT_SUPPORTED,
        ),
    ],
)
def test_a_job_that_cannot_be_deployed_is_refused_before_anything_is_made(job: Any, code: ErrorCode) -> None:
    hosting = FakeHosting(**job)
    with pytest.raises(SmextError) as caught:
        deployed(hosting)
    assert caught.value.code is code
    assert hosting.log == []


def test_what_may_not_be_looked_at_is_null_and_the_endpoint_is_still_described() -> None:
    hosting = FakeHosting()
    deployed(hosting)
    hosting.fail = {
        operation: refusal("no", "AccessDeniedException")
        for operation in ("describe_endpoint_config", "describe_model", "list_tags")
    }
    session: Any = FakeSession(hosting)
    hosting.resources["endpoint"][JOB]["ProductionVariants"] = [
        {"VariantName": "AllTraffic", "CurrentInstanceCount": 1}
    ]
    endpoint = describe_endpoint(session, JOB)
    assert (endpoint.tags, endpoint.training_job_name) == (None, None)
    assert [(each.variant_name, each.model_name, each.current_instance_count) for each in endpoint.variants] == [
        ("AllTraffic", None, 1)
    ]


REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("training", "instance_type", "serving"),
    [
        ("pytorch-training:2.5.1-gpu-py311-cu124-ubuntu22.04", "ml.m5.large", "pytorch-inference:2.5.1-cpu-py311"),
        ("pytorch-training:2.5.1-cpu-py311", "ml.g5.xlarge", "pytorch-inference:2.5.1-gpu-py311"),
        ("tensorflow-training:2.16.1-cpu-py310", "ml.m5.large", "tensorflow-inference:2.16.1-cpu"),
        ("sagemaker-xgboost:1.7-1", "ml.m5.large", "sagemaker-xgboost:1.7-1"),
        ("my-own-model:latest", "ml.m5.large", "my-own-model:latest"),
    ],
)
def test_the_serving_image_of_a_training_image(training: str, instance_type: str, serving: str) -> None:
    assert serving_image(f"{REGISTRY}/{training}", instance_type) == f"{REGISTRY}/{serving}"


def test_an_image_that_only_trains_needs_the_user() -> None:
    training = f"{REGISTRY}/huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu-py310-cu121-ubuntu20.04"
    with pytest.raises(SmextError) as caught:
        serving_image(training, "ml.m5.large")
    assert caught.value.code is ErrorCode.NOT_SUPPORTED
    hosting = FakeHosting(AlgorithmSpecification={"TrainingInputMode": "File", "TrainingImage": training})
    assert deployed(hosting, image="own:1").variants[0].image == "own:1"
