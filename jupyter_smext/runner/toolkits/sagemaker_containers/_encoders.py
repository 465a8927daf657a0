"""As in sagemaker_training."""

from sagemaker_training.encoders import *  # noqa: F403
