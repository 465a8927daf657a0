"""Who the caller is: GetCallerIdentity for the credentials that the sandbox hands out."""

from __future__ import annotations

from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.config import ACCESS_KEY, ROLE_NAME
from jupyter_smext.sandbox.http import Response

SESSION_NAME = "sandbox"
_ROLE_ID = "AROASANDBOXSANDBOX00"


def owns_credentials_of(caller: Caller) -> bool:
    """Other credentials were made by moto, which knows whose they are."""
    return caller.is_sandbox or caller.access_key == ACCESS_KEY


def get_caller_identity(caller: Caller) -> Response:
    """A session of the default role, as in a Studio space: SDKs derive the execution role from it."""
    arn = f"arn:{partition(caller.region)}:sts::{ACCOUNT_ID}:assumed-role/{ROLE_NAME}/{SESSION_NAME}"
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{arn}</Arn><UserId>{_ROLE_ID}:{SESSION_NAME}</UserId><Account>{ACCOUNT_ID}</Account>"
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata>"
        "</GetCallerIdentityResponse>"
    )
    return Response(200, {"Content-Type": "text/xml"}, body.encode())
