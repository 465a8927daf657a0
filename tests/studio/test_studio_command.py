"""``jupyter smext studio`` as a user types it, with the sandbox behind it."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from jupyter_smext.cli.main import main
from jupyter_smext.sandbox import SandboxInfo


@pytest.fixture
def us_west_2(sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A region of its own, in which the domain that is made is the only one."""
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")


@pytest.fixture
def studio(us_west_2: None, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str, code: int = 0) -> str:
        assert main(["studio", *words]) == code
        return capsys.readouterr().out

    return run


def answer(studio: Any, *words: str, code: int = 0) -> Any:
    return json.loads(studio(*words, "--json", code=code))


def test_the_whole_way(studio: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "elsewhere" in studio("where")
    assert answer(studio, "domains")["domains"] == []
    assert main(["studio", "spaces"]) == 1
    assert "us-west-2 has no domain" in capsys.readouterr().err

    assert answer(studio, "set-up", "--plan")["ready"]
    assert main(["studio", "set-up", "--name", "team"]) == 2
    captured = capsys.readouterr()
    assert "USD per hour (Studio-JupyterLab" in captured.err, "the plan comes before the question"
    assert "pass --yes" in captured.err
    domain_id = answer(studio, "set-up", "--name", "team", "--yes")["domain_id"]
    assert "Execution role" in studio("domains", domain_id)
    assert domain_id in studio("domains")
    assert "eve is" in studio("create-profile", "eve")
    assert {each["user_profile_name"] for each in answer(studio, "profiles")["user_profiles"]} == {"default", "eve"}
    assert "(the domain's)" in studio("profiles", "eve")

    assert answer(studio, "create-space", "desk", "--plan")["storage_usd_per_month"] is None, "not known here"
    assert answer(studio, "create-space", "desk", "--plan", "--instance-type", "ml.none", code=1)["ready"] is False
    assert answer(studio, "create-space", "desk", "--volume", "8")["ebs_volume_size_in_gb"] == 8
    wait_for_space(studio)
    assert answer(studio, "start", "desk", "--wait")["status"] == "InService"
    assert "JupyterLab InService, ml.t3.medium" in studio("spaces")
    assert "Idle timeout   60 min" in studio("spaces", "desk")
    assert "0 min" in studio("apps")
    assert studio("open", "desk").startswith(f"https://{domain_id}.studio.us-west-2.sandbox.invalid/auth?token=")
    assert "desk" in studio("storage")
    assert "sagemaker-distribution-cpu" in studio("images")
    assert answer(studio, "stop", "desk", "--wait")["status"] == "Deleted"
    assert answer(studio, "update-space", "desk", "--idle", "120")["idle_settings"]["idle_timeout_in_minutes"] == 120
    wait_for_space(studio)

    assert main(["studio", "delete-space", "desk"]) == 2
    assert "pass --yes desk" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda question: "another")
    assert main(["studio", "delete-space", "desk"]) == 1
    captured = capsys.readouterr()
    assert "Lost: The volume of 8 GB" in captured.out
    assert "PreconditionFailed" in captured.err
    assert "desk is deleted" in studio("delete-space", "desk", "--yes", "desk")
    assert answer(studio, "spaces")["spaces"] == []


class Terminal:
    def isatty(self) -> bool:
        return True


def wait_for_space(studio: Any) -> None:
    for _ in range(100):
        if answer(studio, "spaces", "desk")["status"] == "InService":
            return
    raise AssertionError("The space did not come into service")


@pytest.mark.parametrize(
    "words",
    [
        ("create-space", "under_score", "--domain", "d-x"),
        ("update-space", "desk", "--domain", "d-x", "--idle", "5"),
        ("create-profile", "eve", "--domain", "nowhere"),
    ],
)
def test_wrong_usage(studio: Any, words: tuple[str, ...]) -> None:
    assert studio(*words, code=2) == ""


def test_a_wrong_domain(studio: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["studio", "domains", "d-nowhere"]) == 1
    assert "NotFound: Domain [d-nowhere] does not exist." in capsys.readouterr().err
