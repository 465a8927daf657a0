from __future__ import annotations

import uuid
from typing import Any

import pytest
from canned_answers import answer, count, refuse
from iam_rules import allow, doc
from roles import make_role

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.iam.models import CheckRequest, Requirement
from jupyter_smext.iam.preflight_request import check_one, plan_request_probes, preflight_request
from jupyter_smext.iam.probes import LIMIT, SWITCH, evidence_of, plan_probes, run_probes
from jupyter_smext.sandbox import SandboxInfo

NETWORK = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")


def need(action: str, resource: str = "*", **context: Any) -> Requirement:
    return Requirement(
        subject="caller",
        principal="arn:aws:sts::123456789012:assumed-role/SageMakerSandboxRole/sandbox",
        action=action,
        resource=resource,
        context={key.replace("_", ":"): value for key, value in context.items()},
        when="call",
        reason="",
        field="",
    )


def run_one(session: AwsSession, requirement: Requirement) -> Any:
    (result,) = run_probes(session, [requirement], refresh=True)
    return result


def job(sandbox: SandboxInfo, channels: int = 8) -> dict[str, Any]:
    image = f"{sandbox.account}.dkr.ecr.{sandbox.region}.amazonaws.com/a/b:1"
    return {
        "TrainingJobName": "j",
        "RoleArn": sandbox.role_arn,
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "InputDataConfig": [
            {"ChannelName": f"c{index}", "DataSource": {"S3DataSource": {"S3Uri": f"s3://{sandbox.bucket}/{index}/"}}}
            for index in range(channels)
        ],
        "OutputDataConfig": {"S3OutputPath": f"s3://{sandbox.bucket}/out", "KmsKeyId": "arn:aws:kms:us-east-1:1:key/k"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    }


def test_the_plan_calls_nothing_and_stays_within_its_limit(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    sandbox_session.identity()
    calls = count(sandbox_session, "")
    plan = plan_request_probes(sandbox_session, "CreateTrainingJob", job(sandbox))
    assert calls == []
    assert (len(plan.probes), plan.limit, plan.enabled) == (LIMIT, 10, True)
    assert plan.left_out > 0
    assert all(probe.side_effect and probe.proves for probe in plan.probes)
    assert len({probe.id for probe in plan.probes}) == LIMIT


def test_only_harmless_operations_are_ever_called(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    safe = {
        "s3:ListObjectsV2", "s3:GetObject", "ecr:GetAuthorizationToken", "ecr:BatchGetImage", "kms:GenerateDataKey",
        *(f"ec2:Describe{each}" for each in NETWORK),
    }  # fmt: skip
    plan = plan_request_probes(sandbox_session, "CreateTrainingJob", job(sandbox, channels=1))
    assert {probe.operation for probe in plan.probes} <= safe
    for action in (
        "iam:PassRole",
        "sagemaker:CreateTrainingJob",
        "s3:PutObject",
        "kms:CreateGrant",
        "logs:PutLogEvents",
    ):
        assert plan_probes(sandbox_session, [need(action, sandbox.role_arn)]).probes == []
    done: list[str] = []

    def note(model: Any, **_: Any) -> None:
        done.append(model.name)

    sandbox_session.boto.events.register("before-call", note)
    for client in sandbox_session._clients.values():
        client.meta.events.register("before-call", note)
    preflight_request(sandbox_session, "CreateTrainingJob", job(sandbox, channels=1), probes=True)
    changing = ("Create", "Put", "Delete", "Attach", "Detach", "Update", "Start", "Stop", "Copy", "Upload")
    assert done
    assert [name for name in done if name.startswith(changing)] == []


def test_no_probe_without_being_asked_for(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    listed = count(sandbox_session, "s3.ListObjectsV2")
    report = preflight_request(sandbox_session, "CreateTrainingJob", job(sandbox))
    assert (report.probes, listed) == ([], [])
    assert report.probe_plan.probes


def test_the_off_switch(sandbox_session: AwsSession, sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "off")
    assert plan_request_probes(sandbox_session, "CreateTrainingJob", job(sandbox)).enabled is False
    with pytest.raises(SmextError, match="switched off") as caught:
        preflight_request(sandbox_session, "CreateTrainingJob", job(sandbox), probes=True)
    assert caught.value.code.value == "NotSupported"


def test_a_role_that_is_not_the_callers_is_not_probed(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    other = make_role(sandbox_session, doc(allow("*", "*")))
    plan = plan_request_probes(sandbox_session, "CreateTrainingJob", job(sandbox) | {"RoleArn": other})
    assert plan.probes == []


def test_listing_and_reading_prove_what_they_do(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    prefix, bucket = f"probes-{uuid.uuid4().hex[:6]}/", f"arn:aws:s3:::{sandbox.bucket}"
    listing = need("s3:ListBucket", bucket, s3_prefix=prefix)
    reading = need("s3:GetObject", f"{bucket}/{prefix}*")
    assert run_one(sandbox_session, listing).answer == "allowed"
    empty = run_one(sandbox_session, reading)
    assert (empty.answer, empty.probe.sample_only) == ("unknown", True)
    assert "no object" in empty.detail
    sandbox_session.client("s3").put_object(Bucket=sandbox.bucket, Key=f"{prefix}empty", Body=b"")
    sandbox_session.client("s3").put_object(Bucket=sandbox.bucket, Key=f"{prefix}full", Body=b"123")
    ranges = count(sandbox_session, "s3.GetObject")
    assert run_one(sandbox_session, reading).answer == "allowed"
    assert [call["headers"]["Range"] for call in ranges] == ["bytes=0-0"]


def test_a_missing_object_proves_nothing(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    reading = need("s3:GetObject", f"arn:aws:s3:::{sandbox.bucket}/no-such-{uuid.uuid4().hex}")
    assert run_one(sandbox_session, reading).answer == "unknown"


IMPLICIT = (
    "User: arn:aws:sts::123456789012:assumed-role/R/s is not authorized to perform: {action} on resource: "
    '"arn:aws:s3:::b/k" because no identity-based policy allows the {action} action'
)
EXPLICIT = (
    "User: arn:aws:sts::123456789012:assumed-role/R/s is not authorized to perform: {action} on resource: "
    '"arn:aws:s3:::b" with an explicit deny in a service control policy'
)


@pytest.mark.parametrize(
    ("requirement", "operation", "message", "expected", "lacks"),
    [
        (need("s3:ListBucket", "arn:aws:s3:::b"), "s3.ListObjectsV2", "Access Denied", "denied", False),
        (need("s3:ListBucket", "arn:aws:s3:::b"), "s3.ListObjectsV2", IMPLICIT.format(action="s3:ListBucket"), "denied", True),
        (need("s3:ListBucket", "arn:aws:s3:::b"), "s3.ListObjectsV2", EXPLICIT.format(action="s3:ListBucket"), "denied", False),
        # Bare, S3 says the same of an object that does not exist.
        (need("s3:GetObject", "arn:aws:s3:::b/k"), "s3.GetObject", "Access Denied", "unknown", False),
        (need("s3:GetObject", "arn:aws:s3:::b/k"), "s3.GetObject", IMPLICIT.format(action="s3:GetObject"), "denied", True),
        # Refused, but for want of something else.
        (need("s3:GetObject", "arn:aws:s3:::b/k"), "s3.GetObject", IMPLICIT.format(action="kms:Decrypt"), "unknown", False),
        (need("s3:GetObject", "arn:aws:s3:::b/k"), "s3.GetObject", IMPLICIT.format(action="s3:ListBucket"), "unknown", False),
        (need("s3:GetObject", "arn:aws:s3:::b/k*"), "s3.ListObjectsV2", "Access Denied", "unknown", False),
    ],
)  # fmt: skip
def test_what_a_refusal_proves(
    sandbox_session: AwsSession, requirement: Requirement, operation: str, message: str, expected: str, lacks: bool
) -> None:
    refuse(sandbox_session, operation, message)
    result = run_one(sandbox_session, requirement)
    assert (result.answer, result.lacks_an_allow) == (expected, lacks)
    assert result.request_id in ("canned-request", None)
    assert evidence_of(result).answer == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("NoSuchBucket", "unknown"), ("SlowDown", "unknown"), ("PermanentRedirect", "unknown")],
)
def test_other_failures_prove_nothing(sandbox_session: AwsSession, code: str, expected: str) -> None:
    refuse(sandbox_session, "s3.ListObjectsV2", "whatever", code)
    assert run_one(sandbox_session, need("s3:ListBucket", "arn:aws:s3:::b")).answer == expected


def test_dry_runs_of_kms_and_ec2(sandbox_session: AwsSession) -> None:
    key = need("kms:GenerateDataKey", "arn:aws:kms:us-east-1:123456789012:key/k")
    calls = refuse(sandbox_session, "kms.GenerateDataKey", "would succeed", "DryRunOperationException")
    assert run_one(sandbox_session, key).answer == "allowed"
    assert b'"DryRun": true' in calls[0]["body"]
    assert run_one(sandbox_session, need("ec2:DescribeSubnets")).answer == "allowed"
    refuse(sandbox_session, "ec2.DescribeSubnets", "You are not authorized", "UnauthorizedOperation")
    assert run_one(sandbox_session, need("ec2:DescribeSubnets")).answer == "denied"


def test_a_missing_image_tag_is_no_refusal_and_no_password_stays(sandbox_session: AwsSession) -> None:
    answer(sandbox_session, "ecr.BatchGetImage", {"images": [], "failures": [{"failureCode": "ImageNotFound"}]})
    image = need("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:123456789012:repository/a/b")
    assert run_one(sandbox_session, image).answer == "allowed"
    login = run_one(sandbox_session, need("ecr:GetAuthorizationToken"))
    assert login.answer == "allowed"
    token = sandbox_session.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    assert token not in login.model_dump_json()


def test_an_earlier_refusal_is_evidence_and_no_answer(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    bucket = f"history-{uuid.uuid4().hex[:8]}"
    me = sandbox_session.identity().caller_arn
    wanted = CheckRequest(action="s3:ListBucket", resource=f"arn:aws:s3:::{bucket}")
    check_one(sandbox_session, wanted)
    message = (
        f'User: {me} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::{bucket}" '
        "because no identity-based policy allows the s3:ListBucket action"
    )
    refuse(sandbox_session, "s3.ListObjectsV2", message)
    with pytest.raises(Exception, match="not authorized"):
        sandbox_session.client("s3").list_objects_v2(Bucket=bucket)
    check = check_one(sandbox_session, wanted).check
    history = [entry for entry in check.evidence if entry.source == "history"]
    assert [entry.answer for entry in history] == ["denied"]
    assert history[0].request_id == "canned-request"
    assert check.answer == "unknown"
    other = check_one(sandbox_session, CheckRequest(action="s3:ListBucket", resource="arn:aws:s3:::another"))
    assert [entry for entry in other.check.evidence if entry.source == "history"] == []
