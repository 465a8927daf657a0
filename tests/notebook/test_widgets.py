"""Widgets as a kernel makes them: traits, snapshots, and what each kind of front end gets."""

from __future__ import annotations

import html.parser
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import jupyter_smext as sm
from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.notebook import snapshot
from jupyter_smext.notebook.widgets import base
from jupyter_smext.notebook.widgets.base import MIME_TYPE
from jupyter_smext.sandbox import SandboxInfo

EXAMPLE = Path(__file__).parents[2] / "examples" / "widgets.ipynb"

SPEC: dict[str, Any] = {
    "api_version": "smext/v1",
    "kind": "TrainingJob",
    "metadata": {"base_job_name": "mine"},
    "spec": {
        "algorithm": {"training_image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"},
        "environment": {"DB_PASSWORD": "hunter2"},
        "compute": {"instance_type": "ml.m5.large"},
        "stopping_condition": {"max_runtime_in_seconds": 3600},
    },
}

WIDGETS = [
    pytest.param(lambda: sm.JobMonitor("a<b"), id="JobMonitor"),
    pytest.param(lambda: sm.JobTable(), id="JobTable"),
    pytest.param(lambda: sm.S3Picker("s3://a<b/"), id="S3Picker"),
    pytest.param(lambda: sm.PriceTag(SPEC), id="PriceTag"),
    pytest.param(lambda: sm.RoleCheck(SPEC), id="RoleCheck"),
    pytest.param(lambda: sm.EndpointTester("a<b", payload="private"), id="EndpointTester"),
    pytest.param(lambda: sm.EstimatorForm(SPEC), id="EstimatorForm"),
]


@pytest.fixture
def in_jupyter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/notebooks/mine.ipynb")
    for name in ("VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def kernel(sandbox_session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    """The session that widgets of this process read through."""
    monkeypatch.setattr(base, "_session", sandbox_session)
    return sandbox_session


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags_of(text: str) -> set[str]:
    """The names of the elements; each must be closed where it should be."""
    parser = _Tags()
    parser.feed(text)
    assert parser.open == []
    return parser.names


@pytest.mark.parametrize("make", WIDGETS)
def test_output_is_readable_everywhere(make: Any, in_jupyter: None) -> None:
    widget = make()
    bundle = widget._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", MIME_TYPE}
    assert bundle[MIME_TYPE] == {"model_id": widget.model_id}
    assert bundle["text/plain"].strip()
    names = tags_of(bundle["text/html"])
    assert names <= {"div", "p", "span", "strong", "table", "thead", "tbody", "tr", "th", "td", "pre"}
    for secret in ("hunter2", "private"):
        assert secret not in bundle["text/html"] + bundle["text/plain"]


def test_snapshots_escape_what_they_are_given() -> None:
    text = snapshot.card("<k>", "<t>", [snapshot.facts([("<n>", "<v>")]), snapshot.paragraph("<p>")], note="<i>")
    text += snapshot.table("<c>", ["<h>"], [["<d>"]]) + snapshot.code("<y>")
    assert not tags_of(text) & {"k", "t", "n", "v", "i", "c", "h", "d", "y"}


def test_spec_of_a_form_and_its_text_follow_each_other() -> None:
    form = sm.EstimatorForm(SPEC)
    assert form.spec == SPEC
    form.text = form.text.replace("base_job_name: mine", "base_job_name: yours # why")
    assert form.spec["metadata"] == {"base_job_name": "yours"}
    form.spec = {**form.spec, "spec": {**form.spec["spec"], "environment": {}}}
    assert "# why" in form.text
    assert "DB_PASSWORD" not in form.text
    before = form.spec
    form.text = "half: ["
    assert form.spec == before


def test_a_monitor_takes_what_knows_its_job() -> None:
    class Job:
        training_job_name = "a-job"

    assert sm.JobMonitor(Job()).training_job_name == "a-job"
    with pytest.raises(TypeError, match="no training job"):
        sm.JobMonitor(3)


def test_a_check_wants_a_spec_or_a_request() -> None:
    with pytest.raises(ValueError, match="Give a spec"):
        sm.RoleCheck()
    with pytest.raises(ValueError, match="Give a spec"):
        sm.RoleCheck(request={"ModelName": "m"})


def test_reads_through_the_kernel(kernel: AwsSession) -> None:
    tag = sm.PriceTag(SPEC)
    tag.refresh()
    assert tag.price["usd_at_most"] > 0
    assert "USD at most" in tag._repr_mimebundle_()["text/plain"]
    check = sm.RoleCheck(SPEC)
    check.refresh()
    assert check.verdict in ("allowed", "unknown", "denied")
    assert "sagemaker:CreateTrainingJob" in check._repr_mimebundle_()["text/html"]
    table = sm.JobTable()
    table.refresh()
    with pytest.raises(SmextError, match="there-is-none"):
        sm.JobMonitor("there-is-none").refresh()


def test_vs_code_gets_core_widgets_that_refresh(monkeypatch: pytest.MonkeyPatch, kernel: AwsSession) -> None:
    monkeypatch.setenv("VSCODE_PID", "1")
    bundle = sm.JobMonitor("there-is-none")._repr_mimebundle_()
    assert MIME_TYPE not in bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "there-is-none" in bundle["text/html"]


def test_a_snapshot_follows_the_state(in_jupyter: None) -> None:
    monitor = sm.JobMonitor("a-job")
    assert "not read yet" in monitor._repr_mimebundle_()["text/plain"]
    monitor.set_state({"status": "Failed", "job": {"failure_reason": "token AKIAABCDEFGHIJKLMNOP <script>"}})
    assert monitor._repr_mimebundle_()["text/plain"].startswith("Training job a-job: Failed")
    html_text = monitor._repr_mimebundle_()["text/html"]
    assert "AKIA" not in html_text
    assert "script" not in tags_of(html_text)


def test_the_example_runs_and_becomes_a_page(sandbox: SandboxInfo, tmp_path: Path) -> None:
    notebook = nbformat.read(EXAMPLE, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    path = tmp_path / "widgets.ipynb"
    nbformat.write(notebook, path)
    shown = [
        output["data"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert len(shown) >= 4
    assert all("application/vnd.jupyter.widget-view+json" not in data for data in shown)
    ended = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "html", "--stdout", str(path)], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    assert 'aria-label="Training jobs"' in ended.stdout
