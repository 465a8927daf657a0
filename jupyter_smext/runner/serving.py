"""One model container, served by a local process."""

from __future__ import annotations

import re
import tarfile
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jupyter_smext.runner.archives import unpack
from jupyter_smext.runner.built_in import built_in, built_in_names
from jupyter_smext.runner.container import Container
from jupyter_smext.runner.failure import ErrorLines, JobFailedError
from jupyter_smext.runner.s3_files import S3Error, S3Uri, download, download_prefix
from jupyter_smext.runner.source_code import fetch_source
from jupyter_smext.runner.supervisor import SupervisedProcess, Supervisor

_CONTAINER_NAME = "container_1"
_CHECK_SECONDS = 0.05
_DEFAULT_PROGRAM = "inference.py"
_FRAMEWORKS = {"scikit-learn": "scikit-learn", "xgboost": "xgboost", "pytorch": "pytorch"}


class ModelServerError(Exception):
    """The model container did not come up; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModelServer:
    """Serves the model of one CreateModel container on a free loopback port.

    ``container`` is a ContainerDefinition as CreateModel takes it. ``s3`` is a boto3 S3 client that may read the model
    and its source. ``work_dir`` is made by the server and removed with all it holds, also when this process is killed;
    ``cache_dir`` keeps the environments of requirements.txt files. ``log`` takes each line that the server writes, with
    its time in milliseconds. ``environment`` is what the process gets: endpoint, region, credentials.
    """

    def __init__(
        self,
        *,
        container: Mapping[str, Any],
        s3: Any,
        work_dir: Path,
        cache_dir: Path,
        log: Callable[[str, int], None],
        environment: Mapping[str, str],
    ) -> None:
        self._definition = container
        self._variables: dict[str, str] = dict(container.get("Environment") or {})
        self._s3 = s3
        self._work_dir = work_dir
        self._cache_dir = cache_dir
        self._log = log
        self._environment = environment
        self._errors = ErrorLines()
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._supervisor: Supervisor | None = None
        self._process: SupervisedProcess | None = None
        self._port: int | None = None

    def start(self, timeout_seconds: float = 60.0) -> None:
        """Fetch the model, start the server and wait until it answers ``/ping``; call it once.

        ``timeout_seconds`` is the time for the loading of the model; downloads and installations do not count. Raises
        ModelServerError, also when :meth:`stop` is called meanwhile; nothing is left then.
        """
        with self._starting:
            try:
                self._start(timeout_seconds)
            except JobFailedError as failure:
                self._close()
                raise ModelServerError(failure.reason) from failure
            except BaseException:
                self._close()
                raise

    @property
    def url(self) -> str:
        """``http://127.0.0.1:port``; ``/ping`` and ``/invocations`` are below it. Raises ModelServerError if not up."""
        if self._port is None:
            raise ModelServerError("the model server is not running")
        return f"http://127.0.0.1:{self._port}"

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.exit_code is None

    def stop(self) -> None:
        """End the server's processes and remove ``work_dir``. From any thread; ends a running :meth:`start` too."""
        self._stopping.set()
        with self._starting:
            self._close()

    def _start(self, timeout_seconds: float) -> None:
        if self._definition.get("Mode") == "MultiModel":
            raise ModelServerError("Multi-model endpoints are not available here.")
        self._check()
        self._work_dir.mkdir(mode=0o700, parents=True)
        temporary = Path(tempfile.mkdtemp(prefix="smext-"))
        self._supervisor = Supervisor([self._work_dir, temporary])
        container = Container(
            self._supervisor,
            folder=self._work_dir / "container",
            temporary=temporary,
            cache_dir=self._cache_dir,
            environment=self._environment,
            log=self._log,
        )
        container.create(Path("/etc/hosts").read_text())
        self._fetch_model(container)
        code = self._fetch_code(container)
        program = self._program(code)
        algorithm = built_in(self._definition.get("Image", "")) if program is None else None
        if algorithm:
            defaults = f"built-in:{algorithm.name}"
            algorithm.install(container, self._check)
        else:
            defaults = self._framework(program)
            container.install(code, package=False, check=self._check)
        ready_file = container.ml.path / "port"
        self._process = container.start(
            ["python", "-m", "smext_model_server", defaults, container.ml.inside(ready_file)],
            self._server_variables(container, code, program),
            cwd=container.ml.inside(code),
            on_line=lambda line, timestamp_ms: self._errors.feed(line),
        )
        self._wait_until_ready(ready_file, timeout_seconds)

    def _framework(self, program: str | None) -> str:
        """Whose defaults the server has."""
        image = self._definition.get("Image", "")
        repository = re.split("[:@]", image.rpartition("/")[2])[0]
        framework = next((name for part, name in _FRAMEWORKS.items() if part in repository), "other")
        if framework == "other" and program is None:
            raise ModelServerError(
                f"The image {image} is not run here: it is none of the scikit-learn, XGBoost and PyTorch containers "
                f"and none of the algorithms with a local stand-in ({', '.join(built_in_names())}), "
                f"and the model comes with no script (SAGEMAKER_PROGRAM, or code/{_DEFAULT_PROGRAM} in it)."
            )
        return framework

    def _fetch_model(self, container: Container) -> None:
        source = (self._definition.get("ModelDataSource") or {}).get("S3DataSource", {})
        url = source.get("S3Uri") or self._definition.get("ModelDataUrl")
        if not url:
            return
        try:
            uri = S3Uri.parse(url)
            if source.get("CompressionType", "Gzip") == "None":
                if not download_prefix(self._s3, uri, container.ml.model, self._check):
                    raise ValueError("there is no object")
                return
            archive = self._work_dir / "model.tar.gz"
            download(self._s3, uri.bucket, [(uri.key, archive)], self._work_dir, self._check)
        except (S3Error, OSError, ValueError) as error:
            raise ModelServerError(
                f'Failed to download model data for container "{_CONTAINER_NAME}" from URL: "{url}". Please ensure '
                "that there is an object located at the URL and that the role passed to CreateModel has permissions "
                f"to download the object. ({error})"
            ) from error
        try:
            unpack(archive, container.ml.model)
        except (OSError, tarfile.TarError) as error:
            raise ModelServerError(
                f'Failed to extract model data archive for container "{_CONTAINER_NAME}" from URL: "{url}". Please '
                f"ensure that the object located at the URL is a valid tar.gz archive. ({error})"
            ) from error
        archive.unlink()

    def _fetch_code(self, container: Container) -> Path:
        """The folder of the user's module on this machine."""
        location = self._variables.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
        in_model = container.ml.model / "code"
        place = container.ml.outside(location.removeprefix("file://")) if location else None
        if place is not None and place.is_dir():
            return place
        if location and not in_model.is_dir():
            try:
                fetch_source(self._s3, location, container.ml, self._check)
            except (S3Error, OSError, ValueError, tarfile.TarError) as error:
                raise ModelServerError(f"The source code at {location} cannot be fetched: {error}") from error
        return in_model if in_model.is_dir() else container.ml.code

    def _program(self, code: Path) -> str | None:
        """The user's script, if there is one."""
        own = _DEFAULT_PROGRAM if (code / _DEFAULT_PROGRAM).is_file() else None
        return self._variables.get("SAGEMAKER_PROGRAM") or own

    def _server_variables(self, container: Container, code: Path, program: str | None) -> dict[str, str]:
        variables = {name: container.ml.adapt(value) for name, value in self._variables.items()}
        # Where the SDK puts dependencies= of a repacked model.
        library = code / "lib"
        return {
            "SM_MODEL_DIR": container.ml.inside(container.ml.model),
            "PYTHONPATH": f"{container.ml.inside(code)}:{container.ml.inside(library)}",
            **variables,
            **({"SAGEMAKER_PROGRAM": program} if program else {}),
        }

    def _wait_until_ready(self, ready_file: Path, timeout_seconds: float) -> None:
        assert self._process is not None
        deadline = time.monotonic() + timeout_seconds
        while not ready_file.exists():
            self._check()
            if self._process.wait(_CHECK_SECONDS):
                message = self._errors.message() or f"the server ended with exit code {self._process.exit_code}"
                raise ModelServerError(message)
            if time.monotonic() > deadline:
                raise ModelServerError(f"The model was not loaded within {timeout_seconds:g} seconds.")
        self._port = int(ready_file.read_text())
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.url}/ping", timeout=2):
                pass
        except (OSError, urllib.error.URLError) as error:
            raise ModelServerError(f"The server does not answer /ping: {error}") from error

    def _check(self) -> None:
        if self._stopping.is_set():
            raise ModelServerError("The model server was stopped while it started.")

    def _close(self) -> None:
        self._port = None
        if self._supervisor is not None:
            self._supervisor.close()
            self._supervisor = None
