from __future__ import annotations

from typing import Any

import pytest
from fake_session import NOW, FakeJobs, FakeLogs, FakeSession

from jupyter_smext.jobs import logs as logs_module
from jupyter_smext.jobs.metrics import MetricReader, read_metrics
from jupyter_smext.jobs.models import LogLine, MetricsQuery

JOB = "job-1"


def found(definitions: dict[str, str], message: str) -> dict[str, float]:
    line = LogLine(timestamp=7, stream="algo-1-1", message=message)
    return {name: point.value for name, point in MetricReader(definitions).values(line)}


@pytest.mark.parametrize(
    ("expression", "message", "value"),
    [
        (r"loss=([0-9.]+);", "epoch 3 loss=0.25; acc=1;", 0.25),
        (r"loss=([-+0-9.e]+)", "loss=-1.5e-3", -0.0015),
        (r".*\[[0-9]+\].*#011validation-rmse:([-+]?[0-9]*\.?[0-9]+)", "[12]\tvalidation-rmse:3.5", 3.5),
        (r".*\[[0-9]+\].*#011validation-rmse:([-+]?[0-9]*\.?[0-9]+)", "[12]#011validation-rmse:3.5", 3.5),
    ],
)
def test_the_first_group_is_the_value(expression: str, message: str, value: float) -> None:
    assert found({"m": expression}, message) == {"m": value}


@pytest.mark.parametrize("message", ["loss=nan;", "loss=inf;", "loss=;", "nothing here", "loss=1.2.3;"])
def test_what_is_no_finite_number_is_no_value(message: str) -> None:
    assert found({"m": "loss=(.*);"}, message) == {}


def test_an_expression_without_a_group_has_no_value_and_a_broken_one_is_told() -> None:
    reader = MetricReader({"none": "loss", "broken": "(loss", "good": "loss=(.+)"})
    line = LogLine(timestamp=7, stream="algo-1-1", message="loss=1")
    assert [(name, point.value) for name, point in reader.values(line)] == [("good", 1.0)]
    assert list(reader.unreadable) == ["broken"]


def job(**more: Any) -> FakeJobs:
    definitions = [{"Name": "loss", "Regex": "loss=([0-9.]+)"}, {"Name": "acc", "Regex": "acc=([0-9.]+)"}]
    return FakeJobs(AlgorithmSpecification={"TrainingInputMode": "File", "MetricDefinitions": definitions}, **more)


def test_every_value_is_read_once_and_the_cursor_gives_only_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_module, "_LIST_EVERY_SECONDS", 0)
    logs = FakeLogs(JOB)
    logs.streams = {"algo-1-1": [(1, "loss=3"), (1, "loss=3"), (2, "loss=2 acc=0.5")]}
    session: Any = FakeSession(logs=logs, sagemaker=job())
    first = read_metrics(session, MetricsQuery(training_job_name=JOB))
    assert {each.metric_name: [(p.timestamp, p.value) for p in each.points] for each in first.series} == {
        "loss": [(1, 3.0), (1, 3.0), (2, 2.0)],
        "acc": [(2, 0.5)],
    }
    assert (first.source, first.complete) == ("logs", True)
    logs.streams["algo-1-1"].append((3, "loss=1"))
    second = read_metrics(session, MetricsQuery(training_job_name=JOB, cursor=first.cursor))
    assert [(each.metric_name, [p.value for p in each.points]) for each in second.series] == [("loss", [1.0])]
    third = read_metrics(session, MetricsQuery(training_job_name=JOB, cursor=second.cursor))
    assert (third.series, third.complete) == ([], True)


def test_a_very_long_log_is_read_in_several_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_smext.jobs import metrics as metrics_module

    monkeypatch.setattr(metrics_module, "_MAX_LINES", 30)
    monkeypatch.setattr(metrics_module, "_LINES_A_READ", 10)
    logs = FakeLogs(JOB)
    logs.streams = {"algo-1-1": [(time, f"loss={time}") for time in range(70)]}
    session: Any = FakeSession(logs=logs, sagemaker=job())
    values, cursor, calls = [], None, 0
    while True:
        result = read_metrics(session, MetricsQuery(training_job_name=JOB, cursor=cursor))
        values += [point.value for each in result.series for point in each.points]
        cursor, calls = result.cursor, calls + 1
        if result.complete:
            break
    assert values == [float(time) for time in range(70)]
    assert calls == 3


def test_without_values_in_the_log_the_last_ones_of_sagemaker_are_told_as_such() -> None:
    final = [{"MetricName": "loss", "Value": 0.5, "Timestamp": NOW}]
    session: Any = FakeSession(logs=FakeLogs(JOB), sagemaker=job(FinalMetricDataList=final))
    result = read_metrics(session, MetricsQuery(training_job_name=JOB))
    assert result.source == "final"
    assert [(each.metric_name, [p.value for p in each.points]) for each in result.series] == [("loss", [0.5])]
    assert result.series[0].points[0].timestamp == int(NOW.timestamp() * 1000)
