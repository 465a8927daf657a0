"""Wait where waiting helps: S3 asks to slow down, or the credentials have expired and somebody may renew them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from ..aws.errors import ErrorCode, from_aws
from ..aws.progress import Progress, check
from ..aws.session import AwsSession

Result = TypeVar("Result")

# Seconds between two tries with expired credentials, and for how long a transfer waits for new ones.
RENEWAL_PAUSE = 5.0
RENEWAL_PATIENCE = 3600.0
# Seconds before a throttled call is made again: doubled each time up to the longest, so many times. boto3 has retried
# by then, but within seconds, and a prefix that S3 is still splitting takes minutes.
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
MOST_WAITS = 10
# Seconds for which a request to end may go unnoticed.
NOTICE = 0.2


class Waits:
    """The waits of one call that is made again and again until it succeeds, or is given up."""

    def __init__(self, aws: AwsSession) -> None:
        self.reason = ""
        """Why it waits, for people; empty where it never did."""
        self._aws = aws
        self._throttled = 0
        self._expired_since: float | None = None

    def after(self, error: Exception) -> float:
        """Seconds to wait after a failure. Raises the failure where waiting would not help, or has not."""
        code = from_aws(error).code
        if code is ErrorCode.THROTTLED and self._throttled < MOST_WAITS:
            wait = min(LONGEST_WAIT, FIRST_WAIT * float(2**self._throttled))
            self._throttled += 1
            self.reason = "S3 asks to slow down. It goes on in a moment."
            # Spread out, so that many that were refused together do not come back together.
            return wait * random.uniform(0.5, 1)
        if code is ErrorCode.CREDENTIALS_EXPIRED:
            now = time.monotonic()
            self._expired_since = self._expired_since or now
            if now - self._expired_since < RENEWAL_PATIENCE:
                self._aws.renew_credentials()
                self.reason = "Paused: the AWS credentials have expired. It goes on when they are renewed."
                return RENEWAL_PAUSE
        raise error


class Patience(Progress):
    """The progress of an operation whose calls outlast throttling and expired credentials; it says why it waits."""

    def __init__(self, aws: AwsSession, progress: Progress) -> None:
        self._aws, self._progress = aws, progress
        self._done = 0.0

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        self._done = done
        self._progress.update(done, total, message)

    def cancelled(self) -> bool:
        return self._progress.cancelled()

    def call(self, function: Callable[[], Result]) -> Result:
        """What ``function``, which can be called again after a failure, returns in the end.

        Raises `Cancelled` when asked to end while it waits.
        """
        waits = Waits(self._aws)
        while True:
            try:
                result = function()
            except Exception as error:
                end = time.monotonic() + waits.after(error)
            else:
                if waits.reason:
                    self.update(self._done, message="")
                return result
            self.update(self._done, message=waits.reason)
            while time.monotonic() < end:
                check(self)
                time.sleep(NOTICE)
