"""The doctor's look at what JupyterLab and the server really load."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import jupyter_smext
from jupyter_smext.cli import doctor


@pytest.fixture
def jupyter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Jupyter's data and configuration in a folder of the test's own, and nowhere else."""
    data, config = tmp_path / "share", tmp_path / "etc"
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *parts: [str(data.joinpath(*parts))])
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(config)])
    monkeypatch.setattr("jupyterlab_server.config.get_static_page_config", lambda **_: page_config(config))
    return tmp_path


def page_config(config: Path) -> dict[str, object]:
    path = config / "labconfig" / "page_config.json"
    parsed: dict[str, object] = json.loads(path.read_text()) if path.exists() else {}
    return parsed


def install(jupyter: Path, version: str) -> None:
    folder = jupyter / "share" / "labextensions" / "jupyter-smext"
    folder.mkdir(parents=True)
    build = {"load": "static/remoteEntry.js", "extension": "./extension"}
    package = {"name": "jupyter-smext", "version": version, "jupyterlab": {"_build": build}}
    (folder / "package.json").write_text(json.dumps(package))


def test_a_missing_panel(jupyter: Path) -> None:
    assert doctor._lab_extension().state == "fail"


def test_a_panel_of_this_version(jupyter: Path) -> None:
    install(jupyter, jupyter_smext.__version__)
    finding = doctor._lab_extension()
    assert (finding.state, finding.detail) == ("ok", f"{jupyter_smext.__version__}, enabled")


def test_a_panel_of_another_version(jupyter: Path) -> None:
    install(jupyter, "0.0.1")
    finding = doctor._lab_extension()
    assert finding.state == "fail"
    assert "0.0.1" in finding.detail


def test_a_switched_off_plugin(jupyter: Path) -> None:
    install(jupyter, jupyter_smext.__version__)
    config = jupyter / "etc" / "labconfig"
    config.mkdir(parents=True)
    (config / "page_config.json").write_text(json.dumps({"disabledExtensions": {"jupyter-smext:jobs": True}}))
    finding = doctor._lab_extension()
    assert finding.state == "warn"
    assert "jupyter-smext:jobs" in finding.detail


def test_the_server_extension(jupyter: Path) -> None:
    assert doctor._server_extension().state == "fail"
    config = jupyter / "etc" / "jupyter_server_config.d"
    config.mkdir(parents=True)
    enabled = {"ServerApp": {"jpserver_extensions": {"jupyter_smext": True}}}
    (config / "jupyter_smext.json").write_text(json.dumps(enabled))
    assert doctor._server_extension().state == "ok"
