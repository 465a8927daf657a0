"""What is left where something is missing: ipywidgets in the kernel, the extension in the Jupyter server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sandbox.client_envs import DATA_KERNEL, client_python

from jupyter_smext.notebook.widgets.base import MIME_TYPE
from jupyter_smext.sandbox import SandboxInfo

from .kernels import run_cells, text_of

SPEC = """api_version: smext/v1
kind: TrainingJob
metadata: {{base_job_name: without}}
spec:
  role: {role}
  algorithm: {{framework: {{name: sklearn, version: 1.2-1, py_version: py3}}}}
  source_code: {{entry_script: train.py}}
  compute: {{instance_type: ml.m5.large}}
  stopping_condition: {{max_runtime_in_seconds: 600}}
"""

# Code of a cell -> what it shows as text.
WITHOUT_IPYWIDGETS = {
    "%load_ext jupyter_smext": "",
    "import importlib.util\nimportlib.util.find_spec('ipywidgets') is None": "True",
    "import jupyter_smext as sm": "",
    "sm.preflight('a.sagemaker.yaml')": "USD",
    "sm.price('a.sagemaker.yaml')": "USD",
    "job = sm.launch('a.sagemaker.yaml')\njob.wait().training_job_status.value": "Completed",
    "job.logs()": "in a job",
    "monitor = job.monitor()\nmonitor": "Completed",
    "seen = []\nmonitor.observe(lambda change: seen.append(change.new), 'status')\nmonitor.training_job_name": "without-",
    "sm.attach(job.name)": "Completed",
    "table = sm.JobTable(name_contains=job.name)\ntable": "without-",
    "table.jobs[0]['training_job_status']": "Completed",
    "sm.S3Picker('s3://BUCKET/')": "s3://BUCKET/",
    "form = sm.EstimatorForm('a.sagemaker.yaml')\nform": "base_job_name",
    "form.spec['metadata']": "without",
    "sm.PriceTag('a.sagemaker.yaml')": "USD",
    "sm.RoleCheck('a.sagemaker.yaml')": "Permissions",
    "sm.EndpointTester('none-such')": "none-such",
    "%sm_jobs --limit 1": "without-",
    "%%sm_train a.sagemaker.yaml\nprint('in a job')\n": "Nobody can be asked whether to launch: --yes",
    "%%sm_train a.sagemaker.yaml --yes\nprint('in a job')\n": "Completed|InProgress",
}


@pytest.fixture
def spec_file(sandbox: SandboxInfo, tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text("print('in a job')\n")
    path = tmp_path / "a.sagemaker.yaml"
    path.write_text(SPEC.format(role=sandbox.role_arn))
    return path


@pytest.mark.timeout(300)
def test_a_kernel_without_ipywidgets(
    sandbox: SandboxInfo, spec_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [code.replace("BUCKET", sandbox.bucket) for code in WITHOUT_IPYWIDGETS]
    ran = run_cells(cells, tmp_path, client_python(*DATA_KERNEL), monkeypatch)
    for code, expected, outputs in zip(cells, WITHOUT_IPYWIDGETS.values(), ran, strict=True):
        text = text_of(outputs)
        assert all(each["output_type"] != "error" for each in outputs), (code, text)
        assert any(each.replace("BUCKET", sandbox.bucket) in text for each in expected.split("|")), (code, text)
        for output in outputs:
            html = output.get("data", {}).get("text/html", "")
            if "role=" in html and "sm.pr" not in code and "attach" not in code:
                assert "this kernel has no ipywidgets" in html, code
                assert MIME_TYPE not in output["data"], code


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ServerApp": {"jpserver_extensions": {}}}


@pytest.mark.timeout(300)
async def test_a_server_without_the_extension(
    jp_serverapp: Any, jp_fetch: Any, sandbox: SandboxInfo, spec_file: Path
) -> None:
    assert "jupyter_smext" not in jp_serverapp.extension_manager.extensions
    manager = jp_serverapp.kernel_manager
    session = {"path": "a.ipynb", "name": "a.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    answer = await jp_fetch("api", "sessions", method="POST", body=json.dumps(session))
    kernel_id = json.loads(answer.body)["kernel"]["id"]
    client = manager.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=180)
        said: list[str] = []

        async def shown(code: str) -> dict[str, Any]:
            outputs: list[dict[str, Any]] = []
            done = await client.execute_interactive(
                code,
                timeout=180,
                output_hook=lambda message: outputs.append(message["content"]),
                stdin_hook=lambda message: client.input("n"),
            )
            assert done["content"]["status"] == "ok", done["content"]
            said.extend(each["text"] for each in outputs if "text" in each)
            found: dict[str, Any] = next((each["data"] for each in reversed(outputs) if "data" in each), {})
            return found

        output = await shown("import jupyter_smext as sm\ntable = sm.JobTable()\ntable")
        assert set(output) == {"text/plain", "text/html", MIME_TYPE}
        assert "no jupyter_smext: refresh() reads through the kernel" in output["text/html"]
        output = await shown("monitor = sm.PriceTag(sm.EstimatorForm().spec)\nmonitor.refresh()\nmonitor")
        assert "USD" in output["text/plain"]
        assert "refresh()" not in output["text/html"]
        await shown("%load_ext jupyter_smext")
        await shown(f"%%sm_train {spec_file}\nprint('in a job')\n")
        assert "Not launched." in "".join(said), "somebody was asked, and said no"
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(kernel_id, now=True)
