"""`jupyter smext iam requirements` and `generate`."""

from __future__ import annotations

import io
import json

import pytest

from jupyter_smext.cli.main import main

MODEL = {
    "ModelName": "m",
    "ExecutionRoleArn": "arn:aws:iam::111122223333:role/R",
    "PrimaryContainer": {"ModelDataUrl": "s3://my-models/m/model.tar.gz"},
}
PLACE = ["--account", "111122223333", "--region", "eu-west-1"]


def test_requirements(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(MODEL)))
    assert main(["iam", "requirements", "CreateModel", *PLACE]) == 0
    needed = json.loads(capsys.readouterr().out)
    assert {"subject", "action", "resource", "context", "when", "reason", "field"} <= set(needed[0])
    assert ("execution_role", "s3:GetObject", "arn:aws:s3:::my-models/m/model.tar.gz") in [
        (need["subject"], need["action"], need["resource"]) for need in needed
    ]


def test_generate_for_a_request(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(MODEL)))
    assert main(["iam", "generate", "request", "CreateModel", *PLACE, "--for", "caller"]) == 0
    policy = json.loads(capsys.readouterr().out)
    assert {action for statement in policy["Statement"] for action in statement["Action"]} == {
        "sagemaker:CreateModel",
        "iam:PassRole",
    }


def test_generate_for_a_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["iam", "generate", "bucket", "my-data", "--prefix", "train/"]) == 0
    policy = json.loads(capsys.readouterr().out)
    assert [statement["Resource"] for statement in policy["Statement"]] == [
        ["arn:aws:s3:::my-data"],
        ["arn:aws:s3:::my-data/train/*"],
    ]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["requirements", "CreateNothing", *PLACE], "{}"),
        (["requirements", "CreateModel", *PLACE], "not JSON"),
        (["requirements", "CreateModel", *PLACE], "[]"),
        (["generate", "bucket", "My_Data"], ""),
        (["generate"], ""),
    ],
)
def test_wrong_usage(monkeypatch: pytest.MonkeyPatch, arguments: list[str], text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert main(["iam", *arguments]) == 2
