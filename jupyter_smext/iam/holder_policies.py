"""The policies of a role or user, as far as the caller may read them.

Permissions, each of which may be missing: `iam:GetRole`, `iam:ListRolePolicies`, `iam:GetRolePolicy`,
`iam:ListAttachedRolePolicies`, `iam:GetPolicy`, `iam:GetPolicyVersion`; for a user `iam:GetUser`,
`iam:ListUserPolicies`, `iam:GetUserPolicy`, `iam:ListAttachedUserPolicies`, `iam:ListGroupsForUser`,
`iam:ListGroupPolicies`, `iam:GetGroupPolicy`, `iam:ListAttachedGroupPolicies`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from ..aws.session import AwsSession
from .models import AttachedPolicy, Document, HolderPolicies, Unreadable
from .principal import Kind, Principal
from .remembered import remembered
from .sight import Looked, look

Noun = Literal["role", "user", "group"]


def read_holder(session: AwsSession, arn: str, *, refresh: bool = False) -> HolderPolicies | None:
    """What can be read of the role or user behind an ARN; None for whoever holds no policies, like the root user.

    A role of another account is unknown throughout: IAM answers for the caller's own account only.
    """
    principal = Principal.parse(arn)
    if principal.kind not in (Kind.ROLE, Kind.SESSION, Kind.USER):
        return None
    if principal.account != session.identity().account:
        return _unseen(principal)
    return remembered(session, ("holder", arn), lambda: _read(session, principal), refresh=refresh)


def look_at_role(session: AwsSession, name: str) -> Looked[dict[str, Any]]:
    """The role itself, with its true path, trust policy and boundary. Permission: `iam:GetRole`."""
    return look("iam:GetRole", lambda: session.client("iam").get_role(RoleName=name)["Role"])


def managed_policy(session: AwsSession, arn: str) -> Document:
    """The default version of a managed policy. Permissions: `iam:GetPolicy`, `iam:GetPolicyVersion`."""
    iam = session.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document


def _read(session: AwsSession, principal: Principal) -> HolderPolicies:
    reader = _Reader(session)
    is_user = principal.kind is Kind.USER
    found: Looked[dict[str, Any]]
    if is_user:
        iam = session.client("iam")
        found = look("iam:GetUser", lambda: iam.get_user(UserName=principal.name)["User"])
    else:
        found = look_at_role(session, principal.name)
    holder = _unseen(principal)
    if found.value is not None:
        holder.arn, holder.path_known = found.value["Arn"], True
        boundary = found.value.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        holder.boundary_arn = boundary
        holder.permissions_boundary = reader.document(lambda: managed_policy(session, boundary)) if boundary else None
        holder.trust_policy = None if is_user else found.value["AssumeRolePolicyDocument"]
    holder.policies = reader.policies_of_user(principal.name) if is_user else reader.policies("role", principal.name)
    return holder


def _unseen(principal: Principal) -> HolderPolicies:
    arn = principal.text
    if principal.kind is Kind.SESSION:
        arn = f"arn:{principal.partition}:iam::{principal.account}:role/{principal.name}"
    return HolderPolicies(
        arn=arn,
        path_known=principal.kind is not Kind.SESSION,
        trust_policy=None if principal.kind is Kind.USER else "unknown",
        policies="unknown",
        permissions_boundary="unknown",
    )


class _Reader:
    """Reads lists of policies; a list that cannot be read is unknown, a document in a readable list is too."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self._iam = session.client("iam")

    def policies(self, noun: Noun, name: str) -> list[AttachedPolicy] | Unreadable:
        read = look("iam:List*", lambda: list(self._policies_of(noun, name)))
        return "unknown" if read.value is None else read.value

    def policies_of_user(self, name: str) -> list[AttachedPolicy] | Unreadable:
        def read() -> list[AttachedPolicy]:
            groups = self._pages("list_groups_for_user", "Groups", UserName=name)
            return [
                *self._policies_of("user", name),
                *(policy for group in groups for policy in self._policies_of("group", group["GroupName"])),
            ]

        found = look("iam:ListGroupsForUser", read)
        return "unknown" if found.value is None else found.value

    def document(self, read: Callable[[], Document]) -> Document | Unreadable:
        found = look("iam:Get*", read)
        return "unknown" if found.value is None else found.value

    def _policies_of(self, noun: Noun, name: str) -> Iterator[AttachedPolicy]:
        who = {f"{noun.title()}Name": name}
        group = name if noun == "group" else None
        get_inline = getattr(self._iam, f"get_{noun}_policy")
        for policy in self._pages(f"list_attached_{noun}_policies", "AttachedPolicies", **who):
            arn = policy["PolicyArn"]
            yield AttachedPolicy(
                name=policy["PolicyName"],
                kind="managed",
                arn=arn,
                group=group,
                document=self.document(lambda arn=arn: managed_policy(self._session, arn)),  # type: ignore[misc]
            )
        for inline in self._pages(f"list_{noun}_policies", "PolicyNames", **who):
            read = lambda inline=inline: get_inline(PolicyName=inline, **who)["PolicyDocument"]  # noqa: E731
            yield AttachedPolicy(name=inline, kind="inline", group=group, document=self.document(read))

    def _pages(self, operation: str, result: str, **arguments: str) -> Iterator[Any]:
        for page in self._iam.get_paginator(operation).paginate(**arguments):
            yield from page[result]
