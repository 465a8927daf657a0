"""The OpenAPI document, made from the routes and the pydantic models; the TypeScript types are made from it."""

from __future__ import annotations

import re
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from .. import __version__
from ..aws.errors import ErrorEnvelope
from .handler import Operation
from .routes import PREFIX, ROUTES

METHODS = ("get", "post", "put", "patch", "delete")


class _Schemas(GenerateJsonSchema):
    """An answer always carries all its fields, a request may leave out those that have a default."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def openapi() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1. Requests are described by their input form, answers by their output form."""
    operations = [
        (path, method, contract)
        for path, handler in ROUTES
        for method in METHODS
        if (contract := getattr(getattr(handler, method, None), "__smext_operation__", None)) is not None
    ]
    modes: list[tuple[Any, Any]] = [(ErrorEnvelope, "serialization")]
    for _, _, contract in operations:
        modes += [(Operation.model(name), "validation") for name in (contract.query, contract.body) if name]
        modes += [(Operation.model(contract.response), "serialization")] if contract.response else []
    unique = list(dict.fromkeys(modes))
    references, definitions = models_json_schema(
        unique, ref_template="#/components/schemas/{model}", schema_generator=_Schemas
    )
    paths: dict[str, dict[str, Any]] = {}
    for path, method, contract in operations:
        paths.setdefault(f"/{PREFIX}/{path}", {})[method] = _operation(path, method, contract, references, definitions)
    return {
        "openapi": "3.1.0",
        "info": {"title": "jupyter_smext", "version": __version__, "license": {"name": "BSD-3-Clause"}},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {})},
    }


def _operation(
    path: str, method: str, contract: Operation, references: dict[Any, Any], definitions: dict[str, Any]
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if contract.query:
        model = Operation.model(contract.query)
        name = references[(model, "validation")]["$ref"].rsplit("/", 1)[1]
        schema = definitions["$defs"][name]
        parameters += [
            {"name": each, "in": "query", "required": each in schema.get("required", []), "schema": described}
            for each, described in schema.get("properties", {}).items()
        ]
    described: dict[str, Any] = {
        "summary": contract.summary,
        "operationId": f"{method}_{re.sub(r'[^a-zA-Z0-9]+', '_', path).strip('_')}",
    }
    if parameters:
        described["parameters"] = parameters
    if contract.body:
        reference = references[(Operation.model(contract.body), "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    if contract.response:
        reference = references[(Operation.model(contract.response), "serialization")]
        success: dict[str, Any] = {
            "200": {"description": "Done", "content": {"application/json": {"schema": reference}}}
        }
    elif contract.raw:
        binary = {"type": "string", "format": "binary"}
        success = {"200": {"description": "Done", "content": {contract.raw: {"schema": binary}}}}
    else:
        success = {"204": {"description": "Done"}}
    error = references[(ErrorEnvelope, "serialization")]
    described["responses"] = {
        **success,
        "default": {"description": "Failed", "content": {"application/json": {"schema": error}}},
    }
    return described
