"""Domains: which there are, and how one is set up.

https://docs.aws.amazon.com/sagemaker/latest/dg/gs-studio-onboard.html
"""

from __future__ import annotations

from typing import Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .models import Domain, DomainPage, DomainSummary, PageQuery
from .settings import user_settings


def list_domains(session: AwsSession, query: PageQuery) -> DomainPage:
    """One page of the region's domains. Permission: `sagemaker:ListDomains`."""
    request: dict[str, Any] = {"MaxResults": query.max_results}
    if query.next_token:
        request["NextToken"] = query.next_token
    answer = session.client("sagemaker").list_domains(**request)
    here = session.metadata.domain_id if session.metadata else None
    domains = [
        DomainSummary(
            domain_id=each["DomainId"],
            domain_name=each["DomainName"],
            domain_arn=each["DomainArn"],
            status=each["Status"],
            creation_time=each["CreationTime"],
            last_modified_time=each["LastModifiedTime"],
            url=each.get("Url"),
            here=each["DomainId"] == here,
        )
        for each in answer["Domains"]
    ]
    return DomainPage(domains=domains, next_token=answer.get("NextToken"))


def the_domain(session: AwsSession) -> str:
    """The id of the domain that is meant where none is named: the one we are in, or the region's only one.

    Permission: `sagemaker:ListDomains`, outside Studio. Raises `InvalidRequest` where there is none, or more than one.
    """
    if session.metadata and session.metadata.domain_id:
        return session.metadata.domain_id
    found = list_domains(session, PageQuery(max_results=100)).domains
    if len(found) == 1:
        return found[0].domain_id
    names = ", ".join(f"{domain.domain_id} ({domain.domain_name})" for domain in found)
    raise SmextError(
        ErrorCode.INVALID_REQUEST,
        f"There are several domains in {session.region}: {names}." if found else f"{session.region} has no domain.",
        hint="Name one of them." if found else "`jupyter smext studio set-up` makes one.",
    )


def describe_domain(session: AwsSession, domain_id: str) -> Domain:
    """One domain. Permissions: `sagemaker:DescribeDomain`, and `sagemaker:ListTags` for its tags."""
    raw = describe_raw(session, domain_id)
    return Domain(
        domain_id=domain_id,
        domain_name=raw["DomainName"],
        domain_arn=raw["DomainArn"],
        status=raw["Status"],
        failure_reason=raw.get("FailureReason"),
        auth_mode=raw["AuthMode"],
        app_network_access_type=raw.get("AppNetworkAccessType"),
        vpc_id=raw.get("VpcId"),
        subnet_ids=raw.get("SubnetIds", []),
        security_group_ids=raw.get("DomainSettings", {}).get("SecurityGroupIds", []),
        kms_key_id=raw.get("KmsKeyId"),
        home_efs_file_system_id=raw.get("HomeEfsFileSystemId"),
        url=raw.get("Url"),
        creation_time=raw["CreationTime"],
        last_modified_time=raw["LastModifiedTime"],
        default_user_settings=user_settings(raw.get("DefaultUserSettings", {})),
        default_space_settings=user_settings(raw.get("DefaultSpaceSettings", {})),
        tags=_tags(session, raw["DomainArn"]),
    )


def describe_raw(session: AwsSession, domain_id: str) -> dict[str, Any]:
    """AWS's own answer."""
    answer: dict[str, Any] = session.client("sagemaker").describe_domain(DomainId=domain_id)
    return answer


def _tags(session: AwsSession, arn: str) -> dict[str, str] | None:
    try:
        tags = session.client("sagemaker").list_tags(ResourceArn=arn)["Tags"]
    except Exception as error:
        mapped = from_aws(error)
        if mapped.code is ErrorCode.ACCESS_DENIED:
            return None
        raise mapped from error
    return {tag["Key"]: tag["Value"] for tag in tags}
