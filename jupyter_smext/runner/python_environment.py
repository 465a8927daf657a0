"""A Python environment of a job's own.

It is a virtual environment that also sees, in this order: the packages of the job's requirements.txt, the packages of
the Python that runs us (which stand for those of a framework container), and our stand-ins for the container
toolkits. Whatever the job installs, it installs into its own environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shlex
import site
import sys
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_TOOLKITS = Path(__file__).parent / "toolkits"
_COMPLETE = ".complete"
_LOCK_SECONDS = 0.2

# A requirement that names a file is not told by the text of requirements.txt alone.
_LOCAL_REQUIREMENT = re.compile(r"^\s*(-r|-c|-e|--requirement|--constraint|--editable|[./~])|file:|\s@\s+[./]", re.M)


class PythonEnvironment:
    """The environment in the folder ``path``; ``layer`` is another one whose packages it sees, if given."""

    def __init__(self, path: Path, layer: PythonEnvironment | None = None) -> None:
        self.path = path
        self.bin = path / "bin"
        self._layer = layer

    def create(self) -> None:
        """Make it, without any package in it."""
        venv.EnvBuilder(symlinks=True, clear=True).create(self.path)
        seen = [self._layer.site_packages] if self._layer else []
        seen += _host_site_packages()
        # Through addsitedir, so that .pth files there (editable installs) count as well.
        lines = [f"import site; site.addsitedir({str(folder)!r})" for folder in seen]
        lines.append(str(_TOOLKITS))
        if importlib.util.find_spec("pip") is None:
            lines += map(str, _bundled_pip())
        (self.site_packages / "job.pth").write_text("\n".join(lines) + "\n")
        # A console script such as torchrun runs the Python of its first line, not the one on the PATH.
        for folder in [Path(sys.executable).parent, *([self._layer.bin] if self._layer else [])]:
            for script in _python_scripts(folder):
                self._write_script(script.name, shlex.quote(str(script)))
        for name in ("pip", "pip3"):
            self._write_script(name, "-m pip")

    @property
    def site_packages(self) -> Path:
        """Where its own packages lie."""
        return self.path / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"

    @property
    def search_path(self) -> str:
        """The PATH on which ``python``, ``python3`` and ``pip`` are those of this environment."""
        folders = [self.bin, Path(sys.executable).parent]
        return os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])

    def _write_script(self, name: str, arguments: str) -> None:
        script = self.bin / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(str(self.bin / "python"))} {arguments} "$@"\n')
        script.chmod(0o755)


def pip_is_available() -> bool:
    """Whether jobs have a pip: ours, or the one that comes with Python (Debian's comes without)."""
    return importlib.util.find_spec("pip") is not None or any(True for _ in _bundled_pip())


def requirements_are_portable(requirements: Path) -> bool:
    """Whether the text of requirements.txt alone says what it installs, so that a shared layer can hold it."""
    return not _LOCAL_REQUIREMENT.search(requirements.read_text(errors="replace"))


def requirements_layer(
    requirements: Path, cache_dir: Path, install: Callable[[PythonEnvironment], None], check: Callable[[], None]
) -> PythonEnvironment:
    """An environment with the packages of ``requirements``, made by ``install`` if ``cache_dir`` does not hold it yet.

    It is shared by all jobs with the same requirements, Python and host packages. While it is made, others wait for
    it, in other processes too; ``check`` is called again and again meanwhile and may raise to give up.
    """
    identity = [requirements.read_text(errors="replace"), *_host_identity()]
    key = hashlib.sha256("\0".join(identity).encode()).hexdigest()[:32]
    layer = PythonEnvironment(cache_dir / key)
    complete = layer.path / _COMPLETE
    if not complete.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _locked(cache_dir / f"{key}.lock", check):
            if not complete.exists():
                layer.create()
                install(layer)
                complete.touch()
    return layer


@contextmanager
def _locked(path: Path, check: Callable[[], None]) -> Iterator[None]:
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                check()
                time.sleep(_LOCK_SECONDS)
        yield


def _bundled_pip() -> Iterable[Path]:
    """The wheel of pip that comes with Python, and that Python can import as it is; none where Python came without."""
    module = importlib.util.find_spec("ensurepip")
    return Path(module.origin).parent.glob("_bundled/pip-*.whl") if module and module.origin else []


def _host_site_packages() -> list[Path]:
    folders = site.getsitepackages()
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    return [Path(folder) for folder in folders if Path(folder).is_dir()]


def _host_identity() -> Iterable[str]:
    """What else decides which packages an installation adds: the Python, and the packages that are there already."""
    yield from (sys.prefix, platform.python_version(), platform.machine())
    for folder in _host_site_packages():
        yield from sorted(path.name for path in folder.glob("*.*-info"))


def _python_scripts(folder: Path) -> Iterator[Path]:
    """The scripts in ``folder`` that run its Python."""
    start = f"#!{folder}/python".encode()
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(len(start)) == start:
                    yield path
