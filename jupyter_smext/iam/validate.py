"""What IAM Access Analyzer says of a policy text: AWS's own checks, where the caller may ask for them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..aws.errors import ErrorCode
from ..aws.session import AwsSession
from .models import Finding, PolicyUse, PolicyValidation
from .sight import look

_SEVERITIES: Mapping[str, Literal["error", "warning", "info"]] = {
    "ERROR": "error",
    "SECURITY_WARNING": "warning",
    "WARNING": "warning",
    "SUGGESTION": "info",
}


def validate_policy(session: AwsSession, text: str, use: PolicyUse = "identity") -> PolicyValidation:
    """Ask Access Analyzer; `ran` is false, with the reason, where it cannot be asked. AWS does not charge for it.

    Permission: `access-analyzer:ValidatePolicy`.
    """
    arguments: dict[str, Any] = {
        "policyDocument": text,
        "policyType": "IDENTITY_POLICY" if use == "identity" else "RESOURCE_POLICY",
    }
    if use == "trust":
        arguments["validatePolicyResourceType"] = "AWS::IAM::AssumeRolePolicyDocument"

    def ask() -> list[dict[str, Any]]:
        pages = session.client("accessanalyzer").get_paginator("validate_policy").paginate(**arguments)
        return [finding for page in pages for finding in page["findings"]]

    looked = look("access-analyzer:ValidatePolicy", ask)
    if looked.value is None:
        denied = looked.error is not None and looked.error.code is ErrorCode.ACCESS_DENIED
        return PolicyValidation(ran=False, reason=str(looked.error), action=looked.action if denied else None)
    return PolicyValidation(ran=True, findings=[_finding(each) for each in looked.value])


def _finding(found: Mapping[str, Any]) -> Finding:
    locations = found.get("locations") or []
    start = locations[0]["span"]["start"] if locations else {"line": 1, "column": 0}
    return Finding(
        code=found["issueCode"],
        severity=_SEVERITIES.get(found["findingType"], "info"),
        line=start["line"],
        column=start["column"] + 1,  # Access Analyzer counts lines from 1 and columns from 0
        message=found["findingDetails"],
    )
