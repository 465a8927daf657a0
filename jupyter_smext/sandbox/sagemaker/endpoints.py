"""Endpoints: create, update and delete them, and keep them in service over a restart of the sandbox.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jupyter_smext.runner import ModelServerError
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.execution_roles import ExecutionRoles
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.logs import LogWriter
from jupyter_smext.sandbox.sagemaker.endpoint_configs import EndpointConfigs
from jupyter_smext.sandbox.sagemaker.models import Models, container_of
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources, timestamp
from jupyter_smext.sandbox.sagemaker.variants import EndpointVariants, VariantServer, VariantSettings

log = logging.getLogger(__name__)

ENDPOINT = Kind("endpoint", "Endpoint")
# What serves, beside what DescribeEndpoint tells.
_PLAN = "_Plan"
_IN_PROGRESS = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


class Endpoints:
    """The endpoints of all regions and the servers behind them."""

    def __init__(
        self,
        resources: Resources,
        models: Models,
        configs: EndpointConfigs,
        roles: ExecutionRoles,
        logs: LogWriter,
        settings: VariantSettings,
    ) -> None:
        self._resources = resources
        self._models = models
        self._configs = configs
        self._roles = roles
        self._logs = logs
        self._settings = settings
        self._running: dict[tuple[str, str], EndpointVariants] = {}
        self._starting: dict[tuple[str, str], EndpointVariants] = {}
        self._lock = threading.Lock()

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateEndpoint": self.create,
            "DescribeEndpoint": self.describe,
            "ListEndpoints": self.list_endpoints,
            "UpdateEndpoint": self.update,
            "UpdateEndpointWeightsAndCapacities": self.update_weights_and_capacities,
            "DeleteEndpoint": self.delete,
        }

    def resume(self) -> None:
        """Brings the endpoints of an earlier run into service again; returns at once."""
        for region, endpoint in self._resources.all(ENDPOINT):
            name, status = endpoint["EndpointName"], endpoint["EndpointStatus"]
            if status == "Deleting":
                self._resources.delete(ENDPOINT, region, name)
            elif status != "Failed":
                if status != "Creating":
                    # AWS's own word for work on an endpoint that its owner did not ask for.
                    self._set_status(region, name, "SystemUpdating")
                self._in_background(
                    self._bring_up, region, name, endpoint["EndpointConfigName"], endpoint[_PLAN], _weights(endpoint)
                )

    def close(self) -> None:
        """Ends all servers; the endpoints come back with the sandbox."""
        with self._lock:
            ended = [*self._running.values(), *self._starting.values()]
            self._running.clear()
            self._starting.clear()
        for variants in ended:
            variants.stop()

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name, config = request["EndpointName"], request["EndpointConfigName"]
        plan = self._plan(caller.region, config)
        document = {"EndpointConfigName": config, "EndpointStatus": "Creating", _PLAN: plan}
        if "DeploymentConfig" in request:
            document["LastDeploymentConfig"] = request["DeploymentConfig"]
        try:
            endpoint = self._resources.create(ENDPOINT, caller.region, name, document, request.get("Tags", []))
        except AlreadyExists as taken:
            raise ValidationException(f'Cannot create already existing endpoint "{taken}".') from None
        self._in_background(self._bring_up, caller.region, name, config, plan, {})
        return {"EndpointArn": endpoint["EndpointArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self.existing(caller.region, request["EndpointName"])

    def list_endpoints(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        endpoints, next_token = self._resources.page(ENDPOINT, caller, request)
        return {"Endpoints": endpoints} | ({"NextToken": next_token} if next_token else {})

    def update(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name, config = request["EndpointName"], request["EndpointConfigName"]
        plan = self._plan(caller.region, config)
        endpoint = self.existing(caller.region, name)

        def change(document: Document) -> None:
            _require_idle(document)
            document["EndpointStatus"] = "Updating"

        self._resources.update(ENDPOINT, caller.region, name, change)
        weights = _weights(endpoint) if request.get("RetainAllVariantProperties") else {}
        self._in_background(self._bring_up, caller.region, name, config, plan, weights)
        return {"EndpointArn": endpoint["EndpointArn"]}

    def update_weights_and_capacities(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        endpoint = self.existing(caller.region, request["EndpointName"])
        wanted = {desired["VariantName"]: desired for desired in request["DesiredWeightsAndCapacities"]}
        if unknown := set(wanted) - set(_weights(endpoint)):
            raise ValidationException(f"The variant(s) {', '.join(sorted(unknown))} do not exist in the endpoint.")

        def change(document: Document) -> None:
            _require_idle(document)
            for variant in document["ProductionVariants"]:
                desired = wanted.get(variant["VariantName"], {})
                if "DesiredWeight" in desired:
                    variant["CurrentWeight"] = variant["DesiredWeight"] = desired["DesiredWeight"]
                if "DesiredInstanceCount" in desired:
                    variant["CurrentInstanceCount"] = variant["DesiredInstanceCount"] = desired["DesiredInstanceCount"]

        self._resources.update(ENDPOINT, caller.region, request["EndpointName"], change)
        return {"EndpointArn": endpoint["EndpointArn"]}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = request["EndpointName"]
        self.existing(caller.region, name)
        self._set_status(caller.region, name, "Deleting")
        self._in_background(self._tear_down, caller.region, name)
        return {}

    def existing(self, region: str, name: str) -> Document:
        """Raises :class:`ValidationException` when there is none."""
        endpoint = self._resources.get(ENDPOINT, region, name)
        if endpoint is None:
            raise ValidationException(f'Could not find endpoint "{ENDPOINT.arn(region, name)}".')
        return endpoint

    def serving(self, region: str, name: str) -> tuple[EndpointVariants, dict[str, float]] | None:
        """What answers the requests to an endpoint, and the weights of its variants; None when it is not in service."""
        endpoint = self._resources.get(ENDPOINT, region, name)
        variants = self._running.get((region, name))
        if endpoint is None or variants is None:
            return None
        return variants, _weights(endpoint)

    def _plan(self, region: str, config: str) -> list[Document]:
        """The variants of a configuration, each with the container and the role of its model.

        An endpoint keeps it, because configuration and model may be deleted while it serves. Raises
        :class:`ValidationException` when they already are.
        """
        plan = []
        for variant in self._configs.existing(region, config)["ProductionVariants"]:
            model = self._models.existing(region, variant["ModelName"])
            plan.append({"Variant": variant, "Container": container_of(model), "RoleArn": model["ExecutionRoleArn"]})
        return plan

    def _bring_up(
        self, region: str, name: str, config: str, plan: Sequence[Document], weights: Mapping[str, float]
    ) -> None:
        """Starts the servers of a plan and puts them in the place of those that run, if any."""
        key = (region, name)
        variants = EndpointVariants(
            [
                VariantServer(
                    name,
                    region,
                    part["Variant"],
                    part["Container"],
                    part["RoleArn"],
                    settings=self._settings,
                    roles=self._roles,
                    logs=self._logs,
                )
                for part in plan
            ]
        )
        described = [_described(part["Variant"], part["Container"]) for part in plan]
        for variant in described:
            if variant["VariantName"] in weights:
                variant["CurrentWeight"] = variant["DesiredWeight"] = weights[variant["VariantName"]]
        with self._lock:
            self._starting[key] = variants
        try:
            variants.start()
        except ModelServerError as error:
            self._logs.flush()
            self._fail(key, variants, error.reason)
            return
        except Exception as error:
            log.exception("Endpoint %s failed inside the sandbox", name)
            self._fail(key, variants, f"InternalServerError: The sandbox failed to start this endpoint: {error}")
            return

        def change(document: Document) -> None:
            document["EndpointStatus"] = "InService"
            document["EndpointConfigName"] = config
            document["ProductionVariants"] = described
            document[_PLAN] = list(plan)
            document.pop("FailureReason", None)

        with self._lock:
            if self._starting.get(key) is not variants:
                # Deleted meanwhile; who took it out of the table stops it as well.
                return
            del self._starting[key]
            replaced = self._running.get(key)
            self._running[key] = variants
            self._resources.update(ENDPOINT, region, name, change)
        if replaced is not None:
            replaced.stop()

    def _fail(self, key: tuple[str, str], variants: EndpointVariants, reason: str) -> None:
        """An endpoint that served goes on with what it had; one that never did is Failed."""

        def change(document: Document) -> None:
            document["EndpointStatus"] = "InService" if key in self._running else "Failed"
            document["FailureReason"] = reason

        with self._lock:
            if self._starting.get(key) is variants:
                del self._starting[key]
                self._resources.update(ENDPOINT, *key, change)

    def _tear_down(self, region: str, name: str) -> None:
        with self._lock:
            ended = [self._running.pop((region, name), None), self._starting.pop((region, name), None)]
        for variants in ended:
            if variants is not None:
                variants.stop()
        self._resources.delete(ENDPOINT, region, name)

    def _set_status(self, region: str, name: str, status: str) -> None:
        def change(document: Document) -> None:
            document["EndpointStatus"] = status

        self._resources.update(ENDPOINT, region, name, change)

    def _in_background(self, work: Callable[..., None], region: str, name: str, *more: Any) -> None:
        threading.Thread(target=work, args=(region, name, *more), name=f"endpoint-{name}", daemon=True).start()


def _require_idle(endpoint: Mapping[str, Any]) -> None:
    if endpoint["EndpointStatus"] in _IN_PROGRESS:
        raise ValidationException(f'Cannot update in-progress endpoint "{endpoint["EndpointArn"]}".')


def _weights(endpoint: Mapping[str, Any]) -> dict[str, float]:
    return {variant["VariantName"]: variant["CurrentWeight"] for variant in endpoint.get("ProductionVariants", [])}


def _described(variant: Mapping[str, Any], container: Mapping[str, Any]) -> dict[str, Any]:
    """A variant as DescribeEndpoint shows it."""
    weight = variant["InitialVariantWeight"]
    image = container["Image"]
    described = {
        "VariantName": variant["VariantName"],
        "DeployedImages": [{"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": timestamp()}],
        "CurrentWeight": weight,
        "DesiredWeight": weight,
    }
    if "ServerlessConfig" in variant:
        return described | {
            "CurrentServerlessConfig": variant["ServerlessConfig"],
            "DesiredServerlessConfig": variant["ServerlessConfig"],
        }
    count = variant["InitialInstanceCount"]
    return described | {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
