"""Who the caller is, what policies allow, and how a service answers that the sandbox does not have."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from .support import Aws


def error(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    details = caught.value.response["Error"]
    return str(details["Code"]), str(details["Message"])


@pytest.mark.parametrize(
    ("service", "call", "request_"),
    [
        ("sagemaker", "list_notebook_instances", {}),
        ("service-quotas", "list_services", {}),
        ("iam", "generate_service_last_accessed_details", {"Arn": "arn:aws:iam::123456789012:role/r"}),
        ("iam", "get_context_keys_for_custom_policy", {"PolicyInputList": ["{}"]}),
        ("cloudwatch", "get_metric_widget_image", {"MetricWidget": "{}"}),
        ("pricing", "describe_services", {}),
        ("accessanalyzer", "validate_policy", {"policyDocument": "{}", "policyType": "IDENTITY_POLICY"}),
        ("ec2", "describe_capacity_blocks", {}),
        (
            "sagemaker-featurestore-runtime",
            "get_record",
            {"FeatureGroupName": "f", "RecordIdentifierValueAsString": "1"},
        ),
    ],
)
def test_an_operation_that_is_not_there(aws: Aws, service: str, call: str, request_: dict[str, Any]) -> None:
    code, message = error(getattr(aws.client(service), call), **request_)

    assert code == "UnknownOperationException"
    assert message.endswith("is not available in the sandbox.")


def test_caller(aws: Aws) -> None:
    identity = aws.client("sts").get_caller_identity()

    assert identity["Account"] == aws.info.account
    role = aws.info.role_arn.rpartition("/")[2]
    assert identity["Arn"] == f"arn:aws:sts::{aws.info.account}:assumed-role/{role}/sandbox"


def test_simulation(aws: Aws) -> None:
    iam = aws.client("iam")
    name = f"role-{uuid.uuid4().hex[:8]}"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    statements = [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:ListBucket"], "Resource": "arn:aws:s3:::mine*"},
        {"Effect": "Deny", "Action": "s3:GetObjectAcl", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "sagemaker:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestTag/team": "ml"}},
        },
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))

    def decide(source: str, action: str, resource: str) -> str:
        answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=[action], ResourceArns=[resource])
        [result] = answer["EvaluationResults"]
        assert (result["EvalActionName"], result["EvalResourceName"]) == (action, resource)
        return str(result["EvalDecision"])

    assert decide(arn, "s3:GetObject", "arn:aws:s3:::mine/k") == "allowed"
    assert decide(arn, "S3:getobject", "arn:aws:s3:::mine/k") == "allowed"
    assert decide(arn, "s3:GetObject", "arn:aws:s3:::other/k") == "implicitDeny"
    assert decide(arn, "s3:GetObjectAcl", "arn:aws:s3:::mine/k") == "explicitDeny"
    assert decide(arn, "sagemaker:CreateTrainingJob", "*") == "implicitDeny"
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
    assert decide(arn, "sagemaker:CreateTrainingJob", "arn:aws:sagemaker:us-east-1:123456789012:training-job/j") == (
        "allowed"
    )
    assert decide(aws.info.role_arn, "sagemaker:CreateTrainingJob", "*") == "allowed"
    assert error(iam.simulate_principal_policy, PolicySourceArn=f"{arn}x", ActionNames=["s3:GetObject"])[0] == (
        "NoSuchEntity"
    )
    custom = iam.simulate_custom_policy(PolicyInputList=[json.dumps(policy)], ActionNames=["s3:GetObject"])
    assert custom["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"


def test_moto_has_no_back_door(aws: Aws) -> None:
    answer = urllib3.request("POST", f"{aws.info.endpoint_url}/moto-api/reset")

    assert answer.status >= 400
    assert aws.client("iam").get_role(RoleName=aws.info.role_arn.rpartition("/")[2])


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("OPTIONS", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}),
        ("POST", {"Origin": "https://evil.example"}),
        ("POST", {"Host": "evil.example:80"}),
    ],
)
@pytest.mark.parametrize("path", ["/", "/{bucket}", "/{bucket}/key"])
def test_no_web_page_can_call(aws: Aws, bucket: str, method: str, headers: dict[str, str], path: str) -> None:
    answer = urllib3.request(method, aws.info.endpoint_url + path.format(bucket=bucket), headers=headers)

    assert answer.status == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_a_request_that_is_no_request(aws: Aws) -> None:
    """Whatever is sent, the answer is an error in the shape of the service, and the sandbox goes on."""
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/sagemaker/aws4_request, Signature=x"}
    target = {"X-Amz-Target": "SageMaker.CreateTrainingJob"}

    def post(body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        answer = urllib3.request("POST", aws.info.endpoint_url, body=body, headers=signed | headers)
        assert answer.status == 400
        return dict(json.loads(answer.data))

    assert post(b"{", target)["__type"] == "SerializationException"
    assert post(b"[]", target)["__type"] == "SerializationException"
    assert post(b"{}", target)["__type"] == "ValidationException"
    assert post(b"{}", {"X-Amz-Target": "SageMaker.Nonsense"})["__type"] == "UnknownOperationException"
    assert post(b"{}", {})["__type"] == "UnknownOperationException"
