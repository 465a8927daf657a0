"""Linear learner on scikit-learn's stochastic gradient descent.

https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner.html. The original trains many models side by side;
this one trains one, and keeps the best of its epochs.
"""

from __future__ import annotations

import copy
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import linear_model, metrics
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from .channels import Channels, Rows
from .errors import CustomerError
from .hyperparameters import Parameter, boolean
from .quality import Quality

RESPONSE_KEY = "predictions"
_BINARY, _MULTICLASS, _REGRESSOR = "binary_classifier", "multiclass_classifier", "regressor"
_LOSSES = {
    "logistic": "log_loss",
    "softmax_loss": "log_loss",
    "hinge_loss": "hinge",
    "squared_loss": "squared_error",
    "absolute_loss": "epsilon_insensitive",
    "eps_insensitive_squared_loss": "squared_epsilon_insensitive",
    "eps_insensitive_absolute_loss": "epsilon_insensitive",
    "huber_loss": "huber",
}
_ALLOWED_LOSSES = {
    _BINARY: ("logistic", "hinge_loss"),
    _MULTICLASS: ("softmax_loss",),
    _REGRESSOR: (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "huber_loss",
    ),
}
_OBJECTIVES = {"logistic": "binary_classification_cross_entropy", "softmax_loss": "multiclass_cross_entropy"}
_SELECTION_CRITERIA = (
    "accuracy",
    "f1",
    "f_beta",
    "precision_at_target_recall",
    "recall_at_target_precision",
    "cross_entropy_loss",
    "loss_function",
)
_THRESHOLDS = np.linspace(0.01, 0.99, 99)

PARAMETERS = {
    "predictor_type": Parameter(required=True, choices=(_BINARY, _MULTICLASS, _REGRESSOR)),
    "num_classes": Parameter(int, interval="[1, 1000000]"),
    "feature_dim": Parameter(int, interval="[1, inf)", auto=True),
    "epochs": Parameter(int, default=15, interval="[1, inf)"),
    "loss": Parameter(choices=(*_LOSSES, "quantile_loss"), auto=True),
    "l1": Parameter(float, interval="[0, inf)", auto=True),
    "wd": Parameter(float, interval="[0, inf)", auto=True),
    "learning_rate": Parameter(float, interval="(0, inf)", auto=True),
    "use_bias": Parameter(boolean, default=True),
    "normalize_data": Parameter(boolean, default=True, auto=True),
    "normalize_label": Parameter(boolean, auto=True),
    "positive_example_weight_mult": Parameter(default="1.0"),
    "balance_multiclass_weights": Parameter(boolean, default=False),
    "binary_classifier_model_selection_criteria": Parameter(default="accuracy", choices=_SELECTION_CRITERIA),
    "f_beta": Parameter(float, default=1.0, interval="(0, inf)"),
    "target_precision": Parameter(float, default=0.8, interval="(0, 1)"),
    "target_recall": Parameter(float, default=0.8, interval="(0, 1)"),
    "early_stopping_patience": Parameter(int, default=3, interval="[1, inf)"),
    "early_stopping_tolerance": Parameter(float, default=0.001, interval="(0, inf)"),
    "loss_insensitivity": Parameter(float, default=0.01, interval="(0, inf)"),
    "huber_delta": Parameter(float, default=1.0, interval="[0, inf)", auto=True),
    "accuracy_top_k": Parameter(int, default=3, interval="[1, 1000000]", auto=True),
    "mini_batch_size": Parameter(int, interval="[1, inf)", auto=True, counterpart=False),
    "num_models": Parameter(int, interval="[1, inf)", auto=True, counterpart=False),
    "num_calibration_samples": Parameter(int, interval="[1, inf)", auto=True, counterpart=False),
    "num_point_for_scaler": Parameter(int, interval="[1, inf)", counterpart=False),
    "optimizer": Parameter(choices=("sgd", "adam", "rmsprop"), auto=True, counterpart=False),
    "beta_1": Parameter(float, interval="[0, 1)", auto=True, counterpart=False),
    "beta_2": Parameter(float, interval="[0, 1)", auto=True, counterpart=False),
    "momentum": Parameter(float, interval="[0, 1)", auto=True, counterpart=False),
    "bias_lr_mult": Parameter(float, interval="(0, inf)", auto=True, counterpart=False),
    "bias_wd_mult": Parameter(float, interval="[0, inf)", auto=True, counterpart=False),
    "init_method": Parameter(choices=("uniform", "normal"), counterpart=False),
    "init_scale": Parameter(float, interval="(0, inf)", auto=True, counterpart=False),
    "init_sigma": Parameter(float, interval="(0, inf)", auto=True, counterpart=False),
    "init_bias": Parameter(float, counterpart=False),
    "use_lr_scheduler": Parameter(boolean, auto=True, counterpart=False),
    "lr_scheduler_step": Parameter(int, interval="[1, inf)", auto=True, counterpart=False),
    "lr_scheduler_factor": Parameter(float, interval="(0, 1)", auto=True, counterpart=False),
    "lr_scheduler_minimum_lr": Parameter(float, interval="(0, inf)", auto=True, counterpart=False),
    "unbias_data": Parameter(boolean, auto=True, counterpart=False),
    "unbias_label": Parameter(boolean, auto=True, counterpart=False),
    "margin": Parameter(float, interval="[0, inf)", counterpart=False),
    "quantile": Parameter(float, interval="(0, 1)", counterpart=False),
}


@dataclass
class LinearModel:
    """A trained model with what happens to data before and after it."""

    predictor_type: str
    scaler: Any
    label_scaler: Any
    estimator: Any
    threshold: float = 0.5

    def scores(self, features: Any) -> Any:
        """What the loss is about: a probability or margin a row, a probability a class, or a value."""
        data = self.scaler.transform(features) if self.scaler else features
        if self.predictor_type == _REGRESSOR:
            values = self.estimator.predict(data)
            return self.label_scaler.inverse_transform(values.reshape(-1, 1))[:, 0] if self.label_scaler else values
        if self.estimator.loss == "hinge":
            return self.estimator.decision_function(data)
        probabilities = self.estimator.predict_proba(data)
        return probabilities[:, 1] if self.predictor_type == _BINARY else probabilities

    def labels(self, scores: Any) -> Any:
        """The predicted classes."""
        return scores.argmax(axis=1) if scores.ndim > 1 else (scores >= self.threshold).astype(int)


def train(values: dict[str, Any], channels: Channels, quality: Quality) -> LinearModel:
    """Train on the channel ``train``; ``validation`` chooses the epoch and the threshold. Raises CustomerError."""
    channels.require_known("train", "validation", "test")
    logging.info("One model is trained, where the algorithm itself trains several side by side and keeps the best.")
    rows = {
        name: channels.read(name, labelled=True, feature_dim=values["feature_dim"])
        for name in ("train", "validation", "test")
    }
    training = rows["train"]
    assert training is not None
    kind = values["predictor_type"]
    classes = _classes(values, rows)
    loss = _loss(values)
    model = LinearModel(kind, None, None, _estimator(values, loss))
    data, target = training.features, training.labels
    if values["normalize_data"] is not False:
        model.scaler = StandardScaler().fit(data)
        data = model.scaler.transform(data)
    if kind == _REGRESSOR and values["normalize_label"] is not False:
        model.label_scaler = StandardScaler().fit(target.reshape(-1, 1))
        target = model.label_scaler.transform(target.reshape(-1, 1))[:, 0]

    objective = f"{_OBJECTIVES.get(loss, loss.removesuffix('_loss'))}_objective"
    weights = _weights(values, training.labels, classes)
    order = np.random.default_rng(0)
    best: tuple[float, Any] | None = None
    waited = 0
    for epoch in range(values["epochs"]):
        shuffled = order.permutation(len(data))
        chosen = {} if classes is None else {"classes": classes}
        if weights is not None:
            chosen["sample_weight"] = weights[shuffled]
        model.estimator.partial_fit(data[shuffled], target[shuffled], **chosen)
        losses = {name: _objective(model, loss, part) for name, part in rows.items() if part and name != "test"}
        for name, value in losses.items():
            quality.loss(name, objective, value, epoch=epoch)
        value = losses.get("validation", losses["train"])
        if best is None or value < best[0] * (1 - values["early_stopping_tolerance"]):
            waited = 0
        else:
            waited += 1
        if best is None or value < best[0]:
            best = value, copy.deepcopy(model.estimator)
        if waited >= values["early_stopping_patience"]:
            logging.info("Early stop after epoch %s: the loss no longer improves.", epoch)
            break
    assert best is not None
    model.estimator = best[1]
    if kind == _BINARY:
        model.threshold = _threshold(values, model, rows["validation"] or training)
    for name, part in rows.items():
        if part:
            quality.loss(name, objective, _objective(model, loss, part))
            _report(values, model, name, part, quality)
    return model


def predict(model: LinearModel, features: Any) -> list[dict[str, Any]]:
    """A score a row, and for classifiers the label."""
    scores = model.scores(features)
    if model.predictor_type == _REGRESSOR:
        return [{"score": float(score)} for score in scores]
    labels = model.labels(scores)
    return [
        {"score": score, "predicted_label": float(label)} for score, label in zip(scores.tolist(), labels, strict=True)
    ]


def _loss(values: dict[str, Any]) -> str:
    kind = values["predictor_type"]
    loss: str = values["loss"] or _ALLOWED_LOSSES[kind][0]
    if loss == "quantile_loss":
        raise CustomerError("loss=quantile_loss has no counterpart here.")
    if loss not in _ALLOWED_LOSSES[kind]:
        raise CustomerError(f"loss={loss} is not for a {kind}: use one of {list(_ALLOWED_LOSSES[kind])}.")
    return loss


def _classes(values: dict[str, Any], rows: dict[str, Rows | None]) -> Any | None:
    kind, count = values["predictor_type"], values["num_classes"]
    if kind == _REGRESSOR:
        return None
    if kind == _MULTICLASS and count is None:
        raise CustomerError("num_classes is required for a multiclass_classifier.")
    classes = np.arange(2 if kind == _BINARY else count)
    for name, part in rows.items():
        if part and not np.isin(part.labels, classes).all():
            raise CustomerError(
                f"The labels of the channel '{name}' must be integers from 0 to {len(classes) - 1} for a {kind}."
            )
    return classes


def _estimator(values: dict[str, Any], loss: str) -> Any:
    l1, wd = values["l1"] or 0.0, values["wd"] or 0.0
    automatic = values["l1"] is None and values["wd"] is None
    rate = values["learning_rate"]
    if loss == "softmax_loss":
        if l1:
            logging.warning("The hyperparameter l1 has no counterpart here for softmax_loss: it has no effect.")
        # A network without hidden layers is softmax regression.
        return MLPClassifier(
            (), alpha=1e-4 if automatic else wd, learning_rate_init=rate or 0.05, batch_size=32, random_state=0
        )
    regressor = values["predictor_type"] == _REGRESSOR
    made = linear_model.SGDRegressor if regressor else linear_model.SGDClassifier
    settings: dict[str, Any] = {
        "loss": _LOSSES[loss],
        "penalty": "elasticnet",
        "alpha": 1e-4 if automatic else l1 + wd,
        "l1_ratio": l1 / (l1 + wd) if l1 + wd else 0.0,
        "fit_intercept": values["use_bias"],
        "epsilon": 0.0 if loss == "absolute_loss" else values["loss_insensitivity"],
        "random_state": 0,
    }
    if loss == "huber_loss":
        settings["epsilon"] = values["huber_delta"] or 1.0
    # Not scikit-learn's "optimal" rate: its first steps on few rows are so long that the loss never recovers.
    if rate is None:
        settings |= {"learning_rate": "invscaling", "eta0": 0.01 if regressor else 0.1, "power_t": 0.25}
    else:
        settings |= {"learning_rate": "constant", "eta0": rate}
    return made(**settings)


def _weights(values: dict[str, Any], labels: Any, classes: Any) -> Any | None:
    """Of each row; None when all weigh the same."""
    if values["predictor_type"] == _MULTICLASS and values["balance_multiclass_weights"]:
        counts = np.bincount(labels.astype(int), minlength=len(classes)).clip(1)
        return len(labels) / len(classes) / counts[labels.astype(int)]
    if values["predictor_type"] != _BINARY:
        return None
    given = values["positive_example_weight_mult"]
    positive = max(1, int(labels.sum()))
    balance = (len(labels) - positive) / positive
    try:
        factor = {"balanced": balance, "auto": balance}.get(given) or float(given)
    except ValueError as error:
        raise CustomerError(
            f"Hyperparameter positive_example_weight_mult: {given} is not a number, balanced or auto"
        ) from error
    return np.where(labels == 1, factor, 1.0)


def _objective(model: LinearModel, loss: str, rows: Rows) -> float:
    scores, labels = model.scores(rows.features), rows.labels
    if loss in ("logistic", "softmax_loss"):
        known = range(scores.shape[1]) if scores.ndim > 1 else [0, 1]
        return float(metrics.log_loss(labels, scores, labels=list(known)))
    if loss == "hinge_loss":
        return float(metrics.hinge_loss(labels, scores, labels=[0, 1]))
    if loss in ("absolute_loss", "eps_insensitive_absolute_loss"):
        return float(metrics.mean_absolute_error(labels, scores))
    return float(metrics.mean_squared_error(labels, scores))


def _threshold(values: dict[str, Any], model: LinearModel, rows: Rows) -> float:
    """The decision threshold that serves the model selection criterion best."""
    criterion = values["binary_classifier_model_selection_criteria"]
    scores, labels = model.scores(rows.features), rows.labels
    if model.estimator.loss == "hinge":
        return 0.0
    if criterion in ("cross_entropy_loss", "loss_function"):
        return 0.5

    def merit(threshold: float) -> tuple[float, ...]:
        predicted = scores >= threshold
        # Among equals the threshold in the middle.
        middle = -abs(threshold - 0.5)
        if criterion == "accuracy":
            return metrics.accuracy_score(labels, predicted), middle
        precision = metrics.precision_score(labels, predicted, zero_division=0)
        recall = metrics.recall_score(labels, predicted, zero_division=0)
        if criterion == "precision_at_target_recall":
            return float(recall >= values["target_recall"]), precision, middle
        if criterion == "recall_at_target_precision":
            return float(precision >= values["target_precision"]), recall, middle
        beta = 1.0 if criterion == "f1" else values["f_beta"]
        return metrics.fbeta_score(labels, predicted, beta=beta, zero_division=0), middle

    return float(max(_THRESHOLDS, key=merit))


def _report(values: dict[str, Any], model: LinearModel, name: str, rows: Rows, quality: Quality) -> None:
    """The metrics at the end, for one channel."""
    scores, labels = model.scores(rows.features), rows.labels
    if model.predictor_type == _REGRESSOR:
        error = metrics.mean_squared_error(labels, scores)
        quality.loss(name, "mse", error)
        quality.loss(name, "rmse", error**0.5)
        quality.loss(name, "absolute_loss", metrics.mean_absolute_error(labels, scores))
        return
    predicted = model.labels(scores)
    if model.predictor_type == _BINARY:
        quality.score(name, "binary_classification_accuracy", metrics.accuracy_score(labels, predicted))
        beta = values["f_beta"]
        quality.score(name, f"binary_f_{beta:.3f}", metrics.fbeta_score(labels, predicted, beta=beta, zero_division=0))
        quality.score(name, "precision", metrics.precision_score(labels, predicted, zero_division=0))
        quality.score(name, "recall", metrics.recall_score(labels, predicted, zero_division=0))
        if len(np.unique(labels)) == 2:
            quality.score(name, "roc_auc_score", metrics.roc_auc_score(labels, scores))
        return
    top = min(values["accuracy_top_k"] or 3, scores.shape[1] - 1)
    known = np.arange(scores.shape[1])
    quality.score(name, "multiclass_accuracy", metrics.accuracy_score(labels, predicted))
    quality.score(
        name, f"multiclass_top_k_accuracy_{top}", metrics.top_k_accuracy_score(labels, scores, k=top, labels=known)
    )
    for metric, measure in (("precision", metrics.precision_score), ("recall", metrics.recall_score)):
        quality.score(name, f"macro_{metric}", measure(labels, predicted, average="macro", zero_division=0))
    beta = values["f_beta"]
    value = metrics.fbeta_score(labels, predicted, beta=beta, average="macro", zero_division=0)
    quality.score(name, f"macro_f_{beta:.3f}", value)
