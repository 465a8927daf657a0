"""As in sagemaker_training."""

from sagemaker_training.params import *  # noqa: F403
