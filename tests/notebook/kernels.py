"""Runs cells in a kernel of its own, with what is displayed below their tracebacks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from sandbox.client_envs import add_kernel

Outputs = list[dict[str, Any]]


def run_cells(cells: list[str], folder: Path, python: Path, monkeypatch: pytest.MonkeyPatch) -> list[Outputs]:
    """The outputs of each cell; a cell that raises does not end the run."""
    data = folder / "jupyter-data"
    if not data.exists():
        add_kernel(data, "own", python)
    monkeypatch.setenv("JUPYTER_PATH", f"{data}{os.pathsep}{os.environ.get('JUPYTER_PATH', '')}")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, kernel_name="own", timeout=240, allow_errors=True, resources=where).execute()
    return [list(cell.outputs) for cell in notebook.cells]


def text_of(outputs: Outputs) -> str:
    """What a front end without HTML shows of them."""
    return "\n".join(
        output.get("text") or output.get("data", {}).get("text/plain") or "\n".join(output.get("traceback", []))
        for output in outputs
    )
