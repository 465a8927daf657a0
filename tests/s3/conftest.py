from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from jupyter_smext.aws.session import AwsSession


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A moto server of this test process: it knows S3's semantics, conditional writes and versions included."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    session = AwsSession()
    yield session
    session.client("s3").close()
    session.close()


@pytest.fixture
def client(aws: AwsSession) -> Any:
    return aws.client("s3")


@pytest.fixture
def bucket(client: Any) -> str:
    name = f"test-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name)
    return name
