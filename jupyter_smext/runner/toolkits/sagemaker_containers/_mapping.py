"""As in sagemaker_training."""

from sagemaker_training.mapping import *  # noqa: F403
