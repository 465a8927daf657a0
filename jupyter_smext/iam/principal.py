"""Who makes a request, and whom the Principal element of a policy names.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from .arn import Arn
from .context import NoValue, RoleArnWithoutPath, Values
from .truth import Truth

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", re.ASCII)
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{15,}", re.ASCII)


class Kind(Enum):
    USER = "IAM user"
    ROLE = "IAM role"
    SESSION = "role session"
    FEDERATED_USER = "federated user session"
    ROOT = "account root user"
    SERVICE = "AWS service"
    PROVIDER = "identity provider"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Principal:
    """The principal of a request; `name` is the friendly name without a path."""

    kind: Kind
    text: str
    partition: str = ""
    account: str = ""
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Principal:
        """From an ARN, a service name, an identity provider's ARN or host, or `*` for an anonymous caller.

        Raises ValueError.
        """
        if text in ("*", "anonymous"):
            return cls(Kind.ANONYMOUS, "*")
        if _SERVICE.fullmatch(text):
            return cls(Kind.SERVICE, text)
        arn = Arn.parse(text)
        if arn is None:
            if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?", text):
                return cls(Kind.PROVIDER, text)
            raise ValueError(f"{text!r} is not the ARN of a principal, a service name or *")
        sort, _, rest = arn.resource.partition("/")
        kind = _KINDS.get((arn.service, sort))
        if kind is None or (kind is Kind.ROOT) != (not rest) or (kind is Kind.SESSION and "/" not in rest):
            raise ValueError(f"{text!r} is not the ARN of a user, role, session, root user or identity provider")
        if kind is Kind.PROVIDER:
            return cls(kind, text)
        if not _ACCOUNT.fullmatch(arn.account):
            raise ValueError(f"{text!r} does not name a 12-digit account")
        name = rest.split("/")[0] if kind is Kind.SESSION else rest.rsplit("/", 1)[-1]
        return cls(kind, text, arn.partition, arn.account, name)

    @property
    def has_identity_policies(self) -> bool:
        """Users, roles and their sessions; the root user may do everything and can hold no policy."""
        return self.kind in (Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER)

    @property
    def service_linked(self) -> Truth:
        """Whether it is a service-linked role, which no SCP restricts. A session ARN hides the path that would tell.

        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
        """
        if self.kind is Kind.ROLE:
            return ":role/aws-service-role/" in self.text
        return None if self.kind is Kind.SESSION and self.name.startswith("AWSServiceRoleFor") else False

    @cached_property
    def context(self) -> Mapping[str, Values | NoValue]:
        """The context keys that follow from who it is.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        if self.kind is Kind.ANONYMOUS:
            return {
                "aws:principaltype": Values(["Anonymous"]),
                "aws:principalisawsservice": Values(["false"]),
                "aws:principalarn": NoValue.ABSENT,
                "aws:principalaccount": NoValue.ABSENT,
                "aws:username": NoValue.ABSENT,
            }
        if self.kind is Kind.SERVICE:
            return {
                "aws:principalisawsservice": Values(["true"]),
                "aws:principalservicename": Values([self.text]),
                "aws:username": NoValue.ABSENT,
            }
        if self.kind is Kind.PROVIDER:
            return {"aws:username": NoValue.ABSENT}
        arn = self.text
        if self.kind is Kind.SESSION:
            arn = RoleArnWithoutPath(f"arn:{self.partition}:iam::{self.account}:role/{self.name}")
        return {
            "aws:principalarn": Values([arn]),
            "aws:principalaccount": Values([self.account]),
            "aws:principaltype": Values([_TYPES[self.kind]]),
            "aws:principalisawsservice": Values(["false"]),
            "aws:username": Values([self.name]) if self.kind is Kind.USER else NoValue.ABSENT,
        }


_KINDS = {
    ("iam", "user"): Kind.USER,
    ("iam", "role"): Kind.ROLE,
    ("iam", "root"): Kind.ROOT,
    ("iam", "saml-provider"): Kind.PROVIDER,
    ("iam", "oidc-provider"): Kind.PROVIDER,
    ("sts", "assumed-role"): Kind.SESSION,
    ("sts", "federated-user"): Kind.FEDERATED_USER,
}
_TYPES = {
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
}


class Strength(Enum):
    """How a policy names the principal, which decides what else may limit the grant.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
    """

    DIRECT = "the principal itself: a user, a session, a service"
    ROLE = "the role of the session: boundary and session policies still limit it"
    EVERYONE = "all principals"
    ACCOUNT = "the account, which delegates to its identity policies"


Match = tuple[Strength, Truth]


class PrincipalElement:
    """A Principal or NotPrincipal element. Raises ValueError if AWS would not accept it."""

    def __init__(self, element: object, negated: bool) -> None:
        self.negated = negated
        self.everyone = False
        self._entries: list[tuple[str, str]] = []
        if element == "*":
            self.everyone = True
            return
        if not isinstance(element, dict) or not element:
            raise ValueError("Principal must be * or a map such as {'AWS': [...]}")
        for sort, values in element.items():
            if sort not in ("AWS", "Service", "Federated", "CanonicalUser"):
                raise ValueError(f"{sort!r} is not a kind of principal")
            for value in values if isinstance(values, list) else [values]:
                if not isinstance(value, str):
                    raise ValueError("a principal must be a text")
                self._add(sort, value)

    def _add(self, sort: str, value: str) -> None:
        if sort == "AWS" and value == "*":
            self.everyone = True
            return
        if ("*" in value or "?" in value) and (sort, value) != ("Service", "*"):
            raise ValueError(f"a wildcard cannot match part of the principal {value!r}")
        if sort == "AWS" and not (_ACCOUNT.fullmatch(value) or _UNIQUE_ID.fullmatch(value)):
            arn = Arn.parse(value)
            sort_of_arn = (arn.service, arn.resource.partition("/")[0]) if arn else ("", "")
            if sort_of_arn not in _KINDS or not arn or not _ACCOUNT.fullmatch(arn.account):
                raise ValueError(f"{value!r} does not name a principal")
        self._entries.append((sort, value))

    def matches(self, principal: Principal, has_boundary: bool) -> list[Match]:
        """Every way in which the element names the principal. `has_boundary`: it has a permissions boundary."""
        matches = [match for sort, value in self._entries for match in _match(sort, value, principal)]
        if self.everyone:
            matches.append((Strength.EVERYONE, True))
        if not self.negated:
            return matches
        return [(Strength.EVERYONE, self._excepted(principal, matches, has_boundary))]

    def _excepted(self, principal: Principal, matches: list[Match], has_boundary: bool) -> Truth:
        """NotPrincipal: whether the statement applies to this principal.

        AWS validates the account, then the role, then the session, so an exception that does not list all of them may
        not hold; and one never holds for a principal with a permissions boundary.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if not matches or (has_boundary and principal.has_identity_policies):
            return True
        named = {strength for strength, truth in matches if truth}
        needed = _LISTED_FOR_EXCEPTION.get(principal.kind, {Strength.DIRECT})
        return False if needed <= named or Strength.EVERYONE in named else None


_LISTED_FOR_EXCEPTION = {
    Kind.USER: {Strength.DIRECT, Strength.ACCOUNT},
    Kind.FEDERATED_USER: {Strength.DIRECT, Strength.ACCOUNT},
    Kind.ROLE: {Strength.ROLE, Strength.ACCOUNT},
    Kind.SESSION: {Strength.DIRECT, Strength.ROLE, Strength.ACCOUNT},
}


def _match(sort: str, value: str, principal: Principal) -> list[Match]:
    if sort == "Service":
        if principal.kind is not Kind.SERVICE:
            return []
        return [(Strength.EVERYONE, True)] if value == "*" else [(Strength.DIRECT, True)] * (value == principal.text)
    if sort == "Federated":
        return [(Strength.DIRECT, True)] * (principal.kind is Kind.PROVIDER and value == principal.text)
    if sort == "CanonicalUser":
        # S3's own id of an account; nothing in a request tells whose it is.
        return [(Strength.ACCOUNT, None)] if principal.account else []
    if value == principal.text:
        return [(Strength.DIRECT if principal.kind is not Kind.ROLE else Strength.ROLE, True)]
    if _ACCOUNT.fullmatch(value):
        return _account(principal) if value == principal.account else []
    arn = Arn.parse(value)
    if arn is None or arn.account != principal.account or arn.partition != principal.partition:
        return []
    named = _KINDS[arn.service, arn.resource.partition("/")[0]]
    rest = arn.resource.partition("/")[2]
    if named is Kind.ROOT:
        return _account(principal)
    # The name of a role is unique in its account whatever its path, which a session ARN leaves out.
    if named is Kind.ROLE and principal.kind is Kind.SESSION and rest.rsplit("/", 1)[-1] == principal.name:
        return [(Strength.ROLE, True)]
    if named is Kind.SESSION and principal.kind is Kind.ROLE and rest.split("/")[0] == principal.name:
        return [(Strength.DIRECT, None)]
    # A federated user session may stem from any user of the account.
    if named is Kind.USER and principal.kind is Kind.FEDERATED_USER:
        return [(Strength.ROLE, None)]
    return []


def _account(principal: Principal) -> list[Match]:
    return [(Strength.DIRECT if principal.kind is Kind.ROOT else Strength.ACCOUNT, True)]
