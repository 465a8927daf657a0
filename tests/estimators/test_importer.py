from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import check, valid_spec
from jupyter_smext.estimators.importer import spec_of_job, spec_of_request
from jupyter_smext.estimators.launch import Uploaded, request_of
from jupyter_smext.estimators.tuning import jobs_of
from jupyter_smext.sandbox import SandboxInfo

from .generated_specs import generated
from .parity import PLACE, our_request, with_empty_parts_left_out, without_names, without_own_tags


def request_again(spec: dict[str, Any]) -> dict[str, Any]:
    valid = valid_spec(spec)
    packages = [Uploaded(job.source_code.source_dir if job.source_code else None, None) for job in jobs_of(valid)]
    return request_of(valid, PLACE, job_name="ours", packages=packages, token="t")


def settled(request: dict[str, Any]) -> dict[str, Any]:
    for change in (without_names, without_own_tags, with_empty_parts_left_out):
        change(request)
    return request


@pytest.mark.parametrize("sdk", ["v2", "v3"])
def test_a_request_comes_back_as_a_spec_that_makes_it_again(sdk: str) -> None:
    for data in generated(300, sdk=sdk):
        request = our_request(data)
        imported = spec_of_request(json.loads(json.dumps(request)))
        assert imported.notes == [], (data, imported.notes)
        assert check(imported.spec).problems == [], (data, check(imported.spec).problems)
        assert settled(request_again(imported.spec)) == settled(request), data


def test_frameworks_and_algorithms_are_recognised() -> None:
    specs = generated(120, sdk="v2")
    for data in specs:
        algorithm = spec_of_request(our_request(data)).spec["spec"]["algorithm"]
        for kind in ("framework", "builtin"):
            if kind in data["spec"]["algorithm"]:
                assert algorithm[kind]["name"] == data["spec"]["algorithm"][kind]["name"]


def test_a_request_of_sdk_v2_and_one_of_v3() -> None:
    data = Path(__file__).parent / "data"
    v2 = spec_of_request(json.loads((data / "sdk_v2_request.json").read_text()))
    assert v2.spec["metadata"]["base_job_name"] == "sagemaker-scikit-learn"
    assert v2.spec["spec"]["algorithm"]["framework"]["name"] == "sklearn"
    assert v2.spec["spec"]["hyperparameters"] == {"C": 0.5, "epochs": 2, "name": "x"}
    assert v2.spec["spec"]["source_code"]["entry_script"] == "train.py"
    assert v2.notes == []
    v3 = spec_of_request(json.loads((data / "sdk_v3_request.json").read_text()))
    # v3's own way to hand over code is kept as it is: the image, its entry point, and the two channels.
    assert v3.spec["spec"]["algorithm"]["container_entrypoint"] == ["/bin/bash"]
    assert [each["channel_name"] for each in v3.spec["spec"]["input_data_config"]] == ["train", "code", "sm_drivers"]
    assert v3.notes == []
    for imported in (v2, v3):
        assert check(imported.spec).problems == []


def test_what_the_spec_cannot_hold_is_said() -> None:
    data = Path(__file__).parent / "data"
    request = json.loads((data / "sdk_v2_request.json").read_text())
    request["ServerlessJobConfig"] = {"BaseModelArn": "x", "JobType": "FineTuning"}
    request["ResourceConfig"]["Colour"] = "blue"
    request["HyperParameters"]["sagemaker_s3_output"] = '"s3://x"'
    notes = " ".join(spec_of_request(request).notes)
    for name in ("ServerlessJobConfig", "ResourceConfig.Colour", "sagemaker_s3_output"):
        assert name in notes


def test_something_else_is_refused() -> None:
    with pytest.raises(SmextError) as caught:
        spec_of_request({"EndpointName": "x"})
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_job_of_the_account_is_imported(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    boto3.client("sagemaker").create_training_job(
        TrainingJobName="imported-20261124-073012-abcdef",
        AlgorithmSpecification={
            "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1",
            "TrainingInputMode": "File",
        },
        RoleArn=sandbox.role_arn,
        HyperParameters={"num_round": "3"},
        OutputDataConfig={"S3OutputPath": f"s3://{sandbox.bucket}/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        Tags=[{"Key": "team", "Value": "a"}],
    )
    imported = spec_of_job(sandbox_session, "imported-20261124-073012-abcdef")
    assert imported.notes == []
    assert imported.spec["metadata"] == {"base_job_name": "imported", "tags": {"team": "a"}}
    assert imported.spec["spec"]["algorithm"]["builtin"] == {"name": "xgboost", "version": "1.7-1"}
    assert imported.spec["spec"]["stopping_condition"] == {"max_runtime_in_seconds": 60}
    with pytest.raises(SmextError) as caught:
        spec_of_job(sandbox_session, "no-such-job")
    assert caught.value.code is ErrorCode.NOT_FOUND
