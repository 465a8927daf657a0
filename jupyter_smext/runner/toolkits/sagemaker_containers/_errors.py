"""As in sagemaker_training."""

from sagemaker_training.errors import *  # noqa: F403
