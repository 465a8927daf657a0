"""A real container instead of the local stand-in: the job's own image, run by Docker under the training contract.

``docker run IMAGE train``, with ``/opt/ml`` from this machine and the job's variables:
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jupyter_smext.runner.container import Container
from jupyter_smext.runner.failure import JobFailedError
from jupyter_smext.runner.isolation import ML_ROOT
from jupyter_smext.runner.log_lines import LogLines
from jupyter_smext.runner.ml_folder import MlFolder
from jupyter_smext.runner.supervisor import SupervisedProcess

# The exit code of `docker run` where the engine could not start the container.
# https://docs.docker.com/engine/containers/run/#exit-status
NOT_STARTED = 125

_ANSWER_SECONDS = 15


def engine_problem() -> str | None:
    """Why no Docker engine can be used here; None where one answers."""
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS)
    except FileNotFoundError:
        return "the docker command is not installed"
    except subprocess.TimeoutExpired:
        return f"the engine did not answer within {_ANSWER_SECONDS} s"
    if done.returncode:
        return (done.stderr.strip() or "the engine does not answer").splitlines()[-1]
    return None


class DockerContainer(Container):
    """One container of an image. What it wrote below ``/opt/ml`` is given to this process's user when it has ended."""

    def __init__(
        self, *arguments: Any, image: str, name: str, host: str, gpus: bool, network: bool, **others: Any
    ) -> None:
        super().__init__(*arguments, network=network, **others)
        # Whatever this machine gives its own processes, a container has its own /opt/ml.
        self.ml = MlFolder(self._folder / "ml", isolated=True)
        self._image = image
        self._name = name
        self._host = host
        self._gpus = gpus

    def create(self, hosts_file: str) -> None:
        """Make the folders that the container finds."""
        self.ml.create()
        self.note(f"The image {self._image} is run by Docker.")

    def start(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        *,
        cwd: str,
        on_line: Callable[[str, int], None] = lambda line, timestamp_ms: None,
        on_exit: Callable[[], None] = lambda: None,
    ) -> SupervisedProcess:
        """Run the image with ``command`` as its arguments; what stands after ``--entrypoint`` replaces its own."""

        def take(line: str, timestamp_ms: int) -> None:
            self._log(line, timestamp_ms)
            on_line(line, timestamp_ms)

        given = {**self._environment, **variables}
        entrypoint, arguments = (command[:2], command[2:]) if command[0] == "--entrypoint" else ([], command)
        return self._supervisor.start(
            [
                *("docker", "run", "--rm", "--name", self._name),
                *("--volume", f"{self.ml.path}:{ML_ROOT}"),
                # The machine's own network, because a sandbox listens on loopback.
                *("--network", "host" if self._network else "none", "--add-host", f"{self._host}:127.0.0.1"),
                *(("--gpus", "all") if self._gpus else ()),
                # By name only: values, credentials among them, stand in no list of processes.
                *(part for name in given for part in ("--env", name)),
                *entrypoint,
                self._image,
                *arguments,
            ],
            # The client needs this user's own settings: which engine, and how it signs in to the registry.
            env={**os.environ, **given},
            cwd=str(self.ml.path),
            output=LogLines(take),
            on_exit=on_exit,
        )

    def close(self) -> None:
        """End the container, whatever became of its client, and make its files ours. Never raises."""
        self._docker("rm", "--force", self._name)
        if os.getuid() != 0:
            owner = f"{os.getuid()}:{os.getgid()}"
            volume = f"{self.ml.path}:{ML_ROOT}"
            self._docker("run", "--rm", "--volume", volume, "--entrypoint", "chown", self._image, "-R", owner, ML_ROOT)

    def _docker(self, *arguments: str) -> None:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(["docker", *arguments], capture_output=True, check=False, timeout=60)


def image_arguments(request: Mapping[str, Any]) -> list[str]:
    """What the image is started with: ``train``, or the entry point and arguments of the request."""
    algorithm = request["AlgorithmSpecification"]
    entrypoint = algorithm.get("ContainerEntrypoint")
    arguments = list(algorithm.get("ContainerArguments", []))
    if entrypoint:
        return ["--entrypoint", entrypoint[0], *entrypoint[1:], *arguments]
    return arguments or ["train"]


def require_engine(request: Mapping[str, Any], hosts: int) -> None:
    """Raises JobFailedError where Docker cannot run the request here."""
    if not request["AlgorithmSpecification"].get("TrainingImage"):
        raise JobFailedError("ClientError: Docker needs an image, and an algorithm resource names none.")
    if hosts > 1:
        raise JobFailedError(f"ClientError: Docker runs one instance here, and {hosts} were asked for.")
    problem = engine_problem()
    if problem:
        raise JobFailedError(f"ClientError: Docker cannot run the image here: {problem}.")
