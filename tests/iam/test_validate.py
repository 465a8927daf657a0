from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.iam.validate import validate_policy

TEXT = '{"Version": "2012-10-17", "Statement": []}'
SPAN = {"start": {"line": 3, "column": 4, "offset": 20}, "end": {"line": 3, "column": 9, "offset": 25}}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    made = AwsSession(region="us-east-1")
    yield made
    made.close()


def finding(code: str, kind: str, *locations: Any) -> dict[str, Any]:
    return {
        "findingDetails": f"details of {code}", "findingType": kind, "issueCode": code,
        "learnMoreLink": "https://docs.aws.amazon.com/", "locations": list(locations),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("use", "asked"),
    [
        ("identity", {"policyType": "IDENTITY_POLICY"}),
        ("resource", {"policyType": "RESOURCE_POLICY"}),
        (
            "trust",
            {
                "policyType": "RESOURCE_POLICY",
                "validatePolicyResourceType": "AWS::IAM::AssumeRolePolicyDocument",
            },
        ),
    ],
)
def test_all_pages_of_findings_with_their_places(session: AwsSession, use: Any, asked: dict[str, str]) -> None:
    with Stubber(session.client("accessanalyzer")) as stub:
        expected = {"policyDocument": TEXT, **asked}
        first = finding("MISSING_VERSION", "SUGGESTION", {"path": [], "span": SPAN})
        stub.add_response("validate_policy", {"findings": [first], "nextToken": "t"}, expected)
        rest = [finding("PASS_ROLE_WITH_STAR", "SECURITY_WARNING"), finding("SYNTAX", "ERROR")]
        stub.add_response("validate_policy", {"findings": rest}, {**expected, "nextToken": "t"})
        report = validate_policy(session, TEXT, use)
        stub.assert_no_pending_responses()
    assert report.ran
    assert [(each.code, each.severity, each.line, each.column) for each in report.findings] == [
        ("MISSING_VERSION", "info", 3, 5),
        ("PASS_ROLE_WITH_STAR", "warning", 1, 1),
        ("SYNTAX", "error", 1, 1),
    ]


def test_without_the_permission_it_says_so(session: AwsSession) -> None:
    with Stubber(session.client("accessanalyzer")) as stub:
        stub.add_client_error("validate_policy", "AccessDeniedException", "not authorized", 403)
        report = validate_policy(session, TEXT)
    assert (report.ran, report.findings, report.action) == (False, [], "access-analyzer:ValidatePolicy")
    assert report.reason == "not authorized"


def test_a_failure_is_not_a_missing_permission(session: AwsSession) -> None:
    with Stubber(session.client("accessanalyzer")) as stub:
        stub.add_client_error("validate_policy", "InternalServerException", "later", 500)
        report = validate_policy(session, TEXT)
    assert (report.ran, report.action) == (False, None)
