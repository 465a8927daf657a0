"""Two jobs that really ran, and what differs between them."""

from __future__ import annotations

import pytest
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.jobs.compare import compare_jobs
from jupyter_smext.jobs.models import CompareRequest, JobComparison
from jupyter_smext.sandbox import SandboxInfo

SCRIPT = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--kind")
args, _ = parser.parse_known_args()
print(f"loss={args.rate * 2};")
"""


def channels(uri: str) -> dict[str, object]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    return {"InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}]}


def put(session: AwsSession, sandbox: SandboxInfo, key: str, text: str) -> str:
    session.client("s3").put_object(Bucket=sandbox.bucket, Key=key, Body=text.encode())
    return f"s3://{sandbox.bucket}/{key.rpartition('/')[0]}/"


def ran(session: AwsSession, sandbox: SandboxInfo, script: str = SCRIPT, rate: object = 0.1, **more: object) -> str:
    metrics = {"loss": "loss=([0-9.]+);"}
    name = start_job(session, sandbox, script, hyperparameters={"rate": rate, "kind": "a"}, metrics=metrics, **more)
    wait_until(session, name, "Completed")
    return name


def compared(session: AwsSession, first: str, second: str) -> JobComparison:
    return compare_jobs(session, CompareRequest(first=first, second=second))


def test_a_repetition_is_equal_in_all_but_its_name(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    uri = put(sandbox_session, sandbox, "compare-same/x.csv", "1,2")
    first = ran(sandbox_session, sandbox, rate="0.10", **channels(uri))
    second = ran(sandbox_session, sandbox, rate="1e-1", **channels(uri))
    result = compared(sandbox_session, first, second)
    assert result.differences == []
    assert result.unknown == {}
    assert {"hyperparameters", "source code", "data", "channels", "algorithm"} <= set(result.equal)
    assert [(each.metric_name, each.first, each.second) for each in result.metrics] == [("loss", 0.2, 0.2)]


def test_settings_code_data_and_results_that_differ_are_each_named(
    sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    uri = put(sandbox_session, sandbox, "compare-other/x.csv", "1,2")
    first = ran(sandbox_session, sandbox, **channels(uri))
    put(sandbox_session, sandbox, "compare-other/x.csv", "3,4")
    changed = SCRIPT.replace("args.rate * 2", "args.rate * 4")
    second = ran(sandbox_session, sandbox, changed, max_runtime=200, Environment={"MODE": "fast"}, **channels(uri))
    result = compared(sandbox_session, first, second)
    found = {(each.section, each.name): (each.first, each.second) for each in result.differences}
    assert found[("limits", "MaxRuntimeInSeconds")] == ("300", "200")
    assert found[("environment", "MODE")] == (None, "fast")
    assert found[("data", "train")] == (uri, f"{uri} (1 objects changed between the two jobs)")
    code = next(each for each in result.differences if each.section == "source code")
    assert code.name == "train.py"
    assert '-print(f"loss={args.rate * 2};")' in str(code.diff).splitlines()
    assert '+print(f"loss={args.rate * 4};")' in str(code.diff).splitlines()
    assert len(found) == 4
    assert "hyperparameters" in result.equal
    assert [(each.first, each.second) for each in result.metrics] == [(0.2, 0.4)]


def test_what_can_not_be_read_any_more_is_unknown(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    uri = put(sandbox_session, sandbox, "compare-gone/x.csv", "1,2")
    first = ran(sandbox_session, sandbox, **channels(uri))
    second = ran(sandbox_session, sandbox, **channels(uri))
    sandbox_session.client("s3").delete_object(Bucket=sandbox.bucket, Key=f"{first}/source/sourcedir.tar.gz")
    put(sandbox_session, sandbox, "compare-gone/x.csv", "5,6")
    result = compared(sandbox_session, first, second)
    assert set(result.unknown) == {"source code", "data"}
    assert "written again after both jobs" in result.unknown["data"]
    assert not {"source code", "data"} & set(result.equal)


def test_a_source_archive_that_is_none_is_unknown(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = ran(sandbox_session, sandbox)
    key = f"{name}/source/sourcedir.tar.gz"
    sandbox_session.client("s3").put_object(Bucket=sandbox.bucket, Key=key, Body=b"no archive")
    assert "cannot be read" in compared(sandbox_session, name, name).unknown["source code"]


def test_two_secrets_are_neither_shown_nor_called_equal(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    first = ran(sandbox_session, sandbox, Environment={"API_KEY": "first-secret"})
    second = ran(sandbox_session, sandbox, Environment={"API_KEY": "second-secret"})
    result = compared(sandbox_session, first, second)
    assert "-secret" not in result.model_dump_json()
    assert result.unknown["environment"].startswith("API_KEY: masked")
    assert "environment" not in result.equal


def test_a_job_that_does_not_exist(sandbox_session: AwsSession) -> None:
    with pytest.raises(SmextError) as caught:
        compared(sandbox_session, "there-is-none", "there-is-none")
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert "there-is-none" in caught.value.envelope.message
