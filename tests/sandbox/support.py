"""Clients of a sandbox, and what tests do with them again and again."""

from __future__ import annotations

import io
import tarfile
import textwrap
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3

from jupyter_smext.sandbox import SandboxInfo

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


@dataclass
class Aws:
    """Clients of one sandbox."""

    info: SandboxInfo

    def client(self, service: str, region: str | None = None) -> Any:
        return _client(self.info.endpoint_url, self.info.env["AWS_ACCESS_KEY_ID"], service, region or self.info.region)

    def upload_source(self, bucket: str, **files: str) -> str:
        """A sourcedir.tar.gz of these files (``train_py="..."`` becomes train.py); its S3 URI."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as tar:
            for name, text in files.items():
                data = textwrap.dedent(text).encode()
                member = tarfile.TarInfo(name.replace("_", "."))
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        key = f"source/{uuid.uuid4().hex}/sourcedir.tar.gz"
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=archive.getvalue())
        return f"s3://{bucket}/{key}"

    def training_request(self, bucket: str, script: str, **changes: Any) -> dict[str, Any]:
        """A CreateTrainingJob request in script mode, with one channel that holds one object."""
        self.client("s3").put_object(Bucket=bucket, Key="data/rows.csv", Body=b"1,2\n3,4\n")
        request = {
            "TrainingJobName": f"job-{uuid.uuid4().hex[:12]}",
            "RoleArn": self.info.role_arn,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "HyperParameters": {
                "sagemaker_program": '"train.py"',
                "sagemaker_submit_directory": f'"{self.upload_source(bucket, train_py=script)}"',
            },
            "InputDataConfig": [channel(f"s3://{bucket}/data/")],
            "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        }
        return request | changes

    def train(self, bucket: str, script: str, **changes: Any) -> dict[str, Any]:
        """Runs a job to its end; its description."""
        request = self.training_request(bucket, script, **changes)
        self.client("sagemaker").create_training_job(**request)
        return self.finished(request["TrainingJobName"])

    def finished(self, job: str, seconds: float = 60) -> dict[str, Any]:
        sagemaker = self.client("sagemaker")

        def ended() -> dict[str, Any] | None:
            description: dict[str, Any] = sagemaker.describe_training_job(TrainingJobName=job)
            return description if description["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        return wait_for(ended, seconds)

    def endpoint(self, name: str) -> dict[str, Any]:
        """Its description once nothing is in progress any more."""
        sagemaker = self.client("sagemaker")

        def settled() -> dict[str, Any] | None:
            description: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=name)
            return description if description["EndpointStatus"] in ("InService", "Failed") else None

        return wait_for(settled)

    def job_lines(self, job: str) -> list[str]:
        return self.log_lines("/aws/sagemaker/TrainingJobs", f"{job}/")

    def log_lines(self, group: str, prefix: str) -> list[str]:
        pages = self.client("logs").get_paginator("filter_log_events")
        return [
            event["message"]
            for page in pages.paginate(logGroupName=group, logStreamNamePrefix=prefix)
            for event in page["events"]
        ]


@cache
def _client(endpoint_url: str, access_key: str, service: str, region: str) -> Any:
    """Making a client takes longer than most tests."""
    session: Any = boto3.Session(aws_access_key_id=access_key, aws_secret_access_key="any", region_name=region)
    return session.client(service, endpoint_url=endpoint_url)


def channel(uri: str, name: str = "train") -> dict[str, Any]:
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}}


def wait_for(ask: Callable[[], Any], seconds: float = 60) -> Any:
    """What ``ask`` answers once that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ask():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"Not within {seconds} s")
