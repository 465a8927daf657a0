"""What calls of IAM and STS need.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.authorization.authorizer import Authorizer, Permission
from jupyter_smext.sandbox.authorization.iam_documents import Document, IamDocuments
from jupyter_smext.sandbox.authorization.principals import Principals
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Response


class IamAuthorization:
    """Decides on calls of IAM, and on who may assume which role."""

    def __init__(self, authorizer: Authorizer, principals: Principals, documents: IamDocuments) -> None:
        self._authorizer = authorizer
        self._principals = principals
        self._documents = documents

    def require_known(self, caller: Caller) -> None:
        """Raises ``InvalidClientTokenId`` for credentials that are not the sandbox's."""
        self._authorizer.require_known(caller)

    def require(self, caller: Caller, operation: str, form: Mapping[str, str]) -> None:
        """Raises ``AccessDenied``."""
        context = {
            key: form[member]
            for key, member in (("iam:PolicyARN", "PolicyArn"), ("iam:PermissionsBoundary", "PermissionsBoundary"))
            if member in form
        }
        resource = self._resource(caller, form)
        self._authorizer.require(caller, [Permission(f"iam:{operation}", resource, context)])

    def assume_role(self, caller: Caller, form: Mapping[str, str], make: Callable[[], Response]) -> Response:
        """Makes a session if the policies of the caller and the role's trust policy agree to it.

        Raises ``AccessDenied`` and ``MalformedPolicyDocument``.
        """
        role = form.get("RoleArn", "")
        if not role.startswith("arn:"):
            raise AwsError("ValidationError", f"{role} is invalid")
        context = {"sts:RoleSessionName": form.get("RoleSessionName", "")}
        if "ExternalId" in form:
            context["sts:ExternalId"] = form["ExternalId"]
        if not caller.is_sandbox:
            permission = Permission("sts:AssumeRole", role, context)
            self._authorizer.require(caller, [permission], self._trust_policy(role))
        policies = self._session_policies(form)
        response = make()
        if response.status == 200:
            self._principals.learn(policies, response)
        return response

    def _trust_policy(self, role: str) -> Document | None:
        try:
            entity = self._documents.role(role.rpartition("/")[2])
        except AwsError:
            return None
        return entity.trust if entity.arn == role else None

    def _session_policies(self, form: Mapping[str, str]) -> list[Document]:
        policies: list[Document] = []
        if "Policy" in form:
            try:
                policies.append(json.loads(form["Policy"]))
            except ValueError:
                raise AwsError("MalformedPolicyDocument", "The session policy is not valid JSON.") from None
        number = 1
        while arn := form.get(f"PolicyArns.member.{number}.arn"):
            policies.append(self._documents.managed(arn))
            number += 1
        return policies

    def _resource(self, caller: Caller, form: Mapping[str, str]) -> str:
        if "RoleName" in form:
            return self._arn_of(caller, "role", form["RoleName"])
        if "UserName" in form:
            return self._arn_of(caller, "user", form["UserName"])
        arn = form.get("PolicySourceArn") or form.get("PolicyArn", "")
        return arn if arn.startswith("arn:") else "*"

    def _arn_of(self, caller: Caller, kind: str, name: str) -> str:
        try:
            return (self._documents.role if kind == "role" else self._documents.user)(name).arn
        except AwsError:
            # It is not there yet.
            return f"arn:{partition(caller.region)}:iam::{ACCOUNT_ID}:{kind}/{name}"
