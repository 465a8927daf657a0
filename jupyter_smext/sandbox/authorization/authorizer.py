"""Lets a call pass, or refuses it as AWS does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from jupyter_smext.iam.models import Case, Policies, Verdict
from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.authorization.decision import decide
from jupyter_smext.sandbox.authorization.iam_documents import Document
from jupyter_smext.sandbox.authorization.principals import Principal, Principals
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.config import HOST
from jupyter_smext.sandbox.errors import AwsError

_JSON_SERVICES = ("sagemaker", "logs")
_LAYER_WORDS = {
    "identity": "identity-based policy",
    "resource": "resource-based policy",
    "permissions_boundary": "permissions boundary",
    "session": "session policy",
}


@dataclass(frozen=True)
class Permission:
    """What a call needs."""

    action: str
    resource: str = "*"
    context: Mapping[str, Any] = field(default_factory=dict)
    """The condition keys of the service; the global ones are added."""


class Authorizer:
    """Asks the policies of the caller, and of the resource where it has one."""

    def __init__(self, principals: Principals) -> None:
        self._principals = principals

    def require_known(self, caller: Caller) -> None:
        """Raises the error of credentials that are not the sandbox's."""
        if not caller.is_sandbox and self._principals.of(caller) is None:
            raise _unknown_credentials(caller.service)

    def require(
        self, caller: Caller, permissions: Iterable[Permission], resource_policy: Document | None = None
    ) -> None:
        """Raises AccessDenied, in the spelling of the service that is called, unless every permission is there."""
        for permission in permissions:
            if refusal := self.refusal(caller, permission, resource_policy):
                raise refusal

    def refusal(
        self, caller: Caller, permission: Permission, resource_policy: Document | None = None
    ) -> AwsError | None:
        """The error that a call without this permission is answered with; None when it is there."""
        if caller.is_sandbox:
            return None
        principal = self._principals.of(caller)
        if principal is None:
            return _unknown_credentials(caller.service)
        verdict, _ = decide(_case(caller, principal, permission, resource_policy))
        if verdict.verdict == "allowed":
            return None
        if not caller.access_key:
            return AwsError("AccessDenied", "Access Denied", 403)
        code, status = ("AccessDeniedException", 400) if caller.service in _JSON_SERVICES else ("AccessDenied", 403)
        return AwsError(code, _message(principal, permission, verdict), status)


def _case(caller: Caller, principal: Principal, permission: Permission, resource_policy: Document | None) -> Case:
    entity = principal.entity
    now = time.time()
    context = {
        "aws:CurrentTime": datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": int(now),
        "aws:RequestedRegion": caller.region,
        "aws:SourceIp": HOST,
        # The client would speak TLS to AWS; policies that insist on it are not about this machine's loopback.
        "aws:SecureTransport": True,
        "aws:ViaAWSService": False,
        **{f"aws:PrincipalTag/{key}": value for key, value in entity.tags.items()},
        **permission.context,
    }
    if entity.arn:
        # With its path, which the ARN of a session leaves out.
        context["aws:PrincipalArn"] = entity.arn
    return Case(
        principal=principal.arn,
        action=permission.action,
        resource=permission.resource,
        resource_account=ACCOUNT_ID,
        context=context,
        policies=Policies(
            identity=list(entity.policies),
            resource=resource_policy,
            permissions_boundary=entity.boundary,
            session=list(principal.session_policies) or None,
        ),
    )


def _message(principal: Principal, permission: Permission, verdict: Verdict) -> str:
    action, resource = permission.action, permission.resource
    # S3 puts the ARN into quotation marks, and names none for what is not about one.
    if action.startswith("s3:"):
        place = "" if resource == "*" else f' on resource: "{resource}"'
    else:
        place = f" on resource: {resource}"
    text = f"User: {principal.arn} is not authorized to perform: {action}{place}"
    if action == "sts:AssumeRole":
        # STS does not tell why.
        return text
    layer = _LAYER_WORDS[verdict.layer or "identity"]
    if verdict.effect == "explicit":
        article = "an" if layer[0] in "aeiou" else "a"
        return f"{text} with an explicit deny in {article} {layer}"
    return f"{text} because no {layer} allows the {action} action"


def _unknown_credentials(service: str) -> AwsError:
    if service == "s3":
        return AwsError("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
    text = "The security token included in the request is invalid."
    if service in _JSON_SERVICES:
        return AwsError("UnrecognizedClientException", text)
    return AwsError("InvalidClientTokenId", text, 403)
