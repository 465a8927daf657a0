"""Jobs that Open MPI starts on several hosts, each a process of this machine."""

from __future__ import annotations

import importlib.util
import shutil

import pytest
from runner_jobs import Jobs

from jupyter_smext.runner import mpi

TWO = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30}
SUM = """
import argparse, os, socket, sys
from mpi4py import MPI
parser = argparse.ArgumentParser()
parser.add_argument("--start", type=int)
args = parser.parse_args()
world = MPI.COMM_WORLD
if os.environ.get("FAIL") and world.rank == 1:
    raise ValueError("rank 1 has no data")
total = world.allreduce(args.start + world.rank)
# In one write: mpirun mixes what its processes write.
sys.stdout.write(f"rank {world.rank} of {world.size} on {socket.gethostname()} sums to {total}\\n")
if world.rank == 0:
    open(os.environ["SM_MODEL_DIR"] + "/total", "w").write(str(total))
"""
WAIT = """
import sys, time
from mpi4py import MPI
sys.stdout.write(f"waiting {MPI.COMM_WORLD.rank}\\n")
time.sleep(120)
"""
MPI_ON = {"sagemaker_mpi_enabled": "true", "sagemaker_mpi_custom_mpi_options": '"--NCCL_DEBUG WARN -mca io ^ompio"'}


@pytest.fixture(autouse=True)
def open_mpi_is_installed() -> None:
    if shutil.which("mpirun") is None:
        pytest.fail("mpirun is missing: 'make test-py' installs it, or apt-get install openmpi-bin.")
    if importlib.util.find_spec("mpi4py") is None:
        pytest.fail("mpi4py is missing: pip install mpi4py into this environment.")


def test_two_processes_on_each_of_two_hosts(jobs: Jobs) -> None:
    parameters = {**MPI_ON, "sagemaker_mpi_num_of_processes_per_host": "2", "start": "10"}
    job = jobs.script(SUM, parameters, ResourceConfig=TWO)
    result = job.result(90)
    assert result.status == "Completed", (result.failure_reason, job.events.by_host)
    said = sorted(line[line.index("rank") :] for line in job.events.lines if "sums to" in line)
    assert said == [f"rank {rank} of 4 on algo-{rank // 2 + 1} sums to 46" for rank in range(4)]
    assert jobs.artifact(result.model_artifacts) == {"total": b"46"}


def test_one_host_needs_no_other(jobs: Jobs) -> None:
    parameters = {**MPI_ON, "sagemaker_mpi_num_of_processes_per_host": "2", "start": "1"}
    job = jobs.script(SUM, parameters)
    assert job.result(60).status == "Completed", job.events.lines
    assert sum("of 2 on algo-1 sums to 3" in line for line in job.events.lines) == 2


def test_when_one_rank_fails_the_job_fails(jobs: Jobs) -> None:
    result = jobs.script(SUM, {**MPI_ON, "start": "1"}, ResourceConfig=TWO, Environment={"FAIL": "1"}).result(60)
    assert result.status == "Failed"
    assert "rank 1 has no data" in str(result.failure_reason)


def test_a_job_is_stopped_on_all_hosts(jobs: Jobs) -> None:
    job = jobs.script(WAIT, MPI_ON, ResourceConfig=TWO)
    for rank in (0, 1):
        job.events.wait_for(f"[1,{rank}]<stdout>:waiting {rank}", 60)
    job.run.stop()
    assert job.result(30).status == "Stopped"


def test_a_machine_without_open_mpi_is_a_clear_failure(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpi.shutil, "which", lambda name: None)
    result = jobs.script(SUM, MPI_ON).result()
    assert "mpirun is not found on this machine" in str(result.failure_reason)


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("sagemaker_distributed_dataparallel_enabled", "smdistributed data parallel"),
        ("sagemaker_parameter_server_enabled", "the TensorFlow parameter server"),
        ("sagemaker_multi_worker_mirrored_strategy_enabled", "the TensorFlow multi-worker mirrored strategy"),
        ("sagemaker_pytorch_xla_multi_worker_enabled", "PyTorch XLA"),
    ],
)
def test_what_only_awss_images_can_launch_fails_and_says_so(jobs: Jobs, parameter: str, words: str) -> None:
    result = jobs.script("print('never')", {parameter: "true"}, ResourceConfig=TWO).result()
    assert result.status == "Failed"
    assert f"Distributed training by {words} is not available here." in str(result.failure_reason)
