"""The pages of AWS that a kind of error leads to."""

from __future__ import annotations

from ...aws.errors import ErrorCode

_DOCS = "https://docs.aws.amazon.com"
_BOTO3 = "https://boto3.amazonaws.com/v1/documentation/api/latest/guide"

_PAGES = {
    "Failed": f"{_DOCS}/sagemaker/latest/dg/sagemaker-python-sdk-troubleshooting.html",
    "NoCapacity": f"{_DOCS}/sagemaker/latest/dg/sagemaker-python-sdk-troubleshooting.html",
    ErrorCode.ACCESS_DENIED.value: f"{_DOCS}/IAM/latest/UserGuide/troubleshoot_access-denied.html",
    ErrorCode.CREDENTIALS_MISSING.value: f"{_BOTO3}/credentials.html",
    ErrorCode.CREDENTIALS_EXPIRED.value: f"{_BOTO3}/credentials.html",
    ErrorCode.QUOTA_EXCEEDED.value: f"{_DOCS}/sagemaker/latest/dg/regions-quotas.html",
    ErrorCode.THROTTLED.value: f"{_BOTO3}/retries.html",
    ErrorCode.WRONG_REGION.value: f"{_BOTO3}/configuration.html",
    ErrorCode.NETWORK.value: f"{_DOCS}/sagemaker/latest/dg/studio-notebooks-and-internet-access.html",
    ErrorCode.TIMEOUT.value: f"{_DOCS}/sagemaker/latest/dg/studio-notebooks-and-internet-access.html",
}
_S3_PAGES = {
    ErrorCode.ACCESS_DENIED.value: f"{_DOCS}/AmazonS3/latest/userguide/troubleshoot-403-errors.html",
    ErrorCode.NOT_FOUND.value: f"{_DOCS}/AmazonS3/latest/API/ErrorResponses.html",
}


def docs_page(code: str, resource: str | None) -> str | None:
    """Address of the page on a kind of error; None where AWS has none that helps."""
    of_s3 = resource is not None and ":s3:::" in resource
    return (_S3_PAGES.get(code) if of_s3 else None) or _PAGES.get(code)


def quotas_page(region: str | None) -> str:
    """Where a higher quota of SageMaker is requested.

    https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html
    """
    host = f"{region}.console.aws.amazon.com" if region else "console.aws.amazon.com"
    return f"https://{host}/servicequotas/home/services/sagemaker/quotas"
