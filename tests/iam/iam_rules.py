"""The vocabulary of the evaluator's tests: one rule of AWS, its documentation page, one request, one verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from jupyter_smext.iam.evaluate import evaluate
from jupyter_smext.iam.models import Case, Verdict

IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
OPERATORS = IAM + "reference_policies_elements_condition_operators.html"
SET_OPERATORS = IAM + "reference_policies_condition-single-vs-multi-valued-context-keys.html"
CONDITION = IAM + "reference_policies_elements_condition.html"
SEVERAL_VALUES = IAM + "reference_policies_condition-logic-multiple-context-keys-or-values.html"
VARIABLES = IAM + "reference_policies_variables.html"
RESOURCE = IAM + "reference_policies_elements_resource.html"
NOT_RESOURCE = IAM + "reference_policies_elements_notresource.html"
ACTION = IAM + "reference_policies_elements_action.html"
NOT_ACTION = IAM + "reference_policies_elements_notaction.html"
EFFECT = IAM + "reference_policies_elements_effect.html"
PRINCIPAL = IAM + "reference_policies_elements_principal.html"
NOT_PRINCIPAL = IAM + "reference_policies_elements_notprincipal.html"
GRAMMAR = IAM + "reference_policies_grammar.html"
VERSION = IAM + "reference_policies_elements_version.html"
KEYS = IAM + "reference_policies_condition-keys.html"
LOGIC = IAM + "reference_policies_evaluation-logic_policy-eval-denyallow.html"
BASICS = IAM + "reference_policies_evaluation-logic_policy-eval-basics.html"
CROSS_ACCOUNT = IAM + "reference_policies_evaluation-logic-cross-account.html"
BOUNDARIES = IAM + "access_policies_boundaries.html"
POLICY_TYPES = IAM + "access_policies.html"
SCP = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html"
SCP_EVALUATION = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html"
RCP = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html"
RCP_SYNTAX = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"
VPC_ENDPOINT = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
KMS_ROOT = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
KMS_CROSS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html"
ASSUME_ROLE = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"
PASS_ROLE = IAM + "id_roles_use_passrole.html"
ECR = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"
S3_ACTIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html"

ACCOUNT, OTHER = "111122223333", "444455556666"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/R/S"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/R"
USER = f"arn:aws:iam::{ACCOUNT}:user/Bob"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
BUCKET, OBJECT = "arn:aws:s3:::b", "arn:aws:s3:::b/k"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234"


def doc(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    document: dict[str, Any] = {"Statement": list(statements)}
    return {"Version": version, **document} if version else document


def allow(action: Any = "*", resource: Any = "*", condition: Any = None, **elements: Any) -> dict[str, Any]:
    return _statement("Allow", action, resource, condition, elements)


def deny(action: Any = "*", resource: Any = "*", condition: Any = None, **elements: Any) -> dict[str, Any]:
    return _statement("Deny", action, resource, condition, elements)


def _statement(effect: str, action: Any, resource: Any, condition: Any, elements: dict[str, Any]) -> dict[str, Any]:
    body = {"Effect": effect, "Action": action, "Resource": resource, "Condition": condition, **elements}
    if "NotAction" in elements:
        del body["Action"]
    if "NotResource" in elements:
        del body["Resource"]
    return {key: value for key, value in body.items() if value is not None}


@dataclass(frozen=True)
class Rule:
    """One documented rule and a case that shows it."""

    title: str
    page: str
    expect: str
    """allowed, unknown, denied explicit or denied implicit, then optionally the deciding layer."""
    case: dict[str, Any]
    would_decide: tuple[str, ...] = field(default=())

    def check(self) -> None:
        verdict = evaluate(Case.model_validate(self.case))
        wanted = self.expect.split()
        assert [verdict.verdict, *([verdict.effect] if verdict.effect else [])] == [
            word for word in wanted if word in ("allowed", "unknown", "denied", "explicit", "implicit")
        ], f"{self.title} ({self.page}): {verdict}"
        layers = [word for word in wanted if word not in ("allowed", "unknown", "denied", "explicit", "implicit")]
        if layers:
            assert verdict.layer == layers[0], f"{self.title} ({self.page}): {verdict}"
        missing = [entry for entry in self.would_decide if not any(entry in found for found in verdict.would_decide)]
        assert not missing, f"{self.title} ({self.page}): {verdict}"
        _check_shape(verdict)


def _check_shape(verdict: Verdict) -> None:
    assert (verdict.effect is not None) == (verdict.verdict == "denied")
    assert bool(verdict.would_decide) == (verdict.verdict == "unknown")


def rule(title: str, page: str, expect: str, would_decide: tuple[str, ...] = (), **changes: Any) -> Any:
    """A parameter for pytest. Policy layers are given by name; `identity` and `session` as one document or a list."""
    policies: dict[str, Any] = {}
    for layer in ("identity", "resource_policy", "permissions_boundary", "session", "scp", "rcp", "vpc_endpoint"):
        if layer in changes:
            value = changes.pop(layer)
            if layer in ("identity", "session") and isinstance(value, dict):
                value = [value]
            policies["resource" if layer == "resource_policy" else layer] = value
    case: dict[str, Any] = {
        "principal": SESSION,
        "action": "s3:GetObject",
        "resource": OBJECT,
        "resource_account": ACCOUNT,
        "context": {},
        "policies": policies,
        **changes,
    }
    return pytest.param(Rule(title, page, expect, case, would_decide), id=title.replace(" ", "-"))


def condition(title: str, page: str, expect: str, block: dict[str, Any], context: dict[str, Any], **more: Any) -> Any:
    """An Allow with one Condition block: `expect` is match, no match or open."""
    verdict = {"match": "allowed identity", "no match": "denied implicit identity", "open": "unknown identity"}[expect]
    return rule(title, page, verdict, identity=doc(allow(condition=block)), context=context, **more)
