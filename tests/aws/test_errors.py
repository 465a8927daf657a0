from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions as aws

from jupyter_smext.aws.errors import HTTP_STATUS, ErrorCode, SmextError, from_aws


def client_error(code: str, message: str, operation: str = "GetObject", status: int = 400) -> aws.ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "R-1"},
    }
    return aws.ClientError(answer, operation)


def test_a_denial_names_who_what_and_where() -> None:
    error = from_aws(
        client_error(
            "AccessDeniedException",
            "User: arn:aws:sts::111122223333:assumed-role/Analyst/me is not authorized to perform: "
            "sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:eu-west-1:111122223333:training-job/x "
            "because no identity-based policy allows the sagemaker:CreateTrainingJob action",
            "CreateTrainingJob",
            403,
        )
    ).envelope
    assert error.code is ErrorCode.ACCESS_DENIED
    assert error.principal == "arn:aws:sts::111122223333:assumed-role/Analyst/me"
    assert error.action == "sagemaker:CreateTrainingJob"
    assert error.resource == "arn:aws:sagemaker:eu-west-1:111122223333:training-job/x"
    assert (error.operation, error.request_id, error.retryable) == ("CreateTrainingJob", "R-1", False)


def test_a_bare_s3_denial_takes_the_resource_that_the_caller_knows() -> None:
    error = from_aws(
        client_error("AccessDenied", "Access Denied", "ListObjectsV2", 403), resource="arn:aws:s3:::data"
    ).envelope
    assert (error.action, error.resource, error.principal) == ("s3:ListBucket", "arn:aws:s3:::data", None)


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        ("NoSuchBucket", "gone", 404, ErrorCode.NOT_FOUND),
        ("404", "Not Found", 404, ErrorCode.NOT_FOUND),
        ("403", "Forbidden", 403, ErrorCode.ACCESS_DENIED),
        ("ExpiredToken", "expired", 400, ErrorCode.CREDENTIALS_EXPIRED),
        ("InvalidClientTokenId", "invalid", 403, ErrorCode.CREDENTIALS_MISSING),
        ("SlowDown", "slow", 503, ErrorCode.THROTTLED),
        ("ResourceLimitExceeded", "limit", 400, ErrorCode.QUOTA_EXCEEDED),
        ("ResourceInUse", "in use", 400, ErrorCode.CONFLICT),
        ("PermanentRedirect", "elsewhere", 301, ErrorCode.WRONG_REGION),
        ("ValidationException", "Could not find endpoint x", 400, ErrorCode.NOT_FOUND),
        ("ValidationException", "1 validation error detected", 400, ErrorCode.INVALID_REQUEST),
        ("Unheard", "of", 502, ErrorCode.SERVICE_UNAVAILABLE),
        ("Unheard", "of", 400, ErrorCode.INVALID_REQUEST),
    ],
)
def test_aws_codes(code: str, message: str, status: int, expected: ErrorCode) -> None:
    error = from_aws(client_error(code, message, status=status))
    assert error.code is expected
    assert error.envelope.message == message


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aws.NoCredentialsError(), ErrorCode.CREDENTIALS_MISSING),
        (aws.ProfileNotFound(profile="x"), ErrorCode.CREDENTIALS_MISSING),
        (aws.NoRegionError(), ErrorCode.INVALID_REQUEST),
        (aws.EndpointConnectionError(endpoint_url="http://x"), ErrorCode.NETWORK),
        (aws.ConnectTimeoutError(endpoint_url="http://x"), ErrorCode.TIMEOUT),
        (aws.ReadTimeoutError(endpoint_url="http://x"), ErrorCode.TIMEOUT),
        (aws.SSOTokenLoadError(error_msg="x"), ErrorCode.CREDENTIALS_EXPIRED),
        (aws.ParamValidationError(report="x"), ErrorCode.INVALID_REQUEST),
        (ValueError("x"), ErrorCode.INTERNAL),
    ],
)
def test_errors_that_never_reached_aws(error: Exception, expected: ErrorCode) -> None:
    assert from_aws(error).code is expected


def test_a_mapped_error_stays_as_it_is() -> None:
    error = SmextError(ErrorCode.CONFLICT, "x")
    assert from_aws(error) is error


def test_every_code_has_a_status_and_none_is_401() -> None:
    assert set(HTTP_STATUS) == set(ErrorCode)
    assert 401 not in HTTP_STATUS.values()
