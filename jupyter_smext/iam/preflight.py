"""The verdicts on all requirements of a request at once, from the policies that could be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .evaluate import Evaluator
from .generate import policy_for, trust_policy
from .models import (
    Case,
    Check,
    Document,
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
) -> Preflight:
    """Check every requirement. What is not given counts as unread, and leaves its verdicts unknown.

    `owners`: the account that owns each bucket, by the bucket's ARN. Context keys that the request does not settle,
    such as the network it comes from, count as unknown.
    """
    checker = _Checker(policies, resource_policies or {}, owners or {})
    checks = [Check(requirement=requirement, verdict=checker.verdict(requirement)) for requirement in requirements]
    missing: dict[Subject, Document] = {}
    for subject in ("caller", "execution_role", "sagemaker"):
        gaps = [
            check.requirement for check in checks if check.requirement.subject == subject and _lacks_an_allow(check)
        ]
        if gaps:
            missing[subject] = trust_policy() if subject == "sagemaker" else policy_for(gaps)
    return Preflight(checks=checks, missing=missing)


def _lacks_an_allow(check: Check) -> bool:
    """Whether an Allow in a policy of the subject (or, for SageMaker, in the trust policy) is what is missing."""
    if (check.verdict.verdict, check.verdict.effect) != ("denied", "implicit"):
        return False
    return check.verdict.layer == ("resource" if check.requirement.subject == "sagemaker" else "identity")


class _Checker:
    def __init__(
        self,
        policies: Mapping[Subject, PrincipalPolicies],
        resource_policies: ResourcePolicies,
        owners: Mapping[str, str],
    ) -> None:
        self._policies = policies
        self._resource_policies = resource_policies
        self._owners = owners
        self._evaluators: dict[tuple[Subject, str], Evaluator] = {}

    def verdict(self, requirement: Requirement) -> Verdict:
        if requirement.principal is None:
            return Verdict(verdict="unknown", would_decide=[f"who the {requirement.subject.replace('_', ' ')} is"])
        case = Case(
            principal=requirement.principal,
            action=requirement.action,
            resource=requirement.resource,
            every_match="*" in requirement.resource and requirement.resource != "*",
            resource_account=requirement.resource_account or self._owners.get(_container(requirement)),
            context=requirement.context,
            unknown_context=["*"],
        )
        return self._evaluator(requirement).evaluate(case)

    def _evaluator(self, requirement: Requirement) -> Evaluator:
        container = _container(requirement)
        known = self._evaluators.get((requirement.subject, container))
        if known is None:
            own = self._policies.get(requirement.subject, PrincipalPolicies())
            known = Evaluator(
                Policies(
                    identity=None if requirement.subject == "sagemaker" else own.identity,
                    permissions_boundary=own.permissions_boundary,
                    session=own.session,
                    scp=own.scp,
                    resource=self._resource_policies.get(container, "unknown") if container else None,
                )
            )
            self._evaluators[requirement.subject, container] = known
        return known


def _container(requirement: Requirement) -> str:
    """The ARN of what carries the resource policy; empty where there can be none."""
    service = requirement.action.partition(":")[0]
    if service not in SERVICES_WITH_RESOURCE_POLICIES or requirement.resource == "*":
        return ""
    return requirement.resource.split("/")[0] if service == "s3" else requirement.resource
