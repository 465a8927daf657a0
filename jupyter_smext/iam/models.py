"""The contract of the IAM room: what panel, notebook and terminal exchange with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

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


def _is_one_action(value: str) -> str:
    service, colon, name = value.partition(":")
    if not service or not colon or not name or any(character in value for character in "*? "):
        raise ValueError(f"{value!r} is not one action such as s3:GetObject")
    return value


def _is_arn_or_star(value: str) -> str:
    if value != "*" and Arn.parse(value) is None:
        raise ValueError(f"{value!r} is neither an ARN nor *")
    return value


OneAction = Annotated[str, AfterValidator(_is_one_action)]
ArnOrStar = Annotated[str, AfterValidator(_is_arn_or_star)]


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
    action: OneAction
    """IAM action, such as `s3:GetObject`."""
    resource: ArnOrStar = "*"
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
    vpc_endpoint: Document | Unreadable | None = None
    """Of the endpoint that its calls go through."""


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


# -- Who am I


class Sight(_Model):
    """Whether something can be looked at with the caller's credentials."""

    can: Literal["yes", "no", "unknown"]
    action: str
    """The IAM action that it takes, such as `iam:GetRole`."""
    reason: str | None = None
    """Why not, or why it is not known, in AWS's own words where AWS said it."""


class Visibility(_Model):
    """How deep the caller can see."""

    read_role: Sight
    read_policies: Sight
    simulate: Sight
    validate_policy: Sight
    organization: Sight
    """Whether it is known if service and resource control policies apply; nobody but their administrator reads them."""


class AttachedPolicy(_Model):
    """A policy of a role or user."""

    name: str
    kind: Literal["managed", "inline"]
    arn: str | None = None
    """Of a managed policy."""
    group: str | None = None
    """The group of a user that it comes from."""
    document: Document | Unreadable


class HolderPolicies(_Model):
    """What could be read of a role or user. What could not be read is `unknown`, never empty."""

    arn: str
    path_known: bool
    """False where the ARN was formed from a session, which does not carry the role's path."""
    trust_policy: Document | Unreadable | None = None
    """None for a user, which has none."""
    policies: list[AttachedPolicy] | Unreadable
    boundary_arn: str | None = None
    permissions_boundary: Document | Unreadable | None = None


class ExecutionRole(_Model):
    """The role that jobs run as, and how we know."""

    arn: str
    path: str | None
    """`/` or `/service-role/`; None where it is not known."""
    path_guessed: bool
    source: Literal[
        "configured",
        "studio_metadata",
        "sdk_defaults",
        "user_profile",
        "domain",
        "notebook_instance",
        "caller",
    ]
    found_in: str
    """In words, such as `the user profile dev of domain d-1`."""


class WhoAmI(_Model):
    """Caller, execution role, their policies, and how much of it can be seen."""

    caller_arn: str
    kind: Literal["role_session", "user", "root", "federated_user", "other"]
    account: str
    region: str
    session_name: str | None = None
    credentials_source: str | None = None
    """botocore's name of the provider, such as `env`, `sso`, `iam-role`."""
    credentials_expire_at: datetime | None = None
    """None: they do not expire, or nobody told when."""
    execution_role: ExecutionRole | None = None
    caller_is_execution_role: bool | None = None
    """None where no execution role is known."""
    warning: str | None = None
    """Such as: these are not the credentials of this space."""
    domain_id: str | None = None
    user_profile_name: str | None = None
    space_name: str | None = None
    caller_policies: HolderPolicies | None = None
    """None for the root user and for callers that hold no policies."""
    execution_role_policies: HolderPolicies | None = None
    visibility: Visibility


class WhoAmIRequest(_Model):
    refresh: bool = False
    """Ask AWS again, instead of answering what was found some minutes ago."""


# -- Evidence


Answer = Literal["allowed", "denied", "unknown"]


class Evidence(_Model):
    """What one source says of a requirement."""

    source: Literal["probe", "simulation", "policies", "history"]
    """history: a refusal or success that AWS answered to this program earlier."""
    answer: Answer
    detail: str
    lacks_an_allow: bool = False
    """Of a denial: an Allow in a policy of the principal is what is missing."""
    at: datetime
    """When AWS said it, or when the policies were read."""
    request_id: str | None = None


class PreflightCheck(_Model):
    """A requirement with all that is known about it."""

    requirement: Requirement
    answer: Answer
    """allowed only where a call went through, or where every layer that could deny was seen."""
    as_far_as_seen: Answer
    """What the layers that could be read say. Where `answer` is unknown, this is likely, and no more."""
    decided_by: Literal["probe", "simulation", "policies"] | None = None
    from_here_only: bool = False
    """A call went through from this machine and network; a job may run in another."""
    verdict: Verdict
    """The evaluator's verdict on the documents that could be read, with its trace."""
    evidence: list[Evidence]
    would_decide: list[str] = Field(default_factory=list)


class Probe(_Model):
    """A harmless call that proves a permission."""

    id: str
    """The same for the same call."""
    operation: str
    """Such as `s3:ListObjectsV2`."""
    parameters: dict[str, str]
    proves: str
    """Action on resource."""
    sample_only: bool = False
    """It reads one object of a prefix; that others are allowed is not proven."""
    side_effect: str
    """What the call leaves behind or costs; also refused calls stand in the account's audit trail."""


class ProbeResult(_Model):
    """What a probe found."""

    probe: Probe
    answer: Answer
    detail: str
    lacks_an_allow: bool = False
    at: datetime
    """When AWS answered; a result is kept for some minutes."""
    request_id: str | None = None


class ProbePlan(_Model):
    """The probes that would run, before they run."""

    probes: list[Probe]
    limit: int
    """The most that run at once."""
    left_out: int = 0
    """Probes that are over the limit."""
    enabled: bool = True
    """False where an administrator switched probes off."""


class RecentChange(_Model):
    """A change to a role made from here, which AWS may not have taken up everywhere yet."""

    role_arn: str
    policy_name: str
    changed_at: datetime
    propagation_until: datetime
    """Until then a refusal may be the old answer."""


class PreflightRequest(_Model):
    """A SageMaker request, or a spec that becomes one."""

    operation: str | None = None
    """Such as `CreateTrainingJob`; found from the spec's kind where a spec is given."""
    request: Document | None = None
    """As boto3 takes it."""
    spec: Document | None = None
    document: str | None = None
    """Path of the spec's file, for its source directory."""
    local_mode: bool = False
    """The request runs on this machine, with the caller's credentials."""
    probes: bool = False
    refresh: bool = False
    """Read policies and repeat probes, instead of using what was found some minutes ago."""

    @model_validator(mode="after")
    def _one_source(self) -> PreflightRequest:
        if (self.request is None) == (self.spec is None):
            raise ValueError("give either a request or a spec")
        if self.request is not None and self.operation is None:
            raise ValueError("name the operation of the request")
        return self


class PreflightReport(_Model):
    """All permissions that a request needs, with verdicts and evidence."""

    operation: str
    checks: list[PreflightCheck]
    missing: dict[Subject, Document]
    """For each subject a policy with every statement that is denied for want of an Allow, ready to paste."""
    unsettled: dict[Subject, Document] = Field(default_factory=dict)
    """The same for what nobody here could see allowed or denied: with it, no policy of the subject is in the way."""
    probe_plan: ProbePlan
    """The probes that can still be run for what is open."""
    probes: list[ProbeResult] = Field(default_factory=list)
    not_seen: list[str] = Field(default_factory=list)
    """Layers that no verdict could take into account, in words."""
    recent_changes: list[RecentChange] = Field(default_factory=list)
    checked_at: datetime


class CheckRequest(_Model):
    """One permission, for instance the one that an error named."""

    action: OneAction
    resource: ArnOrStar = "*"
    principal: str | None = None
    """ARN; the caller if left out."""
    context: dict[str, str | bool | int | float | list[str | bool | int | float] | None] = Field(default_factory=dict)
    probes: bool = False
    refresh: bool = False


class CheckReport(_Model):
    check: PreflightCheck
    missing: Document | None = None
    """The statement that is missing, if that is what denies it."""
    recent_change: RecentChange | None = None
    probe_plan: ProbePlan
    probes: list[ProbeResult] = Field(default_factory=list)


# -- Policies: check, generate, try out


class ExplainRequest(_Model):
    text: str
    operation: str | None = None
    """What is known from elsewhere fills in what the text does not tell."""
    action: str | None = None
    resource: str | None = None


class LintRequest(_Model):
    text: str
    kind: PolicyUse | None = None
    repair: bool = False
    buckets: list[str] = Field(default_factory=list)
    """The buckets that placeholders are filled with."""


class ValidateRequest(_Model):
    text: str
    kind: PolicyUse = "identity"


class PolicyValidation(_Model):
    """What IAM Access Analyzer says of a policy."""

    ran: bool
    findings: list[Finding] = Field(default_factory=list)
    reason: str | None = None
    """Why it did not run."""
    action: str | None = None
    """The IAM action that is missing, if that is why."""


class WhatIfRequest(_Model):
    case: Case
    changes: WhatIf = Field(default_factory=WhatIf)


class WhatIfResult(_Model):
    before: Verdict
    after: Verdict
    decisive: list[StatementRef]
    """The statements any one of which, taken away alone, would change the verdict before."""


class GenerateRequest(_Model):
    kind: Literal["bucket", "request"]
    bucket: str | None = None
    prefix: str = ""
    access: Literal["read", "write", "read_write"] = "read"
    operation: str | None = None
    request: Document | None = None
    subject: Literal["caller", "execution_role"] = "execution_role"

    @model_validator(mode="after")
    def _complete(self) -> GenerateRequest:
        if self.kind == "bucket" and not self.bucket:
            raise ValueError("name the bucket")
        if self.kind == "request" and (self.request is None or not self.operation):
            raise ValueError("give the operation and its request")
        return self


class GeneratedPolicy(_Model):
    document: Document
    comparison: FullAccessComparison
    passes_preflight: bool
    """Whether it allows all that it was made for, by our own evaluator."""
    every_action_needed: bool
    """Whether it no longer does with any one action taken away."""


# -- Apply


class ApplyPlanRequest(_Model):
    """A policy for a role: a document of our own (inline), or a managed policy (attach)."""

    role_arn: str
    kind: Literal["inline", "attach"] = "inline"
    document: Document | None = None
    policy_arn: str | None = None

    @model_validator(mode="after")
    def _what_to_apply(self) -> ApplyPlanRequest:
        if (self.document is None) == (self.kind == "inline") or (self.policy_arn is None) == (self.kind == "attach"):
            raise ValueError("inline takes a document, attach takes a policy_arn")
        return self


class DiffLine(_Model):
    change: Literal["same", "added", "removed"]
    text: str


class ApplyPlan(_Model):
    """What applying would change, before it does."""

    role_arn: str
    role_name: str
    kind: Literal["inline", "attach"]
    policy_name: str
    policy_arn: str | None = None
    before: Document | None
    """What the policy of our name holds now; None where the role has none of this name."""
    after: Document
    diff: list[DiffLine]
    refused: str | None = None
    """Why it cannot be applied from here; None if it can be tried."""
    denied_action: str | None = None
    """The IAM action that is missing, if that is why."""


class ApplyRequest(ApplyPlanRequest):
    before: Document | None = None
    """As the plan showed it; refused if it changed in between."""
    confirm: str
    """The name of the role, typed."""


class UndoRequest(_Model):
    undo_token: str


class ApplyResult(_Model):
    role_arn: str
    policy_name: str
    state: Literal["applied", "undone"]
    applied_at: datetime
    propagation_until: datetime
    undo_token: str | None = None
    """None after an undo."""


# -- The packet for an administrator


PacketTarget = Literal["role", "trust", "bucket", "key", "repository"]


class PacketRequest(_Model):
    """What is missing. Take what a preflight, an explanation or a check found."""

    role_arn: str | None = None
    """The role that the policies are for; the requirements' own principals if left out."""
    requirements: list[Requirement] = Field(default_factory=list)
    explanation: Explanation | None = None
    document: Document | None = None
    """A policy for the role, as somebody wrote it; instead of requirements and explanation."""
    evidence: list[Evidence] = Field(default_factory=list)


class PacketItem(_Model):
    """One policy, in every form in which an administrator may want it."""

    target: PacketTarget
    resource: str
    """ARN of what carries the policy."""
    why: str
    owner: FixOwner
    document: Document
    policy_json: str
    terraform: str
    cloudformation: str
    cli: str


class AdminPacket(_Model):
    explanation: str
    items: list[PacketItem]
    evidence: list[str]
    markdown: str
    """All of it as one text to send."""
