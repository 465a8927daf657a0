"""The contract of the roll-out: what would change, what was changed, which spaces run it, and why one does not."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

Action = Literal["install", "upgrade", "uninstall"]


class Scope(BaseModel):
    """Whom a roll-out is for: a whole domain, one of its user profiles, or one space."""

    domain_id: str = Field(pattern=r"^d-(-*[a-z0-9]){1,61}$")
    user_profile_name: str | None = Field(None, min_length=1, max_length=63)
    space_name: str | None = Field(None, min_length=1, max_length=63)

    @model_validator(mode="after")
    def _one_of_them(self) -> Scope:
        if self.user_profile_name and self.space_name:
            raise ValueError("name a user profile or a space, not both")
        return self

    @property
    def words(self) -> str:
        if self.space_name:
            return f"space {self.space_name} of domain {self.domain_id}"
        if self.user_profile_name:
            return f"user profile {self.user_profile_name} of domain {self.domain_id}"
        return f"domain {self.domain_id}"


class PlanRequest(Scope):
    """What to plan. An upgrade and an uninstall find by themselves how the installation was made."""

    action: Action = "install"
    built_in: bool = Field(
        False,
        description="Run in every JupyterLab space at its next start, before and besides the configuration that the "
        "space chose. False: offer it, and pre-select it where nothing else is.",
    )
    replace_default: bool = Field(
        False, description="Pre-select ours also where another configuration is pre-selected now."
    )
    bundle: str | None = Field(
        None,
        description="Where the wheels are: a folder that `lifecycle build` made, or an s3:// prefix that holds one. "
        "Null: built anew on this machine, which needs a package index.",
    )
    s3_uri: str | None = Field(
        None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?$",
        description="Prefix in S3 that the wheels go to and spaces read them from. Null: `jupyter-smext` in the "
        "account's default bucket.",
    )
    index_url: str | None = Field(
        None,
        pattern=r"^https?://[^@\s]+$",
        description="Package index that spaces take the wheels from, instead of S3; their hashes are checked all the "
        "same. Without credentials: a script and its tags can be read by many.",
    )


class ExecuteRequest(PlanRequest):
    """Do what was planned, as long as nothing has changed since."""

    plan_id: str | None = Field(
        None,
        description="`plan_id` of the plan that was shown; where the plan would be another one now, nothing is "
        "changed. Null: do it without having looked.",
    )


class Severity(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"
    INFO = "info"


class PlanFinding(BaseModel):
    """What to know before going on. An error stops the plan, an unknown could not be looked at."""

    level: Severity
    code: str
    message: str
    fix: str | None = None


class StepKind(str, Enum):
    UPLOAD = "upload"
    CREATE_CONFIG = "create_config"
    UPDATE_SETTINGS = "update_settings"
    DELETE_CONFIG = "delete_config"
    KEEP_RECORD = "keep_record"
    DELETE_RECORD = "delete_record"


class PlanStep(BaseModel):
    """One change, in the order in which it is made."""

    kind: StepKind
    title: str = Field(description="For people, e.g. `Attach to domain d-abc`.")
    target: str = Field(description="ARN, name or s3:// URI of what changes.")
    bytes: int | None = Field(None, description="Of an upload.")
    before: dict[str, Any] | None = Field(None, description="JupyterLab settings as they are; null: there are none.")
    after: dict[str, Any] | None = Field(None, description="JupyterLab settings as they would be.")


class LifecyclePlan(BaseModel):
    """What would be done. Nothing has been."""

    plan_id: str = Field(description="Changes when anything that the plan rests on changes.")
    action: Action
    scope: Scope
    scope_words: str
    built_in: bool
    version: str | None = Field(None, description="Version that spaces would run afterwards; null after an uninstall.")
    lifecycle_config_name: str | None = None
    lifecycle_config_arn: str | None = None
    steps: list[PlanStep]
    findings: list[PlanFinding]
    affected_spaces: int = Field(description="JupyterLab spaces that the change reaches.")
    running_apps: int = Field(description="Of them, those with a running app: they change at their next start.")
    possible: bool = Field(description="Whether no finding is an error.")
    nothing_to_do: bool = False


class LifecycleResult(BaseModel):
    """What was done, and what AWS says afterwards."""

    action: Action
    scope: Scope
    scope_words: str
    version: str | None = None
    lifecycle_config_arn: str | None = None
    steps: list[PlanStep] = Field(description="The steps that were made.")
    verified: bool = Field(description="Whether the settings were read back and are as planned.")
    notes: list[str] = []


class StatusRequest(BaseModel):
    domain_id: str = Field(pattern=r"^d-(-*[a-z0-9]){1,61}$")


class Attachment(BaseModel):
    """One place of a domain where a configuration of ours is set."""

    scope: Scope
    scope_words: str
    lifecycle_config_arn: str
    version: str | None
    built_in: bool
    preselected: bool = Field(description="Whether new spaces run it without choosing it.")


class SpaceStatus(BaseModel):
    """What one JupyterLab space runs, and what it would run at its next start."""

    space_name: str
    owner_user_profile_name: str | None = None
    app_status: str | None = Field(None, description="Of its JupyterLab app; null: not running.")
    running_version: str | None = Field(None, description="Version in the running app; null: none, or not running.")
    next_version: str | None = Field(None, description="Version at the next start; null: none.")
    lifecycle_config_arn: str | None = Field(None, description="The configuration that decides, where it is ours.")
    needs_restart: bool = Field(description="Whether the running app differs from what the next start would bring.")
    failure_reason: str | None = None


class ConfigVersion(BaseModel):
    """A configuration of ours that exists in the account and region."""

    lifecycle_config_name: str
    lifecycle_config_arn: str
    version: str | None
    source: str | None = Field(None, description="Where spaces read the wheels from.")
    creation_time: datetime | None = None


class LifecycleStatus(BaseModel):
    """Where the roll-out of a domain stands."""

    domain_id: str
    domain_name: str
    attachments: list[Attachment]
    configs: list[ConfigVersion]
    spaces: list[SpaceStatus]
    this_version: str = Field(description="Version of this server's own extension.")
    upgrade_available: bool = Field(description="Whether something attached is not of this version.")
    not_seen: list[str] = Field([], description="What could not be read, and why.")


class DoctorRequest(BaseModel):
    domain_id: str = Field(pattern=r"^d-(-*[a-z0-9]){1,61}$")
    space_name: str = Field(min_length=1, max_length=63)


class Diagnosis(BaseModel):
    """One thing that the log tells, in words."""

    level: Severity
    code: str
    message: str
    fix: str | None = None
    line: str | None = Field(None, description="The line of the log that told it.")


class DoctorReport(BaseModel):
    """Why a space has the panel, or has it not."""

    domain_id: str
    space_name: str
    app_status: str | None = None
    failure_reason: str | None = None
    log_group: str
    log_stream: str
    log_lines: list[str] = Field(description="The last start's lines, oldest first, at most 200.")
    started: datetime | None = Field(None, description="When the first of these lines was written.")
    diagnoses: list[Diagnosis]
