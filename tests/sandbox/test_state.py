"""What survives a restart, also one that nobody planned, and what does not outlive the sandbox."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxError

from .support import Aws, wait_for
from .test_endpoints import Deployment
from .test_training_jobs import SLEEP

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}

DEFAULT_ROLE = "SageMakerSandboxRole"
SESSION_TOKEN = "secret-session-token"


def config(state_dir: Path, **more: Any) -> SandboxConfig:
    return SandboxConfig(state_dir=state_dir, stop_grace_seconds=1, **more)


def descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    return not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def fill(aws: Aws) -> dict[str, Any]:
    """One of everything that has to survive; what later tells whether it did."""
    s3, iam, logs, sagemaker = (aws.client(service) for service in ("s3", "iam", "logs", "sagemaker"))
    bucket = "kept-bucket"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.put_object(Bucket=bucket, Key="k", Body=b"body", Metadata={"m": "1"}, Tagging="t=1", ContentType="text/csv")
    s3.put_object(Bucket=bucket, Key="overwritten", Body=b"1")
    s3.put_object(Bucket=bucket, Key="overwritten", Body=b"2")
    s3.put_object(Bucket=bucket, Key="deleted", Body=b"")
    s3.delete_object(Bucket=bucket, Key="deleted")
    s3.put_object(Bucket=aws.info.bucket, Key="in-default-bucket", Body=b"")
    s3.put_bucket_tagging(Bucket=aws.info.bucket, Tagging={"TagSet": [{"Key": "c", "Value": "d"}]})
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="parts", UploadId=upload, PartNumber=1, Body=b"part")["ETag"]

    with_token: Any = boto3.Session(
        aws_access_key_id="AKIAREAL",
        aws_secret_access_key="s",
        aws_session_token=SESSION_TOKEN,
        region_name="us-east-1",
    )
    with_token.client("iam", endpoint_url=aws.info.endpoint_url).create_role(
        RoleName="kept-role", AssumeRolePolicyDocument=json.dumps(TRUST)
    )
    iam.put_role_policy(RoleName="kept-role", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    iam.put_role_policy(RoleName=DEFAULT_ROLE, PolicyName="p", PolicyDocument=json.dumps(POLICY))
    role_id = iam.get_role(RoleName="kept-role")["Role"]["RoleId"]
    logs.create_log_group(logGroupName="/kept")
    logs.create_log_stream(logGroupName="/kept", logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "kept line"}
    logs.put_log_events(logGroupName="/kept", logStreamName="s", logEvents=[event])

    done = aws.train(bucket, "print('accuracy=0.5;')", Tags=[{"Key": "team", "Value": "ml"}])
    running = aws.training_request(bucket, SLEEP)
    sagemaker.create_training_job(**running)
    wait_for(
        lambda: (
            sagemaker.describe_training_job(TrainingJobName=running["TrainingJobName"])["SecondaryStatus"] == "Training"
        )
    )
    wait_for(lambda: "begun" in aws.job_lines(running["TrainingJobName"]))
    deployment = Deployment(aws, bucket)
    model = deployment.model(factor=4)
    endpoint_config = deployment.config(**{model: 1})
    endpoint = deployment.endpoint(endpoint_config)
    assert aws.endpoint(endpoint)["EndpointStatus"] == "InService"
    # An endpoint serves on without them, at AWS too.
    sagemaker.delete_endpoint_config(EndpointConfigName=endpoint_config)
    sagemaker.delete_model(ModelName=model)
    return {
        "bucket": bucket,
        "upload": upload,
        "part": part,
        "role_id": role_id,
        "done": done,
        "running": running["TrainingJobName"],
        "endpoint": endpoint,
    }


def check(aws: Aws, kept: dict[str, Any]) -> None:
    s3, iam, sagemaker = (aws.client(service) for service in ("s3", "iam", "sagemaker"))
    bucket = kept["bucket"]
    item = s3.get_object(Bucket=bucket, Key="k")
    assert (item["Body"].read(), item["Metadata"], item["ContentType"]) == (b"body", {"m": "1"}, "text/csv")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "t", "Value": "1"}]
    assert s3.get_object(Bucket=bucket, Key="overwritten")["Body"].read() == b"2"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="deleted")["KeyCount"] == 0
    assert s3.head_object(Bucket=aws.info.bucket, Key="in-default-bucket")
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert s3.get_bucket_tagging(Bucket=aws.info.bucket)["TagSet"] == [{"Key": "c", "Value": "d"}]
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="parts",
        UploadId=kept["upload"],
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": kept["part"]}]},
    )
    assert s3.get_object(Bucket=bucket, Key="parts")["Body"].read() == b"part"

    assert iam.get_role(RoleName="kept-role")["Role"]["RoleId"] == kept["role_id"]
    assert iam.get_role_policy(RoleName="kept-role", PolicyName="p")["PolicyDocument"] == POLICY
    assert iam.get_role_policy(RoleName=DEFAULT_ROLE, PolicyName="p")["PolicyDocument"] == POLICY
    assert aws.log_lines("/kept", "s") == ["kept line"]

    done = kept["done"]
    again = sagemaker.describe_training_job(TrainingJobName=done["TrainingJobName"])
    assert {**again, "ResponseMetadata": None} == {**done, "ResponseMetadata": None}
    assert sagemaker.list_tags(ResourceArn=done["TrainingJobArn"])["Tags"] == [{"Key": "team", "Value": "ml"}]
    assert aws.job_lines(done["TrainingJobName"])[-1:] == ["accuracy=0.5;"]
    interrupted = sagemaker.describe_training_job(TrainingJobName=kept["running"])
    assert interrupted["TrainingJobStatus"] == interrupted["SecondaryStatus"] == "Failed"
    assert interrupted["FailureReason"].startswith("InternalServerError: The sandbox ended")

    assert aws.endpoint(kept["endpoint"])["EndpointStatus"] == "InService"
    assert Deployment(aws, bucket).predict(kept["endpoint"], [1]) == [4]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_restart(tmp_path: Path, end: str) -> None:
    state = tmp_path / "state"
    sandbox = Sandbox(config(state))
    kept = fill(Aws(sandbox.start()))
    assert sandbox.pid is not None
    processes = descendants(sandbox.pid)
    assert processes
    written = b"".join(path.read_bytes() for path in state.glob("state.sqlite3*"))
    assert b"kept-role" in written
    assert SESSION_TOKEN.encode() not in written

    if end == "kill":
        os.kill(sandbox.pid, signal.SIGKILL)
    else:
        sandbox.stop()
    wait_for(lambda: gone(processes), 10)
    wait_for(lambda: not (state / "work").exists(), 10)
    sandbox.stop()

    with Sandbox(config(state)) as info:
        check(Aws(info), kept)


def test_bytes_that_no_object_has_are_removed(tmp_path: Path) -> None:
    def files() -> list[Path]:
        return [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]

    with Sandbox(config(tmp_path)) as info:
        s3 = Aws(info).client("s3")
        for body in (b"1", b"22", b"333"):
            s3.put_object(Bucket=info.bucket, Key="k", Body=body)
        assert [path.read_bytes() for path in files()] == [b"333"]
        with pytest.raises(SandboxError, match=f"{tmp_path} is used by another sandbox"):
            Sandbox(config(tmp_path)).start()
    [kept] = files()
    # As an upload that was cut off by a kill leaves it.
    kept.with_name(f"dead-{kept.name}").write_bytes(b"half")

    with Sandbox(config(tmp_path)) as info:
        wait_for(lambda: files() == [kept], 10)
        assert Aws(info).client("s3").get_object(Bucket=info.bucket, Key="k")["Body"].read() == b"333"


def test_nothing_is_left_of_a_killed_temporary_sandbox() -> None:
    sandbox = Sandbox()
    folder = Path(sandbox.start().env["SAGEMAKER_USER_CONFIG_OVERRIDE"]).parent
    assert folder.exists()
    assert sandbox.pid is not None
    processes = descendants(sandbox.pid)

    os.kill(sandbox.pid, signal.SIGKILL)
    sandbox.stop()

    wait_for(lambda: not folder.exists(), 10)
    wait_for(lambda: gone(processes), 10)
