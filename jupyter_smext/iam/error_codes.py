"""What AWS error codes and the exceptions of AWS clients mean.

Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the "Common Errors" page of each API.
Exceptions: https://boto3.amazonaws.com/v1/documentation/api/latest/guide/error-handling.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .models import ErrorKind

_CODES: list[tuple[ErrorKind, str]] = [
    # Codes whose name says something else than what they mean come first; services build the others from a few words.
    ("other", r"InvalidObjectState|ObjectNotInActiveTierError|OptInRequired|NotSignedUp|KMSInvalidStateException"),
    ("region", r"AuthorizationHeaderMalformed|IncorrectEndpoint"),
    (
        "quota",
        r"SlowDown|Busy|.*(?:Throttl|LimitExceeded|QuotaExceeded|TooMany|ThroughputExceeded|Capacity|RateExceeded).*",
    ),
    ("quota", r"429|MaxSpotInstanceCountExceeded|BandwidthLimitExceeded"),
    (
        "credentials",
        r".*(?:ExpiredToken|TokenRefresh|RequestExpired|InvalidToken|InvalidClientTokenId|InvalidAccessKeyId"
        r"|UnrecognizedClient|AuthFailure|Signature|TimeTooSkewed|MissingAuthentication|IdentityToken|IDPCommunication"
        r"|MissingSecurity|InvalidSecurity|CredentialsNot|AuthenticationFailed).*",
    ),
    ("region", r".*(?:Redirect|LocationConstraint|InvalidRegion|RegionDisabled).*|30[127]"),
    ("not_found", r"NoSuch\w+|.*(?:NotFound|DoesNotExist).*|404"),
    (
        "iam",
        r".*(?:Access_?Denied|Unauthorized|NotAuthorized|NotPermitted|Forbidden|AuthorizationError|InsufficientPrivilege"
        r"|AllAccessDisabled|AccountProblem|ACCESS_DENIED).*|40[13]",
    ),
    ("network", r"NETWORK_CONNECTION|RequestTimeout|RequestTimeoutException"),
    (
        "other",
        r".*(?:AlreadyExists|AlreadyOwned|InUse|Conflict|Invalid|Validation|Malformed|Internal|Unavailable|Unsupported"
        r"|ModelError|NotReady|Precondition|TooLarge|Serialization|UnknownOperation|Algorithm|Failure|Disabled|Illegal"
        r"|Missing|Incompatible|NotSupported|NotAllowed|Aborted).*|412|50[0234]",
    ),
]
_CODE_PATTERNS = [(kind, re.compile(pattern)) for kind, pattern in _CODES]


def kind_of_code(code: str) -> ErrorKind:
    """The kind of error, from the words that the code is made of."""
    bare = code.removeprefix("Client.")
    return next((kind for kind, pattern in _CODE_PATTERNS if pattern.fullmatch(bare)), "unknown")


_WORDS: list[tuple[ErrorKind, str]] = [
    ("other", r"\bInvalidObjectState\b|not valid for the object's (?:storage class|access tier)"),
    (
        "region",
        r"(?:bucket|key|resource|image|repository|object)\b.{0,100}? (?:is|in|from) (?:in )?"
        r"(?:a |an? ?other |a different |this )?(?:different |wrong )?region"
        r"|(?:must|should|to) be in the same (?:aws )?region|wrong region"
        r"|use this region|using the specified endpoint|cross-region",
    ),
    (
        "credentials",
        r"\b(?:credentials?|token|session)\b.{0,40}? (?:(?:has|have|is|are|been|were|was) )+"
        r"(?:\w+ )?(?:expired|invalid)"
        r"|\bexpired (?:credentials?|token)",
    ),
    (
        "iam",
        r"\baccess ?(?:is |was )?denied|\baccess to .{0,200}? (?:is |was |has been )?denied|\bforbidden\b|\b403\b"
        r"|\bnot (?:authorized|permitted)\b|\binsufficient (?:\w+ )?(?:privilege|permission)"
        r"|(?:\bnot|n't|\bno longer) have (?:the )?.{0,60}?(?:permission|privilege|access to)"
        r"|\bpermission denied\b.{0,200}(?:s3[an]?://|arn:aws|amazonaws)"
        r"|\black(?:s|ing)? (?:\S+ ){0,5}(?:permission|privilege)|\bno permissions?\b"
        r"|\bmissing (?:\S+ ){0,3}permission",
    ),
    (
        "not_found",
        r"NoSuch(?:Key|Bucket)|\bnot ?found\b|(?:does|do)(?: not|n't) exist|(?:could|can)(?: ?not|n't) find|\bno such\b"
        r"|\bno (?:\w+ )?(?:files?|objects?) found|manifest unknown|\b404\b",
    ),
    (
        "quota",
        r"\b(?:quota|service limit|rate limit|limit exceeded|exceeded the .{0,30}limit|too ?many ?requests)\b|\bthrottl"
        r"|\binsufficient (?:\w+ )?capacity",
    ),
]
_WORD_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _WORDS]


def kind_of_words(text: str) -> ErrorKind | None:
    """The kind of error that plain words tell, where there is neither a telling code nor an exception."""
    return next((kind for kind, pattern in _WORD_PATTERNS if pattern.search(text)), None)


_EXCEPTIONS: list[tuple[ErrorKind, str]] = [
    (
        "credentials",
        r"NoCredentialsError|\b[Nn]o (?:\w+ )?[Cc]redentials? (?:provided|found|available|sources?)|NoAuthWithAWS"
        r"|PartialCredentialsError|CredentialRetrievalError|Unable to (?:locate|load|find)"
        r"(?: AWS)? credentials|MetadataRetrievalError|NoAuthTokenError|TokenRetrievalError|UnauthorizedSSOTokenError"
        r"|SSOTokenLoadError|SSO (?:session|token).{0,60}expired|The config profile \(.{0,80}?\) could not be found"
        r"|ProfileNotFound|no basic auth credentials|authorization token has expired"
        r"|security token included in the request is (?:expired|invalid)|NoCredentialProviders|no EC2 IMDS role found"
        r"|CredentialsProviderError|failed to refresh cached credentials|Could not load credentials from any providers"
        r"|InvalidAccessKeyId|Access Key Id you provided does not exist"
        r"|credentials? (?:have|has) expired|credentials are still expired|Token has expired and refresh failed",
    ),
    (
        "region",
        r"NoRegionError|(?:[Ll]oad|[Ff]ind|[Dd]etermine) region\b"
        r"|(?:[Ss]pecify|[Ss]et ?up|[Cc]onfigure|[Pp]rovide)\b.{0,40} a region\b"
        r"|InvalidRegionError|Region is missing|MissingRegion",
    ),
    (
        "network",
        r"EndpointConnectionError|Could not connect to the endpoint URL|ConnectTimeoutError|ReadTimeoutError"
        r"|ProxyConnectionError|ConnectionClosedError|(?:Connect|Read) timeout on endpoint URL"
        r"|Connection was closed before we received a valid response|SSLError|SSLCertVerificationError"
        r"|CERTIFICATE_VERIFY_FAILED|SSL validation failed|Failed to connect to proxy URL|Name or service not known"
        r"|nodename nor servname provided|Temporary failure in name resolution|Could not resolve host|no such host"
        r"|Network is unreachable|No route to host|Connection reset by peer|ConnectionResetError|NewConnectionError"
        r"|Failed to establish a new connection|Connection refused|dial tcp|i/o timeout|TLS handshake timeout"
        r"|UnknownHostException|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|gaierror"
        r"|[Cc]onnect(?:ion)?(?: to \S{1,200})? timed out"
        r"|(?:Connect|Timeout|Proxy|Protocol|Payload|Disconnected)\w{0,60}(?:Error|Exception)\b|Cannot connect to host"
        r"|error sending request|Connection (?:broken|aborted)|IncompleteRead|RemoteDisconnected"
        r"|could not connect to server"
        r"|Timeout was reached|Read timed out|HTTPClientError|Failed to connect to|Max retries exceeded with url",
    ),
    (
        "not_found",
        r"FileNotFoundError|NoSuchKey|NoSuchBucket|The specified (?:key|bucket) does not exist"
        r"|No such file or directory",
    ),
    ("quota", r"Rate exceeded|[Rr]educe your request rate|Too Many Requests|CapacityError"),
]
_EXCEPTION_PATTERNS = [(kind, re.compile(pattern)) for kind, pattern in _EXCEPTIONS]
_SAME_EXCEPTION = 250
"""Characters within which the name of an exception and the words of its message stand."""


class ClientException(NamedTuple):
    """An exception of a client, which no answer of AWS stands behind."""

    kind: ErrorKind
    position: int
    words: str


def exception_in(text: str) -> ClientException | None:
    """The last one in a normalized text: the earlier ones were handled, or are what it was raised from."""
    found = sorted(
        (
            ClientException(kind, match.start(), match[0])
            for kind, pattern in _EXCEPTION_PATTERNS
            for match in pattern.finditer(text)
        ),
        key=lambda exception: exception.position,
    )
    if not found:
        return None
    last = found.pop()
    # Its name comes first and tells more than the message, which may quote another error.
    while (
        found
        and last.position - found[-1].position < _SAME_EXCEPTION
        and "Traceback" not in text[found[-1].position : last.position]
    ):
        last = found.pop()
    return last
