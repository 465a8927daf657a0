"""Model servers, as CreateModel and CreateEndpoint ask for them."""

from __future__ import annotations

import io
import json
import pickle
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import xgboost
from runner_jobs import IMAGE, Jobs
from sklearn.linear_model import LogisticRegression

from jupyter_smext.runner import ModelServer, ModelServerError

MODEL_FN = (
    "import joblib, os\ndef model_fn(model_dir):\n    return joblib.load(os.path.join(model_dir, 'model.joblib'))\n"
)
XGBOOST_IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
PYTORCH_IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.3-cpu-py311"


@pytest.fixture
def serve(
    jobs: Jobs, environment: Mapping[str, str], tmp_path: Path, cache_dir: Path
) -> Iterator[Callable[..., ModelServer]]:
    """Make servers, stopped at the end; their log lines are in ``server.lines``."""
    servers = []

    def make(model_data_url: str, image: str = IMAGE, variables: Mapping[str, str] = {}, **more: Any) -> ModelServer:
        lines: list[str] = []
        server = ModelServer(
            container={"Image": image, "ModelDataUrl": model_data_url, "Environment": dict(variables), **more},
            s3=jobs.s3,
            work_dir=tmp_path / f"server-{len(servers)}",
            cache_dir=cache_dir,
            log=lambda line, timestamp_ms: lines.append(line),
            environment=environment,
        )
        server.lines = lines  # type: ignore[attr-defined]
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()
        assert not server._work_dir.exists()


def sklearn_model() -> bytes:
    stream = io.BytesIO()
    joblib.dump(LogisticRegression().fit([[0, 0], [0, 1], [5, 5], [6, 5]], [0, 0, 1, 1]), stream)
    return stream.getvalue()


def invoke(
    server: ModelServer, body: str | bytes, content_type: str = "text/csv", accept: str | None = None
) -> tuple[bytes, str]:
    headers = {"Content-Type": content_type} | ({"Accept": accept} if accept else {})
    data = body.encode() if isinstance(body, str) else body
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/invocations", data, headers)) as answer:
        return answer.read(), answer.headers["Content-Type"]


def refusal(server: ModelServer, body: str, content_type: str, accept: str | None = None) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as error:
        invoke(server, body, content_type, accept)
    with error.value as answer:
        return answer.code, answer.read().decode()


def logged(server: ModelServer, beginning: str) -> bool:
    """Whether a line that begins so reaches the log; it may come a moment after the answer."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if any(line.startswith(beginning) for line in server.lines):
            return True
        time.sleep(0.05)
    return False


def test_sklearn_model_served_by_its_training_script(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    model = jobs.put_source(model__joblib=sklearn_model())
    source = jobs.put_source(train__py=MODEL_FN + "if __name__ == '__main__':\n    raise SystemExit('not now')\n")
    server = serve(model, variables={"SAGEMAKER_PROGRAM": "train.py", "SAGEMAKER_SUBMIT_DIRECTORY": source})
    server.start()
    assert server.alive()
    assert invoke(server, "0,0\n6,6\n") == (b"[0, 1]", "application/json")
    assert invoke(server, "[[0,0],[6,6]]", "application/json", "text/csv") == (b"0\n1\n", "text/csv")
    npy = io.BytesIO()
    np.save(npy, np.array([[6.0, 6.0]]))
    body, content_type = invoke(server, npy.getvalue(), "application/x-npy", "application/x-npy")
    assert (np.load(io.BytesIO(body)).tolist(), content_type) == ([1], "application/x-npy")
    status, message = refusal(server, "<x/>", "application/xml")
    assert (status, "application/xml is not supported" in message) == (415, True)
    assert refusal(server, "0,0\n1,1", "text/csv", "image/png")[0] == 406
    status, message = refusal(server, "0,0,0\n1,1,1", "text/csv")
    assert (status, message.startswith("ValueError: X has 3 features")) == (500, True)
    assert logged(server, "ValueError: X has 3 features")


def test_repacked_model_with_own_functions_and_requirements(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    code = """
import json, os, helper
def model_fn(model_dir):
    return open(os.path.join(model_dir, "factor")).read()
def input_fn(body, content_type):
    assert isinstance(body, str), type(body)
    return json.loads(body)["values"]
def predict_fn(values, model):
    return [value * int(model) * helper.SIGN for value in values]
def output_fn(prediction, accept):
    return json.dumps({"answer": prediction}), "application/json"
"""
    files = {"factor": "3", "code_S_inference__py": code, "code_S_lib_S_helper__py": "SIGN = -1"}
    server = serve(jobs.put_source(**files), PYTORCH_IMAGE)
    server.start()
    body, content_type = invoke(server, '{"values": [1, 2]}', "application/json")
    assert (json.loads(body), content_type) == ({"answer": [-3, -6]}, "application/json")


@pytest.mark.parametrize(
    ("returned", "expected", "expected_type"),
    [
        ("'text'", b"text", "text/plain"),
        ("b'bytes'", b"bytes", "text/plain"),
        ("('body', 'text/html')", b"body", "text/html"),
        ("worker.Response('made', mimetype='text/xml')", b"made", "text/xml"),
        ("encoders.encode([1.5, 2], 'text/csv'), 'text/csv'", b"1.5\n2.0\n", "text/csv"),
    ],
)
def test_what_transform_fn_may_return(
    jobs: Jobs, serve: Callable[..., ModelServer], returned: str, expected: bytes, expected_type: str
) -> None:
    code = f"""
from sagemaker_containers.beta.framework import encoders, worker
def model_fn(model_dir):
    return None
def transform_fn(model, body, content_type, accept):
    return {returned}
"""
    server = serve(jobs.put_source(code_S_inference__py=code))
    server.start()
    assert invoke(server, "x", accept="text/plain") == (expected, expected_type)


def test_functions_with_a_context_and_errors_with_a_status(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    code = """
from sagemaker_inference import errors
def model_fn(model_dir, context):
    return context.system_properties["model_dir"]
def transform_fn(model, body, content_type, accept, context):
    if body == "bad":
        raise errors.GenericInferenceToolkitError(422, "a bad body")
    return context.get_request_header(0, "X-Amzn-SageMaker-Custom-Attributes") or model
"""
    server = serve(jobs.put_source(code_S_inference__py=code), PYTORCH_IMAGE)
    server.start()
    assert invoke(server, "x")[0] == b"/opt/ml/model"
    assert refusal(server, "bad", "text/csv") == (422, "a bad body")


def test_uncompressed_model(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    jobs.put("plain-model/model.joblib", sklearn_model())
    jobs.put("plain-model/code/inference.py", MODEL_FN)
    source = {"S3Uri": "s3://data/plain-model/", "S3DataType": "S3Prefix", "CompressionType": "None"}
    server = serve("", ModelDataSource={"S3DataSource": source})
    server.start()
    assert invoke(server, "6,6\n7,7\n")[0] == b"[1, 1]"


def test_xgboost_model_without_a_script(jobs: Jobs, serve: Callable[..., ModelServer], tmp_path: Path) -> None:
    booster = xgboost.train(
        {"objective": "binary:logistic"}, xgboost.DMatrix(np.array([[0.0], [1.0]]), label=[0, 1]), num_boost_round=20
    )
    booster.save_model(tmp_path / "model.json")
    for name, content in {
        "xgboost-model": pickle.dumps(booster),
        "model__json": (tmp_path / "model.json").read_bytes(),
    }.items():
        server = serve(jobs.put_source(**{name: content}), XGBOOST_IMAGE)
        server.start()
        low, high = map(float, invoke(server, "0\n1\n")[0].split(b","))
        assert low <= 0.5 <= high
        assert float(invoke(server, "1 0:1", "text/libsvm")[0]) == high
        assert refusal(server, "[[1]]", "application/json")[0] == 415


def test_broken_models_say_why(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    broken = {
        jobs.put_source(code_S_inference__py="import not_there"): "No module named 'not_there'",
        jobs.put_source(code_S_inference__py="def model_fn(d):\n    raise OSError('corrupt weights')"): (
            "OSError: corrupt weights"
        ),
        jobs.put_source(model__joblib=sklearn_model()): "Please provide a model_fn implementation",
        "s3://data/no/model.tar.gz": 'Failed to download model data for container "container_1"',
        jobs.put("no-archive/model.tar.gz", "hello"): "Please ensure that the object located at the URL is a valid",
    }
    for url, reason in broken.items():
        server = serve(url)
        with pytest.raises(ModelServerError) as error:
            server.start()
        assert reason in error.value.reason
        assert not server.alive()


def test_an_image_of_ones_own_is_refused(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    server = serve(jobs.put_source(x="1"), "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:latest")
    with pytest.raises(ModelServerError, match=r"mine:latest is not run here"):
        server.start()


def test_a_server_that_loads_too_long_is_ended(jobs: Jobs, serve: Callable[..., ModelServer]) -> None:
    code = "import time\ndef model_fn(d):\n    time.sleep(60)\n"
    server = serve(jobs.put_source(code_S_inference__py=textwrap.dedent(code)))
    with pytest.raises(ModelServerError, match="not loaded within 1 seconds"):
        server.start(timeout_seconds=1)
    assert not server.alive()
