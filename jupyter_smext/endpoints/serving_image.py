"""Which image serves a model that a training image made."""

from __future__ import annotations

import re

from ..aws.errors import ErrorCode, SmextError

# {registry}/pytorch-training:2.5.1-gpu-py311-cu124-ubuntu22.04-sagemaker
_FRAMEWORK_IMAGE = re.compile(
    r"(?P<registry>.+/)(?P<framework>pytorch|tensorflow)-training:(?P<version>[\d.]+)-(?:cpu|gpu)-(?P<python>py\d+)"
)
_GPU_FAMILY = re.compile(r"ml\.[gp]\d")


def serving_image(training_image: str, instance_type: str) -> str:
    """The image for an endpoint on ``instance_type``.

    scikit-learn, XGBoost, the built-in algorithms and own images serve what they train. PyTorch and TensorFlow have an
    image of their own for inference, in the same registry and with the same version, for CPU or GPU:
    https://github.com/aws/deep-learning-containers/blob/master/available_images.md

    Raises NotSupported for the other images that only train (Hugging Face, for example): the versions of their
    inference images do not follow from those of the training images, so that the user must name one.
    """
    match = _FRAMEWORK_IMAGE.match(training_image)
    if match:
        device = "gpu" if _GPU_FAMILY.match(instance_type) else "cpu"
        tag = f"{match['version']}-{device}"
        # TensorFlow Serving runs no Python version of its own, so its tags name none.
        tag += f"-{match['python']}" if match["framework"] == "pytorch" else ""
        return f"{match['registry']}{match['framework']}-inference:{tag}"
    repository = training_image.rpartition("/")[2].partition(":")[0].partition("@")[0]
    if repository.endswith("-training"):
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"The image {training_image} only trains, and which image serves its models does not follow from it.",
            hint="Name the inference image to deploy with.",
        )
    return training_image
