"""What holds data and what it costs a month; what a space can run."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.aws.studio_metadata import StudioMetadata
from jupyter_smext.prices.instances import PriceTable
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.create_space import create_space
from jupyter_smext.studio.images import list_images
from jupyter_smext.studio.models import CreateSpaceRequest, StorageKind
from jupyter_smext.studio.storage import storage_report


@pytest.fixture
def domain_with_efs(sandbox_session: AwsSession, sandbox: SandboxInfo) -> str:
    """A domain with a home file system of its own, and another one and a bucket mounted."""
    sagemaker, efs = sandbox_session.client("sagemaker"), sandbox_session.client("efs")
    other = efs.create_file_system(CreationToken=uuid.uuid4().hex)["FileSystemId"]
    domain_id: str = sagemaker.create_domain(
        DomainName="files",
        AuthMode="IAM",
        DefaultUserSettings={
            "ExecutionRole": sandbox.role_arn,
            "CustomFileSystemConfigs": [
                {"EFSFileSystemConfig": {"FileSystemId": other, "FileSystemPath": "/data"}},
                {"S3FileSystemConfig": {"MountPath": "team", "S3Uri": "s3://team-data/shared"}},
            ],
        },
    )["DomainId"]
    return domain_id


def test_volumes(sandbox_session: AwsSession, table: PriceTable, domain_id: str, tmp_path: Path) -> None:
    for name, size in (("small", 5), ("large", 50)):
        request = CreateSpaceRequest(
            domain_id=domain_id, space_name=name, owner_user_profile_name="default", ebs_volume_size_in_gb=size
        )
        create_space(sandbox_session, request, table)
    sandbox_session.metadata = StudioMetadata(domain_id=domain_id, space_name="small")

    report = storage_report(sandbox_session, domain_id, home=tmp_path)

    assert [(item.name, item.usd_per_month) for item in report.items] == [("large", 5.6), ("small", 0.56)]
    assert report.usd_per_month == pytest.approx(6.16)
    assert (report.complete, report.truncated) == (True, False)
    large, small = report.items
    assert (large.used_bytes, large.mounted_at) == (None, None), "only the machine that has it knows"
    assert small.used_bytes is not None
    assert small.mounted_at == str(tmp_path)


def test_file_systems(sandbox_session: AwsSession, domain_with_efs: str) -> None:
    report = storage_report(sandbox_session, domain_with_efs)

    kinds = {item.kind: item for item in report.items}
    assert set(kinds) == {StorageKind.HOME_EFS, StorageKind.CUSTOM_EFS, StorageKind.CUSTOM_S3}
    assert kinds[StorageKind.HOME_EFS].usd_per_month == 0, "nothing is in it"
    assert kinds[StorageKind.CUSTOM_S3].name == "s3://team-data/shared"
    assert kinds[StorageKind.CUSTOM_S3].usd_per_month is None
    assert not report.complete, "nobody measured the bucket"


def test_images(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = f"image-{uuid.uuid4().hex[:8]}"
    sagemaker = sandbox_session.client("sagemaker")
    sagemaker.create_image(ImageName=name, RoleArn=sandbox.role_arn)
    base = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"
    version = sagemaker.create_image_version(ImageName=name, BaseImage=base)["ImageVersionArn"]

    images = {image.name: image for image in list_images(sandbox_session).images}

    assert images[name].own
    assert images[name].image_version_arn == version
    cpu = images["SageMaker Distribution CPU"]
    assert cpu.sagemaker_image_arn == "arn:aws:sagemaker:us-east-1:885854791233:image/sagemaker-distribution-cpu"
    known = sagemaker.meta.service_model.shape_for("ImageArn").metadata["pattern"]
    assert re.fullmatch(known, cpu.sagemaker_image_arn)


def test_a_region_whose_images_are_not_known(sandbox: SandboxInfo) -> None:
    images = list_images(AwsSession(region="ap-southeast-7")).images

    assert [image.sagemaker_image_arn for image in images] == [None], "an ARN is not guessed"
