"""SimulatePrincipalPolicy and SimulateCustomPolicy for the sandbox: whether identity policies allow an action.

It reads Effect, Action, NotAction, Resource and NotResource, with wildcards, and the boundary. Conditions are
not evaluated: a Deny with one applies, an Allow with one does not, so that nothing is called allowed that may not be.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Response
from jupyter_smext.sandbox.moto_services import query_error
from jupyter_smext.sandbox.own_clients import OwnClients

OPERATIONS = ("SimulatePrincipalPolicy", "SimulateCustomPolicy")

Policy = Mapping[str, Any]


class PolicySimulation:
    """Answers the two simulation operations from the policies that moto keeps."""

    def __init__(self, clients: OwnClients) -> None:
        self._clients = clients

    def handle(self, caller: Caller, operation: str, body: bytes) -> Response:
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        boundaries: list[Policy] | None = None
        try:
            policies = [_parsed(text) for text in _members(form, "PolicyInputList")]
            if operation == "SimulatePrincipalPolicy":
                own, boundary = self._of_principal(caller, form.get("PolicySourceArn", ""))
                policies += own
                boundaries = [boundary] if boundary else None
            if given := _members(form, "PermissionsBoundaryPolicyInputList"):
                boundaries = [_parsed(text) for text in given]
        except AwsError as error:
            return query_error(error)
        resources = _members(form, "ResourceArns") or ["*"]
        results = [
            (action, resource, _decide(policies, boundaries, action, resource))
            for action in _members(form, "ActionNames")
            for resource in resources
        ]
        return _answer(operation, results)

    def _of_principal(self, caller: Caller, arn: str) -> tuple[list[Policy], Policy | None]:
        """The identity policies and the permissions boundary of a role or a user."""
        iam = self._clients.get("iam", caller.region)
        match = re.fullmatch(r"arn:[^:]+:(?:iam|sts)::\d+:(role|user|assumed-role)/(.+)", arn)
        if match is None:
            raise AwsError("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
        kind, path = match[1], match[2]
        name = path.split("/")[0] if kind == "assumed-role" else path.rpartition("/")[2]
        noun, option = ("user", "UserName") if kind == "user" else ("role", "RoleName")
        who = {option: name}
        try:
            entity = getattr(iam, f"get_{noun}")(**who)[noun.title()]
            inline = [
                getattr(iam, f"get_{noun}_policy")(PolicyName=policy, **who)["PolicyDocument"]
                for policy in getattr(iam, f"list_{noun}_policies")(**who)["PolicyNames"]
            ]
            attached = getattr(iam, f"list_attached_{noun}_policies")(**who)["AttachedPolicies"]
        except ClientError as error:
            details = error.response["Error"]
            raise AwsError(details["Code"], details["Message"], 404) from None
        boundary = entity.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return (
            [*inline, *(_document(iam, policy["PolicyArn"]) for policy in attached)],
            _document(iam, boundary) if boundary else None,
        )


def _document(iam: Any, arn: str) -> Policy:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: Policy = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return document


def _decide(policies: Iterable[Policy], boundaries: Iterable[Policy] | None, action: str, resource: str) -> str:
    decision = _evaluate(policies, action, resource)
    if decision == "allowed" and boundaries is not None:
        return _evaluate(boundaries, action, resource)
    return decision


def _evaluate(policies: Iterable[Policy], action: str, resource: str) -> str:
    allowed = False
    for policy in policies:
        for statement in _as_list(policy.get("Statement")):
            if not _applies(statement, action, resource):
                continue
            if statement["Effect"] == "Deny":
                return "explicitDeny"
            allowed = allowed or "Condition" not in statement
    return "allowed" if allowed else "implicitDeny"


def _applies(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    if "NotAction" in statement:
        acts = not _any_matches(statement["NotAction"], action, ignore_case=True)
    else:
        acts = _any_matches(statement.get("Action"), action, ignore_case=True)
    if "NotResource" in statement:
        return acts and not _any_matches(statement["NotResource"], resource)
    return acts and _any_matches(statement.get("Resource"), resource)


def _any_matches(patterns: Any, text: str, *, ignore_case: bool = False) -> bool:
    return any(_wildcard(pattern, ignore_case).fullmatch(text) for pattern in _as_list(patterns))


def _wildcard(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile(expression, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)


def _parsed(text: str) -> Policy:
    try:
        document: Policy = json.loads(text)
    except ValueError:
        raise AwsError("InvalidInput", "A policy is not valid JSON.") from None
    return document


def _members(form: Mapping[str, str], name: str) -> list[str]:
    """A list of the query protocol: ``Name.member.1``, ``Name.member.2`` ..."""
    values: list[str] = []
    while (value := form.get(f"{name}.member.{len(values) + 1}")) is not None:
        values.append(value)
    return values


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _answer(operation: str, results: Sequence[tuple[str, str, str]]) -> Response:
    members = "".join(
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}"
        f"</EvalResourceName><EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/></member>"
        for action, resource, decision in results
    )
    body = (
        f'<{operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{operation}Result>'
        f"<EvaluationResults>{members}</EvaluationResults><IsTruncated>false</IsTruncated></{operation}Result>"
        f"<ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Response(200, {"Content-Type": "text/xml"}, body.encode())
