"""The magics in a real IPython shell, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell

import jupyter_smext as sm
from jupyter_smext.aws.errors import SmextError
from jupyter_smext.notebook.extension import load, unload
from jupyter_smext.notebook.magics import complete
from jupyter_smext.sandbox import SandboxInfo

SPEC = """
api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: magic
spec:
  role: {role}
  algorithm:
    framework:
      name: sklearn
      version: 1.2-1
  source_code:
    entry_script: train.py
  compute:
    instance_type: ml.m5.large
  stopping_condition:
    max_runtime_in_seconds: 600
"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("jupyter_smext.notebook.widgets.base._session", None)
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    load(shell)
    yield shell
    unload(shell)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person at the front end answers; without an answer left the front end takes none."""
    given: list[str] = []

    def asked(question: str) -> str:
        assert "Launch" in question
        if not given:
            raise StdinNotImplementedError
        return given.pop(0)

    monkeypatch.setattr("builtins.input", asked)
    return given


@pytest.fixture
def spec_file(sandbox: SandboxInfo, tmp_path: Path) -> Path:
    path = tmp_path / "magic.sagemaker.yaml"
    path.write_text(SPEC.format(role=sandbox.role_arn))
    return path


def jobs_of(sandbox: SandboxInfo, name: str) -> list[str]:
    found = boto3.client("sagemaker").list_training_jobs(NameContains=name)["TrainingJobSummaries"]
    return [each["TrainingJobName"] for each in found]


def test_a_cell_becomes_the_script_of_a_job(
    shell: InteractiveShell,
    spec_file: Path,
    answers: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cell = "print('written in a cell')\n"
    answers.append("y")
    monitor = shell.run_cell_magic("sm_train", spec_file.name, cell)
    assert (tmp_path / "train.py").read_text() == cell
    said = capsys.readouterr().out
    assert said.index("USD") < said.index("Launched magic-")
    shell.run_line_magic("sm_logs", f"{monitor.training_job_name} --follow")
    assert "written in a cell" in capsys.readouterr().out
    shell.run_line_magic("sm_jobs", "--name-contains magic")
    assert monitor.training_job_name in capsys.readouterr().out
    with pytest.raises(UsageError, match="--overwrite"):
        shell.run_cell_magic("sm_train", f"{spec_file.name} --yes", "print(2)\n")
    assert (tmp_path / "train.py").read_text() == cell
    assert monitor.training_job_name in complete(shell, SimpleNamespace(line="%sm_logs ", symbol=""))


def test_nothing_is_launched_before_somebody_agrees(
    shell: InteractiveShell,
    sandbox: SandboxInfo,
    spec_file: Path,
    answers: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spec_file.write_text(spec_file.read_text().replace("base_job_name: magic", "base_job_name: asked"))
    for answer in ("", "n", "no"):
        answers.append(answer)
        assert shell.run_cell_magic("sm_train", spec_file.name, "print(1)\n") is None
        said = capsys.readouterr().out
        assert "USD" in said
        assert "Not launched" in said
    with pytest.raises(UsageError, match="--yes launches"):
        shell.run_cell_magic("sm_train", spec_file.name, "print(1)\n")
    assert not (tmp_path / "train.py").exists()
    assert jobs_of(sandbox, "asked-") == []
    assert shell.run_cell_magic("sm_train", f"{spec_file.name} --yes", "print(1)\n") is not None
    assert len(jobs_of(sandbox, "asked-")) == 1


def test_limits_hold(
    shell: InteractiveShell,
    sandbox: SandboxInfo,
    spec_file: Path,
    answers: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = spec_file.read_text().replace("base_job_name: magic", "base_job_name: limited")
    spec_file.write_text(f"{text}policy:\n  max_cost_usd: 0.001\n")
    with pytest.raises(UsageError, match="raise the limit"):
        shell.run_cell_magic("sm_train", f"{spec_file.name} --yes", "print(1)\n")
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nbudget: {max_launch_usd: 0.001}\n")
    monkeypatch.setenv("JUPYTER_SMEXT_ADMIN_POLICY", str(policy))
    answers.append("y")
    with pytest.raises(SmextError, match="administrator allows"):
        shell.run_cell_magic("sm_train", spec_file.name, "print(1)\n")
    assert answers == ["y"], "what is refused anyway is not asked about"
    with pytest.raises(SmextError, match="administrator allows"):
        sm.launch(spec_file)
    assert "OverAdminBudget" in {each.code for each in sm.preflight(spec_file).errors}
    policy.write_text("version: 1\nread_only: true\n")
    with pytest.raises(SmextError, match="Read-only"):
        sm.launch(spec_file)
    policy.write_text("version: 1\ninstance_types: {allowed: [ml.m5.xlarge]}\n")
    (tmp_path / "train.py").write_text("print(1)\n")
    with pytest.raises(SmextError, match="is not one of"):
        sm.launch(spec_file)
    assert jobs_of(sandbox, "limited-") == []


@pytest.mark.parametrize("magic", ["sm_jobs", "sm_logs"])
def test_help(shell: InteractiveShell, magic: str, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_line_magic(magic, "--help")
    assert f"%{magic}" in capsys.readouterr().out


def test_completion(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "a.sagemaker.yaml").write_text("")
    (tmp_path / "b.txt").write_text("")
    assert complete(shell, SimpleNamespace(line="%%sm_train ", symbol="")) == ["a.sagemaker.yaml"]
    assert "Failed" in complete(shell, SimpleNamespace(line="%sm_jobs --status ", symbol=""))
    assert "--follow" in complete(shell, SimpleNamespace(line="%sm_logs --", symbol="--"))
    with provisionalcompleter():
        found = {each.text for each in shell.Completer.completions("%sm_jobs --", 11)}
    assert "--status" in found


def test_unloading_takes_the_magics_away(shell: InteractiveShell) -> None:
    unload(shell)
    assert shell.find_line_magic("sm_jobs") is None
    assert shell.find_cell_magic("sm_train") is None
    load(shell)
