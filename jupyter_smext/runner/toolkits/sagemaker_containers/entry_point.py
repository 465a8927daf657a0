"""As in sagemaker_training."""

from sagemaker_training.entry_point import _wait_hostname_resolution, run

__all__ = ["_wait_hostname_resolution", "run"]
