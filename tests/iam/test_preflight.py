"""Requirements of real requests, and the preflight under fault injection: each permission is dropped in turn."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from iam_rules import allow, deny, doc

from jupyter_smext.iam.generate import bucket_requirements, compare_with_full_access, policy_for, trust_policy
from jupyter_smext.iam.models import PrincipalPolicies, Requirement
from jupyter_smext.iam.preflight import preflight
from jupyter_smext.iam.requirements import Place, local_mode_requirements, requirements

ACCOUNT, REGION = "111122223333", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/Execution"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Notebook/SageMaker"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
PLACE = Place(region=REGION, account=ACCOUNT, caller=CALLER, model_roles={"m": ROLE})


def channel(name: str, uri: str, kind: str = "S3Prefix") -> dict[str, Any]:
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": uri, "S3DataType": kind}}}


JOB: dict[str, Any] = {
    "RoleArn": ROLE,
    "AlgorithmSpecification": {"TrainingImage": f"{IMAGE}/team/train:1", "TrainingInputMode": "File"},
    "InputDataConfig": [
        channel("train", "s3://train-data/2026/"),
        channel("test", "s3://test-data"),
        channel("images", "s3://manifests/list.json", "ManifestFile"),
    ],
    "OutputDataConfig": {"S3OutputPath": "s3://artifacts/jobs", "KmsKeyId": f"{KEY}/output"},
    "ResourceConfig": {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 30,
        "VolumeKmsKeyId": f"{KEY}/volume",
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    "CheckpointConfig": {"S3Uri": "s3://checkpoints/a"},
}
REQUESTS: dict[str, dict[str, Any]] = {
    "CreateTrainingJob": {
        "TrainingJobName": "job-1",
        **JOB,
        "HyperParameters": {"sagemaker_submit_directory": '"s3://code/job-1/sourcedir.tar.gz"', "epochs": "3"},
        "DebugHookConfig": {"S3OutputPath": "s3://debug/x"},
        "ProfilerConfig": {"S3OutputPath": "s3://profile/x"},
        "TensorBoardOutputConfig": {"S3OutputPath": "s3://board/x"},
        "DebugRuleConfigurations": [{"RuleConfigurationName": "r", "RuleEvaluatorImage": f"{IMAGE}/rules:1"}],
        "Tags": [{"Key": "team", "Value": "ml"}],
    },
    "CreateHyperParameterTuningJob": {
        "HyperParameterTuningJobName": "tune-1",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
        },
        "TrainingJobDefinition": {
            **JOB,
            "StaticHyperParameters": {"sagemaker_submit_directory": '"s3://code/tune-1/sourcedir.tar.gz"'},
        },
        "Tags": [{"Key": "team", "Value": "ml"}],
    },
    "CreateModel": {
        "ModelName": "m",
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {
            "Image": f"{IMAGE}/serve:1",
            "ModelDataUrl": "s3://artifacts/jobs/job-1/output/model.tar.gz",
            "Environment": {"SAGEMAKER_SUBMIT_DIRECTORY": "s3://code/serve/sourcedir.tar.gz"},
        },
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "Tags": [{"Key": "team", "Value": "ml"}],
    },
    "CreateEndpointConfig": {
        "EndpointConfigName": "c",
        "ProductionVariants": [
            {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
        "KmsKeyId": f"{KEY}/volume",
        "DataCaptureConfig": {
            "InitialSamplingPercentage": 10,
            "DestinationS3Uri": "s3://captured/e",
            "KmsKeyId": f"{KEY}/output",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://async/out"}},
        "Tags": [{"Key": "team", "Value": "ml"}],
    },
    "CreateEndpoint": {"EndpointName": "e", "EndpointConfigName": "c", "Tags": [{"Key": "team", "Value": "ml"}]},
}
NEEDS = {operation: requirements(operation, request, PLACE) for operation, request in REQUESTS.items()}
NEEDS["local mode"] = local_mode_requirements(REQUESTS["CreateTrainingJob"], PLACE)

KEY_POLICY = doc(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))


def containers(needs: list[Requirement]) -> dict[str, Any]:
    """The resource policies of an account in which nothing is shared."""
    policies: dict[str, Any] = {ROLE: trust_policy()}
    for need in needs:
        if need.resource.startswith(KEY):
            policies[need.resource] = KEY_POLICY
        elif need.action.startswith(("s3:", "ecr:")):
            policies[need.resource.split("/")[0] if need.action.startswith("s3:") else need.resource] = None
    return policies


def run(needs: list[Requirement], given: list[Requirement], **changes: Any) -> Any:
    policies = {
        subject: PrincipalPolicies(identity=[policy_for([need for need in given if need.subject == subject])])
        for subject in ("caller", "execution_role")
    }
    owners = dict.fromkeys(containers(needs), ACCOUNT)
    return preflight(
        needs,
        policies | changes.get("policies", {}),
        {**containers(needs), **changes.get("resource_policies", {})},
        owners,
    )


def distinct(needs: list[Requirement]) -> list[Requirement]:
    return list({(need.subject, need.action, need.resource): need for need in needs}.values())


def statements(document: Any) -> list[tuple[str, str]]:
    return [
        (action, resource)
        for entry in document["Statement"]
        for action in entry["Action"]
        for resource in entry["Resource"]
    ]


@pytest.mark.parametrize("operation", list(REQUESTS))
def test_the_requests_of_these_tests_are_valid(operation: str) -> None:
    model = botocore.session.get_session().get_service_model("sagemaker").operation_model(operation)
    report = ParamValidator().validate(REQUESTS[operation], model.input_shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("case", list(NEEDS))
def test_the_generated_policies_are_enough(case: str) -> None:
    result = run(NEEDS[case], NEEDS[case])
    refused = [
        (check.requirement.action, check.requirement.resource, check.verdict)
        for check in result.checks
        if check.verdict.verdict != "allowed"
    ]
    assert refused == []
    assert result.missing == {}


DROPS = [
    pytest.param(case, need, id=f"{case}-{need.subject}-{need.action}-{need.resource.rsplit(':', 1)[-1]}")
    for case, needs in NEEDS.items()
    for need in distinct(needs)
]


@pytest.mark.parametrize(("case", "dropped"), DROPS)
def test_a_dropped_permission_is_named_and_nothing_else(case: str, dropped: Requirement) -> None:
    needs = NEEDS[case]
    lost = [
        need
        for need in needs
        if (need.subject, need.action, need.resource) == (dropped.subject, dropped.action, dropped.resource)
    ]
    if dropped.subject == "sagemaker":
        other = doc({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
        result = run(needs, needs, resource_policies={ROLE: other})
        assert list(result.missing) == ["sagemaker"]
        assert result.missing["sagemaker"] == trust_policy()
    else:
        result = run(needs, [need for need in needs if need not in lost])
        assert {subject: statements(document) for subject, document in result.missing.items()} == {
            dropped.subject: [(dropped.action, dropped.resource)]
        }
    denied = [check.requirement for check in result.checks if check.verdict.verdict != "allowed"]
    assert denied == lost
    assert all(check.verdict.effect == "implicit" for check in result.checks if check.requirement in lost)


def test_several_missing_statements_are_named_at_once() -> None:
    needs = NEEDS["CreateTrainingJob"]
    lost = [need for need in needs if need.action in ("iam:PassRole", "s3:ListBucket", "kms:CreateGrant")]
    result = run(needs, [need for need in needs if need not in lost])
    named = {entry for document in result.missing.values() for entry in statements(document)}
    assert named == {(need.action, need.resource) for need in lost}
    pass_role = next(entry for entry in result.missing["caller"]["Statement"] if "iam:PassRole" in entry["Action"])
    assert pass_role["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_refused_at_the_call_or_failing_later() -> None:
    when = {(need.action, need.when) for need in NEEDS["CreateTrainingJob"]}
    assert ("sagemaker:CreateTrainingJob", "call") in when
    assert ("iam:PassRole", "call") in when
    assert ("s3:GetObject", "run") in when


def test_every_s3_path_of_the_request_counts() -> None:
    named = {
        need.resource.split(":::")[1].split("/")[0]
        for need in NEEDS["CreateTrainingJob"]
        if need.action.startswith("s3:")
    }
    assert named == {
        "train-data",
        "test-data",
        "manifests",
        "artifacts",
        "checkpoints",
        "code",
        "debug",
        "profile",
        "board",
    }


def test_unread_policies_leave_it_unknown() -> None:
    result = preflight(NEEDS["CreateTrainingJob"], {})
    assert {check.verdict.verdict for check in result.checks} == {"unknown"}
    assert result.missing == {}


def test_an_unread_bucket_policy_leaves_its_bucket_unknown() -> None:
    needs = NEEDS["CreateTrainingJob"]
    result = run(needs, needs, resource_policies={"arn:aws:s3:::train-data": "unknown"})
    open_ones = {check.requirement.resource for check in result.checks if check.verdict.verdict == "unknown"}
    assert open_ones == {"arn:aws:s3:::train-data", "arn:aws:s3:::train-data/2026/*"}


def test_a_deny_on_part_of_a_prefix_is_not_overlooked() -> None:
    needs = NEEDS["CreateTrainingJob"]
    everything = PrincipalPolicies(
        identity=[doc(allow(), deny("s3:GetObject", "arn:aws:s3:::train-data/2026/secret/*"))]
    )
    result = run(needs, needs, policies={"execution_role": everything})
    [partly] = [check for check in result.checks if check.verdict.verdict != "allowed"]
    assert (partly.requirement.resource, partly.verdict.verdict) == ("arn:aws:s3:::train-data/2026/*", "unknown")


def test_a_condition_on_the_network_leaves_it_unknown() -> None:
    needs = NEEDS["CreateEndpoint"]
    inside = PrincipalPolicies(identity=[doc(allow(condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))])
    result = run(needs, needs, policies={"caller": inside})
    assert {check.verdict.verdict for check in result.checks} == {"unknown"}
    assert result.checks[0].verdict.would_decide == ["aws:SourceVpce"]


def test_a_condition_that_the_request_settles() -> None:
    needs = NEEDS["CreateTrainingJob"]
    for pattern, verdict in (("ml.m5.*", "allowed"), ("ml.t3.*", "denied")):
        limited = doc(allow(condition={"ForAllValues:StringLike": {"sagemaker:InstanceTypes": pattern}}))
        result = run(needs, needs, policies={"caller": PrincipalPolicies(identity=[limited])})
        [start] = [check for check in result.checks if check.requirement.action == "sagemaker:CreateTrainingJob"]
        assert start.verdict.verdict == verdict


@pytest.mark.parametrize(("write", "delete"), [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("prefix", ["", "train/"])
def test_a_policy_for_a_bucket_is_enough_and_minimal(prefix: str, write: bool, delete: bool) -> None:
    needs = bucket_requirements("my-data", prefix, write, delete, principal=CALLER, account=ACCOUNT)
    policy = policy_for(needs)
    resources = {"arn:aws:s3:::my-data": None}
    whole = preflight(needs, {"caller": PrincipalPolicies(identity=[policy])}, resources)
    assert {check.verdict.verdict for check in whole.checks} == {"allowed"}
    for entry in policy["Statement"]:
        for action in entry["Action"]:
            less = {
                **policy,
                "Statement": [
                    {**other, "Action": [name for name in other["Action"] if name != action]}
                    if other is entry
                    else other
                    for other in policy["Statement"]
                ],
            }
            less["Statement"] = [other for other in less["Statement"] if other["Action"]]
            result = preflight(needs, {"caller": PrincipalPolicies(identity=[less])}, resources)
            assert [check.requirement.action for check in result.checks if check.verdict.verdict == "denied"] == [
                action
            ]


def test_full_access_opens_far_more() -> None:
    more = compare_with_full_access(policy_for(bucket_requirements("my-data", write=True)))
    assert more.actions > 100
    assert "s3:PutBucketPolicy" in more.changes_permissions
    assert "s3:DeleteBucket" in more.destroys
    assert not {"s3:GetObject", "s3:PutObject"} & set(more.destroys + more.changes_permissions)
