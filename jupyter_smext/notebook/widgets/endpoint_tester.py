"""An endpoint, asked in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, Unicode

from .. import snapshot
from .base import PanelWidget, kernel_session


class EndpointTester(PanelWidget):
    """The state of an endpoint, and a way to send it payloads.

    Payloads and answers are in the traits and never in the saved notebook.

    Traits
    ------
    endpoint_name : str
        Set it to ask another one.
    status : str
        ``EndpointStatus`` of AWS; empty until it was read.
    payload, content_type, accept : str
        What is sent next.
    response : dict
        The last answer, an :class:`~jupyter_smext.endpoints.models.InvokeResult`; empty before the first.
    """

    endpoint_name = Unicode().tag(sync=True)
    status = Unicode().tag(sync=True)
    payload = Unicode().tag(sync=True)
    content_type = Unicode("text/csv").tag(sync=True)
    accept = Unicode("application/json").tag(sync=True)
    response = Dict().tag(sync=True)

    _shown = ("endpoint_name", "status", "response")
    _result = "status"

    def __init__(self, endpoint_name: str, *, height: int = 420, **traits: Any) -> None:
        super().__init__(endpoint_name=endpoint_name, height=height, **traits)

    def _read(self) -> None:
        """Read the state through the kernel. Permission: `sagemaker:DescribeEndpoint`."""
        from ...endpoints.describe import describe_endpoint

        self.status = describe_endpoint(kernel_session(), self.endpoint_name).endpoint_status

    def send(self, payload: str | None = None) -> dict[str, Any]:
        """Send a payload, or the one of the trait, through the kernel; answers `response`.

        Permission: `sagemaker:InvokeEndpoint`.
        """
        from ...endpoints.invoke import invoke
        from ...endpoints.models import InvokeRequest

        if payload is not None:
            self.payload = payload
        request = InvokeRequest(
            endpoint_name=self.endpoint_name, body=self.payload, content_type=self.content_type, accept=self.accept
        )
        self.response = invoke(kernel_session(), request).model_dump(mode="json")
        return dict(self.response)

    def _text(self) -> str:
        return f"Endpoint {self.endpoint_name}: {self.status or 'not read yet'}"

    def _html(self) -> str:
        latency = self.response.get("latency_ms")
        rows = [
            ("Status", self.status or "not read yet"),
            ("Last answer", None if latency is None else f"{self.response.get('content_type')}, {latency:.0f} ms"),
        ]
        return snapshot.card("Endpoint", self.endpoint_name, [snapshot.facts(rows)])
