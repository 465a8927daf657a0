"""Policy documents, compiled once: which statements concern a request, and whether each one applies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .arn import ArnPattern
from .conditions import Condition
from .context import Context
from .principal import PrincipalElement
from .truth import Truth, negate
from .variables import PolicyText, UnresolvedVariable
from .wildcard import Token, compile_glob, tokenize


class PolicyKind(Enum):
    """Where a policy is attached, which decides the elements that it may hold."""

    IDENTITY = "identity"
    PERMISSIONS_BOUNDARY = "permissions_boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"
    VPC_ENDPOINT = "vpc_endpoint"

    @property
    def names_principals(self) -> bool:
        return self in (PolicyKind.RESOURCE, PolicyKind.RCP, PolicyKind.VPC_ENDPOINT)


@dataclass(frozen=True)
class Request:
    """What is asked for; `action` in lower case."""

    action: str
    resource: str
    context: Context
    resources: list[Token] | None = None
    """The tokens of `resource`, if it is a pattern and the answer must hold for all that it covers."""


class Applies(NamedTuple):
    """Whether a statement applies to a request, the element that failed, and what would settle an open answer."""

    truth: Truth
    failed: str | None = None
    causes: tuple[str, ...] = ()


_APPLIES = Applies(True)
_OTHER_RESOURCE = Applies(False, "resource")


VERSIONS = ("2012-10-17", "2008-10-17")
STATEMENT_ELEMENTS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)


class Statement:
    """One statement. Raises ValueError if AWS would not accept it, or its meaning is not known."""

    def __init__(self, source: object, kind: PolicyKind, variables: bool) -> None:
        if not isinstance(source, Mapping):
            raise ValueError("a statement must be an object")
        unknown = sorted(set(source) - STATEMENT_ELEMENTS)
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not an element of a statement")
        if source.get("Effect") not in ("Allow", "Deny"):
            raise ValueError("Effect must be Allow or Deny")
        self.allows = source["Effect"] == "Allow"
        sid = source.get("Sid")
        self.sid = sid if isinstance(sid, str) else None

        name, actions = _one_of(source, "Action")
        self._action_negated = name == "NotAction"
        self._actions, self._action_globs = _compile_actions(actions)

        self._resource_negated = "NotResource" in source
        self._resources: list[_Resource] | None = None
        if "Resource" in source or "NotResource" in source:
            self._resources = [_Resource(text, variables) for text in _one_of(source, "Resource")[1]]
        elif kind is not PolicyKind.RESOURCE or not _about_one_resource(actions):
            raise ValueError("Resource is missing")

        self.principal = _principal(source, kind)
        self.conditions = _conditions(source.get("Condition", {}), variables)
        self.tests_principal_arn = any(condition.key.lower() == "aws:principalarn" for condition in self.conditions)

    def concerns(self, action: str) -> bool:
        """Whether the statement is about an action, given in lower case."""
        named = action in self._actions or any(glob.fullmatch(action) for glob in self._action_globs)
        return named is not self._action_negated

    def applies(self, request: Request) -> Applies:
        """Whether resource and conditions match. The action must have been asked about with `concerns`."""
        causes: list[str] = []
        truth = self._matches_resource(request, causes)
        if truth is False:
            return _OTHER_RESOURCE
        for condition in self.conditions:
            met = condition.evaluate(request.context, causes)
            if met is False:
                return Applies(False, f"condition {condition.operator} {condition.key}")
            truth = truth if met else None
        return _APPLIES if truth else Applies(None, None, tuple(causes))

    def _matches_resource(self, request: Request, causes: list[str]) -> Truth:
        if self._resources is None:
            return True
        matched: Truth = False
        unresolved = False
        for resource in self._resources:
            try:
                truth = resource.matches(request)
            except UnresolvedVariable as error:
                # In Resource, a text that cannot match whatever the variable holds is no match in any reading.
                truth = None if self._resource_negated or resource.could_match(request) else False
                if truth is None:
                    unresolved = True
                    causes.append(error.key)
            if truth:
                matched = True
            elif truth is None and matched is False:
                matched = None
        if unresolved:
            return None
        if matched is None:
            causes.append(f"whether a Resource pattern means {request.resource}")
        return negate(matched) if self._resource_negated else matched


class _Resource:
    def __init__(self, text: str, variables: bool) -> None:
        if text != "*" and not text.startswith("arn:"):
            raise ValueError(f"the resource {text!r} is neither an ARN nor *")
        self._text = PolicyText(text, variables)
        if variables and "${" in ":".join(text.split(":", 5)[:5]):
            raise ValueError(f"{text!r} has a policy variable before the resource part of the ARN")
        self._fixed = None if self._text.variables else ArnPattern(self._text.tokens(Context({})))

    def matches(self, request: Request) -> Truth:
        if self._fixed is not None and request.resources is None:
            return self._fixed.matches_resource(request.resource)
        return _matches(self._fixed or ArnPattern(self._text.tokens(request.context)), request)

    def could_match(self, request: Request) -> bool:
        return _matches(ArnPattern(self._text.tokens_with_open_variables()), request) is not False


def _matches(pattern: ArnPattern, request: Request) -> Truth:
    if request.resources is None:
        return pattern.matches_resource(request.resource)
    return pattern.matches_all(request.resources)


class Policy:
    """A compiled document. `problems` tells why AWS would refuse it; none of its statements can then be relied on."""

    def __init__(self, document: object, kind: PolicyKind) -> None:
        self.kind = kind
        self.problems: list[str] = []
        self.statements: list[Statement | None] = []
        """None stands for a statement that could not be read."""
        if not isinstance(document, Mapping):
            self.problems.append("the policy is not a JSON object")
            return
        unknown = sorted(set(document) - {"Version", "Id", "Statement"})
        if unknown:
            self.problems.append(f"{unknown[0]!r} is not an element of a policy")
        version = document.get("Version", "2008-10-17")
        if version not in VERSIONS:
            self.problems.append(f"Version {version!r} does not exist")
        if "Statement" not in document:
            self.problems.append("Statement is missing")
        statements = document.get("Statement", [])
        for index, source in enumerate(statements if isinstance(statements, list) else [statements]):
            try:
                self.statements.append(Statement(source, kind, variables=version == "2012-10-17"))
            except ValueError as error:
                self.statements.append(None)
                self.problems.append(f"Statement[{index}]: {error}")


def _one_of(source: Mapping[str, object], name: str) -> tuple[str, list[str]]:
    """The element `name` or its negated twin, as a list of texts."""
    present = [element for element in (name, f"Not{name}") if element in source]
    if len(present) != 1:
        raise ValueError(f"exactly one of {name} and Not{name} is needed")
    return present[0], _texts(source[present[0]], present[0])


def _texts(value: object, element: str) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = [item for item in items if isinstance(item, str) and item]
    if not texts or len(texts) < len(items):
        raise ValueError(f"{element} must be a text or a list of texts")
    return texts


def _compile_actions(patterns: Sequence[str]) -> tuple[frozenset[str], list[re.Pattern[str]]]:
    exact: set[str] = set()
    globs: list[re.Pattern[str]] = []
    for pattern in patterns:
        service, colon, name = pattern.lower().partition(":")
        if pattern != "*" and (not colon or not name or ("*" in service and pattern != "*:*") or "?" in service):
            raise ValueError(f"{pattern!r} is not an action such as s3:GetObject")
        if "*" in pattern or "?" in pattern:
            globs.append(compile_glob(tokenize(pattern.lower())))
        else:
            exact.add(pattern.lower())
    return frozenset(exact), globs


def _about_one_resource(actions: Sequence[str]) -> bool:
    """Trust policies and ECR repository policies belong to one role or repository and name no resource.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    return all(action.lower().startswith(("sts:", "ecr:")) or action == "*" for action in actions)


def _principal(source: Mapping[str, object], kind: PolicyKind) -> PrincipalElement | None:
    if not kind.names_principals:
        if "Principal" in source or "NotPrincipal" in source:
            raise ValueError("Principal does not belong into this kind of policy")
        return None
    present = [element for element in ("Principal", "NotPrincipal") if element in source]
    if len(present) != 1:
        raise ValueError("exactly one of Principal and NotPrincipal is needed")
    principal = PrincipalElement(source[present[0]], negated=present[0] == "NotPrincipal")
    if kind is PolicyKind.RCP and (principal.negated or not principal.everyone):
        raise ValueError("Principal must be * in a resource control policy")
    return principal


def _conditions(block: object, variables: bool) -> list[Condition]:
    if not isinstance(block, Mapping):
        raise ValueError("Condition must be an object")
    conditions: list[Condition] = []
    for operator, keys in block.items():
        if not isinstance(keys, Mapping):
            raise ValueError(f"{operator} must map condition keys to values")
        conditions.extend(Condition(operator, key, values, variables) for key, values in keys.items())
    return conditions
