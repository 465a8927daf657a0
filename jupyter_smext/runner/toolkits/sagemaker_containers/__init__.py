"""Stand-in for AWS's sagemaker_containers: what training and inference scripts import from it."""

from __future__ import annotations

from . import _env


def training_env() -> _env.TrainingEnv:
    """The training environment."""
    return _env.TrainingEnv()
