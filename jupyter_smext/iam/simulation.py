"""What AWS's own policy simulator says of requirements.

It knows identity policies, boundary and most SCPs of a role or user. It knows neither session policies nor those of VPC
endpoints, resource control policies, or SCPs with conditions, and of roles no resource policies: so an `allowed` of it
is no proof. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..aws.session import AwsSession
from .models import Answer, Evidence, Requirement
from .preflight import container_of
from .remembered import remembered
from .resource_policies import ResourcePolicies
from .sight import look


def simulate(
    session: AwsSession,
    principal_arn: str,
    requirements: Sequence[Requirement],
    resources: ResourcePolicies,
    *,
    refresh: bool = False,
) -> dict[str, Evidence]:
    """Evidence by the JSON text of each requirement; empty where the caller may not simulate.

    `principal_arn`: the role or user itself, with its path. Permission: `iam:SimulatePrincipalPolicy`.
    """
    if not _permitted(session, principal_arn, refresh):
        return {}
    evidence: dict[str, Evidence] = {}
    for requirement in requirements:
        text = requirement.model_dump_json()
        found = remembered(
            session,
            ("simulation", principal_arn, text),
            lambda requirement=requirement: _one(session, principal_arn, requirement, resources),  # type: ignore[misc]
            refresh=refresh,
        )
        if found is not None:
            evidence[text] = found
    return evidence


def _permitted(session: AwsSession, principal_arn: str, refresh: bool) -> bool:
    iam = session.client("iam")

    def ask() -> bool:
        arguments = {"PolicySourceArn": principal_arn, "ActionNames": ["sts:GetCallerIdentity"]}
        return look("iam:SimulatePrincipalPolicy", lambda: iam.simulate_principal_policy(**arguments)).value is not None

    return remembered(session, ("may simulate", principal_arn), ask, refresh=refresh)


def _one(
    session: AwsSession, principal_arn: str, requirement: Requirement, resources: ResourcePolicies
) -> Evidence | None:
    iam = session.client("iam")
    looked = look(
        "iam:SimulatePrincipalPolicy",
        lambda: iam.simulate_principal_policy(
            PolicySourceArn=principal_arn,
            ActionNames=[requirement.action],
            ResourceArns=[requirement.resource],
            ContextEntries=_context_entries(requirement.context),
        )["EvaluationResults"][0],
    )
    if looked.value is None:
        return None
    answer, lacks, detail = _reading(looked.value, requirement, resources)
    now = datetime.now(timezone.utc)
    return Evidence(source="simulation", answer=answer, detail=detail, lacks_an_allow=lacks, at=now)


def _reading(
    result: Mapping[str, Any], requirement: Requirement, resources: ResourcePolicies
) -> tuple[Answer, bool, str]:
    """What a result proves, whether an Allow is missing, and the words for it."""
    decision = result["EvalDecision"]
    if missing := result.get("MissingContextValues"):
        # A key that the simulator was not given may turn it either way.
        return "unknown", False, f"The simulator says {decision}, without {', '.join(missing)}."
    if decision == "allowed":
        return "allowed", False, "The simulator allows it, as far as identity policies, boundary and SCPs go."
    if decision == "explicitDeny":
        return "denied", False, "The simulator says that a statement denies it."
    if result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False:
        return "denied", False, "The simulator says that a service control policy does not allow it."
    container = container_of(requirement)
    if container and resources.policies.get(container, "unknown") is not None:
        return "unknown", False, f"No identity policy allows it, says the simulator; the policy of {container} may."
    if result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary") is False:
        return "denied", False, "The simulator says that the permissions boundary does not allow it."
    if "*" in requirement.resource and requirement.resource != "*":
        return "unknown", False, "The simulator finds no policy that allows all of it."
    return "denied", True, "The simulator finds no identity policy that allows it."


def _context_entries(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = []
    for key, value in context.items():
        if value is None:
            continue
        values = value if isinstance(value, list) else [value]
        kind = {bool: "boolean", int: "numeric", float: "numeric"}.get(type(values[0]) if values else str, "string")
        texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
        many = isinstance(value, list)
        entries.append(
            {"ContextKeyName": key, "ContextKeyValues": texts, "ContextKeyType": f"{kind}List" if many else kind}
        )
    return entries
