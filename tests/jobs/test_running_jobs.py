"""Jobs that really run in the sandbox: what people see of them, and of the ways in which they fail."""

from __future__ import annotations

import threading
import time

import pytest
from botocore.exceptions import ClientError
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.errors import ErrorCode, SmextError, from_aws
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.jobs.autopsy import autopsy
from jupyter_smext.jobs.describe import describe_job
from jupyter_smext.jobs.follow import MetricValue, StatusChange, follow
from jupyter_smext.jobs.listing import list_jobs
from jupyter_smext.jobs.metrics import read_metrics
from jupyter_smext.jobs.models import CauseKind, JobsQuery, LogLine, MetricsQuery, TrainingJobStatus
from jupyter_smext.jobs.stop import stop_job
from jupyter_smext.sandbox import SandboxInfo

TRAINING = """
import os, pathlib, time
for epoch in range(4):
    print(f"epoch={epoch} loss={1 / (epoch + 1):.3f};")
    time.sleep(0.2)
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text("model")
"""


@pytest.fixture(autouse=True)
def settle_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_smext.jobs.logs._SETTLE_SECONDS", 1.0)


def test_a_job_is_followed_from_its_start_to_its_model(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = start_job(
        sandbox_session, sandbox, TRAINING, metrics={"loss": "loss=([0-9.]+);"}, hyperparameters={"a": "x"}
    )
    events = list(follow(sandbox_session, name))
    lines = [event.message for event in events if isinstance(event, LogLine) and event.message.startswith("epoch=")]
    assert lines == [f"epoch={epoch} loss={1 / (epoch + 1):.3f};" for epoch in range(4)]
    assert [event.value for event in events if isinstance(event, MetricValue)] == [1.0, 0.5, 0.333, 0.25]
    changes = [event for event in events if isinstance(event, StatusChange)]
    statuses = [change.secondary_status for change in changes]
    assert statuses[-3:] == ["Training", "Uploading", "Completed"]
    assert len(set(statuses)) == len(statuses)
    assert [change.training_job_status.final for change in changes] == [False] * (len(changes) - 1) + [True]
    # While the job ran, not when it had ended.
    first_line = next(index for index, event in enumerate(events) if isinstance(event, LogLine))
    assert first_line < events.index(changes[-1])

    job = describe_job(sandbox_session, name)
    assert job.hyperparameters == {"a": "x"}
    assert job.entry_point == "train.py"
    assert job.model_artifacts == f"s3://{sandbox.bucket}/output/{name}/output/model.tar.gz"
    assert [transition.status for transition in job.transitions] == statuses
    result = read_metrics(sandbox_session, MetricsQuery(training_job_name=name))
    assert [[point.value for point in each.points] for each in result.series] == [[1.0, 0.5, 0.333, 0.25]]
    page = list_jobs(sandbox_session, JobsQuery(name_contains=name))
    assert [(each.training_job_name, each.training_job_status) for each in page.training_jobs] == [
        (name, TrainingJobStatus.COMPLETED)
    ]


def test_a_script_that_raises_tells_its_last_words(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = start_job(sandbox_session, sandbox, "print('before')\nraise ValueError('column price is missing')")
    events = list(follow(sandbox_session, name))
    end = [event for event in events if isinstance(event, StatusChange)][-1]
    assert end.training_job_status is TrainingJobStatus.FAILED
    assert "ValueError: column price is missing" in (end.failure_reason or "")
    lines = [event.message for event in events if isinstance(event, LogLine)]
    assert any("ValueError: column price is missing" in line for line in lines)


def test_a_stopped_job_is_told_as_stopped(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = start_job(sandbox_session, sandbox, "import time\nprint('up', flush=True)\ntime.sleep(60)")
    wait_until(sandbox_session, name, "Training")
    assert stop_job(sandbox_session, name).training_job_status in (
        TrainingJobStatus.STOPPING,
        TrainingJobStatus.STOPPED,
    )
    end = [event for event in follow(sandbox_session, name) if isinstance(event, StatusChange)][-1]
    assert end.training_job_status is TrainingJobStatus.STOPPED
    # Once more, from a second tab: the job has ended, and that is no error.
    assert stop_job(sandbox_session, name).training_job_status is TrainingJobStatus.STOPPED


def test_a_job_that_runs_too_long_is_stopped(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = start_job(sandbox_session, sandbox, "import time\ntime.sleep(60)", max_runtime=1)
    end = [event for event in follow(sandbox_session, name) if isinstance(event, StatusChange)][-1]
    assert (end.training_job_status, end.secondary_status) == (TrainingJobStatus.STOPPED, "MaxRuntimeExceeded")


@pytest.mark.parametrize("bucket", [None, "there-is-no-such-bucket"])
def test_a_channel_without_data_is_told_with_its_address(
    bucket: str | None, sandbox_session: AwsSession, sandbox: SandboxInfo
) -> None:
    uri = f"s3://{bucket or sandbox.bucket}/nothing-here/"
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    channels = [{"ChannelName": "train", "DataSource": {"S3DataSource": source}}]
    try:
        name = start_job(sandbox_session, sandbox, "print(1)", InputDataConfig=channels)
    except ClientError as error:
        # SageMaker may look at the address when the job is created, and refuse it.
        refused = from_aws(error)
        assert refused.code is ErrorCode.INVALID_REQUEST
        assert (bucket or uri) in refused.envelope.message
    else:
        assert (bucket or uri) in wait_until(sandbox_session, name, "Failed")["FailureReason"]
        assert autopsy(sandbox_session, name).cause is CauseKind.DATA


def test_a_job_that_does_not_exist_is_not_found(sandbox_session: AwsSession) -> None:
    for call in (
        lambda: describe_job(sandbox_session, "there-is-none"),
        lambda: stop_job(sandbox_session, "there-is-none"),
        lambda: next(follow(sandbox_session, "there-is-none")),
    ):
        with pytest.raises(Exception) as caught:  # noqa: PT011
            call()
        assert from_aws(caught.value).code is ErrorCode.NOT_FOUND


def test_a_line_is_seen_soon_after_it_was_written(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    script = "import time\nfor _ in range(5):\n    print(f'at={time.time()}', flush=True)\n    time.sleep(0.4)"
    name = start_job(sandbox_session, sandbox, script)
    delays = [
        time.time() - float(event.message.removeprefix("at="))
        for event in follow(sandbox_session, name)
        if isinstance(event, LogLine) and event.message.startswith("at=")
    ]
    assert len(delays) == 5
    assert max(delays) < 3, delays


def test_a_network_that_comes_back_is_waited_for(sandbox_session: AwsSession, sandbox: SandboxInfo) -> None:
    name = start_job(sandbox_session, sandbox, "print('done')")
    wait_until(sandbox_session, name, "Completed")
    real = sandbox_session.client("sagemaker").describe_training_job
    failures = iter([True, True])
    pauses: list[float] = []

    def flaky(**arguments: str) -> object:
        if next(failures, False):
            raise SmextError(ErrorCode.NETWORK, "gone")
        return real(**arguments)

    sandbox_session.client("sagemaker").describe_training_job = flaky
    stop = threading.Event()
    events = list(follow(sandbox_session, name, sleep=lambda seconds: pauses.append(seconds) or stop.wait(0.05)))  # type: ignore[func-returns-value]
    assert any(isinstance(event, LogLine) and event.message == "done" for event in events)
    assert pauses[:2] == pytest.approx([1.0, 1.0], abs=0.5)
