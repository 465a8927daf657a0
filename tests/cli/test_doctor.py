from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_smext.cli import doctor
from jupyter_smext.cli.main import main
from jupyter_smext.sandbox import SandboxInfo


def findings(capsys: pytest.CaptureFixture[str], *, code: int) -> dict[str, dict[str, Any]]:
    assert main(["doctor", "--json"]) == code
    return {each["check"]: each for each in json.loads(capsys.readouterr().out)["findings"]}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if both halves were installed: a checkout may be without a built panel."""
    ok = doctor.Finding("x", "ok", "enabled")
    monkeypatch.setattr(doctor, "_server_extension", lambda: ok)
    monkeypatch.setattr(doctor, "_lab_extension", lambda: ok)


def test_everything_is_found_in_the_sandbox(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(capsys, code=0)
    assert found["region"]["detail"] == sandbox.region
    assert found["credentials"]["detail"] == "found by env"
    assert found["far end"]["detail"] == sandbox.endpoint_url
    assert found["STS"]["state"] == found["SageMaker"]["state"] == found["S3"]["state"] == "ok"
    assert found["execution role"]["detail"].startswith("arn:aws:iam::")
    assert {"python", "jupyter-smext", "jupyterlab", "jupyter_server", "boto3"} <= found.keys()


def test_no_region_and_no_credentials_are_told_with_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = findings(capsys, code=1)
    assert found["AWS configuration"]["state"] == "fail"
    assert "AWS_REGION" in found["AWS configuration"]["hint"]
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    found = findings(capsys, code=1)
    assert found["region"]["state"] == "ok"
    assert found["credentials"]["state"] == "fail"
    assert found["credentials"]["hint"]
    assert "STS" not in found


def test_a_far_end_that_does_not_answer_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    found = findings(capsys, code=1)
    assert {found[service]["state"] for service in ("STS", "SageMaker", "S3")} == {"fail"}
    assert "execution role" not in found


@pytest.mark.parametrize(
    ("version", "state"),
    [("4.4.0", "ok"), ("4.6.6", "ok"), ("4.4.0rc1", "ok"), ("4.3.9", "fail"), ("5.0.0", "fail"), ("5.0.0a1", "fail")],
)
def test_versions_are_held_against_the_supported_ones(
    version: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.metadata, "version", lambda package: version)
    assert doctor._installed("jupyterlab").state == state


def test_words_for_people(sandbox: SandboxInfo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"ok    far end: {sandbox.endpoint_url}" in lines
