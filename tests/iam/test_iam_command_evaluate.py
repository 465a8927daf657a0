"""`jupyter smext iam evaluate` as a process sees it: standard input, standard output, exit code."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from iam_rules import OBJECT, SESSION, allow, doc

from jupyter_smext.cli.main import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(text: str) -> tuple[int, list[Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        code = main(["iam", "evaluate"])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


CASE = {
    "principal": SESSION,
    "action": "s3:GetObject",
    "resource": OBJECT,
    "resource_account": "111122223333",
    "context": {},
    "policies": {"identity": [doc(allow("s3:Get*"))], "resource": None},
}


def test_one_case(run: Any) -> None:
    code, [verdict] = run(json.dumps(CASE, indent=2))
    assert code == 0
    assert (verdict["verdict"], verdict["effect"], verdict["layer"], verdict["would_decide"]) == (
        "allowed",
        None,
        "identity",
        [],
    )
    assert verdict["statements"][0]["layer"] == "identity"


def test_json_lines(run: Any) -> None:
    denied = {**CASE, "action": "s3:PutObject"}
    code, verdicts = run("\n".join(json.dumps(case) for case in (CASE, denied, CASE)) + "\n\n")
    assert code == 0
    assert [verdict["verdict"] for verdict in verdicts] == ["allowed", "denied", "allowed"]


def test_a_bad_line_does_not_stop_the_others(run: Any) -> None:
    bad = json.dumps({**CASE, "action": "GetObject"})
    code, answers = run("\n".join([json.dumps(CASE), bad, "{not json}", json.dumps(CASE)]))
    assert code == 1
    assert [answer.get("verdict", "error") for answer in answers] == ["allowed", "error", "error", "allowed"]
    assert answers[1]["error"]["code"] == "InvalidCase"
    assert answers[1]["error"]["case"] == 2


def test_an_element_given_twice_is_never_decided_by_chance(run: Any) -> None:
    text = json.dumps(CASE).replace('"Effect": "Allow"', '"Effect": "Deny", "Effect": "Allow"')
    code, [answer] = run(text)
    assert code == 1
    assert "appears twice" in answer["error"]["message"]


def test_no_input_is_wrong_usage(run: Any) -> None:
    assert run("") == (2, [])
