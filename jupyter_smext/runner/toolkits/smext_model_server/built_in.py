"""What the containers of AWS's own algorithms answer.

https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html, and the inference page of each algorithm.
"""

from __future__ import annotations

import json
import os
import pickle
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from sagemaker_inference import content_types, utils
from sagemaker_inference.default_inference_handler import DefaultInferenceHandler
from sagemaker_inference.errors import GenericInferenceToolkitError, UnsupportedFormatError
from smext_algorithms import recordio_protobuf
from smext_algorithms.channels import parse_csv, parse_json, parse_json_lines

_JSON_LINES = "application/jsonlines"
_RECORDIO = "application/x-recordio-protobuf"
_READERS = {content_types.CSV: parse_csv, content_types.JSON: parse_json, _JSON_LINES: parse_json_lines}


class Algorithm(DefaultInferenceHandler):
    """One of the algorithms that stand on scikit-learn here."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module = import_module(f"smext_algorithms.{name.replace('-', '_')}")

    def default_model_fn(self, model_dir: str, context: Any = None) -> Any:
        import joblib

        path = Path(model_dir) / "model_algo-1"
        try:
            return joblib.load(path)
        except Exception as error:
            raise ValueError(
                f"{path.name} is not a model of the local stand-in of {self._name}; models that AWS trained are not "
                f"read here. ({type(error).__name__}: {error})"
            ) from error

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        media_type = _media_type(content_type)
        try:
            if media_type == _RECORDIO:
                return recordio_protobuf.read(input_data)[0]
            if media_type in _READERS:
                text = input_data if isinstance(input_data, str) else input_data.decode()
                return _READERS[media_type](text)
        except (ValueError, KeyError, TypeError) as error:
            raise _bad_request(f"unable to evaluate payload provided: {error}") from error
        raise UnsupportedFormatError(content_type)

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        accept = context.get_request_header(0, "Accept") or "" if context else ""
        options = {"verbose": True} if self._name == "knn" and "verbose=true" in accept.lower() else {}
        try:
            return self._module.predict(model, np.atleast_2d(data), **options)
        except ValueError as error:
            raise _bad_request(f"unable to evaluate payload provided: {error}") from error

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        for accepted in utils.parse_accept(accept):
            media_type = _media_type(accepted)
            if media_type in (content_types.JSON, content_types.ANY):
                return json.dumps({self._module.RESPONSE_KEY: prediction}), content_types.JSON
            if media_type == _JSON_LINES:
                return "".join(json.dumps(row) + "\n" for row in prediction), _JSON_LINES
            if media_type == _RECORDIO:
                return recordio_protobuf.write(prediction), _RECORDIO
        raise UnsupportedFormatError(accept)


class XGBoostAlgorithm(DefaultInferenceHandler):
    """The XGBoost container without a script: loads the booster that it finds, and answers in CSV."""

    def default_model_fn(self, model_dir: str, context: Any = None) -> Any:
        if os.environ.get("SAGEMAKER_INFERENCE_OUTPUT"):
            raise ValueError("SAGEMAKER_INFERENCE_OUTPUT is not available here: the answers are plain predictions.")
        files = sorted(path for path in Path(model_dir).iterdir() if path.is_file())
        if len(files) != 1:
            names = ", ".join(path.name for path in files) or "none"
            raise ValueError(f"Exactly one model file is expected in model.tar.gz; it holds {names}.")
        return _load_booster(files[0])

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        from sagemaker_xgboost_container import encoder

        return encoder.decode(input_data, content_type)

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        import xgboost

        # libsvm leaves out the features that are zero, so that rows may end early.
        if data.num_col() > model.num_features():
            raise _bad_request(
                f"Unable to evaluate payload provided: Feature size of inference data {data.num_col()} is not "
                f"consistent with feature size of trained model {model.num_features()}."
            )
        try:
            return model.predict(data, validate_features=False)
        except xgboost.core.XGBoostError as error:
            raise _bad_request(f"Unable to evaluate payload provided: {error}") from error

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        return ",".join(map(str, prediction.tolist())), content_types.CSV


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def _bad_request(message: str) -> GenericInferenceToolkitError:
    return GenericInferenceToolkitError(400, message)


def _load_booster(path: Path) -> Any:
    import xgboost

    booster = xgboost.Booster()
    try:
        booster.load_model(path)
    except (xgboost.core.XGBoostError, ValueError):
        # Containers before 1.3 pickled their boosters.
        with path.open("rb") as stream:
            booster = pickle.load(stream)
    return booster
