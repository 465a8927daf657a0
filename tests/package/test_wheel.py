"""The wheel, installed into an environment like the oldest Studio image, where it may upgrade nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).parent / "uv"

# What SageMaker Distribution 3.9 ships, the image with the oldest JupyterLab of those in support.
IMAGE = {"jupyterlab": "4.4.10", "jupyter_server": "2.20.0", "boto3": "1.37.3"}


def run(*command: str | Path) -> str:
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert (ROOT / "jupyter_smext" / "labextension" / "package.json").exists(), "build the panel first: make setup"
    assert UV.exists(), "uv is missing from the environment: make setup"
    target = tmp_path_factory.mktemp("dist")
    run(UV, "build", "--quiet", "--wheel", "--out-dir", target)
    return next(target.glob("*.whl"))


def test_the_wheel_holds_the_panel_the_switches_and_the_example(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "share/jupyter/labextensions/jupyter-smext/package.json",
        "share/jupyter/labextensions/jupyter-smext/install.json",
        "etc/jupyter/jupyter_server_config.d/jupyter_smext.json",
        "jupyter_smext/server/events/task.yaml",
        "jupyter_smext/examples/penguins/train.py",
        "jupyter_smext/py.typed",
    ):
        assert any(name.endswith(part) for name in names), part
    assert not [name for name in names if "node_modules/" in name or name.startswith(("tests/", "src/"))]


def test_it_installs_into_an_image_without_upgrading_anything(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", sys.executable, venv)
    run(UV, "pip", "install", "--quiet", "--python", python, *[f"{name}=={pin}" for name, pin in IMAGE.items()])

    def installed() -> dict[str, str]:
        listed = json.loads(run(UV, "pip", "list", "--quiet", "--python", python, "--format", "json").split("\n")[0])
        return {each["name"]: each["version"] for each in listed}

    before = installed()
    run(UV, "pip", "install", "--quiet", "--python", python, wheel)
    after = installed()
    assert {name: version for name, version in after.items() if name in before} == before
    assert not {"sagemaker", "moto"} & set(after)

    assert "jupyter_smext" in run(venv / "bin" / "jupyter", "server", "extension", "list")
    extensions = run(venv / "bin" / "jupyter", "labextension", "list")
    line = next(line for line in extensions.splitlines() if "jupyter-smext" in line)
    assert "enabled" in line
    assert "OK" in line
    assert "usage: jupyter smext" in run(venv / "bin" / "jupyter", "smext", "--help")
