"""As in sagemaker_training."""

from sagemaker_training.files import *  # noqa: F403
