"""Builds a bundle: our wheel, and for each Python the wheels that no Studio image promises to have."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from ...aws.errors import ErrorCode, SmextError
from ...aws.progress import Progress, Silent, check
from .bundle import MANIFEST, WHEELS, Bundle, Limits, Wheel
from .own_wheel import own_wheel

PYTHONS = ("3.10", "3.11", "3.12", "3.13")

# Pinned by every image since 1.0 (build_artifacts/*/cpu.env.out of aws/sagemaker-distribution), or needed by their
# jupyter_server; left alone.
IMAGE_SHIPS = ("jupyter-server", "boto3", "pydantic", "ipywidgets", "nbformat", "packaging")

# The images are Ubuntu 22.04 and later (glibc 2.35), notebook instances Amazon Linux 2023 (2.34).
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def build(folder: Path, *, wheel: Path | None = None, progress: Progress | None = None) -> Bundle:
    """Make the bundle in an empty or new folder. Needs a package index for what the image lacks, and no AWS.

    ``wheel`` is the extension's own; None: the one that this process runs. Raises `InvalidRequest` where the folder
    holds something else, `Network` where the index cannot be reached, `NotSupported` where pip is missing.
    """
    progress = progress or Silent()
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{folder} is not empty, and holds no bundle.")
    shutil.rmtree(folder / WHEELS, ignore_errors=True)
    (folder / WHEELS).mkdir(parents=True)
    progress.update(0, len(PYTHONS) + 1, "Building the wheel of jupyter-smext")
    own = Path(shutil.copy(wheel, folder / WHEELS)) if wheel else own_wheel(folder / WHEELS)
    requirements = _requirements(own)
    lacking = [each for each in requirements if canonicalize_name(each.name) not in IMAGE_SHIPS]
    found: dict[str, list[str]] = {own.name: list(PYTHONS)}
    for done, python in enumerate(PYTHONS, 1):
        check(progress)
        progress.update(done, len(PYTHONS) + 1, f"Fetching wheels for Python {python}")
        for path in _download(lacking, python, folder / WHEELS):
            found.setdefault(path.name, []).append(python)
    bundle = Bundle(
        version=str(parse_wheel_filename(own.name)[1]),
        pythons=list(PYTHONS),
        requires=[_limits(each) for each in requirements],
        wheels=[_described(folder / WHEELS / name, pythons) for name, pythons in found.items()],
    )
    (folder / MANIFEST).write_text(bundle.model_dump_json(indent=2) + "\n", "utf-8")
    return bundle


def _requirements(wheel: Path) -> list[Requirement]:
    """What the wheel needs, its extras apart."""
    found = [Requirement(each) for each in _metadata(wheel).get_all("Requires-Dist", [])]
    return [each for each in found if not (each.marker and "extra" in str(each.marker))]


def _metadata(wheel: Path) -> Any:
    """An email message; its type has parameters in newer Pythons only."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return BytesParser().parsebytes(archive.read(name))


def _limits(requirement: Requirement) -> Limits:
    least = next((each.version for each in requirement.specifier if each.operator == ">="), "0")
    below = next((each.version for each in requirement.specifier if each.operator == "<"), None)
    return Limits(name=canonicalize_name(requirement.name), least=least, below=below)


def _download(requirements: list[Requirement], python: str, target: Path) -> list[Path]:
    """The newest wheels that a Python takes; those that are there already are not fetched again."""
    platforms = [word for each in _PLATFORMS for word in ("--platform", each)]
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
        command += ["--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", python]
        command += [*platforms, "--dest", scratch, *(f"{each.name}{each.specifier}" for each in requirements)]
        try:
            ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired as error:
            raise SmextError(ErrorCode.TIMEOUT, "The package index did not answer within 5 minutes.") from error
        if ran.returncode:
            said = ran.stderr.strip()
            if "No module named pip" in said:
                raise SmextError(ErrorCode.NOT_SUPPORTED, f"{sys.executable} has no pip.", hint="Install pip there.")
            raise SmextError(
                ErrorCode.NETWORK, f"The wheels for Python {python} could not be fetched: {said[-500:]}",
                hint="Build where a package index can be reached, and give the folder with --bundle.",
            )  # fmt: skip
        paths = sorted(Path(scratch).glob("*.whl"))
        for path in paths:
            _require_no_more(path, requirements)
        return [Path(shutil.copy(path, target)) for path in paths]


def _require_no_more(wheel: Path, known: list[Requirement]) -> None:
    """Spaces install without resolving: a package that needs another one would fail there."""
    names = {canonicalize_name(each.name) for each in known} | set(IMAGE_SHIPS)
    more = [each.name for each in _requirements(wheel) if canonicalize_name(each.name) not in names]
    if more:
        raise SmextError(ErrorCode.NOT_SUPPORTED, f"{wheel.name} needs {', '.join(more)}, which no bundle carries.")


def _described(path: Path, pythons: list[str]) -> Wheel:
    metadata = _metadata(path)
    data = path.read_bytes()
    return Wheel(
        name=canonicalize_name(metadata["Name"]),
        version=metadata["Version"],
        file=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        pythons=pythons,
    )
