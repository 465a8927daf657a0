"""What each operation of CloudWatch Logs needs.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_smext.sandbox.authorization.authorizer import Authorizer, Permission
from jupyter_smext.sandbox.caller import Caller

_ON_STREAMS = ("GetLogEvents", "PutLogEvents", "DeleteLogStream")


class LogsAuthorization:
    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def require(self, caller: Caller, operation: str, request: Mapping[str, Any]) -> None:
        """Raises ``AccessDeniedException``."""
        name = request.get("logGroupName") or request.get("logGroupIdentifier", "")
        group = name.removeprefix(caller.arn("logs", "log-group:")).removesuffix(":*")
        # AWS's messages end in "log-stream:" where no stream is meant; so a policy's ":*" covers it.
        stream = request.get("logStreamName", "") if operation in _ON_STREAMS else ""
        resource = caller.arn("logs", f"log-group:{group}:log-stream:{stream}")
        self._authorizer.require(caller, [Permission(f"logs:{operation}", resource)])
