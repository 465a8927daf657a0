"""SageMaker hosting in memory: three kinds of resources, with the service's own error texts and failures on demand."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
JOB = "job-1"


class FakeHosting:
    """Has the methods of the sagemaker client that the endpoints room calls. ``fail`` maps an operation to an error."""

    KINDS = {"model": "Model", "endpoint_config": "EndpointConfig", "endpoint": "Endpoint"}
    WORDS = {"model": "model", "endpoint_config": "endpoint configuration", "endpoint": "endpoint"}

    def __init__(self, **job: Any) -> None:
        self.resources: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in self.KINDS}
        self.fail: dict[str, ClientError] = {}
        self.log: list[str] = []
        self.job = job

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        verb, _, kind = operation.partition("_")
        if kind not in self.KINDS or verb not in ("create", "describe", "delete"):
            raise AttributeError(operation)

        def call(**request: Any) -> dict[str, Any]:
            self.log.append(operation)
            if operation in self.fail:
                raise self.fail[operation]
            result: dict[str, Any] = getattr(self, f"_{verb}")(kind, request)
            return result

        return call

    def _create(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        name = request[f"{self.KINDS[kind]}Name"]
        if name in self.resources[kind]:
            raise refusal(f'Cannot create already existing {self.WORDS[kind]} "{self.arn(kind, name)}".')
        described = {**request, f"{self.KINDS[kind]}Arn": self.arn(kind, name), "CreationTime": NOW}
        if kind == "endpoint":
            described["EndpointStatus"] = "Creating"
        self.resources[kind][name] = described
        return {}

    def _describe(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        return dict(self._found(kind, request[f"{self.KINDS[kind]}Name"]))

    def _delete(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        name = request[f"{self.KINDS[kind]}Name"]
        found = self._found(kind, name)
        if found.get("EndpointStatus") in ("Creating", "Updating"):
            raise refusal(f'Cannot update in-progress endpoint "{self.arn(kind, name)}".')
        del self.resources[kind][name]
        return {}

    def _found(self, kind: str, name: str) -> dict[str, Any]:
        try:
            return self.resources[kind][name]
        except KeyError:
            raise refusal(f'Could not find {self.WORDS[kind]} "{self.arn(kind, name)}".') from None

    @classmethod
    def arn(cls, kind: str, name: str) -> str:
        return f"arn:aws:sagemaker:eu-central-1:111122223333:{kind.replace('_', '-')}/{name}"

    def list_tags(self, *, ResourceArn: str) -> dict[str, Any]:  # noqa: N803
        for kind, resources in self.resources.items():
            for name, each in resources.items():
                if self.arn(kind, name) == ResourceArn:
                    return {"Tags": each.get("Tags", [])}
        return {"Tags": []}

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        return {
            "TrainingJobName": TrainingJobName,
            "TrainingJobArn": f"arn:aws:sagemaker:eu-central-1:111122223333:training-job/{TrainingJobName}",
            "TrainingJobStatus": "Completed",
            "SecondaryStatus": "Completed",
            "CreationTime": NOW,
            "RoleArn": "arn:aws:iam::111122223333:role/R",
            "AlgorithmSpecification": {
                "TrainingInputMode": "File",
                "TrainingImage": "1.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
            },
            "HyperParameters": {
                "sagemaker_program": '"train.py"',
                "sagemaker_submit_directory": '"s3://b/job-1/source/sourcedir.tar.gz"',
            },
            "ModelArtifacts": {"S3ModelArtifacts": "s3://b/output/job-1/output/model.tar.gz"},
            **self.job,
        }

    def get_paginator(self, operation: str) -> _Paginator:
        return _Paginator(self, operation)


class _Paginator:
    def __init__(self, hosting: FakeHosting, operation: str) -> None:
        self._hosting = hosting
        self._operation = operation

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        if self._operation in self._hosting.fail:
            raise self._hosting.fail[self._operation]
        if self._operation == "list_tags":
            yield self._hosting.list_tags(ResourceArn=request["ResourceArn"])
        elif self._operation == "list_inference_components":
            yield {
                "InferenceComponents": [
                    {"InferenceComponentName": "component", "InferenceComponentArn": "arn:component"}
                ]
            }
        else:
            kind = {"list_endpoints": "endpoint", "list_endpoint_configs": "endpoint_config"}[self._operation]
            limit = request["PaginationConfig"]["MaxItems"]
            for each in list(self._hosting.resources[kind].values())[:limit]:
                yield {f"{FakeHosting.KINDS[kind]}s": [each]}


class FakeSession:
    region = "eu-central-1"

    def __init__(self, hosting: FakeHosting, runtime: Any = None) -> None:
        self._clients = {"sagemaker": hosting, "sagemaker-runtime": runtime}

    def client(self, service: str) -> Any:
        return self._clients[service]


def refusal(message: str, code: str = "ValidationException", status: int = 400, **more: Any) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1"},
        **more,
    }
    return ClientError(answer, "Operation")
