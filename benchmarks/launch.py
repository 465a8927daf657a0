"""From "launch" to an accepted CreateTrainingJob: this extension against the SageMaker SDKs, side by side in one run.

All launch the same script with one channel in the same sandbox; jobs run to their end between the measurements.

- "cold" for the extension: the panel's first launch on a Jupyter server that has just started (boto3 is not yet
  imported). For the SDKs: a Python process in which nothing is imported, from its first line to the return of
  `fit(wait=False)` or `train(wait=False)`, as in the first cell of a fresh kernel.
- "warm": further launches in the same server or process, with a changed source each time, so that it is packed and
  uploaded again.
- The command line is measured as a whole process, start of the interpreter included.

Writes benchmarks/launch.md.   Run: .venv/bin/python benchmarks/launch.py [--runs N]
The SDKs live in environments of their own, the ones of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3

from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.sandbox.client_envs import SDK_V2, SDK_V3, client_python

WARM = 5
SPEC = """\
api_version: smext/v1
kind: TrainingJob
metadata: {{base_job_name: bench}}
spec:
  algorithm:
    framework: {{name: sklearn, version: 1.2-1, py_version: py3}}
  source_code: {{entry_script: train.py}}
  hyperparameters: {{C: 0.5}}
  input_data_config:
    - {{channel_name: train, s3_uri: "s3://{bucket}/bench/train/"}}
  compute: {{instance_type: ml.m5.large}}
"""
V2 = """
import time; begin = time.perf_counter()
import json, pathlib, sys
from sagemaker.sklearn import SKLearn
bucket, role, source = sys.argv[1:]
def launch(number):
    pathlib.Path(source, "train.py").write_text(f"# {time.time()} {number}")
    start = time.perf_counter()
    SKLearn(entry_point="train.py", source_dir=source, role=role, instance_type="ml.m5.large",
            framework_version="1.2-1", hyperparameters={"C": 0.5}).fit(
        {"train": f"s3://{bucket}/bench/train/"}, wait=False)
    return time.perf_counter() - start
launch(0)
cold = time.perf_counter() - begin
print("RESULT", json.dumps([cold, [launch(n) for n in range(1, WARM + 1)]]))
"""
V3 = """
import time; begin = time.perf_counter()
import json, pathlib, sys
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.train.model_trainer import ModelTrainer
bucket, role, source = sys.argv[1:]
image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
def launch(number):
    pathlib.Path(source, "train.py").write_text(f"# {time.time()} {number}")
    start = time.perf_counter()
    ModelTrainer(training_image=image, role=role, base_job_name="bench", hyperparameters={"C": 0.5},
                 source_code=SourceCode(source_dir=source, entry_script="train.py"),
                 compute=Compute(instance_type="ml.m5.large", instance_count=1)).train(
        input_data_config=[InputData(channel_name="train", data_source=f"s3://{bucket}/bench/train/")], wait=False)
    return time.perf_counter() - start
launch(0)
cold = time.perf_counter() - begin
print("RESULT", json.dumps([cold, [launch(n) for n in range(1, WARM + 1)]]))
"""


def sdk(python: Path, program: str, info: SandboxInfo, folder: Path) -> tuple[float, list[float]]:
    """Seconds of the cold launch, and of each warm one."""
    source = Path(tempfile.mkdtemp(dir=folder))
    done = subprocess.run(
        [python, "-c", program.replace("WARM", str(WARM)), info.bucket, info.role_arn, source],
        env={**os.environ, **info.env}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{program.splitlines()[3]} failed:\n{done.stderr[-3000:]}")
    cold, warm = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("RESULT"))[7:])
    return cold, warm


class Server:
    """A Jupyter server of its own, with the extension."""

    def __init__(self, info: SandboxInfo, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser",
             f"--ServerApp.port={self._url.rpartition(':')[2]}", "--IdentityProvider.token=benchmark",
             f"--ServerApp.root_dir={folder}", "--ServerApp.jpserver_extensions={'jupyter_smext': True}"],
            env={**os.environ, **info.env, "JUPYTER_RUNTIME_DIR": str(folder), "JUPYTER_DATA_DIR": str(folder)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while True:
            try:
                self._call("GET", "handshake")
                return
            except OSError:
                if self._process.poll() is not None:
                    sys.exit("the Jupyter server did not start")
                time.sleep(0.05)

    def launch(self, spec: dict[str, Any], token: str) -> None:
        body = {"spec": spec, "document": "bench.sagemaker.yaml", "token": token}
        task = self._call("POST", "estimators/launches", body)
        if task["state"] != "succeeded":
            sys.exit(f"the launch failed: {task}")

    def token(self, replace: str | None) -> str:
        body = {"document": "bench.sagemaker.yaml", "replace": replace}
        return str(self._call("POST", "estimators/launch-token", body)["token"])

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self._url}/jupyter-smext/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "token benchmark"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)


def panel(info: SandboxInfo, folder: Path) -> tuple[float, list[float]]:
    from jupyter_smext.estimators.file import load

    source = Path(tempfile.mkdtemp(dir=folder))
    spec = load(SPEC.format(bucket=info.bucket)).data
    server = Server(info, source)
    try:
        seconds, token = [], None
        for number in range(WARM + 1):
            (source / "train.py").write_text(f"# {time.time()} {number}")
            begin = time.perf_counter()
            token = server.token(token)
            server.launch(spec, token)
            seconds.append(time.perf_counter() - begin)
        return seconds[0], seconds[1:]
    finally:
        server.close()


def command_line(info: SandboxInfo, folder: Path) -> float:
    source = Path(tempfile.mkdtemp(dir=folder))
    (source / "train.py").write_text(f"# {time.time()}")
    (source / "bench.sagemaker.yaml").write_text(SPEC.format(bucket=info.bucket))
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "jupyter_smext.cli.main", "launch", source / "bench.sagemaker.yaml"],
        env={**os.environ, **info.env}, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return time.perf_counter() - begin


def quiet(info: SandboxInfo) -> None:
    """Wait until no job runs: the machine is shared with the jobs themselves."""
    client = boto3.client("sagemaker", region_name=info.region, endpoint_url=info.endpoint_url,
                          aws_access_key_id="x", aws_secret_access_key="x")  # fmt: skip
    while client.list_training_jobs(StatusEquals="InProgress", MaxResults=1)["TrainingJobSummaries"]:
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    v2, v3 = client_python(*SDK_V2), client_python(*SDK_V3)
    cold: dict[str, list[float]] = {"panel": [], "cli": [], "v2": [], "v3": []}
    warm: dict[str, list[float]] = {"panel": [], "v2": [], "v3": []}
    with tempfile.TemporaryDirectory() as name, Sandbox(SandboxConfig()) as info:
        folder = Path(name)
        s3 = boto3.client("s3", region_name=info.region, endpoint_url=info.endpoint_url,
                          aws_access_key_id="x", aws_secret_access_key="x")  # fmt: skip
        s3.put_object(Bucket=info.bucket, Key="bench/train/a.csv", Body=b"1,2\n")
        for run in range(runs + 1):  # the first one warms the disk cache and is not counted
            for kind, measure in (
                ("panel", lambda: panel(info, folder)),
                ("v2", lambda: sdk(v2, V2, info, folder)),
                ("v3", lambda: sdk(v3, V3, info, folder)),
                ("cli", lambda: (command_line(info, folder), [])),
            ):
                first, further = measure()
                quiet(info)
                if run:
                    cold[kind].append(first)
                    warm.get(kind, []).extend(further)
    names = {
        "panel": "this extension, from the panel",
        "cli": "this extension, `jupyter smext launch`",
        "v2": "SDK v2 `SKLearn.fit(wait=False)`",
        "v3": "SDK v3 `ModelTrainer.train(wait=False)`",
    }
    lines = [
        "# Launch",
        "",
        f"`python benchmarks/launch.py --runs {runs}`: seconds to an accepted CreateTrainingJob, medians (minimum). "
        f"Cold: {runs} fresh servers or processes each, interleaved; warm: {WARM} further launches in each. "
        "SDK telemetry off, the sandbox's defaults file present.",
        "",
        "| | cold | x of ours | warm | x of ours |",
        "|---|---|---|---|---|",
    ]
    for kind, title in names.items():
        cells = []
        for measured in (cold, warm):
            if measured.get(kind):
                middle, ours = statistics.median(measured[kind]), statistics.median(measured["panel"])
                cells += [f"{middle:.3f} ({min(measured[kind]):.3f})", f"{middle / ours:.1f}"]
            else:
                cells += ["-", "-"]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    text = "\n".join(lines) + "\n"
    (Path(__file__).parent / "launch.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
