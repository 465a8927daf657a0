"""``jupyter smext demo``: the main job from data to prediction, on the sandbox, with real data and a real training."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from ..aws.session import AwsSession
    from ..jobs.models import TrainingJob
    from ..sandbox import SandboxInfo

ENDPOINT = "penguins"
WORKSPACE = "demo"
PANEL = "jp-smext-panel"  # id of the widget in src/panel/panel.ts
DATA_PREFIX = "penguins/"
SPECIES = "species"
HELD_OUT = 0.25


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="train, deploy and predict on the sandbox, then open JupyterLab",
        description="Starts the sandbox, puts the palmer penguins into S3, launches the scikit-learn Estimator of the "
        "examples, follows it, deploys its model, asks it about rows that it has not seen, and opens JupyterLab on all "
        "of it. No AWS account is needed or touched.",
    )
    parser.add_argument(
        "--dir", type=Path, default=Path("smext-demo"), help="folder for everything (default: %(default)s)"
    )
    parser.add_argument("--headless", action="store_true", help="end after the prediction, with a last line of JSON")
    parser.add_argument("--port", type=int, default=0, help="port of JupyterLab on 127.0.0.1 (default: a free one)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    folder: Path = args.dir.absolute()
    if args.port and not port_is_free(args.port):
        print(f"Port {args.port} is taken: choose another one.", file=sys.stderr)
        return 1
    # A demo that is told to end takes the sandbox and JupyterLab with it, as with Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with sandbox_running(folder) as info:
        os.environ.update(info.env)
        from ..aws.session import AwsSession

        session = AwsSession()
        try:
            result = main_job(session, info, folder / "notebooks")
            if args.headless:
                print(json.dumps(result))
                return 0 if result["status"] == "Completed" else 1
            return open_jupyterlab(folder, args.port, result)
        finally:
            session.close()


@contextmanager
def sandbox_running(folder: Path) -> Iterator[SandboxInfo]:
    """The sandbox of this folder, and no AWS configuration of the user's: the demo can only reach the sandbox."""
    from ..sandbox import Sandbox, SandboxConfig, SandboxError

    for name in [name for name in os.environ if name.startswith(("AWS_", "SAGEMAKER_"))]:
        del os.environ[name]
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = Sandbox(SandboxConfig(state_dir=folder / "sandbox"))
    say("Starting the sandbox: SageMaker on this machine")
    try:
        info = sandbox.start()
    except SandboxError as error:
        raise SystemExit(str(error)) from None
    try:
        say(f"  {info.endpoint_url}, account {info.account}, region {info.region}")
        yield info
    finally:
        sandbox.stop()


def main_job(session: AwsSession, info: SandboxInfo, notebooks: Path) -> dict[str, Any]:
    """Data -> Estimator -> training -> model -> endpoint -> predictions. The answer holds measured figures only."""
    spec_file = copy_example(notebooks)
    training, held_out = put_data(session, info.bucket)
    job = train(session, spec_file)
    result: dict[str, Any] = {
        "training_job": job.training_job_name,
        "status": job.training_job_status.value,
        "seconds": (job.training_end_time - job.creation_time).total_seconds() if job.training_end_time else None,
        "metrics": {metric.metric_name: metric.value for metric in job.final_metrics},
        "baseline": None,
        "model_artifact": job.model_artifacts,
        "endpoint": None,
        "predictions": 0,
        "endpoint_accuracy": None,
    }
    if job.model_artifacts is None:
        say(f"The job {job.training_job_status.value}: {job.failure_reason}")
        return result
    size = object_size(session, job.model_artifacts)
    say(f"The model is {job.model_artifacts} ({size:,} bytes)")
    endpoint = deploy(session, job.training_job_name)
    answers = predict(session, endpoint, held_out)
    majority = training[SPECIES].mode()[0]
    truth = list(held_out[SPECIES])
    result |= {
        "endpoint": endpoint,
        "predictions": len(answers),
        "endpoint_accuracy": share(given == true for given, true in zip(answers, truth, strict=True)),
        "baseline": share(majority == true for true in truth),
    }
    say(
        f"Accuracy on {len(answers)} penguins that it has not seen: {result['endpoint_accuracy']:.3f}; "
        f"always answering {majority}: {result['baseline']:.3f}"
    )
    return result


def copy_example(notebooks: Path) -> Path:
    """The example as the user's own files: JupyterLab opens on this folder."""
    import shutil

    target = notebooks / "penguins"
    target.mkdir(parents=True, exist_ok=True)
    for source in sorted(example_folder().iterdir()):
        if source.is_file() and not (target / source.name).exists():
            shutil.copy(source, target / source.name)
    return target / "penguins.sagemaker.yaml"


def example_folder() -> Path:
    """In a wheel the examples lie inside the package, in a checkout beside it."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "examples" / "penguins"
    return installed if installed.exists() else package.parent / "examples" / "penguins"


def put_data(session: AwsSession, bucket: str) -> tuple[pandas.DataFrame, pandas.DataFrame]:
    """Write the penguins to S3 as two channels; the second one is what the model does not see."""
    from palmerpenguins import load_penguins
    from sklearn.model_selection import train_test_split

    penguins = load_penguins().drop(columns="year")
    training, held_out = train_test_split(penguins, test_size=HELD_OUT, random_state=7, stratify=penguins[SPECIES])
    s3 = session.client("s3")
    for channel, rows in (("train", training), ("test", held_out)):
        key = f"{DATA_PREFIX}{channel}/penguins.csv"
        s3.put_object(Bucket=bucket, Key=key, Body=rows.to_csv(index=False).encode(), ContentType="text/csv")
        say(f"Put {len(rows)} penguins to s3://{bucket}/{key}")
    return training, held_out


def train(session: AwsSession, spec_file: Path) -> TrainingJob:
    """Launch the spec and show what happens until the job has ended."""
    from ..aws.progress import Silent
    from ..estimators.check import valid_spec
    from ..estimators.file import load
    from ..estimators.launch import launch
    from ..estimators.profile import profile_of
    from ..estimators.tokens import job_name_for, new_token
    from ..jobs.describe import describe_job
    from ..jobs.follow import MetricValue, StatusChange, follow

    spec = valid_spec(load(spec_file.read_text("utf-8")).data, profile_of(session))
    token = new_token()
    name = job_name_for(spec.metadata.base_job_name, token)
    launch(session, spec, spec_file.parent, job_name=name, token=token, progress=Silent())
    say(f"Launched the training job {name}")
    series: dict[str, list[float]] = {}
    for happened in follow(session, name):
        if isinstance(happened, StatusChange):
            say(f"  [{happened.secondary_status}] {happened.message or ''}".rstrip())
        elif isinstance(happened, MetricValue):
            series.setdefault(happened.metric_name, []).append(happened.value)
        else:
            say(f"    {happened.message}")
    for metric, values in series.items():
        say(f"  metric {metric}: {len(values)} values, first {values[0]:g}, last {values[-1]:g}")
    return describe_job(session, name)


def object_size(session: AwsSession, uri: str) -> int:
    """Bytes of an object, which proves that it is there."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return int(session.client("s3").head_object(Bucket=bucket, Key=key)["ContentLength"])


def deploy(session: AwsSession, job_name: str) -> str:
    """An endpoint in service; the one of an earlier demo goes first, so that only one keeps running."""
    from ..aws.errors import ErrorCode, SmextError
    from ..endpoints.delete import delete_endpoint
    from ..endpoints.deploy import deploy
    from ..endpoints.models import DeleteEndpointRequest, DeployRequest

    try:
        delete_endpoint(session, DeleteEndpointRequest(endpoint_name=ENDPOINT, confirm=ENDPOINT, with_model=True))
        session.client("sagemaker").get_waiter("endpoint_deleted").wait(
            EndpointName=ENDPOINT, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
    except SmextError as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise
    say(f"Deploying it to the endpoint {ENDPOINT}")
    deploy(session, DeployRequest(training_job_name=job_name, endpoint_name=ENDPOINT))
    session.client("sagemaker").get_waiter("endpoint_in_service").wait(
        EndpointName=ENDPOINT, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )
    say("  in service")
    return ENDPOINT


def predict(session: AwsSession, endpoint: str, rows: pandas.DataFrame) -> list[str]:
    """What the endpoint answers to each row, sent as CSV without the column to be guessed."""
    from ..endpoints.invoke import invoke
    from ..endpoints.models import InvokeRequest

    body = rows.drop(columns=SPECIES).to_csv(index=False)
    answer = invoke(session, InvokeRequest(endpoint_name=endpoint, body=body, content_type="text/csv"))
    say(f"  {len(rows)} rows answered in {answer.latency_ms:.0f} ms")
    return [str(each) for each in json.loads(answer.body)]


def open_jupyterlab(folder: Path, port: int, result: dict[str, Any]) -> int:
    """JupyterLab in this terminal until Ctrl-C, on the sandbox, with the job's tab and the panel open."""
    import subprocess

    from jupyterlab_server.workspaces_handler import WorkspacesManager

    workspaces = folder / "workspaces"
    WorkspacesManager(str(workspaces)).save(WORKSPACE, json.dumps(demo_workspace(result)))
    token = os.urandom(16).hex()
    port = port or free_port()
    say("Starting JupyterLab")
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder / 'notebooks'}", f"--LabApp.workspaces_dir={workspaces}",
        "--ServerApp.log_level=WARN",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--ServerApp.allow_root=True")
    process = subprocess.Popen(command, start_new_session=True)
    try:
        while port_is_free(port) and process.poll() is None:
            time.sleep(0.1)
        if process.poll() is None:
            say("")
            say("JupyterLab, with the panel on what just happened (Ctrl-C ends it and the sandbox):")
            say(f"  http://127.0.0.1:{port}/lab/workspaces/{WORKSPACE}?token={token}")
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        process.terminate()
        process.wait(20)


def demo_workspace(result: dict[str, Any]) -> dict[str, Any]:
    """A JupyterLab workspace: the panel at the left, the tabs of the job and of its endpoint in the middle."""
    job, endpoint = f"smext-job:{result['training_job']}", f"smext-endpoint:{result['endpoint']}"
    return {
        "metadata": {"id": WORKSPACE},
        "data": {
            "layout-restorer:data": {
                "main": {"dock": {"type": "tab-area", "currentIndex": 0, "widgets": [job, endpoint]}, "current": job},
                "left": {
                    "collapsed": False,
                    "visible": True,
                    "current": PANEL,
                    "widgets": ["filebrowser", PANEL],
                },
                "relativeSizes": [0.28, 0.72, 0],
            },
            job: {"data": {"training_job_name": result["training_job"]}},
            endpoint: {"data": {"endpoint_name": result["endpoint"]}},
        },
    }


def port_is_free(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def share(values: Iterator[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted)


def say(line: str) -> None:
    print(line, flush=True)
