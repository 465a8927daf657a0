"""The environment of training and of serving."""

from __future__ import annotations

import os

from sagemaker_training.environment import *  # noqa: F403
from sagemaker_training.environment import Environment, code_dir, model_dir


class TrainingEnv(Environment):
    """The training environment, under its older name."""


class ServingEnv:
    """What a model server was started with."""

    def __init__(self) -> None:
        self.default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json")
        self.module_name = os.environ.get("SAGEMAKER_PROGRAM", "inference.py").removesuffix(".py")
        self.module_dir = code_dir
        self.model_dir = model_dir
