"""The tags of SageMaker resources, by ARN."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.errors import AwsError

MAX_TAGS = 50

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tag (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (arn, key)
);
"""


class Tags:
    """The table of tags."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create_tables(_SCHEMA)

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

    def remove(self, arn: str, keys: Iterable[str]) -> None:
        for key in keys:
            self._database.execute("DELETE FROM tag WHERE arn=? AND key=?", (arn.lower(), key))

    def forget(self, arn: str) -> None:
        """The resource is deleted."""
        self._database.execute("DELETE FROM tag WHERE arn=?", (arn.lower(),))
