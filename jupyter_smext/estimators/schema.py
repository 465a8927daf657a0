"""The JSON Schema of the spec: what the form is made from, and what an editor completes and checks by."""

from __future__ import annotations

from typing import Any

from .models import SPECS

TITLES = {"TrainingJob": "Training job", "HyperParameterTuningJob": "Hyperparameter tuning job"}

# What a variable looks like where a field has a form of its own.
_OR_VARIABLE = r"\$\{|"


def spec_schema(kind: str = "TrainingJob") -> dict[str, Any]:
    """JSON Schema 2020-12. A field that may be left out is not nullable: to say nothing is to leave the key out."""
    schema = SPECS[kind].model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = TITLES[kind]
    simplified: dict[str, Any] = _simplified(schema)
    return simplified


def _simplified(node: Any) -> Any:
    if isinstance(node, list):
        return [_simplified(each) for each in node]
    if not isinstance(node, dict):
        return node
    result = {key: _simplified(value) for key, value in node.items()}
    alternatives = result.get("anyOf")
    if isinstance(alternatives, list) and {"type": "null"} in alternatives:
        others = [each for each in alternatives if each != {"type": "null"}]
        if len(others) == 1:
            del result["anyOf"]
            result = {**others[0], **result}
    if "default" in result and result["default"] is None:
        del result["default"]
    if isinstance(node.get("pattern"), str):
        result["pattern"] = _OR_VARIABLE + node["pattern"]
    return result
