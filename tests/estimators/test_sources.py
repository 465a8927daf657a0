"""Where a script may come from beside a folder: a notebook, a git repository; and what its requirements say."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import check
from jupyter_smext.estimators.export import export
from jupyter_smext.estimators.git_source import source_tree
from jupyter_smext.estimators.launch import preview
from jupyter_smext.estimators.lock import make_lock
from jupyter_smext.estimators.models import ExportDialect, SourceCode
from jupyter_smext.estimators.notebook import cells_script
from jupyter_smext.estimators.packaging import pack, plan
from jupyter_smext.estimators.preflight.run import preflight
from jupyter_smext.prices.instances import packaged_prices

from .specs import REMOVED, changed

CELLS = ["%pip install tqdm", "import os\nif True:\n    !ls\nx = 1", "%%bash\necho hello\necho again", "print(x)"]
URL = "https://git.example/team/models.git"


def notebook(*cells: str, language: str = "python") -> str:
    code = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells
    ]
    text = {"cell_type": "markdown", "source": "# Words", "metadata": {}}
    kernel = {"kernelspec": {"name": "k", "display_name": "k", "language": language}}
    return json.dumps({"cells": [text, *code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 4})


def unpacked(source: SourceCode, folder: Path) -> dict[str, bytes]:
    with pack(plan(source, folder), Silent()) as package:
        content = io.BytesIO(package.archive.read())
    with tarfile.open(fileobj=content) as tar:
        return {each.name: file.read() for each in tar if (file := tar.extractfile(each))}


def test_a_notebook_goes_up_as_the_script_that_it_holds(tmp_path: Path) -> None:
    (tmp_path / "train.ipynb").write_text(notebook(*CELLS))
    (tmp_path / "helper.py").write_text("")
    files = unpacked(SourceCode(source_dir=".", entry_script="train.ipynb"), tmp_path)
    assert sorted(files) == ["helper.py", "train.py"]
    done = subprocess.run(["python", "-"], input=files["train.py"], capture_output=True, check=True)
    assert done.stdout.strip() == b"1"


@pytest.mark.parametrize(
    ("cell", "text", "left_out"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1", ["%matplotlib inline"]),
        ("if x:\n    !ls\ny = 1", "if x:\n    pass  # !ls\ny = 1", ["!ls"]),
        ("%%bash\necho", "# %%bash\n# echo", ["%%bash", "echo"]),
        ("\n%%time\nfit()\n!ls", "# %%time\nfit()\n# !ls", ["%%time", "!ls"]),
        ("!pip install \\\n    tqdm\nfit()", "# !pip install \\\n# tqdm\nfit()", ["!pip install \\", "tqdm"]),
        ("files = !ls\nfit?", "# files = !ls\n# fit?", ["files = !ls", "fit?"]),
        ("x = (7\n% 4)\n# !important", "x = (7\n% 4)\n# !important", []),
    ],
)
def test_what_only_a_notebook_understands_is_a_comment(cell: str, text: str, left_out: list[str]) -> None:
    script = cells_script(["  ", cell], "a.ipynb")
    assert script.text == f"# Made from a.ipynb: magics and shell commands are comments.\n\n\n{text}\n"
    assert script.left_out == left_out


def test_the_same_notebook_run_again_is_the_same_package(tmp_path: Path) -> None:
    source = SourceCode(source_dir=".", entry_script="train.ipynb")
    (tmp_path / "train.ipynb").write_text(notebook(*CELLS))
    with pack(plan(source, tmp_path), Silent()) as first:
        (tmp_path / "train.ipynb").write_text(
            notebook(*CELLS).replace('"execution_count": null', '"execution_count": 7')
        )
        with pack(plan(source, tmp_path), Silent()) as second:
            assert first.sha256 == second.sha256


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "cannot be read"), (notebook("1", language="R"), "notebook of R")],
)
def test_what_is_no_notebook_of_python_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "train.ipynb").write_text(text)
    with pytest.raises(SmextError, match=words):
        plan(SourceCode(source_dir=".", entry_script="train.ipynb"), tmp_path)


def test_a_notebook_beside_the_script_of_its_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.ipynb").write_text(notebook("1"))
    (tmp_path / "train.py").write_text("")
    with pytest.raises(SmextError, match=r"would become train\.py"):
        plan(SourceCode(source_dir=".", entry_script="train.ipynb"), tmp_path)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """A repository that git reaches by an https address, and the first of its two commits."""
    folder = tmp_path / "repository"
    (folder / "src").mkdir(parents=True)

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch", "main")
    (folder / "src" / "train.py").write_text("print('first')")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    first = git("rev-parse", "HEAD")
    (folder / "src" / "train.py").write_text("print('second')")
    git("commit", "--quiet", "-am", "two")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{folder}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", URL)
    monkeypatch.setenv("GIT_CONFIG_KEY_1", "url.file://user:hunter2@nowhere/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_1", "https://secret.example/")
    return folder, first


def in_git(repository: str = URL, **which: str) -> SourceCode:
    return SourceCode.model_validate(
        {"git": {"repository": repository, **which}, "source_dir": "src", "entry_script": "train.py"}
    )


def test_a_commit_or_a_branch_is_fetched_and_goes_again(repository: tuple[Path, str], tmp_path: Path) -> None:
    for which, expected in (({"commit": repository[1]}, "first"), ({"branch": "main"}, "second"), ({}, "second")):
        source = in_git(**which)
        with source_tree(source, tmp_path) as tree:
            assert expected in unpacked(source, tree)["train.py"].decode()
        assert not tree.exists()


def test_the_commit_of_a_repository_is_tag_and_lock(
    repository: tuple[Path, str], sandbox_session: AwsSession, tmp_path: Path
) -> None:
    spec = changed(
        ("spec.role", REMOVED),
        ("spec.input_data_config", []),
        ("spec.source_code", in_git(commit=repository[1]).model_dump(exclude_none=True)),
    )
    tags = {each["Key"]: each["Value"] for each in preview(sandbox_session, spec, tmp_path)["Tags"]}
    assert tags["smext:git-commit"] == repository[1]
    lock = make_lock(sandbox_session, spec, tmp_path, packaged_prices())
    assert lock.git is not None
    assert (lock.git.commit, lock.git.dirty, lock.git.remote) == (repository[1], False, URL)
    assert lock.jobs[0].source_sha256 == tags["smext:source-sha256"]


def test_the_commit_of_the_workspace_is_a_tag(repository: tuple[Path, str], sandbox_session: AwsSession) -> None:
    folder, first = repository
    subprocess.run(["git", "checkout", "--quiet", first], cwd=folder, check=True)
    spec = changed(
        ("spec.role", REMOVED),
        ("spec.input_data_config", []),
        ("spec.source_code", {"source_dir": "src", "entry_script": "train.py"}),
    )

    def tag() -> str:
        return {each["Key"]: each["Value"] for each in preview(sandbox_session, spec, folder)["Tags"]}[
            "smext:git-commit"
        ]

    assert tag() == first
    (folder / "src" / "train.py").write_text("print('changed')")
    assert tag() == f"{first}-dirty"


def test_what_git_says_is_told_without_credentials(repository: tuple[Path, str], tmp_path: Path) -> None:
    with (
        pytest.raises(SmextError, match="could not be fetched") as caught,
        source_tree(in_git("https://secret.example/a.git"), tmp_path),
    ):
        pass
    assert "hunter2" not in caught.value.envelope.model_dump_json()


@pytest.mark.parametrize(
    ("git", "path"),
    [
        ({"repository": "file:///etc"}, "repository"),
        ({"repository": "https://me:token@host/x.git"}, "repository"),
        ({"repository": "ext::sh -c true"}, "repository"),
        ({"repository": URL, "branch": "--upload-pack=true"}, "branch"),
        ({"repository": URL, "commit": "main"}, "commit"),
    ],
)
def test_only_https_and_ssh_without_credentials(git: dict[str, Any], path: str) -> None:
    [problem] = check(changed(("spec.source_code.git", git), ("spec.role", REMOVED))).problems
    assert problem.path == f"spec.source_code.git.{path}"


def test_the_request_names_the_script_that_a_notebook_becomes(sandbox_session: AwsSession, tmp_path: Path) -> None:
    (tmp_path / "train.ipynb").write_text(notebook("print(1)"))
    spec = changed(("spec.role", REMOVED), ("spec.source_code", {"source_dir": ".", "entry_script": "train.ipynb"}))
    assert preview(sandbox_session, spec, tmp_path)["HyperParameters"]["sagemaker_program"] == '"train.py"'
    exported = export(sandbox_session, spec, ExportDialect.SDK_V2, tmp_path / "a.sagemaker.yaml")
    assert "entry_point='train.py'" in exported.code.replace('"', "'")
    assert any("nbconvert" in note for note in exported.notes)


def test_a_preflight_reads_notebook_and_requirements(sandbox_session: AwsSession, tmp_path: Path) -> None:
    (tmp_path / "train.ipynb").write_text(notebook("%pip install tqdm", "import argparse\nthis is no python"))
    (tmp_path / "requirements.txt").write_text("scikit-learn==1.4.0\ntqdm  # fine\n???\n")
    spec = changed(
        ("spec.role", REMOVED),
        ("spec.source_code", {"source_dir": ".", "entry_script": "train.ipynb"}),
        ("spec.input_data_config", []),
    )
    found = {each.code: each for each in preflight(sandbox_session, spec, tmp_path, packaged_prices()).findings}
    assert "tqdm" in found["NotebookMagic"].message
    assert "scikit-learn 1.2" in found["RequirementConflict"].message
    assert "line 3" in found["RequirementUnreadable"].message
    assert found["RequirementsNotCompared"].level == "unknown"
    assert any("Syntax" in code or "Compile" in code for code in found), sorted(found)
