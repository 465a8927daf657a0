"""What a job leaves in S3."""

from __future__ import annotations

from typing import Any

from runner_jobs import BUCKET, Jobs

SAVES = """
import os
os.makedirs("/opt/ml/model/deep")
open("/opt/ml/model/deep/weights", "w").write("w")
open("/opt/ml/output/data/plot.txt", "w").write("p")
"""


def keys(jobs: Jobs, prefix: str) -> list[str]:
    answer = jobs.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry["Key"].removeprefix(prefix) for entry in answer.get("Contents", [])]


def test_archives(jobs: Jobs) -> None:
    job = jobs.script(SAVES)
    result = job.result()
    prefix = f"{jobs.name}/out/job-2/output/"
    assert result.model_artifacts == f"s3://{BUCKET}/{prefix}model.tar.gz"
    assert keys(jobs, prefix) == ["model.tar.gz", "output.tar.gz"]
    assert jobs.artifact(result.model_artifacts) == {"deep/weights": b"w"}
    assert result.training_seconds >= 1


def test_uncompressed(jobs: Jobs) -> None:
    config: dict[str, Any] = {"S3OutputPath": f"s3://{BUCKET}/{jobs.name}/plain/", "CompressionType": "NONE"}
    result = jobs.script(SAVES, OutputDataConfig=config).result()
    prefix = f"{jobs.name}/plain/job-2/output/"
    assert result.model_artifacts == f"s3://{BUCKET}/{prefix}model/"
    assert keys(jobs, prefix) == ["model/deep/weights", "output/plot.txt"]


def test_no_model_is_no_artifact(jobs: Jobs) -> None:
    result = jobs.script("").result()
    assert (result.status, result.model_artifacts) == ("Completed", None)
    assert keys(jobs, f"{jobs.name}/out/") == []


def test_a_failed_job_keeps_what_it_saved(jobs: Jobs) -> None:
    result = jobs.script(SAVES + "raise SystemExit(1)").result()
    assert result.status == "Failed"
    assert jobs.artifact(result.model_artifacts) == {"deep/weights": b"w"}


def test_checkpoints_come_and_go(jobs: Jobs) -> None:
    script = """
import os, time
folder = "/opt/ml/checkpoints"
before = sorted(os.listdir(folder))
print("before", before)
open(f"{folder}/{len(before)}", "w").write("state")
print("written")
time.sleep(float(os.environ.get("WAIT", 0)))
"""
    prefix = f"{jobs.name}/checkpoints/"
    config = {"S3Uri": f"s3://{BUCKET}/{prefix}"}
    assert jobs.script(script, CheckpointConfig=config).result().status == "Completed"
    assert keys(jobs, prefix) == ["0"]
    second = jobs.script(script, CheckpointConfig=config, Environment={"WAIT": "60"})
    second.events.wait_for("written")
    assert "before ['0']" in second.events.lines
    # While the job runs, too.
    for _ in range(100):
        if keys(jobs, prefix) == ["0", "1"]:
            break
        second.run._stopping.wait(0.1)
    assert keys(jobs, prefix) == ["0", "1"]
    second.run.stop()
    assert second.result().status == "Stopped"


def test_checkpoints_outside_opt_ml_are_refused(jobs: Jobs) -> None:
    config = {"S3Uri": f"s3://{BUCKET}/x", "LocalPath": "/tmp/checkpoints"}
    result = jobs.script("", CheckpointConfig=config).result()
    assert "CheckpointConfig.LocalPath /tmp/checkpoints is not below /opt/ml" in str(result.failure_reason)
