"""How long a Jupyter server takes to answer its first request, with the extension and without.

Interleaved runs in one go, medians; also says which heavy packages the extension's start imported (none is expected).
Writes benchmarks/server_start.md.   Run: .venv/bin/python benchmarks/server_start.py [--runs N]
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HEAVY = ("boto3", "botocore", "pydantic", "sagemaker")


def start_once(enabled: bool, folder: str) -> tuple[float, float]:
    """Seconds until /api/status answers, and until /lab answers, from the start of the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": folder, "JUPYTER_CONFIG_DIR": folder}
    # Byte code is cached, as an installer leaves it; the first start, which is not counted, writes it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--ServerApp.port={port}",
         "--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
         f"--ServerApp.jpserver_extensions={{'jupyter_smext': {enabled}}}"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seconds = []
        for path in ("api/status", "lab"):
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10).close()
                    break
                except OSError:
                    if process.poll() is not None or time.perf_counter() - begin > 60:
                        raise SystemExit("the server did not start") from None
                    time.sleep(0.005)
            seconds.append(time.perf_counter() - begin)
        return seconds[0], seconds[1]
    finally:
        process.terminate()
        process.wait(20)


def imports_at_start() -> str:
    program = (
        "import sys; from jupyter_server.serverapp import ServerApp;"
        "a = ServerApp(jpserver_extensions={'jupyter_smext': True}, open_browser=False, allow_root=True);"
        "a.initialize(argv=[], new_httpserver=False);"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip() or "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    measured: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        for enabled in (False, True):  # warms the disk cache and writes byte code, not counted
            start_once(enabled, folder)
        for run in range(runs):
            for enabled in (True, False) if run % 2 else (False, True):
                measured[enabled].append(start_once(enabled, folder))
    lines = [
        "# Server start",
        "",
        f"`python benchmarks/server_start.py --runs {runs}`: interleaved, byte code cached; median (minimum), seconds.",
        "",
        "| | first 200 of /api/status | first 200 of /lab |",
        "|---|---|---|",
    ]
    for enabled, name in ((False, "without the extension"), (True, "with the extension")):
        columns = list(zip(*measured[enabled], strict=True))
        lines.append(f"| {name} | " + " | ".join(f"{statistics.median(c):.3f} ({min(c):.3f})" for c in columns) + " |")
    differences = [
        statistics.median(w) - statistics.median(o)
        for w, o in zip(zip(*measured[True], strict=True), zip(*measured[False], strict=True), strict=True)
    ]
    lines.append("| difference | " + " | ".join(f"{1000 * each:+.0f} ms" for each in differences) + " |")
    lines += ["", f"Heavy packages imported at the start ({', '.join(HEAVY)}): {imports_at_start()}."]
    text = "\n".join(lines) + "\n"
    (Path(__file__).parent / "server_start.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
