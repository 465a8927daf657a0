"""The SageMaker training and inference contract in local processes.

:class:`TrainingRun` carries out one ``CreateTrainingJob`` request on this machine; :class:`ModelServer` serves one
container of a ``CreateModel`` request. Both keep what they do in a private work folder and leave nothing behind.
"""

from jupyter_smext.runner.events import RunEvents, TrainingResult
from jupyter_smext.runner.serving import ModelServer, ModelServerError
from jupyter_smext.runner.training import TrainingRun

__all__ = ["ModelServer", "ModelServerError", "RunEvents", "TrainingResult", "TrainingRun"]
