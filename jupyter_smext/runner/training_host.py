"""One host of a training job: its container, its command, its log and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from jupyter_smext.runner.channels import download_channels, input_data_config
from jupyter_smext.runner.checkpoints import CheckpointSync
from jupyter_smext.runner.cluster import Cluster
from jupyter_smext.runner.container import Container
from jupyter_smext.runner.docker import NOT_STARTED, DockerContainer
from jupyter_smext.runner.events import RunEvents
from jupyter_smext.runner.failure import ErrorLines, JobFailedError, algorithm_failed, container_failed, script_failed
from jupyter_smext.runner.isolation import ML_ROOT
from jupyter_smext.runner.metrics import MetricScanner
from jupyter_smext.runner.s3_files import S3Error, S3Uri
from jupyter_smext.runner.supervisor import SupervisedProcess, Supervisor
from jupyter_smext.runner.training_command import TrainingCommand, image_command, training_command

# Who stands for the containers of a job: processes of this machine, or a Docker engine with the real image.
Engine = Literal["process", "docker"]


class TrainingHost:
    """The host ``name`` of ``cluster``. All methods raise JobFailedError for what is the job's own fault."""

    def __init__(
        self,
        name: str,
        cluster: Cluster,
        request: Mapping[str, Any],
        *,
        job_arn: str,
        s3: Any,
        supervisor: Supervisor,
        folder: Path,
        temporary: Path,
        cache_dir: Path,
        environment: Mapping[str, str],
        events: RunEvents,
        metrics: MetricScanner,
        engine: Engine,
    ) -> None:
        self._name = name
        self._cluster = cluster
        # A channel of other instance groups does not exist on this host.
        channels = [
            channel
            for channel in request.get("InputDataConfig", [])
            if name in cluster.hosts_of(channel["DataSource"].get("S3DataSource", {}))
        ]
        self._request = {**request, "InputDataConfig": channels}
        self._job_arn = job_arn
        self._s3 = s3
        self._events = events
        self._metrics = metrics
        self._errors = ErrorLines()
        self._channels = input_data_config(self._request)
        self._command: TrainingCommand | None = None
        self._checkpoints: CheckpointSync | None = None
        self._engine = engine
        place: dict[str, Any] = {
            "folder": folder,
            "temporary": temporary,
            "cache_dir": cache_dir,
            "environment": environment,
            "log": lambda line, timestamp_ms: events.log(name, line, timestamp_ms),
            # The hosts of an isolated cluster must still reach each other.
            "network": not request.get("EnableNetworkIsolation") or len(cluster.hosts) > 1,
        }
        self._container = (
            DockerContainer(
                supervisor,
                image=request["AlgorithmSpecification"]["TrainingImage"],
                name=f"{request['TrainingJobName']}-{name}",
                host=name,
                gpus=cluster.resource_config(name)["current_instance_type"] == "local_gpu",
                **place,
            )
            if engine == "docker"
            else Container(supervisor, hostname=name, **place)
        )
        self.ml = self._container.ml
        self.process: SupervisedProcess | None = None
        """Its command, once it was started."""

    def download(self, check: Callable[[], None]) -> None:
        """Make ``/opt/ml``: configuration, channels, checkpoints. ``check`` may raise to give up."""
        self._container.create(self._cluster.hosts_file())
        if self._request.get("EnableNetworkIsolation") and len(self._cluster.hosts) > 1:
            self._container.note("EnableNetworkIsolation: with several instances the network is not cut off here.")
        self.ml.write_config("hyperparameters", self._request.get("HyperParameters", {}))
        self.ml.write_config("resourceconfig", self._cluster.resource_config(self._name))
        self.ml.write_config("inputdataconfig", self._channels)
        download_channels(
            self._s3, self._request, self.ml.data, host=self._name, hosts_of=self._cluster.hosts_of, check=check
        )
        self._restore_checkpoints(check)

    def prepare(self, check: Callable[[], None]) -> None:
        """Fetch the source code and install what it requires. ``check`` may raise to give up."""
        prepare = image_command if self._engine == "docker" else training_command
        self._command = prepare(
            self._request,
            self._container,
            self._s3,
            job_arn=self._job_arn,
            resource_config=self._cluster.resource_config(self._name),
            input_data_config=self._channels,
            check=check,
        )

    def start(self, on_exit: Callable[[], None]) -> None:
        """Start the command; ``on_exit`` is called when it has ended."""
        assert self._command is not None, "prepare() comes first"
        if self._checkpoints:
            self._checkpoints.start()
        self.process = self._container.start(
            self._command.arguments,
            self._command.variables,
            cwd=self._command.cwd,
            on_line=self._scan,
            on_exit=on_exit,
        )

    def failure_reason(self, exit_code: int) -> str:
        """The FailureReason for the command's exit code."""
        assert self._command is not None, "prepare() comes first"
        # The toolkit writes its own message into the failure file only when the script wrote none.
        if self._command.kind == "script" and not self.ml.failure.exists():
            message = self._errors.message()
            return script_failed("ExecuteUserScriptError", exit_code, message, self._command.arguments)
        if self._engine == "docker" and exit_code == NOT_STARTED:
            return f"ClientError: Docker did not start the image; the log says why, exit code: {exit_code}"
        if self._command.kind == "built-in":
            return algorithm_failed(exit_code, self.ml.failure)
        return container_failed(exit_code, self.ml.failure)

    def close(self) -> None:
        """Let go of what its command may have left running, so that its files are complete. Never raises."""
        self._container.close()

    def upload_checkpoints(self) -> None:
        """Bring the last checkpoints to S3. Raises S3Error and OSError."""
        if self._checkpoints:
            self._checkpoints.close()

    def _restore_checkpoints(self, check: Callable[[], None]) -> None:
        config = self._request.get("CheckpointConfig")
        if not config:
            return
        local_path = config.get("LocalPath", f"{ML_ROOT}/checkpoints")
        folder = self.ml.outside(local_path)
        if folder is None:
            raise JobFailedError(
                f"ClientError: CheckpointConfig.LocalPath {local_path} is not below {ML_ROOT}; only paths "
                "below it are private to a job here."
            )
        self.ml.write_config("checkpointconfig", config | {"LocalPath": self.ml.adapt(local_path)})
        try:
            self._checkpoints = CheckpointSync(self._s3, folder, S3Uri.parse(config["S3Uri"]))
            self._checkpoints.restore(check)
        except (S3Error, OSError, ValueError) as error:
            raise JobFailedError(f"ClientError: Data download failed:{error} ({config['S3Uri']})") from error

    def _scan(self, line: str, timestamp_ms: int) -> None:
        self._errors.feed(line)
        for name, value in self._metrics.scan(line):
            self._events.metric(name, value, timestamp_ms)
