"""K nearest neighbours on scikit-learn, whose index is exact.

https://docs.aws.amazon.com/sagemaker/latest/dg/k-nearest-neighbors.html
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import metrics
from sklearn.neighbors import NearestNeighbors
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from .channels import Channels
from .errors import CustomerError
from .hyperparameters import Parameter
from .quality import Quality

RESPONSE_KEY = "predictions"
_CLASSIFIER = "classifier"
_DISTANCES = {"L2": "sqeuclidean", "COSINE": "cosine"}

PARAMETERS = {
    "k": Parameter(int, required=True, interval="[1, inf)"),
    "sample_size": Parameter(int, required=True, interval="[1, inf)"),
    "predictor_type": Parameter(required=True, choices=(_CLASSIFIER, "regressor")),
    "feature_dim": Parameter(int, required=True, interval="[1, inf)"),
    "dimension_reduction_type": Parameter(choices=("sign", "fjlt")),
    "dimension_reduction_target": Parameter(int, interval="[1, inf)"),
    "index_metric": Parameter(default="L2", choices=("L2", "COSINE", "INNER_PRODUCT")),
    "index_type": Parameter(choices=("faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ"), counterpart=False),
    "faiss_index_ivf_nlists": Parameter(counterpart=False),
    "faiss_index_pq_m": Parameter(int, interval="[1, inf)", counterpart=False),
    "mini_batch_size": Parameter(int, interval="[1, inf)", counterpart=False),
}


@dataclass
class NeighbourModel:
    """The sampled rows and how to look among them."""

    classifier: bool
    projection: Any
    index: Any
    labels: Any

    def neighbours(self, features: Any) -> tuple[Any, Any]:
        """The distances and the labels of the neighbours of each row."""
        data = self.projection.transform(features) if self.projection else features
        distances, places = self.index.kneighbors(data)
        return distances, self.labels[places]

    def decide(self, labels: Any) -> Any:
        """One label from those of the neighbours of each row."""
        if not self.classifier:
            return labels.mean(axis=1)
        return np.array([np.bincount(row.astype(int)).argmax() for row in labels])


def train(values: dict[str, Any], channels: Channels, quality: Quality) -> NeighbourModel:
    """Raises CustomerError."""
    channels.require_known("train", "test")
    rows = channels.read("train", labelled=True, feature_dim=values["feature_dim"])
    test = channels.read("test", labelled=True, feature_dim=values["feature_dim"])
    assert rows is not None
    classifier = values["predictor_type"] == _CLASSIFIER
    if classifier and ((rows.labels < 0).any() or (rows.labels % 1).any()):
        raise CustomerError("The labels of a classifier must be integers from 0 on.")
    if values["index_metric"] not in _DISTANCES:
        raise CustomerError("index_metric=INNER_PRODUCT has no counterpart here.")
    size = min(values["sample_size"], len(rows.features))
    if size < values["k"]:
        raise CustomerError(f"k={values['k']} neighbours cannot be found among {size} rows.")
    sampled = np.random.default_rng(0).choice(len(rows.features), size, replace=False)
    projection = _projection(values)
    data = rows.features[sampled]
    data = projection.fit_transform(data) if projection else data
    index = NearestNeighbors(n_neighbors=values["k"], metric=_DISTANCES[values["index_metric"]], algorithm="brute")
    model = NeighbourModel(classifier, projection, index.fit(data), rows.labels[sampled])
    logging.info("The index holds %s of %s rows.", size, len(rows.features))
    if test:
        predicted = model.decide(model.neighbours(test.features)[1])
        if classifier:
            quality.score("test", "accuracy", metrics.accuracy_score(test.labels, predicted))
            quality.score("test", "macro_f_1.000", metrics.f1_score(test.labels, predicted, average="macro"))
        else:
            quality.loss("test", "mse", metrics.mean_squared_error(test.labels, predicted))
    return model


def predict(model: NeighbourModel, features: Any, *, verbose: bool = False) -> list[dict[str, Any]]:
    """The label of each row; with ``verbose`` also its neighbours, the nearest last."""
    distances, labels = model.neighbours(features)
    answers = [{"predicted_label": float(label)} for label in model.decide(labels)]
    if verbose:
        for answer, row_distances, row_labels in zip(answers, distances, labels, strict=True):
            answer |= {"distances": row_distances[::-1].tolist(), "labels": row_labels[::-1].tolist()}
    return answers


def _projection(values: dict[str, Any]) -> Any | None:
    kind, target = values["dimension_reduction_type"], values["dimension_reduction_target"]
    if kind is None:
        return None
    if target is None or target >= values["feature_dim"]:
        raise CustomerError("dimension_reduction_target must be given, and be lower than feature_dim.")
    if kind == "sign":
        return SparseRandomProjection(target, density=1.0, random_state=0)
    logging.warning("dimension_reduction_type=fjlt is approximated here by a Gaussian random projection.")
    return GaussianRandomProjection(target, random_state=0)
