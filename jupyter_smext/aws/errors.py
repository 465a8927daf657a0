"""The one mapper from what boto3 raises to what a person can act on.

Every failure that leaves a room is a :class:`SmextError`. Its ``code`` is one of a small closed set, so that the panel,
the widgets and the command line can decide by code and never by text.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from pydantic import BaseModel, Field


class ErrorCode(str, Enum):
    """What kind of failure it was. The HTTP status that carries it stands in ``HTTP_STATUS``."""

    ACCESS_DENIED = "AccessDenied"
    CREDENTIALS_MISSING = "CredentialsMissing"
    CREDENTIALS_EXPIRED = "CredentialsExpired"
    NOT_FOUND = "NotFound"
    CONFLICT = "Conflict"
    INVALID_REQUEST = "InvalidRequest"
    PRECONDITION_FAILED = "PreconditionFailed"
    TOO_LARGE = "TooLarge"
    QUOTA_EXCEEDED = "QuotaExceeded"
    THROTTLED = "Throttled"
    WRONG_REGION = "WrongRegion"
    NETWORK = "Network"
    TIMEOUT = "Timeout"
    SERVICE_UNAVAILABLE = "ServiceUnavailable"
    NOT_SUPPORTED = "NotSupported"
    UPSTREAM_REJECTED = "UpstreamRejected"
    CANCELLED = "Cancelled"
    INTERNAL = "Internal"


# AWS authentication failures are 403 with a code: JupyterLab takes a 401 for the loss of its own login.
HTTP_STATUS: dict[ErrorCode, int] = {
    ErrorCode.ACCESS_DENIED: 403,
    ErrorCode.CREDENTIALS_MISSING: 403,
    ErrorCode.CREDENTIALS_EXPIRED: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.INVALID_REQUEST: 400,
    ErrorCode.PRECONDITION_FAILED: 412,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.QUOTA_EXCEEDED: 409,
    ErrorCode.THROTTLED: 429,
    ErrorCode.WRONG_REGION: 400,
    ErrorCode.NETWORK: 502,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
    ErrorCode.NOT_SUPPORTED: 501,
    ErrorCode.UPSTREAM_REJECTED: 424,
    ErrorCode.CANCELLED: 409,
    ErrorCode.INTERNAL: 500,
}

RETRYABLE = {ErrorCode.THROTTLED, ErrorCode.NETWORK, ErrorCode.TIMEOUT, ErrorCode.SERVICE_UNAVAILABLE}

# AWS's own error codes, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
_AWS_CODES: dict[str, ErrorCode] = {
    "AccessDenied": ErrorCode.ACCESS_DENIED,
    "AccessDeniedException": ErrorCode.ACCESS_DENIED,
    "AllAccessDisabled": ErrorCode.ACCESS_DENIED,
    "UnauthorizedOperation": ErrorCode.ACCESS_DENIED,
    "NotAuthorized": ErrorCode.ACCESS_DENIED,
    "Forbidden": ErrorCode.ACCESS_DENIED,
    "403": ErrorCode.ACCESS_DENIED,
    "InvalidAccessKeyId": ErrorCode.CREDENTIALS_MISSING,
    "InvalidClientTokenId": ErrorCode.CREDENTIALS_MISSING,
    "UnrecognizedClientException": ErrorCode.CREDENTIALS_MISSING,
    "SignatureDoesNotMatch": ErrorCode.CREDENTIALS_MISSING,
    "MissingAuthenticationToken": ErrorCode.CREDENTIALS_MISSING,
    "ExpiredToken": ErrorCode.CREDENTIALS_EXPIRED,
    "ExpiredTokenException": ErrorCode.CREDENTIALS_EXPIRED,
    "TokenRefreshRequired": ErrorCode.CREDENTIALS_EXPIRED,
    "RequestExpired": ErrorCode.CREDENTIALS_EXPIRED,
    "NoSuchBucket": ErrorCode.NOT_FOUND,
    "NoSuchKey": ErrorCode.NOT_FOUND,
    "NoSuchVersion": ErrorCode.NOT_FOUND,
    "NoSuchUpload": ErrorCode.NOT_FOUND,
    "NoSuchEntity": ErrorCode.NOT_FOUND,
    "NotFound": ErrorCode.NOT_FOUND,
    "404": ErrorCode.NOT_FOUND,
    "ResourceNotFound": ErrorCode.NOT_FOUND,
    "ResourceNotFoundException": ErrorCode.NOT_FOUND,
    "BucketAlreadyExists": ErrorCode.CONFLICT,
    "BucketAlreadyOwnedByYou": ErrorCode.CONFLICT,
    "BucketNotEmpty": ErrorCode.CONFLICT,
    "OperationAborted": ErrorCode.CONFLICT,
    "ConflictException": ErrorCode.CONFLICT,
    "ResourceInUse": ErrorCode.CONFLICT,
    "PreconditionFailed": ErrorCode.PRECONDITION_FAILED,
    "412": ErrorCode.PRECONDITION_FAILED,
    "EntityTooLarge": ErrorCode.TOO_LARGE,
    "ResourceLimitExceeded": ErrorCode.QUOTA_EXCEEDED,
    "LimitExceededException": ErrorCode.QUOTA_EXCEEDED,
    "TooManyBuckets": ErrorCode.QUOTA_EXCEEDED,
    "Throttling": ErrorCode.THROTTLED,
    "ThrottlingException": ErrorCode.THROTTLED,
    "TooManyRequestsException": ErrorCode.THROTTLED,
    "RequestLimitExceeded": ErrorCode.THROTTLED,
    "SlowDown": ErrorCode.THROTTLED,
    "PermanentRedirect": ErrorCode.WRONG_REGION,
    "AuthorizationHeaderMalformed": ErrorCode.WRONG_REGION,
    "IllegalLocationConstraintException": ErrorCode.WRONG_REGION,
    "301": ErrorCode.WRONG_REGION,
    "InternalError": ErrorCode.SERVICE_UNAVAILABLE,
    "InternalFailure": ErrorCode.SERVICE_UNAVAILABLE,
    "ServiceUnavailable": ErrorCode.SERVICE_UNAVAILABLE,
    "503": ErrorCode.SERVICE_UNAVAILABLE,
    "RequestTimeout": ErrorCode.TIMEOUT,
    "UnknownOperationException": ErrorCode.NOT_SUPPORTED,
    "NotImplemented": ErrorCode.NOT_SUPPORTED,
    "ModelError": ErrorCode.UPSTREAM_REJECTED,
    "ModelNotReadyException": ErrorCode.SERVICE_UNAVAILABLE,
}

_HINTS: dict[ErrorCode, str] = {
    ErrorCode.ACCESS_DENIED: "Ask whoever manages the role for this action on this resource, or open the IAM section.",
    ErrorCode.CREDENTIALS_MISSING: "Set AWS credentials (environment, profile or instance role), then try again.",
    ErrorCode.CREDENTIALS_EXPIRED: "Renew the credentials (for example `aws sso login`), then try again.",
    ErrorCode.QUOTA_EXCEEDED: "Request a higher quota in Service Quotas, or use another instance type.",
    ErrorCode.THROTTLED: "AWS asked us to slow down. Wait a moment and try again.",
    ErrorCode.WRONG_REGION: "The resource lives in another region. Choose that region and try again.",
    ErrorCode.NETWORK: "Check the network, the endpoint URL and the VPC endpoints of this machine.",
    ErrorCode.TIMEOUT: "AWS did not answer in time. Try again; nothing may have happened yet.",
}


class ErrorEnvelope(BaseModel):
    """What every failed call of our API answers."""

    code: ErrorCode
    message: str = Field(description="What happened, in AWS's own words where AWS said it.")
    hint: str | None = Field(None, description="What to do about it.")
    operation: str | None = Field(None, description="The AWS API operation, for example `ListObjectsV2`.")
    request_id: str | None = Field(None, description="AWS's request id, for support cases.")
    retryable: bool = False
    action: str | None = Field(None, description="The IAM action that was refused, for example `s3:ListBucket`.")
    resource: str | None = Field(None, description="ARN of what it was refused on.")
    principal: str | None = Field(None, description="ARN of who was refused.")


class SmextError(Exception):
    """A failure that a person can act on. ``envelope`` is what goes over the wire."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        hint: str | None = None,
        operation: str | None = None,
        request_id: str | None = None,
        action: str | None = None,
        resource: str | None = None,
        principal: str | None = None,
    ) -> None:
        super().__init__(message)
        self.envelope = ErrorEnvelope(
            code=code,
            message=message,
            hint=hint or _HINTS.get(code),
            operation=operation,
            request_id=request_id,
            retryable=code in RETRYABLE,
            action=action,
            resource=resource,
            principal=principal,
        )

    @property
    def code(self) -> ErrorCode:
        return self.envelope.code

    @property
    def status(self) -> int:
        """The HTTP status that carries this error."""
        return HTTP_STATUS[self.code]


# "User: ARN is not authorized to perform: ACTION on resource: ARN because no identity-based policy allows ..."
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_DENIED = re.compile(
    r"User: (?P<principal>\S+) is not authorized to perform: (?P<action>[\w-]+:\w+)"
    r"(?: on resource: (?P<quote>\"?)(?P<resource>\S+?)(?P=quote)(?=[\s.,]|$))?"
)

# The IAM action differs from the API operation for these S3 calls,
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_S3_ACTIONS = {
    "ListObjectsV2": "ListBucket",
    "ListObjects": "ListBucket",
    "HeadBucket": "ListBucket",
    "ListBuckets": "ListAllMyBuckets",
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "DeleteObjects": "DeleteObject",
    "ListObjectVersions": "ListBucketVersions",
}


def from_aws(error: Exception, *, resource: str | None = None, principal: str | None = None) -> SmextError:
    """Turn an exception of boto3, botocore or the network into a :class:`SmextError`.

    ``resource`` and ``principal`` are ARNs that the caller knows; they fill in where the message names none
    (S3 answers a bare "Access Denied"). A :class:`SmextError` comes back unchanged.
    """
    from botocore import exceptions as aws

    if isinstance(error, SmextError):
        return error
    if isinstance(error, aws.ClientError):
        return _from_client_error(error, resource, principal)
    message = str(error)
    if isinstance(error, (aws.NoCredentialsError, aws.PartialCredentialsError, aws.ProfileNotFound)):
        return SmextError(ErrorCode.CREDENTIALS_MISSING, message)
    if isinstance(error, (aws.CredentialRetrievalError, aws.TokenRetrievalError, aws.SSOError)):
        return SmextError(ErrorCode.CREDENTIALS_EXPIRED, message)
    if isinstance(error, RuntimeError) and "refreshed credentials are still expired" in message:
        return SmextError(ErrorCode.CREDENTIALS_EXPIRED, message)
    if isinstance(error, aws.NoRegionError):
        return SmextError(ErrorCode.INVALID_REQUEST, message, hint="Set AWS_REGION or choose a region in the settings.")
    if isinstance(error, (aws.ConnectTimeoutError, aws.ReadTimeoutError)):
        return SmextError(ErrorCode.TIMEOUT, message)
    if isinstance(error, (aws.HTTPClientError, aws.ConnectionError, aws.EndpointConnectionError)):
        return SmextError(ErrorCode.NETWORK, message)
    if isinstance(error, aws.ParamValidationError):
        return SmextError(ErrorCode.INVALID_REQUEST, message)
    return SmextError(ErrorCode.INTERNAL, f"{type(error).__name__}: {message}")


def _from_client_error(error: Any, resource: str | None, principal: str | None) -> SmextError:
    answer = error.response
    detail = answer.get("Error", {})
    metadata = answer.get("ResponseMetadata", {})
    aws_code = str(detail.get("Code", ""))
    status = int(metadata.get("HTTPStatusCode", 0) or 0)
    message = detail.get("Message") or f"{aws_code or 'Unknown error'} when calling {error.operation_name}"
    code = _AWS_CODES.get(aws_code) or _code_by_status(aws_code, status, message)
    denied = _DENIED.search(message) if code is ErrorCode.ACCESS_DENIED else None
    action: str | None = None
    if denied:
        action = denied["action"]
        resource = denied["resource"] or resource
        principal = denied["principal"]
    elif code is ErrorCode.ACCESS_DENIED and (resource or "").startswith("arn:aws") and ":s3:" in str(resource):
        action = "s3:" + _S3_ACTIONS.get(error.operation_name, error.operation_name)
    return SmextError(
        code,
        message,
        operation=error.operation_name,
        request_id=metadata.get("RequestId"),
        action=action,
        resource=resource,
        principal=principal,
    )


# SageMaker's ways to say that something does not exist; all of them are a ValidationException.
_MISSING = re.compile(r"[Cc]ould not find|does not exist|Requested resource not found|RecordNotFound")


def _code_by_status(aws_code: str, status: int, message: str) -> ErrorCode:
    if aws_code == "ValidationException" and _MISSING.search(message):
        return ErrorCode.NOT_FOUND
    if aws_code == "ValidationException" and "already exist" in message:
        return ErrorCode.CONFLICT
    if status == 429:
        return ErrorCode.THROTTLED
    if status >= 500:
        return ErrorCode.SERVICE_UNAVAILABLE
    return ErrorCode.INVALID_REQUEST
