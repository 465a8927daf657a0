"""SimulatePrincipalPolicy and SimulateCustomPolicy for the sandbox: whether policies allow an action.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from pydantic import ValidationError

from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.authorization.iam_documents import Document, Entity, IamDocuments
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Response
from jupyter_smext.sandbox.moto_services import query_error

if TYPE_CHECKING:
    from jupyter_smext.sandbox.authorization.decision import Decision

OPERATIONS = ("SimulatePrincipalPolicy", "SimulateCustomPolicy")

_ENTITY_ARN = re.compile(r"arn:[^:]+:(?:iam|sts)::\d+:(role|user|assumed-role)/(.+)")
_CUSTOM_CALLER = f"arn:aws:iam::{ACCOUNT_ID}:role/simulated"
_NOBODY = Entity(arn=_CUSTOM_CALLER, policies=[], boundary=None, trust=None)


class PolicySimulation:
    """Answers the two simulation operations from the policies that moto keeps."""

    def __init__(self, documents: IamDocuments) -> None:
        self._documents = documents

    def handle(self, operation: str, form: Mapping[str, str]) -> Response:
        try:
            source = (
                self._entity(form.get("PolicySourceArn", "")) if operation == "SimulatePrincipalPolicy" else _NOBODY
            )
            results = [
                (action, resource, _decide(source, form, action, resource))
                for action in _members(form, "ActionNames")
                for resource in _members(form, "ResourceArns") or ["*"]
            ]
        except AwsError as error:
            return query_error(error)
        return _answer(operation, results)

    def _entity(self, arn: str) -> Entity:
        match = _ENTITY_ARN.fullmatch(arn)
        if match is None:
            raise AwsError("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")
        kind, path = match[1], match[2]
        if kind == "user":
            return self._documents.user(path.rpartition("/")[2])
        return self._documents.role(path.split("/")[0] if kind == "assumed-role" else path.rpartition("/")[2])


def _decide(source: Entity, form: Mapping[str, str], action: str, resource: str) -> Decision:
    # Only now, because the evaluator of policies takes a moment to import.
    from jupyter_smext.iam.models import Case, Policies
    from jupyter_smext.sandbox.authorization.decision import decide

    boundaries = [_parsed(text) for text in _members(form, "PermissionsBoundaryPolicyInputList")]
    given = form.get("ResourcePolicy")
    try:
        case = Case(
            principal=form.get("CallerArn", source.arn),
            action=action,
            resource=resource,
            resource_account=ACCOUNT_ID,
            context=_context(form),
            policies=Policies(
                identity=[*source.policies, *(_parsed(text) for text in _members(form, "PolicyInputList"))],
                resource=_parsed(given) if given else None,
                permissions_boundary=boundaries[0] if boundaries else source.boundary,
            ),
        )
    except ValidationError as error:
        raise AwsError("InvalidInput", error.errors()[0]["msg"]) from None
    return decide(case)


def _context(form: Mapping[str, str]) -> dict[str, Any]:
    """``ContextEntries`` of the request."""
    context: dict[str, Any] = {}
    number = 1
    while name := form.get(f"ContextEntries.member.{number}.ContextKeyName"):
        values = _members(form, f"ContextEntries.member.{number}.ContextKeyValues")
        is_list = form.get(f"ContextEntries.member.{number}.ContextKeyType", "").endswith("List")
        context[name] = values if is_list or not values else values[0]
        number += 1
    return context


def _parsed(text: str) -> Document:
    try:
        document: Document = json.loads(text)
    except ValueError:
        raise AwsError("InvalidInput", "A policy is not valid JSON.") from None
    return document


def _members(form: Mapping[str, str], name: str) -> list[str]:
    """A list of the query protocol: ``Name.member.1``, ``Name.member.2`` ..."""
    values: list[str] = []
    while (value := form.get(f"{name}.member.{len(values) + 1}")) is not None:
        values.append(value)
    return values


def _answer(operation: str, results: Sequence[tuple[str, str, Decision]]) -> Response:
    members = "".join(
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resource)}"
        f"</EvalResourceName><EvalDecision>{_word(decision)}</EvalDecision><MatchedStatements/>"
        f"<MissingContextValues>{''.join(f'<member>{escape(key)}</member>' for key in decision.missing_keys)}"
        "</MissingContextValues></member>"
        for action, resource, decision in results
    )
    body = (
        f'<{operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{operation}Result>'
        f"<EvaluationResults>{members}</EvaluationResults><IsTruncated>false</IsTruncated></{operation}Result>"
        f"<ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Response(200, {"Content-Type": "text/xml"}, body.encode())


def _word(decision: Decision) -> str:
    """What stays open is not allowed."""
    verdict = decision.verdict
    if verdict.verdict == "allowed":
        return "allowed"
    return "explicitDeny" if verdict.effect == "explicit" else "implicitDeny"
