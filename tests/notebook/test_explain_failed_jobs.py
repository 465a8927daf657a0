"""Jobs of both SDKs that really fail while a cell waits for them: what is said below the traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox.client_envs import SDK_V2, SDK_V3, client_python

from jupyter_smext.sandbox import SandboxInfo

from .kernels import run_cells
from .test_explain_clients import help_in

SCRIPT = "rows = [{'a': 1}]\nprint(rows[0]['species'])\n"

ESTIMATOR = """
import sagemaker
from sagemaker.sklearn import SKLearn
estimator = SKLearn("train.py", framework_version="1.2-1", role="ROLE", instance_type="ml.m5.large", instance_count=1,
    base_job_name="fails", sagemaker_session=sagemaker.Session(default_bucket="BUCKET"))
estimator.fit(logs=False)
"""
MODEL_TRAINER = """
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.training.configs import Compute, SourceCode
from sagemaker.train import ModelTrainer
trainer = ModelTrainer(
    training_image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
    source_code=SourceCode(source_dir=".", entry_script="train.py", ignore_patterns=["jupyter-data"]),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    role="ROLE", base_job_name="fails", sagemaker_session=Session(default_bucket="BUCKET"))
trainer.train(logs=False)
"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("requirements", "code"), [(SDK_V2, ESTIMATOR), (SDK_V3, MODEL_TRAINER)], ids=["Estimator", "ModelTrainer"]
)
def test_a_failed_job_has_its_name_its_reason_and_its_log(
    requirements: tuple[str, ...],
    code: str,
    sandbox: SandboxInfo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    cell = code.replace("ROLE", sandbox.role_arn).replace("BUCKET", sandbox.bucket)
    cells = ["%load_ext jupyter_smext", cell]
    outputs = run_cells(cells, tmp_path, client_python(*requirements), monkeypatch)[-1]
    found = help_in(outputs)
    assert found is not None, outputs
    assert (found["code"], found["title"]) == ("Failed", "The training job failed")
    name = found["failed"]["name"]
    assert name.startswith("fails-")
    assert "AlgorithmError" in found["failed"]["reason"]
    assert found["steps"][0] == f"`%sm_logs {name}` shows its log."
