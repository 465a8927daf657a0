"""The S3 room behind a real Jupyter server: speed of listing and uploading, delay of the event loop, memory.

``python benchmarks/s3_jupyter.py`` starts ``parts/s3_server.py`` and a Jupyter server with the extension, each in a
process of its own, and writes a Markdown table to ``benchmarks/s3_jupyter.md``. The delay of the event loop is the time
that a request which does nothing (`/api/status`) takes every 10 ms meanwhile, seen from outside; the first row is the
same without any work. Each work is done once more without these requests, because they take the server's time too: the
speed is that of the second time.

The second table lists one folder of 100,000 objects through the handlers of other extensions as well, each in a Jupyter
server of its own from an environment of its own, made at the first use and kept in the user's cache.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
GIB = 2**30
TOKEN = "benchmark"
API = "/jupyter-smext/api/"


@contextmanager
def s3_server() -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, str(HERE / "parts" / "s3_server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin
    assert server.stdout
    try:
        yield server.stdout.readline().strip()
    finally:
        server.stdin.close()
        server.wait()


@contextmanager
def jupyter_server(
    endpoint: str, python: str | Path = sys.executable, extension: str = "jupyter_smext"
) -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "AAAA", "AWS_SECRET_ACCESS_KEY": "BBBB",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT": endpoint, "AWS_ALLOW_HTTP": "true",  # as obstore reads them
    }  # fmt: skip
    folder = tempfile.mkdtemp(prefix="smext-benchmark-")
    process = subprocess.Popen(
        [
            str(python), "-m", "jupyter_server", f"--port={port}", f"--IdentityProvider.token={TOKEN}",
            "--ServerApp.open_browser=False", f"--ServerApp.root_dir={folder}", "--allow-root",
            f"--ServerApp.jpserver_extensions={{{extension!r}: True}}", "--log-level=ERROR",
        ],
        env=environment,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                call(port, "GET", "/api/status")
                break
            except OSError:
                time.sleep(0.1)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def call(port: int, method: str, path: str, body: object = None) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        return ask(connection, method, path, body)
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: object = None) -> bytes:
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    connection.request(
        method, path if path.startswith("/") else API + path, json.dumps(body) if body is not None else None, headers
    )
    answer = connection.getresponse()
    data = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{answer.status} {data[:500]!r}")
    return data


def list_keys(port: int, most: int, rows: int = 1000) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    pages: list[bytes] = []
    start, token = time.perf_counter(), None
    while len(pages) * rows < most:
        query = {"bucket": "keys", "prefix": "flat/", "delimiter": "", "continuation_token": token, "max_keys": rows}
        page = ask(connection, "POST", "s3/objects/list", query)
        # The token stands last, and the rows are counted at the end, so that what the client does with its one of two
        # CPUs does not slow the server's measurement down.
        token = json.loads(b"{" + page[page.rindex(b'"continuation_token"') :])["continuation_token"]
        pages.append(page)
        if token is None:
            break
    seconds = time.perf_counter() - start
    connection.close()
    done = sum(page.count(b'"key":') for page in pages)
    return f"{done:,} keys, {done / seconds:,.0f} keys/s"


def first_page(port: int) -> str:
    times = []
    for _ in range(20):
        start = time.perf_counter()
        call(port, "POST", "s3/objects/list", {"bucket": "keys", "prefix": "flat/"})
        times.append(time.perf_counter() - start)
    return f"1,000 rows in {statistics.median(times) * 1000:.0f} ms"


def find_keys(port: int) -> str:
    start = time.perf_counter()
    task = json.loads(call(port, "POST", "s3/finds", {"bucket": "keys", "prefix": "flat/", "text": "9999"}))
    while task["state"] in ("queued", "running"):
        time.sleep(0.1)
        task = json.loads(call(port, "GET", f"tasks/{task['id']}"))
    seconds = time.perf_counter() - start
    scanned = task["result"]["scanned"]
    return f"{scanned:,} keys, {scanned / seconds:,.0f} keys/s"


def upload(port: int) -> str:
    block = memoryview(os.urandom(2**20))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    start = time.perf_counter()
    connection.putrequest("PUT", f"{API}s3/object?bucket=bucket&key=up&overwrite=true")
    connection.putheader("Authorization", f"token {TOKEN}")
    connection.putheader("Content-Length", str(GIB))
    connection.endheaders()
    for _ in range(GIB // len(block)):
        connection.send(block)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    seconds = time.perf_counter() - start
    return f"1 GiB, {GIB / seconds / 1e6:,.0f} MB/s"


def download(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    start, done = time.perf_counter(), 0
    body = json.dumps({"bucket": "bucket", "key": str(GIB)})
    connection.request("POST", f"{API}s3/object/download", body, headers)
    answer = connection.getresponse()
    while data := answer.read(2**20):
        done += len(data)
    assert done == GIB, done
    return f"1 GiB, {GIB / (time.perf_counter() - start) / 1e6:,.0f} MB/s"


class Watch:
    """Delays of the event loop and the memory of the server while something runs."""

    def __init__(self, port: int, server: psutil.Process) -> None:
        self.port, self.server = port, server
        self.delays: list[float] = []
        self.memory = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ping), threading.Thread(target=self._weigh)]

    def __enter__(self) -> Watch:
        self.began = self.server.memory_info().rss
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ping(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._stop.wait(0.01):
            start = time.perf_counter()
            ask(connection, "GET", "/api/status")
            self.delays.append(time.perf_counter() - start)
        connection.close()

    def _weigh(self) -> None:
        while not self._stop.wait(0.02):
            self.memory = max(self.memory, self.server.memory_info().rss)

    def row(self, name: str, result: str) -> str:
        return f"| {name} | {result} | {self.figures()} |"

    def figures(self) -> str:
        delays = sorted(each * 1000 for each in self.delays)
        at = [delays[min(len(delays) - 1, int(len(delays) * share))] for share in (0.5, 0.99)]
        more = max(0, self.memory - self.began) / 2**20
        return f"{at[0]:.1f} | {at[1]:.1f} | {delays[-1]:.1f} | +{more:.0f}"


# A folder through the handlers of others: what their panels ask when it is opened. Each answers its number of rows.

FOLDER_KEYS = 100_000


def folder_smext(port: int) -> int:
    rows, token = 0, None
    while True:
        query = {"bucket": "folder", "prefix": "many/", "continuation_token": token, "max_keys": 10_000}
        page = ask_once(port, "POST", "s3/objects/list", query)
        rows, token = rows + len(page["objects"]), page["continuation_token"]
        if token is None:
            return rows


def folder_s3_browser(port: int) -> int:
    answer = ask_once(port, "GET", "/jupyterlab_s3_browser/files/folder/many/")
    if "error" in answer:
        raise RuntimeError(answer["message"])
    return len(answer)


def folder_drives(port: int) -> int:
    ask_once(
        port, "POST", "/jupyter-drives/drives", {"drive_name": "folder", "provider": "s3", "location": "us-east-1"}
    )
    return len(ask_once(port, "GET", "/jupyter-drives/drives/folder/many")["data"])


def ask_once(port: int, method: str, path: str, body: object = None) -> Any:
    data = call(port, method, path, body)
    return json.loads(data) if data else None


PEERS: dict[str, tuple[str, Callable[[int], int]]] = {
    "jupyter-smext": ("jupyter_smext", folder_smext),
    "jupyterlab-s3-browser": ("jupyterlab_s3_browser", folder_s3_browser),
    "jupyter-drives": ("jupyter_drives", folder_drives),
}


def peer_python(name: str) -> Path:
    if name == "jupyter-smext":
        return Path(sys.executable)
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "jupyter-smext" / f"benchmark-{name}"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    packages = [name, "jupyter_server"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
    return python


def peers(endpoint: str) -> Iterator[str]:
    yield "| extension | rows | first time, seconds | again, seconds | p50 ms | p99 ms | max ms | memory MB |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, (extension, listed) in PEERS.items():
        python = peer_python(name)
        code = f"import importlib.metadata as m; print(m.version({name!r}))"
        title = f"{name} {subprocess.check_output([python, '-c', code], text=True).strip()}"
        with jupyter_server(endpoint, python, extension) as (port, process):
            try:
                with Watch(port, process) as watch:
                    began = time.perf_counter()
                    rows = listed(port)
                    first = time.perf_counter() - began
                    listed(port)
                    again = time.perf_counter() - began - first
            except RuntimeError as error:
                yield f"| {title} | does not answer: {str(error)[:200]} | | | | | | |"
                continue
            yield f"| {title} | {rows:,} | {first:.2f} | {again:.2f} | {watch.figures()} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=1_000_000)
    keys = parser.parse_args().keys
    work: dict[str, Callable[[int], str]] = {
        "nothing": lambda _: time.sleep(3) or "",  # type: ignore[func-returns-value]
        "first page": first_page,
        "list, 1,000 rows a request": lambda port: list_keys(port, keys),
        "list, 10,000 rows a request": lambda port: list_keys(port, keys, 10_000),
        "find": find_keys,
        "upload": upload,
        "download": download,
        "upload and list": lambda port: both(port, keys),
    }
    lines = [
        "# The S3 room behind a Jupyter server",
        "",
        f"`python benchmarks/s3_jupyter.py`: Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, shared by server, "
        "S3 stand-in and client. Each work is done twice. p50 to max: how long a request that does nothing takes the "
        "first time. Memory: above idle, the first time. Result: of the second time, when nobody else asks.",
        "",
        "| work | result | p50 ms | p99 ms | max ms | memory MB |",
        "|---|---|---|---|---|---|",
    ]
    with s3_server() as endpoint:
        with jupyter_server(endpoint) as (port, process):
            list_keys(port, keys)  # the pages of the synthetic server are made at their first use
            find_keys(port)
            folder_smext(port)
            for name, job in work.items():
                with Watch(port, process) as watch:
                    job(port)
                lines.append(watch.row(name, job(port)))
                print(lines[-1], flush=True)
        lines += ["", f"## A folder of {FOLDER_KEYS:,} objects, opened in a server that has just started", ""]
        for line in peers(endpoint):
            lines.append(line)
            print(line, flush=True)
    (HERE / "s3_jupyter.md").write_text("\n".join(lines) + "\n", "utf-8")


def both(port: int, keys: int) -> str:
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(upload(port))),
        threading.Thread(target=lambda: results.append(list_keys(port, keys))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "; ".join(sorted(results))


if __name__ == "__main__":
    main()
