"""The HTTP edge of the sandbox: one request, one response, and the WSGI server that carries them.

cheroot serves, and not werkzeug's own server: werkzeug closes every connection, and boto3 is built on keep-alive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit

from cheroot import wsgi

log = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
_RAW_HEADERS = "jupyter_smext.headers"
SERVER_NAME = "jupyter-smext-sandbox"
"""In the `Server` header of every answer: how a client knows that it is not AWS that it talks to."""
_WORKER_THREADS = 64


@dataclass
class Request:
    """What a client sent. The body is a stream and can be read once; :meth:`read_all` is for small ones."""

    method: str
    raw_path: str
    """Still percent-encoded: S3 keys may hold ``//``, ``..`` and encoded slashes, which no layer may normalise."""
    query: dict[str, str]
    headers: Mapping[str, str]
    """Names in lower case, with underscores kept (WSGI would fold ``x-amz-meta-a_b`` into ``x-amz-meta-a-b``)."""
    body: BinaryIO
    environ: dict[str, Any]
    """The WSGI environment, for handing the request on to moto."""

    @classmethod
    def from_wsgi(cls, environ: dict[str, Any]) -> Request:
        target = urlsplit(environ["REQUEST_URI"].encode("latin-1").decode("utf-8", "replace"))
        # urlsplit takes "//bucket/key" for a host name; a request target never has one.
        raw_path = f"//{target.netloc}{target.path}" if target.netloc else target.path
        return cls(
            method=environ["REQUEST_METHOD"],
            raw_path=raw_path,
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            headers=environ[_RAW_HEADERS],
            body=environ["wsgi.input"],
            environ=environ,
        )

    @cached_property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def content_length(self) -> int | None:
        value = self.headers.get("content-length")
        return int(value) if value and value.isdigit() else None

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        while chunk := self.body.read(CHUNK_BYTES):
            yield chunk

    def read_all(self) -> bytes:
        return b"".join(self.chunks())


@dataclass
class Response:
    """What the client gets. A body that is not bytes is streamed; give its length in ``Content-Length`` where known."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""


Handler = Callable[[Request], Response]


class _Gateway(wsgi.Gateway_10):
    """Keeps the header names as they were sent, in lower case."""

    # cheroot's stubs say that it answers None.
    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ[_RAW_HEADERS] = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.req.inheaders.items()
        }
        return environ


class _Server(wsgi.Server):
    """Logs where everything else is logged."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        log.log(level, "%s", msg, exc_info=traceback)


class HttpServer:
    """Serves a handler on a loopback port, with keep-alive and streaming in both directions."""

    def __init__(self, handler: Handler, *, host: str, port: int) -> None:
        self._handler = handler
        self._server = _Server(
            (host, port), self._application, numthreads=_WORKER_THREADS, server_name=SERVER_NAME, max=-1, timeout=120
        )
        self._server.gateway = _Gateway
        # The default of ten would close kept connections of a client that uses a pool of its own.
        self._server.keep_alive_conn_limit = 512
        self._server.request_queue_size = 256
        self._server.shutdown_timeout = 1

    def bind(self) -> int:
        """Takes the port, and tells which (useful with port 0).

        Raises ``OSError`` when it is taken.
        """
        self._server.prepare()
        port: int = self._server.bind_addr[1]
        return port

    def serve(self) -> None:
        """Blocks until :meth:`stop`."""
        self._server.serve()

    def stop(self) -> None:
        self._server.stop()

    def _application(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request.from_wsgi(environ)
        response = self._handler(request)
        # An early refusal leaves the body unread, and the next request on this connection begins behind it.
        for _ in request.chunks():
            pass
        headers = dict(response.headers)
        body: Iterable[bytes]
        if isinstance(response.body, bytes):
            headers.setdefault("Content-Length", str(len(response.body)))
            body = [response.body] if request.method != "HEAD" else []
        else:
            body = response.body
        start_response(f"{response.status} {_phrase(response.status)}", list(headers.items()))
        return body


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
