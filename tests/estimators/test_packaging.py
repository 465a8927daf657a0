from __future__ import annotations

import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.models import SourceCode
from jupyter_smext.estimators.packaging import Package, pack, plan, upload


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def packed(folder: Path, **source: Any) -> Package:
    return pack(plan(SourceCode(**{"source_dir": ".", "entry_script": "train.py", **source}), folder), Silent())


def names(package: Package) -> list[str]:
    with package, tarfile.open(fileobj=package.archive, mode="r:gz") as tar:
        return tar.getnames()


def test_the_same_content_makes_the_same_bytes(tmp_path: Path) -> None:
    one = write(tmp_path / "one", train__py="print(1)", b__py="b", a__py="a")
    two = write(tmp_path / "two", a__py="a", train__py="print(1)", b__py="b")
    os.utime(two / "a.py", (0, 0))
    (two / "a.py").chmod(0o600)
    with packed(one) as first, packed(two) as second:
        assert first.sha256 == second.sha256
        assert first.archive.read() == second.archive.read()
    (two / "a.py").write_text("A")
    with packed(two) as other:
        assert other.sha256 != first.sha256


def test_nothing_of_this_machine_is_in_the_package(tmp_path: Path) -> None:
    with packed(write(tmp_path, train__py="x")) as package, tarfile.open(fileobj=package.archive, mode="r:gz") as tar:
        [info] = tar.getmembers()
    assert (info.mtime, info.uid, info.gid, info.uname, info.gname, info.mode) == (0, 0, 0, "", "", 0o644)


def test_what_is_of_no_use_stays_behind(tmp_path: Path) -> None:
    write(tmp_path, train__py="x", job__sagemaker__yaml="x", __gitignore="*.log\n", run__log="x")
    write(tmp_path / "__pycache__", a__pyc="x")
    write(tmp_path / ".ipynb_checkpoints", a__ipynb="x")
    write(tmp_path / "lib", helper__py="x")
    assert names(packed(tmp_path)) == ["lib/helper.py", "train.py"]


def test_more_files_lie_beside_the_script_and_requirements_get_their_name(tmp_path: Path) -> None:
    write(tmp_path / "src", train__py="x", cpu__txt="numpy")
    write(tmp_path / "shared", tool__py="x")
    write(tmp_path, notes__md="x")
    package = packed(tmp_path, source_dir="src", requirements="cpu.txt", dependencies=["shared", "notes.md"])
    assert names(package) == ["cpu.txt", "notes.md", "requirements.txt", "shared/tool.py", "train.py"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".env", "A=1"),
        ("id_rsa", "x"),
        ("a.py", "key = 'AKIA" + "IOSFODNN7ABCDEFG'"),
        ("a.py", "aws_secret_access_key = '" + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY" + "'"),
        ("a.txt", "-----BEGIN RSA " + "PRIVATE KEY-----"),
        ("a.ipynb", "ghp_" + "a1" * 18),
        ("a.yml", "hf_" + "Ab" * 17),
    ],
)
def test_a_secret_is_not_packed_unless_somebody_says_so(tmp_path: Path, name: str, content: str) -> None:
    write(tmp_path, train__py="x")
    (tmp_path / name).write_text(content)
    with pytest.raises(SmextError) as caught:
        packed(tmp_path)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert name in str(caught.value)
    assert content not in str(caught.value) or name == ".env"
    assert name in names(packed(tmp_path, allow_secrets=[name]))


def test_ordinary_code_holds_no_secrets(tmp_path: Path) -> None:
    write(
        tmp_path,
        train__py="import os\nkey = os.environ['AWS_SECRET_ACCESS_KEY']\ntask_id = 'sk-learn'\n",
        __env__example="A=",
    )
    assert plan(SourceCode(entry_script="train.py"), tmp_path).secrets == {}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"source_dir": "nowhere"}, "does not exist"),
        ({"entry_script": "other.py"}, "other.py does not exist"),
        ({"entry_script": "left.log"}, "ignore rule"),
        ({"requirements": "r.txt"}, "r.txt does not exist"),
        ({"dependencies": ["lib"]}, "lib does not exist"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, source: dict[str, Any], said: str) -> None:
    write(tmp_path, train__py="x", left__log="x", __gitignore="*.log")
    with pytest.raises(SmextError, match=said) as caught:
        packed(tmp_path, **source)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert caught.value.envelope.hint


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    return AwsSession(region="eu-west-1")


def test_a_package_that_is_there_is_not_uploaded_again(tmp_path: Path, session: AwsSession) -> None:
    with packed(write(tmp_path, train__py="x")) as package, Stubber(session.client("s3")) as stub:
        key = f"out/smext-source/{package.sha256}/sourcedir.tar.gz"
        stub.add_response("head_object", {"ContentLength": 1}, {"Bucket": "b", "Key": key})
        assert upload(session, package, "b", "out/smext-source", Silent()) == f"s3://b/{key}"
        stub.assert_no_pending_responses()


def test_a_missing_bucket_is_not_created_but_explained(tmp_path: Path, session: AwsSession) -> None:
    with packed(write(tmp_path, train__py="x")) as package, Stubber(session.client("s3")) as stub:
        stub.add_client_error("head_object", "404", "Not Found", http_status_code=404)
        stub.add_client_error("put_object", "NoSuchBucket", "The specified bucket does not exist", http_status_code=404)
        with pytest.raises(SmextError) as caught:
            upload(session, package, "my-bucket", "x", Silent())
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert "aws s3 mb s3://my-bucket" in str(caught.value.envelope.hint)


def test_a_refused_upload_says_on_what(tmp_path: Path, session: AwsSession) -> None:
    with packed(write(tmp_path, train__py="x")) as package, Stubber(session.client("s3")) as stub:
        stub.add_client_error("head_object", "403", "Forbidden", http_status_code=403)
        stub.add_client_error("put_object", "AccessDenied", "Access Denied", http_status_code=403)
        with pytest.raises(SmextError) as caught:
            upload(session, package, "b", "x", Silent())
    assert caught.value.code is ErrorCode.ACCESS_DENIED
    assert caught.value.envelope.action == "s3:PutObject"
    assert caught.value.envelope.resource == f"arn:aws:s3:::b/x/{package.sha256}/sourcedir.tar.gz"
