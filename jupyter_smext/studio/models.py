"""The contract of the studio room. Member names are the API's, in snake_case.

https://docs.aws.amazon.com/sagemaker/latest/dg/studio-updated.html
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from pydantic import BaseModel, Field

from ..aws.errors import ErrorEnvelope

# The statuses that a domain, profile, space or app leaves by itself; in the others it stays until somebody acts.
UNSETTLED = ("Pending", "Updating", "Deleting")

# An app of this name is the one that Studio itself starts in a space.
DEFAULT_APP_NAME = "default"

# What a space runs on where nobody says anything else.
DEFAULT_INSTANCE_TYPE = "ml.t3.medium"

SMALLEST_EBS_GB = 5
LARGEST_EBS_GB = 16384
SHORTEST_IDLE_MINUTES = 60
LONGEST_IDLE_MINUTES = 525600

_NAME = r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"
_DOMAIN_ID = r"^d-(-*[a-z0-9]){1,61}$"


class Price(BaseModel):
    """A price as a dated source tells it, in USD on demand, without tax and discounts."""

    usd: float
    unit: str = Field(description="`hour` of one instance, or `GB-month` of storage.")
    component: str | None = Field(
        None, description="What it was published for, e.g. `Studio-JupyterLab`; another component's price is near it."
    )
    exact: bool = Field(description="Whether it was published for just this use.")
    as_of: str = Field(description="Date of the source, YYYY-MM-DD or YYYY-MM.")


class ResourceSpec(BaseModel):
    """What an app runs on. Null means: what the profile or the domain says, and else AWS's default."""

    instance_type: str | None = None
    sagemaker_image_arn: str | None = None
    sagemaker_image_version_arn: str | None = None
    sagemaker_image_version_alias: str | None = None
    lifecycle_config_arn: str | None = None


class IdleSettings(BaseModel):
    lifecycle_management: str | None = Field(None, description="ENABLED or DISABLED; null: nothing was set.")
    idle_timeout_in_minutes: int | None = None
    min_idle_timeout_in_minutes: int | None = None
    max_idle_timeout_in_minutes: int | None = None


class CustomFileSystem(BaseModel):
    kind: str = Field(description="EFS, FSxLustre or S3.")
    file_system_id: str | None = None
    path: str | None = Field(None, description="Path in the file system, or the mount path of S3.")
    s3_uri: str | None = None


class UserSettings(BaseModel):
    """The essentials of a domain's or a profile's settings; null and empty: inherited, or nothing was set."""

    execution_role: str | None = None
    security_groups: list[str] = []
    default_resource_spec: ResourceSpec = Field(
        default_factory=ResourceSpec, description="Of JupyterLab spaces that name nothing else."
    )
    lifecycle_config_arns: list[str] = Field([], description="Those that a JupyterLab space may choose from.")
    built_in_lifecycle_config_arn: str | None = Field(None, description="Runs in every JupyterLab space.")
    idle_settings: IdleSettings = Field(default_factory=IdleSettings)
    default_ebs_volume_size_in_gb: int | None = None
    maximum_ebs_volume_size_in_gb: int | None = None
    studio_web_portal: str | None = None
    default_landing_uri: str | None = None
    auto_mount_home_efs: str | None = None
    custom_file_systems: list[CustomFileSystem] = []


# ---------------------------------------------------------------------------------------------------- where am I


class HostKind(str, Enum):
    """What kind of machine this server runs on."""

    STUDIO_SPACE = "studio_space"
    UNIFIED_STUDIO = "unified_studio"
    NOTEBOOK_INSTANCE = "notebook_instance"
    EC2 = "ec2"
    ELSEWHERE = "elsewhere"


class WhereAmI(BaseModel):
    """Where this Jupyter server runs. What could not be asked is null, and ``unknown`` says why."""

    kind: HostKind
    evidence: str = Field(description="What the kind was told by.")
    region: str | None = None
    account: str | None = None
    sandbox: bool = Field(False, description="Whether the embedded sandbox stands in for AWS.")
    domain_id: str | None = None
    domain_name: str | None = None
    user_profile_name: str | None = None
    space_name: str | None = None
    space: Space | None = Field(None, description="The space, where this is one and it could be asked.")
    app: App | None = Field(None, description="The app that this server is.")
    image_version: str | None = Field(None, description="Of the SageMaker Distribution image, e.g. `4.4.1`.")
    instance_type: str | None = None
    price: Price | None = Field(None, description="Of the instance, per hour; null: not known, or not billed by AWS.")
    notebook_instance_name: str | None = None
    project_id: str | None = Field(None, description="Of the Unified Studio project.")
    unknown: list[ErrorEnvelope] = Field([], description="The calls that were refused or failed on the way.")


# ------------------------------------------------------------------------------------------------------- domains


class PageQuery(BaseModel):
    next_token: str | None = None
    max_results: int = Field(50, ge=1, le=100)


class DomainName(BaseModel):
    domain_id: str = Field(pattern=_DOMAIN_ID)


class DomainSummary(BaseModel):
    domain_id: str
    domain_name: str
    domain_arn: str
    status: str
    creation_time: datetime
    last_modified_time: datetime
    url: str | None = None
    here: bool = Field(False, description="Whether this server runs in it.")


class DomainPage(BaseModel):
    domains: list[DomainSummary]
    next_token: str | None = None


class Domain(BaseModel):
    domain_id: str
    domain_name: str
    domain_arn: str
    status: str
    failure_reason: str | None = None
    auth_mode: str
    app_network_access_type: str | None = None
    vpc_id: str | None = None
    subnet_ids: list[str] = []
    security_group_ids: list[str] = Field([], description="Of the communication between domain and apps.")
    kms_key_id: str | None = None
    home_efs_file_system_id: str | None = Field(None, description="Null: the domain has no home file system.")
    url: str | None = None
    creation_time: datetime
    last_modified_time: datetime
    default_user_settings: UserSettings
    default_space_settings: UserSettings
    tags: dict[str, str] | None = Field(None, description="Null where `sagemaker:ListTags` is refused.")


class DomainSetupRequest(BaseModel):
    """A quick set-up of Studio for one person. What is null, the plan fills in."""

    domain_name: str | None = Field(None, pattern=_NAME)
    user_profile_name: str | None = Field(None, pattern=_NAME)
    execution_role_arn: str | None = None
    vpc_id: str | None = None
    subnet_ids: list[str] = []
    app_network_access_type: str = Field("PublicInternetOnly", pattern="^(PublicInternetOnly|VpcOnly)$")
    default_ebs_volume_size_in_gb: int = Field(5, ge=SMALLEST_EBS_GB, le=LARGEST_EBS_GB)
    maximum_ebs_volume_size_in_gb: int = Field(100, ge=SMALLEST_EBS_GB, le=LARGEST_EBS_GB)
    idle_timeout_in_minutes: int | None = Field(
        60, ge=SHORTEST_IDLE_MINUTES, le=LONGEST_IDLE_MINUTES, description="Null: apps run until somebody stops them."
    )


class Subnet(BaseModel):
    subnet_id: str
    availability_zone: str
    cidr_block: str
    public: bool = Field(description="Whether machines in it get a public address by default.")


class Vpc(BaseModel):
    vpc_id: str
    name: str | None = None
    cidr_block: str
    is_default: bool
    subnets: list[Subnet]


class RoleChoice(BaseModel):
    role_arn: str
    why: str = Field(description="Why it is offered.")


class SetupStep(BaseModel):
    """One thing that the set-up makes or leaves out."""

    what: str
    why: str
    cost: str = Field(description="In words, with the figure and its date where one is known.")


class PlanProblem(BaseModel):
    """What stands in the way, or what to know before."""

    blocking: bool
    message: str
    hint: str | None = None
    field: str | None = Field(None, description="Member of the request that it is about.")
    error: ErrorEnvelope | None = Field(None, description="AWS's answer, where it comes from one.")


class DomainSetupPlan(BaseModel):
    """What a quick set-up would do. Nothing was made."""

    request: DomainSetupRequest = Field(description="The request with everything filled in that could be.")
    vpcs: list[Vpc] | None = Field(None, description="To choose from; null: they could not be listed.")
    roles: list[RoleChoice] | None = Field(None, description="To choose from; null: they could not be listed.")
    steps: list[SetupStep]
    problems: list[PlanProblem]
    ready: bool = Field(description="Whether nothing blocks.")


# ------------------------------------------------------------------------------------------------- user profiles


class ProfilesQuery(PageQuery):
    domain_id: str = Field(pattern=_DOMAIN_ID)
    name_contains: str | None = None


class UserProfileSummary(BaseModel):
    domain_id: str
    user_profile_name: str
    status: str
    creation_time: datetime
    last_modified_time: datetime


class UserProfilePage(BaseModel):
    user_profiles: list[UserProfileSummary]
    next_token: str | None = None


class ProfileName(BaseModel):
    domain_id: str = Field(pattern=_DOMAIN_ID)
    user_profile_name: str = Field(pattern=_NAME)


class CreateUserProfileRequest(ProfileName):
    execution_role_arn: str | None = Field(None, description="Null: the domain's.")


class UserProfile(BaseModel):
    domain_id: str
    user_profile_name: str
    user_profile_arn: str
    status: str
    failure_reason: str | None = None
    home_efs_file_system_uid: str | None = None
    execution_role: str | None = Field(None, description="The role that counts: the profile's own, or the domain's.")
    execution_role_inherited: bool = Field(False, description="Whether it comes from the domain.")
    user_settings: UserSettings = Field(description="The profile's own.")
    creation_time: datetime
    last_modified_time: datetime


# ---------------------------------------------------------------------------------------------------------- apps


class AppsQuery(PageQuery):
    domain_id: str = Field(pattern=_DOMAIN_ID)
    space_name: str | None = None
    user_profile_name: str | None = None
    with_activity: bool = Field(
        False, description="Ask each running app when it was used last: one more call for each of them."
    )


class App(BaseModel):
    domain_id: str
    space_name: str | None = None
    user_profile_name: str | None = None
    app_type: str
    app_name: str
    app_arn: str | None = None
    status: str
    failure_reason: str | None = None
    resource_spec: ResourceSpec = Field(default_factory=ResourceSpec)
    built_in_lifecycle_config_arn: str | None = None
    recovery_mode: bool | None = None
    creation_time: datetime | None = None
    last_user_activity_timestamp: datetime | None = None
    idle_minutes: int | None = Field(None, description="Since the last activity; null where nobody knows.")
    price: Price | None = Field(None, description="Of its instance, per hour, while it runs; null: not known.")


class AppPage(BaseModel):
    apps: list[App]
    next_token: str | None = None


# -------------------------------------------------------------------------------------------------------- spaces


class SpacesQuery(PageQuery):
    domain_id: str = Field(pattern=_DOMAIN_ID)
    name_contains: str | None = None


class SpaceName(BaseModel):
    domain_id: str = Field(pattern=_DOMAIN_ID)
    space_name: str = Field(pattern=_NAME)


class SpaceSummary(BaseModel):
    domain_id: str
    space_name: str
    space_display_name: str | None = None
    status: str
    sharing_type: str | None = None
    owner_user_profile_name: str | None = None
    app_type: str | None = None
    ebs_volume_size_in_gb: int | None = None
    storage_usd_per_month: float | None = Field(None, description="Of the volume, also while stopped; null: not known.")
    app: App | None = Field(None, description="The app that runs in it, or is on its way; null: it is stopped.")
    creation_time: datetime
    last_modified_time: datetime
    here: bool = Field(False, description="Whether this server runs in it.")


class SpacePage(BaseModel):
    spaces: list[SpaceSummary]
    next_token: str | None = None
    apps_unknown: ErrorEnvelope | None = Field(
        None, description="Why nobody knows which spaces run; null: it is known."
    )


class Space(SpaceSummary):
    space_arn: str
    failure_reason: str | None = None
    url: str | None = None
    resource_spec: ResourceSpec = Field(description="What its app runs on at the next start, where the space says it.")
    effective_resource_spec: ResourceSpec = Field(
        description="The same, with what profile and domain add to it; null parts are AWS's defaults."
    )
    idle_settings: IdleSettings
    custom_file_systems: list[CustomFileSystem] = []
    remote_access: str | None = None
    price: Price | None = Field(None, description="Of its instance, per hour, while it runs; null: not known.")
    storage_price: Price | None = Field(None, description="Of its volume, per GB-month; null: not known.")


class CreateSpaceRequest(SpaceName):
    """A space, and what its app runs on. The app is started apart from it, because it costs money by the hour."""

    space_display_name: str | None = Field(None, max_length=64)
    owner_user_profile_name: str = Field(pattern=_NAME)
    sharing_type: str = Field("Private", pattern="^(Private|Shared)$")
    app_type: str = Field("JupyterLab", pattern="^(JupyterLab|CodeEditor)$")
    instance_type: str = DEFAULT_INSTANCE_TYPE
    ebs_volume_size_in_gb: int | None = Field(
        None, ge=SMALLEST_EBS_GB, le=LARGEST_EBS_GB, description="Null: what the profile or the domain says."
    )
    sagemaker_image_arn: str | None = Field(None, description="Null: what the domain says, else AWS's current image.")
    sagemaker_image_version_alias: str | None = None
    lifecycle_config_arn: str | None = None
    idle_timeout_in_minutes: int | None = Field(
        None, ge=SHORTEST_IDLE_MINUTES, le=LONGEST_IDLE_MINUTES, description="Null: what the domain says."
    )


class SpacePlan(BaseModel):
    """What a space would be and cost. Nothing was made."""

    request: CreateSpaceRequest = Field(description="The request with the defaults of profile and domain filled in.")
    price: Price | None = Field(None, description="Of the instance, per hour, only while it runs; null: not known.")
    storage_price: Price | None = Field(None, description="Of the volume, per GB-month; null: not known.")
    storage_usd_per_month: float | None = Field(None, description="Of the volume, also while stopped; null: not known.")
    lifecycle_config_arns: list[str] = Field([], description="Those that profile and domain allow to choose from.")
    built_in_lifecycle_config_arn: str | None = None
    notes: list[str] = Field(description="What is billed when, what persists, and what a delete takes with it.")
    problems: list[PlanProblem]
    ready: bool = Field(description="Whether nothing blocks.")


class UpdateSpaceRequest(SpaceName):
    """What is null stays as it is. Takes effect at the next start of the app."""

    space_display_name: str | None = Field(None, max_length=64)
    instance_type: str | None = None
    ebs_volume_size_in_gb: int | None = Field(
        None, ge=SMALLEST_EBS_GB, le=LARGEST_EBS_GB, description="Grows only, at most once in six hours."
    )
    sagemaker_image_arn: str | None = None
    sagemaker_image_version_alias: str | None = None
    lifecycle_config_arn: str | None = Field(None, description="`None` (the word) detaches.")
    idle_timeout_in_minutes: int | None = Field(None, ge=SHORTEST_IDLE_MINUTES, le=LONGEST_IDLE_MINUTES)


class StartSpaceRequest(SpaceName):
    instance_type: str | None = Field(None, description="For this run only; null: what the space says.")
    recovery_mode: bool = Field(False, description="Start with AWS's minimal environment, without lifecycle script.")


class OpenSpaceRequest(SpaceName):
    user_profile_name: str | None = Field(None, description="Who opens it; null: the owner of the space.")


class StudioUrl(BaseModel):
    """Whoever has it is logged in as the user profile: sent as POST, shown to nobody else, kept nowhere."""

    authorized_url: str
    expires_in_seconds: int


class SpaceDeletePlan(BaseModel):
    """What a delete takes with it."""

    domain_id: str
    space_name: str
    owner_user_profile_name: str | None = None
    apps: list[App] = Field(description="They are stopped first.")
    lost: list[str] = Field(description="What is gone for good.")
    kept: list[str] = Field(description="What stays.")
    saved_usd_per_month: float | None = Field(None, description="Of the volume; null: not known.")
    problems: list[PlanProblem]
    ready: bool = Field(description="Whether nothing blocks.")


class DeleteSpaceRequest(SpaceName):
    confirm: str = Field(description="The space's name once more, typed by the user.")


# -------------------------------------------------------------------------------------------------------- images


class Image(BaseModel):
    """An image that a space can run."""

    name: str
    sagemaker_image_arn: str | None = Field(None, description="Null: what AWS starts where nothing is named.")
    version_aliases: list[str] = Field([], description="Newest first; empty: the versions are AWS's to tell.")
    image_version_arn: str | None = Field(None, description="Of the newest version of an own image.")
    status: str | None = None
    description: str | None = None
    own: bool = Field(description="Whether it belongs to this account, and not to AWS.")


class ImageList(BaseModel):
    images: list[Image]
    own_unknown: ErrorEnvelope | None = Field(None, description="Why the account's own images could not be listed.")


# ------------------------------------------------------------------------------------------------------- storage


class StorageKind(str, Enum):
    SPACE_VOLUME = "space_volume"
    HOME_EFS = "home_efs"
    CUSTOM_EFS = "custom_efs"
    CUSTOM_FSX_LUSTRE = "custom_fsx_lustre"
    CUSTOM_S3 = "custom_s3"


class StorageItem(BaseModel):
    """Something that holds data of a domain, and what it costs a month."""

    kind: StorageKind
    name: str = Field(description="Name of the space, id of the file system, or S3 URI.")
    size_gb: float | None = Field(None, description="What is billed: provisioned, or used where use is billed.")
    used_bytes: int | None = Field(None, description="What lies in it, where AWS or this machine knows.")
    price: Price | None = Field(None, description="Per GB-month; null: not known.")
    usd_per_month: float | None = Field(None, description="Null where price or size are not known.")
    owner_user_profile_name: str | None = None
    mounted_at: str | None = Field(None, description="Where this machine has it.")
    note: str | None = None
    error: ErrorEnvelope | None = Field(None, description="Why its size is not known.")


class StorageReport(BaseModel):
    """Dearest first."""

    domain_id: str
    region: str
    items: list[StorageItem]
    usd_per_month: float | None = Field(None, description="Of the items whose price is known; null: of none.")
    complete: bool = Field(description="Whether every item has a price and nothing was refused.")
    truncated: bool = Field(description="True where there are more spaces than were looked at.")
    unknown: list[ErrorEnvelope] = []


WhereAmI.model_rebuild()
