"""``jupyter smext sandbox`` as a person runs it."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.sandbox import SandboxInfo

from .support import Aws, wait_for

COMMAND = [sys.executable, "-c", "from jupyter_smext.cli.main import main; raise SystemExit(main())", "sandbox"]


@pytest.fixture(autouse=True)
def own_runtime_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no other sandbox of this user is seen."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_ready_line_and_clean_end() -> None:
    begun = time.monotonic()
    with running("--region", "eu-central-1") as (process, ready):
        # 1.7 s on a quiet machine.
        assert time.monotonic() - begun < 15
        info = SandboxInfo.from_json(ready)
        assert info.endpoint_url.startswith("http://127.0.0.1:")
        assert (info.region, info.bucket) == ("eu-central-1", f"sagemaker-eu-central-1-{info.account}")
        aws = Aws(info)
        assert aws.client("s3").head_bucket(Bucket=info.bucket)["BucketRegion"] == "eu-central-1"
        role = aws.client("iam").get_role(RoleName=info.role_arn.rpartition("/")[2])["Role"]
        assert role["Arn"] == info.role_arn
        folder = Path(info.env["SAGEMAKER_USER_CONFIG_OVERRIDE"]).parent

        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
        assert not folder.exists()


def test_env_of_the_running_sandbox(tmp_path: Path) -> None:
    first = str(tmp_path / "a")
    assert run("env").returncode == 1
    with running("--state-dir", first) as (_, ready):
        refused = run("--state-dir", first)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"{first} is used by another sandbox (process ")
        assert refused.stderr.count("\n") == 1
        for arguments in ([], ["--state-dir", first]):
            printed = run("env", *arguments)
            assert printed.returncode == 0
            lines = [shlex.split(line) for line in printed.stdout.splitlines()]
            assert dict(line[1].split("=", 1) for line in lines) == ready["env"]
        missing = run("env", "--state-dir", str(tmp_path / "b"))
        assert missing.returncode == 1
        assert missing.stderr == f"No sandbox is running on {tmp_path / 'b'}. Start one with: jupyter smext sandbox\n"
        with running("--state-dir", str(tmp_path / "b")):
            several = run("env")
            assert several.returncode == 1
            assert several.stderr.startswith("Several sandboxes are running; choose one with --state-dir: ")
    # The second one was killed, and left its announcement behind.
    assert run("env").returncode == 1


def test_taken_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = run("--port", str(port))

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith(f"Port {port} on 127.0.0.1 can not be used: ")
    assert refused.stderr.count("\n") == 1


def test_folder_that_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused = run("--state-dir", str(tmp_path / "file"))

    assert refused.returncode == 1
    assert refused.stderr.startswith("The sandbox can not keep its state: ")
    assert refused.stderr.count("\n") == 1


def test_wrong_usage() -> None:
    assert run("--port", "70000").returncode == 2
    assert run("--job-slots", "0").returncode == 2


def test_missing_extra(tmp_path: Path) -> None:
    (tmp_path / "moto.py").write_text("raise ModuleNotFoundError(\"No module named 'moto'\", name='moto')")
    hidden = subprocess.run(
        COMMAND,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )

    assert hidden.returncode == 1
    assert 'pip install "jupyter-smext[sandbox]"' in hidden.stderr
    assert hidden.stderr.count("\n") == 1


def test_a_job_that_ignores_sigterm_does_not_keep_the_sandbox(tmp_path: Path) -> None:
    script = """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
        time.sleep(120)
    """
    with running("--state-dir", str(tmp_path)) as (process, ready):
        aws = Aws(SandboxInfo.from_json(ready))
        request = aws.training_request(aws.info.bucket, script)
        aws.client("sagemaker").create_training_job(**request)

        def deaf() -> bool:
            stream = aws.client("logs").describe_log_groups()["logGroups"]
            return bool(stream) and "deaf" in aws.job_lines(request["TrainingJobName"])

        wait_for(deaf)
        begun = time.monotonic()
        process.terminate()
        assert process.wait(20) == 0
        assert time.monotonic() - begun < 15
        wait_for(lambda: not (tmp_path / "work").exists(), 10)
