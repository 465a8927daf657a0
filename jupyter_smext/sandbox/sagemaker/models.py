"""Models: what a container serves. A model costs nothing and runs nothing until an endpoint uses it.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.execution_roles import ExecutionRoles
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.own_clients import OwnClients
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources
from jupyter_smext.sandbox.sagemaker.roles import require_assumable

MODEL = Kind("model", "Model")


class Models:
    """The models of all regions."""

    def __init__(self, resources: Resources, clients: OwnClients, roles: ExecutionRoles) -> None:
        self._resources = resources
        self._clients = clients
        self._roles = roles

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateModel": self.create,
            "DescribeModel": self.describe,
            "ListModels": self.list_models,
            "DeleteModel": self.delete,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        container = container_of(request)
        if "ExecutionRoleArn" not in request:
            raise ValidationException("ExecutionRoleArn is required.")
        require_assumable(self._clients, caller.region, request["ExecutionRoleArn"])
        self._require_model_data(caller, container, request["ExecutionRoleArn"])
        document = {name: value for name, value in request.items() if name != "Tags"}
        document.setdefault("EnableNetworkIsolation", False)
        try:
            model = self._resources.create(
                MODEL, caller.region, request["ModelName"], document, request.get("Tags", [])
            )
        except AlreadyExists as taken:
            raise ValidationException(f'Cannot create already existing model "{taken}".') from None
        return {"ModelArn": model["ModelArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self.existing(caller.region, request["ModelName"])

    def list_models(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        models, next_token = self._resources.page(MODEL, caller, request)
        return {"Models": models} | ({"NextToken": next_token} if next_token else {})

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        model = self.existing(caller.region, request["ModelName"])
        self._resources.delete(MODEL, caller.region, model["ModelName"])
        return {}

    def existing(self, region: str, name: str) -> Document:
        """Raises :class:`ValidationException` when there is none."""
        model = self._resources.get(MODEL, region, name)
        if model is None:
            raise ValidationException(f'Could not find model "{MODEL.arn(region, name)}".')
        return model

    def _require_model_data(self, caller: Caller, container: Mapping[str, Any], role_arn: str) -> None:
        source = container.get("ModelDataSource", {}).get("S3DataSource", {})
        uri = source.get("S3Uri") or container.get("ModelDataUrl")
        if not uri:
            return
        location = urlsplit(uri)
        bucket, key = location.netloc, location.path.lstrip("/")
        s3 = self._roles.clients(role_arn).get("s3", caller.region)
        try:
            if source:
                found = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)["KeyCount"] > 0
            else:
                found = bool(s3.head_object(Bucket=bucket, Key=key))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
                raise ValidationException(
                    f'Could not access model data at {uri}. Please ensure that the role "{role_arn}" exists and that '
                    'its trust relationship policy allows the action "sts:AssumeRole" for the service principal '
                    '"sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the '
                    f"object is located in {caller.region}."
                ) from error
            found = False
        if not found:
            raise ValidationException(f"Could not find model data at {uri}.")


def container_of(model: Mapping[str, Any]) -> dict[str, Any]:
    """The one container of a model.

    Raises :class:`ValidationException` for what can not be served here.
    """
    containers = list(model.get("Containers", []))
    if "PrimaryContainer" in model:
        if containers:
            raise ValidationException("Either PrimaryContainer or Containers can be given, not both.")
        containers = [model["PrimaryContainer"]]
    if not containers:
        raise ValidationException("A model requires PrimaryContainer or Containers.")
    if len(containers) > 1:
        raise ValidationException("A model with several containers is not available in the sandbox.")
    container: dict[str, Any] = containers[0]
    if "Image" not in container:
        raise ValidationException("A container without Image (a model package) is not available in the sandbox.")
    if container.get("Mode") == "MultiModel":
        raise ValidationException("A multi-model container is not available in the sandbox.")
    return container
