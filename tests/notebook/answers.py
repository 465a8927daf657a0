"""An address that gives every request one of AWS's own answers: for refusals that the sandbox never has a reason for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EXPIRED_IN_S3 = (
    400,
    "application/xml",
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.'
    "</Message><Token-0>x</Token-0><RequestId>1</RequestId><HostId>2</HostId></Error>",
)


def refusal(code: str, message: str) -> tuple[int, str, str]:
    """As SageMaker and other services of JSON refuse."""
    return 400, "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})


@contextmanager
def answering(status: int, content_type: str, body: str) -> Iterator[str]:
    """The address; every path and every method has this answer."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body.encode())

        do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815  # the names that http.server calls

        def log_message(self, *_: Any) -> None:
            """Nothing on the console."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
