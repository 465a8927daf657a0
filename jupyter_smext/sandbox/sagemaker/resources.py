"""SageMaker resources by kind, region and name; each is kept as the answer of its Describe call."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.sagemaker.tags import Tags

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resource (
    kind TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL,
    status TEXT, created REAL NOT NULL, modified REAL NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (kind, region, name)
);
CREATE INDEX IF NOT EXISTS resource_created ON resource (kind, region, created);
CREATE INDEX IF NOT EXISTS resource_arn ON resource (arn);
"""


@dataclass(frozen=True)
class Kind:
    """A kind of resource, and how its API names what all kinds have."""

    name: str
    """As in its ARN, such as ``training-job``."""
    prefix: str
    """Of its member names: ``TrainingJob`` in ``TrainingJobName`` and ``TrainingJobArn``."""
    plain_status: bool = False
    """Whether its status is called ``Status``, without the prefix."""

    @property
    def name_member(self) -> str:
        return f"{self.prefix}Name"

    @property
    def arn_member(self) -> str:
        return f"{self.prefix}Arn"

    @property
    def status_member(self) -> str:
        return "Status" if self.plain_status else f"{self.prefix}Status"

    def arn(self, region: str, name: str) -> str:
        # SageMaker's ARNs hold the name in lower case.
        return f"arn:{partition(region)}:sagemaker:{region}:{ACCOUNT_ID}:{self.name}/{name.lower()}"


def timestamp() -> float:
    """Now, in seconds, to the millisecond as SageMaker tells it: a time that comes back in a filter has to be equal."""
    return round(time.time(), 3)


class AlreadyExists(Exception):
    """A resource of this kind and name is there."""


class Resources:
    """The table of resources; a resource comes and goes with its tags."""

    def __init__(self, database: Database, tags: Tags) -> None:
        self._database = database
        self._tags = tags
        database.create_tables(_SCHEMA)

    def create(
        self,
        kind: Kind,
        region: str,
        name: str,
        document: Mapping[str, Any],
        tags: Iterable[Mapping[str, str]] = (),
    ) -> Document:
        """Adds a resource, with its name, ARN and times filled in.

        Raises :class:`AlreadyExists`.
        """
        now = timestamp()
        arn = kind.arn(region, name)
        complete: Document = {kind.name_member: name, kind.arn_member: arn} | dict(document)
        complete |= {"CreationTime": now, "LastModifiedTime": now}
        with self._database.transaction():
            added = self._database.execute(
                "INSERT OR IGNORE INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (kind.name, region, name, arn, complete.get(kind.status_member), now, now, json.dumps(complete)),
            )
            if not added:
                raise AlreadyExists(arn)
            self._tags.put(arn, tags)
        return complete

    def get(self, kind: Kind, region: str, name: str) -> Document | None:
        row = self._database.row(
            "SELECT document FROM resource WHERE kind=? AND region=? AND name=?", (kind.name, region, name)
        )
        return json.loads(row["document"]) if row else None

    def update(self, kind: Kind, region: str, name: str, change: Callable[[Document], None]) -> Document | None:
        """Changes a resource in one transaction and stamps its LastModifiedTime; None when it is not there."""
        with self._database.transaction():
            document = self.get(kind, region, name)
            if document is None:
                return None
            change(document)
            document["LastModifiedTime"] = timestamp()
            self._database.execute(
                "UPDATE resource SET status=?, modified=?, document=? WHERE kind=? AND region=? AND name=?",
                (
                    document.get(kind.status_member),
                    document["LastModifiedTime"],
                    json.dumps(document),
                    kind.name,
                    region,
                    name,
                ),
            )
            return document

    def delete(self, kind: Kind, region: str, name: str) -> None:
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM resource WHERE kind=? AND region=? AND name=?", (kind.name, region, name)
            )
            self._tags.forget(kind.arn(region, name))

    def exists(self, arn: str) -> bool:
        return self._database.row("SELECT 1 FROM resource WHERE arn=?", (arn.lower(),)) is not None

    def all(
        self, kind: Kind, region: str | None = None, statuses: Sequence[str] = ()
    ) -> Iterator[tuple[str, Document]]:
        """Every resource of a kind with its region, oldest first; of one region or some statuses only when given."""
        sql, parameters = "SELECT region, document FROM resource WHERE kind=?", [kind.name]
        if region is not None:
            sql += " AND region=?"
            parameters.append(region)
        if statuses:
            sql += f" AND status IN ({', '.join('?' * len(statuses))})"
            parameters.extend(statuses)
        for row in self._database.rows(f"{sql} ORDER BY created, name", parameters):
            yield row["region"], json.loads(row["document"])

    def page(
        self, kind: Kind, caller: Caller, request: Mapping[str, Any], *, default_order: str = "Descending"
    ) -> tuple[list[Document], str | None]:
        """One page of a List call, after its filters, and the NextToken of the next.

        Reads the members that the List calls share: NameContains, CreationTimeAfter/Before,
        LastModifiedTimeAfter/Before, StatusEquals, SortBy, SortOrder, MaxResults and NextToken.
        """
        order = request.get("SortOrder", default_order)
        # The calls spell their own name column in full or not: "Name", "EndpointName".
        column = {"CreationTime": "created", "LastModifiedTime": "modified", "Status": "status"}.get(
            request.get("SortBy", "CreationTime"), "name"
        )
        conditions, parameters = ["kind=?", "region=?"], [kind.name, caller.region]
        for member, condition in _FILTERS.items():
            if member in request:
                conditions.append(condition)
                parameters.append(request[member])
        direction, beyond = ("ASC", ">") if order == "Ascending" else ("DESC", "<")
        if token := request.get("NextToken"):
            conditions.append(f"({column}, name) {beyond} (?, ?)")
            parameters.extend(_read_token(token))
        limit = request.get("MaxResults", 10)
        rows = self._database.rows(
            f"SELECT document, name, {column} AS place FROM resource WHERE {' AND '.join(conditions)} "
            f"ORDER BY {column} {direction}, name {direction} LIMIT ?",
            [*parameters, limit + 1],
        )
        next_token = None
        if len(rows) > limit:
            last = rows[limit - 1]
            next_token = _write_token(last["place"], last["name"])
        return [json.loads(row["document"]) for row in rows[:limit]], next_token


_FILTERS = {
    "NameContains": "instr(name, ?)",
    "StatusEquals": "status = ?",
    "CreationTimeAfter": "created >= ?",
    "CreationTimeBefore": "created <= ?",
    "LastModifiedTimeAfter": "modified >= ?",
    "LastModifiedTimeBefore": "modified <= ?",
}


def _write_token(place: Any, name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([place, name]).encode()).decode()


def _read_token(token: str) -> list[Any]:
    try:
        place, name = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        raise ValidationException("The NextToken is not valid: it was not issued by this operation.") from None
    return [place, name]
