"""Both SDKs in a kernel, against the sandbox: a capture changes nothing, and what fails is explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox.client_envs import SDK_V2, SDK_V3, client_python

from jupyter_smext.sandbox import SandboxInfo

from .kernels import run_cells, text_of
from .test_explain_clients import help_in

SCRIPT = "rows = [{'a': 1}]\nprint(rows[0]['species'])\n"

ESTIMATOR = """
import sagemaker
from sagemaker.sklearn import SKLearn
estimator = SKLearn("train.py", framework_version="1.2-1", role="ROLE", instance_type="ml.m5.large", instance_count=1,
    base_job_name="fails", sagemaker_session=sagemaker.Session(default_bucket="BUCKET"))
"""
MODEL_TRAINER = """
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.training.configs import Compute, SourceCode
from sagemaker.train import ModelTrainer
estimator = ModelTrainer(
    training_image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
    source_code=SourceCode(source_dir=".", entry_script="train.py", ignore_patterns=["jupyter-data"]),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    role="ROLE", base_job_name="fails", sagemaker_session=Session(default_bucket="BUCKET"))
"""

CAPTURE = """
import boto3
import jupyter_smext as sm

def everything():
    client, jobs = boto3.client("s3"), boto3.client("sagemaker").list_training_jobs(NameContains="fails")
    buckets = [each["Name"] for each in client.list_buckets()["Buckets"]]
    objects = [each for name in buckets for each in client.list_objects_v2(Bucket=name).get("Contents", [])]
    return buckets, sorted((each["Key"], each["ETag"]) for each in objects), len(jobs["TrainingJobSummaries"])

before = everything()
spec = sm.capture(estimator)
estimator.sagemaker_session._default_bucket = None
estimator.sagemaker_session._default_bucket_name_override = "not-there-before"
of_no_bucket = sm.capture(estimator)
estimator.sagemaker_session._default_bucket = "BUCKET"
print("the same" if everything() == before else ("before", before, "after", everything()))
print(spec.warnings, of_no_bucket.warnings)
"""


# Of ml.p4d instances an account has none before it asks for a higher quota.
LARGER = {"fit": "estimator.instance_type", "train": "estimator.compute.instance_type"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("requirements", "code", "launch"),
    [(SDK_V2, ESTIMATOR, "fit"), (SDK_V3, MODEL_TRAINER, "train")],
    ids=["Estimator", "ModelTrainer"],
)
def test_a_capture_changes_nothing_and_failures_are_explained(
    requirements: tuple[str, ...],
    code: str,
    launch: str,
    sandbox: SandboxInfo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    run = f"estimator.{launch}(logs=False)"
    quota = f"small, {LARGER[launch]} = {LARGER[launch]}, 'ml.p4d.24xlarge'\n{run}"
    cells = ["%load_ext jupyter_smext", code, CAPTURE, quota, f"{LARGER[launch]} = small", run]
    cells = [each.replace("ROLE", sandbox.role_arn).replace("BUCKET", sandbox.bucket) for each in cells]
    *_, captured, refused, _, launched = run_cells(cells, tmp_path, client_python(*requirements), monkeypatch)
    assert "the same" in text_of(captured)
    assert "The bucket not-there-before does not exist; the SDK would create it." in text_of(captured)
    found = help_in(refused)
    assert found is not None, refused
    assert (found["code"], found["title"]) == ("QuotaExceeded", "Quota reached")
    assert found["quotas"].endswith("/servicequotas/home/services/sagemaker/quotas")
    assert "ml.p4d.24xlarge for training job usage" in found["message"]
    found = help_in(launched)
    assert found is not None, launched
    assert (found["code"], found["title"]) == ("Failed", "The training job failed")
    name = found["failed"]["name"]
    assert name.startswith("fails-")
    assert "AlgorithmError" in found["failed"]["reason"]
    assert found["steps"][0] == f"`%sm_logs {name}` shows its log."
