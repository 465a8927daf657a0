"""What a sandbox is started with, and what it tells when it is ready."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jupyter_smext.sandbox.account import ACCOUNT_ID, DEFAULT_REGION

HOST = "127.0.0.1"
ROLE_NAME = "SageMakerSandboxRole"
ACCESS_KEY = "SANDBOXACCESSKEY0000"
"""Of the environment that is handed out; calls signed with it are calls of the default role."""


def default_cache_dir() -> Path:
    """Where environments of jobs are kept between runs, by their content."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "jupyter-smext" / "job-environments"


@dataclass(frozen=True)
class SandboxConfig:
    """How to run a sandbox."""

    port: int = 0
    """On loopback; 0 takes a free one."""
    state_dir: Path | None = None
    """Keeps everything over a restart. None: a temporary folder that goes with the sandbox."""
    region: str = DEFAULT_REGION
    """Of the environment handed out, and of the default bucket. Calls to any other region work as well."""
    job_slots: int = 2
    """How many training jobs run at a time; further ones wait."""
    stop_grace_seconds: float = 120.0
    """Between SIGTERM and SIGKILL for a job that is stopped; 120 s at AWS."""
    studio_time_scale: float = 0.02
    """Of the time that domains, spaces and apps take at AWS; 1 is as long as there, minutes for a domain."""
    enforce_iam: bool = False
    """The policies of callers, execution roles and buckets decide, as at AWS."""
    cache_dir: Path = field(default_factory=default_cache_dir)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "state_dir": None if self.state_dir is None else str(self.state_dir),
            "cache_dir": str(self.cache_dir),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> SandboxConfig:
        state_dir = value["state_dir"]
        paths = {"state_dir": None if state_dir is None else Path(state_dir), "cache_dir": Path(value["cache_dir"])}
        return cls(**(value | paths))

    @property
    def bucket(self) -> str:
        return f"sagemaker-{self.region}-{ACCOUNT_ID}"


@dataclass(frozen=True)
class SandboxInfo:
    """A running sandbox: where it is, and what a client needs to use it."""

    endpoint_url: str
    region: str
    account: str
    role_arn: str
    bucket: str
    env: dict[str, str]
    """Environment variables that make any AWS SDK, the AWS CLI and the SageMaker SDK use the sandbox."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> SandboxInfo:
        return cls(**value)
