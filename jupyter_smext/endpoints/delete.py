"""Deleting an endpoint with everything that belongs to it, and telling beforehand what that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .describe import TRAINING_JOB_TAG, endpoint_status
from .models import UNSETTLED, DeleteEndpointRequest, DeletePlan, Resource

# AWS has no query for "who uses this model": every configuration must be read. So many are, eight at a time.
_MAX_READ = 1000
_AT_ONCE = 8


def plan_delete(session: AwsSession, endpoint_name: str, *, with_model: bool = True) -> DeletePlan:
    """What a delete would take away, in order, and what it would keep and why. Changes nothing.

    A configuration that another endpoint runs with and a model that another configuration names are kept; so are those
    for which that could not be found out. Where the endpoint is gone already, the plan holds what is left under its
    name: a delete that failed half-way can be repeated. Raises NotFound where nothing is left.

    Permissions: `sagemaker:Describe*` and `List*` of endpoints, endpoint configurations and models,
    `sagemaker:ListInferenceComponents` for endpoints that host some, `sagemaker:ListTags` for leftovers.
    """
    return DeletePlan(endpoint_name=endpoint_name, resources=list(_Plan(session, endpoint_name).resources(with_model)))


def delete_endpoint(session: AwsSession, request: DeleteEndpointRequest) -> DeletePlan:
    """Delete by plan: endpoint, then configuration, then models. The answer says of each what became of it.

    Billing ends with the endpoint, which AWS takes down in the background; its status is `Deleting` until then. When
    the endpoint cannot be deleted, nothing is. When a later step fails, the rest is left and told, with the reason.

    Raises InvalidRequest where the confirmation is not the endpoint's name. Permissions: those of
    :func:`plan_delete`, and `sagemaker:DeleteEndpoint`, `DeleteEndpointConfig`, `DeleteModel`.
    https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-delete-resources.html
    """
    if request.confirm != request.endpoint_name:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"The confirmation {request.confirm!r} is not the endpoint's name.",
            hint=f"Type {request.endpoint_name} to delete it.",
        )
    plan = plan_delete(session, request.endpoint_name, with_model=request.with_model)
    client = session.client("sagemaker")
    deletions: dict[str, Callable[[str], Any]] = {
        "InferenceComponent": lambda name: client.delete_inference_component(InferenceComponentName=name),
        "Endpoint": lambda name: client.delete_endpoint(EndpointName=name),
        "EndpointConfig": lambda name: client.delete_endpoint_config(EndpointConfigName=name),
        "Model": lambda name: client.delete_model(ModelName=name),
    }
    any_deleted = False
    for resource in plan.resources:
        if resource.reason_kept is not None:
            continue
        try:
            deletions[resource.kind](resource.name)
        except ClientError as error:
            mapped = from_aws(error, resource=resource.arn)
            if mapped.code is not ErrorCode.NOT_FOUND:
                if resource.kind == "Endpoint":
                    mapped = _while_unsettled(session, resource.name, mapped)
                if not any_deleted:
                    raise mapped from error
                resource.error = mapped.envelope
                break
        resource.deleted = any_deleted = True
    return plan


class _Plan:
    def __init__(self, session: AwsSession, endpoint_name: str) -> None:
        self._client = session.client("sagemaker")
        self._name = endpoint_name

    def resources(self, with_model: bool) -> Iterator[Resource]:
        endpoint = _found(self._client.describe_endpoint, EndpointName=self._name)
        config_name = endpoint["EndpointConfigName"] if endpoint else self._name
        config = _found(self._client.describe_endpoint_config, EndpointConfigName=config_name)
        models = [
            model for name in _model_names(config) if (model := _found(self._client.describe_model, ModelName=name))
        ]
        if endpoint is None and config is None:
            models = self._left_over_model()
        if not (endpoint or config or models):
            raise SmextError(ErrorCode.NOT_FOUND, f"There is no endpoint {self._name}.")
        if endpoint:
            if config is None or not all(variant.get("ModelName") for variant in config["ProductionVariants"]):
                yield from self._inference_components()
            yield Resource(kind="Endpoint", name=self._name, arn=endpoint["EndpointArn"])
        if config:
            yield Resource(
                kind="EndpointConfig",
                name=config_name,
                arn=config["EndpointConfigArn"],
                reason_kept=self._config_kept(config_name),
            )
        if models:
            keeps = self._models_kept({model["ModelName"] for model in models}, config_name) if with_model else {}
            for model in models:
                yield Resource(
                    kind="Model",
                    name=model["ModelName"],
                    arn=model["ModelArn"],
                    reason_kept=keeps.get(model["ModelName"]) if with_model else "The model was asked to be kept.",
                )

    def _inference_components(self) -> Iterator[Resource]:
        """They stand on the endpoint and must go first, or AWS refuses to delete it."""
        pages = self._client.get_paginator("list_inference_components").paginate(EndpointNameEquals=self._name)
        for page in pages:
            for each in page["InferenceComponents"]:
                yield Resource(
                    kind="InferenceComponent",
                    name=each["InferenceComponentName"],
                    arn=each["InferenceComponentArn"],
                )

    def _left_over_model(self) -> list[dict[str, Any]]:
        model = _found(self._client.describe_model, ModelName=self._name)
        if model is None:
            return []
        tags = self._client.list_tags(ResourceArn=model["ModelArn"])["Tags"]
        # Only what our own deployment made: somebody else's model of that name never belonged to an endpoint of ours.
        return [model] if any(tag["Key"] == TRAINING_JOB_TAG for tag in tags) else []

    def _config_kept(self, config_name: str) -> str | None:
        def uses(name: str) -> bool:
            other = _found(self._client.describe_endpoint, EndpointName=name) or {}
            pending = other.get("PendingDeploymentSummary", {})
            return config_name in (other.get("EndpointConfigName"), pending.get("EndpointConfigName"))

        try:
            names = self._other_names("list_endpoints", "Endpoints", "EndpointName", self._name)
            users = [name for name, used in zip(names, _each(uses, names), strict=True) if used]
        except SmextError as error:
            return _unknown("configuration", error)
        return f"Endpoint {users[0]} runs with it." if users else None

    def _models_kept(self, models: set[str], config_name: str) -> dict[str, str]:
        def named(name: str) -> set[str]:
            config = _found(self._client.describe_endpoint_config, EndpointConfigName=name)
            return models.intersection(_model_names(config))

        try:
            names = self._other_names("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", config_name)
            found = zip(names, _each(named, names), strict=True)
            return {model: f"Endpoint configuration {name} names it." for name, used in found for model in used}
        except SmextError as error:
            return dict.fromkeys(models, _unknown("model", error))

    def _other_names(self, operation: str, list_field: str, name_field: str, but: str) -> list[str]:
        pages = self._client.get_paginator(operation).paginate(PaginationConfig={"MaxItems": _MAX_READ + 1})
        try:
            names = [each[name_field] for page in pages for each in page[list_field]]
        except ClientError as error:
            raise from_aws(error) from error
        if len(names) > _MAX_READ:
            raise SmextError(ErrorCode.TOO_LARGE, f"this account has more than {_MAX_READ} of those that may use it")
        return [name for name in names if name != but]


def _model_names(config: dict[str, Any] | None) -> list[str]:
    variants = (config or {}).get("ProductionVariants", []) + (config or {}).get("ShadowProductionVariants", [])
    return list(dict.fromkeys(each["ModelName"] for each in variants if each.get("ModelName")))


def _found(describe: Callable[..., dict[str, Any]], **name: str) -> dict[str, Any] | None:
    try:
        return describe(**name)
    except ClientError as error:
        mapped = from_aws(error)
        if mapped.code is ErrorCode.NOT_FOUND:
            return None
        raise mapped from error


def _each(function: Callable[[str], Any], names: list[str]) -> list[Any]:
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="smext-plan") as threads:
        return list(threads.map(function, names))


def _while_unsettled(session: AwsSession, endpoint_name: str, refusal: SmextError) -> SmextError:
    """AWS refuses to delete an endpoint that is being created or updated, and does not say so in these words."""
    status = endpoint_status(session, endpoint_name)
    if refusal.code is not ErrorCode.INVALID_REQUEST or status not in UNSETTLED:
        return refusal
    return SmextError(
        ErrorCode.CONFLICT,
        f"Endpoint {endpoint_name} is {status}, and AWS deletes it only when that has ended.",
        hint="Wait until it is InService or Failed, then delete it.",
        operation="DeleteEndpoint",
    )


def _unknown(kind: str, error: SmextError) -> str:
    return f"It could not be found out whether something else uses this {kind}: {error}"
