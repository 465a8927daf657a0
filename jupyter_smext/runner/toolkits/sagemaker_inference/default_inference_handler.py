"""What happens when a script has no function of its own for a step."""

from __future__ import annotations

from typing import Any

from . import decoder, encoder, errors, utils


class DefaultInferenceHandler:
    """Reads and writes JSON, CSV and npy; cannot load a model or predict with it."""

    def default_model_fn(self, model_dir: str, context: Any = None) -> Any:
        """Load the model in ``model_dir``."""
        raise NotImplementedError(
            "Please provide a model_fn implementation. "
            "See documentation for model_fn at https://sagemaker.readthedocs.io/en/stable/"
        )

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        """Deserialize a request body."""
        return decoder.decode(input_data, content_type)

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        """Predict."""
        raise NotImplementedError(
            "Please provide a predict_fn implementation. "
            "See documentation for predict_fn at https://sagemaker.readthedocs.io/en/stable/"
        )

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        """Serialize a prediction to the first type in ``accept`` that can be written: the body and its type."""
        for content_type in utils.parse_accept(accept):
            if content_type in encoder.SUPPORTED_CONTENT_TYPES:
                return encoder.encode(prediction, content_type), content_type
        raise errors.UnsupportedFormatError(accept)
