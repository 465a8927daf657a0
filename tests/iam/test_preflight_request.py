"""The preflight with policies that are read from the account, against the sandbox."""

from __future__ import annotations

import contextlib
import json
import uuid
from typing import Any

import pytest
from canned_answers import answer, count, refuse
from iam_rules import allow, deny, doc
from roles import make_role, put_policy

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.iam.generate import policy_for, trust_policy
from jupyter_smext.iam.models import CheckRequest, PreflightReport, Requirement
from jupyter_smext.iam.packet import packet, request_of
from jupyter_smext.iam.preflight_request import check_one, preflight_request
from jupyter_smext.iam.requirements import Place, requirements
from jupyter_smext.sandbox import SandboxInfo


def training(sandbox: SandboxInfo, role: str, **changes: Any) -> dict[str, Any]:
    source = {"S3Uri": f"s3://{sandbox.bucket}/train/", "S3DataType": "S3Prefix"}
    return {
        "TrainingJobName": "job-1",
        "RoleArn": role,
        "AlgorithmSpecification": {
            "TrainingImage": f"{sandbox.account}.dkr.ecr.{sandbox.region}.amazonaws.com/{REPOSITORY}:1",
            "TrainingInputMode": "File",
        },
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}],
        "OutputDataConfig": {"S3OutputPath": f"s3://{sandbox.bucket}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        **changes,
    }


REPOSITORY = f"team/train-{uuid.uuid4().hex[:6]}"


@pytest.fixture(autouse=True)
def repository(sandbox_session: AwsSession) -> None:
    ecr = sandbox_session.client("ecr")
    with contextlib.suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName=REPOSITORY)


def needs_of_role(sandbox: SandboxInfo, role: str, request: Any = None) -> list[Requirement]:
    place = Place(sandbox.region, sandbox.account, f"arn:aws:sts::{sandbox.account}:assumed-role/R/s")
    needed = requirements("CreateTrainingJob", request or training(sandbox, role), place)
    return [need for need in needed if need.subject == "execution_role"]


def working_role(session: AwsSession, sandbox: SandboxInfo) -> str:
    role = make_role(session)
    put_policy(session, role, "job", policy_for(needs_of_role(sandbox, role)))
    return role


def answers(report: PreflightReport, subject: str) -> dict[tuple[str, str], str]:
    return {
        (check.requirement.action, check.requirement.resource): check.answer
        for check in report.checks
        if check.requirement.subject == subject
    }


def test_a_working_role_is_allowed_everything(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    role = working_role(sandbox_session, sandbox)
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    assert set(answers(report, "execution_role").values()) == {"allowed"}
    assert set(answers(report, "sagemaker").values()) == {"allowed"}
    assert report.missing == {}
    # The caller may be limited by what cannot be seen from here.
    assert set(answers(report, "caller").values()) == {"unknown"}
    assert {check.as_far_as_seen for check in report.checks} == {"allowed"}
    assert any("VPC endpoint" in words for words in report.not_seen)
    moments = {check.requirement.action: check.requirement.when for check in report.checks}
    assert (moments["iam:PassRole"], moments["s3:PutObject"]) == ("call", "run")


def test_each_dropped_permission_is_named_and_no_other(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    """Fault injection on policies that are read from the account."""
    role = make_role(sandbox_session)
    request = training(sandbox, role)
    needed = needs_of_role(sandbox, role)
    for dropped in needed:
        put_policy(sandbox_session, role, "job", policy_for([need for need in needed if need != dropped]))
        report = preflight_request(sandbox_session, "CreateTrainingJob", request, refresh=True)
        denied = [check.requirement for check in report.checks if check.answer == "denied"]
        assert denied == [dropped]
        assert report.missing == {"execution_role": policy_for([dropped])}


def test_three_missing_statements_are_named_at_once_and_go_into_the_packet(
    sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    role = make_role(sandbox_session)
    needed = needs_of_role(sandbox, role)
    gone = ("s3:GetObject", "s3:PutObject", "ecr:BatchGetImage")
    put_policy(sandbox_session, role, "job", policy_for([need for need in needed if need.action not in gone]))
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    assert tuple(
        sorted(action for each in report.missing["execution_role"]["Statement"] for action in each["Action"])
    ) == tuple(sorted(gone))
    made = packet(request_of(json.loads(report.model_dump_json())))
    assert [(item.target, item.resource) for item in made.items] == [("role", role)]
    assert made.items[0].document == report.missing["execution_role"]
    # What the packet says is enough.
    put_policy(sandbox_session, role, "from-packet", made.items[0].document)
    again = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role), refresh=True)
    assert again.missing == {}


def test_without_a_look_at_the_policies_nothing_is_allowed(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    """The role of a usual Studio space may read neither IAM nor the organization nor bucket policies."""
    role = working_role(sandbox_session, sandbox)
    for operation in (
        "iam.GetRole", "iam.ListAttachedRolePolicies", "iam.ListRolePolicies", "iam.SimulatePrincipalPolicy",
        "organizations.DescribeOrganization", "s3.GetBucketPolicy", "ecr.GetRepositoryPolicy",
    ):  # fmt: skip
        refuse(sandbox_session, operation)
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    assert {check.answer for check in report.checks} == {"unknown"}
    assert report.missing == {}
    # None of it is known to be missing; all of it may be, so the policy that makes sure is offered.
    assert report.unsettled["execution_role"] == policy_for(
        [check.requirement for check in report.checks if check.requirement.subject == "execution_role"]
    )
    assert all(check.would_decide for check in report.checks)
    assert len(report.not_seen) >= 5


@pytest.mark.parametrize(
    ("operation", "canned"),
    [
        ("organizations.DescribeOrganization", {"Organization": {"Id": "o-1", "MasterAccountId": "999988887777"}}),
        ("s3.GetBucketPolicy", {"Policy": json.dumps(doc(deny("s3:PutObject", "*", Principal="*",
                                 Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}})))}),
        ("s3.GetBucketPolicy", None),
    ],
)  # fmt: skip
def test_one_layer_that_may_deny_leaves_the_upload_open(
    sandbox_session: AwsSession, sandbox: SandboxInfo, operation: str, canned: Any
) -> None:
    role = working_role(sandbox_session, sandbox)
    if canned is None:
        refuse(sandbox_session, operation)
    else:
        answer(sandbox_session, operation, canned)
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    put = next(check for check in report.checks if check.requirement.action == "s3:PutObject")
    assert put.answer == "unknown"


def test_a_trust_policy_without_sagemaker(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    lambda_only = json.loads(json.dumps(trust_policy()).replace("sagemaker", "lambda"))
    role = make_role(sandbox_session, trust=lambda_only)
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    assert set(answers(report, "sagemaker").values()) == {"denied"}
    assert report.missing["sagemaker"] == trust_policy()


def test_an_explicit_deny_is_denied_and_not_missing(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    role = working_role(sandbox_session, sandbox)
    put_policy(sandbox_session, role, "no", doc(deny("s3:PutObject", "*")))
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    denied = [check for check in report.checks if check.answer == "denied"]
    assert [check.requirement.action for check in denied] == ["s3:PutObject"]
    assert denied[0].verdict.effect == "explicit"
    assert report.missing == {}


def test_the_boundary_counts(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    role = make_role(sandbox_session, PermissionsBoundary=boundary)
    put_policy(sandbox_session, role, "job", policy_for(needs_of_role(sandbox, role)))
    report = preflight_request(sandbox_session, "CreateTrainingJob", training(sandbox, role))
    found = {action: given for (action, _), given in answers(report, "execution_role").items()}
    assert (found["s3:GetObject"], found["s3:PutObject"]) == ("allowed", "denied")
    assert "execution_role" not in report.missing  # an Allow does not help against a boundary


def test_the_alias_of_a_key_is_decided_on_its_key(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    kms = sandbox_session.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    alias = f"alias/{uuid.uuid4().hex[:8]}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    role = make_role(sandbox_session)
    request = training(sandbox, role)
    request["OutputDataConfig"]["KmsKeyId"] = alias
    put_policy(sandbox_session, role, "job", policy_for(needs_of_role(sandbox, role)))
    put_policy(sandbox_session, role, "key", doc(allow("kms:GenerateDataKey", key)))
    found = answers(preflight_request(sandbox_session, "CreateTrainingJob", request), "execution_role")
    assert found["kms:GenerateDataKey", key] == "allowed"
    assert found["kms:Decrypt", key] == "denied"


def test_each_model_of_an_endpoint_is_judged_by_its_own_role(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    capture = f"s3://{sandbox.bucket}/captured"
    may = make_role(sandbox_session, doc(allow("s3:PutObject", f"arn:aws:s3:::{sandbox.bucket}/captured/*")))
    may_not = make_role(sandbox_session)

    def model(params: dict[str, Any], **_: Any) -> Any:
        from types import SimpleNamespace

        role = {"a": may, "b": may_not}[json.loads(params["body"])["ModelName"]]
        return SimpleNamespace(status_code=200, headers={}), {"ExecutionRoleArn": role, "ResponseMetadata": {}}

    sandbox_session.client("sagemaker").meta.events.register("before-call.sagemaker.DescribeModel", model)
    variants = [{"VariantName": name, "ModelName": name, "InstanceType": "ml.m5.large"} for name in ("a", "b")]
    request = {
        "EndpointConfigName": "c",
        "ProductionVariants": variants,
        "DataCaptureConfig": {"DestinationS3Uri": capture},
    }
    report = preflight_request(sandbox_session, "CreateEndpointConfig", request)
    puts = {
        check.requirement.principal: check.answer
        for check in report.checks
        if check.requirement.action == "s3:PutObject"
    }
    assert puts == {may: "allowed", may_not: "denied"}


def test_local_mode_needs_the_caller_only(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    request = training(sandbox, make_role(sandbox_session))
    report = preflight_request(sandbox_session, "CreateTrainingJob", request, local_mode=True, probes=True)
    assert {check.requirement.subject for check in report.checks} == {"caller"}
    listing = next(check for check in report.checks if check.requirement.action == "s3:ListBucket")
    assert (listing.answer, listing.decided_by, listing.from_here_only) == ("allowed", "probe", True)


def test_another_operation_is_refused(sandbox_session: AwsSession) -> None:
    with pytest.raises(SmextError, match="CreateTransformJob are not known"):
        preflight_request(sandbox_session, "CreateTransformJob", {})


def test_what_was_found_is_used_again(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    request = training(sandbox, working_role(sandbox_session, sandbox))
    first = preflight_request(sandbox_session, "CreateTrainingJob", request, probes=True)
    calls = count(sandbox_session, "")
    again = preflight_request(sandbox_session, "CreateTrainingJob", request, probes=True)
    assert calls == []
    assert [check.answer for check in again.checks] == [check.answer for check in first.checks]
    # A probe keeps the time at which AWS answered.
    assert [probe.at for probe in again.probes] == [probe.at for probe in first.probes]


def test_one_permission_of_a_role(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    role = make_role(sandbox_session, doc(allow("s3:GetObject", f"arn:aws:s3:::{sandbox.bucket}/a/*")))
    wanted = {"principal": role, "action": "s3:GetObject"}
    refused = check_one(sandbox_session, CheckRequest(**wanted, resource=f"arn:aws:s3:::{sandbox.bucket}/b"))
    assert refused.check.answer == "denied"
    assert refused.missing is not None
    assert refused.missing["Statement"][0]["Resource"] == [f"arn:aws:s3:::{sandbox.bucket}/b"]
    other = check_one(sandbox_session, CheckRequest(**wanted, resource=f"arn:aws:s3:::{sandbox.bucket}/a/b"))
    assert (other.check.as_far_as_seen, other.missing) == ("allowed", None)


def test_a_principal_that_is_none(sandbox_session: AwsSession) -> None:
    with pytest.raises(SmextError, match="not the ARN of a principal"):
        check_one(sandbox_session, CheckRequest(action="s3:GetObject", principal="me!"))
