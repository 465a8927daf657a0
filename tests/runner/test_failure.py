"""FailureReason texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_smext.runner.failure import ErrorLines, JobFailedError, container_failed, script_failed

CHAINED = """
Traceback (most recent call last):
  File "train.py", line 2, in <module>
    int("x")
ValueError: invalid literal for int() with base 10: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "train.py", line 4, in <module>
    raise RuntimeError("bad row")
RuntimeError: bad row
"""


def message_of(log: str) -> str:
    errors = ErrorLines()
    for line in log.splitlines():
        errors.feed(line)
    return errors.message()


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (CHAINED, "RuntimeError: bad row"),
        ("all is well\nepoch 1", ""),
        ("usage: train.py [-h]\ntrain.py: error: no argument --x", "train.py: error: no argument --x"),
        ("Traceback (most recent call last):\n  File\nE: first\nsecond line of it", "E: first\nsecond line of it"),
        ("UserWarning: careful\nValueError: x\nValueError: x", "ValueError: x"),
    ],
)
def test_the_lines_that_explain_a_failure(log: str, message: str) -> None:
    assert message_of(log) == message


def test_a_long_message_keeps_its_end() -> None:
    message = message_of("Traceback (most recent call last):\nKeyError: " + "k" * 5000 + " the end")
    assert len(message) == 700
    assert message.startswith("...kkk")
    assert message.endswith("the end")


def test_reasons_never_exceed_the_limit_of_the_api(tmp_path: Path) -> None:
    reason = script_failed("ExecuteUserScriptError", 1, "m" * 700, ["python", "train.py", "--x", "y" * 5000])
    assert len(reason) == 1024
    assert reason.endswith('...", exit code: 1')
    assert len(JobFailedError("r" * 3000).reason) == 1024
    (tmp_path / "failure").write_bytes(b"\xff" * 3000)
    assert len(container_failed(1, tmp_path / "failure")) == 1024
    assert container_failed(1, tmp_path / "absent") == "AlgorithmError: , exit code: 1"
