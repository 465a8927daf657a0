"""Specs of JumpStart's models, and the request that SDK v2's JumpStartEstimator sends for the same description.

The catalog of these tests (`data/jumpstart`) stands in for AWS's bucket, which is not asked. What is real in it, and what
is not:

- members, keys of scripts and artifacts, framework: as in the test data of SDK v2 itself
  (https://github.com/aws/sagemaker-python-sdk, `tests/unit/sagemaker/jumpstart/constants.py`);
- hyperparameters and metrics of LightGBM with their defaults: AWS's pages on the algorithm
  (https://docs.aws.amazon.com/sagemaker/latest/dg/lightgbm-hyperparameters.html);
- versions, instance types and what differs by them, data set: made up, so that every rule has something to decide. That
  the rules are the SDK's is what the comparison with its request proves; that AWS's own descriptions hold nothing else,
  nothing here can prove.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sandbox.client_envs import SDK_V2, client_python

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.estimators.check import parse, valid_spec
from jupyter_smext.estimators.file import dump
from jupyter_smext.estimators.importer import imported
from jupyter_smext.estimators.jumpstart import bucket_of, jumpstart_models, spec_of_model
from jupyter_smext.estimators.models import ExportDialect, ImportRequest

from .parity import compared, our_request
from .specs import changed

CATALOG = Path(__file__).parent / "data" / "jumpstart"
MODEL = "lightgbm-classification-model"
DATA = "s3://jumpstart-cache-prod-us-east-1/training-datasets/tabular_multiclass/"

# Run by the SDK; what it asks of S3 is answered from the same files.
THEIRS = """
import pathlib, botocore.client
record, catalog = botocore.client.BaseClient._make_api_call, pathlib.Path({catalog!r})

def answer(self, operation, parameters):
    if operation in ("GetObject", "HeadObject"):
        assert parameters["Bucket"] == "jumpstart-cache-prod-us-east-1"
        return {{"ETag": "x", "Body": (catalog / parameters["Key"]).open("rb")}}
    return record(self, operation, parameters)

botocore.client.BaseClient._make_api_call = answer
from sagemaker.jumpstart.estimator import JumpStartEstimator
estimator = JumpStartEstimator(
    model_id={model!r}, role="arn:aws:iam::111122223333:role/SageMaker", instance_type={instance_type!r},
    output_path="s3://demo-default", tolerate_deprecated_model=True, disable_profiler=True, debugger_hook_config=False,
)
estimator.fit({{"training": {data!r}}}, wait=False)
"""


@pytest.fixture
def catalog(sandbox_session: AwsSession) -> AwsSession:
    s3 = sandbox_session.client("s3")
    s3.create_bucket(Bucket=bucket_of("us-east-1"))
    for path in CATALOG.rglob("*.json"):
        s3.put_object(Bucket=bucket_of("us-east-1"), Key=path.relative_to(CATALOG).as_posix(), Body=path.read_bytes())
    return sandbox_session


INSTANCE_TYPES = [None, "ml.m5.large", "ml.g4dn.xlarge"]


@pytest.fixture(scope="module")
def sent_by_the_sdk(tmp_path_factory: pytest.TempPathFactory) -> dict[str | None, dict[str, Any]]:
    """The SDK's request for each instance type; one process for all, because it takes long to start."""
    folder = str(tmp_path_factory.mktemp("sdk"))
    pieces = [
        {"code": THEIRS.format(catalog=str(CATALOG), model=MODEL, instance_type=each, data=DATA), "folder": folder}
        for each in INSTANCE_TYPES
    ]
    done = subprocess.run(
        [client_python(*SDK_V2), Path(__file__).with_name("sdk_requests.py")],
        input=json.dumps(pieces),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    answers = dict(zip(INSTANCE_TYPES, json.loads(done.stdout), strict=True))
    for answer in answers.values():
        assert "error" not in answer, (answer["error"], answer["trace"])
    return {name: answer["request"] for name, answer in answers.items()}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("instance_type", INSTANCE_TYPES)
def test_the_request_is_that_of_the_sdks_estimator(
    catalog: AwsSession, sent_by_the_sdk: dict[str | None, dict[str, Any]], instance_type: str | None
) -> None:
    spec = spec_of_model(catalog, MODEL, instance_type=instance_type).spec
    ours = our_request(changed(("spec.role", "arn:aws:iam::111122223333:role/SageMaker"), base=spec))
    theirs = sent_by_the_sdk[instance_type]
    assert submit_directory(theirs) == spec["spec"]["source_code"]["source_dir"]
    assert compared(theirs, ExportDialect.SDK_V2) == compared(ours, ExportDialect.SDK_V2)


def submit_directory(request: dict[str, Any]) -> str:
    return str(json.loads(request["HyperParameters"]["sagemaker_submit_directory"]))


def test_a_spec_is_valid_and_says_where_it_comes_from(catalog: AwsSession) -> None:
    result = imported(catalog, ImportRequest(jumpstart_model_id=MODEL))
    assert parse(dump(result.spec)).problems == []
    assert valid_spec(result.spec).metadata.tags["sagemaker-sdk:jumpstart-model-version"] == "1.10.0"
    assert result.notes == []
    old = spec_of_model(catalog, MODEL, version="1.2.4", instance_type="ml.m5.xlarge")
    assert [each.split(" ")[0] for each in old.notes] == ["Use", "ml.m5.xlarge"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ({"model_id": "lightgbm-classification"}, ErrorCode.NOT_FOUND, "Did you mean lightgbm-classification-model"),
        ({"model_id": MODEL, "version": "9.9.9"}, ErrorCode.NOT_FOUND, "There are: 1.2.4, 1.10.0"),
        ({"model_id": "text-only-model"}, ErrorCode.NOT_SUPPORTED, "only be deployed"),
        ({"model_id": "licensed-llm"}, ErrorCode.NOT_SUPPORTED, "licence"),
        ({"model_id": MODEL, "instance_type": "ml.p3.2xlarge"}, ErrorCode.INVALID_REQUEST, "It is trained on ml.m5"),
    ],
)
def test_what_cannot_be_made_says_why(
    catalog: AwsSession, arguments: dict[str, Any], code: ErrorCode, words: str
) -> None:
    with pytest.raises(SmextError) as caught:
        spec_of_model(catalog, **arguments)
    assert caught.value.code is code
    assert words in f"{caught.value} {caught.value.envelope.hint}"


def test_without_the_bucket_it_is_said_that_the_list_is_online(sandbox_session: AwsSession) -> None:
    offline = AwsSession(region="eu-west-1", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(SmextError) as caught:
        jumpstart_models(offline)
    assert caught.value.code is ErrorCode.NETWORK
    assert "only online" in str(caught.value.envelope.hint)


def test_the_command_lists_and_writes(catalog: AwsSession, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "jumpstart", "--list", "lightgbm"]) == 0
    assert capsys.readouterr().out == f"{MODEL} 1.10.0\n"
    assert main(["spec", "jumpstart", MODEL]) == 0
    assert parse(capsys.readouterr().out).problems == []
