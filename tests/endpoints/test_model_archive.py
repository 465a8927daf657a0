"""Models of frameworks whose containers read the code from the model's own archive."""

from __future__ import annotations

import io
import json
import tarfile
import uuid

import pytest
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.endpoints.delete import delete_endpoint
from jupyter_smext.endpoints.deploy import deploy
from jupyter_smext.endpoints.invoke import invoke
from jupyter_smext.endpoints.model_archive import model_with_code
from jupyter_smext.endpoints.models import DeleteEndpointRequest, DeployRequest, InvokeRequest
from jupyter_smext.endpoints.wait import wait_settled
from jupyter_smext.jobs.describe import describe_job
from jupyter_smext.jobs.models import TrainingJob
from jupyter_smext.sandbox import SandboxInfo

PYTORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5.1-cpu-py311"

SCRIPT = """
import json, os, pathlib

def model_fn(model_dir):
    return json.loads(pathlib.Path(model_dir, "model.json").read_text())

def input_fn(body, content_type):
    return json.loads(body)

def predict_fn(data, model):
    return [value * model["factor"] for value in data]

def output_fn(prediction, accept):
    return json.dumps(prediction)

if __name__ == "__main__":
    folder = pathlib.Path(os.environ["SM_MODEL_DIR"])
    (folder / "code").mkdir()
    (folder / "code" / "extra.txt").write_text("kept")
    (folder / "code" / "train.py").write_text("an older one")
    (folder / "model.json").write_text('{"factor": 3}')
"""


def trained(session: AwsSession, sandbox: SandboxInfo) -> TrainingJob:
    name = start_job(session, sandbox, SCRIPT, image=PYTORCH)
    wait_until(session, name, "Completed")
    return describe_job(session, name)


def members(session: AwsSession, uri: str) -> dict[str, bytes]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    content = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = [member for member in archive if member.isreg()]
        return {member.name.removeprefix("./"): archive.extractfile(member).read() for member in files}  # type: ignore[union-attr]


def test_a_pytorch_model_is_served_by_its_own_script(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    job = trained(sandbox_session, sandbox)
    name = f"test-{uuid.uuid4().hex[:12]}"
    endpoint = deploy(sandbox_session, DeployRequest(training_job_name=job.training_job_name, endpoint_name=name))
    (variant,) = endpoint.variants
    assert variant.image == PYTORCH.replace("-training", "-inference")
    assert variant.model_data_url == f"s3://{sandbox.bucket}/output/{job.training_job_name}/serving/model.tar.gz"
    environment = sandbox_session.client("sagemaker").describe_model(ModelName=name)["PrimaryContainer"]["Environment"]
    assert environment["SAGEMAKER_SUBMIT_DIRECTORY"] == "/opt/ml/model/code"
    assert environment["SAGEMAKER_PROGRAM"] == "train.py"
    assert members(sandbox_session, variant.model_data_url) == {
        "model.json": b'{"factor": 3}', "code/extra.txt": b"kept", "code/train.py": SCRIPT.encode(),
    }  # fmt: skip
    assert [each.endpoint_status for each in wait_settled(sandbox_session, name)][-1] == "InService"
    request = InvokeRequest(endpoint_name=name, body="[1, 2]", content_type="application/json")
    assert json.loads(invoke(sandbox_session, request).body) == [3, 6]
    delete_endpoint(sandbox_session, DeleteEndpointRequest(endpoint_name=name, confirm=name))


def test_it_is_packed_once_and_again_only_when_the_code_changed(
    sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    job = trained(sandbox_session, sandbox)
    s3 = sandbox_session.client("s3")

    def packed() -> object:
        bucket, _, key = model_with_code(sandbox_session, job).removeprefix("s3://").partition("/")
        answer = s3.head_object(Bucket=bucket, Key=key)
        return answer["Metadata"], answer["ETag"]

    first = packed()
    uploads: list[object] = []
    original = s3.upload_fileobj
    s3.upload_fileobj = lambda *arguments, **more: (uploads.append(arguments), original(*arguments, **more))
    assert packed() == first
    assert uploads == []
    other = start_job(sandbox_session, sandbox, SCRIPT + "\n# changed")
    wait_until(sandbox_session, other, "Completed")
    job = job.model_copy(update={"source_dir": describe_job(sandbox_session, other).source_dir})
    assert packed() != first
    assert len(uploads) == 1


def test_a_model_that_is_no_archive_is_told(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    job = trained(sandbox_session, sandbox)
    _, _, key = str(job.model_artifacts).removeprefix("s3://").partition("/")
    sandbox_session.client("s3").put_object(Bucket=sandbox.bucket, Key=key, Body=b"no archive")
    with pytest.raises(SmextError) as caught:
        model_with_code(sandbox_session, job)
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_job_of_sdk_v3_brings_its_code_as_channels(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    job = trained(sandbox_session, sandbox)
    s3 = sandbox_session.client("s3")
    prefix = f"v3/{job.training_job_name}"
    s3.put_object(Bucket=sandbox.bucket, Key=f"{prefix}/code/lib/serve.py", Body=b"served = True")
    s3.put_object(
        Bucket=sandbox.bucket, Key=f"{prefix}/sm_drivers/sourcecode.json", Body=b'{"entry_script": "lib/serve.py"}'
    )

    def channel(name: str) -> dict[str, object]:
        source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{sandbox.bucket}/{prefix}/{name}"}
        return {"ChannelName": name, "DataSource": {"S3DataSource": source}}

    client = sandbox_session.client("sagemaker")
    describe = client.describe_training_job
    client.describe_training_job = lambda **request: {
        **describe(**request), "HyperParameters": {}, "InputDataConfig": [channel("code"), channel("sm_drivers")],
    }  # fmt: skip
    name = f"test-{uuid.uuid4().hex[:12]}"
    endpoint = deploy(sandbox_session, DeployRequest(training_job_name=job.training_job_name, endpoint_name=name))
    assert members(sandbox_session, str(endpoint.variants[0].model_data_url))["code/lib/serve.py"] == b"served = True"
    assert (
        client.describe_model(ModelName=name)["PrimaryContainer"]["Environment"]["SAGEMAKER_PROGRAM"] == "lib/serve.py"
    )
    list(wait_settled(sandbox_session, name))
    delete_endpoint(sandbox_session, DeleteEndpointRequest(endpoint_name=name, confirm=name))
