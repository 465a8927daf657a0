"""The first call imports much; everybody else on the server is answered meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys, threading
from jupyter_server.serverapp import ServerApp
from tornado.httpclient import AsyncHTTPClient
from tornado.ioloop import IOLoop

imported = {}

class Recorder:
    def find_spec(self, name, path=None, target=None):
        imported.setdefault(name, threading.current_thread() is threading.main_thread())

app = ServerApp(jpserver_extensions={"jupyter_smext": True}, open_browser=False, allow_root=True, port=0)
app.initialize(argv=["--IdentityProvider.token=t"])

async def call():
    sys.meta_path.insert(0, Recorder())
    answer = await AsyncHTTPClient().fetch(
        f"http://127.0.0.1:{app.port}/jupyter-smext/api/identity", headers={"Authorization": "token t"},
        raise_error=False,
    )
    print(json.dumps({"code": answer.code, "imported": imported}))

IOLoop.current().run_sync(call)
"""


def test_the_event_loop_imports_nothing_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["code"] == 403  # no credentials: it came as far as AWS
    on_the_loop = answer["imported"]
    for module in ("boto3", "botocore", "pydantic", "jupyter_smext.aws.session", "jupyter_smext.aws.models"):
        assert on_the_loop[module] is False, f"{module} was imported on the event loop"
