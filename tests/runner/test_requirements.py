"""requirements.txt, packages and pip: installed for the job, and nowhere else."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path

import pytest
from runner_jobs import Jobs

PACKAGE = "smext_probe"
REQUIREMENTS = f"{PACKAGE}==1.0\n"
SCRIPT = f"import {PACKAGE}, numpy\nprint('probe', {PACKAGE}.VERSION, {PACKAGE}.__file__)\n"


@pytest.fixture(autouse=True)
def only_our_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """pip finds two versions of a package here, and nothing elsewhere."""
    for version in ("1.0", "2.0"):
        with zipfile.ZipFile(tmp_path / f"{PACKAGE}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{PACKAGE}.py", f"VERSION = '{version}'\n")
            folder = f"{PACKAGE}-{version}.dist-info"
            wheel.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {version}\n")
            wheel.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{folder}/RECORD", "")
            wheel.writestr(f"{folder}/entry_points.txt", f"[console_scripts]\nprobe-script = {PACKAGE}:print_version\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def test_requirements_are_installed_once_and_not_for_us(jobs: Jobs) -> None:
    source = jobs.put_source(train__py=SCRIPT, requirements__txt=REQUIREMENTS)
    first = jobs.start(jobs.script_request("train.py", source))
    assert first.result().status == "Completed", first.events.lines
    assert any(line.startswith("Installing dependencies") for line in first.events.lines)
    assert "probe 1.0" in first.events.lines[-1]
    second = jobs.start(jobs.script_request("train.py", source))
    assert second.result().status == "Completed"
    assert not any(line.startswith("Installing dependencies") for line in second.events.lines)
    assert second.events.lines[-1] == first.events.lines[-1]
    third = jobs.start(
        jobs.script_request("train.py", jobs.put_source(train__py=SCRIPT, requirements__txt=f"{PACKAGE}==2.0"))
    )
    assert third.result().status == "Completed"
    assert "probe 2.0" in third.events.lines[-1]
    assert importlib.util.find_spec(PACKAGE) is None
    without = jobs.script(SCRIPT)
    assert f"No module named '{PACKAGE}'" in str(without.result().failure_reason)


def test_what_a_script_installs_is_its_own(jobs: Jobs) -> None:
    script = f"""
import subprocess, sys
subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", "{PACKAGE}==2.0"])
subprocess.check_call(["pip", "show", "-q", "{PACKAGE}"])
import {PACKAGE}
print("probe", {PACKAGE}.VERSION)
"""
    job = jobs.start(jobs.script_request("train.py", jobs.put_source(train__py=script, requirements__txt=REQUIREMENTS)))
    assert job.result().status == "Completed", job.events.lines
    assert job.events.lines[-1] == "probe 2.0"
    after = jobs.start(
        jobs.script_request("train.py", jobs.put_source(train__py=SCRIPT, requirements__txt=REQUIREMENTS))
    )
    assert after.result().status == "Completed"
    assert "probe 1.0" in after.events.lines[-1]


def test_requirements_that_name_files_of_the_source(jobs: Jobs, only_our_packages: Path) -> None:
    source = jobs.put_source(
        train__py=SCRIPT,
        requirements__txt="-r more.txt\n",
        more__txt=REQUIREMENTS,
    )
    job = jobs.start(jobs.script_request("train.py", source))
    assert job.result().status == "Completed", job.events.lines
    assert str(job.work_dir) in job.events.lines[-1]


def test_a_requirement_that_cannot_be_met(jobs: Jobs) -> None:
    source = jobs.put_source(train__py="print('never')", requirements__txt=f"{PACKAGE}==9.9\n")
    job = jobs.start(jobs.script_request("train.py", source))
    result = job.result()
    assert result.status == "Failed"
    reason = str(result.failure_reason)
    assert reason.startswith("AlgorithmError: InstallRequirementsError:\nExitCode 1\nErrorMessage ")
    assert f"No matching distribution found for {PACKAGE}==9.9" in reason
    assert reason.endswith('Command "python -m pip install -r requirements.txt", exit code: 1')
    assert "never" not in job.events.lines
    # The next one does not take the unfinished environment for a finished one.
    assert jobs.start(jobs.script_request("train.py", source)).result().status == "Failed"


def test_without_any_pip_the_reason_says_what_to_do(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_smext.runner.python_environment.importlib.util.find_spec", lambda name: None)
    source = jobs.put_source(train__py="", requirements__txt=f"{PACKAGE}<1")
    result = jobs.start(jobs.script_request("train.py", source)).result()
    assert f'ErrorMessage "No module named pip: install pip into {sys.prefix}"' in str(result.failure_reason)


def test_a_console_script_runs_the_jobs_python(jobs: Jobs) -> None:
    script = f"""
import subprocess, sys
subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", "{PACKAGE}==2.0"])
subprocess.check_call(["pip3", "--version"])
# A console script of the Python that runs the tests.
print(subprocess.check_output(["pytest", "--version"], text=True).strip())
import shutil
first = open(shutil.which("pytest")).read()
assert sys.executable.rpartition("/")[0] in first, first
"""
    job = jobs.script(script)
    assert job.result().status == "Completed", job.events.lines
    assert f"pytest {pytest.__version__}" in job.events.lines


def test_a_source_folder_that_is_a_package(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")  # setuptools comes from the package index
    setup = "from setuptools import setup\nsetup(name='mine', version='1', packages=['mine'])\n"
    source = jobs.put_source(
        setup__py=setup,
        mine_S___init____py="",
        mine_S_train__py="import sys, mine\nprint('module', sys.argv[1:], __name__)\n",
        requirements__txt=REQUIREMENTS,
    )
    job = jobs.start(jobs.script_request("mine.train", source, {"depth": "2"}))
    assert job.result().status == "Completed", job.events.lines
    assert job.events.lines[-1] == "module ['--depth', '2'] __main__"
