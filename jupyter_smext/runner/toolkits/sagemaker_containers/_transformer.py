"""What happens when a script has no function of its own for a step."""

from __future__ import annotations

from typing import Any

from . import _encoders, _worker


def default_model_fn(model_dir: str) -> Any:
    """Load the model in ``model_dir``."""
    raise NotImplementedError(
        "Please provide a model_fn implementation. "
        "See documentation for model_fn at https://github.com/aws/sagemaker-python-sdk"
    )


def default_input_fn(input_data: Any, content_type: str) -> Any:
    """Deserialize a request body."""
    return _encoders.decode(input_data, content_type)


def default_predict_fn(data: Any, model: Any) -> Any:
    """Predict."""
    raise NotImplementedError(
        "Please provide a predict_fn implementation. "
        "See documentation for predict_fn at https://github.com/aws/sagemaker-python-sdk"
    )


def default_output_fn(prediction: Any, accept: str) -> _worker.Response:
    """Serialize a prediction."""
    return _worker.Response(response=_encoders.encode(prediction, accept), mimetype=accept)
