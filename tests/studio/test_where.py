"""Where a server runs, told apart by what lies on the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from jupyter_smext.aws.errors import ErrorCode
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.aws.studio_metadata import StudioMetadata
from jupyter_smext.prices.instances import PriceTable
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.create_space import create_space
from jupyter_smext.studio.models import CreateSpaceRequest, HostKind, StartSpaceRequest
from jupyter_smext.studio.run_space import start_space
from jupyter_smext.studio.status import space_status
from jupyter_smext.studio.where import where_am_i


@pytest.fixture
def firmware(tmp_path: Path) -> Callable[..., Path]:
    def write(**files: str) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(f"{text}\n")
        return tmp_path

    return write


def metadata(**members: Any) -> StudioMetadata:
    return StudioMetadata.model_validate(members)


def test_a_laptop(sandbox_session: AwsSession, table: PriceTable, firmware: Callable[..., Path]) -> None:
    where = where_am_i(sandbox_session, table, firmware(sys_vendor="Framework"))

    assert (where.kind, where.sandbox, where.domain_id) == (HostKind.ELSEWHERE, True, None)
    assert where.unknown == []


def test_ec2(sandbox_session: AwsSession, table: PriceTable, firmware: Callable[..., Path]) -> None:
    where = where_am_i(sandbox_session, table, firmware(board_vendor="Amazon EC2", product_name="m7i.large"))

    assert (where.kind, where.instance_type, where.price) == (HostKind.EC2, "m7i.large", None)
    older = where_am_i(sandbox_session, table, firmware(board_vendor="Amazon EC2", product_name="HVM domU"))
    assert older.instance_type is None


def test_a_space_of_studio(
    sandbox_session: AwsSession, table: PriceTable, domain_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = CreateSpaceRequest(domain_id=domain_id, space_name="home", owner_user_profile_name="default")
    create_space(sandbox_session, request, table)
    while space_status(sandbox_session, f"{domain_id}/home") == "Pending":
        time.sleep(0.02)
    start_space(sandbox_session, StartSpaceRequest(domain_id=domain_id, space_name="home"), table)
    monkeypatch.setenv("IMAGE_VERSION", "4.4.1")
    sandbox_session.metadata = metadata(
        AppType="JupyterLab",
        DomainId=domain_id,
        SpaceName="home",
        ResourceName="default",
        ResourceArn=f"arn:aws:sagemaker:us-east-1:123456789012:app/{domain_id}/home/jupyterlab/default",
    )

    where = where_am_i(sandbox_session, table)

    assert where.unknown == []
    assert (where.kind, where.image_version, where.instance_type) == (HostKind.STUDIO_SPACE, "4.4.1", "ml.t3.medium")
    assert where.user_profile_name == "default", "the metadata does not say it, the space's owner does"
    assert where.price is not None
    assert where.space is not None
    assert where.space.here


def test_unified_studio(sandbox_session: AwsSession, table: PriceTable) -> None:
    sandbox_session.metadata = metadata(
        AppType="JupyterLab",
        DomainId="d-unknown",
        SpaceName="project",
        ResourceName="default",
        AdditionalMetadata={"DataZoneScopeName": "project", "DataZoneProjectId": "p-1"},
    )

    where = where_am_i(sandbox_session, table)

    assert (where.kind, where.project_id) == (HostKind.UNIFIED_STUDIO, "p-1")
    assert {each.code for each in where.unknown} == {ErrorCode.NOT_FOUND}, "what is not there breaks nothing"


def test_a_notebook_instance(sandbox_session: AwsSession, table: PriceTable) -> None:
    sandbox_session.metadata = metadata(
        ResourceArn="arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/mine", ResourceName="mine"
    )

    where = where_am_i(sandbox_session, table)

    assert (where.kind, where.notebook_instance_name) == (HostKind.NOTEBOOK_INSTANCE, "mine")
    # The sandbox has no notebook instances.
    assert [each.code for each in where.unknown] == [ErrorCode.NOT_SUPPORTED]


def test_what_a_notebook_instance_costs(sandbox_session: AwsSession, table: PriceTable) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/mine"
    sandbox_session.metadata = metadata(ResourceArn=arn, ResourceName="mine")
    answer = {"NotebookInstanceName": "mine", "NotebookInstanceArn": arn, "InstanceType": "ml.t3.medium"}
    with Stubber(sandbox_session.client("sagemaker")) as stubber:
        stubber.add_response("describe_notebook_instance", answer, {"NotebookInstanceName": "mine"})
        where = where_am_i(sandbox_session, table)

    assert where.unknown == []
    assert where.price is not None
    assert (where.instance_type, where.price.component, where.price.exact) == ("ml.t3.medium", "Notebook", True)


def test_without_credentials(table: PriceTable, monkeypatch: pytest.MonkeyPatch, sandbox: SandboxInfo) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    session = AwsSession()
    session.metadata = metadata(DomainId="d-x", SpaceName="mine")

    where = where_am_i(session, table)

    assert (where.kind, where.space_name, where.account) == (HostKind.STUDIO_SPACE, "mine", None)
    assert {each.code for each in where.unknown} == {ErrorCode.CREDENTIALS_MISSING}


def test_without_a_region(table: PriceTable) -> None:
    where = where_am_i(AwsSession(), table, Path("/nonexistent"))

    assert (where.kind, where.region) == (HostKind.ELSEWHERE, None)
    assert len(where.unknown) == 1
