"""Verdicts: from what the service says, from what scripts really leave behind, and none where nothing tells."""

from __future__ import annotations

from typing import Any

import pytest
from fake_session import FakeJobs, FakeLogs, FakeSession, refusal
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.jobs.autopsy import autopsy
from jupyter_smext.jobs.exit_codes import exit_code_in, meaning_of
from jupyter_smext.jobs.models import Autopsy, CauseKind
from jupyter_smext.sandbox import SandboxInfo

JOB = "job-1"
TRACEBACK = ["Traceback (most recent call last):", '  File "/opt/ml/code/train.py", line 3, in <module>']


class NoMetrics:
    def __init__(self, peak: float | None = None) -> None:
        self._peak = peak

    def get_metric_statistics(self, **request: Any) -> dict[str, Any]:
        assert request["Period"] % 60 == 0
        return {"Datapoints": [] if self._peak is None else [{"Maximum": 40.0}, {"Maximum": self._peak}]}


def verdict(
    *lines: str, reason: str = "", status: str = "Failed", peak: float | None = None, logs: Any = None, **job: Any
) -> Autopsy:
    fake = FakeLogs(JOB)
    fake.streams = {"algo-1-1": list(enumerate(lines))} if lines else {}
    jobs = FakeJobs(status, FailureReason=reason, **job)
    session: Any = FakeSession(logs=logs or fake, sagemaker=jobs, cloudwatch=NoMetrics(peak))
    return autopsy(session, JOB)


@pytest.mark.parametrize(
    ("reason", "cause", "part"),
    [
        (
            "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML "
            "instance type.", CauseKind.CAPACITY, "no free instance",
        ),
        (
            'ClientError: Data download failed:NoSuchKey (404): No S3 objects found under S3 URL "s3://b/train/" given '
            "in input data source.", CauseKind.DATA, "s3://b/train/",
        ),
        ("ClientError: Data download failed:AccessDenied (403): Access Denied", CauseKind.PERMISSION, "role"),
        ("ClientError: CannotStartContainerError. Please ensure the model container starts", CauseKind.IMAGE, "start"),
        ("ClientError: Artifact upload failed:Insufficient disk space", CauseKind.DISK, "full"),
        ("InternalServerError: We encountered an internal error. Please try again.", CauseKind.SERVICE, "SageMaker"),
        ("ClientError: Data download failed: Please ensure", CauseKind.DATA, "downloaded"),
    ],
)  # fmt: skip
def test_what_the_service_says(reason: str, cause: CauseKind, part: str) -> None:
    result = verdict(reason=reason)
    assert (result.cause, result.certain, result.evidence) == (cause, True, reason)
    assert part in result.title
    assert result.suggestion


REASON = (
    'AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage "..."\nCommand "python train.py", exit code: 1'
)


@pytest.mark.parametrize(
    ("exception", "cause", "part"),
    [
        ("ModuleNotFoundError: No module named 'lightgbm.basic'", CauseKind.REQUIREMENTS, "lightgbm is"),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried", CauseKind.GPU_MEMORY, "GPU"),
        ("numpy.core._exceptions._ArrayMemoryError: Unable to allocate", CauseKind.MEMORY, "memory"),
        ("OSError: [Errno 28] No space left on device", CauseKind.DISK, "full"),
        (
            "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation",
            CauseKind.PERMISSION, "role",
        ),
        ("requests.exceptions.ConnectTimeout: HTTPSConnectionPool", CauseKind.NETWORK, "network"),
        ("ValueError: bad value", CauseKind.SCRIPT, "ValueError: bad value in train.py, line 3"),
    ],
)  # fmt: skip
def test_what_an_exception_says(exception: str, cause: CauseKind, part: str) -> None:
    result = verdict(*TRACEBACK, exception, reason=REASON)
    assert (result.cause, result.certain) == (cause, True)
    assert part in result.title
    assert result.location is not None
    assert (result.location.path, result.location.line) == ("train.py", 3)
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("exception", "title"),
    [
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/opt/ml/input/data/training/x.csv'",
            "The script reads the channel training, and the job has train.",
        ),
        ("KeyError: 'SM_CHANNEL_TRAINING'", "The script reads the channel training, and the job has train."),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/opt/ml/input/data/train/x.csv'",
            "A file is not there in the channel train.",
        ),
    ],
)
def test_a_channel_of_another_name_is_told_from_a_missing_file(exception: str, title: str) -> None:
    channels = [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/train/"}}}]
    result = verdict(*TRACEBACK, exception, reason=REASON, InputDataConfig=channels)
    assert (result.cause, result.title) == (CauseKind.DATA, title)


def test_the_host_that_failed_first_is_the_cause_and_the_others_are_listed() -> None:
    logs = FakeLogs(JOB)
    logs.streams = {
        "algo-1-1": [(20, TRACEBACK[0]), (20, TRACEBACK[1]), (21, "ConnectionResetError: peer is gone")],
        "algo-2-1": [(10, TRACEBACK[0]), (10, TRACEBACK[1]), (11, "ValueError: the first one")],
    }
    result = verdict(reason=REASON, logs=logs)
    assert "the first one" in result.title
    assert [each.exception_type for each in result.other_tracebacks] == ["ConnectionResetError"]


def test_a_killed_script_is_out_of_memory_only_where_that_was_measured() -> None:
    reason = REASON.replace("1", "137")
    unsure = verdict("working", reason=reason)
    assert (unsure.cause, unsure.certain) == (CauseKind.MEMORY, False)
    assert "MemoryUtilization" in str(unsure.would_decide)
    sure = verdict("working", reason=reason, peak=99.2)
    assert (sure.cause, sure.certain) == (CauseKind.MEMORY, True)
    assert "99 %" in sure.title
    assert verdict("working", reason=reason, peak=50.0).certain is False


@pytest.mark.parametrize("code", [3, 42, 139])
def test_what_nothing_explains_is_unknown_with_what_would_decide_it(code: int) -> None:
    result = verdict("working", reason=f"AlgorithmError: , exit code: {code}")
    assert (result.cause, result.certain, result.exit_code) == (CauseKind.UNKNOWN, False, code)
    assert result.would_decide
    assert result.exit_code_meaning == meaning_of(code)


def test_without_the_log_the_reason_still_speaks_and_silence_is_unknown() -> None:
    class Refusing:
        def get_paginator(self, operation: str) -> Any:
            raise refusal("AccessDeniedException", "no logs for you", "DescribeLogStreams")

    told = verdict(reason=REASON.replace("...", "ModuleNotFoundError: No module named 'x'"), logs=Refusing())
    assert (told.cause, told.last_lines) == (CauseKind.REQUIREMENTS, [])
    silent = verdict(reason=REASON, logs=Refusing())
    assert silent.cause is CauseKind.UNKNOWN
    assert "no logs for you" in str(silent.would_decide)


@pytest.mark.parametrize(
    ("status", "secondary", "cause", "lines"),
    [
        ("Completed", "Completed", CauseKind.NOT_FAILED, ["x"]),
        ("InProgress", "Training", CauseKind.NOT_FAILED, []),
        ("Stopped", "MaxRuntimeExceeded", CauseKind.MAX_RUNTIME, []),
        ("Stopped", "MaxWaitTimeExceeded", CauseKind.MAX_RUNTIME, []),
        ("Stopped", "Stopped", CauseKind.STOPPED, []),
    ],
)
def test_what_is_no_failure(status: str, secondary: str, cause: CauseKind, lines: list[str]) -> None:
    result = verdict(*lines, status=status, SecondaryStatus=secondary)
    assert (result.cause, result.certain) == (cause, True)


def test_a_success_without_a_single_line_is_doubted() -> None:
    result = verdict(status="Completed")
    assert (result.cause, result.certain) == (CauseKind.NOT_FAILED, False)
    assert result.would_decide


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("AlgorithmError: , exit code: 137", 137),
        ("ExitCode -9", 137),
        ("AlgorithmError: ExecuteUserScriptError:\nExitCode 2\n", 2),
        ("CapacityError", None),
    ],
)
def test_the_exit_code_in_a_reason(reason: str, code: int | None) -> None:
    assert exit_code_in(reason) == code


@pytest.mark.parametrize(
    ("script", "cause", "part", "place"),
    [
        ("import os\n\ndef f():\n    return 1 / 0\n\nf()", CauseKind.SCRIPT, "ZeroDivisionError", ("train.py", 4)),
        ("import not_there", CauseKind.REQUIREMENTS, "not_there", ("train.py", 1)),
        ("open('/opt/ml/input/data/train/x.csv')", CauseKind.DATA, "the job has no channel", ("train.py", 1)),
        ("import os\nos.environ['SM_CHANNEL_TRAIN']", CauseKind.DATA, "the channel train", ("train.py", 2)),
        (
            "import argparse\nargparse.ArgumentParser().parse_args()",
            CauseKind.ARGUMENTS, "does not know the arguments --wrong 1", None,
        ),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('--wrong', type=int)\n"
            "p.add_argument('--epochs', required=True)\np.parse_args()",
            CauseKind.ARGUMENTS, "needs the arguments --epochs", None,
        ),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", CauseKind.MEMORY, "killed", None),
        ("import sys\nsys.exit(7)", CauseKind.UNKNOWN, "Neither the service nor the log says why", None),
    ],
)  # fmt: skip
def test_scripts_that_really_failed(
    script: str, cause: CauseKind, part: str, place: tuple[str, int] | None,
    sandbox_session: AwsSession, sandbox: SandboxInfo,
) -> None:  # fmt: skip
    name = start_job(sandbox_session, sandbox, script, hyperparameters={"wrong": 1})
    wait_until(sandbox_session, name, "Failed")
    result = autopsy(sandbox_session, name)
    assert result.cause is cause
    assert part in result.title
    assert (result.location and (result.location.path, result.location.line)) == place
    assert result.certain == (cause not in (CauseKind.MEMORY, CauseKind.UNKNOWN))
