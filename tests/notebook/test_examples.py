"""The example notebooks run from beginning to end against the sandbox, each in the environment that it needs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from sandbox.client_envs import SDK_V2, SDK_V3, add_kernel, client_python

from jupyter_smext.sandbox import SandboxInfo

# Of one output, its HTML included.
MOST_CHARACTERS = 20_000
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("notebook", "requirements", "shown"),
    [
        ("quickstart", None, ("USD", "accuracy=", "iris-")),
        ("data-to-model", None, ("USD", "accuracy=", "Completed", "petal", "flowers-")),
        ("estimator-v2", SDK_V2, ("USD", "accuracy=", "Completed", "SKLearn")),
        ("model-trainer-v3", SDK_V3, ("USD", "accuracy=", "Completed", "ModelTrainer")),
    ],
)
def test_an_example_runs(
    notebook: str,
    requirements: tuple[str, ...] | None,
    shown: tuple[str, ...],
    sandbox: SandboxInfo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = "python3"
    if requirements is not None:
        kernel = "sdk"
        add_kernel(tmp_path / "data", kernel, client_python(*requirements))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    read = nbformat.read(EXAMPLES / f"{notebook}.ipynb", as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in read.cells if cell.cell_type == "code")
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(read, kernel_name=kernel, timeout=300, resources=where).execute()
    outputs = [output for cell in read.cells if cell.cell_type == "code" for output in cell.outputs]
    text = "\n".join(each.get("text", "") or str(each.get("data", {}).get("text/plain", "")) for each in outputs)
    assert all(each in text for each in shown), text
    assert all(len(str(each)) < MOST_CHARACTERS for each in outputs), "an output is longer than anybody reads"
