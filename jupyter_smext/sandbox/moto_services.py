"""The services that moto stands in for, called in this process.

moto answers what it does not know with an HTML page and status 500, or raises; a client gets an error in the protocol
of its service instead.
"""

from __future__ import annotations

import io
import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from jupyter_smext.sandbox.account import ACCOUNT_ID
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, NotAvailable
from jupyter_smext.sandbox.http import Request, Response
from jupyter_smext.sandbox.journal import Entry, Journal, changes_state
from jupyter_smext.sandbox.json_service import error_response
from jupyter_smext.sandbox.own_clients import INTERNAL_ACCESS_KEY

# Moto reads these while it is imported.
os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT_ID
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
# Otherwise it invites every web page to call it.
os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"

from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

log = logging.getLogger(__name__)

_XML_SERVICES = ("s3", "route53", "cloudfront")
_CBOR = "application/cbor"


class MotoServices:
    """Hands requests to moto, remembers those that change something, and cleans its errors."""

    def __init__(self, journal: Journal) -> None:
        self._application = DomainDispatcherApplication(create_backend_app)
        self._journal = journal
        # One change at a time: the seed belongs to the whole process.
        self._change_lock = threading.Lock()

    def replay(self) -> None:
        """Brings moto to where it was when the sandbox ended."""
        for entry in self._journal.entries():
            mock_random.seed(entry.seed)
            status, _, _ = self._call(_environ(entry))
            if status >= 400:
                log.warning("%s %s could not be repeated: status %d", entry.method, entry.uri, status)

    def handle(self, caller: Caller, request: Request) -> Response:
        if request.path.startswith("/moto-api"):
            return Response(404)
        body = request.read_all()
        operation = operation_of(request, body)
        environ = request.environ | {"wsgi.input": io.BytesIO(body), "RAW_URI": request.environ["REQUEST_URI"]}
        environ["CONTENT_LENGTH"] = str(len(body))
        if caller.access_key == INTERNAL_ACCESS_KEY or not changes_state(request.method, operation):
            status, headers, answer = self._call(environ)
        else:
            with self._change_lock:
                entry = Entry(
                    method=request.method,
                    uri=request.environ["REQUEST_URI"],
                    headers=_kept_headers(request),
                    body=body,
                    seed=secrets.randbits(32),
                )
                mock_random.seed(entry.seed)
                status, headers, answer = self._call(environ)
                if status < 400:
                    self._journal.add(entry)
        if status >= 400 and headers.get("Content-Type", "").startswith("text/html"):
            what = operation or f"{request.method} {request.path} of {caller.service or 'an unsigned request'}"
            return _error(caller, request, NotAvailable(what))
        return Response(status, headers, answer)

    def _call(self, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status = 500
        headers: dict[str, str] = {}

        def start_response(line: str, pairs: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
            nonlocal status
            status = int(line.split(" ", 1)[0])
            headers.clear()
            headers.update(pairs)
            return lambda data: None

        try:
            chunks: Iterable[bytes] = self._application(environ, start_response)
            body = b"".join(chunks)
            if hasattr(chunks, "close"):
                chunks.close()
        except NotImplementedError:
            return 500, {"Content-Type": "text/html"}, b""
        except Exception:
            log.exception("moto failed on %s %s", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return 500, {"Content-Type": "text/html"}, b""
        return status, headers, body


def operation_of(request: Request, body: bytes) -> str:
    """The operation's name; empty for services that tell it by method and path."""
    if target := request.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return request.path.rpartition("/")[2]
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return form_of(body).get("Action", "")
    return ""


def form_of(body: bytes) -> dict[str, str]:
    """The parameters of a call in the query protocol."""
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace"), True).items()}


def query_error(error: AwsError) -> Response:
    """An error of the query protocol, which IAM, STS and others speak."""
    fault = "Sender" if error.status < 500 else "Receiver"
    body = (
        f"<ErrorResponse><Error><Type>{fault}</Type><Code>{escape(error.code)}</Code>"
        f"<Message>{escape(error.message)}</Message></Error><RequestId>sandbox</RequestId></ErrorResponse>"
    )
    return Response(error.status, {"Content-Type": "text/xml"}, body.encode())


def _kept_headers(request: Request) -> dict[str, str]:
    """What a repetition needs; neither a signature nor a session token, which may be real ones, goes to disk."""
    headers = {name: value for name, value in request.headers.items() if name not in ("x-amz-security-token", "cookie")}
    if "authorization" in headers:
        headers["authorization"] = re.sub(r"Signature=\w+", "Signature=0", headers["authorization"])
    return headers


def _error(caller: Caller, request: Request, error: AwsError) -> Response:
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        body = _cbor_map({"__type": error.code, "message": error.message})
        return Response(error.status, {"Content-Type": _CBOR, "smithy-protocol": "rpc-v2-cbor"}, body)
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        if caller.service == "ec2":
            text = (
                f"<Response><Errors><Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
                "</Errors><RequestID>sandbox</RequestID></Response>"
            )
            return Response(error.status, {"Content-Type": "text/xml"}, text.encode())
        return query_error(error)
    if caller.service in _XML_SERVICES:
        text = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        return Response(error.status, {"Content-Type": "application/xml"}, text.encode())
    return error_response(error)


def _cbor_map(fields: dict[str, str]) -> bytes:
    """A CBOR map of short texts (RFC 8949): all that an error needs."""
    return bytes([0xA0 + len(fields)]) + b"".join(_cbor_text(text) for pair in fields.items() for text in pair)


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return bytes([0x79]) + len(data).to_bytes(2, "big") + data


def _environ(entry: Entry) -> dict[str, Any]:
    """The WSGI environment of a call that is made again."""
    path, _, query = entry.uri.partition("?")
    environ = {
        "REQUEST_METHOD": entry.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": entry.uri,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(entry.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in entry.headers.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ["CONTENT_TYPE"] = entry.headers.get("content-type", "")
    environ["CONTENT_LENGTH"] = str(len(entry.body))
    return environ
