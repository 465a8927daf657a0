"""Environments with the packages that a SageMaker Distribution image ships, as far as they matter to this extension.

Versions as in ``build_artifacts/*/cpu.env.out`` of https://github.com/aws/sagemaker-distribution
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Image:
    """One image: its Python, and the versions that it pins."""

    version: str
    python: str
    jupyterlab: str
    boto3: str
    pip: str
    ipywidgets: str
    jupyterlab_widgets: str
    jupyter_server: str = "2.20.0"
    pydantic: str = "2.13.4"

    @property
    def packages(self) -> list[str]:
        names = ("pip", "jupyterlab", "jupyter_server", "boto3", "pydantic", "ipywidgets", "jupyterlab_widgets")
        return [f"{name}=={getattr(self, name)}" for name in names]


IMAGES = (
    Image("2.14.10", "3.11", "4.5.10", "1.40.70", "24.3.1", "8.1.8", "3.0.16"),
    Image("3.9.10", "3.12", "4.4.10", "1.37.3", "25.3", "8.1.8", "3.0.16"),
    Image("4.4.1", "3.12", "4.5.10", "1.43.56", "26.2.1", "8.1.9", "3.0.17"),
)


class MissingInterpreter(Exception):
    """This machine has no Python of the version that an image has."""


def make(image: Image, folder: Path, *, python: Path | None = None) -> Path:
    """A fresh environment of the image in ``folder``; answers its prefix.

    ``python`` is the interpreter; None: one of the image's version, which has to be on this machine. Raises
    :class:`MissingInterpreter`, `CalledProcessError` where the packages cannot be installed.
    """
    prefix = folder / image.version
    shutil.rmtree(prefix, ignore_errors=True)
    _uv("venv", "--quiet", "--seed", "--python", str(python or interpreter(image.python)), str(prefix))
    _uv("pip", "install", "--quiet", "--python", str(prefix / "bin" / "python"), *image.packages)
    return prefix


def interpreter(version: str) -> Path:
    """A Python of this minor version: uv's finding, or one of pyenv's."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    found = subprocess.run(
        [str(_uv_path()), "python", "find", version], env=environment, capture_output=True, text=True, check=False
    )
    if found.returncode == 0:
        return Path(found.stdout.strip())
    of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python3"))
    if of_pyenv:
        return of_pyenv[-1]
    raise MissingInterpreter(f"There is no Python {version} on this machine. Install it; uv may not fetch one here.")


def frozen(prefix: Path) -> dict[str, str]:
    """Version of each installed distribution."""
    code = (
        "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()), sep='\\n')"
    )
    done = subprocess.run(
        [str(prefix / "bin" / "python"), "-I", "-c", code], capture_output=True, text=True, check=True
    )
    return dict(line.split("==", 1) for line in done.stdout.splitlines())


def _uv(*arguments: str) -> None:
    done = subprocess.run([str(_uv_path()), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"uv {' '.join(arguments[:2])}: {done.stderr.strip()}")


def _uv_path() -> Path:
    """The one of the project's own environment (`make setup`), else the machine's."""
    own = Path(sys.executable).parent / "uv"
    found = own if own.exists() else shutil.which("uv")
    if not found:
        raise RuntimeError("uv is missing: `make setup` installs it.")
    return Path(found)
