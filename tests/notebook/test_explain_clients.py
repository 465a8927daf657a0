"""Help below the errors that pandas, s3fs, PyArrow and boto3 really raise, in a kernel that has nothing else of AWS."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from sandbox.client_envs import DATA_KERNEL, client_python
from sandbox.support import Aws
from sandbox.test_enforce_iam import Role, allow

from jupyter_smext.notebook.explain.output import MIME_TYPE
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo

from .answers import EXPIRED_IN_S3, answering, refusal
from .kernels import run_cells

BUCKET = "read-in-notebooks"
OBJECTS = f"arn:aws:s3:::{BUCKET}"

# Code of a cell -> code and resource of its help; None: the traceback says all.
CELLS: dict[str, tuple[str, str | None] | None] = {
    "pd.read_csv('s3://BUCKET/mine/a.csv')": None,
    "pd.read_csv('s3://no-such-bucket-here/a.csv')": ("NotFound", "arn:aws:s3:::no-such-bucket-here"),
    "pd.read_csv('s3://BUCKET/mine/none.csv')": ("NotFound", f"{OBJECTS}/mine/none.csv"),
    "pd.read_csv('s3://BUCKET/theirs/a.csv')": ("AccessDenied", f"{OBJECTS}/theirs/a.csv"),
    "frame.to_csv('s3://BUCKET/theirs/b.csv')": ("AccessDenied", f"{OBJECTS}/theirs/b.csv"),
    "frame.to_csv('s3://no-such-bucket-here/b.csv')": ("NotFound", "arn:aws:s3:::no-such-bucket-here/b.csv"),
    "pd.read_parquet('s3://BUCKET/mine/none.parquet')": ("NotFound", f"{OBJECTS}/mine/none.parquet"),
    "pd.read_parquet('s3://BUCKET/theirs/a.csv')": ("AccessDenied", f"{OBJECTS}/theirs/a.csv"),
    "frame.to_parquet('s3://BUCKET/theirs/b.parquet')": ("AccessDenied", f"{OBJECTS}/theirs/b.parquet"),
    "pd.read_parquet('/no/such/file.parquet')": None,
    "s3fs.S3FileSystem().ls('no-such-bucket-here')": ("NotFound", "arn:aws:s3:::no-such-bucket-here"),
    "s3fs.S3FileSystem().open('s3://BUCKET/mine/none.csv')": ("NotFound", f"{OBJECTS}/mine/none.csv"),
    "s3fs.S3FileSystem().put('a.txt', 'BUCKET/theirs/x')": ("AccessDenied", f"{OBJECTS}/theirs/x"),
    "boto3.client('s3').get_object(Bucket='BUCKET', Key='theirs/a.csv')": ("AccessDenied", f"{OBJECTS}/theirs/a.csv"),
    "boto3.client('s3').download_file('BUCKET', 'mine/none.csv', 'x')": ("NotFound", f"{OBJECTS}/mine/none.csv"),
    "boto3.client('s3', endpoint_url=EXPIRED).list_objects_v2(Bucket='BUCKET')": ("CredentialsExpired", OBJECTS),
    # pandas asks by HEAD, whose answer has no word: what it may be stands in the explanation.
    "pd.read_csv('s3://BUCKET/a.csv', storage_options={'endpoint_url': EXPIRED})": (
        "InvalidRequest",
        f"{OBJECTS}/a.csv",
    ),
    "boto3.client('sagemaker', endpoint_url=CAPACITY).create_endpoint(**ENDPOINT)": ("NoCapacity", None),
    # From here on without the keys of the environment.
    "for name in ('ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN'): os.environ.pop(f'AWS_{name}')": None,
    "boto3.Session(profile_name='of-a-portal').client('s3').list_buckets()": ("CredentialsExpired", None),
    "boto3.Session(profile_name='of-a-session').client('s3').list_buckets()": ("CredentialsExpired", None),
    "boto3.Session(profile_name='of-a-program').client('s3').list_buckets()": ("CredentialsExpired", None),
    "pd.read_csv('s3://BUCKET/a.csv', storage_options={'profile': 'of-a-program'})": (
        "CredentialsExpired",
        f"{OBJECTS}/a.csv",
    ),
    "boto3.Session(profile_name='nobody').client('s3').list_buckets()": ("CredentialsMissing", None),
    "boto3.Session(region_name='us-east-1').client('s3').list_buckets()": ("CredentialsMissing", None),
}

CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."


@pytest.fixture(scope="module")
def enforcing() -> Any:
    with Sandbox(SandboxConfig(enforce_iam=True, stop_grace_seconds=1)) as info:
        yield info


@pytest.fixture
def reader(enforcing: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a session that may list the bucket, and read and write below ``mine/`` only."""
    for name, value in enforcing.env.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key in ("mine/a.csv", "theirs/a.csv"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"a,b\n1,2\n")
    role = Role(Aws(enforcing), allow("s3:*", on=[OBJECTS, f"{OBJECTS}/mine/*"]), allow("s3:ListBucket"))
    made = boto3.client("sts").assume_role(RoleArn=role.arn, RoleSessionName="reader")["Credentials"]
    for name, key in (("ACCESS_KEY_ID", "AccessKeyId"), ("SECRET_ACCESS_KEY", "SecretAccessKey")):
        monkeypatch.setenv(f"AWS_{name}", made[key])
    monkeypatch.setenv("AWS_SESSION_TOKEN", made["SessionToken"])


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles whose sign-in is over: by IAM Identity Center in both its forms, and by a program."""
    portal = "https://portal.example.com/start"
    program = tmp_path / "credentials.sh"
    over = {"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "x", "SessionToken": "x"}
    program.write_text(f"#!/bin/sh\necho '{json.dumps({**over, 'Expiration': '2020-01-01T00:00:00Z'})}'\n")
    program.chmod(0o755)
    common = "sso_account_id = 123456789012\nsso_role_name = R\nregion = us-east-1\n"
    config = tmp_path / "config"
    config.write_text(
        f"[profile of-a-portal]\nsso_start_url = {portal}\nsso_region = us-east-1\n{common}"
        f"[profile of-a-session]\nsso_session = team\n{common}"
        f"[sso-session team]\nsso_start_url = {portal}\nsso_region = us-east-1\n"
        f"[profile of-a-program]\ncredential_process = {program}\nregion = us-east-1\n"
    )
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {"startUrl": portal, "region": "us-east-1", "accessToken": "t", "expiresAt": "2020-01-01T00:00:00Z"}
    for name in (portal, "team"):
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))


@pytest.mark.timeout(300)
def test_what_clients_raise_is_explained(
    reader: None, profiles: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("a")
    python = client_python(*DATA_KERNEL)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    with ExitStack() as stack:
        addresses = {
            "EXPIRED": stack.enter_context(answering(*EXPIRED_IN_S3)),
            "CAPACITY": stack.enter_context(answering(*refusal("ResourceLimitExceeded", CAPACITY))),
            "ENDPOINT": {"EndpointName": "e", "EndpointConfigName": "e"},
        }
        before = [
            "%load_ext jupyter_smext",
            "import os, boto3, pandas as pd, s3fs",
            "frame = pd.DataFrame({'a': [1]})",
            "\n".join(f"{name} = {value!r}" for name, value in addresses.items()),
        ]
        cells = [code.replace("BUCKET", BUCKET) for code in CELLS]
        ran = run_cells([*before, *cells], tmp_path, python, monkeypatch)[len(before) :]
    found = {code: help_in(outputs) for code, outputs in zip(CELLS, ran, strict=True)}
    assert {code: help and (help["code"], help.get("resource")) for code, help in found.items()} == CELLS
    for code, outputs in zip(CELLS, ran, strict=True):
        if CELLS[code] is not None:
            kinds = [each["output_type"] for each in outputs if each["output_type"] != "stream"]
            assert kinds == ["error", "display_data"], f"the traceback, and the help below it: {code}"
    portal = found["boto3.Session(profile_name='of-a-portal').client('s3').list_buckets()"]
    assert portal is not None
    assert "aws sso login" in portal["steps"][0]


def help_in(outputs: list[dict[str, Any]]) -> dict[str, Any] | None:
    for output in outputs:
        if MIME_TYPE in output.get("data", {}):
            found: dict[str, Any] = output["data"][MIME_TYPE]
            return found
    return None
