"""MetricDefinitions on log lines."""

from __future__ import annotations

import re

import pytest
from runner_jobs import Jobs

from jupyter_smext.runner.metrics import MetricScanner

XGBOOST_REGEX = r".*\[[0-9]+\].*#011validation-rmse:([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?).*"


@pytest.mark.parametrize(
    ("regex", "line", "expected"),
    [
        ("loss=([0-9.]+);", "epoch 1 loss=0.25; acc=1", [0.25]),
        ("loss=([0-9.e-]+)", "loss=1e-3", [0.001]),
        (XGBOOST_REGEX, "[5]\ttrain-rmse:1.5\tvalidation-rmse:2.25", [2.25]),
        (XGBOOST_REGEX, "[5]#011train-rmse:1.5#011validation-rmse:2.25", [2.25]),
        (r"a\tloss:(.*)", "a\tloss:3", [3.0]),
        ("loss=(.*)", "loss=nan", []),
        ("loss=(.*)", "loss=inf", []),
        ("loss=(.*)", "loss=high", []),
        ("loss=[0-9]+", "loss=3", []),
        ("loss=([0-9])?", "loss=", []),
    ],
)
def test_values(regex: str, line: str, expected: list[float]) -> None:
    scanner = MetricScanner([{"Name": "m", "Regex": regex}])
    assert [value for _, value in scanner.scan(line)] == expected


def test_each_metric_once_a_line() -> None:
    scanner = MetricScanner([{"Name": "a", "Regex": r"a=(\d)"}, {"Name": "b", "Regex": r"b=(\d)"}])
    assert list(scanner.scan("a=1\tb=2\ta=3")) == [("a", 1.0), ("b", 2.0)]


def test_a_regex_that_is_none(jobs: Jobs) -> None:
    with pytest.raises(re.error):
        MetricScanner([{"Name": "m", "Regex": "("}])
    request = jobs.script_request("train.py", jobs.put_source(train__py=""))
    request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "m", "Regex": "("}]
    assert str(jobs.start(request).result().failure_reason).startswith("ClientError: The metric regex '('")
