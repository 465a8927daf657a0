"""The SageMaker training and inference contract in local processes.

:class:`TrainingRun` carries out one ``CreateTrainingJob`` request on this machine; :class:`ModelServer` serves one
container of a ``CreateModel`` request. Both keep what they do in a private work folder and leave nothing behind.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_smext.runner.events import RunEvents, TrainingResult
    from jupyter_smext.runner.serving import ModelServer, ModelServerError
    from jupyter_smext.runner.training import TrainingRun

__all__ = ["ModelServer", "ModelServerError", "RunEvents", "TrainingResult", "TrainingRun"]

_MODULES = {
    "ModelServer": "serving",
    "ModelServerError": "serving",
    "RunEvents": "events",
    "TrainingResult": "events",
    "TrainingRun": "training",
}


def __getattr__(name: str) -> Any:
    # On demand, because the small process that supervises a run imports this package too, and needs none of it.
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
