"""Search: resources by any of their properties.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Search.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.endpoints import ENDPOINT
from jupyter_smext.sandbox.sagemaker.models import MODEL
from jupyter_smext.sandbox.sagemaker.resources import Document, Kind, Resources
from jupyter_smext.sandbox.sagemaker.tags import Tags
from jupyter_smext.sandbox.sagemaker.training_jobs import TRAINING_JOB

_KINDS: dict[str, Kind] = {"TrainingJob": TRAINING_JOB, "Endpoint": ENDPOINT, "Model": MODEL}
_DEFAULT_RESULTS = 100


class Search:
    """Searches the kinds of resources that the sandbox has."""

    def __init__(self, resources: Resources, tags: Tags) -> None:
        self._resources = resources
        self._tags = tags

    def operations(self) -> dict[str, Operation]:
        return {"Search": self.search}

    def search(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        kind = _KINDS.get(request["Resource"])
        if kind is None:
            raise ValidationException(f"Search for {request['Resource']} is not available in the sandbox.")
        expression = request.get("SearchExpression", {})
        found = []
        for _, document in self._resources.all(kind, caller.region):
            item = document | {"Tags": self._tags.of(document[kind.arn_member])}
            if _matches(expression, item):
                found.append(item)
        sort_by = request.get("SortBy", "LastModifiedTime")
        # Items that lack the property come last in either order.
        present = [item for item in found if _values(item, sort_by)]
        present.sort(
            key=lambda item: _sortable(_values(item, sort_by)[0]),
            reverse=request.get("SortOrder", "Descending") == "Descending",
        )
        ordered = present + [item for item in found if not _values(item, sort_by)]
        start = _read_token(request.get("NextToken"))
        end = start + request.get("MaxResults", _DEFAULT_RESULTS)
        answer: dict[str, Any] = {
            "Results": [{request["Resource"]: item} for item in ordered[start:end]],
            "TotalHits": {"Value": len(ordered), "Relation": "EqualTo"},
        }
        if end < len(ordered):
            answer["NextToken"] = base64.urlsafe_b64encode(json.dumps(end).encode()).decode()
        return answer


def _matches(expression: Mapping[str, Any], item: Document) -> bool:
    results = [_filter_matches(filter_, item) for filter_ in expression.get("Filters", [])]
    results += [_nested_matches(nested, item) for nested in expression.get("NestedFilters", [])]
    results += [_matches(inner, item) for inner in expression.get("SubExpressions", [])]
    if not results:
        return True
    return any(results) if expression.get("Operator") == "Or" else all(results)


def _nested_matches(nested: Mapping[str, Any], item: Document) -> bool:
    """Whether one element of a list property satisfies all filters; their names begin with the name of the list."""
    name = nested["NestedPropertyName"]
    return any(
        isinstance(element, dict)
        and all(
            _filter_matches({**filter_, "Name": filter_["Name"].removeprefix(f"{name}.")}, element)
            for filter_ in nested["Filters"]
        )
        for element in item.get(name, [])
    )


def _filter_matches(filter_: Mapping[str, Any], item: Document) -> bool:
    values = _values(item, filter_["Name"])
    operator = filter_.get("Operator", "Equals")
    if operator == "Exists":
        return bool(values)
    if operator == "NotExists":
        return not values
    if "Value" not in filter_:
        raise ValidationException(f"The operator {operator} requires a Value.")
    wanted = filter_["Value"]
    if operator == "NotEquals":
        return all(str(value) != wanted for value in values)
    return any(_OPERATORS[operator](value, wanted) for value in values)


def _values(item: Any, path: str) -> list[Any]:
    """What stands at a dotted path. ``Tags.key`` and ``Metrics.name`` look up by key, lists are searched through."""
    head, _, rest = path.partition(".")
    if head == "Tags" and rest:
        return [tag["Value"] for tag in item.get("Tags", []) if tag["Key"] == rest]
    if head == "Metrics" and rest:
        return [metric["Value"] for metric in item.get("FinalMetricDataList", []) if metric["MetricName"] == rest]
    if isinstance(item, list):
        return [value for element in item for value in _values(element, path)]
    if not isinstance(item, dict):
        return []
    if path in item:
        value = item[path]
        return list(value) if isinstance(value, list) else [value]
    return _values(item[head], rest) if rest and head in item else []


def _compare(decide: Callable[[float, float], bool]) -> Callable[[Any, str], bool]:
    def compare(value: Any, wanted: str) -> bool:
        try:
            return decide(float(value), _number(wanted))
        except (TypeError, ValueError):
            return False

    return compare


def _number(text: str) -> float:
    """A number, or a time as ISO 8601, which is how Search is asked for times."""
    try:
        return float(text)
    except ValueError:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _equals(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    return str(value) == wanted or _compare(lambda have, want: have == want)(value, wanted)


_OPERATORS: dict[str, Callable[[Any, str], bool]] = {
    "Equals": _equals,
    "Contains": lambda value, wanted: wanted in str(value),
    "In": lambda value, wanted: str(value) in [part.strip() for part in wanted.split(",")],
    "GreaterThan": _compare(lambda have, want: have > want),
    "GreaterThanOrEqualTo": _compare(lambda have, want: have >= want),
    "LessThan": _compare(lambda have, want: have < want),
    "LessThanOrEqualTo": _compare(lambda have, want: have <= want),
}


def _sortable(value: Any) -> tuple[int, float, str]:
    """Numbers before texts, each in their own order."""
    if isinstance(value, (int, float)):
        return 0, float(value), ""
    return 1, 0.0, str(value)


def _read_token(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token)))
    except (ValueError, TypeError):
        raise ValidationException("The NextToken is not valid: it was not issued by this operation.") from None
