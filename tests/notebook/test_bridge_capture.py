"""What a capture says is what the SDK sends, for every kind of object, in the environments of both SDKs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from estimators.generated_specs import generated
from estimators.parity import compared
from sandbox.client_envs import SDK_V2, SDK_V3, client_python

from jupyter_smext.estimators.changes import flat
from jupyter_smext.estimators.models import ExportDialect

from . import sdk_pieces

ROOT = Path(__file__).parents[2]
GENERATED = 12
PARAMETERS = [
    ("v2", SDK_V2, ExportDialect.SDK_V2, sdk_pieces.V2, sdk_pieces.V2_REFUSED),
    ("v3", SDK_V3, ExportDialect.SDK_V3, sdk_pieces.V3, sdk_pieces.V3_REFUSED),
]


def captures(python: Path, pieces: list[dict[str, Any]], folder: Path) -> list[Any]:
    for name, text in (("src/train.py", "print('hello')\n"), ("lib/help.py", "")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    given = [{**each, "folder": str(folder)} for each in pieces]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "estimators")])
    done = subprocess.run(
        [python, Path(__file__).with_name("capture_in_sdk.py")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets git find the repository of a piece here."""
    folder = tmp_path / "repository"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "train.py").write_text("print('hello')\n")
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for command in (("init", "-q", "-b", "release"), ("add", "."), (*author, "commit", "-q", "-m", "first")):
        subprocess.run(["git", "-C", folder, *command], check=True)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{folder}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://git.example.com/team/code.git")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("sdk", "requirements", "dialect", "pieces", "refused"), PARAMETERS)
def test_a_captured_spec_makes_the_request_that_the_sdk_sends(
    sdk: str,
    requirements: tuple[str, ...],
    dialect: ExportDialect,
    pieces: dict[str, str],
    refused: dict[str, str],
    repository: None,
    tmp_path: Path,
) -> None:
    specs = generated(GENERATED, sdk=sdk, seed=11)
    given = [{"code": code} for code in [*pieces.values(), *refused]] + [{"spec": spec, "sdk": sdk} for spec in specs]
    answers = captures(client_python(*requirements), given, tmp_path)
    for code, words in refused.items():
        answer = answers.pop(len(pieces))
        assert words in answer.get("error", ""), (code, answer.get("trace", answer))
        assert answer["error"].startswith("SmextError"), code
        assert answer["sent"] == [], code
    for name, answer in zip([*pieces, *specs], answers, strict=True):
        assert "error" not in answer, (name, answer["error"], answer.get("trace", "")[-3000:])
        assert answer["sent"] == [], name
        assert answer["unchanged"], name
        ours, theirs = (leaves(compared(answer[whose], dialect)) for whose in ("ours", "theirs"))
        assert {
            path: (ours.get(path), theirs.get(path)) for path in {*ours, *theirs} if ours.get(path) != theirs.get(path)
        } == {}, name
        # v3 starts scripts in any image, a launch of ours by the toolkit of the framework images.
        assert [each for each in answer["warnings"] if "toolkit" not in each or sdk == "v2"] == [], name


def leaves(request: dict[str, Any]) -> dict[str, Any]:
    """Empty maps and lists say as much as none at all, and 1 as much as 1.0."""
    ends = ("MinValue", "MaxValue")
    return {path: float(value) if path.endswith(ends) else value for path, value in flat(request)}
