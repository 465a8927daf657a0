"""Every permission that a SageMaker request needs, checked at once with all evidence that can be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from . import history
from .arn import account_of
from .control_policies import control_policies_apply
from .evidence import judge, missing_an_allow, unsettled
from .generate import policy_for, trust_policy
from .holder_policies import read_holder
from .models import (
    CheckReport,
    CheckRequest,
    Document,
    Evidence,
    HolderPolicies,
    Levels,
    PreflightCheck,
    PreflightReport,
    PrincipalPolicies,
    ProbePlan,
    Requirement,
    Subject,
    Unreadable,
    Verdict,
)
from .preflight import preflight
from .principal import Kind, Principal
from .probes import evidence_of, plan_probes, results_by_requirement, run_probes
from .propagation import recent_change
from .requirements import OPERATIONS, SERVICE, Place, local_mode_requirements, requirements
from .resource_policies import key_arn_of, read_resource_policies
from .sight import look
from .simulation import simulate

_WITHOUT_SESSION_POLICIES = ("assume-role", "assume-role-with-web-identity", "iam-role", "sso")
"""Providers of botocore that get credentials without a session policy. Whoever made others may have passed one."""


def preflight_request(
    session: AwsSession,
    operation: str,
    request: Mapping[str, Any],
    *,
    probes: bool = False,
    local_mode: bool = False,
    refresh: bool = False,
) -> PreflightReport:
    """The verdicts on everything that the request needs. Creates nothing, and calls nothing that costs more than reads.

    `operation` is one of `requirements.OPERATIONS`, `request` as boto3 takes it. `probes`: also run the probes that
    `plan_request_probes` lists. `refresh`: ask AWS again instead of using what it answered some minutes ago.

    Permission: `sts:GetCallerIdentity`, which cannot be denied; each one more that is granted makes the verdicts
    better: those of holder_policies.py, resource_policies.py, simulation.py and control_policies.py.
    Raises InvalidRequest for another operation, NotSupported for probes where they are switched off.
    """
    needed = _requirements(session, operation, request, local_mode)
    in_vpc = bool(request.get("VpcConfig"))
    looked = _Look(session, needed, probing=probes, job_in_vpc=in_vpc, refresh=refresh)
    principals = {need.principal for need in needed if need.principal}
    changes = {change.role_arn: change for each in principals if (change := recent_change(each))}
    return PreflightReport(
        operation=operation,
        checks=looked.checks,
        missing=_missing(looked.checks),
        unsettled=_policies_for([check for check in looked.checks if unsettled(check)]),
        probe_plan=looked.probe_plan,
        probes=looked.probe_results,
        not_seen=looked.not_seen,
        recent_changes=list(changes.values()),
        checked_at=looked.read_at,
    )


def plan_request_probes(
    session: AwsSession, operation: str, request: Mapping[str, Any], *, local_mode: bool = False
) -> ProbePlan:
    """The probes that a preflight of this request would run. Runs none. Raises InvalidRequest as the preflight does."""
    needed = _requirements(session, operation, request, local_mode)
    return plan_probes(session, [need for need in needed if _is_callers(session, need)])


def check_one(session: AwsSession, request: CheckRequest) -> CheckReport:
    """One permission of the caller or of a role, for instance the one that an error named, after it was fixed."""
    identity = session.identity()
    principal = request.principal or identity.caller_arn
    owner = account_of(request.resource)
    if owner is None and ":s3:::" not in request.resource:
        owner = identity.account
    try:
        Principal.parse(principal)
    except ValueError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, str(error)) from error
    requirement = Requirement(
        subject="caller",
        principal=principal,
        action=request.action,
        resource=key_arn_of(session, request.resource),
        resource_account=owner,
        context=request.context,
        when="call",
        reason="asked for",
        field="",
    )
    looked = _Look(session, [requirement], probing=request.probes, job_in_vpc=False, refresh=request.refresh)
    return CheckReport(
        check=looked.checks[0],
        missing=_missing(looked.checks).get("caller"),
        recent_change=recent_change(principal),
        probe_plan=looked.probe_plan,
        probes=looked.probe_results,
    )


def _requirements(
    session: AwsSession, operation: str, request: Mapping[str, Any], local_mode: bool
) -> list[Requirement]:
    identity = session.identity()
    partition = identity.caller_arn.split(":")[1]
    place = Place(identity.region, identity.account, identity.caller_arn, partition, _model_roles(session, request))
    if local_mode:
        found = local_mode_requirements(request, place)
    elif operation in OPERATIONS:
        found = requirements(operation, request, place)
    else:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"The permissions of {operation} are not known here.",
            hint=f"Known are {', '.join(OPERATIONS)}.",
        )
    return [need.model_copy(update={"resource": key_arn_of(session, need.resource)}) for need in found]


def _model_roles(session: AwsSession, request: Mapping[str, Any]) -> dict[str, str]:
    """The execution roles of the models that an endpoint configuration names. Permission: `sagemaker:DescribeModel`."""
    variants = [*request.get("ProductionVariants", []), *request.get("ShadowProductionVariants", [])]
    names = {variant["ModelName"] for variant in variants if variant.get("ModelName")}
    sagemaker = session.client("sagemaker") if names else None
    described = {
        name: look("sagemaker:DescribeModel", lambda name=name: sagemaker.describe_model(ModelName=name))  # type: ignore
        for name in names
    }
    return {
        name: looked.value["ExecutionRoleArn"]
        for name, looked in described.items()
        if looked.value and "ExecutionRoleArn" in looked.value
    }


def _is_callers(session: AwsSession, requirement: Requirement) -> bool:
    """Whether the caller's credentials are those that the requirement is about."""
    if requirement.principal is None or requirement.principal == SERVICE:
        return False
    caller, other = Principal.parse(session.identity().caller_arn), Principal.parse(requirement.principal)
    kinds = (Kind.SESSION, Kind.ROLE)
    same_role = caller.kind in kinds and other.kind in kinds
    return (caller.account, caller.name) == (other.account, other.name) and (same_role or caller.kind == other.kind)


class _Look:
    """Everything that AWS tells about some requirements, and the checks that follow."""

    def __init__(
        self,
        session: AwsSession,
        needed: Sequence[Requirement],
        *,
        probing: bool,
        job_in_vpc: bool,
        refresh: bool,
    ) -> None:
        history.watch(session)
        self._session = session
        self._refresh = refresh
        self.read_at = datetime.now(timezone.utc)
        self._needed = needed
        self._resources = read_resource_policies(session, needed, refresh=refresh)
        self._bound = control_policies_apply(session, refresh=refresh).value is not False
        self._holders = {
            principal: read_holder(session, principal, refresh=refresh)
            for principal in {need.principal for need in needed if need.principal not in (None, SERVICE)}
            if principal is not None
        }
        own = [need for need in needed if _is_callers(session, need)]
        self.probe_plan = plan_probes(session, own)
        self.probe_results = run_probes(session, own, refresh=refresh) if probing else []
        self._by_probe = results_by_requirement(session, own, self.probe_results)
        self._simulated = self._simulation()
        self._unseen = {arn: None for arn, policy in self._resources.policies.items() if policy == "unknown"}
        self._job_in_vpc = job_in_vpc
        self.not_seen: list[str] = []
        checks: dict[str, PreflightCheck] = {}
        for subject, principal in dict.fromkeys((need.subject, need.principal) for need in needed):
            group = [need for need in needed if (need.subject, need.principal) == (subject, principal)]
            checks |= self._checks_of(subject, principal, group)
        self.checks = [checks[need.model_dump_json()] for need in needed]
        if self._bound:
            self.not_seen.append("the service and resource control policies of the organization")
        self.not_seen += [f"the policy of {arn}" for arn in self._unseen]

    def _checks_of(
        self, subject: Subject, principal: str | None, needed: Sequence[Requirement]
    ) -> dict[str, PreflightCheck]:
        """The checks of one principal's requirements, by their JSON text."""
        policies = self._policies(subject, principal)
        owners, account = self._resources.owners, self._session.identity().account
        rcps: dict[str, Levels] = {} if self._bound else {account: None}
        strict = preflight(needed, {subject: policies}, self._resources.policies, owners, rcps)
        lenient = preflight(
            needed, {subject: _without_unread_limits(policies)}, self._resources.policies | self._unseen, owners
        )
        self._note_unseen(subject, policies)
        return {
            need.model_dump_json(): self._check(need, one.verdict, other.verdict)
            for need, one, other in zip(needed, strict.checks, lenient.checks, strict=True)
        }

    def _policies(self, subject: Subject, arn: str | None) -> PrincipalPolicies:
        if arn is None or arn == SERVICE:
            return PrincipalPolicies(scp=None)
        principal = Principal.parse(arn)
        holder = self._holders[arn]
        session_policies: Unreadable | None = None
        if subject == "caller" and principal.kind in (Kind.SESSION, Kind.FEDERATED_USER):
            method = self._session.identity().credentials_method
            session_policies = None if method in _WITHOUT_SESSION_POLICIES else "unknown"
        return PrincipalPolicies(
            identity=_documents(principal, holder),
            permissions_boundary=holder.permissions_boundary if holder else None,
            session=session_policies,
            scp="unknown" if self._bound else None,
            # A job outside of a VPC of the customer reaches AWS through the service's own network.
            vpc_endpoint="unknown" if subject == "caller" or self._job_in_vpc else None,
        )

    def _simulation(self) -> dict[str, Evidence]:
        found: dict[str, Evidence] = {}
        for principal, holder in self._holders.items():
            if holder is not None and holder.path_known:
                needed = [need for need in self._needed if need.principal == principal]
                found |= simulate(self._session, holder.arn, needed, self._resources, refresh=self._refresh)
        return found

    def _check(self, need: Requirement, verdict: Verdict, seen: Verdict) -> PreflightCheck:
        text = need.model_dump_json()
        others: list[Evidence] = []
        probed = self._by_probe.get(text)
        if probed:
            others.append(evidence_of(probed))
        if text in self._simulated:
            others.append(self._simulated[text])
        if need.principal:
            others += list(history.refusals_of(need, need.principal))[-1:]
        sample = probed is not None and probed.probe.sample_only
        return judge(need, verdict, seen, others, self.read_at, sample_only=sample)

    def _note_unseen(self, subject: Subject, policies: PrincipalPolicies) -> None:
        who = subject.replace("_", " ")
        layers = (
            (policies.identity, f"the policies of the {who}"),
            (policies.permissions_boundary, f"the permissions boundary of the {who}"),
            (policies.session, f"a session policy of the {who}'s credentials"),
            (policies.vpc_endpoint, f"the policy of a VPC endpoint on the {who}'s way to AWS"),
        )
        if subject != "sagemaker":
            self.not_seen += [words for layer, words in layers if layer == "unknown" and words not in self.not_seen]


def _documents(principal: Principal, holder: HolderPolicies | None) -> Unreadable | list[Document | Unreadable]:
    if principal.kind is Kind.ROOT:
        return []  # it needs none
    if holder is None or holder.policies == "unknown":
        return "unknown"
    return [policy.document for policy in holder.policies]


def _without_unread_limits(policies: PrincipalPolicies) -> PrincipalPolicies:
    """As if no layer existed that only restricts and could not be read."""
    boundary = None if policies.permissions_boundary == "unknown" else policies.permissions_boundary
    return PrincipalPolicies(identity=policies.identity, permissions_boundary=boundary)


def _missing(checks: Sequence[PreflightCheck]) -> dict[Subject, Document]:
    return _policies_for([check for check in checks if missing_an_allow(check)])


def _policies_for(checks: Sequence[PreflightCheck]) -> dict[Subject, Document]:
    policies: dict[Subject, Document] = {}
    for subject in ("caller", "execution_role", "sagemaker"):
        needs = [check.requirement for check in checks if check.requirement.subject == subject]
        if needs:
            policies[subject] = trust_policy() if subject == "sagemaker" else policy_for(needs)
    return policies
