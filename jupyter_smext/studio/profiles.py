"""User profiles: who works in a domain, and as which role.

https://docs.aws.amazon.com/sagemaker/latest/dg/domain-user-profile.html
"""

from __future__ import annotations

from typing import Any

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from .domains import describe_raw as describe_raw_domain
from .models import (
    CreateUserProfileRequest,
    ProfilesQuery,
    UserProfile,
    UserProfilePage,
    UserProfileSummary,
)
from .settings import user_settings


def list_profiles(session: AwsSession, query: ProfilesQuery) -> UserProfilePage:
    """One page of a domain's profiles. Permission: `sagemaker:ListUserProfiles`."""
    request: dict[str, Any] = {"DomainIdEquals": query.domain_id, "MaxResults": query.max_results}
    if query.name_contains:
        request["UserProfileNameContains"] = query.name_contains
    if query.next_token:
        request["NextToken"] = query.next_token
    answer = session.client("sagemaker").list_user_profiles(**request)
    profiles = [
        UserProfileSummary(
            domain_id=each["DomainId"],
            user_profile_name=each["UserProfileName"],
            status=each["Status"],
            creation_time=each["CreationTime"],
            last_modified_time=each["LastModifiedTime"],
        )
        for each in answer["UserProfiles"]
    ]
    return UserProfilePage(user_profiles=profiles, next_token=answer.get("NextToken"))


def describe_profile(session: AwsSession, domain_id: str, name: str) -> UserProfile:
    """One profile, and the role that counts for it.

    Permissions: `sagemaker:DescribeUserProfile`; `sagemaker:DescribeDomain` where the role is the domain's, which is
    unknown without it.
    """
    raw = describe_raw(session, domain_id, name)
    settings = user_settings(raw.get("UserSettings", {}))
    role = settings.execution_role
    if role is None:
        try:
            role = describe_raw_domain(session, domain_id).get("DefaultUserSettings", {}).get("ExecutionRole")
        except Exception as error:
            if from_aws(error).envelope.retryable:
                raise
    return UserProfile(
        domain_id=domain_id,
        user_profile_name=raw["UserProfileName"],
        user_profile_arn=raw["UserProfileArn"],
        status=raw["Status"],
        failure_reason=raw.get("FailureReason"),
        home_efs_file_system_uid=raw.get("HomeEfsFileSystemUid"),
        execution_role=role,
        execution_role_inherited=settings.execution_role is None,
        user_settings=settings,
        creation_time=raw["CreationTime"],
        last_modified_time=raw["LastModifiedTime"],
    )


def create_profile(session: AwsSession, request: CreateUserProfileRequest) -> UserProfile:
    """Create a profile; it is Pending for some seconds. It costs nothing by itself.

    Permissions: `sagemaker:CreateUserProfile` and, with a role of its own, `iam:PassRole` on that role. Raises
    `Conflict` where there is one of this name.
    """
    settings = {"UserSettings": {"ExecutionRole": request.execution_role_arn}} if request.execution_role_arn else {}
    session.client("sagemaker").create_user_profile(
        DomainId=request.domain_id, UserProfileName=request.user_profile_name, **settings
    )
    return describe_profile(session, request.domain_id, request.user_profile_name)


def describe_raw(session: AwsSession, domain_id: str, name: str) -> dict[str, Any]:
    """AWS's own answer."""
    answer: dict[str, Any] = session.client("sagemaker").describe_user_profile(DomainId=domain_id, UserProfileName=name)
    return answer
