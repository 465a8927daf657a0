"""AWS's simulator: what it is asked, and what its answers prove."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.iam.models import Requirement
from jupyter_smext.iam.resource_policies import ResourcePolicies
from jupyter_smext.iam.simulation import simulate

ROLE = "arn:aws:iam::123456789012:role/path/R"
BUCKET = "arn:aws:s3:::b"


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    made = AwsSession(region="us-east-1")
    yield made
    made.close()


def need(action: str = "sagemaker:CreateTrainingJob", resource: str = "*", **context: Any) -> Requirement:
    return Requirement(
        subject="execution_role", principal=ROLE, action=action, resource=resource, context=context, when="call",
        reason="", field="",
    )  # fmt: skip


def ask(session: AwsSession, requirement: Requirement, result: Any, entries: Any, policies: Any = None) -> Any:
    with Stubber(session.client("iam")) as stub:
        stub.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": []},
            {"PolicySourceArn": ROLE, "ActionNames": ["sts:GetCallerIdentity"]},
        )
        stub.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": [{"EvalActionName": requirement.action, **result}]},
            {
                "PolicySourceArn": ROLE,
                "ActionNames": [requirement.action],
                "ResourceArns": [requirement.resource],
                "ContextEntries": entries,
            },
        )
        found = simulate(session, ROLE, [requirement], ResourcePolicies(policies=policies or {}), refresh=True)
        stub.assert_no_pending_responses()
    (evidence,) = found.values()
    return evidence


def entry(name: str, kind: str, *values: str) -> dict[str, Any]:
    return {"ContextKeyName": name, "ContextKeyValues": list(values), "ContextKeyType": kind}


def test_the_context_of_the_request_goes_along(session: AwsSession) -> None:
    context: dict[str, Any] = {
        "iam:PassedToService": "sagemaker.amazonaws.com",
        "sagemaker:InstanceTypes": ["ml.m5.large", "ml.g5.xlarge"],
        "sagemaker:NetworkIsolation": True,
        "sagemaker:MaxRuntimeInSeconds": 60,
        "sagemaker:VpcSubnets": None,
    }
    entries = [
        entry("iam:PassedToService", "string", "sagemaker.amazonaws.com"),
        entry("sagemaker:InstanceTypes", "stringList", "ml.m5.large", "ml.g5.xlarge"),
        entry("sagemaker:NetworkIsolation", "boolean", "true"),
        entry("sagemaker:MaxRuntimeInSeconds", "numeric", "60"),
    ]
    assert ask(session, need(**context), {"EvalDecision": "allowed"}, entries).answer == "allowed"


@pytest.mark.parametrize(
    ("requirement", "result", "policies", "answer", "lacks"),
    [
        (need(), {"EvalDecision": "explicitDeny"}, None, "denied", False),
        (need(), {"EvalDecision": "implicitDeny"}, None, "denied", True),
        (need(), {"EvalDecision": "implicitDeny", "MissingContextValues": ["aws:SourceVpce"]}, None, "unknown", False),
        (need(), {"EvalDecision": "explicitDeny", "MissingContextValues": ["aws:SourceVpce"]}, None, "unknown", False),
        (need(), {"EvalDecision": "implicitDeny", "OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
         None, "denied", False),
        (need(), {"EvalDecision": "implicitDeny",
                  "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}}, None, "denied", False),
        # A bucket policy, of which the simulator knows nothing, may allow it.
        (need("s3:ListBucket", BUCKET), {"EvalDecision": "implicitDeny"}, {BUCKET: "unknown"}, "unknown", False),
        (need("s3:ListBucket", BUCKET), {"EvalDecision": "implicitDeny"}, {BUCKET: {"Statement": []}}, "unknown", False),
        (need("s3:ListBucket", BUCKET), {"EvalDecision": "implicitDeny"}, {BUCKET: None}, "denied", True),
        (need("s3:GetObject", f"{BUCKET}/a/*"), {"EvalDecision": "implicitDeny"}, {BUCKET: None}, "unknown", False),
    ],
)  # fmt: skip
def test_what_a_denial_proves(
    session: AwsSession, requirement: Requirement, result: Any, policies: Any, answer: str, lacks: bool
) -> None:
    evidence = ask(session, requirement, result, [], policies)
    assert (evidence.answer, evidence.lacks_an_allow) == (answer, lacks)


def test_whoever_may_not_simulate_gets_no_evidence(session: AwsSession) -> None:
    with Stubber(session.client("iam")) as stub:
        stub.add_client_error("simulate_principal_policy", "AccessDenied", "no", 403)
        assert simulate(session, ROLE, [need()], ResourcePolicies(), refresh=True) == {}
