"""Domains, user profiles, spaces, apps, lifecycle configurations and images: what they go through, what is refused."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo

from .support import Aws, wait_for
from .test_enforce_iam import Role, allow

FAILING = [{"Key": "sandbox:failure-reason", "Value": "The subnet is out of addresses"}]


@pytest.fixture(scope="module")
def fast() -> Iterator[SandboxInfo]:
    """A sandbox in which policies decide and nothing takes long."""
    with Sandbox(SandboxConfig(enforce_iam=True, studio_time_scale=0.001)) as info:
        yield info


@pytest.fixture
def aws(fast: SandboxInfo) -> Aws:
    return Aws(fast)


@pytest.fixture
def sagemaker(aws: Aws) -> Any:
    return aws.client("sagemaker")


@pytest.fixture(scope="module")
def domain_id(fast: SandboxInfo) -> str:
    """A domain with the profile `ana`, whose volumes have 10 GB by default and 50 at most."""
    aws = Aws(fast)
    sagemaker = aws.client("sagemaker")
    storage = {"DefaultEbsStorageSettings": {"DefaultEbsVolumeSizeInGb": 10, "MaximumEbsVolumeSizeInGb": 50}}
    domain_id = create_domain(
        aws, DefaultUserSettings={"ExecutionRole": fast.role_arn, "SpaceStorageSettings": storage}
    )
    sagemaker.create_user_profile(DomainId=domain_id, UserProfileName="ana")
    wait_for(lambda: profile_status(sagemaker, domain_id, "ana") == "InService")
    return domain_id


def network(aws: Aws) -> dict[str, Any]:
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    return {"VpcId": vpc, "SubnetIds": [subnet["SubnetId"] for subnet in subnets][:2]}


def domain_request(aws: Aws, **changes: Any) -> dict[str, Any]:
    settings = {"ExecutionRole": aws.info.role_arn}
    return {
        "DomainName": "team", "AuthMode": "IAM", "DefaultUserSettings": settings, **network(aws), **changes
    }  # fmt: skip


def create_domain(aws: Aws, **changes: Any) -> str:
    sagemaker = aws.client("sagemaker")
    created = sagemaker.create_domain(**domain_request(aws, **changes))
    domain_id: str = created["DomainId"]
    wait_for(lambda: sagemaker.describe_domain(DomainId=domain_id)["Status"] == "InService")
    return domain_id


def profile_status(sagemaker: Any, domain_id: str, name: str) -> str:
    return str(sagemaker.describe_user_profile(DomainId=domain_id, UserProfileName=name)["Status"])


def create_space(sagemaker: Any, domain_id: str, **changes: Any) -> dict[str, str]:
    """A space of ana's that is in service: what names it."""
    place = {"DomainId": domain_id, "SpaceName": f"space-{uuid.uuid4().hex[:8]}"}
    request = {
        "OwnershipSettings": {"OwnerUserProfileName": "ana"},
        "SpaceSharingSettings": {"SharingType": "Private"},
        "SpaceSettings": {"AppType": "JupyterLab"},
        **changes,
    }
    sagemaker.create_space(**place, **request)
    wait_for(lambda: sagemaker.describe_space(**place)["Status"] == "InService")
    return place


def app_of(place: dict[str, str]) -> dict[str, str]:
    return {**place, "AppType": "JupyterLab", "AppName": "default"}


def settled(describe: Any, **place: Any) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        description: dict[str, Any] = describe(**place)
        return description if description["Status"] not in ("Pending", "Updating", "Deleting") else None

    found: dict[str, Any] = wait_for(over)
    return found


def lifecycle_config(sagemaker: Any, app_type: str = "JupyterLab") -> str:
    return str(
        sagemaker.create_studio_lifecycle_config(
            StudioLifecycleConfigName=f"lcc-{uuid.uuid4().hex[:8]}",
            StudioLifecycleConfigContent=base64.b64encode(b"echo hello").decode(),
            StudioLifecycleConfigAppType=app_type,
        )["StudioLifecycleConfigArn"]
    )


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response["Error"]
    return str(error["Code"]), str(error["Message"])


# ------------------------------------------------------------------------------------------------------- domains


def test_a_domain_comes_and_goes(aws: Aws, sagemaker: Any) -> None:
    created = sagemaker.create_domain(**domain_request(aws, Tags=[{"Key": "team", "Value": "a"}]))
    domain_id = created["DomainId"]

    assert sagemaker.describe_domain(DomainId=domain_id)["Status"] == "Pending"
    domain = settled(sagemaker.describe_domain, DomainId=domain_id)
    assert domain["Status"] == "InService"
    assert domain["DomainArn"] == created["DomainArn"]
    assert domain["DomainName"] == "team"
    assert domain["DefaultUserSettings"] == {"ExecutionRole": aws.info.role_arn}
    assert domain_id in [each["DomainId"] for each in sagemaker.list_domains(MaxResults=100)["Domains"]]
    assert sagemaker.list_tags(ResourceArn=created["DomainArn"])["Tags"] == [{"Key": "team", "Value": "a"}]
    files = aws.client("efs").describe_file_systems(FileSystemId=domain["HomeEfsFileSystemId"])["FileSystems"]
    assert {"Key": "ManagedByAmazonSageMakerResource", "Value": created["DomainArn"]} in files[0]["Tags"]

    sagemaker.delete_domain(DomainId=domain_id, RetentionPolicy={"HomeEfsFileSystem": "Delete"})

    def gone() -> bool:
        try:
            return bool(sagemaker.describe_domain(DomainId=domain_id)["Status"] != "Deleting")
        except sagemaker.exceptions.ResourceNotFound:
            return True

    wait_for(gone)
    assert refusal(sagemaker.describe_domain, DomainId=domain_id)[0] == "ResourceNotFound"
    assert refusal(aws.client("efs").describe_file_systems, FileSystemId=domain["HomeEfsFileSystemId"])


def test_a_domain_that_fails_on_demand(aws: Aws, sagemaker: Any) -> None:
    created = sagemaker.create_domain(**domain_request(aws, Tags=FAILING))

    domain = settled(sagemaker.describe_domain, DomainId=created["DomainId"])

    assert (domain["Status"], domain["FailureReason"]) == ("Failed", "The subnet is out of addresses")
    sagemaker.delete_domain(DomainId=created["DomainId"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"VpcId": "vpc-0000aaaa"}, "vpc-0000aaaa"),
        ({"SubnetIds": ["subnet-0000aaaa"]}, "subnet-0000aaaa"),
        ({"DefaultUserSettings": {"ExecutionRole": "arn:aws:iam::123456789012:role/nobody"}}, "Could not assume role"),
        ({"DomainName": "under_score"}, "regular expression"),
    ],
)
def test_a_domain_that_can_not_be(aws: Aws, sagemaker: Any, changes: dict[str, Any], words: str) -> None:
    code, message = refusal(sagemaker.create_domain, **domain_request(aws, **changes))

    assert code == "ValidationException"
    assert words in message


def test_settings_stay_as_they_were_given(sagemaker: Any, domain_id: str) -> None:
    before = sagemaker.describe_domain(DomainId=domain_id)
    config = lifecycle_config(sagemaker)
    lab = {"LifecycleConfigArns": [config], "DefaultResourceSpec": {"LifecycleConfigArn": config}}

    sagemaker.update_domain(DomainId=domain_id, DefaultUserSettings={"JupyterLabAppSettings": lab})
    after = settled(sagemaker.describe_domain, DomainId=domain_id)

    assert after["DefaultUserSettings"] == before["DefaultUserSettings"] | {"JupyterLabAppSettings": lab}
    assert after["LastModifiedTime"] > before["LastModifiedTime"]
    emptied: dict[str, Any] = {"LifecycleConfigArns": []}
    sagemaker.update_domain(DomainId=domain_id, DefaultUserSettings={"JupyterLabAppSettings": emptied})
    found = settled(sagemaker.describe_domain, DomainId=domain_id)
    assert found["DefaultUserSettings"]["JupyterLabAppSettings"] == emptied, "what is not repeated is gone"


def test_one_change_at_a_time(aws: Aws, sagemaker: Any) -> None:
    domain_id = create_domain(aws)
    sagemaker.create_user_profile(DomainId=domain_id, UserProfileName="ben", Tags=[])
    settled(sagemaker.describe_user_profile, DomainId=domain_id, UserProfileName="ben")

    assert refusal(sagemaker.delete_domain, DomainId=domain_id) == (
        "ResourceInUse",
        f"Unable to delete Domain [{domain_id}] because UserProfile(s) are associated with it.",
    )
    pending = sagemaker.create_domain(**domain_request(aws))["DomainId"]
    code, message = refusal(sagemaker.create_user_profile, DomainId=pending, UserProfileName="ana")
    assert (code, "has status Pending" in message) == ("ResourceInUse", True)
    assert refusal(sagemaker.update_domain, DomainId=pending, AppNetworkAccessType="VpcOnly")[0] == "ResourceInUse"


def test_what_survives_a_restart(tmp_path: Path) -> None:
    config = SandboxConfig(state_dir=tmp_path, studio_time_scale=0.01)
    with Sandbox(config) as info:
        aws = Aws(info)
        created = aws.client("sagemaker").create_domain(**domain_request(aws))["DomainId"]
        lcc = lifecycle_config(aws.client("sagemaker"))
    with Sandbox(config) as info:
        aws = Aws(info)
        domain = settled(aws.client("sagemaker").describe_domain, DomainId=created)
        files = aws.client("efs").describe_file_systems(FileSystemId=domain["HomeEfsFileSystemId"])["FileSystems"]
        configs = aws.client("sagemaker").list_studio_lifecycle_configs()["StudioLifecycleConfigs"]

    assert domain["Status"] == "InService", "what was under way goes on"
    assert files[0]["CreationToken"] == created
    assert [each["StudioLifecycleConfigArn"] for each in configs] == [lcc]


# ------------------------------------------------------------------------------------------------- user profiles


def test_a_profile_comes_and_goes(sagemaker: Any, domain_id: str, aws: Aws) -> None:
    profile = {"DomainId": domain_id, "UserProfileName": "Cleo"}
    settings = {"ExecutionRole": aws.info.role_arn}

    sagemaker.create_user_profile(**profile, UserSettings=settings)
    found = settled(sagemaker.describe_user_profile, **profile)

    assert found["UserSettings"] == settings
    assert found["UserProfileName"] == "Cleo"
    listed = sagemaker.list_user_profiles(DomainIdEquals=domain_id, UserProfileNameContains="leo")["UserProfiles"]
    assert [each["UserProfileName"] for each in listed] == ["Cleo"]
    assert refusal(sagemaker.create_user_profile, **profile)[0] == "ResourceInUse"
    sagemaker.update_user_profile(**profile, UserSettings={"StudioWebPortal": "DISABLED"})
    found = settled(sagemaker.describe_user_profile, **profile)
    assert found["UserSettings"] == settings | {"StudioWebPortal": "DISABLED"}
    sagemaker.delete_user_profile(**profile)
    wait_for(lambda: not sagemaker.list_user_profiles(UserProfileNameContains="leo")["UserProfiles"])


def test_a_profile_with_a_space_stays(sagemaker: Any, domain_id: str) -> None:
    create_space(sagemaker, domain_id)

    code, message = refusal(sagemaker.delete_user_profile, DomainId=domain_id, UserProfileName="ana")

    assert (code, "Space(s) are associated" in message) == ("ResourceInUse", True)


@pytest.mark.parametrize(("domain", "code"), [("d-nowhere", "ResourceNotFound"), ("Nowhere", "ValidationException")])
def test_a_domain_that_is_not_there(sagemaker: Any, domain: str, code: str) -> None:
    place = {"DomainId": domain, "SpaceName": "s"}

    assert refusal(sagemaker.describe_domain, DomainId=domain)[0] == code
    assert refusal(sagemaker.create_user_profile, DomainId=domain, UserProfileName="ana")[0] == code
    assert refusal(sagemaker.create_space, **place)[0] == code
    assert refusal(sagemaker.create_app, **app_of(place))[0] == code


# -------------------------------------------------------------------------------------------------------- spaces


def test_a_space_gets_the_volume_of_its_domain(sagemaker: Any, domain_id: str) -> None:
    place = create_space(sagemaker, domain_id)

    space = sagemaker.describe_space(**place)

    assert space["SpaceSettings"]["SpaceStorageSettings"] == {"EbsStorageSettings": {"EbsVolumeSizeInGb": 10}}
    summary = sagemaker.list_spaces(DomainIdEquals=domain_id, SpaceNameContains=place["SpaceName"])["Spaces"][0]
    assert summary["SpaceSettingsSummary"]["AppType"] == "JupyterLab"
    assert summary["OwnershipSettingsSummary"] == {"OwnerUserProfileName": "ana"}


def volume(size: int) -> dict[str, Any]:
    return {"SpaceStorageSettings": {"EbsStorageSettings": {"EbsVolumeSizeInGb": size}}}


def test_a_volume_grows_once_in_six_hours(sagemaker: Any, domain_id: str) -> None:
    place = create_space(sagemaker, domain_id)

    assert "can only grow" in refusal(sagemaker.update_space, **place, SpaceSettings=volume(5))[1]
    assert "maximum of 50" in refusal(sagemaker.update_space, **place, SpaceSettings=volume(51))[1]
    sagemaker.update_space(**place, SpaceSettings=volume(20))
    space = settled(sagemaker.describe_space, **place)
    assert space["SpaceSettings"] == {"AppType": "JupyterLab"} | volume(20)
    assert "less than 6 hours ago" in refusal(sagemaker.update_space, **place, SpaceSettings=volume(30))[1]
    sagemaker.update_space(**place, SpaceSettings=volume(20), SpaceDisplayName="Same size")
    assert settled(sagemaker.describe_space, **place)["SpaceDisplayName"] == "Same size"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"OwnershipSettings": {"OwnerUserProfileName": "nobody"}}, "ResourceNotFound"),
        ({"SpaceSettings": {"AppType": "JupyterLab", **volume(51)}}, "ValidationException"),
        ({"SpaceName": "under_score"}, "ValidationException"),
    ],
)
def test_a_space_that_can_not_be(sagemaker: Any, domain_id: str, changes: dict[str, Any], code: str) -> None:
    request = {
        "DomainId": domain_id,
        "SpaceName": "not-to-be",
        "OwnershipSettings": {"OwnerUserProfileName": "ana"},
        "SpaceSharingSettings": {"SharingType": "Private"},
        **changes,
    }

    assert refusal(sagemaker.create_space, **request)[0] == code


# ---------------------------------------------------------------------------------------------------------- apps


def test_an_app_starts_and_stops(sagemaker: Any, domain_id: str) -> None:
    place = create_space(sagemaker, domain_id)
    app = app_of(place)

    sagemaker.create_app(**app, ResourceSpec={"InstanceType": "ml.m5.large"})
    assert sagemaker.describe_app(**app)["Status"] == "Pending"
    assert refusal(sagemaker.create_app, **app)[0] == "ResourceInUse"
    assert refusal(sagemaker.delete_app, **app)[0] == "ResourceInUse"
    running = settled(sagemaker.describe_app, **app)
    assert (running["Status"], running["ResourceSpec"]["InstanceType"]) == ("InService", "ml.m5.large")
    assert running["LastUserActivityTimestamp"] >= running["CreationTime"]
    code, message = refusal(sagemaker.delete_space, **place)
    assert (code, "App(s) are associated" in message) == ("ResourceInUse", True)

    sagemaker.delete_app(**app)
    assert settled(sagemaker.describe_app, **app)["Status"] == "Deleted"
    assert refusal(sagemaker.delete_app, **app)[0] == "ResourceNotFound"
    sagemaker.create_app(**app)
    assert settled(sagemaker.describe_app, **app)["ResourceSpec"]["InstanceType"] == "ml.t3.medium"
    sagemaker.delete_app(**app)
    settled(sagemaker.describe_app, **app)

    sagemaker.delete_space(**place)
    wait_for(lambda: not sagemaker.list_spaces(SpaceNameContains=place["SpaceName"])["Spaces"])
    assert not sagemaker.list_apps(DomainIdEquals=domain_id, SpaceNameEquals=place["SpaceName"])["Apps"]


def test_an_app_that_fails_on_demand(sagemaker: Any, domain_id: str) -> None:
    place = create_space(sagemaker, domain_id)
    space = sagemaker.describe_space(**place)
    sagemaker.add_tags(ResourceArn=space["SpaceArn"], Tags=FAILING)

    sagemaker.create_app(**app_of(place))

    app = settled(sagemaker.describe_app, **app_of(place))
    assert (app["Status"], app["FailureReason"]) == ("Failed", "The subnet is out of addresses")


def test_apps_that_can_not_be(sagemaker: Any, domain_id: str) -> None:
    place = create_space(sagemaker, domain_id)
    app = app_of(place)

    code, message = refusal(sagemaker.create_app, **app, ResourceSpec={"InstanceType": "ml.p5.48xlarge"})
    assert (code, "is 0 Apps" in message) == ("ResourceLimitExceeded", True)
    assert refusal(sagemaker.create_app, **app | {"AppType": "CodeEditor"})[0] == "ValidationException"
    without = {"DomainId": domain_id, "AppType": "JupyterLab", "AppName": "default"}
    assert refusal(sagemaker.create_app, **without)[0] == "ValidationException"
    assert refusal(sagemaker.create_app, **without, UserProfileName="ana")[0] == "ValidationException"
    assert refusal(sagemaker.describe_app, **app)[0] == "ResourceNotFound"


def test_what_leads_into_studio(sagemaker: Any, domain_id: str) -> None:
    place = create_space(sagemaker, domain_id)
    ask = sagemaker.create_presigned_domain_url

    url = ask(**place, UserProfileName="ana", ExpiresInSeconds=60)["AuthorizedUrl"]

    assert url.startswith(f"https://{domain_id}.studio.us-east-1.sandbox.invalid/auth?token=")
    assert refusal(ask, **place, UserProfileName="nobody")[0] == "ResourceNotFound"
    assert refusal(ask, DomainId=domain_id, UserProfileName="ana", ExpiresInSeconds=301)[0] == "ValidationException"


# ------------------------------------------------------------------------------------------ lifecycle configurations


def test_a_lifecycle_configuration_comes_and_goes(sagemaker: Any) -> None:
    name = lifecycle_config(sagemaker).rpartition("/")[2]

    found = sagemaker.describe_studio_lifecycle_config(StudioLifecycleConfigName=name)

    assert base64.b64decode(found["StudioLifecycleConfigContent"]) == b"echo hello"
    listed = sagemaker.list_studio_lifecycle_configs(NameContains=name, AppTypeEquals="JupyterLab", SortBy="Name")
    assert [each["StudioLifecycleConfigName"] for each in listed["StudioLifecycleConfigs"]] == [name]
    sagemaker.delete_studio_lifecycle_config(StudioLifecycleConfigName=name)
    for call in (sagemaker.describe_studio_lifecycle_config, sagemaker.delete_studio_lifecycle_config):
        assert refusal(call, StudioLifecycleConfigName=name)[0] == "ResourceNotFound"


def test_a_lifecycle_configuration_that_can_not_be(sagemaker: Any) -> None:
    def create(content: str, name: str = "good") -> tuple[str, str]:
        return refusal(
            sagemaker.create_studio_lifecycle_config,
            StudioLifecycleConfigName=name,
            StudioLifecycleConfigContent=content,
            StudioLifecycleConfigAppType="JupyterLab",
        )

    assert "less than or equal to 16384" in create(base64.b64encode(b"#" * 12289).decode())[1]
    assert "base64" in create("#!/bin/bash\n")[1]
    assert "regular expression" in create("IyE=", name="under_score")[1]
    name = lifecycle_config(sagemaker).rpartition("/")[2]
    assert create("IyE=", name=name)[0] == "ResourceInUse"


def test_a_lifecycle_configuration_in_use_stays(aws: Aws, sagemaker: Any) -> None:
    domain_id = create_domain(aws)
    config = lifecycle_config(sagemaker)
    name = config.rpartition("/")[2]
    settings = {"JupyterLabAppSettings": {"LifecycleConfigArns": [config]}}
    sagemaker.create_user_profile(DomainId=domain_id, UserProfileName="ana", UserSettings=settings)
    settled(sagemaker.describe_user_profile, DomainId=domain_id, UserProfileName="ana")
    place = create_space(sagemaker, domain_id)

    code, message = refusal(sagemaker.delete_studio_lifecycle_config, StudioLifecycleConfigName=name)
    assert (code, "UserProfile" in message) == ("ResourceInUse", True)
    sagemaker.create_app(**app_of(place), ResourceSpec={"LifecycleConfigArn": config})
    app = settled(sagemaker.describe_app, **app_of(place))
    assert app["ResourceSpec"]["LifecycleConfigArn"] == config


def test_lifecycle_configurations_that_do_not_fit(sagemaker: Any, domain_id: str) -> None:
    editor, unlisted = lifecycle_config(sagemaker, "CodeEditor"), lifecycle_config(sagemaker)
    gone = unlisted.rpartition("/")[0] + "/gone"

    def attach(**lab: Any) -> str:
        settings = {"JupyterLabAppSettings": lab}
        return refusal(sagemaker.update_domain, DomainId=domain_id, DefaultUserSettings=settings)[1]

    assert "does not exist" in attach(LifecycleConfigArns=[gone])
    assert "not a lifecycle configuration for JupyterLab" in attach(LifecycleConfigArns=[editor])
    spec = {"LifecycleConfigArn": unlisted}
    assert "not in LifecycleConfigArns" in attach(LifecycleConfigArns=[], DefaultResourceSpec=spec)
    place = create_space(sagemaker, domain_id)
    assert "not among" in refusal(sagemaker.create_app, **app_of(place), ResourceSpec=spec)[1]


def test_the_built_in_lifecycle_configuration_runs_in_every_app(aws: Aws, sagemaker: Any) -> None:
    config = lifecycle_config(sagemaker)
    settings = {"ExecutionRole": aws.info.role_arn, "JupyterLabAppSettings": {"BuiltInLifecycleConfigArn": config}}
    domain_id = create_domain(aws, DefaultUserSettings=settings)
    sagemaker.create_user_profile(DomainId=domain_id, UserProfileName="ana")
    settled(sagemaker.describe_user_profile, DomainId=domain_id, UserProfileName="ana")
    place = create_space(sagemaker, domain_id)

    sagemaker.create_app(**app_of(place))

    assert sagemaker.describe_app(**app_of(place))["BuiltInLifecycleConfigArn"] == config


def test_a_shared_space_inherits_from_its_domain_alone(aws: Aws, sagemaker: Any) -> None:
    private, shared = lifecycle_config(sagemaker), lifecycle_config(sagemaker)
    domain_id = create_domain(
        aws,
        DefaultUserSettings={
            "ExecutionRole": aws.info.role_arn,
            "JupyterLabAppSettings": {"LifecycleConfigArns": [private]},
        },
        DefaultSpaceSettings={
            "ExecutionRole": aws.info.role_arn,
            "JupyterLabAppSettings": {"LifecycleConfigArns": [shared]},
        },
    )
    sagemaker.create_user_profile(DomainId=domain_id, UserProfileName="ana")
    settled(sagemaker.describe_user_profile, DomainId=domain_id, UserProfileName="ana")
    place = create_space(sagemaker, domain_id, SpaceSharingSettings={"SharingType": "Shared"})

    assert (
        "not among" in refusal(sagemaker.create_app, **app_of(place), ResourceSpec={"LifecycleConfigArn": private})[1]
    )
    sagemaker.create_app(**app_of(place), ResourceSpec={"LifecycleConfigArn": shared})


# --------------------------------------------------------------------------------------------- images and pages


def test_images_and_their_versions(aws: Aws, sagemaker: Any) -> None:
    name = f"image-{uuid.uuid4().hex[:8]}"
    sagemaker.create_image(ImageName=name, RoleArn=aws.info.role_arn)
    base = "123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1"
    for token in ("a" * 36, "b" * 36):
        sagemaker.create_image_version(ImageName=name, BaseImage=base, ClientToken=token)

    assert sagemaker.describe_image(ImageName=name)["ImageStatus"] == "CREATED"
    assert sagemaker.describe_image_version(ImageName=name)["Version"] == 2
    versions = sagemaker.list_image_versions(ImageName=name, SortBy="VERSION")["ImageVersions"]
    assert [version["Version"] for version in versions] == [2, 1]
    assert [each["ImageName"] for each in sagemaker.list_images(NameContains=name)["Images"]] == [name]
    sagemaker.delete_image(ImageName=name)
    assert refusal(sagemaker.describe_image_version, ImageName=name)[0] == "ResourceNotFound"


def test_pages(sagemaker: Any, aws: Aws) -> None:
    domain_id = create_domain(aws)
    for name in ("a", "b", "c"):
        sagemaker.create_user_profile(DomainId=domain_id, UserProfileName=name)

    pages = list(
        sagemaker.get_paginator("list_user_profiles").paginate(
            DomainIdEquals=domain_id, SortOrder="Descending", PaginationConfig={"PageSize": 2}
        )
    )

    assert [[each["UserProfileName"] for each in page["UserProfiles"]] for page in pages] == [["c", "b"], ["a"]]


# -------------------------------------------------------------------------------------------------------- rights


def test_policies_decide(aws: Aws, domain_id: str) -> None:
    place = create_space(aws.client("sagemaker"), domain_id)
    own = f"arn:aws:sagemaker:us-east-1:123456789012:app/{domain_id}/{place['SpaceName']}/*"
    role = Role(aws, allow("sagemaker:CreateApp", on=own), allow("sagemaker:CreateDomain", "ec2:Describe*"))
    sagemaker = role.client("sagemaker")

    code, message = refusal(sagemaker.describe_domain, DomainId=domain_id)
    assert code == "AccessDeniedException"
    assert (
        f"sagemaker:DescribeDomain on resource: arn:aws:sagemaker:us-east-1:123456789012:domain/{domain_id}" in message
    )
    sagemaker.create_app(**app_of(place))
    other = app_of(place) | {"SpaceName": "another"}
    assert "app/" + domain_id + "/another/jupyterlab/default" in refusal(sagemaker.create_app, **other)[1]
    assert (
        f"iam:PassRole on resource: {aws.info.role_arn}" in refusal(sagemaker.create_domain, **domain_request(aws))[1]
    )
