"""Training jobs for tests: a script, really run by the sandbox."""

from __future__ import annotations

import io
import json
import tarfile
import time
import uuid
from typing import Any

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import SandboxInfo

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def start_job(
    session: AwsSession,
    sandbox: SandboxInfo,
    script: str,
    *,
    hyperparameters: dict[str, Any] | None = None,
    metrics: dict[str, str] | None = None,
    max_runtime: int = 300,
    image: str = IMAGE,
    **more: Any,
) -> str:
    """Send the request that the SDK's SKLearn estimator sends; the name of the job."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    own = _uploaded(session, sandbox, name, script)
    session.client("sagemaker").create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={
            "TrainingImage": image,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": key, "Regex": value} for key, value in (metrics or {}).items()],
        },
        RoleArn=sandbox.role_arn,
        HyperParameters={**{key: json.dumps(value) for key, value in (hyperparameters or {}).items()}, **own},
        OutputDataConfig={"S3OutputPath": f"s3://{sandbox.bucket}/output"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        StoppingCondition={"MaxRuntimeInSeconds": max_runtime},
        **more,
    )
    return name


def start_tuning_job(
    session: AwsSession,
    sandbox: SandboxInfo,
    script: str,
    *,
    ranges: dict[str, Any],
    trials: int = 2,
    parallel: int = 2,
    strategy: str = "Random",
) -> str:
    """Have a script tuned for the highest `score` that it prints; the name of the tuning job."""
    name = f"tune-{uuid.uuid4().hex[:8]}"
    session.client("sagemaker").create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": trials, "MaxParallelTrainingJobs": parallel},
            "ParameterRanges": ranges,
        },
        TrainingJobDefinition={
            "StaticHyperParameters": {"fixed": json.dumps("yes"), **_uploaded(session, sandbox, name, script)},
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "score", "Regex": "score=([-0-9.]+);"}],
            },
            "RoleArn": sandbox.role_arn,
            "OutputDataConfig": {"S3OutputPath": f"s3://{sandbox.bucket}/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 300},
        },
    )
    return name


def _uploaded(session: AwsSession, sandbox: SandboxInfo, name: str, script: str) -> dict[str, str]:
    """Pack a script and upload it; the hyperparameters that name it."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        member = tarfile.TarInfo("train.py")
        member.size = len(script.encode())
        tar.addfile(member, io.BytesIO(script.encode()))
    key = f"{name}/source/sourcedir.tar.gz"
    session.client("s3").put_object(Bucket=sandbox.bucket, Key=key, Body=archive.getvalue())
    own = {"sagemaker_program": "train.py", "sagemaker_submit_directory": f"s3://{sandbox.bucket}/{key}"}
    return {each: json.dumps(value) for each, value in own.items()}


def wait_until(session: AwsSession, name: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
    """The description of the job once its status or secondary status is one of these."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer: dict[str, Any] = session.client("sagemaker").describe_training_job(TrainingJobName=name)
        if {answer["TrainingJobStatus"], answer["SecondaryStatus"]}.intersection(statuses):
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{name} is {answer['TrainingJobStatus']} ({answer['SecondaryStatus']}), not {statuses}")
