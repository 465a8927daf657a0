"""The commands as a user types them, with the sandbox behind them."""

from __future__ import annotations

import io
import json
import sys
import uuid
from pathlib import Path

import pytest
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.sandbox import SandboxInfo

SCRIPT = """
import json, os, pathlib

def model_fn(model_dir):
    return json.loads(pathlib.Path(model_dir, "model.json").read_text())

def predict_fn(data, model):
    return data * model["factor"]

if __name__ == "__main__":
    pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text('{"factor": 3}')
"""


@pytest.fixture
def job(sandbox_session: AwsSession, sandbox: SandboxInfo) -> str:
    name = start_job(sandbox_session, sandbox, SCRIPT)
    wait_until(sandbox_session, name, "Completed")
    return name


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_endpoint_in_the_terminal(
    job: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"test-{uuid.uuid4().hex[:12]}"
    assert main(["endpoints", "deploy", job, "--name", name, "--instance-type", "ml.c5.large", "--wait"]) == 0
    captured = capsys.readouterr()
    assert f"{job} to endpoint {name}: 1 x ml.c5.large, billed from now until it is deleted" in captured.err
    assert captured.err.index("billed") < captured.err.index("== InService")
    assert main(["endpoints", "ls", "--name-contains", name]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == [name, "InService"]
    assert main(["endpoints", "show", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["training_job_name"] == job

    assert main(["endpoints", "invoke", name, "--body", "1,2"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == [3.0, 6.0]
    assert " ms, application/json" in captured.err
    payload = tmp_path / "payload.json"
    payload.write_text("[[1, 2]]")
    arguments = ["--file", str(payload), "--content-type", "application/json", "--accept", "text/csv", "--json"]
    assert main(["endpoints", "invoke", name, *arguments]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["body"].strip() == "3.0,6.0"
    assert result["content_type"].startswith("text/csv")
    assert main(["endpoints", "invoke", name, "--body", "x,y", "--content-type", "application/json"]) == 1
    assert capsys.readouterr().err.startswith("UpstreamRejected: The model answered ")

    # Nobody can be asked in a pipe; a wrong name deletes nothing; the right one does.
    assert main(["endpoints", "delete", name]) == 2
    assert main(["endpoints", "delete", name, "--yes", "other"]) == 1
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", Terminal("other\n"))
    assert main(["endpoints", "delete", name]) == 1
    assert "to be deleted" in capsys.readouterr().out
    assert main(["endpoints", "show", name]) == 0
    capsys.readouterr()
    assert main(["endpoints", "delete", name, "--yes", name, "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [(each["kind"], each["deleted"]) for each in plan["resources"]] == [
        ("Endpoint", True), ("EndpointConfig", True), ("Model", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["deploy", "job", "--env", "NOVALUE"],
        ["deploy", "job", "--instance-count", "0"],
        ["invoke", "e", "--file", "/there/is/none"],
        ["ls", "--limit", "0"],
        ["invoke", "e", "--body", "x", "--file", "y"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert main(["endpoints", *arguments]) == 2


def test_an_endpoint_that_does_not_exist(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["endpoints", "delete", "there-is-none", "--yes", "there-is-none"]) == 1
    assert capsys.readouterr().err.startswith("NotFound: There is no endpoint there-is-none.")


def test_the_radar_lists_what_is_in_service(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["endpoints", "radar"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["NAME", "VERDICT", "INSTANCES", "CREATED", "REASON"]
    assert main(["endpoints", "radar", "--hours", "48", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["hours"], report["truncated"]) == (48, False)
    assert main(["endpoints", "radar", "--hours", "0"]) == 2
