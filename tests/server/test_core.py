from __future__ import annotations

import json
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

import jupyter_smext


async def test_the_handshake_tells_the_version(jp_fetch: Any) -> None:
    answer = await jp_fetch("jupyter-smext", "api", "handshake")
    assert json.loads(answer.body) == {"version": jupyter_smext.__version__}
    assert answer.headers["Cache-Control"] == "no-store"


async def test_an_unknown_task_answers_the_error_envelope(jp_fetch: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("jupyter-smext", "api", "tasks", "50%-of-it")
    assert caught.value.code == 404
    assert caught.value.response is not None
    envelope = json.loads(caught.value.response.body)
    assert envelope["code"] == "NotFound"
    assert "50%-of-it" in envelope["message"]


async def test_missing_credentials_are_403_and_never_401(jp_fetch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with pytest.raises(HTTPClientError) as caught:
        await jp_fetch("jupyter-smext", "api", "identity")
    assert caught.value.code == 403
    assert caught.value.response is not None
    assert json.loads(caught.value.response.body)["code"] == "CredentialsMissing"
