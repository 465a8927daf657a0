"""The grammar of refused calls: from any text around an AWS error to the facts that it states.

Two productions carry almost every message, whatever client printed it:

    error    := code, operation, body       in the spelling of boto3 and the AWS CLI, of the Java, Go, C++ and
                                            JavaScript SDKs, of S3's XML, of a JSON answer, or of a CloudTrail record
    body     := "User: " principal " is not authorized to perform: " action [" on resource: " resource] [why]
    why      := "because no " layer " allows the " action " action"
              | "with an explicit deny" [" in " layer [" transitively through " layer] [": " policy]]

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from .models import DenyingLayer

Effect = Literal["implicit", "explicit", "unknown"]


@dataclass(frozen=True)
class ApiError:
    """An answer of AWS, as a client prints it."""

    code: str
    operation: str | None
    body: str
    start: int
    end: int


@dataclass(frozen=True)
class Refusal:
    """The sentence in which AWS says who may not do what."""

    principal: str | None
    action: str | None
    resource: str | None
    layer: DenyingLayer
    effect: Effect
    policy: str | None
    """The ARN of the policy that denies, which newer messages give."""
    position: int


def normalize(text: str) -> str:
    """The text without what terminals, loggers and encodings put around it: one line, plain quotation marks."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    text = re.sub(r"(?m)^[ \t]*[\w.-]*algo-\d+-\w+\s*\|", " ", text)  # docker compose in front of each line
    text = re.sub(r"(?m)^[ \t]*(?:[|>]|E {2,}|\d+\s*\|)\s?", " ", text)  # quoted, pytest's, or a traceback's margin
    text = text.replace("\\r", " ").replace("\\n", " ").replace('\\"', '"').replace("\\/", "/").replace("\\u0027", "'")
    text = html.unescape(text)
    text = text.translate(str.maketrans("“”‘’\u00a0", "\"\"'' "))
    return re.sub(r"\s+", " ", text).strip()


@dataclass(frozen=True)
class _Spelling:
    """How one kind of client prints an answer. `mark` is looked for first, so that long texts stay cheap."""

    mark: str
    pattern: re.Pattern[str]
    body_before: bool = False
    """The message stands in front of what the pattern matches."""


_LONGEST_BODY = 2000
_CODE = r"(?P<code>[A-Za-z0-9_.:]{1,80})"
_SPELLINGS = [
    # boto3 and the AWS CLI
    _Spelling(
        "An error occurred (",
        re.compile(
            rf"An error occurred \({_CODE}\) when calling the (?P<operation>\w+) operation"
            r"(?: \(reached max retries: \d+\))?:? ?(?P<body>.{0,2000}?)(?=.An error occurred \(|$)"
        ),
    ),
    # Go SDK 2
    _Spelling(
        "operation error ",
        re.compile(
            r"operation error [\w ]{1,60}: (?P<operation>\w+),.{0,500}?(?:api error |ID: [^,\s]*, (?=[A-Z][a-z]))"
            r"(?P<code>\w+):(?: |$)"
            r"(?P<body>.{0,2000}?)(?= operation error |$)"
        ),
    ),
    # PyArrow, on the C++ SDK
    _Spelling(
        "AWS Error ", re.compile(r"(?P<body>AWS Error (?P<code>[A-Z_]+) during (?P<operation>\w+) operation.{0,500})")
    ),
    # Java SDKs 1 and 2
    _Spelling(
        "(Service: ",
        re.compile(
            r"\(Service: [\w ]{1,60}[;,] Status Code: (?P<status>\d+)[;,] "
            r"(?:Error Code: (?P<code>[A-Za-z0-9_.:]{1,80})[^)]{0,500})?"
        ),
        body_before=True,
    ),
    # Go SDK 1
    _Spelling(
        " status code: ",
        re.compile(r"(?P<code>\w{1,80}): (?P<body>[^:]{0,200}),? status code: \d+, request id: "),
    ),
    # S3's XML
    _Spelling("<Code>", re.compile(r"<Code>(?P<code>\w+)</Code>\s*<Message>(?P<body>.{0,2000}?)</Message>")),
    # CloudTrail
    _Spelling(
        '"errorCode"',
        re.compile(
            r'"eventName": ?"(?P<operation>\w+)".{0,4000}?"errorCode": ?"(?P<code>[\w.]+)"'
            r'(?:.{0,200}?"errorMessage": ?"(?P<body>.{0,2000}?)")?'
        ),
    ),
    # The JSON of an answer
    _Spelling(
        '"',
        re.compile(
            r'"(?:__type|[cC]ode|errorCode)": ?"(?:[\w.]+#)?(?P<code>\w+)".{0,300}?'
            r'"[mM]essage": ?"(?P<body>.{0,2000}?)"'
        ),
    ),
    # EC2 through CloudFormation
    _Spelling(
        "You are not authorized to perform this operation",
        re.compile(
            r"(?:API: (?P<action>[\w-]+:\w+) )?(?P<body>You are not authorized to perform this operation.{0,2000})"
        ),
    ),
    # An exception's name in front of its message: JavaScript, PHP, R, and the classes of boto3's clients
    _Spelling(
        "",
        re.compile(
            r"(?P<code>\b(?:AccessDenied|UnauthorizedOperation|ExpiredToken|Throttling|ResourceLimitExceeded|NoSuchKey"
            r"|NoSuchBucket|NoSuchEntity|SignatureDoesNotMatch|InvalidAccessKeyId|InvalidClientTokenId|InvalidToken"
            r"|UnrecognizedClient|RequestTimeTooSkewed|PermanentRedirect|AuthorizationHeaderMalformed|InvalidSignature"
            r"|ValidationException|ResourceNotFound|AllAccessDisabled|IllegalLocationConstraint|ServiceQuotaExceeded"
            r"|RepositoryNotFound|ImageNotFound|InvalidObjectState|SlowDown|Forbidden)(?:Exception)?)\b"
            r"(?: ?\[[^\]]{0,80}\]| \(client\))?[:,] ?(?P<body>.{0,2000})"
        ),
    ),
]


def api_errors(text: str) -> list[ApiError]:
    """Every answer of AWS in a normalized text, in the order of the text."""
    for spelling in _SPELLINGS:
        if spelling.mark not in text:
            continue
        errors = [_api_error(found, spelling, text) for found in spelling.pattern.finditer(text)]
        if errors:
            # They go from the most to the least telling; a weaker one would only find the same error again.
            return errors
    return []


def _api_error(found: re.Match[str], spelling: _Spelling, text: str) -> ApiError:
    parts = found.groupdict()
    body = parts.get("body") or ""
    if spelling.body_before:
        body = text[max(0, found.start() - _LONGEST_BODY) : found.start()]
    operation = parts.get("operation") or (parts.get("action") or "").partition(":")[2] or None
    code = parts.get("code") or parts.get("status") or "UnauthorizedOperation"
    return ApiError(code, operation, body.strip(), found.start(), found.end())


# Whoever posts a message masks the account: xxx, *, MY_ACCOUNT, <account>.
_ARN = r"arn:aws[\w-]*:[\w-]*:[\w-]*:[\w<>*-]*:[^\s\"'<>,;)]+"
_PRINCIPAL_BEFORE = re.compile(
    rf"(?P<principal>{_ARN}|\banonymous|[\w.-]+\.amazonaws\.com)[\"'`]? (?:is |are |am )?$", re.IGNORECASE
)
_LONGEST_PRINCIPAL = 300
_REFUSAL = re.compile(
    r"\bnot (?:authorized|allowed|permitted) to (?:"
    r"(?:perform|execute|call|invoke):? (?:the (?:action|operation):? )?"
    r"[\"'`(]?(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9*]+)[\"'`)]?"
    r"(?:,?(?: action)? (?:on|for|against) (?:the )?(?:following )?resources?:? "
    r"(?:\"(?P<quoted>arn:[^\"]+)\"|[\"'`]?(?P<resource>[^\s\"'`<>]*[:/*][^\s\"'`<>]*)))?"
    r"|assume (?:the )?(?:IAM )?role:? [\"'`]?(?P<role>arn:aws[^\s\"'`<>]+))",
    re.IGNORECASE,
)
_LAYER = (
    r"(?P<{name}>identity[- ](?:based )?polic(?:y|ies)|resource[- ](?:based )?polic(?:y|ies)"
    r"|(?:bucket|key|repository) policy|permissions? boundary|sessions? polic(?:y|ies)"
    r"|service control polic(?:y|ies)|resource control polic(?:y|ies)|SCP|RCP"
    r"|(?:VPC |VPCE )?endpoint polic(?:y|ies)|VPCE policy|(?:role )?trust policy|assume[- ]role policy)"
)
_IMPLICIT = re.compile(r"because (?:no|the) " + _LAYER.format(name="layer") + r" allows?", re.IGNORECASE)
_EXPLICIT = re.compile(
    r"(?:with |due to |because of |\b)an explicit deny(?: in (?:an? |the )?" + _LAYER.format(name="layer") + r")?"
    r"(?: transitively through (?:an? |the )?" + _LAYER.format(name="through") + r")?"
    r"(?::? [\"']?(?P<policy>arn:aws[^\s\"']+))?",
    re.IGNORECASE,
)
# KMS, which does not know the key's policy when the key is not there.
_KMS_EITHER = re.compile(r"no resource-based policies allow access, or a resource-based policy explicitly denies")
_EXPLICIT_WORDS = re.compile(
    r"explicit(?:ly)? den(?:y|ied)|prevented by the Block\w+|Block ?Public ?Access", re.IGNORECASE
)


def refusals(text: str) -> list[Refusal]:
    """Every sentence of refusal in a normalized text."""
    found = list(_REFUSAL.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    sentences: list[Refusal] = []
    for match, end in zip(found, ends, strict=False):
        before = _PRINCIPAL_BEFORE.search(text, max(0, match.start() - _LONGEST_PRINCIPAL), match.start())
        layer, effect, policy = why(text[match.end() : min(end, match.end() + _LONGEST_BODY)])
        sentences.append(
            Refusal(
                principal=before["principal"] if before else None,
                action="sts:AssumeRole" if match["role"] else match["action"],
                resource=match["quoted"] or _trimmed(match["resource"] or match["role"]),
                layer=layer,
                effect=effect,
                policy=policy,
                position=match.start(),
            )
        )
    return sentences


def why(text: str) -> tuple[DenyingLayer, Effect, str | None]:
    """Layer, effect and denying policy that a message gives as its reason."""
    if found := _EXPLICIT.search(text):
        # "in a VPC endpoint policy transitively through a service control policy": the latter holds the statement.
        named = found["through"] or found["layer"]
        return (_layer(named) if named else "unknown"), "explicit", _trimmed(found["policy"])
    if _KMS_EITHER.search(text):
        return "resource", "unknown", None
    if found := _IMPLICIT.search(text):
        return _layer(found["layer"]), "implicit", None
    return "unknown", "explicit" if _EXPLICIT_WORDS.search(text) else "unknown", None


def _layer(words: str) -> DenyingLayer:
    words = words.lower().replace("-", " ")
    if "control" in words or words in ("scp", "rcp"):
        return "rcp" if words.startswith(("resource", "rcp")) else "scp"
    if "endpoint" in words or "vpce" in words:
        return "vpc_endpoint"
    for key, layer in _LAYER_WORDS:
        if key in words:
            return layer
    return "resource"  # bucket, key and repository policies


_LAYER_WORDS: list[tuple[str, DenyingLayer]] = [
    ("identity", "identity"),
    ("boundary", "boundary"),
    ("session", "session"),
    ("trust", "trust"),
    ("assume", "trust"),
]


def _trimmed(text: str | None) -> str | None:
    """Without the punctuation of the sentence that follows an ARN."""
    return text.rstrip(".,;:)]}") or None if text else None


_S3_URI = re.compile(r"s3[an]?://(?P<bucket>[a-zA-Z0-9][\w.-]{1,62})(?P<key>/[^\s\"'`<>,;)\]}]*)?")
_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?:v2/)?(?P<repository>[a-z0-9][a-z0-9._/-]*?)(?=/(?:manifests|blobs)/|[^a-z0-9._/-]|$)"
)
_ROLE = re.compile(r"arn:aws[\w-]*:iam::[\w<>*-]+:role/[\w+=,.@/-]*[\w+=@-]")


def s3_arns(text: str) -> list[str]:
    """The ARNs of the S3 URIs in a text."""
    arns: list[str] = []
    for found in _S3_URI.finditer(text):
        key = (found["key"] or "").rstrip(".:").rstrip("/")
        arns.append(f"arn:aws:s3:::{found['bucket']}{key}")
    return arns


def repository_arns(text: str) -> list[str]:
    """The ARNs of the ECR repositories whose images a text names."""
    return [
        f"arn:aws:ecr:{found['region']}:{found['account']}:repository/{found['repository'].rstrip('.')}"
        for found in _IMAGE.finditer(text)
    ]


_ACTION = re.compile(r"(?<![\w:/-])(?P<action>[a-z][a-z0-9-]+:[A-Z][A-Za-z]{2,60})\b(?![:/])")


def actions_named(text: str) -> list[str]:
    """Every IAM action that a text names."""
    return [found["action"] for found in _ACTION.finditer(text)]


def role_arns(text: str) -> list[str]:
    return _ROLE.findall(text)
