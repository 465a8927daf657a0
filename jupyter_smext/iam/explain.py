"""The doctor: what an error text says about a refused or failed call, and who can fix it. Needs no AWS access."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .actions import action_name, action_of_operation
from .arn import Arn
from .error_advice import Facts, Who, advise
from .error_codes import exception_in, kind_of_code, kind_of_words
from .error_grammar import (
    ApiError,
    Refusal,
    actions_named,
    api_errors,
    normalize,
    refusals,
    repository_arns,
    role_arns,
    s3_arns,
    why,
)
from .models import ErrorKind, Explanation
from .sagemaker_errors import Form, form_in

MAX_LENGTH = 100_000
"""Characters of a text that are looked at; of a longer one, its end, where the error stands."""


def explain(
    text: str, *, operation: str | None = None, action: str | None = None, resource: str | None = None
) -> Explanation:
    """Explain any error text or traceback: boto3, CLI and SDK messages, FailureReason, CloudWatch and docker output.

    `operation`, `action` and `resource`: what is known from elsewhere; it fills in what the text does not tell.
    """
    explanation = _explain(text)
    known = {"operation": operation, "action": action, "resource": resource}
    return explanation.model_copy(
        update={name: value for name, value in known.items() if value and getattr(explanation, name) is None}
    )


def _explain(text: str) -> Explanation:
    raw = text[-MAX_LENGTH:]
    normal = normalize(raw)
    for reading in (_decoded_authorization, _sentence_of_iam, _sentence_of_sagemaker, _code_or_exception):
        facts = reading(raw, normal)
        if facts is not None:
            return advise(facts)
    return advise(_plain_words(raw, normal))


def _decoded_authorization(raw: str, text: str) -> Facts | None:
    """The answer of sts:DecodeAuthorizationMessage to an encoded refusal of EC2.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    """
    found = re.search(r'\{\s*"allowed"\s*:\s*false.*\}', raw.replace('\\"', '"'), re.DOTALL)
    if not found:
        return None
    try:
        decoded: Any = json.JSONDecoder().raw_decode(found[0])[0]
    except ValueError:
        return None
    context = decoded.get("context") or {}
    principal = (context.get("principal") or {}).get("arn")
    return Facts(
        kind="iam",
        who="caller" if principal else "unknown",
        principal=principal,
        action=context.get("action"),
        resource=context.get("resource"),
        effect="explicit" if decoded.get("explicitDeny") else "implicit",
    )


def _sentence_of_iam(raw: str, text: str) -> Facts | None:
    """The sentence in which AWS says who may not do what."""
    sentences = refusals(text)
    if not sentences:
        return None
    # Of several, the one that gives a reason tells most; the SDK prints others on its way.
    best = next((sentence for sentence in sentences if sentence.effect != "unknown"), sentences[0])
    errors = [error for error in api_errors(text) if error.start <= best.position]
    error = errors[-1] if errors else None
    action = _spelt(best.action)
    resource = best.resource
    if resource is None and action and action.startswith("s3:"):
        resource = _s3_resource(text, action)
    facts = Facts(
        kind="iam",
        who=_who_is_refused(raw, text, best, error, action),
        principal=best.principal,
        operation=error.operation if error else None,
        action=action,
        resource=resource,
        layer=best.layer,
        effect=best.effect,
        policy=best.policy,
    )
    if action == "sts:AssumeRole" and best.layer == "unknown":
        facts.steps.append(
            "One of the caller's policies and the trust policy of the role must both allow sts:AssumeRole."
        )
    if action == "iam:PassRole":
        facts.steps.append(
            "The statement needs the role's full ARN with its path; a condition on iam:PassedToService must name the "
            "service, such as sagemaker.amazonaws.com."
        )
    return facts


def _sentence_of_sagemaker(raw: str, text: str) -> Facts | None:
    """A sentence in SageMaker's own words."""
    found = form_in(text)
    if found is None:
        return None
    form, match = found
    errors = api_errors(text)
    if errors and errors[-1].operation in _CLIENT_OPERATIONS and not _FAILED_JOB.search(raw):
        return None  # a client's own words around its own call
    around = text[match.start() :]
    kind = _reason_quoted(around) or form.otherwise if form.otherwise else form.kind
    layer, effect, policy = why(around)
    roles = role_arns(text)
    who: Who = "caller" if form.who == "execution_role" and _local_mode(raw) else form.who
    if who == "unknown" and kind == "iam":
        who = _who_asked(raw)
    if who == "service" and "sagemaker" not in text.lower() and not _calls_sagemaker(errors):
        who = "unknown"  # other services say so in the same words
    return Facts(
        kind=kind,
        who=who,
        principal=_principal_of_form(form, who, roles),
        operation=errors[-1].operation if errors else None,
        action=form.action if kind in ("iam", "not_found", "unknown") else None,
        resource=_resource_of_form(form, text, around, roles),
        layer=form.layer if layer == "unknown" and kind == "iam" else layer,
        effect=effect,
        policy=policy,
        meaning=form.meaning,
        steps=list(form.steps),
        fix_owner=form.fix_owner,
    )


def _calls_sagemaker(errors: Sequence[ApiError]) -> bool:
    action = action_of_operation(errors[-1].operation) if errors and errors[-1].operation else None
    return action is not None and action.startswith("sagemaker:")


def _reason_quoted(text: str) -> ErrorKind | None:
    """What a message of S3, quoted inside a sentence of SageMaker, says."""
    kind = kind_of_words(text)
    if kind is None and (exception := exception_in(text)):
        kind = exception.kind
    return kind


_CLIENT_OPERATIONS = frozenset(
    ("GetObject", "HeadObject", "PutObject", "CreateMultipartUpload", "UploadPart", "CopyObject", "ListObjectsV2")
)
"""What clients do with objects: SageMaker reports its own failures to do so in its own words."""


def _principal_of_form(form: Form, who: Who, roles: Sequence[str]) -> str | None:
    if who == "service":
        return "sagemaker.amazonaws.com"
    return roles[0] if roles and form.who == "execution_role" and form.resource_in != "role" else None


def _resource_of_form(form: Form, text: str, around: str, roles: Sequence[str]) -> str | None:
    if form.resource_in == "role":
        return roles[0] if roles else None
    if form.resource_in == "repository":
        arns = repository_arns(text)
        return arns[0] if arns else _repository_by_name(text)
    if form.resource_in == "s3":
        return _s3_resource(around, form.action) or _s3_resource(text, form.action)
    return None


def _repository_by_name(text: str) -> str | None:
    found = re.search(r"repository:? (?P<name>[\w./-]+) in registry(?: ID)?:? (?P<account>\d{12})", text)
    region = re.search(r"\b[a-z]{2}(?:-[a-z]+)+-\d\b", text)
    if not found or not region:
        return None
    return f"arn:aws:ecr:{region[0]}:{found['account']}:repository/{found['name']}"


def _code_or_exception(raw: str, text: str) -> Facts | None:
    """The code of an answer, or the exception of a client that got none; the later one, if a text has both."""
    errors = api_errors(text)
    telling = [error for error in errors if kind_of_code(error.code) not in ("unknown", "other")] or errors
    error = telling[-1] if telling else None
    exception = exception_in(text)
    if exception and (error is None or exception.position > error.end):
        facts = Facts(kind=exception.kind, who=_who_asked(raw), resource=_only(s3_arns(text)))
        if re.search(r"\[Errno 2\]|No such file", text):
            facts.meaning = "A file on this machine does not exist. AWS has no part in it."
        return facts
    return None if error is None else _facts_of_code(error, raw, text)


_NOT_AUTHENTICATED = re.compile(
    r"request has expired|not signed|anonymous (?:users|access)|please authenticate|requires a valid Date"
    r"|non-empty Access Key|MultiFactorAuthentication failed|invalid MFA|query-string authentication",
    re.IGNORECASE,
)


def _facts_of_code(error: ApiError, raw: str, text: str) -> Facts:
    action = action_of_operation(error.operation) if error.operation else None
    facts = Facts(kind=kind_of_code(error.code), who=_who_asked(raw), operation=error.operation)
    exception = exception_in(error.body)
    without_credentials = exception is not None and exception.kind == "credentials"
    if facts.kind in ("iam", "region") and (without_credentials or _NOT_AUTHENTICATED.search(error.body)):
        facts.kind = "credentials"
    elif facts.kind == "iam" and (obstacle := _obstacle_in(error.body)):
        facts.kind, facts.meaning, facts.steps = "other", obstacle.meaning, [obstacle.step]
    elif facts.kind == "other":
        # A ValidationException and its kind say in words only what they refuse.
        facts.kind = kind_of_words(error.body) or "other"
    elif facts.kind == "unknown" and error.operation and not error.code.isdigit():
        facts.kind = kind_of_words(error.body) or "other"
    if facts.kind == "iam":
        facts.action = _only([_spelt(named) or named for named in actions_named(error.body)]) or action
        if _LACKS.search(error.body):
            # The caller would not be called a role: it is another one, which SageMaker tried.
            facts.who, facts.principal = "execution_role", next(iter(role_arns(error.body)), None)
        facts.layer, facts.effect, facts.policy = why(error.body)
        if identity := re.search(r'"userIdentity".*?"arn": ?"(?P<arn>[^"]+)"', text):
            facts.principal = identity["arn"]
        _look_closer(facts, error)
    if facts.kind in ("iam", "not_found", "region"):
        facts.resource = _resource_near(error, text, facts.action or action)
        if facts.resource == facts.principal:
            facts.resource = None
    if facts.kind == "unknown" and error.code == "400":
        facts.meaning = (
            "The answer to a HEAD request carries no reason. A wrong region, expired credentials and a missing "
            "customer key (SSE-C) all look like this."
        )
        facts.steps = ["Repeat the request as GetObject or ListObjectsV2: their answers carry the reason."]
    facts.meaning = facts.meaning or _MEANING_OF_CODE.get(error.code)
    facts.steps = facts.steps or list(_STEPS_OF_CODE.get(error.code, ()))
    return facts


@dataclass(frozen=True)
class _Obstacle:
    """What S3 answers like a refusal although no policy stands behind it."""

    words: re.Pattern[str]
    meaning: str
    step: str


_OBSTACLES = (
    _Obstacle(
        re.compile(r"request(?:er)?[- _]?pay(?:s|er)", re.IGNORECASE),
        "Whoever reads this bucket pays for it, and the request must agree to that.",
        "Send the request with RequestPayer='requester' (s3fs: requester_pays=True).",
    ),
    _Obstacle(
        re.compile(r"object ?lock|retention|legal hold|\bWORM\b", re.IGNORECASE),
        "The object is locked against deletion and overwriting until its retention ends.",
        "Wait for the end of the retention, or ask whoever may bypass it.",
    ),
)


def _obstacle_in(body: str) -> _Obstacle | None:
    return next((obstacle for obstacle in _OBSTACLES if obstacle.words.search(body)), None)


_LACKS = re.compile(
    r"\brole\b.{0,200}?\b(?:lacks?|(?:not|n't) have|has no|missing|needs)\b"
    r"|\bdenied (?:for|to) (?:the )?(?:\w+ )?role\b",
    re.IGNORECASE,
)


def _look_closer(facts: Facts, error: ApiError) -> None:
    """Refusals with a code only, whose message or operation still tells something."""
    if re.search(r"encoded authorization failure message", error.body, re.IGNORECASE):
        facts.meaning = "EC2 gives the reason in encoded form only."
        facts.steps = [
            "Decode it with aws sts decode-authorization-message (needs sts:DecodeAuthorizationMessage).",
            "Paste the decoded message here.",
        ]
    elif error.operation in ("HeadObject", "HeadBucket"):
        facts.meaning = "The answer to a HEAD request carries no reason."
        facts.steps = [
            "Repeat it as ListObjectsV2 or GetObject: their answers may name the policy that decided.",
            "Without s3:ListBucket on the bucket, a missing object gives the same 403: check the key.",
            "Then check s3:GetObject on the object, the bucket policy, the KMS key, and the VPC endpoint policy.",
        ]


def _plain_words(raw: str, text: str) -> Facts:
    """Neither a code nor a known exception: what the bare words still tell."""
    if not s3_arns(text) and re.search(
        r"\[Errno 13\]|permission denied[: ](?:.{0,80}(?:docker|socket)| ?'?/)"
        r"|Cannot connect to the Docker daemon",
        text,
        re.IGNORECASE,
    ):
        return Facts(
            kind="other",
            meaning="The operating system of this machine refuses a file or socket; AWS has no part in it.",
            steps=["Check owner and mode of the path, or membership in the docker group."],
        )
    if re.search(r"pull access denied|repository does not exist or may require 'docker login'", text) and not (
        repository_arns(text)
    ):
        return Facts(kind="other", meaning="Docker found no such image on this machine or in the registry of its name.")
    kind = kind_of_words(text)
    unauthenticated = re.search(r"\b401\b|unauthorized", text, re.IGNORECASE) is not None
    if (kind == "iam" or unauthenticated) and _of_another_host(raw, text):
        return Facts(
            kind="other",
            meaning="Another host than AWS refused the request; IAM has no part in it.",
            steps=["Check the login or token for that host."],
        )
    if kind == "iam":
        layer, effect, policy = why(text)
        return Facts(
            kind="iam",
            who=_who_asked(raw),
            principal=next(iter(role_arns(text)), None) if _LACKS.search(text) else None,
            action=_only([_spelt(action) or action for action in actions_named(text)]) or _only(_actions_meant(text)),
            resource=_only(s3_arns(text)) or _only(repository_arns(text)) or _bucket_of_url(text),
            layer=layer,
            effect=effect,
            policy=policy,
        )
    if unauthenticated and re.search(r"amazonaws\.com", text):
        return Facts(kind="credentials", who=_who_asked(raw))
    if kind is not None and not _RAISED_BY_CODE.search(raw):
        return Facts(kind=kind, who=_who_asked(raw), resource=_only(s3_arns(text)))
    if _FAILED_BY_ITSELF.search(text) or _RAISED_BY_CODE.search(raw):
        return Facts(
            kind="other",
            meaning="The code failed by itself, or inside AWS; the text shows no refusal.",
            steps=["Read the log for the first error of the script; for an internal error of AWS, try again."],
        )
    return Facts(kind="unknown")


_FAILED_BY_ITSELF = re.compile(
    r"AlgorithmError|ExecuteUserScriptError|MaxRuntimeExceeded|MaxWaitTimeExceeded|ping health check"
    r"|InternalServerError|contact (?:customer|AWS) support|[Nn]o space left on device"
    r"|already exists|[Oo]ut of memory|Received (?:server|client) error \(\d+\)"
    r"|Traceback \(most recent call last\)|OSError: \[Errno|\b(?:HIVE|SYNTAX|TYPE|COLUMN|TABLE)_[A-Z_]+: "
)
_RAISED_BY_CODE = re.compile(
    r"(?m)(?:^[ \t]*(?:E[ \t]+)?|[Rr]eason: ?)(?:[a-zA-Z_][\w]*\.)*(?!UnexpectedStatusException|PermissionError)"
    r"[A-Z]\w*(?:Error|Exception)\b(?:: |$)"
)
"""A Python exception at the beginning of a line, other than those in which clients wrap an answer of AWS."""
_FAILED_JOB = re.compile(
    r"Error (?:for|hosting) (?:\w+ ){0,3}(?:job|endpoint)|Failure ?Reason|Failed\. ?Reason:"
    r"|job .{0,80} failed\b.{0,40}reason"
    r"|sagemaker[-_](?:training|containers|inference)|TrainingHostAgent|ExecuteUserScriptError"
    r"|\b(?:Client|Algorithm|InternalServer)Error: (?!An error occurred|User: )"
    r"|(?:data download|artifact upload) failed|failed to download data"
    r"|Received (?:server|client) error \(\d+\).{0,500}?An error occurred",
    re.IGNORECASE,
)


def _local_mode(raw: str) -> bool:
    """docker compose writes the container's name before each line; it runs with the caller's credentials."""
    return re.search(r"algo-\d+-\w+\s*\|", raw) is not None


def _who_asked(raw: str) -> Who:
    """Whose credentials a request without a named principal used."""
    if _local_mode(raw):
        return "caller"
    if _FAILED_JOB.search(raw):
        return "execution_role"
    return (
        "caller"
        if re.search(r"Traceback|when calling the|boto|File \"|ipython|Error|exceptions?\.", raw)
        else "unknown"
    )


def _who_is_refused(raw: str, text: str, sentence: Refusal, error: ApiError | None, action: str | None) -> Who:
    if sentence.principal and sentence.principal.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return "service"
    if sentence.principal and "assumed-role/AWSServiceRole" in sentence.principal:
        return "service"
    if _local_mode(raw):
        return "caller"
    if _FAILED_JOB.search(raw):
        return "execution_role"
    # SageMaker tries the execution role while it still answers the caller, and reports it as a ValidationException.
    if error and error.code == "ValidationException" and action and not action.startswith(("sagemaker:", "iam:")):
        return "execution_role"
    return "caller" if sentence.principal or error else "unknown"


def _spelt(action: str | None) -> str | None:
    """The action in AWS's spelling, if the data knows it."""
    if action is None:
        return None
    service, _, name = action.partition(":")
    return action_name(service, name) or action


_BUCKET_ACTIONS = ("s3:ListBucket", "s3:CreateBucket", "s3:DeleteBucket", "s3:GetBucket", "s3:PutBucket")


def _s3_resource(text: str, action: str | None) -> str | None:
    """The one object or bucket that a text names."""
    arns = s3_arns(text) or [arn for arn in [_bucket_of_url(text)] if arn]
    if action and action.startswith(_BUCKET_ACTIONS):
        arns = [arn.split("/")[0] for arn in arns]
    return _only(arns) or (arns[0] if arns and len({arn.split("/")[0] for arn in arns}) == 1 else None)


def _resource_near(error: ApiError, text: str, action: str | None) -> str | None:
    if action and not action.startswith("s3:"):
        arn = re.search(r"arn:aws[\w-]*:[\w:/.*+=,@-]+", error.body)
        return arn[0].rstrip(".,") if arn and Arn.parse(arn[0].rstrip(".,")) else None
    if named := re.search(r"key '(?P<key>[^']+)' in bucket '(?P<bucket>[^']+)'", text):
        return f"arn:aws:s3:::{named['bucket']}/{named['key']}"
    if named := re.search(r'"bucketName": ?"(?P<bucket>[^"]+)"(?:.*?"key": ?"(?P<key>[^"]+)")?', text):
        return f"arn:aws:s3:::{named['bucket']}" + (f"/{named['key']}" if named["key"] else "")
    if named := re.search(r"<BucketName>(?P<bucket>[^<]+)</BucketName>", text):
        return f"arn:aws:s3:::{named['bucket']}"
    return _s3_resource(error.body, action) or _s3_resource(text, action)


def _only(arns: Sequence[str]) -> str | None:
    """The one that all say; with several, none can be told."""
    return arns[0] if len(set(arns)) == 1 else None


_HOST = re.compile(r"https?://(?P<host>[\w.-]+)")


_WORDS_OF_AWS = re.compile(r"\bs3|\baws|\barn:|boto|\becr\b|sagemaker|amazon|\biam\b", re.IGNORECASE)


def _of_another_host(raw: str, text: str) -> bool:
    """Whether a refusal comes from elsewhere: by the addresses in it, or a client that speaks of nothing of AWS."""
    hosts = [found["host"] for found in _HOST.finditer(text)]
    if not hosts:
        of_aws = _FAILED_JOB.search(raw) or _WORDS_OF_AWS.search(text)
        return _RAISED_BY_CODE.search(raw) is not None and not of_aws
    return not any(re.search(r"amazonaws\.com|aws\.amazon|\.aws\b|169\.254|localhost", host) for host in hosts)


def _actions_meant(text: str) -> list[str]:
    """The actions of the API operations that a text names."""
    operations = re.findall(r"\b[A-Z][a-z]{1,30}[A-Z][A-Za-z0-9]{1,60}\b", text)
    return [action for operation in operations if (action := action_of_operation(operation))]


def _bucket_of_url(text: str) -> str | None:
    """The bucket in an address of S3, in front of the host's name or after it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    """
    for found in re.finditer(r"https?://(?P<host>[\w.-]{1,255})(?P<path>/[^\s?\"'>]*)?", text):
        labels = found["host"].split(".")
        endpoint = next((index for index, label in enumerate(labels) if re.match(r"s3(?:$|-)", label)), None)
        if endpoint is None or "amazonaws" not in labels:
            continue
        path = f"{'.'.join(labels[:endpoint])}{found['path'] or ''}".rstrip(".,:;)").strip("/")
        if path:
            return f"arn:aws:s3:::{path}"
    return None


_MEANING_OF_CODE = {
    "InvalidObjectState": "The object is in an archive class (Glacier) and must be restored first.",
    "BucketAlreadyExists": "Bucket names are shared by all of AWS, and someone else has this one.",
    "BucketAlreadyOwnedByYou": "The bucket exists already, in your own account.",
    "RequestTimeTooSkewed": "This machine's clock differs from AWS's by more than 15 minutes.",
    "SignatureDoesNotMatch": "The secret key does not belong to the access key, or a proxy changed the request.",
    "InvalidAccessKeyId": "AWS does not know this access key.",
    "InvalidClientTokenId": "AWS does not know this access key, or the session token is missing.",
    "ExpiredToken": "The temporary credentials have expired.",
    "ExpiredTokenException": "The temporary credentials have expired.",
    "OptInRequired": "The account has not signed up for this service or region.",
}
_STEPS_OF_CODE = {
    "InvalidObjectState": ("Restore the object (s3:RestoreObject), or copy it to another storage class.",),
    "BucketAlreadyExists": ("Choose another name.",),
    "RequestTimeTooSkewed": ("Set the clock of this machine by NTP.",),
}
