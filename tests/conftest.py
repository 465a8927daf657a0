"""Fixtures for all tests: no test sees this machine's own AWS configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import Sandbox, SandboxConfig, SandboxInfo

pytest_plugins = ["pytest_jupyter.jupyter_server"]


@pytest.fixture(autouse=True)
def no_aws_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "SAGEMAKER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))


@pytest.fixture
def jp_server_config() -> dict[str, object]:
    return {"ServerApp": {"jpserver_extensions": {"jupyter_smext": True}}}


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxInfo]:
    """One sandbox for the whole run; tests keep apart by the names they give."""
    with Sandbox(SandboxConfig(stop_grace_seconds=2, studio_time_scale=0.002)) as info:
        yield info


@pytest.fixture
def sandbox(running_sandbox: SandboxInfo, monkeypatch: pytest.MonkeyPatch) -> SandboxInfo:
    """The sandbox, and this process's environment pointing to it."""
    for name, value in running_sandbox.env.items():
        monkeypatch.setenv(name, value)
    return running_sandbox


@pytest.fixture
def sandbox_session(sandbox: SandboxInfo) -> Iterator[AwsSession]:
    """A session whose far end is the sandbox."""
    session = AwsSession()
    yield session
    session.close()
