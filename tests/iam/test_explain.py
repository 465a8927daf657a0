"""The doctor on the messages in error_messages.json. Accounts and names in real ones are changed, the wording is not.

`written_for`: forms that the grammar was written for. `met_later` and `met_last`: collected from public issue threads
and guides afterwards, with what they tell written down before the grammar was run on them.
`made_up`: invented in the wordings of AWS and its clients, in five rounds of which each was written down with what it
tells before the grammar was run on it, and which the grammar then learnt from.
"""

from __future__ import annotations

import io
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.cli.main import main
from jupyter_smext.iam.explain import explain

GROUPS = json.loads(Path(__file__).with_name("error_messages.json").read_text("utf-8"))
MESSAGES = [message for group in GROUPS.values() for message in group]


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(message["text"], message["tells"], id=message["name"].replace(" ", "-")) for message in MESSAGES],
)
def test_message(text: str, expected: dict[str, Any]) -> None:
    told = explain(text).model_dump()
    assert {key: told[key] for key in expected} == expected
    assert told["explanation"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(message["text"], message["tells"], id=message["name"].replace(" ", "-"))
        for message in GROUPS["written_for"]
        if message["tells"]["kind"] == "iam"
    ],
)
def test_noise_around_a_message_changes_nothing(text: str, expected: dict[str, Any]) -> None:
    noise = (
        "INFO:sagemaker:Creating training-job with name: x\n2026-01-01 12:00:00 Starting - Preparing the instances\n"
    )
    told = explain(noise + text + "\nCheck the logs for details.").model_dump()
    facts = {key: value for key, value in expected.items() if key not in ("who", "resource")}
    assert {key: told[key] for key in facts} == facts


def test_a_denial_is_never_said_to_be_curable_by_allow_without_ground() -> None:
    for message in MESSAGES:
        told = explain(message["text"])
        if told.allow_can_help:
            assert (told.layer, told.effect) == ("identity", "implicit"), message["name"]


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
        "Aa",
        "AaA_",
        "\n",
        " \n",
        "Reason: A.b.",
    ):
        begun = time.perf_counter()
        explain(piece * (300_000 // len(piece)))
        assert time.perf_counter() - begun < 5


def test_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(MESSAGES[0]["text"]))
    assert main(["iam", "explain"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
        "kind", "who", "principal", "operation", "action", "resource", "layer", "effect", "allow_can_help", "fix_owner",
        "explanation", "steps",
    ]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main(["iam", "explain"]) == 2
