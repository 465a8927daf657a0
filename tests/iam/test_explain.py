"""The doctor on real messages."""

from __future__ import annotations

import io
import json
import random
import time
from typing import Any

import pytest
from error_messages import LATER, MET, SEEN
from jupyter_smext.cli.main import main
from jupyter_smext.iam.explain import explain


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=name.replace(" ", "-")) for name, text, expected in SEEN + MET + LATER],
)
def test_message(text: str, expected: dict[str, Any]) -> None:
    told = explain(text).model_dump()
    assert {key: told[key] for key in expected} == expected
    assert told["explanation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, expected, id=name) for name, text, expected in SEEN if expected["kind"] == "iam"],
)
def test_noise_around_a_message_changes_nothing(text: str, expected: dict[str, Any]) -> None:
    noise = (
        "INFO:sagemaker:Creating training-job with name: x\n2026-01-01 12:00:00 Starting - Preparing the instances\n"
    )
    told = explain(noise + text + "\nCheck the logs for details.").model_dump()
    facts = {key: value for key, value in expected.items() if key not in ("who", "resource")}
    assert {key: told[key] for key in facts} == facts


def test_a_denial_is_never_said_to_be_curable_by_allow_without_ground() -> None:
    for _, text, expected in SEEN + MET + LATER:
        told = explain(text)
        if told.allow_can_help:
            assert (told.layer, told.effect) == ("identity", "implicit"), text
        assert told.kind == expected["kind"]


def test_random_text_is_unknown_or_harmless() -> None:
    draw = random.Random(3)
    words = ["error", "failed", "the", "job", "(", ")", ":", "s3", "role", "x" * 50, "\n", "{", '"', "value", "42"]
    for _ in range(500):
        told = explain(" ".join(draw.choices(words, k=draw.randrange(1, 80))))
        assert told.kind == "unknown"
        assert told.principal is None


def test_long_and_hostile_texts_are_fast() -> None:
    for piece in (
        "(a) ",
        '"code": "x", ',
        "(Service: Amazon S3; Status Code: 403; ",
        "User: arn:aws:iam::1:user/x ",
        "a:",
        "role ",
    ):
        begun = time.perf_counter()
        explain(piece * (300_000 // len(piece)))
        assert time.perf_counter() - begun < 5


def test_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SEEN[0][1]))
    assert main(["iam", "explain"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "kind", "who", "principal", "operation", "action", "resource", "layer", "effect", "allow_can_help", "fix_owner",
        "explanation", "steps",
    ]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main(["iam", "explain"]) == 2
