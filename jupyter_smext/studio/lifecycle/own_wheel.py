"""The wheel of the extension that this process runs: built from its checkout, or put together again as installed."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ...aws.errors import ErrorCode, SmextError

NAME = "jupyter-smext"

# Written by the installer about itself; a wheel has none of them.
_NOT_IN_A_WHEEL = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD", "uv_cache.json", "uv_build.json")
# The same bytes whenever it is built: a configuration's name tells its content.
_TIME = (2020, 1, 1, 0, 0, 0)


def own_wheel(target: Path) -> Path:
    """Put the wheel into ``target``. Raises `NotSupported` where it can be had in neither way."""
    distribution = metadata.distribution(NAME)
    checkout = _checkout(distribution)
    return _built(checkout, target) if checkout else _repacked(distribution, target)


def _checkout(distribution: metadata.Distribution) -> Path | None:
    """The folder of an editable installation. https://packaging.python.org/en/latest/specifications/direct-url/"""
    said = json.loads(distribution.read_text("direct_url.json") or "{}")
    if not said.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlsplit(said["url"]).path))


def _built(checkout: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    ran = subprocess.run(command, cwd=checkout, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    found = sorted(target.glob("jupyter_smext-*.whl"))
    if ran.returncode or not found:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED, f"The wheel could not be built from {checkout}: {ran.stderr.strip()[-500:]}",
            hint="Build it with `pip wheel . --no-deps`, and give it with --wheel.",
        )  # fmt: skip
    return found[-1]


def _repacked(distribution: metadata.Distribution, target: Path) -> Path:
    stem = f"jupyter_smext-{distribution.version}"
    path = target / f"{stem}-py3-none-any.whl"
    record = []
    # Read once: a file that is missing must not leave half a wheel.
    contents = {
        _place(str(file), stem): Path(str(file.locate())) for file in distribution.files or [] if _belongs(file)
    }
    lost = [str(each) for each in contents.values() if not each.is_file()]
    if lost or not contents:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"The installation of {NAME} is not whole: {(lost or ['its RECORD'])[0]} is missing.",
            hint="Give the wheel that it was installed from with --wheel.",
        )  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, source in sorted(contents.items()):
            data = source.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")
            archive.writestr(_entry(name), data)
        name = f"{stem}.dist-info/RECORD"
        archive.writestr(_entry(name), "\n".join([*record, f"{name},,"]) + "\n")
    return path


def _belongs(file: metadata.PackagePath) -> bool:
    if "__pycache__" in file.parts or (file.name in _NOT_IN_A_WHEEL and file.parent.name.endswith(".dist-info")):
        return False
    # Launchers are written anew at each installation, for the Python there.
    return not (file.parts[0] == ".." and file.parts[-2] in ("bin", "Scripts"))


def _place(recorded: str, stem: str) -> str:
    """Where a wheel carries a file: what was installed outside of site-packages is `data` of the environment."""
    up = recorded.replace("\\", "/")
    while up.startswith("../"):
        up = up[3:]
    return up if up == recorded else f"{stem}.data/data/{up}"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
