"""Unmodified clients in environments of their own, with nothing but the sandbox's variables."""

from __future__ import annotations

import io
import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.datasets import load_iris

from jupyter_smext.sandbox import SandboxInfo

from .client_envs import AWS_CLI, SDK_V2, SDK_V3, client_python
from .support import Aws

CLIENTS = Path(__file__).parent / "clients"


class Run(NamedTuple):
    """A client script that ended well."""

    result: dict[str, Any]
    """What stands in its result line."""
    printed: str


@pytest.fixture(scope="module")
def sdk_runs(running_sandbox: SandboxInfo) -> Iterator[dict[str, Future[Run]]]:
    """Both SDKs on the iris data, at the same time: each sleeps for most of its own."""
    aws = Aws(running_sandbox)
    measures, labels = load_iris(return_X_y=True)
    text = io.StringIO()
    np.savetxt(text, np.column_stack([labels, measures]), delimiter=",")
    aws.client("s3").put_object(Bucket=aws.info.bucket, Key="iris/train/iris.csv", Body=text.getvalue().encode())
    with ThreadPoolExecutor() as pool:
        yield {
            "v2": pool.submit(run, aws, SDK_V2, "sdk_v2.py", aws.info.bucket),
            "v3": pool.submit(run, aws, SDK_V3, "sdk_v3.py", aws.info.bucket),
            "v2 built-in": pool.submit(run, aws, SDK_V2, "sdk_v2_built_in.py", aws.info.role_arn),
        }


def environment(aws: Aws) -> dict[str, str]:
    """Nothing of this process's own AWS settings, and the variables that the sandbox hands out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAGEMAKER_"))}
    return kept | aws.info.env


def run(aws: Aws, requirements: tuple[str, ...], script: str, *arguments: str) -> Run:
    done = subprocess.run(
        [str(client_python(*requirements)), str(CLIENTS / script), *arguments],
        env=environment(aws),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    [result] = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    return Run(json.loads(result.removeprefix("RESULT ")), done.stdout)


@pytest.mark.timeout(600)
def test_sdk_v2_trains_attaches_deploys_and_predicts(aws: Aws, sdk_runs: dict[str, Future[Run]]) -> None:
    result, printed = sdk_runs["v2"].result()

    assert result["status"] == "Completed"
    assert result["metrics"]["train:accuracy"] > 0.9
    assert result["model"].endswith("/output/model.tar.gz")
    assert result["predictions"] == [0.0, 2.0]
    assert "label='two words'" in printed
    assert "train-accuracy=" in printed
    job = aws.client("sagemaker").describe_training_job(TrainingJobName=result["job"])
    assert job["RoleArn"] == aws.info.role_arn
    tags = aws.client("sagemaker").list_tags(ResourceArn=job["TrainingJobArn"])["Tags"]
    assert {"Key": "made-by", "Value": "sdk-v2"} in tags


@pytest.mark.timeout(600)
def test_sdk_v2_trains_algorithms_of_aws(sdk_runs: dict[str, Future[Run]]) -> None:
    result, _ = sdk_runs["v2 built-in"].result()

    assert (result["clusters"], result["clusters of setosa"]) == (3, 1)
    assert result["accuracy"] == 1.0


@pytest.mark.timeout(600)
def test_sdk_v3_trains(sdk_runs: dict[str, Future[Run]]) -> None:
    result, printed = sdk_runs["v3"].result()

    assert result["status"] == "Completed"
    assert "label='two words'" in printed
    assert "train-accuracy=" in printed


@pytest.mark.timeout(600)
def test_aws_cli(aws: Aws, bucket: str, tmp_path: Path) -> None:
    command = client_python(*AWS_CLI).with_name("aws")

    def cli(*arguments: str) -> str:
        done = subprocess.run(
            [str(command), *arguments], env=environment(aws), capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(9 * 1024 * 1024))
    cli("s3", "cp", str(large), f"s3://{bucket}/folder/large.bin")
    assert "folder/large.bin" in cli("s3", "ls", f"s3://{bucket}/", "--recursive")
    cli("s3", "cp", f"s3://{bucket}/folder/large.bin", str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == large.read_bytes()

    name = aws.train(bucket, "pass")["TrainingJobName"]
    listed = json.loads(cli("sagemaker", "list-training-jobs", "--name-contains", name, "--output", "json"))
    assert [job["TrainingJobName"] for job in listed["TrainingJobSummaries"]] == [name]
    assert cli("sagemaker", "wait", "training-job-completed-or-stopped", "--training-job-name", name) == ""
