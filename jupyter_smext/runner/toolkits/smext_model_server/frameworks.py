"""What each framework container does when the user's module has no function of its own for a step.

Sources: sagemaker-scikit-learn-container, sagemaker-xgboost-container, sagemaker-pytorch-inference-toolkit and
sagemaker-inference-toolkit, all at https://github.com/aws.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sagemaker_inference import content_types, decoder
from sagemaker_inference.default_inference_handler import DefaultInferenceHandler
from sagemaker_training import encoders

from smext_model_server.built_in import Algorithm, XGBoostAlgorithm


class ScikitLearn(DefaultInferenceHandler):
    """The scikit-learn container: needs a model_fn."""

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        array = encoders.decode(input_data, content_type)
        return array.astype("float32") if content_type in content_types.UTF8_TYPES else array

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        return model.predict(data)

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        return encoders.encode(prediction, accept), accept


class XGBoost(DefaultInferenceHandler):
    """The XGBoost container with a script, which needs a model_fn."""

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        from sagemaker_xgboost_container import encoder as xgboost_encoder

        return xgboost_encoder.decode(input_data, content_type)

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        return model.predict(data, validate_features=False)

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        return encoders.encode(prediction, accept), accept


class PyTorch(DefaultInferenceHandler):
    """The PyTorch inference container: loads the only TorchScript file by itself."""

    def default_model_fn(self, model_dir: str, context: Any = None) -> Any:
        import torch

        path = Path(model_dir) / "model.pt"
        if not path.exists():
            files = [file for file in Path(model_dir).iterdir() if file.suffix in (".pt", ".pth")]
            if len(files) != 1:
                names = ", ".join(file.name for file in files) or "none"
                raise ValueError(f"Exactly one .pth or .pt file is required for PyTorch models: {names}")
            path = files[0]
        return torch.jit.load(path, map_location=_torch_device()).eval()

    def default_input_fn(self, input_data: Any, content_type: str, context: Any = None) -> Any:
        import torch

        array = decoder.decode(input_data, content_type)
        tensor = torch.FloatTensor(array) if content_type in content_types.UTF8_TYPES else torch.from_numpy(array)
        return tensor.to(_torch_device())

    def default_predict_fn(self, data: Any, model: Any, context: Any = None) -> Any:
        import torch

        with torch.no_grad():
            model = model.to(_torch_device()).eval()
            return model(data.to(_torch_device()))

    def default_output_fn(self, prediction: Any, accept: str, context: Any = None) -> Any:
        if hasattr(prediction, "detach"):
            prediction = prediction.detach().cpu().numpy().tolist()
        return super().default_output_fn(prediction, accept, context)


_FRAMEWORKS: dict[str, type[DefaultInferenceHandler]] = {
    "scikit-learn": ScikitLearn,
    "xgboost": XGBoost,
    "pytorch": PyTorch,
    "other": DefaultInferenceHandler,
}


def framework(name: str) -> DefaultInferenceHandler:
    """The defaults of the container ``name``: scikit-learn, xgboost, pytorch, other, or built-in:ALGORITHM."""
    kind, _, algorithm = name.partition(":")
    if kind == "built-in":
        return XGBoostAlgorithm() if algorithm == "xgboost" else Algorithm(algorithm)
    return _FRAMEWORKS[name]()


def _torch_device() -> Any:
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
