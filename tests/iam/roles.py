"""Roles in the sandbox for tests, each with a name of its own."""

from __future__ import annotations

import json
import uuid
from typing import Any

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.iam.generate import trust_policy


def make_role(session: AwsSession, *documents: Any, path: str = "/", trust: Any = None, **options: Any) -> str:
    """The ARN of a new role with these inline policies."""
    name = f"role-{uuid.uuid4().hex[:10]}"
    iam = session.client("iam")
    policy = json.dumps(trust if trust is not None else trust_policy())
    arn: str = iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=policy, **options)["Role"]["Arn"]
    for index, document in enumerate(documents):
        put_policy(session, arn, f"policy-{index}", document)
    return arn


def put_policy(session: AwsSession, role_arn: str, name: str, document: Any) -> None:
    session.client("iam").put_role_policy(
        RoleName=name_of(role_arn), PolicyName=name, PolicyDocument=json.dumps(document)
    )


def name_of(role_arn: str) -> str:
    return role_arn.rsplit("/", 1)[-1]
