"""How jobs end that do not end by themselves, and what stays of them: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest
from runner_jobs import Jobs, channel

SAVES_ON_SIGTERM = """
import os, signal, sys, time
def save(number, frame):
    open(os.environ["SM_MODEL_DIR"] + "/saved", "w").write("in time")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
open(os.environ["SM_MODEL_DIR"] + "/begun", "w").close()
print("begun")
time.sleep(60)
"""
IGNORES_SIGTERM = SAVES_ON_SIGTERM.replace("signal.SIGTERM, save", "signal.SIGTERM, signal.SIG_IGN")


def test_stop_lets_the_script_save(jobs: Jobs) -> None:
    job = jobs.script(SAVES_ON_SIGTERM)
    job.events.wait_for("begun")
    job.run.stop()
    result = job.result(10)
    assert (result.status, result.secondary_status, result.failure_reason) == ("Stopped", "Stopped", None)
    assert job.events.statuses[-2:] == ["Uploading", "Stopped"]
    assert jobs.artifact(result.model_artifacts) == {"begun": b"", "saved": b"in time"}


def test_stop_kills_after_the_grace(jobs: Jobs) -> None:
    source = jobs.put_source(train__py=IGNORES_SIGTERM)
    job = jobs.start(jobs.script_request("train.py", source), stop_grace_seconds=0.5)
    job.events.wait_for("begun")
    began = time.monotonic()
    job.run.stop()
    result = job.result(10)
    assert 0.5 <= time.monotonic() - began < 5
    assert result.status == "Stopped"
    assert jobs.artifact(result.model_artifacts) == {"begun": b""}


def test_stop_before_and_during_the_download(jobs: Jobs) -> None:
    big = jobs.put(f"{jobs.name}/big", b"x" * 50_000_000)
    job = jobs.script("", InputDataConfig=[channel(f"c{number}", big) for number in range(10)])
    job.events.wait_for_status("Downloading")
    job.run.stop()
    result = job.result(10)
    assert (result.status, result.exit_code, result.model_artifacts) == ("Stopped", None, None)
    assert job.events.statuses == ["Starting", "Downloading", "Stopped"]


def test_max_runtime_stops_the_job_and_keeps_its_artifacts(jobs: Jobs) -> None:
    job = jobs.script(SAVES_ON_SIGTERM, StoppingCondition={"MaxRuntimeInSeconds": 2})
    result = job.result(20)
    assert (result.status, result.secondary_status) == ("Stopped", "MaxRuntimeExceeded")
    assert (result.failure_reason, result.exit_code) == (None, None)
    assert job.events.statuses[-2:] == ["Uploading", "MaxRuntimeExceeded"]
    assert jobs.artifact(result.model_artifacts) == {"begun": b"", "saved": b"in time"}


def test_a_killed_script_fails_with_the_signals_exit_code(jobs: Jobs) -> None:
    result = jobs.script("import os\nos.kill(os.getpid(), 9)\n").result()
    assert (result.status, result.exit_code) == ("Failed", 137)
    assert 'ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"' in str(result.failure_reason)


def test_what_a_script_leaves_running_ends_with_it(jobs: Jobs) -> None:
    script = """
import subprocess
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
print("child", child.pid)
"""
    job = jobs.script(script)
    assert job.result(10).status == "Completed"
    assert not psutil.pid_exists(int(job.events.lines[0].split()[1]))


def test_a_read_only_folder_is_removed_too(jobs: Jobs) -> None:
    script = "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0o500)\nos.chmod('a', 0o500)\n"
    assert jobs.script(script).result().status == "Completed"


def test_a_killed_owner_leaves_nothing(jobs: Jobs, environment: Mapping[str, str], tmp_path: Path) -> None:
    script = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "300"], start_new_session=True)
print("started", os.getpid(), child.pid, os.environ["TMPDIR"], flush=True)
time.sleep(300)
"""
    owner_script = textwrap.dedent(
        """
        import json, sys, boto3
        from pathlib import Path
        from jupyter_smext.runner import TrainingRun
        arguments = json.loads(sys.argv[1])
        class Events:
            def status(self, *_): pass
            def metric(self, *_): pass
            def log(self, host, line, timestamp_ms): print(line, flush=True)
        environment = arguments["environment"]
        s3 = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"])
        TrainingRun(arguments["request"], job_arn="arn", s3=s3, work_dir=Path(arguments["work_dir"]),
                    cache_dir=Path(arguments["cache_dir"]), events=Events(), environment=environment).run()
        """
    )
    work_dir = tmp_path / "work"
    arguments = {
        "request": jobs.script_request("train.py", jobs.put_source(train__py=script)),
        "environment": environment,
        "work_dir": str(work_dir),
        "cache_dir": str(tmp_path / "cache"),
    }
    owner = subprocess.Popen(
        [sys.executable, "-c", owner_script, json.dumps(arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert owner.stdout is not None
    with owner, owner.stdout:
        word, *found = owner.stdout.readline().split()
        assert word == "started"
        assert work_dir.exists()
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while work_dir.exists() or Path(found[2]).exists() or any(psutil.pid_exists(int(pid)) for pid in found[:2]):
        assert time.monotonic() < deadline, f"still there: {work_dir} or {found}"
        time.sleep(0.05)


@pytest.mark.parametrize("bad_output", ["s3://no-such-bucket/out"])
def test_output_that_cannot_be_uploaded(jobs: Jobs, bad_output: str) -> None:
    script = "open('/opt/ml/model/m', 'w').close()"
    job = jobs.script(script, OutputDataConfig={"S3OutputPath": bad_output})
    result = job.result()
    assert result.status == "Failed"
    assert str(result.failure_reason).startswith("ClientError: Artifact upload failed:")
