"""The commands as a user types them, with the sandbox behind them."""

from __future__ import annotations

import json

import pytest
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.sandbox import SandboxInfo

SCRIPT = "import time\nfor epoch in range(3):\n    print(f'loss={epoch}.5;', flush=True)\n    time.sleep(0.1)"


@pytest.fixture(autouse=True)
def settle_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_smext.jobs.logs._SETTLE_SECONDS", 1.0)


def test_a_job_in_the_terminal(
    sandbox_session: AwsSession, sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    name = start_job(
        sandbox_session, sandbox, SCRIPT, hyperparameters={"C": 0.5}, Environment={"API_KEY": "hidden-from-view"}
    )
    assert main(["jobs", "logs", name, "--follow"]) == 0
    captured = capsys.readouterr()
    assert [line for line in captured.out.splitlines() if line.startswith("loss")] == [
        "loss=0.5;", "loss=1.5;", "loss=2.5;",
    ]  # fmt: skip
    assert "== Training" in captured.err
    assert "== Completed" in captured.err

    assert main(["jobs", "logs", name, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["message"] for line in lines if line["message"].startswith("loss")] == [
        "loss=0.5;", "loss=1.5;", "loss=2.5;",
    ]  # fmt: skip

    assert main(["jobs", "show", name]) == 0
    shown = capsys.readouterr().out
    assert "Completed" in shown
    assert "Hyperparameter C" in shown
    assert "hidden-from-view" not in shown
    assert main(["jobs", "show", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hyperparameters"] == {"C": "0.5"}

    assert main(["jobs", "ls", "--name-contains", name]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].split() == ["NAME", "STATUS", "CREATED", "ENDED"]
    assert rows[1].split()[:2] == [name, "Completed"]
    assert main(["jobs", "ls", "--name-contains", name, "--status", "Failed", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"training_jobs": [], "next_token": None}


def test_the_limit_and_the_token_to_go_on(
    sandbox_session: AwsSession, sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [start_job(sandbox_session, sandbox, "print(1)") for _ in range(3)]
    assert main(["jobs", "ls", "--limit", "2", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert [each["training_job_name"] for each in page["training_jobs"]] == [names[2], names[1]]
    assert page["next_token"]
    assert main(["jobs", "ls", "--limit", "0"]) == 2


def test_stop(sandbox_session: AwsSession, sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    name = start_job(sandbox_session, sandbox, "import time\ntime.sleep(60)")
    wait_until(sandbox_session, name, "Training")
    assert main(["jobs", "stop", name]) == 0
    assert capsys.readouterr().out.strip() in (f"{name} is Stopping.", f"{name} is Stopped.")
    wait_until(sandbox_session, name, "Stopped")


def test_a_job_that_does_not_exist(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "show", "there-is-none"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("NotFound: There is no training job there-is-none in us-east-1.")


def test_why_a_job_failed_and_what_differs_from_one_that_did_not(
    sandbox_session: AwsSession, sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    good = start_job(sandbox_session, sandbox, "x = 1\nprint(x)")
    bad = start_job(sandbox_session, sandbox, "x = 0\nprint(1 / x)")
    for name in (good, bad):
        wait_until(sandbox_session, name, "Completed", "Failed")
    assert main(["jobs", "autopsy", bad]) == 0
    told = capsys.readouterr().out
    assert "ZeroDivisionError: division by zero in train.py, line 2" in told
    assert "Last lines of the log:" in told
    assert main(["jobs", "autopsy", bad, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cause"] == "script"
    assert main(["jobs", "compare", good, bad]) == 0
    told = capsys.readouterr().out
    assert "-print(x)" in told
    assert "+print(1 / x)" in told
    assert "hyperparameters" in told.split("Equal: ")[1]
    assert main(["jobs", "compare", good, bad, "--json"]) == 0
    assert [each["section"] for each in json.loads(capsys.readouterr().out)["differences"]] == ["source code"]
