from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.utils import parse_timestamp as botocore_parse_timestamp

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.models import RoleSource
from jupyter_smext.aws.sdk_defaults import SdkDefaults
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.aws.studio_metadata import read_studio_metadata
from jupyter_smext.aws.timestamps import parse_timestamp
from jupyter_smext.sandbox import SandboxInfo


def test_the_identity_in_the_sandbox(sandbox: SandboxInfo, sandbox_session: AwsSession) -> None:
    identity = sandbox_session.identity()
    assert identity.account == sandbox.account
    assert identity.region == sandbox.region
    assert identity.sandbox is True
    assert identity.endpoint_url == sandbox.endpoint_url
    assert identity.execution_role_arn == sandbox.role_arn
    assert identity.execution_role_source is RoleSource.SDK_DEFAULTS
    assert identity.default_bucket == sandbox.bucket
    assert sandbox_session.client("sts") is sandbox_session.client("sts")


async def test_a_failing_call_arrives_as_our_error(sandbox_session: AwsSession) -> None:
    with pytest.raises(SmextError) as caught:
        await sandbox_session.run(sandbox_session.client("s3").head_bucket, Bucket="there-is-no-such-bucket-here")
    assert caught.value.code is ErrorCode.NOT_FOUND


def test_no_region_anywhere() -> None:
    session = AwsSession()
    with pytest.raises(Exception, match="You must specify a region"):
        session.client("sts")


def test_the_metadata_file_of_a_studio_space(tmp_path: Path) -> None:
    file = tmp_path / "resource-metadata.json"
    file.write_text(
        json.dumps(
            {
                "AppType": "JupyterLab",
                "DomainId": "d-1",
                "SpaceName": "mine",
                "ExecutionRoleArn": "arn:aws:iam::111122223333:role/path/Exec",
                "ResourceArn": "arn:aws:sagemaker:eu-west-3:111122223333:app/d-1/mine/JupyterLab/default",
                "SomethingNew": {"nested": 1},
            }
        )
    )
    metadata = read_studio_metadata(file)
    assert metadata is not None
    assert (metadata.domain_id, metadata.space_name, metadata.region) == ("d-1", "mine", "eu-west-3")
    assert metadata.execution_role_arn == "arn:aws:iam::111122223333:role/path/Exec"


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"DomainId": 3}'])
def test_a_missing_or_odd_metadata_file_is_no_metadata(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "resource-metadata.json"
    if content is not None:
        file.write_text(content)
    assert read_studio_metadata(file) is None


def test_the_users_sdk_defaults_win_over_the_administrators(tmp_path: Path) -> None:
    admin, user = tmp_path / "admin.yaml", tmp_path / "user.yaml"
    admin.write_text(
        "SageMaker:\n  TrainingJob: {RoleArn: admin-role, EnableNetworkIsolation: true}\n"
        "  PythonSDK: {Modules: {Session: {DefaultS3Bucket: admin-bucket}}}\n"
    )
    user.write_text("SageMaker:\n  TrainingJob: {RoleArn: user-role}\n")
    defaults = SdkDefaults.load(
        {"SAGEMAKER_ADMIN_CONFIG_OVERRIDE": str(admin), "SAGEMAKER_USER_CONFIG_OVERRIDE": str(user)}
    )
    assert defaults.role_arn == "user-role"
    assert defaults.default_bucket == "admin-bucket"
    assert defaults.get("TrainingJob", "EnableNetworkIsolation") is True
    assert defaults.get("Model", "RoleArn") is None


def test_defaults_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("SageMaker: [unclosed")
    defaults = SdkDefaults.load(
        {"SAGEMAKER_ADMIN_CONFIG_OVERRIDE": str(tmp_path / "none"), "SAGEMAKER_USER_CONFIG_OVERRIDE": str(broken)}
    )
    assert defaults.role_arn is None


def test_moments_are_read_as_botocore_reads_them() -> None:
    texts: list[Any] = [
        "Mon, 24 Nov 2025 07:00:01 GMT", "2025-11-24T07:00:01.000Z", "2025-11-24T07:00:01Z", "2025-11-24T08:00:01+01:00",
        1763967601, 1763967601.5, "1763967601", "20251124T070001Z",
    ]  # fmt: skip
    for text in texts:
        ours, stock = parse_timestamp(text), botocore_parse_timestamp(text)
        assert (ours, ours.utcoffset()) == (stock, stock.utcoffset()), text
    for nonsense in ("GMT", "Z", "yesterday"):
        with pytest.raises(ValueError, match="nvalid timestamp"):
            parse_timestamp(nonsense)
