"""A look at something that the caller may not be allowed to see: what it held, or why it could not be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from .models import Sight

T = TypeVar("T")


@dataclass(frozen=True)
class Looked(Generic[T]):
    """`value` is None where nothing was seen; `error` says why."""

    action: str
    value: T | None
    error: SmextError | None = None

    @property
    def can(self) -> Literal["yes", "no", "unknown"]:
        if self.error is None or self.error.code is ErrorCode.NOT_FOUND:
            return "yes"  # whoever is told that something does not exist was allowed to look
        return "no" if self.error.code is ErrorCode.ACCESS_DENIED else "unknown"

    @property
    def sight(self) -> Sight:
        return Sight(can=self.can, action=self.action, reason=str(self.error) if self.error else None)


def look(action: str, read: Callable[[], T]) -> Looked[T]:
    """Call `read`, which needs `action`. Only what AWS or the network answers is caught.

    Raises CredentialsExpired and CredentialsMissing: without credentials there is nothing to see anywhere.
    """
    try:
        return Looked(action, read())
    except (ClientError, BotoCoreError) as error:
        mapped = from_aws(error)
        if mapped.code in (ErrorCode.CREDENTIALS_EXPIRED, ErrorCode.CREDENTIALS_MISSING):
            raise mapped from error
        return Looked(action, None, mapped)
