"""Install, status, upgrade, uninstall against the sandbox: the settings of a domain come back as they were."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lifecycle_bundles import bundle_in

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo
from jupyter_smext.studio.lifecycle import install as installing
from jupyter_smext.studio.lifecycle import inventory, targets
from jupyter_smext.studio.lifecycle.install import execute
from jupyter_smext.studio.lifecycle.models import ExecuteRequest, LifecycleResult, PlanRequest, Severity, StepKind
from jupyter_smext.studio.lifecycle.plan import plan
from jupyter_smext.studio.lifecycle.status import status
from jupyter_smext.studio.lifecycle.targets import Target, settled

THEIR_SETTINGS = {
    "DefaultResourceSpec": {"InstanceType": "ml.t3.medium"},
    "AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 120}},
}


class Team:
    """A domain of its own with one profile and one space, and what a test needs to look at it."""

    def __init__(self, session: AwsSession, folder: Path, app_settings: dict[str, Any] | None) -> None:
        self.session = session
        self.sm = session.client("sagemaker")
        self.mark = uuid.uuid4().hex[:8]
        self.base = f"s3://{session.identity().default_bucket}/smext-{self.mark}"
        self.bundles = {version: str(bundle_in(folder / version, version)) for version in ("9.9.1", "9.9.2")}
        ec2 = session.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]
        role = str(session.identity().execution_role_arn)
        settings = {"ExecutionRole": role} | ({} if app_settings is None else {"JupyterLabAppSettings": app_settings})
        self.domain_id: str = self.sm.create_domain(
            DomainName=f"team-{self.mark}",
            AuthMode="IAM",
            VpcId=subnet["VpcId"],
            SubnetIds=[subnet["SubnetId"]],
            DefaultUserSettings=settings,
        )["DomainId"]
        settled(session, self.domain)
        self.sm.create_user_profile(DomainId=self.domain_id, UserProfileName="analyst")
        settled(session, self.profile)
        self.sm.create_space(
            DomainId=self.domain_id,
            SpaceName="lab",
            OwnershipSettings={"OwnerUserProfileName": "analyst"},
            SpaceSharingSettings={"SharingType": "Private"},
            SpaceSettings={"AppType": "JupyterLab"},
        )
        settled(session, self.space)

    @property
    def domain(self) -> Target:
        return Target("domain", self.domain_id)

    @property
    def profile(self) -> Target:
        return Target("user_profile", self.domain_id, "analyst")

    @property
    def space(self) -> Target:
        return Target("space", self.domain_id, "lab")

    def snapshot(self) -> str:
        """All settings of the domain, its profile and its space, as bytes."""
        documents = [targets.read(self.session, each).document for each in (self.domain, self.profile, self.space)]
        members = ("DefaultUserSettings", "DefaultSpaceSettings", "UserSettings", "SpaceSettings")
        return json.dumps([{name: each.get(name) for name in members} for each in documents])

    def request(self, action: str, version: str = "9.9.1", **more: Any) -> ExecuteRequest:
        bundle = None if action == "uninstall" else self.bundles[version]
        return ExecuteRequest(action=action, domain_id=self.domain_id, bundle=bundle, s3_uri=self.base, **more)

    def do(self, action: str, version: str = "9.9.1", **more: Any) -> LifecycleResult:
        return execute(self.session, self.request(action, version, **more), Silent())

    def settings(self, target: Target) -> dict[str, Any]:
        return targets.read(self.session, target).settings

    def start(self) -> None:
        self.sm.create_app(DomainId=self.domain_id, SpaceName="lab", AppType="JupyterLab", AppName="default")
        deadline = time.monotonic() + 30
        while self.app()["Status"] != "InService":
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def stop(self) -> None:
        self.sm.delete_app(DomainId=self.domain_id, SpaceName="lab", AppType="JupyterLab", AppName="default")
        deadline = time.monotonic() + 30
        while self.app()["Status"] != "Deleted":
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def app(self) -> dict[str, Any]:
        described: dict[str, Any] = self.sm.describe_app(
            DomainId=self.domain_id, SpaceName="lab", AppType="JupyterLab", AppName="default"
        )
        return described

    def space_status(self) -> tuple[str | None, str | None, bool]:
        space = status(self.session, self.domain_id).spaces[0]
        return space.running_version, space.next_version, space.needs_restart


@pytest.fixture(scope="module")
def quick_sandbox() -> Iterator[SandboxInfo]:
    """Domains and spaces that are ready at once."""
    with Sandbox(SandboxConfig(studio_time_scale=0.001)) as info:
        yield info


@pytest.fixture(scope="module")
def quick_session(quick_sandbox: SandboxInfo) -> Iterator[AwsSession]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in quick_sandbox.env.items():
            patch.setenv(name, value)
        session = AwsSession()
        session.client("s3").create_bucket(Bucket=session.identity().default_bucket)
        yield session
        session.close()


@pytest.fixture(autouse=True)
def far_end(quick_sandbox: SandboxInfo, no_aws_of_this_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in quick_sandbox.env.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def make_team(quick_session: AwsSession, tmp_path: Path) -> Callable[..., Team]:
    return lambda app_settings=THEIR_SETTINGS: Team(quick_session, tmp_path, app_settings)


@pytest.fixture
def team(make_team: Callable[..., Team]) -> Team:
    return make_team()


@pytest.fixture
def theirs(quick_session: AwsSession) -> str:
    """A lifecycle configuration of somebody else."""
    arn: str = quick_session.client("sagemaker").create_studio_lifecycle_config(
        StudioLifecycleConfigName=f"theirs-{uuid.uuid4().hex[:8]}",
        StudioLifecycleConfigContent="ZWNobwo=",
        StudioLifecycleConfigAppType="JupyterLab",
    )["StudioLifecycleConfigArn"]
    return arn


@pytest.mark.parametrize("built_in", [False, True], ids=["default", "built-in"])
def test_the_round_trip_leaves_the_settings_byte_identical(team: Team, built_in: bool) -> None:
    before = team.snapshot()
    installed = team.do("install", built_in=built_in)
    assert installed.verified
    assert installed.version == "9.9.1"
    team.start()
    assert team.space_status() == ("9.9.1", "9.9.1", False)
    upgraded = team.do("upgrade", "9.9.2")
    # The running app still uses the old configuration, which therefore stays.
    assert any("stays" in note for note in upgraded.notes)
    assert team.space_status() == ("9.9.1", "9.9.2", True)
    team.stop()
    team.start()
    assert team.space_status() == ("9.9.2", "9.9.2", False)
    team.stop()
    team.do("uninstall")
    assert team.snapshot() == before
    assert not status(team.session, team.domain_id).attachments
    kept = team.session.client("s3").list_objects_v2(
        Bucket=team.session.identity().default_bucket, Prefix=f"smext-{team.mark}/records/"
    )
    assert kept["KeyCount"] == 0


def test_others_configurations_stay(make_team: Callable[..., Team], theirs: str) -> None:
    team = make_team({"LifecycleConfigArns": [theirs], "DefaultResourceSpec": {"LifecycleConfigArn": theirs}})
    before = team.snapshot()
    planned = plan(team.session, team.request("install"))
    assert [each.code for each in planned.findings if each.level is Severity.WARNING] == ["DefaultKept"]
    team.do("install")
    settings = team.settings(team.domain)
    assert settings["LifecycleConfigArns"][0] == theirs
    assert settings["DefaultResourceSpec"]["LifecycleConfigArn"] == theirs
    assert team.space_status()[1] is None
    team.do("install", replace_default=True)
    assert team.space_status()[1] == "9.9.1"
    team.do("uninstall")
    assert team.snapshot() == before


def test_a_built_in_configuration_of_others_is_not_replaced(make_team: Callable[..., Team], theirs: str) -> None:
    team = make_team({"BuiltInLifecycleConfigArn": theirs})
    before = team.snapshot()
    planned = plan(team.session, team.request("install", built_in=True))
    assert not planned.possible
    assert [each.code for each in planned.findings if each.level is Severity.ERROR] == ["BuiltInTaken"]
    with pytest.raises(SmextError, match="another built-in"):
        team.do("install", built_in=True)
    assert team.snapshot() == before


@pytest.mark.parametrize("of", [{"user_profile_name": "analyst"}, {"space_name": "lab"}], ids=["profile", "space"])
def test_only_for_a_profile_or_a_space(team: Team, of: dict[str, str]) -> None:
    before = team.snapshot()
    team.do("install", **of)
    assert team.space_status()[1] == "9.9.1"
    if "user_profile_name" in of:
        assert team.settings(team.domain) == json.loads(before)[0]["DefaultUserSettings"]["JupyterLabAppSettings"]
    team.do("upgrade", "9.9.2", **({} if "space_name" in of else of))
    assert team.space_status()[1] == "9.9.2"
    team.do("uninstall", **of)
    assert status(team.session, team.domain_id).attachments == []
    # AWS has no call that takes empty settings away where there were none.
    assert without_empty(json.loads(team.snapshot())) == without_empty(json.loads(before))


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: kept for name, each in value.items() if (kept := without_empty(each)) != {}}
    return [without_empty(each) for each in value] if isinstance(value, list) else value


def test_nothing_happens_twice(team: Team) -> None:
    team.do("install")
    again = plan(team.session, team.request("install"))
    assert again.nothing_to_do
    assert again.steps == []
    assert team.do("install").steps == []
    assert plan(team.session, team.request("upgrade")).nothing_to_do
    team.do("uninstall")
    assert plan(team.session, team.request("uninstall")).nothing_to_do


def test_a_plan_changes_nothing_and_says_what_would(team: Team) -> None:
    before = team.snapshot()
    planned = plan(team.session, team.request("install"))
    assert [each.kind for each in planned.steps] == [
        StepKind.UPLOAD, StepKind.CREATE_CONFIG, StepKind.KEEP_RECORD, StepKind.UPDATE_SETTINGS
    ]  # fmt: skip
    assert planned.affected_spaces == 1
    update = planned.steps[-1]
    assert update.before == THEIR_SETTINGS
    assert update.after is not None
    assert update.after["LifecycleConfigArns"] == [planned.lifecycle_config_arn]
    assert team.snapshot() == before
    assert planned.lifecycle_config_name not in [each.lifecycle_config_name for each in inventory.configs(team.session)]


def test_a_plan_that_is_old_is_not_executed(team: Team) -> None:
    planned = plan(team.session, team.request("install"))
    team.sm.update_domain(DomainId=team.domain_id, DefaultUserSettings={"SecurityGroups": []})
    settled(team.session, team.domain)
    before = team.snapshot()
    with pytest.raises(SmextError, match="changed since the plan") as caught:
        team.do("install", plan_id=planned.plan_id)
    assert caught.value.code is ErrorCode.CONFLICT
    assert team.snapshot() == before


def test_another_admins_edit_in_the_last_moment_is_not_overwritten(
    team: Team, theirs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our reading and our writing somebody attaches a configuration of his own."""
    create = installing._create

    def create_while_another_edits(session: AwsSession, *more: Any) -> None:
        create(session, *more)
        edited = {**THEIR_SETTINGS, "LifecycleConfigArns": [theirs]}
        team.sm.update_domain(DomainId=team.domain_id, DefaultUserSettings={"JupyterLabAppSettings": edited})
        settled(session, team.domain)

    monkeypatch.setattr(installing, "_create", create_while_another_edits)
    with pytest.raises(SmextError, match="changed by somebody else") as caught:
        team.do("install")
    assert caught.value.code is ErrorCode.CONFLICT
    assert team.settings(team.domain)["LifecycleConfigArns"] == [theirs]


def test_a_wrong_domain_profile_or_space_is_not_found(team: Team) -> None:
    for wrong in ({"domain_id": "d-nobodyknows"}, {"user_profile_name": "nobody"}, {"space_name": "nowhere"}):
        request = team.request("install").model_copy(update=wrong)
        with pytest.raises(SmextError) as caught:
            plan(team.session, PlanRequest(**request.model_dump(exclude={"plan_id"})))
        assert caught.value.code is ErrorCode.NOT_FOUND, wrong


def test_a_missing_bucket_stops_the_plan(team: Team) -> None:
    request = team.request("install").model_copy(update={"s3_uri": f"s3://no-bucket-{team.mark}/x"})
    planned = plan(team.session, request)
    assert [each.code for each in planned.findings if each.level is Severity.ERROR] == ["NoBucket"]


def test_spaces_that_read_from_an_index_need_no_upload(team: Team) -> None:
    request = team.request("install", index_url="https://index.example.com/simple")
    planned = plan(team.session, request)
    assert StepKind.UPLOAD not in [each.kind for each in planned.steps]
    execute(team.session, request, Silent())
    config = next(
        each for each in inventory.configs(team.session) if each.lifecycle_config_arn == planned.lifecycle_config_arn
    )
    assert config.source == "https://index.example.com/simple"
    team.do("uninstall")


def test_the_command_line(team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = team.snapshot()
    place = ["--domain", team.domain_id]
    wheels = ["--bundle", team.bundles["9.9.1"], "--s3-uri", team.base]
    assert main(["lifecycle", "install", *place, *wheels, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["possible"] is True
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["lifecycle", "install", *place, *wheels]) == 1
    assert "--yes" in capsys.readouterr().err
    assert team.snapshot() == before
    assert main(["lifecycle", "install", *place, *wheels, "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verified"] is True
    assert main(["lifecycle", "status", *place]) == 0
    assert "pre-selected" in capsys.readouterr().out
    assert main(["lifecycle", "uninstall", *place, "--yes"]) == 0
    assert "read back" in capsys.readouterr().out
    assert team.snapshot() == before
    assert main(["lifecycle", "install", "--domain", "d-nobodyknows", "--yes"]) == 1
    assert "NotFound" in capsys.readouterr().err
