"""As in sagemaker_training."""

from sagemaker_training.content_types import *  # noqa: F403
