"""The environment variables that each process of a job gets, before those of its request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from jupyter_smext.runner.python_environment import PythonEnvironment

_KEPT = {
    "CUDA_VISIBLE_DEVICES",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "NO_PROXY",
    "OMP_NUM_THREADS",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TZ",
}
_KEPT_PREFIXES = ("NVIDIA_", "PIP_")
# Where pip installs is not the machine's decision.
_DROPPED = {"PIP_PREFIX", "PIP_PYTHON", "PIP_ROOT", "PIP_TARGET"}
_PIP_CONFIG_FILES = (".config/pip/pip.conf", ".pip/pip.conf", "Library/Application Support/pip/pip.conf")


def process_environment(
    python: PythonEnvironment, *, home: Path, temporary: Path, pip_cache: Path, given: Mapping[str, str]
) -> dict[str, str]:
    """Of our own variables only what the machine needs (proxies, certificates, pip's index), then ``given``.

    ``home`` and ``temporary`` are private folders, so that what a job leaves there goes with it and it finds no
    credentials but those in ``given``.
    """
    variables = {
        name: value
        for name, value in os.environ.items()
        if (name.upper() in _KEPT or name.upper().startswith(_KEPT_PREFIXES)) and name not in _DROPPED
    }
    for file in _PIP_CONFIG_FILES:
        if (Path.home() / file).is_file():
            variables.setdefault("PIP_CONFIG_FILE", str(Path.home() / file))
    # The endpoint of a sandbox is on loopback, where no proxy leads.
    local = "127.0.0.1,localhost"
    variables["NO_PROXY"] = variables["no_proxy"] = ",".join(filter(None, [variables.get("NO_PROXY"), local]))
    variables |= {
        "PATH": python.search_path,
        "VIRTUAL_ENV": str(python.path),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PIP_CACHE_DIR": str(pip_cache),
        "PIP_USER": "0",
        "PYTHONUNBUFFERED": "1",
    }
    variables.setdefault("LANG", "C.UTF-8")
    variables.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    return {**variables, **given}
