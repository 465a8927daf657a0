"""Who calls, which service, and in which region: read from the signature's credential scope.

The signature itself is not verified: the sandbox has no secrets to verify it with.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_smext.sandbox.account import ACCOUNT_ID, DEFAULT_REGION, partition
from jupyter_smext.sandbox.http import Request


@dataclass(frozen=True)
class Caller:
    access_key: str
    region: str
    service: str
    """The signing name, such as ``sagemaker``, ``s3`` or ``monitoring``; empty when the request is not signed."""

    @classmethod
    def of(cls, request: Request) -> Caller:
        """Reads ``Authorization`` (SigV4) or, for a presigned URL, ``X-Amz-Credential``."""
        credential = request.query.get("X-Amz-Credential", "")
        _, found, rest = request.headers.get("authorization", "").partition("Credential=")
        if found:
            credential = rest.split(",", 1)[0].strip()
        parts = credential.split("/")
        if len(parts) == 5:
            return cls(access_key=parts[0], region=parts[2], service=parts[3].lower())
        return cls(access_key="", region=DEFAULT_REGION, service="")

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{partition(self.region)}:{service}:{self.region}:{ACCOUNT_ID}:{resource}"
