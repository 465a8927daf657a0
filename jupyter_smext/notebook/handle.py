"""What the handles of training and tuning jobs share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from ..aws.errors import from_aws
from ..aws.session import AwsSession

T = TypeVar("T")

# A job takes minutes; whoever waits for it need not know its end within seconds.
_FIRST_WAIT_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 30.0


class Handle:
    """The name of a job, and the session that it is asked for through: by default what the environment says."""

    def __init__(self, name: str, *, aws: AwsSession | None = None) -> None:
        self.name = name
        self._aws = aws

    @property
    def aws(self) -> AwsSession:
        if self._aws is None:
            self._aws = AwsSession()
        return self._aws


def mapped(call: Callable[[], T]) -> T:
    """The answer of a call; what boto3 raises arrives as :class:`~jupyter_smext.aws.errors.SmextError`."""
    try:
        return call()
    except Exception as error:
        raise from_aws(error) from error


def waited(describe: Callable[[], T], final: Callable[[T], bool]) -> T:
    """The first description that is final, asked for every 2 to 30 seconds."""
    pause = _FIRST_WAIT_SECONDS
    while not final(described := describe()):
        time.sleep(pause)
        pause = min(_LONGEST_WAIT_SECONDS, pause * 1.5)
    return described
