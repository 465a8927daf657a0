"""AddTags, ListTags and DeleteTags, for every resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.resources import Resources
from jupyter_smext.sandbox.sagemaker.tags import MAX_TAGS, Tags


class TagOperations:
    def __init__(self, resources: Resources, tags: Tags) -> None:
        self._resources = resources
        self._tags = tags

    def operations(self) -> dict[str, Operation]:
        return {"AddTags": self.add_tags, "ListTags": self.list_tags, "DeleteTags": self.delete_tags}

    def add_tags(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        arn = self._existing(request)
        self._tags.put(arn, request["Tags"])
        return {"Tags": self._tags.of(arn)}

    def list_tags(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        tags = self._tags.of(self._existing(request))
        start = _position(request.get("NextToken"))
        end = start + request.get("MaxResults", MAX_TAGS)
        answer: dict[str, Any] = {"Tags": tags[start:end]}
        if end < len(tags):
            answer["NextToken"] = str(end)
        return answer

    def delete_tags(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        self._tags.remove(self._existing(request), request["TagKeys"])
        return {}

    def _existing(self, request: Mapping[str, Any]) -> str:
        arn: str = request["ResourceArn"]
        if not self._resources.exists(arn):
            raise ValidationException(f"Could not find resource {arn}")
        return arn


def _position(token: str | None) -> int:
    if token is None:
        return 0
    if not token.isdigit():
        raise ValidationException("The NextToken is not valid: it was not issued by this operation.")
    return int(token)
