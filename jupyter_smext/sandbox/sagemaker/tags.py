"""AddTags, ListTags and DeleteTags, for every resource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.sagemaker.resources import Resources

MAX_TAGS = 50

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tag (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (arn, key)
);
"""


class Tags:
    """The tags of SageMaker resources, by ARN."""

    def __init__(self, database: Database, resources: Resources) -> None:
        self._database = database
        self._resources = resources
        database.create_tables(_SCHEMA)

    def operations(self) -> dict[str, Operation]:
        return {"AddTags": self.add_tags, "ListTags": self.list_tags, "DeleteTags": self.delete_tags}

    def put(self, arn: str, tags: Iterable[Mapping[str, str]]) -> None:
        """Sets tags. Raises ``ResourceLimitExceeded`` past 50 of them."""
        with self._database.transaction():
            for tag in tags:
                self._database.execute(
                    "INSERT OR REPLACE INTO tag VALUES (?, ?, ?)", (arn.lower(), tag["Key"], tag["Value"])
                )
            if len(self.of(arn)) > MAX_TAGS:
                raise AwsError("ResourceLimitExceeded", f"A resource can have at most {MAX_TAGS} tags.")

    def of(self, arn: str) -> list[dict[str, str]]:
        rows = self._database.rows("SELECT key, value FROM tag WHERE arn=? ORDER BY key", (arn.lower(),))
        return [{"Key": row["key"], "Value": row["value"]} for row in rows]

    def forget(self, arn: str) -> None:
        """The resource is deleted."""
        self._database.execute("DELETE FROM tag WHERE arn=?", (arn.lower(),))

    def add_tags(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        arn = self._existing(request)
        self.put(arn, request["Tags"])
        return {"Tags": self.of(arn)}

    def list_tags(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        tags = self.of(self._existing(request))
        start = _position(request.get("NextToken"))
        end = start + request.get("MaxResults", MAX_TAGS)
        answer: dict[str, Any] = {"Tags": tags[start:end]}
        if end < len(tags):
            answer["NextToken"] = str(end)
        return answer

    def delete_tags(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        arn = self._existing(request)
        for key in request["TagKeys"]:
            self._database.execute("DELETE FROM tag WHERE arn=? AND key=?", (arn.lower(), key))
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
