"""``python -m smext_algorithms ALGORITHM``: train one algorithm on what lies below ``/opt/ml``."""

from __future__ import annotations

import json
import logging
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from .channels import Channels
from .errors import CustomerError
from .hyperparameters import validated
from .quality import Quality

_CUSTOMER_ERROR, _ALGORITHM_ERROR = 2, 1


def main(algorithm: str) -> int:
    """The exit code: 0, 2 for what the customer can mend, 1 for everything else."""
    ml = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="[%(asctime)s %(levelname)s %(thread)d] %(message)s",
        datefmt="%m/%d/%Y %H:%M:%S",
    )
    try:
        if algorithm == "xgboost":
            _train_xgboost(ml)
        else:
            _train(algorithm, ml)
    except CustomerError as error:
        logging.error("Customer Error: %s", error)
        kind = "AlgorithmError: framework error: \nsagemaker_algorithm_toolkit.exceptions.UserError"
        reason = f"{kind if algorithm == 'xgboost' else 'ClientError'}: {error}"
        _tell(ml, reason)
        return _ALGORITHM_ERROR if algorithm == "xgboost" else _CUSTOMER_ERROR
    except Exception as error:
        logging.exception("Algorithm Error")
        _tell(ml, f"AlgorithmError: framework error: \n{type(error).__name__}: {error}")
        return _ALGORITHM_ERROR
    return 0


def _train(algorithm: str, ml: Path) -> None:
    """An algorithm whose model is one Python object."""
    import joblib

    resources = _config(ml, "resourceconfig")
    if len(resources["hosts"]) > 1:
        raise CustomerError(f"{algorithm} is trained on one instance here, not on {len(resources['hosts'])}.")
    module = import_module(f".{algorithm.replace('-', '_')}", __package__)
    values = validated(_config(ml, "hyperparameters"), module.PARAMETERS)
    model = module.train(values, _channels(ml), Quality(resources["current_host"]))
    joblib.dump(model, ml / "model" / "model_algo-1")


def _train_xgboost(ml: Path) -> None:
    from .xgboost_algorithm import train

    resources = _config(ml, "resourceconfig")
    train(
        _config(ml, "hyperparameters"),
        _channels(ml),
        model_dir=ml / "model",
        checkpoint_dir=_checkpoint_dir(ml),
        hosts=resources["hosts"],
        current_host=resources["current_host"],
    )


def _checkpoint_dir(ml: Path) -> Path | None:
    """Where the job wants its checkpoints, if it does."""
    if not (ml / "input" / "config" / "checkpointconfig.json").exists():
        return None
    return Path(_config(ml, "checkpointconfig").get("LocalPath", ml / "checkpoints"))


def _channels(ml: Path) -> Channels:
    return Channels(ml / "input" / "data", _config(ml, "inputdataconfig"))


def _config(ml: Path, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ml / "input" / "config" / f"{name}.json").read_text())
    return content


def _tell(ml: Path, reason: str) -> None:
    """Where the service looks for the FailureReason."""
    (ml / "output" / "failure").write_text(reason)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
