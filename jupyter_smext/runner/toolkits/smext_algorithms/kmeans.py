"""K-means on scikit-learn, which sees all rows at once.

https://docs.aws.amazon.com/sagemaker/latest/dg/k-means.html. The original reads a stream in mini-batches, and reduces
more clusters than asked for to ``k`` at the end.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import numpy as np
from sklearn.cluster import KMeans

from .channels import Channels
from .errors import CustomerError
from .hyperparameters import Parameter, boolean
from .quality import Quality

RESPONSE_KEY = "predictions"
_INITIALISATIONS = ("random", "kmeans++")


def _metric_names(text: str) -> list[str]:
    names: list[str] = json.loads(text)
    if not set(names) <= {"msd", "ssd"}:
        raise ValueError("the metrics are msd and ssd")
    return names


PARAMETERS = {
    "k": Parameter(int, required=True, interval="[2, inf)"),
    "feature_dim": Parameter(int, required=True, interval="[1, inf)"),
    "init_method": Parameter(default="random", choices=_INITIALISATIONS),
    "local_lloyd_init_method": Parameter(choices=_INITIALISATIONS, counterpart=False),
    "local_lloyd_max_iter": Parameter(int, default=300, interval="[1, inf)"),
    "local_lloyd_num_trials": Parameter(int, interval="[1, inf)", auto=True),
    "local_lloyd_tol": Parameter(float, default=0.0001, interval="[0, 1]"),
    "eval_metrics": Parameter(_metric_names, default=["msd"]),
    # Sent by SDK 2 unasked; rows are always dense here.
    "force_dense": Parameter(boolean),
    "epochs": Parameter(int, interval="[1, inf)", counterpart=False),
    "mini_batch_size": Parameter(int, interval="[1, inf)", counterpart=False),
    "extra_center_factor": Parameter(int, interval="[1, inf)", auto=True, counterpart=False),
    "half_life_time_size": Parameter(int, interval="[0, inf)", counterpart=False),
}


def train(values: dict[str, Any], channels: Channels, quality: Quality) -> KMeans:
    """Raises CustomerError."""
    channels.require_known("train", "test")
    rows = channels.read("train", labelled=False, feature_dim=values["feature_dim"])
    test = channels.read("test", labelled=False, feature_dim=values["feature_dim"])
    assert rows is not None
    if len(rows.features) < values["k"]:
        raise CustomerError(f"There are {len(rows.features)} rows for k={values['k']} clusters.")
    model = KMeans(
        values["k"],
        init="k-means++" if values["init_method"] == "kmeans++" else "random",
        n_init=values["local_lloyd_num_trials"] or 10,
        max_iter=values["local_lloyd_max_iter"],
        tol=values["local_lloyd_tol"],
        random_state=0,
    ).fit(rows.features)
    for name, part in (("train", rows), ("test", test)):
        if part:
            squares = model.transform(part.features).min(axis=1) ** 2
            for metric in values["eval_metrics"]:
                quality.loss(name, metric, squares.mean() if metric == "msd" else squares.sum())
    logging.info("Trained on %s rows in %s iterations.", len(rows.features), model.n_iter_)
    return model


def predict(model: KMeans, features: Any) -> list[dict[str, Any]]:
    """The closest cluster of each row, and how far away its center is."""
    distances = model.transform(features)
    closest = np.argmin(distances, axis=1)
    return [
        {"closest_cluster": float(cluster), "distance_to_cluster": float(row[cluster])}
        for cluster, row in zip(closest, distances, strict=True)
    ]
