"""Runs real training jobs from a few words, and remembers what they tell."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_smext.runner import TrainingResult, TrainingRun

BUCKET = "data"
ROLE = "arn:aws:iam::123456789012:role/SageMakerRole"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


@dataclass
class Recorder:
    """RunEvents that remembers everything, and lets a test wait for a line."""

    statuses: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    by_host: list[tuple[str, str]] = field(default_factory=list)
    metrics: list[tuple[str, float]] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    def status(self, secondary_status: str, message: str) -> None:
        assert message
        with self._arrived:
            self.statuses.append(secondary_status)
            self._arrived.notify_all()

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        assert timestamp_ms > 1_600_000_000_000
        with self._arrived:
            self.lines.append(line)
            self.by_host.append((host, line))
            self._arrived.notify_all()

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        self.metrics.append((name, value))

    def wait_for(self, line: str, timeout_seconds: float = 30) -> None:
        with self._arrived:
            arrived = self._arrived.wait_for(lambda: line in self.lines, timeout_seconds)
        assert arrived, f"no line {line!r} in {self.lines}"

    def wait_for_status(self, status: str, timeout_seconds: float = 30) -> None:
        with self._arrived:
            assert self._arrived.wait_for(lambda: status in self.statuses, timeout_seconds), self.statuses


@dataclass
class Job:
    """A training run that a test started."""

    run: TrainingRun
    events: Recorder
    work_dir: Path
    _result: list[TrainingResult] = field(default_factory=list)

    def start(self) -> Job:
        self._thread = threading.Thread(target=lambda: self._result.append(self.run.run()))
        self._thread.start()
        return self

    def result(self, timeout_seconds: float = 60) -> TrainingResult:
        self._thread.join(timeout_seconds)
        assert self._result, f"the job did not end in time: {self.events.statuses} {self.events.lines[-20:]}"
        assert not self.work_dir.exists()
        return self._result[0]


class Jobs:
    """Starts jobs from a few words."""

    def __init__(self, s3: Any, environment: Mapping[str, str], tmp_path: Path, cache_dir: Path) -> None:
        self.s3 = s3
        self._environment = environment
        self._tmp_path = tmp_path
        self._cache_dir = cache_dir
        self._count = 0
        self.name = tmp_path.name

    def put(self, key: str, content: str | bytes) -> str:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"s3://{BUCKET}/{key}"

    def put_source(self, **files: str | bytes) -> str:
        """A sourcedir.tar.gz; double underscores in the names stand for dots, ``_S_`` for slashes."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as tar:
            for name, content in files.items():
                data = content.encode() if isinstance(content, str) else content
                member = tarfile.TarInfo(name.replace("_S_", "/").replace("__", "."))
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        self._count += 1
        return self.put(f"{self._tmp_path.name}/source-{self._count}/sourcedir.tar.gz", stream.getvalue())

    def request(self, **changes: Any) -> dict[str, Any]:
        self._count += 1
        request: dict[str, Any] = {
            "TrainingJobName": f"job-{self._count}",
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/{self._tmp_path.name}/out"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        }
        return request | changes

    def script_request(self, program: str, source: str, hyperparameters: Mapping[str, str] = {}, **changes: Any) -> Any:
        own = {
            "sagemaker_program": f'"{program}"',
            "sagemaker_submit_directory": f'"{source}"',
            "sagemaker_container_log_level": "20",
            "sagemaker_job_name": '"job"',
            "sagemaker_region": '"us-east-1"',
        }
        return self.request(HyperParameters={**own, **hyperparameters}, **changes)

    def start(self, request: Mapping[str, Any], *, stop_grace_seconds: float = 5) -> Job:
        events = Recorder()
        work_dir = self._tmp_path / f"work-{request['TrainingJobName']}"
        run = TrainingRun(
            request,
            job_arn=f"arn:aws:sagemaker:us-east-1:123456789012:training-job/{request['TrainingJobName']}",
            s3=self.s3,
            work_dir=work_dir,
            cache_dir=self._cache_dir,
            events=events,
            environment=self._environment,
            stop_grace_seconds=stop_grace_seconds,
        )
        return Job(run, events, work_dir).start()

    def script(self, text: str, hyperparameters: Mapping[str, str] = {}, **changes: Any) -> Job:
        """Start a script mode job whose only file is train.py."""
        return self.start(self.script_request("train.py", self.put_source(train__py=text), hyperparameters, **changes))

    def artifact(self, uri: str | None) -> dict[str, bytes]:
        """The files of a tar.gz in S3."""
        assert uri is not None
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]


def channel(name: str, uri: str, data_type: str = "S3Prefix", **source: Any) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": data_type,
                "S3Uri": uri,
                "S3DataDistributionType": "FullyReplicated",
                **source,
            }
        },
    }
