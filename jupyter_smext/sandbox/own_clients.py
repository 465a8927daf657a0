"""boto3 clients of the sandbox's own endpoint: how jobs and services of the sandbox reach S3, IAM and CloudWatch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

INTERNAL_ACCESS_KEY = "SANDBOXINTERNAL"
"""Marks a call that the sandbox makes to itself; such a call is not written to the journal."""
SETUP_ACCESS_KEY = "SANDBOXSETUP"
"""Marks a call that sets up what the user finds; it is in the journal, where the changes of the user follow it."""


class OwnClients:
    """Makes each client once; clients are safe to share between threads, their making is not."""

    def __init__(
        self,
        endpoint_url: str,
        access_key: str = INTERNAL_ACCESS_KEY,
        prepare: Callable[[Any], None] = lambda client: None,
    ) -> None:
        """``prepare`` sees each client once, before anybody uses it."""
        self._endpoint_url = endpoint_url
        # The stubs know every service by a literal name.
        self._session: Any = boto3.Session(aws_access_key_id=access_key, aws_secret_access_key="none")
        self._prepare = prepare
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def get(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                client = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint_url,
                    config=Config(
                        max_pool_connections=50, retries={"mode": "standard"}, s3={"addressing_style": "path"}
                    ),
                )
                self._prepare(client)
                self._clients[service, region] = client
            return self._clients[service, region]
