"""A sandbox in which policies decide: who is refused what, in which words, and what a policy changes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError

from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo

from .support import Aws
from .test_endpoints import Deployment
from .test_training_jobs import TRAIN

ACCOUNT = "123456789012"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


@pytest.fixture(scope="module")
def enforcing() -> Iterator[SandboxInfo]:
    with Sandbox(SandboxConfig(enforce_iam=True, stop_grace_seconds=1)) as info:
        yield info


@pytest.fixture
def aws(enforcing: SandboxInfo) -> Aws:
    return Aws(enforcing)


def allow(*actions: str, on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def deny(*actions: str, on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return allow(*actions, on=on, **more) | {"Effect": "Deny"}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Role:
    """A role of a test's own, and clients of a session of it."""

    def __init__(self, aws: Aws, *statements: dict[str, Any], **options: Any) -> None:
        self._aws = aws
        self._iam = aws.client("iam")
        self.name = f"role-{uuid.uuid4().hex[:8]}"
        created = self._iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(TRUST), **options)
        self.arn: str = created["Role"]["Arn"]
        self.session_arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.name}/test"
        if statements:
            self.put(*statements)

    def put(self, *statements: dict[str, Any]) -> None:
        self._iam.put_role_policy(RoleName=self.name, PolicyName="own", PolicyDocument=document(*statements))

    def client(self, service: str, **session: Any) -> Any:
        sts = self._aws.client("sts")
        made = sts.assume_role(RoleArn=self.arn, RoleSessionName="test", **session)["Credentials"]
        return client(self._aws.info, service, made["AccessKeyId"], made["SecretAccessKey"], token=made["SessionToken"])


def client(info: SandboxInfo, service: str, key: str, secret: str, token: str | None = None, **options: Any) -> Any:
    session: Any = boto3.Session(key, secret, token, region_name=info.region)
    return session.client(service, endpoint_url=info.endpoint_url, **options)


def refused(call: Any, **request: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


@pytest.fixture
def bucket(aws: Aws) -> str:
    name = f"test-{uuid.uuid4().hex}"
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="data/rows.csv", Body=b"1,2\n")
    return name


def test_a_policy_opens_a_denied_bucket(aws: Aws, bucket: str) -> None:
    role = Role(aws, allow("s3:ListAllMyBuckets"))
    s3 = role.client("s3")
    assert bucket in [found["Name"] for found in s3.list_buckets()["Buckets"]]

    assert refused(s3.list_objects_v2, Bucket=bucket) == (
        "AccessDenied",
        403,
        f'User: {role.session_arn} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::{bucket}" '
        "because no identity-based policy allows the s3:ListBucket action",
    )

    role.put(allow("s3:ListBucket", on=f"arn:aws:s3:::{bucket}"))
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert refused(s3.list_buckets)[2] == (
        f"User: {role.session_arn} is not authorized to perform: s3:ListAllMyBuckets "
        "because no identity-based policy allows the s3:ListAllMyBuckets action"
    )


def test_conditions_decide(aws: Aws, bucket: str) -> None:
    role = Role(
        aws,
        allow("s3:ListBucket", Condition={"StringLike": {"s3:prefix": "data/*"}}),
        deny("s3:GetObject", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        allow("s3:GetObject", Condition={"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}),
    )
    s3 = role.client("s3")

    assert s3.list_objects_v2(Bucket=bucket, Prefix="data/")["KeyCount"] == 1
    assert refused(s3.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    assert refused(s3.get_object, Bucket=bucket, Key="data/rows.csv")[0] == "AccessDenied"
    tags = {"TagSet": [{"Key": "open", "Value": "yes"}]}
    aws.client("s3").put_object_tagging(Bucket=bucket, Key="data/rows.csv", Tagging=tags)
    assert s3.get_object(Bucket=bucket, Key="data/rows.csv")["Body"].read() == b"1,2\n"


def test_each_layer_is_named(aws: Aws, bucket: str) -> None:
    boundary = aws.client("iam").create_policy(
        PolicyName=f"boundary-{uuid.uuid4().hex[:8]}", PolicyDocument=document(allow("s3:Get*", "s3:PutObject"))
    )["Policy"]["Arn"]
    role = Role(aws, allow("s3:*"), deny("s3:GetObjectTagging"), PermissionsBoundary=boundary)
    s3 = role.client("s3")
    where = {"Bucket": bucket, "Key": "data/rows.csv"}

    assert s3.get_object(**where)
    assert refused(s3.get_object_tagging, **where)[2].endswith(" with an explicit deny in an identity-based policy")
    assert refused(s3.delete_object, **where)[2].endswith(
        " because no permissions boundary allows the s3:DeleteObject action"
    )
    limited = role.client("s3", Policy=document(allow("s3:GetObject")))
    assert limited.get_object(**where)
    assert refused(limited.put_object, **where)[2].endswith(" because no session policy allows the s3:PutObject action")
    statement = deny("s3:GetObject", on=f"arn:aws:s3:::{bucket}/*", Principal="*")
    aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=document(statement))
    assert refused(s3.get_object, **where)[2].endswith(" with an explicit deny in a resource-based policy")
    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    assert s3.get_object(**where)


def test_a_missing_key_is_told_only_to_who_may_list(aws: Aws, bucket: str) -> None:
    role = Role(aws, allow("s3:GetObject"))
    s3 = role.client("s3")
    assert refused(s3.get_object, Bucket=bucket, Key="none")[:2] == ("AccessDenied", 403)
    # A refused HEAD has no body, so no client can know the reason.
    assert refused(s3.head_object, Bucket=bucket, Key="none") == ("403", 403, "Forbidden")

    role.put(allow("s3:GetObject", "s3:ListBucket"))

    assert refused(s3.get_object, Bucket=bucket, Key="none")[:2] == ("NoSuchKey", 404)
    assert refused(s3.list_objects_v2, Bucket="there-is-no-such-bucket")[0] == "NoSuchBucket"


def test_writing_copying_and_deleting(aws: Aws, bucket: str) -> None:
    objects = f"arn:aws:s3:::{bucket}"
    role = Role(aws, allow("s3:PutObject", on=f"{objects}/*"), allow("s3:DeleteObject", on=f"{objects}/mine/*"))
    s3 = role.client("s3")

    s3.put_object(Bucket=bucket, Key="mine/a", Body=b"a")
    source = {"Bucket": bucket, "Key": "data/rows.csv"}
    assert "s3:GetObject on resource" in refused(s3.copy_object, Bucket=bucket, Key="mine/b", CopySource=source)[2]
    assert "s3:PutObjectTagging" in refused(s3.put_object, Bucket=bucket, Key="mine/c", Tagging="a=b")[2]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "data/rows.csv"}]})
    assert [deleted["Key"] for deleted in answer["Deleted"]] == ["mine/a"]
    [error] = answer["Errors"]
    assert (error["Key"], error["Code"]) == ("data/rows.csv", "AccessDenied")
    assert aws.client("s3").head_object(**source)
    assert "s3:DeleteBucket" in refused(s3.delete_bucket, Bucket=bucket)[2]
    assert "s3:CreateBucket" in refused(s3.create_bucket, Bucket=f"{bucket}-2")[2]
    assert "s3:PutBucketPolicy" in refused(s3.put_bucket_policy, Bucket=bucket, Policy="{}")[2]


def test_presigned_urls_act_as_their_signer(aws: Aws, bucket: str) -> None:
    role = Role(aws)
    s3 = role.client("s3")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "data/rows.csv"})
    assert urllib3.request("GET", url).status == 403
    assert urllib3.request("GET", f"{aws.info.endpoint_url}/{bucket}/data/rows.csv").status == 403

    role.put(allow("s3:GetObject"))

    assert urllib3.request("GET", url).data == b"1,2\n"


def test_users_groups_and_unknown_keys(aws: Aws, bucket: str) -> None:
    iam = aws.client("iam")
    user, group = f"user-{uuid.uuid4().hex[:8]}", f"group-{uuid.uuid4().hex[:8]}"
    arn = iam.create_user(UserName=user)["User"]["Arn"]
    key = iam.create_access_key(UserName=user)["AccessKey"]
    s3 = client(aws.info, "s3", key["AccessKeyId"], key["SecretAccessKey"])
    assert refused(s3.list_objects_v2, Bucket=bucket)[2].startswith(f"User: {arn} is not authorized")
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=document(allow("s3:List*")))
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1

    def stranger(service: str) -> Any:
        return client(aws.info, service, "AKIAUNKNOWNUNKNOWN00", "any")

    assert refused(stranger("s3").list_buckets)[:2] == ("InvalidAccessKeyId", 403)
    assert refused(stranger("sagemaker").list_models)[:2] == ("UnrecognizedClientException", 400)
    assert refused(stranger("sts").get_caller_identity)[:2] == ("InvalidClientTokenId", 403)


def test_assuming_a_role_takes_both_sides(aws: Aws) -> None:
    target = Role(aws)
    other = Role(aws)
    sts = other.client("sts")
    assert refused(sts.assume_role, RoleArn=target.arn, RoleSessionName="again") == (
        "AccessDenied",
        403,
        f"User: {other.session_arn} is not authorized to perform: sts:AssumeRole on resource: {target.arn}",
    )
    other.put(allow("sts:AssumeRole", on=target.arn))
    assert sts.assume_role(RoleArn=target.arn, RoleSessionName="again")["Credentials"]
    assert sts.get_caller_identity()["Arn"] == other.session_arn

    only_service = {"Version": "2012-10-17", "Statement": TRUST["Statement"][1:]}
    aws.client("iam").update_assume_role_policy(RoleName=target.name, PolicyDocument=json.dumps(only_service))
    assert refused(sts.assume_role, RoleArn=target.arn, RoleSessionName="again")[0] == "AccessDenied"


def test_iam_itself(aws: Aws) -> None:
    role = Role(aws)
    iam = role.client("iam")
    assert refused(iam.put_role_policy, RoleName=role.name, PolicyName="p", PolicyDocument=document(allow("*"))) == (
        "AccessDenied",
        403,
        f"User: {role.session_arn} is not authorized to perform: iam:PutRolePolicy on resource: {role.arn} "
        "because no identity-based policy allows the iam:PutRolePolicy action",
    )
    role.put(allow("iam:PutRolePolicy", "iam:SimulatePrincipalPolicy", on=role.arn))
    iam.put_role_policy(RoleName=role.name, PolicyName="p", PolicyDocument=document(allow("s3:GetObject")))
    simulate = {"PolicySourceArn": role.arn, "ActionNames": ["s3:GetObject"]}
    assert iam.simulate_principal_policy(**simulate)["EvaluationResults"][0]["EvalDecision"] == "allowed"
    assert refused(iam.simulate_principal_policy, PolicySourceArn=aws.info.role_arn, ActionNames=["s3:GetObject"])[
        0
    ] == ("AccessDenied")


def test_sagemaker_and_logs(aws: Aws) -> None:
    role = Role(
        aws, allow("sagemaker:DescribeTrainingJob"), allow("logs:*", on=f"arn:aws:logs:*:{ACCOUNT}:log-group:/a:*")
    )
    sagemaker, logs = role.client("sagemaker"), role.client("logs")
    arn = f"arn:aws:sagemaker:{aws.info.region}:{ACCOUNT}:model/m"

    assert refused(sagemaker.describe_training_job, TrainingJobName="none")[0] == "ValidationException"
    assert refused(sagemaker.delete_model, ModelName="m") == (
        "AccessDeniedException",
        400,
        f"User: {role.session_arn} is not authorized to perform: sagemaker:DeleteModel on resource: {arn} "
        "because no identity-based policy allows the sagemaker:DeleteModel action",
    )
    runtime = role.client(
        "sagemaker-runtime",
    )
    assert refused(runtime.invoke_endpoint, EndpointName="e", Body=b"")[0] == "AccessDeniedException"
    logs.create_log_group(logGroupName="/a")
    assert logs.describe_log_streams(logGroupName="/a")["logStreams"] == []
    code, status, message = refused(logs.describe_log_streams, logGroupName="/b")
    assert (code, status) == ("AccessDeniedException", 400)
    assert "log-group:/b:log-stream: because no" in message


def test_tags_of_sagemaker_resources_are_conditions(aws: Aws, bucket: str) -> None:
    mine: dict[str, Any] = {"Condition": {"StringEquals": {"aws:ResourceTag/team": "ml"}}}
    role = Role(
        aws,
        allow("sagemaker:CreateModel", "sagemaker:AddTags", Condition={"StringEquals": {"aws:RequestTag/team": "ml"}}),
        allow("sagemaker:DeleteModel", **mine),
        allow("iam:PassRole", on=aws.info.role_arn),
    )
    sagemaker = role.client("sagemaker")
    request = {
        "ModelName": f"model-{uuid.uuid4().hex[:8]}",
        "ExecutionRoleArn": aws.info.role_arn,
        "PrimaryContainer": {"Image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/i:1"},
    }

    assert refused(sagemaker.create_model, **request)[0] == "AccessDeniedException"
    sagemaker.create_model(**request, Tags=[{"Key": "team", "Value": "ml"}])
    aws.client("sagemaker").create_model(**request | {"ModelName": f"{request['ModelName']}-2"})
    sagemaker.delete_model(ModelName=request["ModelName"])
    assert refused(sagemaker.delete_model, ModelName=f"{request['ModelName']}-2")[0] == "AccessDeniedException"


def execution_role(aws: Aws, bucket: str, *more: dict[str, Any]) -> Role:
    return Role(
        aws,
        allow("s3:ListBucket", on=f"arn:aws:s3:::{bucket}"),
        allow("s3:GetObject", on=[f"arn:aws:s3:::{bucket}/data/*", f"arn:aws:s3:::{bucket}/source/*"]),
        allow("s3:PutObject", on=f"arn:aws:s3:::{bucket}/output/*"),
        allow("logs:CreateLogStream", "logs:PutLogEvents", on="arn:aws:logs:*:*:log-group:/aws/sagemaker/*"),
        *more,
    )


def test_passing_a_role_to_a_job(aws: Aws, bucket: str) -> None:
    execution = execution_role(aws, bucket)
    passes = allow("iam:PassRole", on=execution.arn)
    launcher = Role(aws, allow("sagemaker:CreateTrainingJob"))
    sagemaker = launcher.client("sagemaker")
    request = aws.training_request(bucket, TRAIN, RoleArn=execution.arn)
    code, status, message = refused(sagemaker.create_training_job, **request)
    assert (code, status) == ("AccessDeniedException", 400)
    assert message == (
        f"User: {launcher.session_arn} is not authorized to perform: iam:PassRole on resource: {execution.arn} "
        "because no identity-based policy allows the iam:PassRole action"
    )
    to = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    launcher.put(allow("sagemaker:CreateTrainingJob"), passes | {"Condition": to})
    assert "iam:PassRole" in refused(sagemaker.create_training_job, **request)[2]
    to["StringEquals"]["iam:PassedToService"] = "sagemaker.amazonaws.com"
    launcher.put(allow("sagemaker:CreateTrainingJob"), passes | {"Condition": to})

    sagemaker.create_training_job(**request)

    assert aws.finished(request["TrainingJobName"])["TrainingJobStatus"] == "Completed"


def test_a_job_acts_as_its_execution_role(aws: Aws, bucket: str) -> None:
    script = """
        import boto3
        print(boto3.client("sts").get_caller_identity()["Arn"])
        boto3.client("s3").delete_object(Bucket="{bucket}", Key="data/rows.csv")
    """.replace("{bucket}", bucket)
    execution = execution_role(aws, bucket)

    job = aws.train(bucket, script, RoleArn=execution.arn)

    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{execution.name}/SageMaker"
    assert session in aws.job_lines(job["TrainingJobName"])
    assert job["TrainingJobStatus"] == "Failed"
    assert f"User: {session} is not authorized to perform: s3:DeleteObject" in job["FailureReason"]


def test_an_execution_role_that_may_not_read_the_channel(aws: Aws, bucket: str) -> None:
    execution = execution_role(aws, bucket, deny("s3:GetObject", on=f"arn:aws:s3:::{bucket}/data/*"))

    job = aws.train(bucket, TRAIN, RoleArn=execution.arn)

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Data download failed:AccessDenied (403): User: ")
    assert (
        f's3:GetObject on resource: "arn:aws:s3:::{bucket}/data/rows.csv" with an explicit deny in an identity-based '
        f"policy (s3://{bucket}/data/)"
    ) in job["FailureReason"]


def test_an_execution_role_that_may_not_list_the_channel(aws: Aws, bucket: str) -> None:
    execution = Role(aws, allow("s3:GetObject"))
    request = aws.training_request(bucket, TRAIN, RoleArn=execution.arn)

    code, _, message = refused(aws.client("sagemaker").create_training_job, **request)

    assert code == "ValidationException"
    assert message.startswith(f'Unauthorized to List objects under S3 URL "s3://{bucket}/data/"')
    assert "because no identity-based policy allows the s3:ListBucket action" in message


def test_an_execution_role_that_may_not_write_the_output(aws: Aws, bucket: str) -> None:
    execution = execution_role(aws, bucket, deny("s3:PutObject"))

    job = aws.train(bucket, TRAIN, RoleArn=execution.arn)

    assert job["TrainingJobStatus"] == "Failed"
    assert "ClientError: Artifact upload failed:AccessDenied (403): User: " in job["FailureReason"]
    assert "s3:PutObject" in job["FailureReason"]


def test_a_model_that_its_role_may_not_read(aws: Aws, bucket: str) -> None:
    model = {"Image": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/i:1", "ModelDataUrl": f"s3://{bucket}/data/rows.csv"}
    name = f"model-{uuid.uuid4().hex[:8]}"
    create = aws.client("sagemaker").create_model

    code, _, message = refused(create, ModelName=name, ExecutionRoleArn=Role(aws).arn, PrimaryContainer=model)

    assert code == "ValidationException"
    assert message.startswith(
        f"Could not access model data at s3://{bucket}/data/rows.csv. Please ensure that the role"
    )
    reader = Role(aws, allow("s3:GetObject"))
    assert create(ModelName=name, ExecutionRoleArn=reader.arn, PrimaryContainer=model)["ModelArn"]


def test_an_execution_role_that_may_not_log(aws: Aws, bucket: str) -> None:
    execution = execution_role(aws, bucket, deny("logs:PutLogEvents"))

    job = aws.train(bucket, TRAIN, RoleArn=execution.arn)

    assert job["TrainingJobStatus"] == "Completed"
    streams = aws.client("logs").describe_log_streams(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=job["TrainingJobName"]
    )
    assert streams["logStreams"] == []


def test_an_endpoint_acts_as_the_role_of_its_model(aws: Aws, bucket: str) -> None:
    deployment = Deployment(aws, bucket)
    reader = Role(aws, allow("s3:GetObject", "s3:ListBucket"))
    endpoint = deployment.endpoint(deployment.config(**{deployment.model(role_arn=reader.arn): 1}))
    assert aws.endpoint(endpoint)["EndpointStatus"] == "InService"
    arn = aws.client("sagemaker").describe_endpoint(EndpointName=endpoint)["EndpointArn"]
    invoker = Role(aws, allow("sagemaker:InvokeEndpoint", on=arn))

    answer = invoker.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="application/json", Body=b"[1]"
    )

    assert json.loads(answer["Body"].read()) == [2]


def test_restart(tmp_path: Path) -> None:
    """Policies stay, and a default role that its user locked out does not keep the sandbox from starting."""
    config = SandboxConfig(state_dir=tmp_path, enforce_iam=True)
    with Sandbox(config) as info:
        iam = Aws(info).client("iam")
        name = info.role_arn.rpartition("/")[2]
        iam.create_user(UserName="kept")
        iam.put_user_policy(UserName="kept", PolicyName="p", PolicyDocument=document(allow("s3:ListAllMyBuckets")))
        key = iam.create_access_key(UserName="kept")["AccessKey"]
        iam.put_role_policy(RoleName=name, PolicyName="out", PolicyDocument=document(deny("*")))
        assert refused(iam.list_roles)[0] == "AccessDenied"

    with Sandbox(config) as info:
        s3 = client(info, "s3", key["AccessKeyId"], key["SecretAccessKey"])
        assert [found["Name"] for found in s3.list_buckets()["Buckets"]] == [info.bucket]
        assert refused(s3.list_objects_v2, Bucket=info.bucket)[0] == "AccessDenied"
        assert refused(Aws(info).client("s3").list_buckets)[0] == "AccessDenied"
