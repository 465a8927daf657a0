"""Who calls, which service, and in which region: read from the signature's credential scope.

The signature itself is not verified: the sandbox has no secrets to verify it with.
"""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_smext.sandbox.account import ACCOUNT_ID, DEFAULT_REGION, partition
from jupyter_smext.sandbox.http import Request
from jupyter_smext.sandbox.own_clients import INTERNAL_ACCESS_KEY, SETUP_ACCESS_KEY


@dataclass(frozen=True)
class Caller:
    access_key: str
    region: str
    service: str
    """The signing name, such as ``sagemaker``, ``s3`` or ``monitoring``; empty when the request is not signed."""

    @classmethod
    def of(cls, request: Request) -> Caller:
        """Reads ``Authorization`` (SigV4) or, for a presigned URL, its query."""
        credential = request.query.get("X-Amz-Credential", "")
        _, found, rest = request.headers.get("authorization", "").partition("Credential=")
        if found:
            credential = rest.split(",", 1)[0].strip()
        parts = credential.split("/")
        if len(parts) == 5:
            return cls(access_key=parts[0], region=parts[2], service=parts[3].lower())
        if "AWSAccessKeyId" in request.query:
            # Signature version 2, with which boto3 presigns URLs of S3 in us-east-1.
            return cls(access_key=request.query["AWSAccessKeyId"], region=DEFAULT_REGION, service="s3")
        return cls(access_key="", region=DEFAULT_REGION, service="")

    @property
    def is_sandbox(self) -> bool:
        """Whether the sandbox calls itself."""
        return self.access_key in (INTERNAL_ACCESS_KEY, SETUP_ACCESS_KEY)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{partition(self.region)}:{service}:{self.region}:{ACCOUNT_ID}:{resource}"
