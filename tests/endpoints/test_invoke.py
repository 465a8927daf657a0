from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from fake_hosting import FakeHosting, FakeSession, refusal

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.endpoints.invoke import invoke
from jupyter_smext.endpoints.models import InvokeRequest, InvokeResult


class Runtime:
    def __init__(self, answer: bytes | Exception, retries: int = 0) -> None:
        self._answer = answer
        self._retries = retries
        self.request: dict[str, Any] = {}

    def invoke_endpoint(self, **request: Any) -> dict[str, Any]:
        self.request = request
        if isinstance(self._answer, Exception):
            raise self._answer
        return {
            "Body": io.BytesIO(self._answer),
            "ContentType": "application/json",
            "InvokedProductionVariant": "AllTraffic",
            "ResponseMetadata": {"RetryAttempts": self._retries},
        }


def invoked(runtime: Runtime, hosting: FakeHosting | None = None, **request: Any) -> InvokeResult:
    session: Any = FakeSession(hosting or FakeHosting(), runtime)
    return invoke(session, InvokeRequest(endpoint_name="e", **request))


def test_text_goes_out_and_comes_back_as_text() -> None:
    runtime = Runtime(b'["Adelie \xc3\xa9"]', retries=1)
    result = invoked(runtime, body="39.1,18.7", content_type="text/csv", accept="application/json")
    assert runtime.request == {
        "EndpointName": "e", "Body": b"39.1,18.7", "ContentType": "text/csv", "Accept": "application/json",
    }  # fmt: skip
    assert (result.body, result.body_base64) == ('["Adelie é"]', False)
    assert (result.content_type, result.invoked_production_variant) == ("application/json", "AllTraffic")
    assert result.latency_ms >= 0
    assert result.attempts == 2


@pytest.mark.parametrize("answer", [b"\x93NUMPY\x01\x00", b"\xff\xfe", b"a\x00b"])
def test_bytes_go_out_and_come_back_as_base64(answer: bytes) -> None:
    runtime = Runtime(answer)
    result = invoked(runtime, body=base64.b64encode(b"\x00\x01").decode(), body_base64=True, target_variant="v")
    assert runtime.request["Body"] == b"\x00\x01"
    assert runtime.request["TargetVariant"] == "v"
    assert result.body_base64
    assert base64.b64decode(result.body) == answer


def test_what_is_no_base64_is_refused_before_the_call() -> None:
    runtime = Runtime(b"")
    with pytest.raises(SmextError) as caught:
        invoked(runtime, body="no base64!", body_base64=True)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert runtime.request == {}


def test_a_failure_of_the_model_has_the_models_own_words() -> None:
    error = refusal(
        "Received server error (500) from primary with message \"could not convert string to float: 'x'\". See "
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home for more information.",
        "ModelError",
        424,
        OriginalStatusCode=500,
        OriginalMessage="could not convert string to float: 'x'",
        LogStreamArn="arn:aws:logs:eu-central-1:111122223333:log-group:/aws/sagemaker/Endpoints/e",
    )
    with pytest.raises(SmextError) as caught:
        invoked(Runtime(error), body="x")
    envelope = caught.value.envelope
    assert envelope.code is ErrorCode.UPSTREAM_REJECTED
    assert envelope.message == "The model answered 500: could not convert string to float: 'x'"
    assert "/aws/sagemaker/Endpoints/e" in (envelope.hint or "")
    assert envelope.request_id == "r-1"


NOT_FOUND = "Endpoint e of account 111122223333 not found."


def test_an_endpoint_that_is_not_in_service_yet_is_told_from_one_that_does_not_exist() -> None:
    hosting = FakeHosting()
    runtime = Runtime(refusal(NOT_FOUND, "ValidationError"))
    with pytest.raises(SmextError) as caught:
        invoked(runtime, hosting)
    assert caught.value.code is ErrorCode.NOT_FOUND
    hosting.create_endpoint(EndpointName="e", EndpointConfigName="c")
    with pytest.raises(SmextError) as caught:
        invoked(runtime, hosting)
    assert caught.value.code is ErrorCode.CONFLICT
    assert "is Creating" in caught.value.envelope.message
