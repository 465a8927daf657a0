"""Algorithms of AWS's own, known by their images: which ones have a local stand-in, and which metrics they report."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_smext.runner.container import Container
from jupyter_smext.runner.script_mode import entry_point

# fmt: off
_XGBOOST_METRICS = (
    "accuracy", "aft-nloglik", "auc", "aucpr", "balanced_accuracy", "cox-nloglik", "error", "f1", "f1_binary",
    "f1_macro", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy", "logloss", "mae", "map", "mape",
    "merror", "mlogloss", "mphe", "mse", "ndcg", "poisson-nloglik", "precision", "precision_macro", "precision_micro",
    "r2", "recall", "recall_macro", "recall_micro", "rmse", "rmsle", "tweedie-nloglik",
)
# fmt: on
_NUMBER = r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?"
_LINEAR_LEARNER_METRICS = {
    "absolute_loss": "absolute_loss <loss>",
    "binary_classification_accuracy": "binary_classification_accuracy <score>",
    "binary_f_beta": r"binary_f_\S+ <score>",
    "macro_f_beta": r"macro_f_\S+ <score>",
    "macro_precision": "macro_precision <score>",
    "macro_recall": "macro_recall <score>",
    "mse": "mse <loss>",
    "multiclass_accuracy": "multiclass_accuracy <score>",
    "multiclass_top_k_accuracy": r"multiclass_top_k_accuracy_\S+ <score>",
    "objective_loss:final": r"\S+_objective <loss>",
    "precision": "precision <score>",
    "recall": "recall <score>",
    "rmse": "rmse <loss>",
    "roc_auc_score": "roc_auc_score <score>",
}


@dataclass(frozen=True)
class BuiltIn:
    """An algorithm with a local stand-in: its name, the package that it needs, the regexes of its metrics."""

    name: str
    requirement: str
    metrics: Mapping[str, str]
    checkpoints: bool = False
    """Whether it goes on from checkpoints. https://docs.aws.amazon.com/sagemaker/latest/dg/model-checkpoints.html"""

    def install(self, container: Container, check: Callable[[], None]) -> None:
        """Give ``container`` the package, where the Python that runs us has none. Raises JobFailedError."""
        module = {"scikit-learn": "sklearn"}.get(self.requirement, "xgboost")
        if importlib.util.find_spec(module) is None:
            (container.ml.code / "requirements.txt").write_text(f"{self.requirement}\n")
            container.install(container.ml.code, package=False, check=check)


def built_in(image: str) -> BuiltIn | None:
    """The algorithm that the container image ``image`` holds, if it has a stand-in."""
    repository = re.split("[:@]", image.rpartition("/")[2])[0]
    return _BY_REPOSITORY.get(repository)


def built_in_names() -> list[str]:
    """The algorithms that have a stand-in."""
    return list(dict.fromkeys(found.name for found in _BY_REPOSITORY.values()))


def metric_definitions(request: Mapping[str, Any]) -> list[dict[str, str]]:
    """The MetricDefinitions of a CreateTrainingJob request, with those that a built-in algorithm brings along.

    DescribeTrainingJob tells both, too: jobs of built-in algorithms report their metrics unasked.
    """
    algorithm = request["AlgorithmSpecification"]
    definitions = list(algorithm.get("MetricDefinitions", []))
    if entry_point(request) is not None or algorithm.get("ContainerEntrypoint"):
        return definitions
    given = {definition["Name"] for definition in definitions}
    found = built_in(algorithm.get("TrainingImage", ""))
    own = found.metrics if found else {}
    return definitions + [{"Name": name, "Regex": regex} for name, regex in own.items() if name not in given]


def _quality(channel: str, metric: str, *, epoch: bool = False) -> str:
    when = r"epoch=\S+, " if epoch else ""
    return rf"#quality_metric: host=\S+, {when}{channel} {metric}=(\S+)"


def _linear_learner_metrics() -> dict[str, str]:
    metrics = {
        f"{channel}:{name}": _quality(channel, metric)
        for channel in ("train", "validation", "test")
        for name, metric in _LINEAR_LEARNER_METRICS.items()
    }
    for channel in ("train", "validation"):
        metrics[f"{channel}:objective_loss"] = _quality(channel, r"\S+_objective <loss>", epoch=True)
    metrics["test:objective_loss"] = metrics.pop("test:objective_loss:final")
    return metrics


_XGBOOST = BuiltIn(
    "xgboost",
    # The plain distribution brings gigabytes for GPUs on Linux.
    "xgboost-cpu" if sys.platform == "linux" else "xgboost",
    {
        f"{channel}:{metric}": rf".*\[[0-9]+\].*#011{channel}-{metric}:({_NUMBER}).*"
        for channel in ("train", "validation")
        for metric in _XGBOOST_METRICS
    },
    checkpoints=True,
)
_LINEAR_LEARNER = BuiltIn("linear-learner", "scikit-learn", _linear_learner_metrics())
_KMEANS = BuiltIn(
    "kmeans",
    "scikit-learn",
    {
        f"{channel}:{metric}": _quality(channel, f"{metric} <loss>")
        for channel in ("train", "test")
        for metric in ("msd", "ssd")
    },
)
_KNN = BuiltIn(
    "knn",
    "scikit-learn",
    {
        "test:accuracy": _quality("test", "accuracy <score>"),
        "test:macro_f_1.000": _quality("test", r"macro_f_1\.000 <score>"),
        "test:mse": _quality("test", "mse <loss>"),
    },
)
_PCA = BuiltIn("pca", "scikit-learn", {})

_BY_REPOSITORY = {
    "sagemaker-xgboost": _XGBOOST,
    # Of the releases before 0.90, which had no script mode.
    "xgboost": _XGBOOST,
    "linear-learner": _LINEAR_LEARNER,
    "kmeans": _KMEANS,
    "knn": _KNN,
    "pca": _PCA,
}
