"""From an error of AWS to the help for it: the error mapper and the IAM doctor say what it means."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel

from ...aws.errors import ErrorCode, ErrorEnvelope, SmextError, from_aws
from ...iam.error_advice import Facts, advise
from ...iam.explain import explain
from ...iam.models import ErrorKind, Explanation
from ...jobs.secrets import masked_text
from .call import call_behind, path_behind
from .chain import Failure
from .failed_resource import FailedResource, failed_resource
from .pages import docs_page, quotas_page

FAILED = "Failed"
"""The code of a job or endpoint that failed."""
NO_CAPACITY = "NoCapacity"
"""The code of a request for instances of which AWS has none free. The other codes are those of `ErrorCode`."""


class Help(BaseModel):
    """What stands below a traceback; no text in it holds a secret."""

    code: str
    title: str
    message: str
    """The error itself, in one line, as the doctor reads it."""
    explanation: str
    """What happened, to whom, on what."""
    steps: list[str]
    """What to do."""
    operation: str | None = None
    action: str | None = None
    resource: str | None = None
    principal: str | None = None
    allow_can_help: bool | None = None
    """Whether an Allow in a policy of the principal can help. None: the error does not tell."""
    region: str | None = None
    """The region of the client that called."""
    request_id: str | None = None
    failed: FailedResource | None = None
    docs: str | None = None
    """Address of the page of AWS's documentation on this kind of error."""
    quotas: str | None = None
    """Address of the page on which a higher quota is requested."""


def help_for(failure: Failure) -> Help | None:
    """The help for an error; None where there is no more to say than the traceback does."""
    error = failure.error
    envelope = _envelope(error)
    call, failed = call_behind(error), failed_resource(error)
    message = f"{type(error).__name__}: {error}"
    if failed is not None and failed.reason and failed.reason not in message:
        message = f"{message} FailureReason: {failed.reason}"
    read = explain(
        message,
        operation=envelope.operation or (call.operation if call else None),
        action=envelope.action,
        resource=envelope.resource or (call.resource if call else path_behind(error)),
    )
    code = _code(message, envelope.code, read.kind, failed)
    if failed is None and not isinstance(error, SmextError) and _is_default(read):
        return None
    found = Help(
        code=code,
        title=_title(code, failed),
        message=" ".join(message.split()),
        explanation=" ".join(_explanation(failure, envelope, read, failed)),
        steps=_steps(error, code, envelope, read, failed),
        operation=read.operation,
        action=read.action,
        resource=read.resource,
        principal=read.principal or envelope.principal,
        allow_can_help=read.allow_can_help,
        region=call.region if call else None,
        request_id=envelope.request_id,
        failed=failed,
        docs=docs_page(code, read.resource),
        quotas=quotas_page(call.region if call else None) if code == ErrorCode.QUOTA_EXCEEDED.value else None,
    )
    return Help.model_validate(_without_secrets(found.model_dump()))


def _envelope(error: BaseException) -> ErrorEnvelope:
    if isinstance(error, SmextError):
        return error.envelope
    # The mapper knows boto3's classes; where nobody has loaded boto3, the error is none of them.
    if isinstance(error, Exception) and "botocore" in sys.modules:
        return from_aws(error).envelope
    return SmextError(ErrorCode.INTERNAL, str(error)).envelope


_CODES_OF_KINDS: dict[ErrorKind, ErrorCode] = {
    "iam": ErrorCode.ACCESS_DENIED,
    "network": ErrorCode.NETWORK,
    "credentials": ErrorCode.CREDENTIALS_MISSING,
    "region": ErrorCode.WRONG_REGION,
    "not_found": ErrorCode.NOT_FOUND,
    "quota": ErrorCode.QUOTA_EXCEEDED,
}


def _code(message: str, code: ErrorCode, kind: ErrorKind, failed: FailedResource | None) -> str:
    if kind == "quota" and "capacity" in message.lower():
        return NO_CAPACITY
    if failed is not None:
        return FAILED
    # SageMaker refuses in the words of a ValidationException; a file system raises what open() would.
    if code in (ErrorCode.INTERNAL, ErrorCode.INVALID_REQUEST):
        code = _CODES_OF_KINDS.get(kind, code)
    return str(code.value)


def _is_default(read: Explanation) -> bool:
    """Whether the doctor can only send the reader back to AWS's own words."""
    return read.kind in ("other", "unknown") and read.explanation == advise(Facts(kind=read.kind)).explanation


_TITLES = {
    FAILED: "The {kind} failed",
    NO_CAPACITY: "No capacity",
    ErrorCode.ACCESS_DENIED.value: "Access denied",
    ErrorCode.CREDENTIALS_MISSING.value: "No valid AWS credentials",
    ErrorCode.CREDENTIALS_EXPIRED.value: "AWS credentials have expired",
    ErrorCode.NOT_FOUND.value: "Not found",
    ErrorCode.CONFLICT.value: "Exists already, or is in use",
    ErrorCode.QUOTA_EXCEEDED.value: "Quota reached",
    ErrorCode.THROTTLED.value: "AWS asks to slow down",
    ErrorCode.WRONG_REGION.value: "Wrong region",
    ErrorCode.NETWORK.value: "No connection to AWS",
    ErrorCode.TIMEOUT.value: "No answer in time",
}


def _title(code: str, failed: FailedResource | None) -> str:
    return _TITLES.get(code, "The call failed").format(kind=failed.kind if failed else "")


def _explanation(
    failure: Failure, envelope: ErrorEnvelope, read: Explanation, failed: FailedResource | None
) -> list[str]:
    sentences = ["A call to AWS failed before the error that ended the cell."] if failure.hidden else []
    if failed is not None:
        sentences.append(f"The {failed.kind} {failed.name or ''}".rstrip() + " failed.")
    if isinstance(failure.error, SmextError) and (read.kind != "iam"):
        return [*sentences, envelope.message]
    return [*sentences, read.explanation]


def _steps(
    error: BaseException, code: str, envelope: ErrorEnvelope, read: Explanation, failed: FailedResource | None
) -> list[str]:
    if code == ErrorCode.THROTTLED.value or (isinstance(error, SmextError) and read.kind != "iam"):
        return [envelope.hint] if envelope.hint else []
    region = _region_told(error)
    if region is not None:
        return [f"Make the client with region_name={region!r}: there the bucket is."]
    if any(each.__name__ in _SIGN_IN_ENDED for each in type(error).__mro__):
        return ["Sign in again in a terminal: `aws sso login`, with `--profile` for a profile.", *read.steps[1:]]
    if failed is not None and failed.kind == "training job" and failed.name:
        return [f"`%sm_logs {failed.name}` shows its log.", *read.steps]
    return read.steps


_SIGN_IN_ENDED = ("SSOError", "TokenRetrievalError")
"""botocore's classes for a session of IAM Identity Center that is over, or was never begun."""


def _region_told(error: BaseException) -> str | None:
    """The region in which S3 says a bucket is, when it was asked in another.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
    """
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict) or answer.get("ResponseMetadata", {}).get("HTTPStatusCode") not in (301, 307, 400):
        return None
    region = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("x-amz-bucket-region")
    return str(region) if region else None


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_secrets(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return masked_text(value) if isinstance(value, str) else value
