"""Where this process runs, by the metadata file that SageMaker writes into its own machines.

Studio spaces and notebook instances have ``/opt/ml/metadata/resource-metadata.json``; a laptop has none.
https://docs.aws.amazon.com/sagemaker/latest/dg/notebooks-run-and-manage-metadata.html
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

METADATA_FILE = Path("/opt/ml/metadata/resource-metadata.json")


class StudioMetadata(BaseModel):
    """The members of the metadata file that we use; others are ignored."""

    model_config = ConfigDict(populate_by_name=True, extra="ignore")

    app_type: str | None = Field(None, alias="AppType")
    domain_id: str | None = Field(None, alias="DomainId")
    space_name: str | None = Field(None, alias="SpaceName")
    user_profile_name: str | None = Field(None, alias="UserProfileName")
    execution_role_arn: str | None = Field(None, alias="ExecutionRoleArn")
    resource_arn: str | None = Field(None, alias="ResourceArn")
    resource_name: str | None = Field(None, alias="ResourceName")
    app_image_version: str | None = Field(None, alias="AppImageVersion")
    additional_metadata: dict[str, Any] = Field({}, alias="AdditionalMetadata")

    @property
    def region(self) -> str | None:
        """The region of the app or notebook instance, from its ARN."""
        parts = (self.resource_arn or "").split(":")
        return parts[3] if len(parts) > 3 and parts[3] else None


def read_studio_metadata(path: Path = METADATA_FILE) -> StudioMetadata | None:
    """The metadata of this machine, or None outside SageMaker or where the file cannot be understood."""
    try:
        return StudioMetadata.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError):
        return None
