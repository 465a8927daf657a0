"""Jobs in their own image. No Docker engine is needed: a program in its place records how it is called, and trains."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from runner_jobs import IMAGE, Job, Jobs, Recorder, channel

from jupyter_smext.runner import TrainingRun
from jupyter_smext.runner.docker import engine_problem

FAKE = """#!{python}
import json, os, pathlib, signal, sys, time

calls = pathlib.Path({calls!r})
with calls.open("a") as file:
    file.write(json.dumps([sys.argv[1:], {{k: v for k, v in os.environ.items() if k.startswith(("AWS_", "T"))}}]))
    file.write("\\n")
if sys.argv[1] == "version":
    print("28.0.0")
if sys.argv[1] == "run" and "chown" not in sys.argv:
    ml = pathlib.Path(sys.argv[sys.argv.index("--volume") + 1].rpartition(":")[0])
    read = lambda name: json.loads((ml / "input" / "config" / name).read_text())
    parameters = read("hyperparameters.json")
    if parameters.get("engine") == "broken":
        print("docker: Error response from daemon: pull access denied", file=sys.stderr)
        sys.exit(125)
    print("hosts", read("resourceconfig.json")["hosts"], "channels", sorted(read("inputdataconfig.json")))
    print("data", (ml / "input" / "data" / "train" / "rows.csv").read_text())
    print("code", sorted(path.name for path in (ml / "code").iterdir()), parameters.get("sagemaker_submit_directory"))
    print("loss=0.25;", flush=True)
    if "wait" in parameters:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        print("waiting", flush=True)
        time.sleep(60)
    if "fail" in parameters:
        (ml / "output" / "failure").write_text("the image says no")
        sys.exit(3)
    (ml / "model" / "weights").write_text("1")
"""
ENVIRONMENT = {"AWS_SECRET_ACCESS_KEY": "secret-of-the-test", "AWS_REGION": "us-east-1"}


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that a docker command of ours writes each of its calls into."""
    calls = tmp_path / "docker-calls"
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(FAKE.format(python=sys.executable, calls=str(calls)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return calls


def start(jobs: Jobs, tmp_path: Path, request: dict[str, Any]) -> Job:
    uri = jobs.put(f"{jobs.name}/data/rows.csv", "1,2")
    request["InputDataConfig"] = [channel("train", uri.removesuffix("rows.csv"))]
    request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "loss", "Regex": "loss=([0-9.]+);"}]
    events, work_dir = Recorder(), tmp_path / f"work-{request['TrainingJobName']}"
    run = TrainingRun(
        request,
        job_arn="arn:aws:sagemaker:us-east-1:123456789012:training-job/x",
        s3=jobs.s3,
        work_dir=work_dir,
        cache_dir=tmp_path / "cache",
        events=events,
        environment=ENVIRONMENT,
        stop_grace_seconds=5,
        engine="docker",
    )
    return Job(run, events, work_dir).start()


def called(docker: Path, command: str) -> list[tuple[list[str], dict[str, str]]]:
    found = [json.loads(line) for line in docker.read_text().splitlines()]
    return [(arguments, environment) for arguments, environment in found if arguments[0] == command]


def the_run(docker: Path) -> tuple[list[str], dict[str, str]]:
    [found] = [each for each in called(docker, "run") if "chown" not in each[0]]
    return found


def options(arguments: list[str], name: str) -> list[str]:
    return [arguments[index + 1] for index, each in enumerate(arguments) if each == name]


def test_a_script_runs_in_its_image(jobs: Jobs, docker: Path, tmp_path: Path) -> None:
    request = jobs.script_request("train.py", jobs.put_source(train__py="never"), Environment={"TASK": "churn"})
    job = start(jobs, tmp_path, request)
    result = job.result()
    assert result.status == "Completed", (result, job.events.lines)
    assert jobs.artifact(result.model_artifacts) == {"weights": b"1"}
    assert job.events.metrics == [("loss", 0.25)]
    assert "hosts ['algo-1'] channels ['train']" in job.events.lines
    assert "data 1,2" in job.events.lines
    assert "code ['train.py'] \"/opt/ml/code\"" in job.events.lines

    arguments, environment = the_run(docker)
    name = f"{request['TrainingJobName']}-algo-1"
    assert arguments[-2:] == [IMAGE, "train"]
    assert options(arguments, "--name") == [name]
    assert [each.rpartition(":")[2] for each in options(arguments, "--volume")] == ["/opt/ml"]
    assert options(arguments, "--network") == ["host"]
    assert options(arguments, "--add-host") == ["algo-1:127.0.0.1"]
    assert {"TASK", "TRAINING_JOB_NAME", "TRAINING_JOB_ARN", *ENVIRONMENT} == set(options(arguments, "--env"))
    assert "--gpus" not in arguments
    assert "secret-of-the-test" not in " ".join(arguments)
    assert (environment["AWS_SECRET_ACCESS_KEY"], environment["TASK"]) == ("secret-of-the-test", "churn")
    assert [arguments for arguments, _ in called(docker, "rm")] == [["rm", "--force", name]]


def test_entry_point_gpu_and_isolation_are_the_requests(jobs: Jobs, docker: Path, tmp_path: Path) -> None:
    request = jobs.request(EnableNetworkIsolation=True, HyperParameters={"depth": "3"})
    request["ResourceConfig"]["InstanceType"] = "local_gpu"
    request["AlgorithmSpecification"] |= {"ContainerEntrypoint": ["python", "go.py"], "ContainerArguments": ["--fast"]}
    assert start(jobs, tmp_path, request).result().status == "Completed"
    arguments, _ = the_run(docker)
    assert arguments[-5:] == ["--entrypoint", "python", IMAGE, "go.py", "--fast"]
    assert options(arguments, "--gpus") == ["all"]
    assert options(arguments, "--network") == ["none"]


def test_what_the_image_says_of_its_failure_is_the_reason(jobs: Jobs, docker: Path, tmp_path: Path) -> None:
    result = start(jobs, tmp_path, jobs.request(HyperParameters={"fail": "1"})).result()
    assert (result.status, result.exit_code) == ("Failed", 3)
    assert result.failure_reason == "AlgorithmError: the image says no, exit code: 3"


def test_an_image_that_is_not_started_is_told_apart(jobs: Jobs, docker: Path, tmp_path: Path) -> None:
    job = start(jobs, tmp_path, jobs.request(HyperParameters={"engine": "broken"}))
    assert "Docker did not start the image" in str(job.result().failure_reason)
    assert any("pull access denied" in line for line in job.events.lines)


def test_stop_reaches_the_container_and_removes_it(jobs: Jobs, docker: Path, tmp_path: Path) -> None:
    job = start(jobs, tmp_path, jobs.request(HyperParameters={"wait": "1"}))
    job.events.wait_for("waiting")
    job.run.stop()
    assert job.result(20).status == "Stopped"
    assert called(docker, "rm")


def test_what_docker_cannot_do_here_fails_at_once(
    jobs: Jobs, docker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = jobs.request(ResourceConfig={"InstanceType": "local", "InstanceCount": 2, "VolumeSizeInGB": 1})
    assert "one instance" in str(start(jobs, tmp_path, two).result().failure_reason)
    assert not docker.exists()
    (tmp_path / "bin" / "docker").write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    assert engine_problem() == "Cannot connect to the Docker daemon"
    reason = start(jobs, tmp_path, jobs.request()).result().failure_reason
    assert reason == "ClientError: Docker cannot run the image here: Cannot connect to the Docker daemon."
    monkeypatch.setenv("PATH", str(tmp_path))
    assert engine_problem() == "the docker command is not installed"
