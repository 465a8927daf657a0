from __future__ import annotations

import json
import shutil
from pathlib import Path

import boto3
import pytest

from jupyter_smext.cli.main import main
from jupyter_smext.estimators.check import parse
from jupyter_smext.sandbox import SandboxInfo

EXAMPLE = Path(__file__).parents[2] / "examples" / "penguins"


@pytest.fixture
def penguins(sandbox: SandboxInfo, tmp_path: Path) -> Path:
    """The example with its data in S3, fewer stages, so that it is quick."""
    folder = tmp_path / "penguins"
    shutil.copytree(EXAMPLE, folder)
    spec = folder / "penguins.sagemaker.yaml"
    spec.write_text(spec.read_text().replace("stages: 300", "stages: 20"))
    from palmerpenguins import load_penguins

    rows = load_penguins().drop(columns="year").sample(frac=1, random_state=1)
    s3 = boto3.client("s3")
    for channel, part in (("train", rows[:250]), ("test", rows[250:])):
        s3.put_object(Bucket=sandbox.bucket, Key=f"penguins/{channel}/p.csv", Body=part.to_csv(index=False).encode())
    return spec


def test_the_example_trains_and_shows_its_lines_metrics_and_end(
    penguins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["launch", str(penguins), "--wait", "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [each["event"] for each in events]
    assert kinds[-1] == "result"
    assert events[-1]["training_job_status"] == "Completed"
    assert events[-1]["model_artifacts"].endswith("/output/model.tar.gz")
    accuracies = [each["value"] for each in events if each.get("metric_name") == "test:accuracy"]
    assert len(accuracies) == 2
    assert accuracies[-1] > 0.8
    assert any("penguins to learn from" in each.get("message", "") for each in events if each["event"] == "log")
    assert [each["secondary_status"] for each in events if each["event"] == "status"][-1] == "Completed"


def test_a_token_launches_once(penguins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["launch", str(penguins), "--json", "--token", "nightly20261124aa"]
    assert main(arguments) == 0
    assert main(arguments) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["training_job_name"] == second["training_job_name"]
    assert (first["already_launched"], second["already_launched"]) == (False, True)


def test_a_short_token_is_wrong_usage(penguins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["launch", str(penguins), "--token", "short"]) == 2
    assert "16" in capsys.readouterr().err


def test_a_missing_file_is_one_clear_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["spec", "validate", str(tmp_path / "no.sagemaker.yaml")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("NotFound: There is no file")
    assert "spec new" in said


@pytest.mark.parametrize("framework", ["sklearn", "pytorch", "xgboost", "kmeans", "chainer"])
def test_a_new_spec_is_valid_once(framework: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my job_1.sagemaker.yaml"
    assert main(["spec", "new", str(path), "--framework", framework]) == 0
    assert parse(path.read_text()).problems == []
    assert main(["spec", "new", str(path)]) == 1
    assert "--force" in capsys.readouterr().err
    assert main(["spec", "new", str(tmp_path / "job.yaml")]) == 2
    assert main(["spec", "new", str(path), "--force", "--framework", "nothing"]) == 2


def test_validate_says_file_line_and_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.sagemaker.yaml", tmp_path / "bad.sagemaker.yaml"
    good.write_text((EXAMPLE / "penguins.sagemaker.yaml").read_text())
    bad.write_text(good.read_text().replace("instance_type", "instance_typ"))
    assert main(["spec", "validate", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: valid\n"
    assert main(["spec", "validate", str(good), str(bad)]) == 1
    line = bad.read_text().split("instance_typ")[0].count("\n") + 1
    said = capsys.readouterr().out
    assert f"{bad}:{line}:5: spec.compute.instance_typ: Unknown key" in said
    assert "Did you mean instance_type?" in said
    assert main(["spec", "validate", "--json", str(bad)]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["line"]


def test_the_request_is_printed(penguins: Path, sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "request", str(penguins)]) == 0
    request = json.loads(capsys.readouterr().out)
    assert request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] == (
        f"s3://{sandbox.bucket}/penguins/train/"
    )


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spec", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Training job"
