"""Jobs with an entrypoint of their own, as SDK v3's ModelTrainer sends them, and jobs that nothing here can run."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
from runner_jobs import Jobs, channel

from jupyter_smext.runner.supervisor import Supervisor

# The same shape as the SDK's: a shell script that finds a Python with pip, has a Python script write the SM_* variables
# into a file, sources it, installs requirements and starts a driver that runs the user's script.
TRAIN_SCRIPT = """
#!/bin/bash
set -e
handle_error() {
    EXIT_STATUS=$?
    [ -s /opt/ml/output/failure ] || echo "Training Execution failed. $TRAINING_JOB_NAME" >> /opt/ml/output/failure
    exit $EXIT_STATUS
}
trap 'handle_error' ERR
PYTHON=$(command -v python3 || command -v python)
PIP=$(command -v pip3 || command -v pip)
test -n "$PYTHON" && test -n "$PIP"
cat /opt/ml/input/config/resourceconfig.json > /dev/null
$PYTHON /opt/ml/input/data/sm_drivers/scripts/environment.py
source /opt/ml/input/sm_training.env
cd /opt/ml/input/data/code
$PYTHON /opt/ml/input/data/sm_drivers/distributed_drivers/basic_script_driver.py
echo "Training Container Execution Completed"
"""
ENVIRONMENT_SCRIPT = """
import json
config = json.load(open("/opt/ml/input/config/hyperparameters.json"))
resources = json.load(open("/opt/ml/input/config/resourceconfig.json"))
channels = json.load(open("/opt/ml/input/config/inputdataconfig.json"))
source = json.load(open("/opt/ml/input/data/sm_drivers/sourcecode.json"))
with open("/opt/ml/input/sm_training.env", "w") as output:
    for name, value in {
        "SM_HPS": json.dumps(config),
        "SM_MODEL_DIR": "/opt/ml/model",
        "SM_CHANNELS": json.dumps(list(channels)),
        "SM_CURRENT_HOST": resources["current_host"],
        "SM_NETWORK_INTERFACE_NAME": resources["network_interface_name"],
        "SM_ENTRY_SCRIPT": source["entry_script"],
    }.items():
        output.write(f"export {name}='{value}'\\n")
"""
DRIVER = """
import json, os, subprocess, sys, traceback
command = [sys.executable, os.environ["SM_ENTRY_SCRIPT"]]
for name, value in json.loads(os.environ["SM_HPS"]).items():
    command += ["--" + name, value]
code = subprocess.call(command)
if code:
    open("/opt/ml/output/failure", "w").write(f"Command {command[1:]} returned {code}")
    sys.exit(code)
"""
USER_SCRIPT = """
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--C", type=float)
parser.add_argument("--fail", default="no")
arguments = parser.parse_args()
assert arguments.fail == "no"
print("C is", arguments.C, "in", os.environ["SM_MODEL_DIR"][-len("model"):])
open(os.path.join(os.environ["SM_MODEL_DIR"], "model.txt"), "w").write("trained")
"""


@pytest.fixture(params=["own /opt/ml", "no /opt/ml"])
def any_isolation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no /opt/ml":
        monkeypatch.setattr(Supervisor, "isolation_problem", property(lambda self: "a test says so"))


def model_trainer_request(jobs: Jobs, **hyperparameters: str) -> dict[str, Any]:
    prefix = f"{jobs.name}/input"
    jobs.put(f"{prefix}/code/train.py", USER_SCRIPT)
    jobs.put(f"{prefix}/sm_drivers/sm_train.sh", TRAIN_SCRIPT)
    jobs.put(f"{prefix}/sm_drivers/sourcecode.json", '{"entry_script": "train.py"}')
    jobs.put(f"{prefix}/sm_drivers/scripts/environment.py", ENVIRONMENT_SCRIPT)
    jobs.put(f"{prefix}/sm_drivers/distributed_drivers/basic_script_driver.py", DRIVER)
    request = jobs.request(
        HyperParameters=hyperparameters,
        # Without a slash at the end, as the SDK sends them.
        InputDataConfig=[
            channel("code", f"s3://data/{prefix}/code"),
            channel("sm_drivers", f"s3://data/{prefix}/sm_drivers"),
        ],
    )
    drivers = "/opt/ml/input/data/sm_drivers"
    request["AlgorithmSpecification"] |= {
        "ContainerEntrypoint": ["/bin/bash"],
        "ContainerArguments": ["-c", f"chmod +x {drivers}/sm_train.sh && {drivers}/sm_train.sh"],
    }
    return request


@pytest.mark.usefixtures("any_isolation")
def test_a_model_trainer_job(jobs: Jobs) -> None:
    job = jobs.start(model_trainer_request(jobs, C="0.5"))
    result = job.result()
    assert result.status == "Completed", job.events.lines
    assert "C is 0.5 in model" in job.events.lines
    assert jobs.artifact(result.model_artifacts) == {"model.txt": b"trained"}


@pytest.mark.usefixtures("any_isolation")
def test_a_failing_model_trainer_job(jobs: Jobs) -> None:
    job = jobs.start(model_trainer_request(jobs, fail="yes"))
    result = job.result()
    assert result.status == "Failed"
    assert result.failure_reason == "AlgorithmError: Command ['train.py', '--fail', 'yes'] returned 1, exit code: 1"
    assert "AssertionError" in job.events.lines


def test_an_entrypoint_without_a_failure_file(jobs: Jobs) -> None:
    request = jobs.request()
    request["AlgorithmSpecification"] |= {"ContainerEntrypoint": ["sh"], "ContainerArguments": ["-c", "exit 3"]}
    result = jobs.start(request).result()
    assert (result.failure_reason, result.exit_code) == ("AlgorithmError: , exit code: 3", 3)


def test_an_entrypoint_that_does_not_exist(jobs: Jobs) -> None:
    request = jobs.request()
    request["AlgorithmSpecification"]["ContainerEntrypoint"] = ["/no/such/train"]
    job = jobs.start(request)
    assert job.result().failure_reason == "AlgorithmError: , exit code: 127"
    assert "No such file or directory" in job.events.lines[0]


def test_a_built_in_algorithm_says_that_it_has_no_stand_in(jobs: Jobs) -> None:
    request = jobs.request()
    request["AlgorithmSpecification"]["TrainingImage"] = "382416733822.dkr.ecr.us-east-1.amazonaws.com/blazingtext:1"
    job = jobs.start(request)
    result = job.result()
    assert result.status == "Failed"
    assert str(result.failure_reason).startswith("ClientError: The algorithm blazingtext has no local stand-in")
    assert job.events.statuses == ["Starting", "Downloading", "Training", "Failed"]


@pytest.mark.usefixtures("any_isolation")
def test_script_mode_by_the_variables_alone(jobs: Jobs) -> None:
    script = textwrap.dedent(
        """
        import json, os
        rows = open(os.path.join(os.environ["SM_CHANNEL_TRAIN"], "rows.csv")).read()
        environment = json.loads(os.environ["SM_TRAINING_ENV"])
        assert environment["channel_input_dirs"]["train"] == os.environ["SM_CHANNEL_TRAIN"]
        assert os.path.samefile(os.getcwd(), environment["input_config_dir"] + "/../../code")
        from sagemaker_training import environment as toolkit
        assert toolkit.Environment().model_dir == toolkit.model_dir == os.environ["SM_MODEL_DIR"]
        open(os.path.join(os.environ["SM_MODEL_DIR"], "m"), "w").write(rows)
        """
    )
    data = jobs.put(f"{jobs.name}/rows.csv", "1,2")
    result = jobs.script(script, InputDataConfig=[channel("train", data)]).result()
    assert (result.status, result.failure_reason) == ("Completed", None)
    assert jobs.artifact(result.model_artifacts) == {"m": b"1,2"}


def test_without_an_own_opt_ml_the_log_says_so_once(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "isolation_problem", property(lambda self: "a test says so"))
    job = jobs.script("import os\nprint(os.environ['SM_MODEL_DIR'])")
    assert job.result().status == "Completed"
    told = [line for line in job.events.lines if "no /opt/ml of their own (a test says so)" in line]
    assert len(told) == 1
    assert job.events.lines[-1].startswith(str(job.work_dir))
