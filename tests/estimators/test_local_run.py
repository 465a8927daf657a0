"""Local mode: a spec with `instance_type: local` really trains here, without any AWS."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.estimators.check import valid_spec
from jupyter_smext.estimators.document import read_document
from jupyter_smext.estimators.launch import launch
from jupyter_smext.estimators.local_run import is_local, run_local
from jupyter_smext.estimators.models import TrainingSpec
from jupyter_smext.runner import TrainingResult
from jupyter_smext.sandbox import SandboxInfo

EXAMPLE = Path(__file__).parents[2] / "examples" / "penguins"


class Events:
    def __init__(self) -> None:
        self.statuses: list[str] = []
        self.lines: list[str] = []
        self.metrics: list[tuple[str, float]] = []

    def status(self, secondary_status: str, message: str) -> None:
        self.statuses.append(secondary_status)

    def log(self, host: str, line: str, timestamp_ms: int) -> None:
        self.lines.append(line)

    def metric(self, name: str, value: float, timestamp_ms: int) -> None:
        self.metrics.append((name, value))


@pytest.fixture
def document(tmp_path: Path) -> Path:
    from palmerpenguins import load_penguins

    folder = tmp_path / "penguins"
    shutil.copytree(EXAMPLE, folder)
    rows = load_penguins().drop(columns="year").sample(frac=1, random_state=1)
    for channel, part in (("train", rows[:250]), ("test", rows[250:])):
        (folder / "data" / channel).mkdir(parents=True)
        part.to_csv(folder / "data" / channel / "penguins.csv", index=False)
    path = folder / "penguins.sagemaker.yaml"
    text = path.read_text().replace("ml.m5.large", "local").replace("stages: 300", "stages: 20")
    for channel in ("train", "test"):
        text = text.replace(f"s3://${{profile.bucket}}/penguins/{channel}/", f"file://data/{channel}")
    path.write_text(text)
    return path


def run(document: Path, output: Path) -> tuple[TrainingResult, Events]:
    events = Events()
    spec = valid_spec(read_document(document))
    assert is_local(spec)
    assert isinstance(spec, TrainingSpec)
    result = run_local(AwsSession(), spec, document.parent, output, events, job_name="here-1")
    return result, events


def test_the_example_trains_here_without_any_aws(document: Path, tmp_path: Path) -> None:
    result, events = run(document, tmp_path / "out")
    assert result.status == "Completed", (result, events.lines)
    assert events.statuses[-1] == "Completed"
    assert any("penguins to learn from" in line for line in events.lines)
    assert dict(events.metrics)["test:accuracy"] > 0.8
    with tarfile.open(tmp_path / "out" / "here-1" / "output" / "model.tar.gz") as archive:
        assert "model.joblib" in [Path(each).name for each in archive.getnames()]


def test_a_script_that_fails_says_why(document: Path, tmp_path: Path) -> None:
    (document.parent / "train.py").write_text("raise ValueError('no penguins')\n")
    result, _ = run(document, tmp_path / "out")
    assert result.status == "Failed"
    assert "no penguins" in str(result.failure_reason)


def test_a_missing_file_is_named(document: Path, tmp_path: Path) -> None:
    document.write_text(document.read_text().replace("data/test", "data/nothing"))
    with pytest.raises(SmextError, match="data/nothing") as caught:
        run(document, tmp_path / "out")
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_channels_may_come_from_s3(
    document: Path, tmp_path: Path, sandbox: SandboxInfo, sandbox_session: AwsSession
) -> None:
    sandbox_session.client("s3").upload_file(
        str(document.parent / "data" / "test" / "penguins.csv"), sandbox.bucket, "local/test/penguins.csv"
    )
    document.write_text(document.read_text().replace("file://data/test", f"s3://{sandbox.bucket}/local/test/"))
    result, events = run(document, tmp_path / "out")
    assert result.status == "Completed", (result, events.lines)


def test_the_command_runs_it_here(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["launch", str(document), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1]["event"] == "result"
    assert events[-1]["status"] == "Completed"
    assert Path(events[-1]["model_artifacts"]).is_file()
    assert any(each["event"] == "metric" for each in events)


def test_a_built_in_algorithm_runs_by_its_stand_in(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows.csv").write_text("".join(f"{x % 2},{x % 2},{x % 5}\n" for x in range(60)))
    channels = [
        {"channel_name": name, "s3_uri": "file://data", "content_type": "text/csv"} for name in ("train", "validation")
    ]
    spec = {
        "metadata": {"base_job_name": "here"},
        "spec": {
            "algorithm": {"builtin": {"name": "xgboost", "version": "1.7-1"}},
            "hyperparameters": {"num_round": 5, "objective": "binary:logistic", "eval_metric": "error"},
            "input_data_config": channels,
            "compute": {"instance_type": "local"},
        },
    }
    events = Events()
    valid = valid_spec(spec)
    assert isinstance(valid, TrainingSpec)
    result = run_local(AwsSession(), valid, tmp_path, tmp_path / "out", events, job_name="boosted")
    assert result.status == "Completed", (result, events.lines)
    assert dict(events.metrics)["validation:error"] < 0.2
    assert (tmp_path / "out" / "boosted" / "output" / "model.tar.gz").is_file()


def test_the_real_image_takes_an_engine(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_smext.runner.docker.engine_problem", lambda: "nobody answers")
    document.write_text(
        document.read_text().replace("instance_type: local", "instance_type: local\n    local_image: true")
    )
    result, _ = run(document, tmp_path / "out")
    assert result.failure_reason == "ClientError: Docker cannot run the image here: nobody answers."


def test_only_a_local_run_asks_for_its_image(document: Path) -> None:
    spec = read_document(document)
    spec["spec"]["compute"] = {"instance_type": "ml.m5.large", "local_image": True}
    with pytest.raises(SmextError, match=r"spec\.compute\.local_image"):
        valid_spec(spec)


def test_a_local_spec_is_not_sent_to_aws(document: Path, sandbox_session: AwsSession) -> None:
    spec = valid_spec(read_document(document))
    with pytest.raises(SmextError) as caught:
        launch(sandbox_session, spec, document.parent, job_name="x", token="t", progress=Silent())
    assert caught.value.code is ErrorCode.NOT_SUPPORTED
