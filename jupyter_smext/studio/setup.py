"""Quick set-up of Studio for one person: a domain and a user profile, planned, explained, then made.

https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-quick-start.html is AWS's own way; ours makes no role and no
bucket, and no file system where boto3 knows how to leave it out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Cancelled, Progress
from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from . import domains, profiles
from .models import (
    DEFAULT_INSTANCE_TYPE,
    DomainSetupPlan,
    DomainSetupRequest,
    PageQuery,
    PlanProblem,
    Price,
    RoleChoice,
    SetupStep,
    Subnet,
    Vpc,
)
from .pricing import efs_per_month, monthly, per_hour, volume_per_month
from .waiting import Waiting, wait_until_settled

_MOST_ROLES = 1000
_PROFILE_NAME = "default"


def plan_setup(session: AwsSession, request: DomainSetupRequest, table: PriceTable) -> DomainSetupPlan:
    """Choose what the request leaves open, and tell what would be made, why and at what cost. Makes nothing.

    Permissions: `ec2:DescribeVpcs`, `ec2:DescribeSubnets`, `iam:ListRoles`, `sagemaker:ListDomains`. What is refused
    becomes a problem; it blocks only where the request does not say what could not be looked up.
    """
    problems: list[PlanProblem] = []
    vpcs = _tried(problems, "vpc_id", lambda: _vpcs(session), blocking=not (request.vpc_id and request.subnet_ids))
    roles = _tried(problems, "execution_role_arn", lambda: _roles(session), blocking=False)
    known = _known_role(session)
    if known:
        roles = [known, *(role for role in roles or [] if role.role_arn != known.role_arn)]
    full = _filled(request, vpcs, roles)
    problems += _problems(session, full, vpcs, roles)
    return DomainSetupPlan(
        request=full,
        vpcs=vpcs,
        roles=roles,
        steps=list(_steps(session, full, vpcs, roles, table)),
        problems=problems,
        ready=not any(problem.blocking for problem in problems),
    )


def set_up(session: AwsSession, request: DomainSetupRequest, table: PriceTable, progress: Progress) -> dict[str, Any]:
    """Make the domain and the user profile; answers `domain_id` and `user_profile_name`. Takes minutes.

    Permissions: those of the plan, `sagemaker:CreateDomain`, `sagemaker:DescribeDomain`, `sagemaker:CreateUserProfile`,
    `sagemaker:DescribeUserProfile`, and `iam:PassRole` on the execution role. Raises `InvalidRequest` where the plan is
    blocked, what AWS refuses, and what the FailureReason of a failed domain says. Cancelling ends the waiting only: a
    domain that AWS has begun goes on.
    """
    plan = plan_setup(session, request, table)
    blocking = next((problem for problem in plan.problems if problem.blocking), None)
    if blocking is not None:
        raise SmextError(ErrorCode.INVALID_REQUEST, blocking.message, hint=blocking.hint, operation="CreateDomain")
    full = plan.request
    client = session.client("sagemaker")
    progress.update(0, None, f"Creating the domain {full.domain_name}")
    domain_id: str = client.create_domain(**domain_request(session, full))["DomainId"]
    try:
        wait_until_settled(
            lambda: domains.describe_raw(session, domain_id),
            progress,
            Waiting(f"Domain {full.domain_name} ({domain_id})", "CreateDomain"),
        )
        name = full.user_profile_name or _PROFILE_NAME
        client.create_user_profile(
            DomainId=domain_id, UserProfileName=name, UserSettings={"ExecutionRole": full.execution_role_arn}
        )
        wait_until_settled(
            lambda: profiles.describe_raw(session, domain_id, name),
            progress,
            Waiting(f"User profile {name}", "CreateUserProfile"),
        )
    except Cancelled:
        raise Cancelled(f"Nobody waits any more; the domain {domain_id} stays and goes on being made.") from None
    except Exception as error:
        mapped = from_aws(error)
        mapped.envelope.hint = " ".join(
            part
            for part in (
                mapped.envelope.hint,
                f"The domain {domain_id} is there all the same. A failed one is deleted with "
                f"`aws sagemaker delete-domain --domain-id {domain_id}`.",
            )
            if part
        )
        raise mapped from error
    return {"domain_id": domain_id, "user_profile_name": name}


def domain_request(session: AwsSession, request: DomainSetupRequest) -> dict[str, Any]:
    """The CreateDomain call of a request that is complete."""
    lab: dict[str, Any] = {}
    if request.idle_timeout_in_minutes is not None:
        idle = {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": request.idle_timeout_in_minutes}
        lab["AppLifecycleManagement"] = {"IdleSettings": idle}
    call: dict[str, Any] = {
        "DomainName": request.domain_name,
        "AuthMode": "IAM",
        "VpcId": request.vpc_id,
        "SubnetIds": request.subnet_ids,
        "AppNetworkAccessType": request.app_network_access_type,
        "DefaultUserSettings": {
            "ExecutionRole": request.execution_role_arn,
            "StudioWebPortal": "ENABLED",
            "DefaultLandingUri": "studio::",
            "SpaceStorageSettings": {
                "DefaultEbsStorageSettings": {
                    "DefaultEbsVolumeSizeInGb": request.default_ebs_volume_size_in_gb,
                    "MaximumEbsVolumeSizeInGb": request.maximum_ebs_volume_size_in_gb,
                }
            },
            **({"JupyterLabAppSettings": lab} if lab else {}),
        },
        "DefaultSpaceSettings": {"ExecutionRole": request.execution_role_arn},
    }
    if _can_leave_out_efs(session):
        call["HomeEfsFileSystemCreation"] = "Disabled"
    return call


def _can_leave_out_efs(session: AwsSession) -> bool:
    return session.supports("sagemaker", "CreateDomainRequest", "HomeEfsFileSystemCreation")


def _vpcs(session: AwsSession) -> list[Vpc]:
    ec2 = session.client("ec2")
    subnets: dict[str, list[Subnet]] = {}
    for page in ec2.get_paginator("describe_subnets").paginate():
        for each in page["Subnets"]:
            subnets.setdefault(each["VpcId"], []).append(
                Subnet(
                    subnet_id=each["SubnetId"],
                    availability_zone=each["AvailabilityZone"],
                    cidr_block=each["CidrBlock"],
                    public=each["MapPublicIpOnLaunch"],
                )
            )
    found = [
        Vpc(
            vpc_id=each["VpcId"],
            name=next((tag["Value"] for tag in each.get("Tags", []) if tag["Key"] == "Name"), None),
            cidr_block=each["CidrBlock"],
            is_default=each["IsDefault"],
            subnets=sorted(subnets.get(each["VpcId"], []), key=lambda subnet: subnet.availability_zone),
        )
        for page in ec2.get_paginator("describe_vpcs").paginate()
        for each in page["Vpcs"]
    ]
    return sorted(found, key=lambda vpc: (not vpc.is_default, vpc.vpc_id))


def _roles(session: AwsSession) -> list[RoleChoice]:
    """Roles that SageMaker may assume; those that were made for it first."""
    pages = session.client("iam").get_paginator("list_roles").paginate(PaginationConfig={"MaxItems": _MOST_ROLES})
    found = [
        RoleChoice(role_arn=role["Arn"], why="Its trust policy lets SageMaker assume it.")
        for page in pages
        for role in page["Roles"]
        if _trusts_sagemaker(role["AssumeRolePolicyDocument"])
    ]
    return sorted(found, key=lambda role: ("sagemaker" not in role.role_arn.lower(), role.role_arn))


def _known_role(session: AwsSession) -> RoleChoice | None:
    try:
        identity = session.identity()
    except Exception:
        # Whoever the caller is, the plan goes on: the calls that matter tell what is wrong.
        return None
    if identity.execution_role_arn is None or identity.role_path_guessed:
        return None
    source = identity.execution_role_source.value if identity.execution_role_source else "configured"
    return RoleChoice(role_arn=identity.execution_role_arn, why=f"Jobs run as this role already ({source}).")


def _trusts_sagemaker(policy: Any) -> bool:
    document: Mapping[str, Any] = json.loads(unquote(policy)) if isinstance(policy, str) else policy
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement.get("Effect") == "Allow" and "sagemaker.amazonaws.com" in (
            services if isinstance(services, list) else [services]
        ):
            return True
    return False


def _filled(request: DomainSetupRequest, vpcs: list[Vpc] | None, roles: list[RoleChoice] | None) -> DomainSetupRequest:
    chosen: dict[str, Any] = {}
    if not request.domain_name:
        chosen["domain_name"] = time.strftime("studio-%Y%m%d-%H%M%S", time.gmtime())
    if not request.user_profile_name:
        chosen["user_profile_name"] = _PROFILE_NAME
    if not request.execution_role_arn and roles:
        chosen["execution_role_arn"] = roles[0].role_arn
    vpc = next((each for each in vpcs or [] if request.vpc_id in (None, each.vpc_id) and each.subnets), None)
    if vpc is not None:
        chosen["vpc_id"] = vpc.vpc_id
        if not request.subnet_ids:
            chosen["subnet_ids"] = _one_a_zone(vpc.subnets, public=request.app_network_access_type != "VpcOnly")
    return request.model_copy(update=chosen)


def _one_a_zone(subnets: list[Subnet], *, public: bool) -> list[str]:
    """Of each availability zone the subnet that suits better: a private one where all traffic goes over the VPC."""
    zones: dict[str, Subnet] = {}
    for subnet in subnets:
        known = zones.get(subnet.availability_zone)
        if known is None or (known.public != public and subnet.public == public):
            zones[subnet.availability_zone] = subnet
    return [subnet.subnet_id for subnet in zones.values()]


def _problems(
    session: AwsSession, full: DomainSetupRequest, vpcs: list[Vpc] | None, roles: list[RoleChoice] | None
) -> Iterator[PlanProblem]:
    if vpcs is not None:
        yield from _network_problems(full, vpcs)
    if not full.execution_role_arn:
        yield PlanProblem(
            blocking=True,
            message="No execution role is known that SageMaker may assume.",
            hint="Make one whose trust policy names sagemaker.amazonaws.com, or give the ARN of one.",
            field="execution_role_arn",
        )
    elif roles is not None and full.execution_role_arn not in [role.role_arn for role in roles]:
        yield PlanProblem(
            blocking=False,
            message=f"{full.execution_role_arn} is not among the roles that SageMaker may assume here.",
            hint="AWS refuses the domain where its trust policy does not name sagemaker.amazonaws.com.",
            field="execution_role_arn",
        )
    if full.maximum_ebs_volume_size_in_gb < full.default_ebs_volume_size_in_gb:
        yield PlanProblem(
            blocking=True,
            message="The default volume is larger than the largest one allowed.",
            field="default_ebs_volume_size_in_gb",
        )
    try:
        existing = domains.list_domains(session, PageQuery(max_results=100)).domains
    except Exception as error:
        envelope = from_aws(error).envelope
        yield PlanProblem(blocking=False, message=envelope.message, hint=envelope.hint, error=envelope)
        return
    if existing:
        names = ", ".join(f"{domain.domain_name} ({domain.domain_id})" for domain in existing[:3])
        yield PlanProblem(
            blocking=False,
            message=f"This region has {len(existing)} domain{'s' if len(existing) > 1 else ''} already: {names}.",
            hint="A user profile in one of them may be all that you need.",
        )


def _network_problems(full: DomainSetupRequest, vpcs: list[Vpc]) -> Iterator[PlanProblem]:
    vpc = next((each for each in vpcs if each.vpc_id == full.vpc_id), None)
    if vpc is None:
        where = (
            f"There is no VPC {full.vpc_id} in this region." if full.vpc_id else "This region has no VPC with subnets."
        )
        yield PlanProblem(
            blocking=True,
            message=where,
            hint="`aws ec2 create-default-vpc` makes one, or ask who manages the network for one.",
            field="vpc_id",
        )
        return
    strangers = set(full.subnet_ids) - {subnet.subnet_id for subnet in vpc.subnets}
    if strangers or not full.subnet_ids:
        yield PlanProblem(
            blocking=True,
            message=f"Not in VPC {vpc.vpc_id}: {', '.join(sorted(strangers))}."
            if strangers
            else "No subnet is chosen.",
            hint="Choose subnets of the VPC.",
            field="subnet_ids",
        )
    if full.app_network_access_type == "VpcOnly":
        yield PlanProblem(
            blocking=False,
            message="With VpcOnly, apps reach nothing but what the VPC reaches.",
            hint="It needs VPC endpoints for SageMaker's API and runtime and for S3, and NAT for the internet. "
            "https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated-and-internet-access.html",
            field="app_network_access_type",
        )


def _steps(
    session: AwsSession,
    full: DomainSetupRequest,
    vpcs: list[Vpc] | None,
    roles: list[RoleChoice] | None,
    table: PriceTable,
) -> Iterator[SetupStep]:
    vpc = next((each for each in vpcs or [] if each.vpc_id == full.vpc_id), None)
    yield SetupStep(
        what=f"Domain {full.domain_name}, login by IAM",
        why="A domain holds user profiles and spaces. Login by IAM needs nothing else; by IAM Identity Center, an "
        "organization. It can not be changed later.",
        cost="Nothing by itself.",
    )
    yield SetupStep(
        what=f"In {'the default VPC' if vpc and vpc.is_default else 'VPC'} {full.vpc_id or '?'}, "
        f"{len(full.subnet_ids)} subnet{'s' if len(full.subnet_ids) != 1 else ''}, {full.app_network_access_type}",
        why="Spaces start in one of these subnets, so more zones mean more capacity. PublicInternetOnly reaches the "
        "internet over SageMaker's own network; VpcOnly sends everything through yours.",
        cost="Nothing by itself; NAT and VPC endpoints that VpcOnly needs are billed by EC2.",
    )
    why = next((role.why for role in roles or [] if role.role_arn == full.execution_role_arn), "You named it.")
    yield SetupStep(
        what=f"Execution role {full.execution_role_arn or '?'}",
        why=f"What runs in spaces acts as this role, and jobs started from there do. {why}",
        cost="Nothing.",
    )
    yield SetupStep(
        what=f"User profile {full.user_profile_name}",
        why="A person in the domain; private spaces belong to one.",
        cost="Nothing by itself.",
    )
    if _can_leave_out_efs(session):
        yield SetupStep(
            what="No home file system (EFS)",
            why="JupyterLab spaces have volumes of their own; only Studio Classic needs it.",
            cost="Nothing.",
        )
    else:
        yield SetupStep(
            what="A home file system (EFS)",
            why="AWS makes one with each domain; the installed boto3 does not know how to leave it out.",
            cost=f"By use: {_words(efs_per_month(session.region))}.",
        )
    size, storage = full.default_ebs_volume_size_in_gb, volume_per_month(session.region)
    cost = monthly(storage, size)
    yield SetupStep(
        what=f"Spaces with a volume of {size} GB, at most {full.maximum_ebs_volume_size_in_gb} GB",
        why="The home folder of a space. None is made now.",
        cost="Later, a space: " + ("no price is known." if cost is None else f"{cost:.2f} USD a month, also stopped."),
    )
    idle = full.idle_timeout_in_minutes
    yield SetupStep(
        what=f"Spaces stop after {idle} idle minutes" if idle else "Spaces run until somebody stops them",
        why="A forgotten app is the usual surprise on the bill.",
        cost=f"Later, while a space runs on {DEFAULT_INSTANCE_TYPE}: "
        f"{_words(per_hour(session.region, DEFAULT_INSTANCE_TYPE, table))}.",
    )


def _words(price: Price | None) -> str:
    if price is None:
        return "no price is known"
    return f"{price.usd:g} USD per {price.unit} ({price.component}, {price.as_of})"


def _tried(problems: list[PlanProblem], field: str, ask: Any, *, blocking: bool) -> Any:
    """The answer, or None and a problem."""
    try:
        return ask()
    except Exception as error:
        mapped = from_aws(error)
        problems.append(
            PlanProblem(
                blocking=blocking,
                message=mapped.envelope.message,
                hint=mapped.envelope.hint,
                field=field,
                error=mapped.envelope,
            )
        )
        return None
