"""Who am I: the caller, the execution role and where it was learnt, their policies, and how deep we can see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ..aws.models import Identity, RoleSource
from ..aws.session import AwsSession
from .control_policies import control_policies_apply
from .holder_policies import look_at_role, read_holder
from .models import ExecutionRole, HolderPolicies, Sight, Visibility, WhoAmI
from .principal import Kind, Principal
from .remembered import remembered
from .sight import look

_KINDS: dict[Kind, Literal["role_session", "user", "root", "federated_user"]] = {
    Kind.SESSION: "role_session",
    Kind.USER: "user",
    Kind.ROOT: "root",
    Kind.FEDERATED_USER: "federated_user",
}

_FOUND_IN = {
    RoleSource.CONFIGURED: "this server's configuration",
    RoleSource.STUDIO_METADATA: "the metadata file of this space",
    RoleSource.SDK_DEFAULTS: "the defaults file of the SageMaker SDK",
    RoleSource.CALLER: "the caller's own role",
}


def whoami(session: AwsSession, *, refresh: bool = False) -> WhoAmI:
    """Everything that can be found out; what may not be read is `unknown`.

    Permission: `sts:GetCallerIdentity`, which cannot be denied. Used where granted: those of holder_policies.py,
    `iam:SimulatePrincipalPolicy`, `access-analyzer:ValidatePolicy`, `organizations:DescribeOrganization`,
    `sagemaker:DescribeUserProfile`, `sagemaker:DescribeSpace`, `sagemaker:DescribeDomain`,
    `sagemaker:DescribeNotebookInstance`.
    """
    return remembered(session, "whoami", lambda: _whoami(session, refresh), refresh=refresh)


def _whoami(session: AwsSession, refresh: bool) -> WhoAmI:
    identity = session.identity(refresh=refresh)
    caller = Principal.parse(identity.caller_arn)
    caller_policies = read_holder(session, identity.caller_arn, refresh=refresh)
    role = execution_role(session, refresh=refresh)
    same = _is_session_of(caller, role.arn) if role else None
    if role is None or same:
        role_policies = caller_policies if role else None
    else:
        role_policies = read_holder(session, role.arn, refresh=refresh)
    credentials = session.boto.get_credentials()
    return WhoAmI(
        caller_arn=identity.caller_arn,
        kind=_KINDS.get(caller.kind, "other"),
        account=identity.account,
        region=identity.region,
        session_name=identity.caller_arn.rsplit("/", 1)[-1] if caller.kind is Kind.SESSION else None,
        credentials_source=identity.credentials_method,
        credentials_expire_at=_expiry(credentials),
        execution_role=role,
        caller_is_execution_role=same,
        warning=_foreign_credentials(session, caller, identity),
        domain_id=identity.domain_id,
        user_profile_name=identity.user_profile_name,
        space_name=identity.space_name,
        caller_policies=caller_policies,
        execution_role_policies=role_policies,
        visibility=_visibility(session, caller, caller_policies, refresh),
    )


def execution_role(session: AwsSession, *, refresh: bool = False) -> ExecutionRole | None:
    """The role that jobs run as: configured, of this space, of the SDK's defaults, described by SageMaker, or the
    caller's own. None where there is no sign of one.

    A session ARN does not carry the role's path; `iam:GetRole` tells it, and without it `path_guessed` is true.
    """
    identity = session.identity(refresh=refresh)
    if identity.execution_role_arn is None or identity.role_path_guessed:
        described = _described_role(session)
        if described is not None:
            return described
    if identity.execution_role_arn is None or identity.execution_role_source is None:
        return None
    arn, guessed = identity.execution_role_arn, identity.role_path_guessed
    if guessed:
        found = look_at_role(session, arn.rsplit("/", 1)[-1])
        if found.value is not None:
            arn, guessed = found.value["Arn"], False
    return _role(arn, identity.execution_role_source.value, _FOUND_IN[identity.execution_role_source], guessed)


def _described_role(session: AwsSession) -> ExecutionRole | None:
    """The role by SageMaker's own description of this space or notebook instance.

    A private space has the role of its owner's profile, a shared one that of the domain's spaces; what a profile does
    not say, the domain does. https://docs.aws.amazon.com/sagemaker/latest/dg/execution-roles-and-spaces.html
    """
    metadata = session.metadata
    if metadata is None:
        return None
    sagemaker = session.client("sagemaker")

    def described(action: str, **arguments: str) -> dict[str, Any]:
        operation = getattr(sagemaker, action)
        return look(action, lambda: operation(**arguments)).value or {}

    if ":notebook-instance/" in (metadata.resource_arn or "") and metadata.resource_name:
        notebook = described("describe_notebook_instance", NotebookInstanceName=metadata.resource_name)
        arn = notebook.get("RoleArn")
        return _role(arn, "notebook_instance", f"the notebook instance {metadata.resource_name}") if arn else None
    if not metadata.domain_id:
        return None
    profile, shared = metadata.user_profile_name, False
    if metadata.space_name:
        space = described("describe_space", DomainId=metadata.domain_id, SpaceName=metadata.space_name)
        shared = space.get("SpaceSharingSettings", {}).get("SharingType") == "Shared"
        profile = profile or space.get("OwnershipSettings", {}).get("OwnerUserProfileName")
    if profile and not shared:
        settings = described("describe_user_profile", DomainId=metadata.domain_id, UserProfileName=profile)
        if arn := settings.get("UserSettings", {}).get("ExecutionRole"):
            return _role(arn, "user_profile", f"the user profile {profile} of domain {metadata.domain_id}")
    domain = described("describe_domain", DomainId=metadata.domain_id)
    settings = domain.get("DefaultSpaceSettings" if shared else "DefaultUserSettings", {})
    arn = settings.get("ExecutionRole")
    return _role(arn, "domain", f"the default settings of domain {metadata.domain_id}") if arn else None


def _role(arn: str, source: Any, found_in: str, guessed: bool = False) -> ExecutionRole:
    resource = arn.split(":", 5)[-1].removeprefix("role")
    path = resource[: resource.rfind("/") + 1]
    return ExecutionRole(
        arn=arn, path=None if guessed else path, path_guessed=guessed, source=source, found_in=found_in
    )


def _is_session_of(caller: Principal, role_arn: str) -> bool:
    """Names of roles are unique in an account whatever their paths, so name and account suffice."""
    role = Principal.parse(role_arn)
    return caller.kind is Kind.SESSION and (caller.account, caller.name) == (role.account, role.name)


def _foreign_credentials(session: AwsSession, caller: Principal, identity: Identity) -> str | None:
    of_space = session.metadata.execution_role_arn if session.metadata else None
    if of_space is None or _is_session_of(caller, of_space):
        return None
    return (
        f"These are not the credentials of this space: its role is {of_space}, the caller is {identity.caller_arn} "
        f"(credentials from {identity.credentials_method or 'an unknown source'})."
    )


def _expiry(credentials: Any) -> datetime | None:
    # botocore has no public name for it.
    expiry = getattr(credentials, "_expiry_time", None)
    return expiry if isinstance(expiry, datetime) else None


_NO_STATEMENT = '{"Version": "2012-10-17", "Statement": []}'


def _visibility(session: AwsSession, caller: Principal, policies: HolderPolicies | None, refresh: bool) -> Visibility:
    simulate = look(
        "iam:SimulatePrincipalPolicy",
        lambda: session.client("iam").simulate_principal_policy(
            PolicySourceArn=policies.arn if policies else caller.text, ActionNames=["sts:GetCallerIdentity"]
        ),
    )
    validate = look(
        "access-analyzer:ValidatePolicy",
        lambda: session.client("accessanalyzer").validate_policy(
            policyDocument=_NO_STATEMENT, policyType="IDENTITY_POLICY", maxResults=1
        ),
    )
    organization = control_policies_apply(session, refresh=refresh)
    return Visibility(
        read_role=_sight_of_holder(session, caller),
        read_policies=_sight_of_policies(session, caller, policies),
        simulate=simulate.sight,
        validate_policy=validate.sight,
        organization=organization.sight,
    )


def _sight_of_holder(session: AwsSession, caller: Principal) -> Sight:
    if caller.kind is Kind.SESSION:
        return look_at_role(session, caller.name).sight
    return look("iam:GetUser", lambda: session.client("iam").get_user()).sight


def _sight_of_policies(session: AwsSession, caller: Principal, policies: HolderPolicies | None) -> Sight:
    if policies is None:
        return Sight(can="unknown", action="iam:ListRolePolicies", reason="The caller holds no policies.")
    iam = session.client("iam")
    if caller.kind is Kind.USER:
        listed = look("iam:ListUserPolicies", lambda: iam.list_user_policies(UserName=caller.name, MaxItems=1))
    else:
        listed = look("iam:ListRolePolicies", lambda: iam.list_role_policies(RoleName=caller.name, MaxItems=1))
    if listed.can == "yes" and policies.policies != "unknown":
        unread = [policy.name for policy in policies.policies if policy.document == "unknown"]
        if unread:
            return Sight(can="no", action="iam:GetPolicyVersion", reason=f"Not readable: {', '.join(unread)}.")
    return listed.sight
