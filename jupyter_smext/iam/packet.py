"""One packet for whoever can fix it: what is wrong, each policy in every form, and the evidence. Asks nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from .arn import account_of
from .evidence import missing_an_allow
from .generate import policy_for, policy_name_of, trust_policy
from .models import (
    AdminPacket,
    CheckReport,
    Document,
    Evidence,
    Explanation,
    FixOwner,
    PacketItem,
    PacketRequest,
    PacketTarget,
    PreflightReport,
    Requirement,
)
from .packet_formats import Target, cli, cloudformation, terraform
from .preflight import container_of
from .principal import Kind, Principal

_CARRIERS: dict[str, PacketTarget] = {"s3": "bucket", "kms": "key", "ecr": "repository"}
_NO_ALLOW_HELPS = ("boundary", "session", "scp", "rcp", "vpc_endpoint")


def packet(request: PacketRequest) -> AdminPacket:
    """The packet for what a preflight found missing, for one explained error, or for a policy as somebody wrote it.

    Raises InvalidRequest where none of them is given, or a policy without the role that it is for.
    """
    explanation = request.explanation
    if request.document is not None:
        return _of_document(request.document, request.role_arn)
    if not request.requirements and explanation is None:
        raise SmextError(ErrorCode.INVALID_REQUEST, "Give the requirements that are missing, or an explained error.")
    needed = list(request.requirements)
    if not needed and explanation is not None:
        needed = _of_explanation(explanation, request.role_arn)
    of_resource = explanation is not None and explanation.layer == "resource"
    items = list(_items(needed, request.role_arn, of_resource))
    words = _explanation(needed, items, explanation)
    evidence = [_line(entry) for entry in request.evidence]
    return AdminPacket(explanation=words, items=items, evidence=evidence, markdown=_markdown(words, items, evidence))


def _of_document(document: Document, role_arn: str | None) -> AdminPacket:
    if role_arn is None:
        raise SmextError(ErrorCode.INVALID_REQUEST, "Name the role that the policy is for.")
    item = _item(Target("role", role_arn), document, "The role is to hold this policy.", "iam_admin")
    words = f"The role {role_arn} needs one more policy."
    return AdminPacket(explanation=words, items=[item], evidence=[], markdown=_markdown(words, [item], []))


def request_of(found: dict[str, Any]) -> PacketRequest:
    """The packet's request for the JSON of a preflight, a check or an explanation.

    Raises pydantic's ValidationError for anything else.
    """
    if "checks" in found:
        checks = PreflightReport.model_validate(found).checks
    elif "check" in found:
        checks = [CheckReport.model_validate(found).check]
    else:
        return PacketRequest(explanation=Explanation.model_validate(found))
    gaps = [check for check in checks if missing_an_allow(check)]
    if not gaps:
        raise SmextError(ErrorCode.INVALID_REQUEST, "Nothing in it is denied for want of an Allow.")
    return PacketRequest(
        requirements=[check.requirement for check in gaps],
        evidence=[entry for check in gaps for entry in check.evidence if entry.answer == "denied"],
    )


def _of_explanation(explanation: Explanation, role_arn: str | None) -> list[Requirement]:
    """The requirement that an error names, if an Allow can help with it at all."""
    principal = explanation.principal or role_arn
    hopeless = explanation.layer in _NO_ALLOW_HELPS or explanation.effect == "explicit"
    if explanation.kind != "iam" or hopeless or not (explanation.action and principal):
        return []
    return [
        Requirement(
            subject="sagemaker" if explanation.layer == "trust" else "caller",
            principal=principal,
            action=explanation.action,
            resource=explanation.resource or "*",
            resource_account=account_of(explanation.resource or ""),
            when="call",
            reason="the call that was refused",
            field="",
        )
    ]


def _items(needed: Sequence[Requirement], role_arn: str | None, of_resource: bool) -> Iterator[PacketItem]:
    holders: dict[str, list[Requirement]] = {}
    carriers: dict[Target, list[Requirement]] = {}
    for need in needed:
        if need.subject == "sagemaker":
            target = Target("trust", need.resource)
            why = "SageMaker must be allowed to assume the role."
            yield _item(target, trust_policy(), why, "iam_admin")
            continue
        holder = role_arn or _role_of(need.principal)
        if holder and not of_resource:
            holders.setdefault(holder, []).append(need)
        if carrier := _carrier(need, of_resource):
            carriers.setdefault(carrier, []).append(need)
    for arn, needs in holders.items():
        reasons = ", ".join(dict.fromkeys(need.reason for need in needs))
        yield _item(Target("role", arn), policy_for(needs), f"The role needs it to: {reasons}.", "iam_admin")
    for target, needs in carriers.items():
        who = ", ".join(dict.fromkeys(str(_role_of(need.principal)) for need in needs))
        why = f"The owner of the {target.kind} must allow {who} too."
        yield _item(target, _resource_policy(target, needs), why, "resource_owner")


def _item(target: Target, document: Document, why: str, owner: FixOwner) -> PacketItem:
    name = policy_name_of(document)
    return PacketItem(
        target=target.kind,
        resource=target.arn,
        why=why,
        owner=owner,
        document=document,
        policy_json=json.dumps(document, indent=2),
        terraform=terraform(target, document, name),
        cloudformation=cloudformation(target, document, name),
        cli=cli(target, document, name),
    )


def _role_of(principal: str | None) -> str | None:
    """The role behind a session, whose path is not known; the principal itself if it is a role."""
    if principal is None:
        return None
    try:
        parsed = Principal.parse(principal)
    except ValueError:
        return None
    if parsed.kind is Kind.SESSION:
        return f"arn:{parsed.partition}:iam::{parsed.account}:role/{parsed.name}"
    return principal if parsed.kind is Kind.ROLE else None


def _carrier(need: Requirement, of_resource: bool) -> Target | None:
    """What must allow it too: a resource of another account, or one whose policy an error named."""
    container = container_of(need)
    kind = _CARRIERS.get(need.action.partition(":")[0])
    elsewhere = need.resource_account is not None and need.resource_account != account_of(need.principal or "")
    return Target(kind, container) if kind and container and (elsewhere or of_resource) else None


def _resource_policy(target: Target, needs: Sequence[Requirement]) -> Document:
    statements = []
    for statement in policy_for(needs)["Statement"]:
        principals = list(dict.fromkeys(role for need in needs if (role := _role_of(need.principal))))
        allowed: dict[str, Any] = {**statement, "Principal": {"AWS": principals}}
        if target.kind == "repository":
            del allowed["Resource"]  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
        elif target.kind == "key":
            allowed["Resource"] = "*"  # in a key policy: this key
        statements.append(allowed)
    return {"Version": "2012-10-17", "Statement": statements}


def _explanation(needed: Sequence[Requirement], items: Sequence[PacketItem], explanation: Explanation | None) -> str:
    parts = [explanation.explanation] if explanation else []
    refused_at_call = [need for need in needed if need.when == "call"]
    fails_later = [need for need in needed if need.when == "run"]
    if not explanation and refused_at_call:
        parts.append(f"The request is refused for want of: {_listed(refused_at_call)}.")
    if not explanation and fails_later:
        parts.append(f"The job would start and fail for want of: {_listed(fails_later)}.")
    if explanation and not items:
        parts += explanation.steps
    return "\n".join(parts)


def _listed(needed: Sequence[Requirement]) -> str:
    return "; ".join(dict.fromkeys(f"{need.action} on {need.resource} ({need.reason})" for need in needed))


def _line(entry: Evidence) -> str:
    request = f", request id {entry.request_id}" if entry.request_id else ""
    return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC, {entry.source}{request}: {entry.detail}"


def _markdown(explanation: str, items: Sequence[PacketItem], evidence: Sequence[str]) -> str:
    lines = ["# A permission is missing", "", explanation, ""]
    for item in items:
        lines += [f"## {item.target.title()} `{item.resource}`", "", item.why, ""]
        forms = (
            ("json", "Policy", item.policy_json),
            ("sh", "AWS CLI", item.cli),
            ("hcl", "Terraform", item.terraform),
            ("yaml", "CloudFormation", item.cloudformation),
        )
        for language, title, text in forms:
            lines += [f"{title}:", "", f"```{language}", text.rstrip("\n"), "```", ""]
    if evidence:
        lines += ["## Evidence", "", *(f"- {line}" for line in evidence), ""]
    return "\n".join(lines)
