"""`jupyter smext iam whoami`, `check`, `preflight`, `apply`, `undo` and `packet`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from iam_rules import allow, doc
from roles import make_role, name_of

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.cli.main import main
from jupyter_smext.sandbox import SandboxInfo

READ = doc(allow("s3:GetObject", "arn:aws:s3:::data/*"))


@pytest.fixture
def run(
    sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Any:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))

    def command(*arguments: str, stdin: Any = None) -> tuple[int, str]:
        text = stdin if isinstance(stdin, str) else json.dumps(stdin)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        code = main(["iam", *arguments])
        return code, capsys.readouterr().out

    return command


def test_whoami(run: Any, sandbox: SandboxInfo) -> None:
    code, out = run("whoami", "--json")
    assert (code, json.loads(out)["execution_role"]["arn"]) == (0, sandbox.role_arn)
    code, out = run("whoami")
    assert "AdministratorAccess" in out
    assert "validate policy" in out


def test_check_answers_with_its_exit_code(run: Any, sandbox: SandboxInfo, sandbox_session: AwsSession) -> None:
    bucket = f"arn:aws:s3:::{sandbox.bucket}"
    assert run("check", "s3:ListBucket", bucket, "--probes")[0] == 0
    role = make_role(sandbox_session)
    code, out = run("check", "s3:ListBucket", bucket, "--principal", role, "--json")
    assert (code, json.loads(out)["check"]["answer"]) == (1, "denied")
    for wrong in (["s3:List*"], ["s3:ListBucket", "my-bucket"], ["s3:ListBucket", "--context", "novalue"]):
        assert run("check", *wrong)[0] == 2


def test_preflight_packet_apply_undo(
    run: Any, sandbox: SandboxInfo, sandbox_session: AwsSession, tmp_path: Path
) -> None:
    role = make_role(sandbox_session)
    request = {
        "ModelName": "m",
        "ExecutionRoleArn": role,
        "PrimaryContainer": {"ModelDataUrl": f"s3://{sandbox.bucket}/model.tar.gz"},
    }
    code, report = run("preflight", "CreateModel", "--json", stdin=request)
    assert code == 1
    code, packet = run("packet", "--json", stdin=report)
    assert code == 0
    assert run("packet", stdin=report)[1].startswith("# A permission is missing")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(json.loads(packet)["items"][0]["document"]))
    code, shown = run("apply", role, "--policy", str(policy))
    assert (code, "Nothing was changed" in shown) == (0, True)
    code, applied = run("apply", role, "--policy", str(policy), "--confirm", name_of(role), "--json")
    assert code == 0
    assert run("preflight", "CreateModel", stdin=request)[0] == 0
    code, undone = run("undo", json.loads(applied)["undo_token"], "--json")
    assert (code, json.loads(undone)["state"]) == (0, "undone")
    assert run("preflight", "CreateModel", stdin=request)[0] == 1


@pytest.mark.parametrize("stdin", ["not json", "[]", '{"x": 1}'])
def test_a_packet_of_something_else(run: Any, stdin: str) -> None:
    assert run("packet", stdin=stdin)[0] == 2


def test_json_is_taken_by_every_command(run: Any) -> None:
    assert run("explain", "--json", stdin="Access Denied")[0] == 0
    assert run("generate", "bucket", "data", "--json")[0] == 0
