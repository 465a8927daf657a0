"""The users and roles of the sandbox with the policies that speak for them, as moto keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.account import DEFAULT_REGION
from jupyter_smext.sandbox.authorization.remembered import Remembered
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.own_clients import OwnClients

Document = dict[str, Any]


@dataclass(frozen=True)
class Entity:
    """A user or a role."""

    arn: str
    policies: list[Document]
    """Inline and attached; those of a user's groups as well."""
    boundary: Document | None
    trust: Document | None
    """Of a role: who may assume it."""
    tags: Mapping[str, str] = field(default_factory=dict)


class IamDocuments:
    """Reads them once, and again after :meth:`forget`."""

    def __init__(self, clients: OwnClients) -> None:
        self._clients = clients
        self._roles = Remembered(self._read_role)
        self._users = Remembered(self._read_user)
        self._keys = Remembered(self._read_key)
        self._managed = Remembered(self._read_managed)

    def role(self, name: str) -> Entity:
        """Raises ``NoSuchEntity``."""
        return self._roles.get(name)

    def user(self, name: str) -> Entity:
        """Raises ``NoSuchEntity``."""
        return self._users.get(name)

    def user_of_key(self, access_key: str) -> str | None:
        """The name of the user whose access key this is."""
        return self._keys.get(access_key)

    def managed(self, arn: str) -> Document:
        """The policy in its default version. Raises ``NoSuchEntity``."""
        return self._managed.get(arn)

    def forget(self) -> None:
        """Something in IAM changed."""
        for remembered in (self._roles, self._users, self._keys, self._managed):
            remembered.forget()

    @property
    def _iam(self) -> Any:
        return self._clients.get("iam", DEFAULT_REGION)

    def _read_role(self, name: str) -> Entity:
        iam = self._iam
        try:
            role = iam.get_role(RoleName=name)["Role"]
            inline = [
                iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
            ]
            attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        except ClientError as error:
            raise _as_answered(error) from None
        return self._entity(role, inline, attached)

    def _read_user(self, name: str) -> Entity:
        iam = self._iam
        try:
            user = iam.get_user(UserName=name)["User"]
            inline = [
                iam.get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"]
                for policy in iam.list_user_policies(UserName=name)["PolicyNames"]
            ]
            attached = iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]
            for group in (group["GroupName"] for group in iam.list_groups_for_user(UserName=name)["Groups"]):
                inline += [
                    iam.get_group_policy(GroupName=group, PolicyName=policy)["PolicyDocument"]
                    for policy in iam.list_group_policies(GroupName=group)["PolicyNames"]
                ]
                attached += iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]
        except ClientError as error:
            raise _as_answered(error) from None
        return self._entity(user, inline, attached)

    def _entity(self, described: Document, inline: list[Document], attached: list[Document]) -> Entity:
        boundary = described.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return Entity(
            arn=described["Arn"],
            policies=[*inline, *(self.managed(policy["PolicyArn"]) for policy in attached)],
            boundary=self.managed(boundary) if boundary else None,
            trust=described.get("AssumeRolePolicyDocument"),
            tags={tag["Key"]: tag["Value"] for tag in described.get("Tags", [])},
        )

    def _read_key(self, access_key: str) -> str | None:
        try:
            name: str = self._iam.get_access_key_last_used(AccessKeyId=access_key)["UserName"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchEntity", "AccessDenied"):
                return None
            raise
        return name

    def _read_managed(self, arn: str) -> Document:
        try:
            version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            policy = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        except ClientError as error:
            raise _as_answered(error) from None
        document: Document = policy["Document"]
        return document


def _as_answered(error: ClientError) -> AwsError:
    details = error.response["Error"]
    return AwsError(details["Code"], details["Message"], error.response["ResponseMetadata"]["HTTPStatusCode"])
