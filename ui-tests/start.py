"""Start what the UI tests look at: a sandbox, and a JupyterLab that talks to it, with token and XSRF check on.

When both answer it prints one line of JSON: ``{"url", "token", "root", "sandbox"}``. It ends both on SIGTERM,
Ctrl-C, or when its standard input closes. With ``--enforce-iam`` policies decide in the sandbox; with
``--sdk-kernels`` there are kernels ``sagemaker-v2`` and ``sagemaker-v3`` with these SDKs; with
``--no-widget-manager`` and ``--no-server-part`` these are switched off. The JupyterLab is that of the Python which
``LAB_PYTHON`` names, if it does. ``--admin-policy=FILE``
is the policy of its administrator.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from jupyter_smext.sandbox import Sandbox, SandboxConfig

READY_WITHIN = 90
ADMIN_POLICY = "--admin-policy="


def main() -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()

    with tempfile.TemporaryDirectory(prefix="jupyter-smext-ui-") as folder:
        sandbox = Sandbox(SandboxConfig(stop_grace_seconds=5, enforce_iam="--enforce-iam" in sys.argv[1:]))
        info = sandbox.start()
        port, token, root = free_port(), secrets.token_hex(16), Path(folder) / "root"
        if "--sdk-kernels" in sys.argv[1:]:
            add_sdk_kernels(Path(folder) / "data")
        lab = start_lab(Path(folder), root, port, token, info.env)
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_for(f"{url}api/status?token={token}", lab)
            print(json.dumps({"url": url, "token": token, "root": str(root), "sandbox": info.to_json()}), flush=True)
            while not ended.wait(0.5):
                if lab.poll() is not None:
                    print(f"JupyterLab ended with exit code {lab.returncode}", file=sys.stderr)
                    return 1
        finally:
            lab.terminate()
            try:
                lab.wait(20)
            except subprocess.TimeoutExpired:
                lab.kill()
                lab.wait()
            sandbox.stop()
    return 0


def start_lab(folder: Path, root: Path, port: int, token: str, aws: dict[str, str]) -> subprocess.Popen[bytes]:
    """A JupyterLab with a home of its own, so that nothing of the user's settings or workspaces is used or changed."""
    config = folder / "config"
    (config / "labconfig").mkdir(parents=True)
    root.mkdir()
    # The question whether to fetch news would lie over the first page.
    disabled = {"@jupyterlab/apputils-extension:announcements": True}
    if "--no-widget-manager" in sys.argv[1:]:
        disabled["@jupyter-widgets/jupyterlab-manager"] = True
    page_config = {"disabledExtensions": disabled}
    (config / "labconfig" / "page_config.json").write_text(json.dumps(page_config), "utf-8")
    settings: dict[str, dict[str, object]] = {
        "ServerApp": {"ip": "127.0.0.1", "port": port, "port_retries": 0, "root_dir": str(root), "open_browser": False,
                      "allow_root": True},
        "IdentityProvider": {"token": token},
        "LabApp": {"expose_app_in_browser": True,
                   "workspaces_dir": str(folder / "workspaces"), "user_settings_dir": str(folder / "settings")},
    }  # fmt: skip
    if "--no-server-part" in sys.argv[1:]:
        settings["ServerApp"]["jpserver_extensions"] = {"jupyter_smext": False}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings), "utf-8")
    (config / "jupyter_lab_config.json").write_text(json.dumps(settings), "utf-8")
    environment = {
        **os.environ,
        **aws,
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    for policy in (each.removeprefix(ADMIN_POLICY) for each in sys.argv[1:] if each.startswith(ADMIN_POLICY)):
        environment["JUPYTER_SMEXT_ADMIN_POLICY"] = policy
    # Its log goes to standard error: standard output is for the one line of JSON.
    python = os.environ.get("LAB_PYTHON", sys.executable)
    return subprocess.Popen([python, "-m", "jupyterlab"], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def add_sdk_kernels(data_dir: Path) -> None:
    """Takes a minute for each where the tests have not made its environment yet."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from sandbox.client_envs import SDK_V2, SDK_V3, add_kernel, client_python

    add_kernel(data_dir, "sagemaker-v2", client_python(*SDK_V2))
    add_kernel(data_dir, "sagemaker-v3", client_python(*SDK_V3))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, lab: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if lab.poll() is not None:
            raise SystemExit(f"JupyterLab ended with exit code {lab.returncode} before it answered")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"JupyterLab did not answer within {READY_WITHIN} s")


if __name__ == "__main__":
    sys.exit(main())
