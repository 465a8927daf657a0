"""What the sandbox's tests share."""

from __future__ import annotations

import uuid

import pytest

from jupyter_smext.sandbox import SandboxInfo

from .support import Aws


@pytest.fixture
def aws(sandbox: SandboxInfo) -> Aws:
    return Aws(sandbox)


@pytest.fixture
def bucket(aws: Aws) -> str:
    """A bucket of this test's own."""
    name = f"test-{uuid.uuid4().hex}"
    aws.client("s3").create_bucket(Bucket=name)
    return name
