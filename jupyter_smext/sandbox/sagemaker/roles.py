"""The check that SageMaker makes of an execution role before it accepts a request."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.errors import ValidationException
from jupyter_smext.sandbox.own_clients import OwnClients

_SERVICE = "sagemaker.amazonaws.com"


def require_assumable(clients: OwnClients, region: str, role_arn: str) -> None:
    """Raises :class:`ValidationException` unless the role exists and its trust policy lets SageMaker assume it."""
    name = role_arn.rpartition("/")[2]
    try:
        role = clients.get("iam", region).get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        role = None
    if role is None or role["Arn"] != role_arn or not _trusts_sagemaker(role["AssumeRolePolicyDocument"]):
        raise ValidationException(
            f"Could not assume role {role_arn}. Please ensure that the role exists and allows principal "
            f"'{_SERVICE}' to assume the role."
        )


def _trusts_sagemaker(policy: dict[str, Any]) -> bool:
    return any(
        statement.get("Effect") == "Allow"
        and {"sts:AssumeRole", "sts:*", "*"} & set(_as_list(statement.get("Action")))
        and _SERVICE in _services(statement.get("Principal"))
        for statement in _as_list(policy.get("Statement"))
    )


def _services(principal: Any) -> list[str]:
    return _as_list(principal.get("Service")) if isinstance(principal, dict) else []


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
