"""What belongs to Studio: domains, user profiles, spaces and apps, and the statuses that they go through.

A change of status that takes time is written down with the moment at which it is over, and made good by whoever looks
next. So it needs no thread, and goes on after a restart.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeApp.html (Status)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources

DOMAIN = Kind("domain", "Domain", plain_status=True)
USER_PROFILE = Kind("user-profile", "UserProfile", plain_status=True)
SPACE = Kind("space", "Space", plain_status=True)
APP = Kind("app", "App", plain_status=True)

# About how long each takes at AWS, in seconds; the sandbox's time scale shortens it.
_SECONDS = {"domain": 180.0, "user-profile": 10.0, "space": 10.0, "app": 90.0}

FAILURE_TAG = "sandbox:failure-reason"
"""What is created with this tag ends as Failed, with its value as FailureReason; so do the apps of a space with it."""

# When the status of a document changes, and what to then; not part of any answer.
_NEXT = "_Next"


class StudioResources:
    """The resources of Studio, as they are at the moment that they are asked for.

    The name of a profile, space or app is a path that starts with its domain's id: that is what its ARN holds, and its
    name is unique in its domain only.
    """

    def __init__(self, resources: Resources, time_scale: float) -> None:
        self._resources = resources
        self._time_scale = time_scale

    def create(
        self, kind: Kind, region: str, path: str, document: Mapping[str, Any], tags: Sequence[Mapping[str, str]] = ()
    ) -> Document:
        """Adds a resource that is Pending and will be InService, or Failed where its tags say so.

        Raises ``ResourceInUse`` where there is one of this name.
        """
        reason = next((tag["Value"] for tag in tags if tag["Key"] == FAILURE_TAG), document.get("FailureReason"))
        pending = {name: value for name, value in document.items() if name != "FailureReason"}
        pending |= {"Status": "Pending", _NEXT: self._next(kind, "Failed" if reason else "InService", reason)}
        try:
            return self._resources.create(kind, region, path, pending, tags)
        except AlreadyExists:
            raise in_use(f"{kind.prefix} [{path}] already exists.") from None

    def get(self, kind: Kind, region: str, path: str) -> Document | None:
        document = self._resources.get(kind, region, path)
        return self._settled(kind, region, path, document) if document else None

    def existing(self, kind: Kind, region: str, path: str) -> Document:
        """Raises ``ResourceNotFound``."""
        document = self.get(kind, region, path)
        if document is None:
            raise AwsError("ResourceNotFound", f"{kind.prefix} [{path}] does not exist.")
        return document

    def all(self, kind: Kind, region: str, within: str = "") -> list[Document]:
        """Those of a region, oldest first; only those below a path where one is given."""
        found = []
        for _, document in list(self._resources.all(kind, region)):
            path = document[kind.arn_member].split(f":{kind.name}/", 1)[1]
            if path.startswith(within.lower()):
                settled = self._settled(kind, region, self._path(kind, document), document)
                if settled is not None:
                    found.append(settled)
        return found

    def update(self, kind: Kind, region: str, path: str, change: Callable[[Document], None]) -> Document:
        """Changes what is settled; it is Updating for a moment.

        Raises ``ResourceNotFound``, or ``ResourceInUse`` while something else is under way.
        """
        require_in_service(kind, path, self.existing(kind, region, path))

        def begin(document: Document) -> None:
            change(document)
            document["Status"] = "Updating"
            document[_NEXT] = self._next(kind, "InService", None, seconds=10.0)

        updated = self._resources.update(kind, region, path, begin)
        assert updated is not None
        return updated

    def delete(self, kind: Kind, region: str, path: str, *, afterwards: str | None = None) -> None:
        """Deletes, which takes a moment; with ``afterwards`` it stays and has that status then.

        Raises ``ResourceNotFound``, or ``ResourceInUse`` while it comes or goes already.
        """
        document = self.existing(kind, region, path)
        if document["Status"] in ("Pending", "Updating", "Deleting"):
            raise in_use(f"{kind.prefix} [{path}] can not be deleted while its status is {document['Status']}.")

        def begin(document: Document) -> None:
            document["Status"] = "Deleting"
            document[_NEXT] = self._next(kind, afterwards, None, seconds=_SECONDS[kind.name] / 3)

        self._resources.update(kind, region, path, begin)

    def drop(self, kind: Kind, region: str, path: str) -> None:
        """Deletes at once."""
        self._resources.delete(kind, region, path)

    def _next(self, kind: Kind, status: str | None, reason: str | None, seconds: float | None = None) -> Document:
        lasts = (_SECONDS[kind.name] if seconds is None else seconds) * self._time_scale
        return {"at": time.time() + lasts, "status": status, "reason": reason}

    def _settled(self, kind: Kind, region: str, path: str, document: Document) -> Document | None:
        """The document after what is due; None where it is gone by now."""
        coming = document.get(_NEXT)
        if coming is None or coming["at"] > time.time():
            return document
        if coming["status"] is None:
            self._resources.delete(kind, region, path)
            return None

        def settle(current: Document) -> None:
            if current.get(_NEXT) != coming:
                # Somebody else was faster.
                return
            current["Status"] = coming["status"]
            del current[_NEXT]
            if coming["reason"]:
                current["FailureReason"] = coming["reason"]

        return self._resources.update(kind, region, path, settle)

    @staticmethod
    def _path(kind: Kind, document: Document) -> str:
        return str(document["_Path"]) if "_Path" in document else str(document["DomainId"])


def require_in_service(kind: Kind, path: str, document: Mapping[str, Any]) -> None:
    """Raises ``ResourceInUse`` unless the resource can be worked with; one whose update failed can."""
    if document["Status"] not in ("InService", "Update_Failed"):
        raise in_use(f"{kind.prefix} [{path}] has status {document['Status']}; it has to be InService.")


def in_use(message: str) -> AwsError:
    return AwsError("ResourceInUse", message)


def page_of(
    documents: Iterable[Document],
    request: Mapping[str, Any],
    *,
    default_order: str = "Ascending",
    names: Mapping[str, str] | None = None,
) -> tuple[list[Document], dict[str, str]]:
    """One page of a List call, and the NextToken to answer with it if there is more.

    ``names`` tells the sort keys of the call that are not the member's own name.
    """
    member = request.get("SortBy", "CreationTime")
    member = (names or {}).get(member, member)
    reverse = request.get("SortOrder", default_order) == "Descending"
    ordered = sorted(documents, key=lambda document: document[member], reverse=reverse)
    token = request.get("NextToken", "0")
    if not token.isdigit():
        raise ValidationException("The NextToken is not valid: it was not issued by this operation.")
    start, limit = int(token), request.get("MaxResults", 10)
    more = {"NextToken": str(start + limit)} if len(ordered) > start + limit else {}
    return ordered[start : start + limit], more
