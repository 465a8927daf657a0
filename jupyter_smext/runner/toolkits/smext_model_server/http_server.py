"""``/ping`` and ``/invocations`` on loopback.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import json
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from smext_model_server.model import Answer, InvocationError, Model


class ModelHTTPServer(ThreadingHTTPServer):
    """Serves a loaded model on a free port of 127.0.0.1, each connection in a thread of its own."""

    daemon_threads = True

    def __init__(self, model: Model) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body in one packet, and no waiting for the acknowledgement of the one before.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: ModelHTTPServer

    def do_GET(self) -> None:
        if self.path == "/ping":
            self._send(Answer(b"", "text/plain"))
        elif self.path == "/execution-parameters" and self.server.model.execution_parameters:
            parameters = self.server.model.execution_parameters()
            self._send(Answer(json.dumps(parameters).encode(), "application/json"))
        else:
            self._send(_error(404, f"{self.path} is not served"))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length")
        if length is None:
            self.close_connection = True
            self._send(_error(411, "Content-Length is missing"))
            return
        body = self.rfile.read(int(length))
        self._send(self._invoke(body) if self.path == "/invocations" else _error(404, f"{self.path} is not served"))

    def _invoke(self, body: bytes) -> Answer:
        try:
            return self.server.model.invoke(body, dict(self.headers.items()))
        except InvocationError as error:
            traceback.print_exc()
            return _error(error.status, str(error))
        except Exception as error:
            traceback.print_exc()
            return _error(500, f"{type(error).__name__}: {error}")

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        if self.path != "/ping":
            print(f"{self.client_address[0]} - {format % args}", flush=True)


def _error(status: int, message: str) -> Answer:
    return Answer(message.encode(), "text/plain; charset=utf-8", status)
