"""The verdicts on all requirements of a request at once, from the policies that could be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .evaluate import Evaluator
from .generate import policy_for, trust_policy
from .models import (
    Case,
    Check,
    Document,
    Levels,
    Policies,
    Preflight,
    PrincipalPolicies,
    Requirement,
    Subject,
    Unreadable,
    Verdict,
)

ResourcePolicies = Mapping[str, "Document | Unreadable | None"]
"""Policy of each bucket, key, repository and role by ARN. None: it was looked at, and has none."""

SERVICES_WITH_RESOURCE_POLICIES = ("s3", "kms", "ecr", "sts", "sns", "lambda")
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html"""


def preflight(
    requirements: Sequence[Requirement],
    policies: Mapping[Subject, PrincipalPolicies],
    resource_policies: ResourcePolicies | None = None,
    owners: Mapping[str, str] | None = None,
    rcps: Mapping[str, Levels] | None = None,
) -> Preflight:
    """Check every requirement. What is not given counts as unread, and leaves its verdicts unknown.

    `owners`: the account that owns each bucket, by the bucket's ARN. `rcps`: the resource control policies of each
    account; without the mapping there are none. Context keys that the request does not settle, such as the network it
    comes from, count as unknown.
    """
    checker = _Checker(policies, resource_policies or {}, owners or {}, rcps)
    checks = [Check(requirement=requirement, verdict=checker.verdict(requirement)) for requirement in requirements]
    missing: dict[Subject, Document] = {}
    for subject in ("caller", "execution_role", "sagemaker"):
        gaps = [
            check.requirement
            for check in checks
            if check.requirement.subject == subject and lacks_an_allow(check.requirement, check.verdict)
        ]
        if gaps:
            missing[subject] = trust_policy() if subject == "sagemaker" else policy_for(gaps)
    return Preflight(checks=checks, missing=missing)


def lacks_an_allow(requirement: Requirement, verdict: Verdict) -> bool:
    """Whether an Allow in a policy of the subject (or, for SageMaker, in the trust policy) is what is missing."""
    if (verdict.verdict, verdict.effect) != ("denied", "implicit"):
        return False
    return verdict.layer == ("resource" if requirement.subject == "sagemaker" else "identity")


def container_of(requirement: Requirement) -> str:
    """The ARN of what carries the resource policy; empty where there can be none."""
    service = requirement.action.partition(":")[0]
    if service not in SERVICES_WITH_RESOURCE_POLICIES or requirement.resource == "*":
        return ""
    return requirement.resource.split("/")[0] if service == "s3" else requirement.resource


class _Checker:
    def __init__(
        self,
        policies: Mapping[Subject, PrincipalPolicies],
        resource_policies: ResourcePolicies,
        owners: Mapping[str, str],
        rcps: Mapping[str, Levels] | None,
    ) -> None:
        self._policies = policies
        self._resource_policies = resource_policies
        self._owners = owners
        self._rcps = rcps
        self._evaluators: dict[tuple[Subject, str, str], Evaluator] = {}

    def verdict(self, requirement: Requirement) -> Verdict:
        if requirement.principal is None:
            return Verdict(verdict="unknown", would_decide=[f"who the {requirement.subject.replace('_', ' ')} is"])
        case = Case(
            principal=requirement.principal,
            action=requirement.action,
            resource=requirement.resource,
            every_match="*" in requirement.resource and requirement.resource != "*",
            resource_account=self._owner(requirement),
            context=requirement.context,
            unknown_context=["*"],
        )
        return self._evaluator(requirement).evaluate(case)

    def _owner(self, requirement: Requirement) -> str | None:
        return requirement.resource_account or self._owners.get(container_of(requirement))

    def _evaluator(self, requirement: Requirement) -> Evaluator:
        container, owner = container_of(requirement), self._owner(requirement) or ""
        # No call of its own: SageMaker asks IAM, whatever network the caller's request came through.
        passes_role = requirement.action == "iam:PassRole"
        key = (requirement.subject, container or requirement.action * passes_role, owner)
        known = self._evaluators.get(key)
        if known is None:
            own = self._policies.get(requirement.subject, PrincipalPolicies())
            known = Evaluator(
                Policies(
                    identity=None if requirement.subject == "sagemaker" else own.identity,
                    permissions_boundary=own.permissions_boundary,
                    session=own.session,
                    scp=own.scp,
                    rcp=None if self._rcps is None else self._rcps.get(owner, "unknown"),
                    vpc_endpoint=None if passes_role else own.vpc_endpoint,
                    resource=self._resource_policies.get(container, "unknown") if container else None,
                )
            )
            self._evaluators[key] = known
        return known
