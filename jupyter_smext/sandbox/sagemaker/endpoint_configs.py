"""Endpoint configurations: which models an endpoint serves, and how it divides the requests among them.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.models import Models
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources

ENDPOINT_CONFIG = Kind("endpoint-config", "EndpointConfig")


class EndpointConfigs:
    """The endpoint configurations of all regions."""

    def __init__(self, resources: Resources, models: Models) -> None:
        self._resources = resources
        self._models = models

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateEndpointConfig": self.create,
            "DescribeEndpointConfig": self.describe,
            "ListEndpointConfigs": self.list_endpoint_configs,
            "DeleteEndpointConfig": self.delete,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        _refuse_unavailable(request)
        variants = request["ProductionVariants"]
        names = [variant["VariantName"] for variant in variants]
        if len(names) != len(set(names)):
            raise ValidationException("Production variant names must be unique within an endpoint configuration.")
        for variant in variants:
            _require_capacity(variant)
            self._models.existing(caller.region, variant["ModelName"])
        document = {name: value for name, value in request.items() if name != "Tags"}
        document["ProductionVariants"] = [{"InitialVariantWeight": 1.0} | variant for variant in variants]
        document.setdefault("EnableNetworkIsolation", False)
        try:
            config = self._resources.create(
                ENDPOINT_CONFIG, caller.region, request["EndpointConfigName"], document, request.get("Tags", [])
            )
        except AlreadyExists as taken:
            raise ValidationException(f'Cannot create already existing endpoint configuration "{taken}".') from None
        return {"EndpointConfigArn": config["EndpointConfigArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self.existing(caller.region, request["EndpointConfigName"])

    def list_endpoint_configs(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        configs, next_token = self._resources.page(ENDPOINT_CONFIG, caller, request)
        return {"EndpointConfigs": configs} | ({"NextToken": next_token} if next_token else {})

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        config = self.existing(caller.region, request["EndpointConfigName"])
        self._resources.delete(ENDPOINT_CONFIG, caller.region, config["EndpointConfigName"])
        return {}

    def existing(self, region: str, name: str) -> Document:
        """Raises :class:`ValidationException` when there is none."""
        config = self._resources.get(ENDPOINT_CONFIG, region, name)
        if config is None:
            raise ValidationException(f'Could not find endpoint configuration "{ENDPOINT_CONFIG.arn(region, name)}".')
        return config


def _refuse_unavailable(request: Mapping[str, Any]) -> None:
    """Raises for what would run on SageMaker and can not here."""
    unavailable = {
        "AsyncInferenceConfig": "AsyncInferenceConfig" in request,
        "ShadowProductionVariants": bool(request.get("ShadowProductionVariants")),
        "ExplainerConfig": "ExplainerConfig" in request,
        "DataCaptureConfig": request.get("DataCaptureConfig", {}).get("EnableCapture", "DataCaptureConfig" in request),
        "A variant for inference components": any(
            "ModelName" not in variant for variant in request["ProductionVariants"]
        ),
    }
    for what, asked in unavailable.items():
        if asked:
            raise ValidationException(f"{what} is not available in the sandbox.")


def _require_capacity(variant: Mapping[str, Any]) -> None:
    if "ServerlessConfig" in variant:
        if "InstanceType" in variant or "InitialInstanceCount" in variant:
            raise ValidationException("A serverless variant can not have InstanceType or InitialInstanceCount.")
    elif "InstanceType" not in variant or variant.get("InitialInstanceCount", 0) < 1:
        name = variant["VariantName"]
        raise ValidationException(f"Production variant {name} requires InstanceType and InitialInstanceCount.")
