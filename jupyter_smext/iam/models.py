"""The contract of the IAM room: what panel, notebook and terminal exchange with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from .arn import Arn
from .principal import Principal

Document = dict[str, Any]
Unreadable = Literal["unknown"]
"""Stands in the place of a policy that exists and could not be read."""


def _single_level(value: object) -> object:
    """A plain list of documents where a list of levels is expected is one level."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [value]
    return value


Levels = Annotated[
    Unreadable | list[Unreadable | list[Document | Unreadable]] | None,
    BeforeValidator(_single_level),
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Policies(_Model):
    """Every policy that may decide. None: there is none of that layer; "unknown": it exists and could not be read."""

    identity: Unreadable | list[Document | Unreadable] | None = None
    """Managed and inline policies of the user (with its groups) or role."""
    resource: Document | Unreadable | None = None
    """Bucket, key, repository or trust policy of the resource."""
    permissions_boundary: Document | Unreadable | None = None
    session: Unreadable | list[Document | Unreadable] | None = None
    """Policies passed when the session was made; an empty list is the same as None."""
    scp: Levels = None
    """Service control policies of the caller's account, one list for each level from the root to the account."""
    rcp: Levels = None
    """Resource control policies of the resource's account, by level."""
    vpc_endpoint: Document | Unreadable | None = None


class Case(_Model):
    """A request and the policies that decide on it."""

    principal: str
    """ARN of the caller, a service name (`sagemaker.amazonaws.com`), an identity provider, or `*` for anonymous."""
    action: str
    """IAM action, such as `s3:GetObject`."""
    resource: str = "*"
    """ARN, or `*` for an action without resource-level permissions."""
    every_match: bool = False
    """The resource is a pattern such as `arn:aws:s3:::b/train/*`; the verdict must hold for all that it covers."""
    resource_account: str | None = None
    """Account that owns the resource. Without it the verdict must hold for the caller's and for another account."""
    context: dict[str, str | bool | int | float | list[str | bool | int | float] | None] = Field(default_factory=dict)
    """Condition keys of the request. `null`: the request does not carry the key."""
    unknown_context: list[str] = Field(default_factory=list)
    """Keys, with wildcards, whose presence and value are not known; `*` for every key that `context` leaves out."""
    policies: Policies = Field(default_factory=Policies)

    @field_validator("principal")
    @classmethod
    def _principal_exists(cls, value: str) -> str:
        Principal.parse(value)
        return value

    @field_validator("action")
    @classmethod
    def _one_action(cls, value: str) -> str:
        service, colon, name = value.partition(":")
        if not service or not colon or not name or any(character in value for character in "*? "):
            raise ValueError(f"{value!r} is not one action such as s3:GetObject")
        return value

    @field_validator("resource")
    @classmethod
    def _arn_or_star(cls, value: str) -> str:
        if value != "*" and Arn.parse(value) is None:
            raise ValueError(f"{value!r} is neither an ARN nor *")
        return value

    @field_validator("context")
    @classmethod
    def _keys_differ(cls, value: dict[str, Any]) -> dict[str, Any]:
        if len({key.lower() for key in value}) != len(value):
            raise ValueError("two context keys differ in case only; key names are not case-sensitive")
        return value


Layer = Literal["identity", "resource", "permissions_boundary", "session", "scp", "rcp", "vpc_endpoint"]


class StatementTrace(_Model):
    """What one statement did to a request."""

    layer: Layer
    policy: int
    """Index of the document in its layer; for SCPs and RCPs, counted through all levels."""
    statement: int
    sid: str | None
    effect: Literal["Allow", "Deny"]
    outcome: Literal["applies", "unknown", "almost"]
    """almost: everything matched but the element that `reason` names."""
    reason: str | None = None


class Verdict(_Model):
    """The answer to a case."""

    verdict: Literal["allowed", "denied", "unknown"]
    effect: Literal["explicit", "implicit"] | None = None
    """Of a denial: a Deny statement, or no Allow."""
    layer: Layer | None = None
    """The layer that decided: that denies, that grants, or the first one whose answer is open."""
    statements: list[StatementTrace] = Field(default_factory=list)
    """The statements that decided, or, where none did, those that almost did."""
    would_decide: list[str] = Field(default_factory=list)
    """Of an unknown verdict: the context keys and documents that would settle it."""


ErrorKind = Literal["iam", "network", "credentials", "region", "not_found", "quota", "other", "unknown"]
DenyingLayer = Literal["identity", "resource", "boundary", "session", "scp", "rcp", "vpc_endpoint", "trust", "unknown"]
FixOwner = Literal[
    "you", "iam_admin", "organization_admin", "resource_owner", "network_admin", "aws_support", "unknown"
]


class Explanation(_Model):
    """What an error text says, and what to do. Nothing in it is guessed: what the text does not tell is unknown."""

    kind: ErrorKind
    who: Literal["caller", "execution_role", "service", "unknown"] = "unknown"
    """Who was refused. The execution role, if a job or endpoint failed with it, even if it is the caller's role too."""
    principal: str | None = None
    """The ARN, or name of a service, that the text gives."""
    operation: str | None = None
    """API operation, such as `ListObjectsV2`."""
    action: str | None = None
    """IAM action, such as `s3:ListBucket`."""
    resource: str | None = None
    """ARN where the text tells enough to form it."""
    layer: DenyingLayer = "unknown"
    effect: Literal["implicit", "explicit", "unknown"] = "unknown"
    allow_can_help: bool | None = None
    """Whether an Allow in an identity policy of the principal can help. None: the text does not tell."""
    fix_owner: FixOwner = "unknown"
    explanation: str
    steps: list[str] = Field(default_factory=list)


class Finding(_Model):
    """One defect of a policy text."""

    code: str
    """Stable name of the rule, such as `json-trailing-comma`."""
    severity: Literal["error", "warning", "info"]
    """error: AWS refuses the policy, or the part can never work. warning: it works otherwise than it seems to."""
    line: int
    """From 1, as editors count."""
    column: int
    """From 1, in characters."""
    message: str
    fix: str | None = None
    """What the repair does about it; None if it leaves that to the reader."""


class PolicySize(_Model):
    """Size of a policy as AWS counts it: without white space.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    characters: int
    managed_policy_limit: int = 6144
    role_inline_limit: int = 10240
    """For all inline policies of a role together."""


class LintReport(_Model):
    """What a policy text holds, and how it looks repaired."""

    findings: list[Finding]
    size: PolicySize
    repaired: Document | None = None
    """The repaired document, if one was asked for and the text could be read."""
    remaining: list[Finding] = Field(default_factory=list)
    """The findings on the repaired document: what a repair cannot decide."""


PolicyUse = Literal["identity", "resource", "trust"]


Subject = Literal["caller", "execution_role", "sagemaker"]
Moment = Literal["call", "run"]


class Requirement(_Model):
    """A permission that a SageMaker request needs."""

    subject: Subject
    """Who needs it: whoever makes the call, the role that the job runs with, or the service itself (to assume it)."""
    principal: str | None
    """Its ARN, or `sagemaker.amazonaws.com`; None if the request does not tell."""
    action: str
    resource: str
    """ARN, ARN with a trailing `*` for every object of a prefix, or `*`."""
    resource_account: str | None = None
    context: dict[str, str | bool | int | float | list[str | bool | int | float] | None] = Field(default_factory=dict)
    """The condition keys that the request settles."""
    when: Moment
    """call: without it the call is refused. run: the job is accepted and fails later with a FailureReason."""
    reason: str
    """What it is for, in words."""
    field: str
    """Where in the request it comes from, such as `InputDataConfig[0].DataSource.S3DataSource.S3Uri`."""


class Check(_Model):
    """A requirement with the verdict of the policies that could be read."""

    requirement: Requirement
    verdict: Verdict


class Preflight(_Model):
    """All requirements of a request, checked at once."""

    checks: list[Check]
    missing: dict[Subject, Document]
    """For each subject a policy with every statement that is denied for want of an Allow, ready to paste."""


class PrincipalPolicies(_Model):
    """What could be read of the policies of the caller or the execution role."""

    identity: Unreadable | list[Document | Unreadable] = "unknown"
    permissions_boundary: Document | Unreadable | None = None
    session: Unreadable | list[Document | Unreadable] | None = None
    scp: Levels = None


class FullAccessComparison(_Model):
    """What the managed policy AmazonS3FullAccess would open beside a policy."""

    managed_policy: str = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
    actions: int
    """How many S3 actions it allows on every bucket that the policy does not allow."""
    changes_permissions: list[str]
    """Those among them that change who has access."""
    destroys: list[str]
    """Those among them that delete something."""


class StatementRef(_Model):
    """A statement of a case, counted as in `StatementTrace`."""

    layer: Layer
    policy: int
    statement: int


class WhatIf(_Model):
    """A change to a case."""

    without_statements: list[StatementRef] = Field(default_factory=list)
    without_layers: list[Layer] = Field(default_factory=list)
    added_identity: Document | None = None
    context: dict[str, str | bool | int | float | list[str | bool | int | float] | None] = Field(default_factory=dict)
    """Values that replace or join those of the case."""
