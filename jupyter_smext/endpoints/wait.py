"""Waiting until an endpoint is up, or is known not to come up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .describe import describe_endpoint, endpoint_status
from .models import UNSETTLED, Endpoint


def wait_settled(
    session: AwsSession, endpoint_name: str, *, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Endpoint]:
    """Yield the endpoint now and at each change of its status; end with the one that it keeps (`InService`, `Failed`).

    Asked for every second in the first minute, then less often, down to every ten seconds. An endpoint that is gone
    (it was being deleted) raises NotFound. Permissions: those of
    :func:`~jupyter_smext.endpoints.describe.describe_endpoint`.
    """
    began = time.monotonic()
    told: str | None = None
    while True:
        status = endpoint_status(session, endpoint_name)
        if status is None:
            raise SmextError(ErrorCode.NOT_FOUND, f"There is no endpoint {endpoint_name} (any more).")
        if status != told:
            endpoint = describe_endpoint(session, endpoint_name)
            told = endpoint.endpoint_status
            yield endpoint
        if told not in UNSETTLED:
            return
        sleep(min(10.0, max(1.0, (time.monotonic() - began) / 60)))
