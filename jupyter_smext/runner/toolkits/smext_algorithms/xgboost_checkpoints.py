"""Checkpoints of XGBoost: the model after each round, so that a job that was interrupted goes on.

Names and number are those of AWS's container, https://github.com/aws/sagemaker-xgboost-container, `checkpointing.py`.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import xgboost

_NAME = re.compile(r"xgboost-checkpoint\.(\d+)")
_KEPT = 5


def latest(folder: Path | None) -> tuple[Any, int]:
    """The last model that can be read, and how many rounds it has; none and 0 where there is none."""
    for number, path in reversed(_checkpoints(folder)):
        try:
            model = xgboost.Booster(model_file=path)
        except xgboost.core.XGBoostError:
            logging.warning("The checkpoint %s cannot be read.", path.name)
            continue
        logging.info("Checkpoint loaded from %s", path)
        logging.info("Resuming from iteration %s", number + 1)
        return model, number + 1
    return None, 0


class SaveCheckpoints(xgboost.callback.TrainingCallback):
    """Keeps the models of the last five rounds in a folder."""

    def __init__(self, folder: Path, first_round: int) -> None:
        super().__init__()
        self._folder = folder
        self._first_round = first_round
        folder.mkdir(parents=True, exist_ok=True)

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        number = self._first_round + epoch
        # Beside the folder, and then moved: what lies in it is uploaded at any time.
        unfinished = self._folder.with_name(f"{self._folder.name}-unfinished.ubj")
        model.save_model(unfinished)
        unfinished.rename(self._folder / f"xgboost-checkpoint.{number}")
        for old, path in _checkpoints(self._folder):
            # Those of an earlier job stay.
            if self._first_round <= old <= number - _KEPT:
                path.unlink()
        return False


def _checkpoints(folder: Path | None) -> list[tuple[int, Path]]:
    if folder is None or not folder.is_dir():
        return []
    found = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1]), path) for match, path in found if match)
