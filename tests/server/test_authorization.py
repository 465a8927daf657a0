"""Every route asks for permission with its own resource, and refuses whoever is not authenticated."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_server.auth import Authorizer, User
from tornado.httpclient import HTTPClientError

from jupyter_smext.server.openapi import METHODS
from jupyter_smext.server.routes import PREFIX, ROUTES

ALL = [
    (path, method, handler)
    for path, handler in ROUTES
    for method in METHODS
    if hasattr(getattr(handler, method), "__smext_operation__")
]
IDS = [f"{method} {path}" for path, method, _ in ALL]

# Routes whose resource is not the first word of their path.
RESOURCES = {"handshake": "core", "identity": "core"}


def url_of(path: str) -> str:
    return f"{PREFIX}/{re.sub(r'{.*?}', 'x', path)}"


class Recording(Authorizer):
    """Refuses everything and remembers what it was asked."""

    asked: list[tuple[str, str]] = []

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return False


@pytest.fixture
def jp_server_config() -> dict[str, object]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyter_smext": True}, "authorizer_class": Recording},
    }


def test_every_route_declares_its_contract() -> None:
    for path, handler in ROUTES:
        own = [method for method in METHODS if method in handler.__dict__]
        assert own, path
        for method in own:
            assert hasattr(getattr(handler, method), "__smext_operation__"), f"{method} {path} has no @operation"


@pytest.mark.parametrize(("path", "method", "handler"), ALL, ids=IDS)
async def test_every_route_asks_for_its_own_resource(jp_fetch: Any, path: str, method: str, handler: Any) -> None:
    Recording.asked.clear()
    body = None if method in ("get", "delete") else "{}"
    # Twice, with another room's route between: a bare @authorized would keep the first resource it saw.
    for _ in range(2):
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch(*url_of(path).split("/"), method=method.upper(), body=body)
        assert caught.value.code == 403
        assert caught.value.response is not None
        assert json.loads(caught.value.response.body)["code"] == "AccessDenied"
    room = path.split("/")[0]
    assert {resource for _, resource in Recording.asked} == {f"jupyter_smext:{RESOURCES.get(room, room)}"}
    assert {action for action, _ in Recording.asked} <= {"read", "write", "execute"}
    if method == "get":
        assert {action for action, _ in Recording.asked} == {"read"}


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Jupyter server in a process of its own, with a token."""
    root = tmp_path_factory.mktemp("root")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_RUNTIME_DIR": str(root / "runtime"),
        "JUPYTER_CONFIG_DIR": str(root / "config"),
    }
    log = (root / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--ServerApp.port={port}",
         "--ServerApp.port_retries=0", "--IdentityProvider.token=secret", f"--ServerApp.root_dir={root}",
         "--ServerApp.allow_unauthenticated_access=False",
         "--ServerApp.jpserver_extensions={'jupyter_smext': True}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=log,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/{PREFIX}/handshake?token=secret", timeout=5).close()
                break
            except urllib.error.HTTPError as error:
                pytest.fail(f"the server answers {error.code} to the handshake")
            except OSError:
                assert process.poll() is None, (root / "log").read_text()
                time.sleep(0.1)
        else:
            pytest.fail("the server did not start within 20 s")
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()


@pytest.mark.parametrize(("path", "method", "handler"), ALL, ids=IDS)
def test_a_real_server_refuses_whoever_is_not_authenticated(
    real_server: str, path: str, method: str, handler: Any
) -> None:
    request = urllib.request.Request(
        f"{real_server}/{url_of(path)}", method=method.upper(), data=None if method in ("get", "delete") else b"{}"
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    with caught.value as answer:
        # Without a token the XSRF check or the login check refuses: 403 either way.
        assert answer.code == 403


def test_a_post_with_a_login_but_without_xsrf_is_refused(real_server: str) -> None:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{real_server}/{PREFIX}/handshake?token=secret", timeout=10).close()
    # The cookie now authenticates; a foreign page could send it along, but cannot know the XSRF value.
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(urllib.request.Request(f"{real_server}/{PREFIX}/s3/objects/list", data=b"{}"), timeout=10)
    with caught.value as answer:
        assert answer.code == 403
