"""Put a policy on a role: shown first, under a name of our own, and taken back with one call.

Nothing that is there is replaced or detached: the name of an inline policy comes from its content, so another content
is another policy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from difflib import ndiff
from typing import Any, Literal

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .generate import policy_name_of
from .holder_policies import managed_policy
from .lint import lint
from .models import (
    ApplyPlan,
    ApplyPlanRequest,
    ApplyRequest,
    ApplyResult,
    CheckRequest,
    DiffLine,
    Document,
    RecentChange,
)
from .own_rights import why_it_widens
from .preflight_request import check_one
from .principal import Kind, Principal
from .propagation import changed
from .remembered import forget
from .sight import Looked, look
from .undo_store import Applied, UndoStore

_WRITES: dict[str, str] = {"inline": "iam:PutRolePolicy", "attach": "iam:AttachRolePolicy"}


def plan(session: AwsSession, wanted: ApplyPlanRequest) -> ApplyPlan:
    """What applying would change, and why it cannot be applied, if so. Changes nothing.

    Permissions: `iam:GetRolePolicy`, or for a managed policy `iam:ListAttachedRolePolicies`, `iam:GetPolicy` and
    `iam:GetPolicyVersion`; without them the plan is refused, since it could not show what is there.
    Raises InvalidRequest for an ARN that is not of a role of the caller's account.
    """
    name = _role_name(session, wanted.role_arn)
    if wanted.kind == "inline":
        after = wanted.document or {}
        policy_name = policy_name_of(after)
        before: Looked[Document | None] = look("iam:GetRolePolicy", lambda: _inline(session, name, policy_name))
    else:
        policy_arn = wanted.policy_arn or ""
        policy_name = policy_arn.rsplit("/", 1)[-1]
        read = look("iam:GetPolicyVersion", lambda: managed_policy(session, policy_arn))
        after = read.value or {}
        before = look("iam:ListAttachedRolePolicies", lambda: after if _attached(session, name, policy_arn) else None)
        if read.error is not None:
            before = Looked(read.action, None, read.error)
    refused, denied_action = _why_not(session, wanted, name, after)
    if before.error is not None and refused is None:
        refused = f"What the role has now cannot be seen: {before.error}"
        denied_action = before.action if before.can == "no" else None
    if before.value is not None and refused is None:
        refused = "The role has this policy already."
    return ApplyPlan(
        role_arn=wanted.role_arn,
        role_name=name,
        kind=wanted.kind,
        policy_name=policy_name,
        policy_arn=wanted.policy_arn,
        before=before.value,
        after=after,
        diff=list(_diff(before.value, after)),
        refused=refused,
        denied_action=denied_action,
    )


def apply(session: AwsSession, wanted: ApplyRequest, store: UndoStore) -> ApplyResult:
    """Apply what a plan showed.

    Permission: `iam:PutRolePolicy`, or `iam:AttachRolePolicy` for a managed policy, and those of the plan.
    Raises PreconditionFailed where the typed name is not the role's, Conflict where the role changed since the plan,
    InvalidRequest for what the plan refuses, AccessDenied where AWS does.
    """
    planned = plan(session, ApplyPlanRequest(**wanted.model_dump(exclude={"before", "confirm"})))
    if wanted.confirm != planned.role_name:
        raise SmextError(
            ErrorCode.PRECONDITION_FAILED, f"To change the role {planned.role_name}, type its name to confirm."
        )
    if planned.before != wanted.before:
        raise SmextError(ErrorCode.CONFLICT, "The role changed since the plan was made. Look at a new plan first.")
    if planned.refused is not None:
        code = ErrorCode.ACCESS_DENIED if planned.denied_action else ErrorCode.INVALID_REQUEST
        raise SmextError(code, planned.refused, action=planned.denied_action, resource=planned.role_arn)
    applied = Applied(
        role_arn=planned.role_arn,
        kind=planned.kind,
        policy_name=planned.policy_name,
        policy_arn=planned.policy_arn,
        document=planned.after,
        at=datetime.now(timezone.utc),
    )
    # Kept before the change: whatever happens then, it can be taken back.
    token = store.add(applied)
    try:
        _write(session, planned)
    except ClientError as error:
        store.remove(token)
        raise from_aws(error, resource=planned.role_arn) from error
    return _result(session, applied, "applied", token)


def undo(session: AwsSession, token: str, store: UndoStore) -> ApplyResult:
    """Take back what was applied with this token; a policy that somebody changed since is left alone.

    Permission: `iam:DeleteRolePolicy` and `iam:GetRolePolicy`, or `iam:DetachRolePolicy`.
    Raises NotFound for an unknown token, and Conflict where the policy is no longer what was applied.
    """
    applied = store.get(token)
    name = _role_name(session, applied.role_arn)
    iam = session.client("iam")
    try:
        if applied.kind == "attach":
            iam.detach_role_policy(RoleName=name, PolicyArn=applied.policy_arn)
        elif _inline(session, name, applied.policy_name) != applied.document:
            raise SmextError(
                ErrorCode.CONFLICT,
                f"The policy {applied.policy_name} of {name} is no longer what was applied from here; it stays.",
            )
        else:
            iam.delete_role_policy(RoleName=name, PolicyName=applied.policy_name)
    except ClientError as error:
        raise from_aws(error, resource=applied.role_arn) from error
    store.remove(token)
    return _result(session, applied, "undone", None)


def _role_name(session: AwsSession, arn: str) -> str:
    try:
        role = Principal.parse(arn)
    except ValueError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, str(error)) from error
    if role.kind is not Kind.ROLE:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{arn} is not a role.")
    account = session.identity().account
    if role.account != account:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"{arn} is a role of another account; from here only roles of {account} can be changed.",
            hint="Send an administrator of that account the packet instead.",
        )
    return role.name


def _why_not(
    session: AwsSession, wanted: ApplyPlanRequest, name: str, document: Document
) -> tuple[str | None, str | None]:
    """Why it is refused, and the IAM action whose lack is the reason, if it is one."""
    if ":role/aws-service-role/" in wanted.role_arn or name.startswith("AWSReservedSSO_"):
        return "AWS manages this role; nobody can put a policy on it here.", None
    if widens := why_it_widens(document):
        return f"{widens} Somebody else has to look at such a policy.", None
    if wanted.kind == "inline":
        defects = [each for each in lint(json.dumps(document), "identity").findings if each.severity == "error"]
        if defects:
            return f"The policy has a defect: {defects[0].message}", None
    action = _WRITES[wanted.kind]
    context: dict[str, Any] = {"iam:PolicyARN": wanted.policy_arn} if wanted.kind == "attach" else {}
    check = check_one(session, CheckRequest(action=action, resource=wanted.role_arn, context=context)).check
    if check.answer == "denied":
        return f"These credentials may not change the role: {check.evidence[0].detail}", action
    return None, None


def _inline(session: AwsSession, role: str, policy: str) -> Document | None:
    iam = session.client("iam")
    try:
        document: Document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    except iam.exceptions.NoSuchEntityException:
        # Of role and policy, either may be what does not exist.
        found = look("iam:GetRole", lambda: iam.get_role(RoleName=role))
        if found.error is not None and found.error.code is ErrorCode.NOT_FOUND:
            raise
        return None
    return document


def _attached(session: AwsSession, role: str, policy_arn: str) -> bool:
    pages = session.client("iam").get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return any(policy["PolicyArn"] == policy_arn for page in pages for policy in page["AttachedPolicies"])


def _write(session: AwsSession, planned: ApplyPlan) -> None:
    iam = session.client("iam")
    if planned.kind == "attach":
        iam.attach_role_policy(RoleName=planned.role_name, PolicyArn=planned.policy_arn)
        return
    text = json.dumps(planned.after)
    iam.put_role_policy(RoleName=planned.role_name, PolicyName=planned.policy_name, PolicyDocument=text)


def _result(
    session: AwsSession, applied: Applied, state: Literal["applied", "undone"], token: str | None
) -> ApplyResult:
    forget(session)
    change: RecentChange = changed(applied.role_arn, applied.policy_name)
    return ApplyResult(
        role_arn=applied.role_arn,
        policy_name=applied.policy_name,
        state=state,
        applied_at=change.changed_at,
        propagation_until=change.propagation_until,
        undo_token=token,
    )


_CHANGES: dict[str, Literal["same", "added", "removed"]] = {" ": "same", "+": "added", "-": "removed"}


def _diff(before: Document | None, after: Document) -> Iterator[DiffLine]:
    old = json.dumps(before, indent=2).splitlines() if before is not None else []
    for line in ndiff(old, json.dumps(after, indent=2).splitlines()):
        if line[0] in _CHANGES:
            yield DiffLine(change=_CHANGES[line[0]], text=line[2:])
