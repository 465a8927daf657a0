"""The magics in a real IPython shell, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

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


def test_a_cell_becomes_the_script_of_a_job(
    shell: InteractiveShell, sandbox: SandboxInfo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "magic.sagemaker.yaml").write_text(SPEC.format(role=sandbox.role_arn))
    cell = "print('written in a cell')\n"
    monitor = shell.run_cell_magic("sm_train", "magic.sagemaker.yaml", cell)
    assert (tmp_path / "train.py").read_text() == cell
    said = capsys.readouterr().out
    assert said.index("USD") < said.index("Launched magic-")
    shell.run_line_magic("sm_logs", f"{monitor.training_job_name} --follow")
    assert "written in a cell" in capsys.readouterr().out
    shell.run_line_magic("sm_jobs", "--name-contains magic")
    assert monitor.training_job_name in capsys.readouterr().out
    with pytest.raises(UsageError, match="--yes"):
        shell.run_cell_magic("sm_train", "magic.sagemaker.yaml", "print(2)\n")
    assert (tmp_path / "train.py").read_text() == cell
    assert monitor.training_job_name in complete(shell, SimpleNamespace(line="%sm_logs ", symbol=""))


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
