"""The tuning commands as a user types them, with the sandbox behind them."""

from __future__ import annotations

import json
import time

import pytest
from sandbox_jobs import start_tuning_job

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.jobs.tuning import describe_tuning_job
from jupyter_smext.sandbox import SandboxInfo

SCRIPT = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--kind")
args, _ = parser.parse_known_args()
assert args.kind != "bad", "This kind cannot be trained."
print(f"score={len(args.kind)};")
"""
KINDS = {"CategoricalParameterRanges": [{"Name": "kind", "Values": ['"a"', '"bb"', '"bad"']}]}


def test_a_tuning_job_in_the_terminal(
    sandbox_session: AwsSession, sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]
) -> None:
    name = start_tuning_job(sandbox_session, sandbox, SCRIPT, ranges=KINDS, trials=3, parallel=3, strategy="Grid")
    deadline = time.monotonic() + 60
    while not describe_tuning_job(sandbox_session, name).hyper_parameter_tuning_job_status.final:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    assert main(["jobs", "tuning", "ls", "--name-contains", name]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["NAME", "STATUS", "STRATEGY"]
    assert row.split()[:3] == [name, "Completed", "Grid"]
    assert "2 Completed, 1 NonRetryableError of 3" in row
    assert main(["jobs", "tuning", "ls", "--name-contains", name, "--status", "Failed", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tuning_jobs": [], "next_token": None}

    assert main(["jobs", "tuning", "show", name]) == 0
    shown = capsys.readouterr().out
    assert "Maximize score" in shown
    assert "a, bb, bad" in shown
    assert "Its kind" in shown
    assert "USD" in shown
    assert main(["jobs", "tuning", "show", name, "--json"]) == 0
    best = json.loads(capsys.readouterr().out)["best_training_job"]
    assert best["tuned_hyperparameters"] == {"kind": "bb"}

    assert main(["jobs", "tuning", "trials", name, "--best-first"]) == 0
    captured = capsys.readouterr()
    rows = [row.split() for row in captured.out.splitlines()]
    assert rows[1][:5] == ["best", best["training_job_name"], "Completed", "2", "bb"]
    assert rows[2][1:4] == ["Completed", "1", "a"]
    assert "This kind cannot be trained." in captured.err
    assert main(["jobs", "tuning", "trials", name, "--best-first", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["objective"] for each in found["trials"]] == [2.0, 1.0, None]
    assert found["cost"]["running"] == 0

    assert main(["jobs", "tuning", "stop", name]) == 0
    assert capsys.readouterr().out == f"{name} is Completed.\n"


def test_a_tuning_job_that_there_is_not(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "tuning", "show", "none"]) == 1
    assert "There is no tuning job none" in capsys.readouterr().err


def test_a_limit_below_one_is_wrong_usage(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "tuning", "ls", "--limit", "0"]) == 2
    assert "--limit must be at least 1" in capsys.readouterr().err
