"""XGBoost as AWS's container runs it when it gets no script.

https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html, and
https://github.com/aws/sagemaker-xgboost-container, whose checks, log lines and file names these are.
"""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from sagemaker_xgboost_container import distributed
from sagemaker_xgboost_container.data_utils import LIBSVM, get_content_type, get_dmatrix

from .channels import Channels
from .errors import CustomerError
from .hyperparameters import Parameter, tuning_metric, validated
from .xgboost_checkpoints import SaveCheckpoints, latest

MODEL_FILE = "xgboost-model"
_LIBSVM = re.compile(r"[-+.\deE:]+(\s+(qid|\d+):\S+)*(\s*#.*)?")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BOOSTERS = ("gbtree", "gblinear", "dart")
_TREE_METHODS = ("auto", "exact", "approx", "hist", "gpu_hist")
# fmt: off
_OBJECTIVES = (
    "binary:logistic", "binary:logitraw", "binary:hinge", "count:poisson", "multi:softmax", "multi:softprob",
    "rank:pairwise", "rank:ndcg", "rank:map", "reg:linear", "reg:squarederror", "reg:logistic", "reg:gamma",
    "reg:pseudohubererror", "reg:squaredlogerror", "reg:tweedie", "reg:absoluteerror", "survival:aft", "survival:cox",
)
_OWN_METRICS = (
    "auc", "aucpr", "map", "ndcg", "aft-nloglik", "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik",
    "interval-regression-accuracy", "logloss", "mae", "mape", "merror", "mlogloss", "mphe", "poisson-nloglik", "rmse",
    "rmsle", "tweedie-nloglik",
)
"""Those that XGBoost computes by itself; the container adds the ones of scikit-learn."""
# fmt: on


def _nested(text: str) -> str:
    """Constraints stay text, as XGBoost takes them. Raises ValueError when they are no lists."""
    try:
        ast.literal_eval(text)
    except SyntaxError as error:
        raise ValueError(str(error)) from error
    return text


PARAMETERS = {
    "num_round": Parameter(int, required=True, interval="[1, inf)"),
    "csv_weights": Parameter(int, default=0, interval="[0, 1]"),
    "early_stopping_rounds": Parameter(int, interval="[1, inf)"),
    "eval_metric": Parameter(lambda text: [name.strip() for name in text.split(",")]),
    "booster": Parameter(choices=_BOOSTERS),
    "verbosity": Parameter(int, interval="[0, 3]"),
    "nthread": Parameter(int, interval="[1, inf)"),
    "eta": Parameter(float, interval="[0, 1]"),
    "gamma": Parameter(float, interval="[0, inf)"),
    "max_depth": Parameter(int, interval="[0, inf)"),
    "min_child_weight": Parameter(float, interval="[0, inf)"),
    "max_delta_step": Parameter(float, interval="[0, inf)"),
    "subsample": Parameter(float, interval="(0, 1]"),
    "colsample_bytree": Parameter(float, interval="(0, 1]"),
    "colsample_bylevel": Parameter(float, interval="(0, 1]"),
    "colsample_bynode": Parameter(float, interval="(0, 1]"),
    "sampling_method": Parameter(choices=("uniform", "gradient_based")),
    "lambda": Parameter(float, interval="[0, inf)"),
    "alpha": Parameter(float, interval="[0, inf)"),
    "tree_method": Parameter(choices=_TREE_METHODS),
    "scale_pos_weight": Parameter(float, interval="(0, inf)"),
    "updater": Parameter(),
    "refresh_leaf": Parameter(int, interval="[0, 1]"),
    "process_type": Parameter(choices=("default", "update")),
    "grow_policy": Parameter(choices=("depthwise", "lossguide")),
    "max_leaves": Parameter(int, interval="[0, inf)"),
    "max_bin": Parameter(int, interval="[0, inf)"),
    "monotone_constraints": Parameter(_nested),
    "interaction_constraints": Parameter(_nested),
    "sample_type": Parameter(choices=("uniform", "weighted")),
    "normalize_type": Parameter(choices=("tree", "forest")),
    "rate_drop": Parameter(float, interval="[0, 1]"),
    "one_drop": Parameter(int, interval="[0, 1]"),
    "skip_drop": Parameter(float, interval="[0, 1]"),
    "tweedie_variance_power": Parameter(float, interval="(1, 2)"),
    "huber_slope": Parameter(float, interval="[0, inf)"),
    "objective": Parameter(choices=_OBJECTIVES),
    "num_class": Parameter(int, interval="[2, inf)"),
    "base_score": Parameter(float, interval="[0, inf)"),
    "seed": Parameter(int, interval="(-2147483648, 2147483647)"),
    "num_parallel_tree": Parameter(int, interval="[1, inf)"),
    "aft_loss_distribution": Parameter(choices=("normal", "logistic", "extreme")),
    "aft_loss_distribution_scale": Parameter(float, interval="(0, inf)"),
    "max_cached_hist_node": Parameter(int, interval="(0, inf)"),
    "prob_buffer_row": Parameter(int, interval="(1, inf)", counterpart=False),
    "sketch_eps": Parameter(float, interval="(0, 1)", counterpart=False),
    "lambda_bias": Parameter(float, interval="[0, 1]", counterpart=False),
    "predictor": Parameter(choices=("auto", "cpu_predictor", "gpu_predictor"), counterpart=False),
    "dsplit": Parameter(choices=("row", "col"), counterpart=False),
    "deterministic_histogram": Parameter(choices=("true", "false"), counterpart=False),
    "single_precision_histogram": Parameter(choices=("true", "false"), counterpart=False),
    "save_model_on_termination": Parameter(choices=("true", "false"), counterpart=False),
    "use_dask_gpu_training": Parameter(choices=("true", "false"), counterpart=False),
}


def train(
    given: Mapping[str, str],
    channels: Channels,
    *,
    model_dir: Path,
    checkpoint_dir: Path | None,
    hosts: list[str],
    current_host: str,
) -> None:
    """Train on the channel ``train``, with ``validation`` watched, and save the model. Raises CustomerError."""
    values = validated(given, PARAMETERS)
    channels.require_known("train", "validation", "code")
    objective = values["objective"] or "reg:squarederror"
    if objective.startswith("multi:") and values["num_class"] is None:
        raise CustomerError("Require input for parameter 'num_class' for multi-classification")
    matrices = {
        name: _matrix(channels, name, values["csv_weights"]) for name in ("train", "validation") if channels.path(name)
    }
    arguments: dict[str, Any] = {
        "values": values,
        "metrics": _metrics(values, given),
        "matrices": matrices,
        "model_dir": model_dir,
        "checkpoint_dir": checkpoint_dir,
    }
    if len(hosts) == 1:
        if matrices["train"] is None:
            raise CustomerError("No data in training channel path")
        _train(**arguments, is_master=True)
        return
    logging.info("Distributed node training with %s hosts: %s", len(hosts), hosts)
    distributed.wait_hostname_resolution(hosts)
    distributed.rabit_run(
        exec_fun=_train,
        args=arguments,
        include_in_training=matrices["train"] is not None,
        hosts=hosts,
        current_host=current_host,
        update_rabit_args=True,
    )


def _train(
    values: dict[str, Any],
    metrics: list[str],
    matrices: dict[str, Any],
    model_dir: Path,
    checkpoint_dir: Path | None,
    is_master: bool,
) -> None:
    watched = {name: matrix for name, matrix in matrices.items() if matrix is not None}
    for name, title in (("train", "Train"), ("validation", "Validation")):
        if name in watched:
            matrix = watched[name]
            logging.info("%s matrix has %s rows and %s columns", title, matrix.num_row(), matrix.num_col())
    own = [name for name in metrics if name.partition("@")[0] in _OWN_METRICS]
    others = [name for name in metrics if name not in own]
    begun, first_round = latest(checkpoint_dir)
    callbacks: list[Any] = []
    if is_master:
        # All hosts know the values of the whole data; the first one tells them.
        callbacks.append(_Evaluations(first_round))
        if checkpoint_dir is not None:
            callbacks.append(SaveCheckpoints(checkpoint_dir, first_round))
    try:
        booster = xgboost.train(
            _settings(values) | ({"eval_metric": own} if own else {"disable_default_eval_metric": bool(others)}),
            watched["train"],
            num_boost_round=values["num_round"] - first_round,
            evals=[(matrix, name) for name, matrix in watched.items()],
            custom_metric=_custom_metric(others) if others else None,
            early_stopping_rounds=values["early_stopping_rounds"],
            callbacks=callbacks,
            xgb_model=begun,
            verbose_eval=False,
        )
    except xgboost.core.XGBoostError as error:
        raise RuntimeError(f"XGB train call failed with exception:\n {_message(error)}") from error
    if is_master:
        booster.save_model(model_dir / f"{MODEL_FILE}.ubj")
        (model_dir / f"{MODEL_FILE}.ubj").rename(model_dir / MODEL_FILE)


class _Evaluations(xgboost.callback.TrainingCallback):
    """A line a round, as the container prints it: #011 is how CloudWatch shows a tab."""

    def __init__(self, first_round: int) -> None:
        super().__init__()
        self._first_round = first_round

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        values = [
            f"#011{channel}-{metric}:{history[-1]:.5f}"
            for channel, metrics in evals_log.items()
            for metric, history in metrics.items()
        ]
        print(f"[{self._first_round + epoch}]{''.join(values)}", flush=True)
        return False


def _matrix(channels: Channels, name: str, csv_weights: int) -> Any:
    try:
        if get_content_type(channels.content_type(name)) == LIBSVM:
            for file in channels.files(name):
                _require_libsvm(file)
        return get_dmatrix(str(channels.path(name)), channels.content_type(name), csv_weights if name == "train" else 0)
    except (ValueError, xgboost.core.XGBoostError) as error:
        message = _message(error)
        raise CustomerError(f"Failed to load the data of the channel '{name}' with exception:\n{message}") from error


def _require_libsvm(file: Path) -> None:
    """CSV without a content type is taken for libsvm, and XGBoost reads it without complaint, as labels only."""
    with file.open(errors="replace") as stream:
        line = stream.readline().strip()
    if not _LIBSVM.fullmatch(line):
        raise CustomerError(
            f"First line '{line[:50]}...' of file '{file.name}' is not 'LIBSVM' format. (Without a ContentType the "
            "data of a channel is taken for libsvm; that of CSV is text/csv.)"
        )


def _metrics(values: dict[str, Any], given: Mapping[str, str]) -> list[str]:
    """What to measure: eval_metric, and the objective of a tuning job."""
    metrics = list(values["eval_metric"] or [])
    objective = tuning_metric(given)
    if objective:
        metrics.append(objective.partition(":")[2])
    for metric in metrics:
        if metric.partition("@")[0] not in _OWN_METRICS and metric not in _SCIKIT_LEARN_METRICS:
            raise CustomerError(f"Hyperparameter eval_metric: value {metric} is not in range")
    return list(dict.fromkeys(metrics))


def _settings(values: dict[str, Any]) -> dict[str, Any]:
    """What xgboost.train takes of the hyperparameters."""
    outside = {"num_round", "csv_weights", "early_stopping_rounds", "eval_metric"}
    settings = {
        name: value
        for name, value in values.items()
        if value is not None and name not in outside and PARAMETERS[name].counterpart
    }
    if settings.get("objective") == "reg:linear":
        settings["objective"] = "reg:squarederror"
    if settings.get("tree_method") == "gpu_hist":
        logging.warning("tree_method=gpu_hist is hist here, on the CPU.")
        settings["tree_method"] = "hist"
    return settings


def _message(error: Exception) -> str:
    """The first line of what XGBoost says; a stack of its C++ functions follows."""
    return str(error).partition("Stack trace")[0].strip()


def _custom_metric(names: list[str]) -> Callable[[Any, Any], list[tuple[str, float]]]:
    def measure(predictions: Any, matrix: Any) -> list[tuple[str, float]]:
        labels = matrix.get_label()
        found = []
        for name in names:
            of_classes, function = _SCIKIT_LEARN_METRICS[name]
            found.append((name, float(function(labels, _classes(predictions) if of_classes else predictions))))
        return found

    return measure


def _classes(predictions: Any) -> Any:
    if predictions.ndim > 1:
        return np.argmax(predictions, axis=1)
    # Classes already, or probabilities of the second of two.
    return predictions if (predictions % 1 == 0).all() else (predictions > 0.5).astype(int)


def _averaged(name: str, average: str) -> Callable[[Any, Any], float]:
    def measure(labels: Any, predicted: Any) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(labels, predicted, average=average, zero_division=0))

    return measure


def _plain(name: str) -> Callable[[Any, Any], float]:
    def measure(labels: Any, predicted: Any) -> float:
        from sklearn import metrics

        return float(getattr(metrics, name)(labels, predicted))

    return measure


_SCIKIT_LEARN_METRICS: dict[str, tuple[bool, Callable[[Any, Any], float]]] = {
    "accuracy": (True, _plain("accuracy_score")),
    "balanced_accuracy": (True, _plain("balanced_accuracy_score")),
    "f1": (True, _averaged("f1_score", "macro")),
    "f1_binary": (True, _averaged("f1_score", "binary")),
    "f1_macro": (True, _averaged("f1_score", "macro")),
    "precision": (True, _averaged("precision_score", "binary")),
    "precision_macro": (True, _averaged("precision_score", "macro")),
    "precision_micro": (True, _averaged("precision_score", "micro")),
    "recall": (True, _averaged("recall_score", "binary")),
    "recall_macro": (True, _averaged("recall_score", "macro")),
    "recall_micro": (True, _averaged("recall_score", "micro")),
    "mse": (False, _plain("mean_squared_error")),
    "r2": (False, _plain("r2_score")),
}
