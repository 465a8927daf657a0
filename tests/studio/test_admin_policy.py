"""The administrator's policy: what is in it, where it is found, and that the server refuses what the form would not."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.aws.studio_metadata import StudioMetadata
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.admin_policy import (
    DOMAIN_TAG,
    ENVIRONMENT,
    AdminPolicy,
    AdminPolicyState,
    Guard,
    find,
    load,
)

EXAMPLE = Path(__file__).parents[2] / "examples" / "penguins"
ROLE = "arn:aws:iam::123456789012:role/SageMakerSandboxRole"


# ------------------------------------------------------------------------------------------------------- the file


def test_yaml_and_json_say_the_same(tmp_path: Path, sandbox_session: AwsSession) -> None:
    yaml, as_json = tmp_path / "policy.yaml", tmp_path / "policy.json"
    yaml.write_text("version: 1\nread_only: true\ninstance_types:\n  allowed: [ml.m5.*]\n  default: ml.m5.large\n")
    as_json.write_text(json.dumps(load(sandbox_session, str(yaml)).model_dump()))
    assert load(sandbox_session, str(as_json)) == load(sandbox_session, str(yaml))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("readonly: true", "readonly"),
        ("sections_off: [training]", "sections_off"),
        ("instance_types: {allowed: [ml.m5.*], default: ml.p3.2xlarge}", "is not among what is allowed"),
        ("budget: {max_launch_usd: -1}", "max_launch_usd"),
        ("version: 2", "version"),
        ("a: [", "neither YAML nor JSON"),
        ("- a list", "dictionary"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place(
    tmp_path: Path, sandbox_session: AwsSession, text: str, said: str
) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    with pytest.raises(SmextError, match=said) as caught:
        load(sandbox_session, str(path))
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_an_empty_file_locks_nothing(tmp_path: Path, sandbox_session: AwsSession) -> None:
    (tmp_path / "policy.yaml").write_text("# nothing yet\n")
    assert load(sandbox_session, str(tmp_path / "policy.yaml")) == AdminPolicy()


# ------------------------------------------------------------------------------------------------ where it is found


def test_the_setting_counts_more_than_the_environment(
    tmp_path: Path, sandbox_session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("setting", "environment"):
        (tmp_path / name).write_text(f"contact: {name}\n")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "environment"))
    by_setting = find(sandbox_session, str(tmp_path / "setting"))
    by_environment = find(sandbox_session, None)
    assert (by_setting.found_by, by_environment.found_by) == ("setting", "environment")
    assert by_environment.policy is not None
    assert by_environment.policy.contact == "environment"


def test_without_any_there_is_none(sandbox_session: AwsSession) -> None:
    state = find(sandbox_session, None)
    assert (state.source, state.policy, state.problem) == (None, None, None)


@pytest.fixture
def bucket(sandbox_session: AwsSession) -> str:
    name = f"policies-{uuid.uuid4().hex[:8]}"
    sandbox_session.client("s3").create_bucket(Bucket=name)
    return name


def test_a_domain_names_it_by_a_tag(sandbox_session: AwsSession, domain_id: str, bucket: str) -> None:
    sandbox_session.client("s3").put_object(Bucket=bucket, Key="policy.yaml", Body=b"read_only: true\n")
    sm = sandbox_session.client("sagemaker")
    arn = sm.describe_domain(DomainId=domain_id)["DomainArn"]
    sandbox_session.metadata = StudioMetadata(
        app_type="JupyterLab",
        domain_id=domain_id,
        resource_arn=f"{arn.rpartition(':')[0]}:app/{domain_id}/space/JupyterLab/default",
    )
    assert find(sandbox_session, None).source is None
    sm.add_tags(ResourceArn=arn, Tags=[{"Key": DOMAIN_TAG, "Value": f"s3://{bucket}/policy.yaml"}])
    try:
        state = find(sandbox_session, None)
    finally:
        sm.delete_tags(ResourceArn=arn, TagKeys=[DOMAIN_TAG])
    assert (state.found_by, state.source) == ("domain_tag", f"s3://{bucket}/policy.yaml")
    assert state.policy == AdminPolicy(read_only=True)


def test_one_that_cannot_be_read_allows_only_reading(sandbox_session: AwsSession, bucket: str) -> None:
    state = find(sandbox_session, f"s3://{bucket}/nothing.yaml")
    assert state.policy is None
    assert "could not be read" in str(state.problem)
    guard = Guard(state)
    guard.require_route("read", "jupyter_smext:s3")
    with pytest.raises(SmextError, match="could not be read"):
        guard.require_route("write", "jupyter_smext:s3")


@pytest.mark.parametrize(("setting", "policy", "counts"), [(5, 10, 5), (10, 5, 5), (None, 5, 5), (5, None, 5)])
def test_the_lower_of_two_caps_counts(
    tmp_path: Path, sandbox_session: AwsSession, setting: float | None, policy: float | None, counts: float
) -> None:
    (tmp_path / "policy.yaml").write_text(json.dumps({"budget": {"max_launch_usd": policy}}))
    assert find(sandbox_session, str(tmp_path / "policy.yaml"), setting).max_launch_usd == counts


# ---------------------------------------------------------------------------------------- each lock, call by call

TRAINING = {
    "RoleArn": ROLE,
    "InputDataConfig": [{"DataSource": {"S3DataSource": {"S3Uri": "s3://team-data/train/"}}}],
    "OutputDataConfig": {"S3OutputPath": "s3://team-output/"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "KeepAlivePeriodInSeconds": 600},
    "StoppingCondition": {"MaxRuntimeInSeconds": 7200},
}


@pytest.mark.parametrize(
    ("policy", "service", "operation", "parameters"),
    [
        ({"regions": {"allowed": ["eu-*"]}}, "s3", "ListObjectsV2", {"Bucket": "any"}),
        ({"regions": {"allowed": ["eu-*"]}}, "sagemaker", "ListTrainingJobs", {}),
        ({"execution_role": {"allowed": ["*:role/Approved*"]}}, "sagemaker", "CreateTrainingJob", TRAINING),
        ({"execution_role": {"allowed": ["*:role/Approved*"]}}, "sagemaker", "CreateModel", {"ExecutionRoleArn": ROLE}),
        ({"instance_types": {"allowed": ["ml.t3.*"]}}, "sagemaker", "CreateTrainingJob", TRAINING),
        (
            {"instance_types": {"allowed": ["ml.t3.*"]}},
            "sagemaker",
            "CreateEndpointConfig",
            {"ProductionVariants": [{"InstanceType": "ml.t3.medium"}, {"InstanceType": "ml.g5.xlarge"}]},
        ),
        (
            {"instance_types": {"allowed": ["ml.t3.*"]}},
            "sagemaker",
            "CreateApp",
            {"ResourceSpec": {"InstanceType": "ml.g5.xlarge"}},
        ),
        ({"buckets": {"allowed": ["team-output"]}}, "sagemaker", "CreateTrainingJob", TRAINING),
        ({"buckets": {"allowed": ["team-*"]}}, "s3", "GetObject", {"Bucket": "others", "Key": "a"}),
        (
            {"buckets": {"allowed": ["team-*"]}},
            "s3",
            "CopyObject",
            {"Bucket": "team-a", "CopySource": {"Bucket": "others", "Key": "a"}},
        ),
        ({"expiry": {"training_seconds": 3600}}, "sagemaker", "CreateTrainingJob", TRAINING),
        ({"expiry": {"training_seconds": 3600}}, "sagemaker", "CreateTrainingJob", {}),
        ({"expiry": {"warm_pool_seconds": 0}}, "sagemaker", "CreateTrainingJob", TRAINING),
        ({"expiry": {"idle_minutes": 120}}, "sagemaker", "CreateSpace", {"SpaceName": "lab"}),
        (
            {"expiry": {"idle_minutes": 120}},
            "sagemaker",
            "UpdateSpace",
            {"SpaceSettings": {"JupyterLabAppSettings": {"AppLifecycleManagement": {"IdleSettings": {
                "IdleTimeoutInMinutes": 600}}}}},
        ),
    ],
)  # fmt: skip
def test_a_lock_refuses_the_call(
    policy: dict[str, Any], service: str, operation: str, parameters: dict[str, Any]
) -> None:
    guard = guard_of(policy)
    with pytest.raises(SmextError, match="Set by your administrator") as caught:
        guard.require_call(service, operation, "us-east-1", parameters)
    assert caught.value.code is ErrorCode.ACCESS_DENIED
    assert caught.value.envelope.hint == "Ask ml-platform@example.com."


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"regions": {"allowed": ["us-*"]}},
        {"execution_role": {"allowed": [ROLE]}},
        {"instance_types": {"allowed": ["ml.m5.*"]}},
        {"buckets": {"allowed": ["team-*"]}},
        {"expiry": {"training_seconds": 7200, "warm_pool_seconds": 600}},
    ],
)
def test_what_is_allowed_goes_through(policy: dict[str, Any]) -> None:
    guard = guard_of(policy)
    guard.require_call("sagemaker", "CreateTrainingJob", "us-east-1", TRAINING)
    guard.require_call("iam", "GetRole", "eu-west-3", {"RoleName": "x"})
    guard.require_call("sagemaker", "DescribeTrainingJob", "us-east-1", {"TrainingJobName": "x"})


def guard_of(policy: dict[str, Any]) -> Guard:
    state = find_state({**policy, "contact": "ml-platform@example.com"})
    return Guard(state)


def find_state(policy: dict[str, Any]) -> AdminPolicyState:
    return AdminPolicyState.model_validate({"source": "p", "policy": policy, "read_at": "2026-01-01T00:00:00Z"})


def test_every_client_of_the_session_asks_the_guard(sandbox_session: AwsSession) -> None:
    """Also one that was made before, an upload in parts, and an address that is only signed."""
    s3 = sandbox_session.client("s3")
    sandbox_session.guard = guard_of({"buckets": {"allowed": ["team-*"]}})
    for call in (
        lambda: s3.list_objects_v2(Bucket="others"),
        lambda: s3.generate_presigned_url("get_object", Params={"Bucket": "others", "Key": "a"}),
        lambda: s3.upload_file(__file__, "others", "a"),
    ):
        with pytest.raises(SmextError, match="Bucket others"):
            call()


# ------------------------------------------------------------------------------ the server, with the form bypassed


@pytest.fixture
def policy() -> dict[str, Any]:
    """The policy of the server; tests name their own."""
    return {}


@pytest.fixture
def jp_server_config(policy: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(policy))
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_smext": True}},
        "SmextApp": {"admin_policy": str(path), "max_launch_cost_usd": 50.0},
    }


@pytest.fixture
def call(jp_fetch: Any, sandbox: SandboxInfo) -> Callable[..., Any]:
    async def fetch(path: str, body: Any = None) -> Any:
        options: dict[str, Any] = {"method": "GET"} if body is None else {"method": "POST", "body": json.dumps(body)}
        answer = await jp_fetch("jupyter-smext", "api", *path.split("/"), **options)
        return json.loads(answer.body) if answer.body else None

    return fetch


async def refused(call: Any, path: str, body: Any = None) -> str:
    with pytest.raises(HTTPClientError) as caught:
        await call(path, body)
    assert caught.value.code == 403
    assert caught.value.response is not None
    envelope = json.loads(caught.value.response.body)
    assert envelope["code"] == "AccessDenied"
    assert envelope["message"].startswith("Set by your administrator: ")
    return str(envelope["message"])


@pytest.mark.parametrize("policy", [{"read_only": True}])
async def test_read_only_refuses_every_change_and_no_look(call: Any) -> None:
    await call("handshake")
    await call("identity")
    assert "buckets" in await call("s3/buckets")
    for path in ("s3/buckets", "endpoints/delete", "endpoints/deploy", "jobs/stop", "iam/apply", "estimators/launches",
                 "studio/lifecycle/install", "studio/spaces"):  # fmt: skip
        assert "Read-only" in await refused(call, path, {})


@pytest.mark.parametrize("policy", [{"sections_off": ["endpoints", "iam"]}])
async def test_a_section_that_is_off_answers_nothing(call: Any) -> None:
    assert "switched off" in await refused(call, "endpoints")
    assert "switched off" in await refused(call, "endpoints/describe", {"endpoint_name": "x"})
    assert "switched off" in await refused(call, "iam/apply", {})
    await call("s3/buckets")


@pytest.mark.parametrize("policy", [{"buckets": {"allowed": ["team-*"]}}])
async def test_a_bucket_that_is_not_allowed_is_refused(call: Any) -> None:
    assert "Bucket others" in await refused(call, "s3/buckets", {"name": "others"})
    assert "Bucket others" in await refused(call, "s3/objects/list", {"bucket": "others", "prefix": ""})
    name = f"team-{uuid.uuid4().hex[:8]}"
    assert (await call("s3/buckets", {"name": name}))["name"] == name


@pytest.mark.parametrize("policy", [{"regions": {"allowed": ["eu-central-1"]}}])
async def test_a_region_that_is_not_allowed_is_refused(call: Any) -> None:
    await refused(call, "s3/buckets")
    await refused(call, "endpoints")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"instance_types": {"allowed": ["ml.t3.*"]}}, "Instance type ml.m5.large"),
        ({"execution_role": {"allowed": ["*:role/Approved"]}}, "The role"),
        ({"buckets": {"allowed": ["team-*"]}}, "Bucket"),
        ({"expiry": {"training_seconds": 60}}, "training job may last 60 seconds"),
        ({"budget": {"max_launch_usd": 0.01}}, "administrator allows 0.01 USD"),
    ],
)
async def test_a_launch_against_the_policy_is_refused_and_foreseen(
    call: Any, jp_root_dir: Path, sandbox: SandboxInfo, said: str
) -> None:
    shutil.copy(EXAMPLE / "train.py", jp_root_dir)
    document = "penguins.sagemaker.yaml"
    spec = (await call("estimators/parse", {"text": (EXAMPLE / document).read_text()}))["spec"]
    spec["spec"]["input_data_config"] = []
    findings = (await call("estimators/preflight", {"spec": spec, "document": document}))["findings"]
    errors = [each["message"] for each in findings if each["level"] == "error"]
    assert any(said in each for each in errors), findings
    token = (await call("estimators/launch-token", {"document": document}))["token"]
    task = await call("estimators/launches", {"spec": spec, "document": document, "token": token})
    assert task["state"] == "failed"
    assert task["error"]["code"] == "AccessDenied"
    assert said in task["error"]["message"]


@pytest.mark.parametrize(
    "policy", [{"contact": "ml-platform", "budget": {"max_launch_usd": 20}, "execution_role": {"default": ROLE}}]
)
async def test_the_panel_is_told_what_is_set(call: Any) -> None:
    state = await call("admin-policy")
    assert state["found_by"] == "setting"
    assert state["policy"]["contact"] == "ml-platform"
    assert state["max_launch_usd"] == 20
    assert (await call("identity"))["execution_role_source"] == "configured"
