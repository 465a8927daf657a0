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


CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="session")
def session(s3_endpoint: str) -> Iterator[AwsSession]:
    """One session for all tests: a boto3 client takes longer to make than most tests take to run."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": s3_endpoint}.items():
            patch.setenv(name, value)
        session = AwsSession(region="us-east-1", endpoint_url=s3_endpoint)
        session.client("s3")
        session.client("sts")
    yield session
    for client in session._clients.values():
        client.close()
    session.close()


@pytest.fixture
def aws(session: AwsSession, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    """The session, in an environment that makes every other session the same."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": s3_endpoint}.items():
        monkeypatch.setenv(name, value)
    return session


@pytest.fixture
def client(aws: AwsSession) -> Any:
    return aws.client("s3")


@pytest.fixture
def bucket(client: Any) -> str:
    name = f"test-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name)
    return name
