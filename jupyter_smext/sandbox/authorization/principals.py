"""Whose credentials a request is signed with."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.authorization.iam_documents import Document, Entity, IamDocuments
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.config import ROLE_NAME
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Response
from jupyter_smext.sandbox.identity import SESSION_NAME, owns_credentials_of

_STS = "{https://sts.amazonaws.com/doc/2011-06-15/}"
_NO_ENTITY = Entity(arn="", policies=[], boundary=None, trust=None)


@dataclass(frozen=True)
class Principal:
    """Who asks, and the user or role whose policies speak for it."""

    arn: str
    """As AWS names it in its messages: the ARN of a user or of a session; ``*`` for a request that is not signed."""
    entity: Entity
    session_policies: list[Document] = field(default_factory=list)


@dataclass(frozen=True)
class _Session:
    arn: str
    role: str
    policies: list[Document]


class Principals:
    """The sandbox's default role, users by their access keys, and the sessions that AssumeRole made since the start."""

    def __init__(self, documents: IamDocuments) -> None:
        self._documents = documents
        self._sessions: dict[str, _Session] = {}

    def of(self, caller: Caller) -> Principal | None:
        """None for credentials that the sandbox did not make."""
        if not caller.access_key:
            return Principal("*", _NO_ENTITY)
        if owns_credentials_of(caller):
            arn = f"arn:{partition(caller.region)}:sts::{ACCOUNT_ID}:assumed-role/{ROLE_NAME}/{SESSION_NAME}"
            return Principal(arn, self._role(ROLE_NAME))
        if session := self._sessions.get(caller.access_key):
            return Principal(session.arn, self._role(session.role), session.policies)
        if (user := self._documents.user_of_key(caller.access_key)) is not None:
            entity = self._documents.user(user)
            return Principal(entity.arn, entity)
        return None

    def learn(self, policies: list[Document], response: Response) -> None:
        """Takes note of the session that an AssumeRole made, and of the policies that limit it."""
        assert isinstance(response.body, bytes)
        answer = ElementTree.fromstring(response.body)
        access_key = answer.findtext(f".//{_STS}AccessKeyId")
        arn = answer.findtext(f".//{_STS}AssumedRoleUser/{_STS}Arn")
        if access_key and arn:
            self._sessions[access_key] = _Session(arn, arn.split("/")[1], policies)

    def _role(self, name: str) -> Entity:
        """A session outlives its role, but not its permissions."""
        try:
            return self._documents.role(name)
        except AwsError:
            return _NO_ENTITY
