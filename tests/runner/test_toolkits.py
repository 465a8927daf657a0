"""What scripts import from the containers' toolkits, in a job's own Python."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOOLKITS = Path(__file__).parents[2] / "jupyter_smext" / "runner" / "toolkits"


@pytest.fixture
def run(tmp_path: Path) -> Callable[[str], list[str]]:
    """Run a script as a job's Python does; the lines it prints."""

    def run_script(script: str) -> list[str]:
        environment = {
            "PYTHONPATH": str(TOOLKITS),
            "SAGEMAKER_BASE_DIR": str(tmp_path),
            "SM_TRAINING_ENV": json.dumps(
                {
                    "hyperparameters": {"C": 0.5, "name": "x"},
                    "channel_input_dirs": {"train": "/opt/ml/input/data/train"},
                    "hosts": ["algo-1"],
                    "current_host": "algo-1",
                    "num_gpus": 0,
                    "model_dir": "/opt/ml/model",
                }
            ),
        }
        process = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, cwd=tmp_path
        )
        assert process.returncode == 0, process.stderr
        return process.stdout.splitlines()

    return run_script


def test_training_environment(run: Callable[[str], list[str]], tmp_path: Path) -> None:
    config = tmp_path / "input" / "config"
    config.mkdir(parents=True)
    (config / "hyperparameters.json").write_text('{"depth": "3", "name": "\\"x\\"", "plain": "text"}')
    lines = run(
        """
import sagemaker_containers, sagemaker_training
from sagemaker_training import environment, files, mapping, params
from sagemaker_containers.beta.framework import env, training_env
environment_object = environment.Environment()
print(environment_object.hyperparameters, environment_object["hosts"], dict(environment_object)["num_gpus"])
print(sagemaker_containers.training_env().channel_input_dirs["train"], training_env().model_dir)
print(environment_object.to_cmd_args(), hasattr(environment_object, "nothing"))
print(environment.read_hyperparameters())
print(mapping.to_cmd_args({"a": {"x": 1}, "bc": None}), mapping.to_env_vars({"x": [1]}))
import os
os.makedirs(environment.output_dir)
files.write_failure_file("first"); files.write_failure_file("second")
print(files.read_file(environment.output_dir + "/failure"), params.USER_PROGRAM_ENV)
"""
    )
    assert lines == [
        "{'C': 0.5, 'name': 'x'} ['algo-1'] 0",
        "/opt/ml/input/data/train /opt/ml/model",
        "['-C', '0.5', '--name', 'x'] False",
        "{'depth': 3, 'name': 'x', 'plain': 'text'}",
        "['-a', 'x=1', '--bc', ''] {'SM_X': '[1]'}",
        "first SAGEMAKER_PROGRAM",
    ]


def test_encoders(run: Callable[[str], list[str]]) -> None:
    lines = run(
        """
import numpy as np
from sagemaker_containers import _encoders, _errors
from sagemaker_containers.beta.framework import content_types, encoders, worker
from sagemaker_inference import content_types as types, decoder, encoder, errors
print(encoders.encode(np.array([[1, 2], [3, 4]]), content_types.JSON), repr(encoders.encode([1, 2], "text/csv")))
print(encoders.decode("1,2\\n3,4", "text/csv").astype(float).tolist(), encoders.decode("1,2", "text/csv").shape)
print(encoders.decode(encoders.encode(np.eye(2), "application/x-npy"), "application/x-npy").tolist())
print(decoder.decode("1,2\\n3,4", types.CSV).tolist(), decoder.decode(b"[1]", types.JSON).tolist())
print(repr(encoder.encode(np.array([[1.5], [2.5]]), types.CSV)))
for module, error in ((encoders, _errors.UnsupportedFormatError), (decoder, errors.UnsupportedFormatError)):
    try:
        module.decode(b"", "image/png")
    except error as raised:
        print(str(raised)[:34])
response = worker.Response("body", mimetype="text/csv")
print(response.get_data(), response.status_code, response.mimetype)
"""
    )
    assert lines == [
        "[[1, 2], [3, 4]] '1\\n2\\n'",
        "[[1.0, 2.0], [3.0, 4.0]] (2,)",
        "[[1.0, 0.0], [0.0, 1.0]]",
        "[[1.0, 2.0], [3.0, 4.0]] [1]",
        "'1.5\\n2.5\\n'",
        "Content type image/png is not supp",
        "Content type image/png is not supp",
        "b'body' 200 text/csv",
    ]


def test_xgboost_container(run: Callable[[str], list[str]], tmp_path: Path) -> None:
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "a.csv").write_text("1,5,6\n0,7,8\n")
    (tmp_path / "csv" / "b.csv").write_text("1,1,2\n")
    (tmp_path / "csv" / ".hidden").write_text("junk")
    (tmp_path / "svm").mkdir()
    (tmp_path / "svm" / "a").write_text("1 0:5 3:1\n0 1:2\n")
    (tmp_path / "empty").mkdir()
    lines = run(
        """
from sagemaker_xgboost_container import distributed, encoder
from sagemaker_xgboost_container.constants import xgb_content_types
from sagemaker_xgboost_container.data_utils import get_content_type, get_dmatrix
def show(matrix):
    print((matrix.num_row(), matrix.num_col()), matrix.get_label().tolist(), matrix.get_weight().tolist())
show(get_dmatrix("csv", "text/csv;label_size=1"))
show(get_dmatrix("csv", "csv", csv_weights=1))
show(get_dmatrix("svm", "libsvm"))
print(get_dmatrix("empty", "csv"), get_content_type(None), get_content_type("application/x-parquet"))
show(encoder.decode("1,2,\\n3,4,5\\n", "text/csv"))
show(encoder.decode(b"1 0:1 2:3\\n", xgb_content_types.LIBSVM))
print(encoder.json_to_jsonlines({"predictions": [1, {"a": 2}]}))
def train(is_master, depth):
    print("trained", is_master, depth)
distributed.wait_hostname_resolution(["localhost"])
distributed.rabit_run(exec_fun=train, args={"depth": 3}, include_in_training=True, hosts=["algo-1"],
                      current_host="algo-1", update_rabit_args=True)
"""
    )
    assert lines == [
        "(3, 2) [1.0, 0.0, 1.0] []",
        "(3, 1) [1.0, 0.0, 1.0] [5.0, 7.0, 1.0]",
        "(2, 4) [1.0, 0.0] []",
        "None libsvm parquet",
        "(2, 3) [] []",
        "(1, 3) [1.0] []",
        "b'1\\n{\"a\": 2}\\n'",
        "trained True 3",
    ]
