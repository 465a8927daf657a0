"""A tuning spec with `instance_type: local`: its trials really train here, and the best of them is found."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.progress import Cancelled
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.estimators.file import dump
from jupyter_smext.estimators.local_launch import launch_local, read_log
from jupyter_smext.estimators.models import LocalTuning

from .specs import REMOVED, changed

SCRIPT = """\
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int)
parser.add_argument("--kind")
args = parser.parse_args()
assert os.environ["SM_CHANNEL_TRAIN"] and pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "rows.csv").exists()
if args.kind == "broken":
    raise ValueError("no such kind")
print(f"score={args.depth * (10 if args.kind == 'b' else 1)};", flush=True)
pathlib.Path(os.environ["SM_MODEL_DIR"], "kind").write_text(args.kind)
"""
TUNING: dict[str, Any] = {
    "strategy": "Grid",
    "objective": {"metric_name": "score", "type": "Maximize"},
    "resource_limits": {"max_parallel_training_jobs": 2},
    "parameter_ranges": {"categorical": {"depth": [1, 3], "kind": ["a", "b"]}},
}


def tuning_spec(*changes: tuple[str, Any], **tuning: Any) -> dict[str, Any]:
    return changed(
        ("kind", "HyperParameterTuningJob"),
        ("tuning", TUNING | tuning),
        ("spec.role", REMOVED),
        ("spec.compute.instance_type", "local"),
        ("spec.hyperparameters", {}),
        ("spec.source_code", {"source_dir": "src", "entry_script": "train.py"}),
        ("spec.algorithm.metric_definitions", [{"name": "score", "regex": "score=([0-9.]+);"}]),
        ("spec.input_data_config", [{"channel_name": "train", "s3_uri": "file://data"}]),
        *changes,
    )


@pytest.fixture
def document(tmp_path: Path) -> Path:
    for folder in ("src", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "src" / "train.py").write_text(SCRIPT)
    (tmp_path / "data" / "rows.csv").write_text("1,2\n")
    return tmp_path / "tune.sagemaker.yaml"


class Watched:
    """A progress that can be cancelled."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.messages: list[str] = []

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        self.messages.append(message or "")

    def cancelled(self) -> bool:
        return self.stop.is_set()


def tuned(document: Path, spec: dict[str, Any]) -> LocalTuning:
    result = launch_local(AwsSession(), spec, document, Watched())
    assert result.kind == "HyperParameterTuningJob"
    assert result.tuning is not None
    return result.tuning


def test_the_best_of_all_trials_is_found(document: Path) -> None:
    result = launch_local(AwsSession(), tuning_spec(), document, Watched())
    tuning = result.tuning
    assert tuning is not None
    assert [each.status for each in tuning.trials] == ["Completed"] * 4
    assert sorted(each.objective or 0 for each in tuning.trials) == [1, 3, 10, 30]
    assert tuning.best is not None
    assert (tuning.best.objective, tuning.best.hyperparameters) == (30, {"depth": "3", "kind": '"b"'})
    assert (document.parent / str(result.model_artifacts)).is_file()
    log = read_log(document, 0).text
    assert "[4] score=30;" in log
    assert log.splitlines()[-1] == f'== Best: {tuning.best.training_job_name} Completed, 30: depth=3 kind="b"'


def test_a_trial_that_fails_does_not_end_the_others(document: Path) -> None:
    tuning = tuned(document, tuning_spec(parameter_ranges={"categorical": {"depth": [2], "kind": ["broken", "a"]}}))
    assert [each.status for each in tuning.trials] == ["Failed", "Completed"]
    assert "no such kind" in str(tuning.trials[0].failure_reason)
    assert tuning.best == tuning.trials[1]


def test_without_any_objective_it_failed(document: Path) -> None:
    with pytest.raises(SmextError, match="no such kind"):
        tuned(document, tuning_spec(parameter_ranges={"categorical": {"depth": [2], "kind": ["broken"]}}))
    (document.parent / "src" / "train.py").write_text("print('nothing')\n")
    with pytest.raises(SmextError, match="No trial reported the objective"):
        tuned(document, tuning_spec())


def test_random_search_ends_at_its_target(document: Path) -> None:
    tuning = tuned(
        document,
        tuning_spec(
            strategy="Random",
            resource_limits={"max_number_of_training_jobs": 9, "max_parallel_training_jobs": 1},
            parameter_ranges={"integer": {"depth": {"min_value": 5, "max_value": 6}}, "categorical": {"kind": ["a"]}},
            tuning_job_completion_criteria={"target_objective_metric_value": 5},
        ),
    )
    assert len(tuning.trials) == 1


def test_several_definitions_take_part(document: Path) -> None:
    (document.parent / "other").mkdir()
    (document.parent / "other" / "go.py").write_text("print('score=99;')\n")
    spec = tuning_spec(parameter_ranges={"categorical": {"depth": [1], "kind": ["a"]}})
    second = {**spec["spec"], "source_code": {"source_dir": "other", "entry_script": "go.py"}}
    spec["tuning"] |= {
        "definition_name": "first",
        "definitions": [
            {
                "definition_name": "second",
                "objective": TUNING["objective"],
                "parameter_ranges": {"categorical": {"depth": [1]}},
                "spec": second,
            }
        ],
    }
    tuning = tuned(document, spec)
    assert [(each.definition_name, each.objective) for each in tuning.trials] == [("first", 1), ("second", 99)]
    second["compute"] = {"instance_type": "ml.m5.large"}
    with pytest.raises(SmextError, match=r"Definition 2 names ml\.m5\.large"):
        tuned(document, spec)


def test_cancel_stops_the_trials_and_starts_no_more(document: Path) -> None:
    (document.parent / "src" / "train.py").write_text("import time\nprint('waiting', flush=True)\ntime.sleep(60)\n")
    progress = Watched()

    def cancel() -> None:
        while read_log(document, 0).text.count("] waiting") < 2:
            time.sleep(0.05)
        progress.stop.set()

    thread = threading.Thread(target=cancel, daemon=True)
    thread.start()
    with pytest.raises(Cancelled):
        launch_local(AwsSession(), tuning_spec(), document, progress)
    thread.join(timeout=5)
    log = read_log(document, 0).text
    assert log.count("Stopped, no objective") == 4, "told twice: when they ended, and in the end"
    assert "Trial 3" not in log


@pytest.mark.parametrize(
    ("tuning", "words"),
    [
        (
            {
                "warm_start_config": {
                    "parent_hyper_parameter_tuning_jobs": ["a"],
                    "warm_start_type": "TransferLearning",
                }
            },
            "warm_start_config",
        ),
        (
            {
                "strategy": "Random",
                "resource_limits": {"max_number_of_training_jobs": 2, "max_parallel_training_jobs": 1},
                "parameter_ranges": {"auto": {"depth": "3"}},
                "autotune": True,
            },
            "AutoParameters",
        ),
    ],
)
def test_what_only_aws_can_do_is_refused(document: Path, tuning: dict[str, Any], words: str) -> None:
    with pytest.raises(SmextError, match=words):
        tuned(document, tuning_spec(**tuning))


def test_the_command_tunes_here(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document.write_text(dump(tuning_spec()))
    assert main(["launch", str(document)]) == 0
    out = capsys.readouterr().out
    [best] = [line for line in out.splitlines() if line.startswith("best")]
    assert best.split()[2:] == ["Completed", "30.0", "3", '"b"']
    assert main(["launch", str(document), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["event"] for each in events].count("trial") == 4
    assert events[-1]["best"]["objective"] == 30
    assert {each["training_job_name"] for each in events if each["event"] == "metric"} == {
        each["training_job_name"] for each in events[-1]["trials"]
    }
