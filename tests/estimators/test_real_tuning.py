"""A tuning spec really tunes: trials train in the sandbox, and the best of them is found."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import valid_spec
from jupyter_smext.estimators.document import read_document
from jupyter_smext.estimators.launch import launch
from jupyter_smext.estimators.profile import profile_of
from jupyter_smext.sandbox import SandboxInfo

from .specs import changed

EXAMPLE = Path(__file__).parents[2] / "examples" / "penguins"
TRIALS = 3
TUNING: dict[str, Any] = {
    "strategy": "Random",
    "objective": {"metric_name": "test:log_loss", "type": "Minimize"},
    "resource_limits": {"max_number_of_training_jobs": TRIALS, "max_parallel_training_jobs": 2},
    "parameter_ranges": {
        "continuous": {"learning-rate": {"min_value": 0.01, "max_value": 0.3, "scaling_type": "Logarithmic"}},
        "integer": {"max-depth": {"min_value": 1, "max_value": 4}},
    },
}


def test_the_example_is_tuned(sandbox: SandboxInfo, sandbox_session: AwsSession, tmp_path: Path) -> None:
    from palmerpenguins import load_penguins

    shutil.copytree(EXAMPLE, tmp_path / "penguins")
    rows = load_penguins().drop(columns="year").sample(frac=1, random_state=1)
    for channel, part in (("train", rows[:250]), ("test", rows[250:])):
        body = part.to_csv(index=False).encode()
        sandbox_session.client("s3").put_object(Bucket=sandbox.bucket, Key=f"tuned/{channel}/p.csv", Body=body)
    document = changed(
        ("kind", "HyperParameterTuningJob"),
        ("tuning", TUNING),
        ("spec.hyperparameters", {"stages": 20}),
        ("spec.input_data_config.0.s3_uri", "s3://${profile.bucket}/tuned/train/"),
        ("spec.input_data_config.1.s3_uri", "s3://${profile.bucket}/tuned/test/"),
        base=read_document(EXAMPLE / "penguins.sagemaker.yaml"),
    )
    spec = valid_spec(document, profile_of(sandbox_session))
    launch(sandbox_session, spec, tmp_path / "penguins", job_name="tuned", token="t" * 32, progress=Silent())

    client = sandbox_session.client("sagemaker")
    deadline = time.monotonic() + 180
    while True:
        job = client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="tuned")
        if job["HyperParameterTuningJobStatus"] != "InProgress" or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    assert job["TrainingJobStatusCounters"]["Completed"] == TRIALS
    best = job["BestTrainingJob"]
    assert set(best["TunedHyperParameters"]) == {"learning-rate", "max-depth"}
    trials = client.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="tuned")
    losses = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in trials["TrainingJobSummaries"]]
    assert len(losses) == TRIALS
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == min(losses)
