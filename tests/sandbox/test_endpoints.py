"""Endpoints against the running sandbox: real servers behind them, and how each failure is told."""

from __future__ import annotations

import io
import json
import tarfile
import textwrap
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .support import IMAGE, Aws, wait_for

INFERENCE = """
    import json

    def model_fn(model_dir):
        print("loading", flush=True)
        return open(model_dir + "/factor.txt").read()

    def input_fn(body, content_type):
        return json.loads(body)

    def predict_fn(numbers, model):
        if numbers == "break":
            raise ValueError("can not predict that")
        return [number * float(model) for number in numbers]

    def output_fn(numbers, accept):
        return json.dumps(numbers), "application/json"
"""


class Deployment:
    """Makes models, configurations and endpoints of one test, and deletes the endpoints afterwards."""

    def __init__(self, aws: Aws, bucket: str) -> None:
        self.aws = aws
        self.bucket = bucket
        self.sagemaker = aws.client("sagemaker")
        self.runtime = aws.client("sagemaker-runtime")
        self.endpoints: list[str] = []

    def model(self, factor: float = 2, script: str = INFERENCE, role_arn: str | None = None) -> str:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            for name, text in (("factor.txt", str(factor)), ("code/inference.py", textwrap.dedent(script))):
                member = tarfile.TarInfo(name)
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text.encode()))
        name = f"model-{uuid.uuid4().hex[:12]}"
        key = f"{name}/model.tar.gz"
        self.aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=archive.getvalue())
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=role_arn or self.aws.info.role_arn,
            PrimaryContainer={
                "Image": IMAGE,
                "ModelDataUrl": f"s3://{self.bucket}/{key}",
                "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
            },
        )
        return name

    def config(self, **weights_by_model: float) -> str:
        """One variant for each model, named after it."""
        name = f"config-{uuid.uuid4().hex[:12]}"
        variants = [
            {
                "VariantName": model,
                "ModelName": model,
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": weight,
            }
            for model, weight in weights_by_model.items()
        ]
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
        return name

    def endpoint(self, config: str) -> str:
        name = f"Endpoint-{uuid.uuid4().hex[:12]}"
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
        self.endpoints.append(name)
        return name

    def invoke(self, endpoint: str, payload: Any, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.runtime.invoke_endpoint(
            EndpointName=endpoint, Body=json.dumps(payload), ContentType="application/json", **more
        )
        return answer

    def predict(self, endpoint: str, payload: Any, **more: Any) -> Any:
        return json.loads(self.invoke(endpoint, payload, **more)["Body"].read())


@pytest.fixture
def deployment(aws: Aws, bucket: str) -> Iterator[Deployment]:
    made = Deployment(aws, bucket)
    yield made
    left = [item["EndpointName"] for item in made.sagemaker.list_endpoints(MaxResults=100)["Endpoints"]]
    for name in set(made.endpoints) & set(left):
        made.sagemaker.delete_endpoint(EndpointName=name)


def refusal(call: Any, **request: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    return dict(caught.value.response)


def test_life_of_an_endpoint(aws: Aws, deployment: Deployment) -> None:
    model = deployment.model(factor=3)
    config = deployment.config(**{model: 1})
    name = deployment.endpoint(config)
    assert deployment.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Creating"

    endpoint = aws.endpoint(name)

    assert endpoint["EndpointStatus"] == "InService"
    assert endpoint["EndpointArn"].endswith(f":endpoint/{name.lower()}")
    [variant] = endpoint["ProductionVariants"]
    assert (variant["VariantName"], variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (model, 1, 1)
    answer = deployment.invoke(name, [1, 2])
    assert json.loads(answer["Body"].read()) == [3, 6]
    assert answer["InvokedProductionVariant"] == model
    assert answer["ContentType"] == "application/json"
    wait_for(lambda: "loading" in aws.log_lines(f"/aws/sagemaker/Endpoints/{name}", f"{model}/"))

    deployment.sagemaker.delete_endpoint(EndpointName=name)
    wait_for(lambda: not deployment.sagemaker.list_endpoints(NameContains=name)["Endpoints"])
    assert deployment.sagemaker.describe_endpoint_config(EndpointConfigName=config)["EndpointConfigName"] == config
    deployment.sagemaker.delete_endpoint_config(EndpointConfigName=config)
    deployment.sagemaker.delete_model(ModelName=model)
    error = refusal(deployment.sagemaker.describe_model, ModelName=model)["Error"]
    assert error["Message"] == f'Could not find model "arn:aws:sagemaker:us-east-1:{aws.info.account}:model/{model}".'
    error = refusal(deployment.runtime.invoke_endpoint, EndpointName=name, Body=b"")["Error"]
    assert error == {
        "Code": "ValidationError",
        "Message": f"Endpoint {name} of account {aws.info.account} not found.",
    }


def test_model_that_can_not_load(aws: Aws, deployment: Deployment) -> None:
    script = "def model_fn(model_dir):\n    raise KeyError('no coefficients')\n"
    model = deployment.model(script=script)
    name = deployment.endpoint(deployment.config(**{model: 1}))

    endpoint = aws.endpoint(name)

    assert endpoint["EndpointStatus"] == "Failed"
    assert endpoint["FailureReason"].startswith(
        f"The primary container for production variant {model} did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )
    assert "no coefficients" in endpoint["FailureReason"]
    lines = aws.log_lines(f"/aws/sagemaker/Endpoints/{name}", f"{model}/")
    assert any("KeyError: 'no coefficients'" in line for line in lines)


def test_model_that_fails_on_a_request(aws: Aws, deployment: Deployment) -> None:
    name = deployment.endpoint(deployment.config(**{deployment.model(): 1}))
    [variant] = aws.endpoint(name)["ProductionVariants"]

    error = refusal(
        deployment.runtime.invoke_endpoint, EndpointName=name, Body='"break"', ContentType="application/json"
    )

    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert error["Error"]["Code"] == "ModelError"
    assert error["Error"]["Message"].startswith('Received server error (500) from primary with message "')
    assert error["OriginalStatusCode"] == 500
    assert "can not predict that" in error["OriginalMessage"]
    assert error["LogStreamArn"].endswith(f":log-group:/aws/sagemaker/Endpoints/{name}")
    assert deployment.predict(name, [1]) == [2]
    cloudwatch = aws.client("cloudwatch")

    def sums() -> list[float]:
        now = time.time()
        return [
            sum(
                point["Sum"]
                for point in cloudwatch.get_metric_statistics(
                    Namespace="AWS/SageMaker",
                    MetricName=metric,
                    Dimensions=[
                        {"Name": "EndpointName", "Value": name},
                        {"Name": "VariantName", "Value": variant["VariantName"]},
                    ],
                    StartTime=now - 3600,
                    EndTime=now + 60,
                    Period=60,
                    Statistics=["Sum"],
                )["Datapoints"]
            )
            for metric in ("Invocations", "Invocation5XXErrors", "Invocation4XXErrors")
        ]

    wait_for(lambda: sums() == [2, 1, 0], 15)


def test_payload_over_the_limit(aws: Aws, deployment: Deployment) -> None:
    name = deployment.endpoint(deployment.config(**{deployment.model(): 1}))
    aws.endpoint(name)

    error = refusal(deployment.runtime.invoke_endpoint, EndpointName=name, Body=b"0" * (6 * 1024 * 1024 + 1))

    assert error["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert error["Error"]["Message"] == "HTTP content length exceeded 6291456 bytes."


def test_variants_weights_and_update(aws: Aws, deployment: Deployment) -> None:
    double, triple = deployment.model(factor=2), deployment.model(factor=3)
    name = deployment.endpoint(deployment.config(**{double: 1, triple: 0}))
    aws.endpoint(name)

    assert {deployment.predict(name, [1])[0] for _ in range(5)} == {2}
    assert deployment.predict(name, [1], TargetVariant=triple) == [3]
    error = refusal(deployment.runtime.invoke_endpoint, EndpointName=name, Body=b"", TargetVariant="none")
    assert error["Error"]["Code"] == "ValidationError"

    deployment.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[
            {"VariantName": double, "DesiredWeight": 0},
            {"VariantName": triple, "DesiredWeight": 1},
        ],
    )
    assert {deployment.predict(name, [1])[0] for _ in range(5)} == {3}

    five = deployment.model(factor=5)
    config = deployment.config(**{five: 1})
    deployment.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config)
    error = refusal(deployment.sagemaker.update_endpoint, EndpointName=name, EndpointConfigName=config)["Error"]
    assert error["Message"].startswith("Cannot update in-progress endpoint")
    assert aws.endpoint(name)["EndpointConfigName"] == config
    assert deployment.predict(name, [1]) == [5]


def test_update_that_fails_leaves_what_serves(aws: Aws, deployment: Deployment) -> None:
    config = deployment.config(**{deployment.model(): 1})
    name = deployment.endpoint(config)
    aws.endpoint(name)
    broken = deployment.config(**{deployment.model(script="raise RuntimeError('broken')"): 1})

    deployment.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=broken)
    endpoint = aws.endpoint(name)

    assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", config)
    assert "RuntimeError: broken" in endpoint["FailureReason"]
    assert deployment.predict(name, [1]) == [2]


def test_custom_attributes_and_response_stream(aws: Aws, deployment: Deployment) -> None:
    name = deployment.endpoint(deployment.config(**{deployment.model(): 1}))
    aws.endpoint(name)

    stream = deployment.runtime.invoke_endpoint_with_response_stream(
        EndpointName=name, Body="[1, 2]", ContentType="application/json", CustomAttributes="trace=7"
    )

    parts = [event["PayloadPart"]["Bytes"] for event in stream["Body"]]
    assert json.loads(b"".join(parts)) == [2, 4]
    assert stream["ContentType"] == "application/json"


def test_names_in_use_and_missing_parts(aws: Aws, deployment: Deployment) -> None:
    sagemaker, model = deployment.sagemaker, deployment.model()
    arn = f"arn:aws:sagemaker:us-east-1:{aws.info.account}"

    def message(call: Any, **request: Any) -> str:
        error = refusal(call, **request)["Error"]
        assert error["Code"] == "ValidationException"
        return str(error["Message"])

    container = {"Image": IMAGE}
    request = {"ModelName": model, "ExecutionRoleArn": aws.info.role_arn, "PrimaryContainer": container}
    assert message(sagemaker.create_model, **request) == f'Cannot create already existing model "{arn}:model/{model}".'
    nowhere = f"s3://{deployment.bucket}/nowhere.tar.gz"
    request |= {"ModelName": "other", "PrimaryContainer": container | {"ModelDataUrl": nowhere}}
    assert message(sagemaker.create_model, **request) == f"Could not find model data at {nowhere}."
    variant = {"VariantName": "v", "ModelName": "gone", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    assert message(sagemaker.create_endpoint_config, EndpointConfigName="c", ProductionVariants=[variant]) == (
        f'Could not find model "{arn}:model/gone".'
    )
    assert message(sagemaker.create_endpoint, EndpointName="e", EndpointConfigName="gone") == (
        f'Could not find endpoint configuration "{arn}:endpoint-config/gone".'
    )
    assert message(sagemaker.delete_endpoint, EndpointName="gone") == f'Could not find endpoint "{arn}:endpoint/gone".'
    asynchronous = {"OutputConfig": {"S3OutputPath": "s3://b/k"}}
    assert (
        message(
            sagemaker.create_endpoint_config,
            EndpointConfigName="c",
            ProductionVariants=[variant | {"ModelName": model}],
            AsyncInferenceConfig=asynchronous,
        )
        == "AsyncInferenceConfig is not available in the sandbox."
    )
