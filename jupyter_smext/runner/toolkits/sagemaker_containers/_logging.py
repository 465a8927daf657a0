"""As in sagemaker_training."""

from sagemaker_training.logging_config import *  # noqa: F403
