"""The verdict of all policies on one request.

Follows the order and the exceptions of
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html.
It decides on policies alone: S3 Block Public Access, object ACLs and KMS grants are not policies.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from .actions import resource_patterns
from .arn import account_of
from .context import Context, Values
from .models import Case, Layer, Policies, StatementTrace, Verdict
from .policy import Policy, PolicyKind, Request, Statement
from .principal import Kind, Principal, Strength
from .truth import Truth, all_of, any_of
from .wildcard import tokenize

NEAR_MISSES = 10
"""How many statements that almost applied a verdict lists at most."""
REMEMBERED_ACTIONS = 1000
"""For how many actions an evaluator remembers which statements are about them."""
RECENT_POLICIES = 8
"""How many sets of policies `evaluate` keeps compiled."""

_TRUST_ACTIONS = frozenset(
    f"sts:{name}"
    for name in ("assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity")
)
_KMS_WITHOUT_KEY = frozenset(
    f"kms:{name}"
    for name in (
        *("createkey", "listkeys", "listaliases", "generaterandom", "createalias", "deletealias", "updatealias"),
        *("createcustomkeystore", "deletecustomkeystore", "updatecustomkeystore", "describecustomkeystores"),
        *("connectcustomkeystore", "disconnectcustomkeystore"),
    )
)


def evaluate(case: Case) -> Verdict:
    """The verdict on one case. The policies of the last few cases stay compiled; an `Evaluator` is faster still."""
    return _evaluator(case.policies).evaluate(case)


_recent: list[tuple[Policies, Evaluator]] = []


def _evaluator(policies: Policies) -> Evaluator:
    global _recent
    recent = _recent
    for known, evaluator in recent:
        if known == policies:
            return evaluator
    # A copy, so that documents which the caller changes in place are seen to differ.
    added = (policies.model_copy(deep=True), Evaluator(policies))
    _recent = [added, *recent[: RECENT_POLICIES - 1]]
    return added[1]


class Evaluator:
    """Compiled policies, which answer any number of requests. Safe to use from several threads."""

    def __init__(self, policies: Policies) -> None:
        self._identity = _Layer(PolicyKind.IDENTITY, policies.identity)
        self._boundary = _Layer(PolicyKind.PERMISSIONS_BOUNDARY, policies.permissions_boundary)
        self._session = _Layer(PolicyKind.SESSION, policies.session or None)
        self._resource = _Layer(PolicyKind.RESOURCE, policies.resource)
        self._vpc_endpoint = _Layer(PolicyKind.VPC_ENDPOINT, policies.vpc_endpoint)
        self._scp = _levels(PolicyKind.SCP, policies.scp)
        self._rcp = _levels(PolicyKind.RCP, policies.rcp)

    def evaluate(self, case: Case) -> Verdict:
        """The verdict on a request; `case.policies` is not looked at."""
        principal = _parse_principal(case.principal)
        named = account_of(case.resource)
        owner = case.resource_account or named
        if owner is None and case.resource == "*":
            owner = principal.account
        if owner is None and principal.account:
            return _agreed(self._decide(case, principal, principal.account), self._decide(case, principal, ""))
        verdict = self._decide(case, principal, owner or "")
        if verdict.verdict == "allowed" and named and named != owner and named.isdigit():
            return _agreed(verdict, self._decide(case, principal, named))
        return verdict

    def _decide(self, case: Case, principal: Principal, owner: str) -> Verdict:
        derived = dict(principal.context)
        if owner:
            derived["aws:resourceaccount"] = Values([owner])
        context = Context(case.context, case.unknown_context, derived)
        action = case.action.lower()
        every = Request(action, case.resource, context, tokenize(case.resource))
        request = every if case.every_match else Request(action, case.resource, context)
        ask = _Question(
            request, every if _may_be_pattern(case) else None, principal, has_boundary=self._boundary.present
        )

        identity, boundary, session = ask.layer(self._identity), ask.layer(self._boundary), ask.layer(self._session)
        if not principal.has_identity_policies:
            identity, boundary, session = _NOTHING_GRANTED, _NOT_LIMITED, _NOT_LIMITED
        organization = [ask.layer(level) for level in (*self._scp, *self._rcp)]
        if principal.service_linked is not False or not principal.account:
            organization = [answer.where(_organization_binds(principal, answer.deny.layer)) for answer in organization]
        endpoint, resource = ask.layer(self._vpc_endpoint), ask.layer(self._resource)

        answers = [*organization, endpoint, boundary, session, identity, resource]
        denial = _any([answer.deny for answer in answers])
        if denial.truth:
            return denial.verdict("denied", "explicit")
        grant = self._grant(request, principal, owner, identity.allow, boundary.allow, session.allow, resource)
        restrictions = [answer.allow for answer in organization if answer.deny.layer == "scp"]
        permission = _all([*restrictions, endpoint.allow, grant])
        if permission.truth is False:
            return permission.verdict("denied", "implicit")
        if permission.truth and denial.truth is False:
            return permission.verdict("allowed")
        return _all([term for term in (denial, permission) if term.truth is None]).verdict("unknown")

    def _grant(
        self,
        request: Request,
        principal: Principal,
        owner: str,
        identity: _Term,
        boundary: _Term,
        session: _Term,
        resource: _Answer,
    ) -> _Term:
        """Whether identity and resource policies together grant the request, within boundary and session policies."""
        direct, role, everyone, account = (resource.grants[strength] for strength in Strength)
        needs_resource_policy = _needs_resource_policy(request)
        if needs_resource_policy and not self._resource.present:
            open_policy = _Term(None, "resource", causes=("policies.resource",))
            direct = role = everyone = account = open_policy
        if not principal.account:
            return _any([direct, everyone])

        own = _all([identity, boundary, session])
        if principal.kind is Kind.ROOT:
            if request.action in _TRUST_ACTIONS:
                # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
                return _Term(False, "identity")
            own = _Term(True, "identity")
        elif principal.kind is Kind.FEDERATED_USER and not self._session.present:
            own = _Term(False, "session")
        if owner != principal.account:
            return _all([own, _any([direct, role, everyone, account])])

        limits = _all([boundary, session])
        everyone_limits = limits
        if limits.truth is False:
            # AWS says that boundary and session policies do not limit `*` with aws:PrincipalArn, which counts as
            # direct here; it does not say so of `*` alone.
            everyone_limits = limits._replace(truth=None, causes=("whether the boundary limits a grant to everyone",))
        grants = [direct, _all([role, limits]), _all([everyone, everyone_limits])]
        if needs_resource_policy:
            return _any([_all([account, own]), *grants])
        return _any([own, *grants])


def _agreed(one: Verdict, other: Verdict) -> Verdict:
    """The verdict if it is the same for two accounts that may own the resource."""
    if one.verdict == other.verdict:
        return one
    return Verdict(
        verdict="unknown",
        layer="resource",
        statements=one.statements,
        would_decide=_unique(["resource_account", *one.would_decide, *other.would_decide]),
    )


def _may_be_pattern(case: Case) -> bool:
    """Whether the resource may stand for several: `*` is a name of its own for actions that know no resources."""
    if case.resource == "*":
        return bool(resource_patterns(case.action))
    return "*" in case.resource or "?" in case.resource


def _needs_resource_policy(request: Request) -> bool:
    """KMS keys and roles grant nothing without their own policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    if request.action.startswith("kms:"):
        return request.action not in _KMS_WITHOUT_KEY
    return request.action in _TRUST_ACTIONS


def _organization_binds(principal: Principal, layer: Layer) -> Truth:
    """SCPs restrict the users and roles of the account, RCPs everyone; neither a service-linked role.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    if not principal.account:
        return layer == "rcp"
    return None if principal.service_linked is None else not principal.service_linked


class _Trace(NamedTuple):
    layer: Layer
    policy: int
    position: int
    statement: Statement
    outcome: Literal["applies", "unknown", "almost"]
    reason: str | None


class _Term(NamedTuple):
    """A truth with the layer that it stems from, the statements behind it, and what would settle it if open."""

    truth: Truth
    layer: Layer
    traces: tuple[_Trace, ...] = ()
    causes: tuple[str, ...] = ()

    def verdict(
        self,
        verdict: Literal["allowed", "denied", "unknown"],
        effect: Literal["explicit", "implicit"] | None = None,
    ) -> Verdict:
        return Verdict(
            verdict=verdict,
            effect=effect,
            layer=self.layer,
            statements=[
                StatementTrace(
                    layer=trace.layer,
                    policy=trace.policy,
                    statement=trace.position,
                    sid=trace.statement.sid,
                    effect="Allow" if trace.statement.allows else "Deny",
                    outcome=trace.outcome,
                    reason=trace.reason,
                )
                for trace in self.traces[:NEAR_MISSES]
            ],
            would_decide=_unique(self.causes) if verdict == "unknown" else [],
        )


def _all(terms: Sequence[_Term]) -> _Term:
    """The first False term, or the open ones together, or all."""
    truth = all_of([term.truth for term in terms])
    if truth is False:
        return next(term for term in terms if term.truth is False)
    return _join([term for term in terms if term.truth is truth], truth)


def _any(terms: Sequence[_Term]) -> _Term:
    """The True terms together, or the open ones, or all."""
    truth = any_of([term.truth for term in terms])
    return _join([term for term in terms if term.truth is truth], truth)


def _join(terms: Sequence[_Term], truth: Truth) -> _Term:
    first = terms[0]
    if len(terms) == 1 or not any(term.traces or term.causes for term in terms):
        return first
    traces = tuple(trace for term in terms for trace in term.traces)
    layer = traces[0].layer if truth and traces else first.layer
    return _Term(truth, layer, traces, tuple(cause for term in terms for cause in term.causes))


class _Answer(NamedTuple):
    """What one layer says to a request. `grants` tells a resource policy's Allow by how it names the principal."""

    deny: _Term
    allow: _Term
    grants: dict[Strength, _Term]

    def where(self, binds: Truth) -> _Answer:
        """The answer if the layer binds the principal, which may itself be open."""
        if binds:
            return self
        if binds is False:
            return _nothing_said(self.deny.layer, allow=True)
        cause = "whether the role is service-linked"
        deny, allow = self.deny, self.allow
        if deny.truth:
            deny = deny._replace(truth=None, causes=(cause,))
        if allow.truth is False:
            allow = allow._replace(truth=None, causes=(cause,))
        return self._replace(deny=deny, allow=allow)


def _nothing_said(layer: Layer, allow: bool) -> _Answer:
    no = _Term(False, layer)
    return _Answer(no, _Term(allow, layer), dict.fromkeys(Strength, no))


_NOTHING_GRANTED = _nothing_said("identity", allow=False)
_NOT_LIMITED = _nothing_said("identity", allow=True)


class _Row(NamedTuple):
    """A statement that is about the action of a request; None if it could not be read."""

    statement: Statement | None
    problem: str | None
    applied: _Term
    """What it says where it applies for certain."""


class _Layer:
    """The documents of one layer, or of one level of it."""

    def __init__(self, kind: PolicyKind, source: object, first_index: int = 0) -> None:
        self.name: Layer = kind.value
        self.present = source is not None
        # A layer that does not exist restricts nothing, but grants nothing either.
        self.unanswered = _nothing_said(self.name, allow=kind not in (PolicyKind.IDENTITY, PolicyKind.RESOURCE))
        self.names_principals = kind.names_principals
        self.open: list[str] = []
        """The documents that may hold any permission, because they could not be read."""
        self._policies: list[tuple[int, str | None, Policy]] = []
        self._rows: dict[str, list[_Row]] = {}
        documents = source if isinstance(source, list) else [source] if self.present else []
        self.count = len(documents)
        for index, document in enumerate(documents, start=first_index):
            path = f"policies.{self.name}[{index}]" if isinstance(source, list) else f"policies.{self.name}"
            if document == "unknown":
                self.open.append(path)
                continue
            policy = Policy(document, kind)
            problem = f"{path} is not valid: {policy.problems[0]}" if policy.problems else None
            if problem and not policy.statements:
                self.open.append(problem)
            self._policies.append((index, problem, policy))

    def rows(self, action: str) -> list[_Row]:
        """The statements about an action, given in lower case."""
        found = self._rows.get(action)
        if found is None:
            found = [
                self._row(index, position, statement, problem)
                for index, problem, policy in self._policies
                for position, statement in enumerate(policy.statements)
                if statement is None or statement.concerns(action)
            ]
            if len(self._rows) < REMEMBERED_ACTIONS:
                self._rows[action] = found
        return found

    def _row(self, index: int, position: int, statement: Statement | None, problem: str | None) -> _Row:
        traces = () if statement is None else (_Trace(self.name, index, position, statement, "applies", None),)
        return _Row(statement, problem, _Term(True, self.name, traces))


def _levels(kind: PolicyKind, source: object) -> list[_Layer]:
    if not isinstance(source, list):
        return [] if source is None else [_Layer(kind, source)]
    levels: list[_Layer] = []
    for level in source:
        levels.append(_Layer(kind, level, first_index=sum(above.count for above in levels)))
    return levels


class _Question:
    """A request put to layer after layer."""

    def __init__(self, request: Request, every: Request | None, principal: Principal, has_boundary: bool) -> None:
        self._request = request
        self._every = every
        """The same, if the resource may mean all that it covers as a pattern."""
        self._principal = principal
        self._has_boundary = has_boundary

    def layer(self, layer: _Layer) -> _Answer:
        if not layer.present:
            return layer.unanswered
        name = layer.name
        denies: list[_Term] = []
        allows: list[tuple[Strength, _Term]] = []
        misses: list[tuple[_Trace, str]] = []

        def anything(cause: str) -> None:
            term = _Term(None, name, causes=(cause,))
            denies.append(term)
            allows.extend((strength, term) for strength in Strength)

        for cause in layer.open:
            anything(cause)
        for statement, problem, applied in layer.rows(self._request.action):
            if statement is None:
                anything(problem or name)
                continue
            truth, failed, causes = statement.applies(self._request)
            if truth is False and self._every and not statement.allows:
                # Written literally the Deny misses the resource, but it may speak of a part of what is meant.
                truth, failed, causes = statement.applies(self._every)
            if truth and problem:
                truth, causes = None, (problem,)
            matches = self._matches(statement) if truth is not False else ()
            for strength, matched in matches:
                term = applied
                if not (truth and matched):
                    because = causes if matched else (*causes, f"whether policies.{name} names the principal")
                    term = _Term(None, name, (applied.traces[0]._replace(outcome="unknown"),), because)
                if not statement.allows:
                    denies.append(term)
                elif strength is Strength.EVERYONE and statement.tests_principal_arn:
                    allows.append((Strength.DIRECT, term))
                else:
                    allows.append((strength, term))
            if not matches and statement.allows and len(misses) < NEAR_MISSES:
                misses.append((applied.traces[0], failed or "principal"))

        if allows:
            no_allow = layer.unanswered.deny
            allow = _any([term for _, term in allows])
        else:
            traces = tuple(trace._replace(outcome="almost", reason=reason) for trace, reason in misses)
            no_allow = allow = _Term(False, name, traces)
        grants = layer.unanswered.grants
        if layer.names_principals:
            grants = dict.fromkeys(Strength, no_allow)
            for strength in {strength for strength, _ in allows}:
                grants[strength] = _any([term for kind, term in allows if kind is strength])
        return _Answer(_any(denies) if denies else layer.unanswered.deny, allow, grants)

    def _matches(self, statement: Statement) -> Sequence[tuple[Strength, Truth]]:
        """How the statement names the principal; empty if it does not."""
        if statement.principal is None:
            return _WHOEVER_HOLDS_THE_POLICY
        matches = statement.principal.matches(self._principal, self._has_boundary)
        return [match for match in matches if match[1] is not False]


_WHOEVER_HOLDS_THE_POLICY: Sequence[tuple[Strength, Truth]] = ((Strength.DIRECT, True),)


@lru_cache(maxsize=1024)
def _parse_principal(text: str) -> Principal:
    return Principal.parse(text)


def _unique(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))
