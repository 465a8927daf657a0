"""What stands for one container: a folder, a Python environment and a log of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from jupyter_smext.runner.failure import ErrorLines, JobFailedError, script_failed
from jupyter_smext.runner.log_lines import LogLines
from jupyter_smext.runner.ml_folder import MlFolder
from jupyter_smext.runner.process_environment import process_environment
from jupyter_smext.runner.python_environment import (
    PythonEnvironment,
    pip_is_available,
    requirements_are_portable,
    requirements_layer,
)
from jupyter_smext.runner.supervisor import SupervisedProcess, Supervisor

_CHECK_SECONDS = 0.1


class Container:
    """Runs commands as they would run in one SageMaker container.

    ``folder`` is private to it; ``temporary`` is a short path for TMPDIR (sockets have no long ones); ``environment``
    is what every command gets; ``log`` takes the lines of every command. Without ``network`` the commands reach nothing
    but their own loopback, where the machine can do that.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        folder: Path,
        temporary: Path,
        cache_dir: Path,
        environment: Mapping[str, str],
        log: Callable[[str, int], None],
        hostname: str | None = None,
        network: bool = True,
    ) -> None:
        self._hostname = hostname
        self._network = network
        self._supervisor = supervisor
        self._folder = folder
        self._temporary = temporary
        self._cache_dir = cache_dir
        self._environment = environment
        self._log = log
        self._hosts_file = folder / "hosts"
        self._python = PythonEnvironment(folder / "python")
        self.ml = MlFolder(folder / "ml", isolated=supervisor.isolation_problem is None)

    def create(self, hosts_file: str) -> None:
        """Make its folders; ``hosts_file`` becomes its /etc/hosts where it can have one of its own."""
        self.ml.create()
        (self._folder / "home").mkdir()
        self._temporary.mkdir(parents=True, exist_ok=True)
        self._hosts_file.write_text(hosts_file)
        self._python.create()
        problem = self._supervisor.isolation_problem
        if problem:
            self.note(
                f"This machine gives processes no /opt/ml of their own ({problem}): paths in the SM_* variables are "
                f"below {self.ml.seen}, and host names such as algo-1 do not resolve."
                + ("" if self._network else " EnableNetworkIsolation has no effect either.")
            )

    def note(self, line: str) -> None:
        """A line of our own in its log."""
        self._log(line, int(time.time() * 1000))

    def install(self, source: Path, *, package: bool, check: Callable[[], None]) -> None:
        """Install the requirements.txt of ``source``, and with ``package`` the package that ``source`` is.

        ``check`` is called again and again and may raise to give up. Raises JobFailedError.
        """
        requirements = source / "requirements.txt"
        command = ["python", "-m", "pip", "install"]
        cwd = self.ml.inside(source)
        if package:
            command += [".", *(["-r", "requirements.txt"] if requirements.exists() else [])]
            self._install(command, "InstallModuleError", self._python, cwd, check)
        elif requirements.exists():
            command += ["-r", "requirements.txt"]
            error = "InstallRequirementsError"
            if not requirements_are_portable(requirements):
                self._install(command, error, self._python, cwd, check)
                return
            layer = requirements_layer(
                requirements,
                self._cache_dir / "environments",
                lambda environment: self._install(command, error, environment, cwd, check),
                check,
            )
            self.note(f"requirements.txt is installed in {layer.path}")
            self._python = PythonEnvironment(self._python.path, layer)
            self._python.create()

    def start(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        *,
        cwd: str,
        on_line: Callable[[str, int], None] = lambda line, timestamp_ms: None,
        on_exit: Callable[[], None] = lambda: None,
    ) -> SupervisedProcess:
        """Start ``command`` with the container's environment and ``variables``; ``cwd`` as the container sees it."""
        return self._start(command, variables, self._python, cwd, on_line, on_exit)

    def close(self) -> None:
        """Let go of what its commands may have left running; its folders stay. Never raises."""

    def _install(
        self, command: list[str], error: str, python: PythonEnvironment, cwd: str, check: Callable[[], None]
    ) -> None:
        if not pip_is_available():
            message = f"No module named pip: install pip into {sys.prefix}"
            raise JobFailedError(script_failed(error, 1, message, command))
        self.note(f"Installing dependencies: {' '.join(command)}")
        errors = ErrorLines()
        process = self._start(command, {}, python, cwd, lambda line, timestamp_ms: errors.feed(line), lambda: None)
        try:
            while not process.wait(_CHECK_SECONDS):
                check()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.exit_code:
            raise JobFailedError(script_failed(error, process.exit_code, errors.message(), command))

    def _start(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        python: PythonEnvironment,
        cwd: str,
        on_line: Callable[[str, int], None],
        on_exit: Callable[[], None],
    ) -> SupervisedProcess:
        def take(line: str, timestamp_ms: int) -> None:
            self._log(line, timestamp_ms)
            on_line(line, timestamp_ms)

        isolated = self._supervisor.isolation_problem is None
        # The toolkits take their paths from this variable where it is set.
        base = {} if isolated else {"SAGEMAKER_BASE_DIR": self.ml.seen}
        environment = process_environment(
            python,
            home=self._folder / "home",
            temporary=self._temporary,
            pip_cache=self._cache_dir / "pip",
            given={**self._environment, **base},
        )
        return self._supervisor.start(
            command,
            env={**environment, **variables},
            cwd=cwd,
            output=LogLines(take),
            on_exit=on_exit,
            ml=self.ml.path if isolated else None,
            hosts=self._hosts_file if isolated else None,
            hostname=self._hostname if isolated else None,
            network=self._network,
        )
