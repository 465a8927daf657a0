"""What the aws room tells its faces."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, Field


class RoleSource(str, Enum):
    """Where the execution role was learnt."""

    CONFIGURED = "configured"
    STUDIO_METADATA = "studio_metadata"
    SDK_DEFAULTS = "sdk_defaults"
    CALLER = "caller"


class Identity(BaseModel):
    """Who we are for AWS, and where."""

    account: str
    caller_arn: str
    user_id: str
    region: str
    execution_role_arn: str | None = Field(None, description="The role that jobs run as, where one is known.")
    execution_role_source: RoleSource | None = None
    role_path_guessed: bool = Field(
        False, description="True where the role was derived from a session ARN, which does not carry the role's path."
    )
    default_bucket: str = Field(description="Where code and output go when the spec names no other place.")
    default_prefix: str | None = None
    credentials_method: str | None = Field(
        None, description="botocore's name for the provider, e.g. `env` or `iam-role`."
    )
    profile: str | None = None
    endpoint_url: str | None = Field(None, description="Set where we talk to something else than AWS itself.")
    sandbox: bool = Field(False, description="True where the far end says that it is the embedded sandbox.")
    domain_id: str | None = None
    space_name: str | None = None
    user_profile_name: str | None = None
