"""The running part of an endpoint: one local model server for each production variant, however many instances it asks.

A server that dies is started again by the next request that needs it.
"""

from __future__ import annotations

import logging
import random
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_smext.runner import ModelServer, ModelServerError
from jupyter_smext.sandbox.execution_roles import ExecutionRoles
from jupyter_smext.sandbox.logs import LogWriter

log = logging.getLogger(__name__)

# AWS gives a container this long to answer /ping, unless the variant says otherwise; requirements are installed in it.
_STARTUP_SECONDS = 240.0


@dataclass(frozen=True)
class VariantSettings:
    work_dir: Path
    cache_dir: Path


class VariantServer:
    """Serves one production variant of one endpoint."""

    def __init__(
        self,
        endpoint: str,
        region: str,
        variant: Mapping[str, Any],
        container: Mapping[str, Any],
        role_arn: str,
        *,
        settings: VariantSettings,
        roles: ExecutionRoles,
        logs: LogWriter,
    ) -> None:
        self.name: str = variant["VariantName"]
        self._timeout = float(variant.get("ContainerStartupHealthCheckTimeoutInSeconds", _STARTUP_SECONDS))
        self._lock = threading.Lock()
        self._stopped = False
        group = endpoint_log_group(endpoint)

        def make() -> ModelServer:
            instance = uuid.uuid4().hex
            stream = f"{self.name}/i-{instance[:17]}"
            writes_logs = roles.writes_logs(role_arn, region, group)
            return ModelServer(
                container=container,
                s3=roles.clients(role_arn).get("s3", region),
                work_dir=settings.work_dir / f"endpoint-{instance}",
                cache_dir=settings.cache_dir,
                log=lambda line, timestamp_ms: (
                    logs.write(region, group, stream, line, timestamp_ms) if writes_logs else None
                ),
                environment=roles.environment(role_arn, region),
            )

        self._make: Callable[[], ModelServer] = make
        self._server = make()

    def start(self) -> None:
        """Raises :class:`ModelServerError`."""
        self._server.start(self._timeout)

    def url(self) -> str:
        """Of a server that lives.

        Raises :class:`ModelServerError` when it died and does not come up again.
        """
        with self._lock:
            if not self._server.alive() and not self._stopped:
                self._server.stop()
                self._server = self._make()
                self._server.start(self._timeout)
            return self._server.url

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._server.stop()


class EndpointVariants:
    """All variants of one endpoint."""

    def __init__(self, servers: Sequence[VariantServer]) -> None:
        self._servers = {server.name: server for server in servers}

    def start(self) -> None:
        """Starts all of them, or none.

        Raises :class:`ModelServerError` with what DescribeEndpoint shows as its FailureReason.
        """
        for server in self._servers.values():
            try:
                server.start()
            except ModelServerError as error:
                self.stop()
                raise ModelServerError(
                    f"The primary container for production variant {server.name} did not pass the ping health check. "
                    f"Please check CloudWatch logs for this endpoint. Cause: {error.reason}"
                ) from error

    def choose(self, weights: Mapping[str, float]) -> VariantServer:
        """One of the variants, by chance and weight."""
        names = list(self._servers)
        shares = [weights.get(name, 0.0) for name in names]
        name = random.choices(names, shares if any(shares) else None)[0]
        return self._servers[name]

    def get(self, name: str) -> VariantServer | None:
        return self._servers.get(name)

    def stop(self) -> None:
        for server in self._servers.values():
            server.stop()


def endpoint_log_group(endpoint: str) -> str:
    return f"/aws/sagemaker/Endpoints/{endpoint}"
