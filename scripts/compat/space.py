"""A space as far as a lifecycle configuration sees it: a home that lasts, an environment, and no package index."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# What Studio gives to JupyterLab: https://github.com/aws/sagemaker-distribution start-jupyter-server
BASE_URL = "/jupyterlab/default"


@dataclass(frozen=True)
class Start:
    """How a run of the script ended."""

    code: int
    output: str
    seconds: float


class Space:
    """One space with the environment ``prefix``, at the far end that ``aws`` describes."""

    def __init__(self, folder: Path, prefix: Path, aws: Mapping[str, str], image: str) -> None:
        self.prefix = prefix
        self.home = folder / "home"
        self.folder = folder
        self.restarts = folder / "restarts"
        self._metadata = folder / "resource-metadata.json"
        self.home.mkdir(parents=True, exist_ok=True)
        self.describe()
        bin = folder / "bin"
        bin.mkdir(exist_ok=True)
        restart = bin / "restart-jupyter-server"
        restart.write_text(f"#!/bin/bash\necho restarted >> {self.restarts}\n", "utf-8")
        restart.chmod(0o755)
        nowhere = "http://127.0.0.1:9"
        self.environment = {
            "PATH": f"{prefix / 'bin'}:{bin}:/usr/bin:/bin",
            "HOME": str(self.home),
            "IMAGE_VERSION": image,
            "RESOURCE_METADATA_FILE": str(self._metadata),
            "SAGEMAKER_APP_TYPE": "JupyterLab",
            # Whoever asks a package index fails at once: the domain is VpcOnly.
            "PIP_INDEX_URL": f"{nowhere}/simple",
            "HTTPS_PROXY": nowhere,
            "https_proxy": nowhere,
            **aws,
        }

    def describe(self, **more: object) -> None:
        """Write the metadata file that SageMaker puts into every space."""
        self._metadata.write_text(json.dumps({"AppType": "JupyterLab", "ResourceName": "default", **more}), "utf-8")

    def start(self, script: str, *, limit: str = "", within: float = 120, **environment: str) -> Start:
        """Run the script as Studio does. ``limit`` is a line of shell before it, such as ``ulimit -f 10``."""
        path = self.folder / "lifecycle_script.sh"
        path.write_bytes(script.encode())
        path.chmod(0o755)
        began = time.monotonic()
        done = subprocess.run(
            ["/bin/bash", "-c", f"{limit}\nexec {path}"],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=within,
            check=False,
        )
        return Start(done.returncode, done.stdout, time.monotonic() - began)

    @contextmanager
    def server(self) -> Iterator[tuple[str, Path]]:
        """JupyterLab as Studio starts it; its address, and its log."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = self.folder / "jupyter.log"
        settings = self.folder / "config"
        (settings / "labconfig").mkdir(parents=True, exist_ok=True)
        # The question whether to fetch news would lie over the first page.
        page = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        (settings / "labconfig" / "page_config.json").write_text(json.dumps(page), "utf-8")
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(self.prefix / "bin" / "jupyter-lab"), "--ip=127.0.0.1", f"--port={port}", "--no-browser",
                 "--allow-root", "--ServerApp.port_retries=0", f"--ServerApp.base_url={BASE_URL}",
                 "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.allow_origin=*",
                 "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={self.home}"],
                env={**self.environment, "JUPYTER_CONFIG_DIR": str(settings)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        address = f"http://127.0.0.1:{port}{BASE_URL}/"
        try:
            _wait(f"{address}api", process, log)
            yield address, log
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


@contextmanager
def hanging_server() -> Iterator[str]:
    """Something that takes connections and never says a word: what a missing VPC endpoint looks like."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended with {process.returncode}: {log.read_text('utf-8')[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("JupyterLab did not answer within 90 s")
