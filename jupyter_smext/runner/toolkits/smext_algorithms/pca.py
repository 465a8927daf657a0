"""Principal component analysis on scikit-learn.

https://docs.aws.amazon.com/sagemaker/latest/dg/pca.html
"""

from __future__ import annotations

import logging
from typing import Any

from sklearn.decomposition import PCA, TruncatedSVD

from .channels import Channels
from .errors import CustomerError
from .hyperparameters import Parameter, boolean
from .quality import Quality

RESPONSE_KEY = "projections"

PARAMETERS = {
    "feature_dim": Parameter(int, required=True, interval="[1, inf)"),
    "mini_batch_size": Parameter(int, required=True, interval="[1, inf)", counterpart=False),
    "num_components": Parameter(int, required=True, interval="[1, inf)"),
    "algorithm_mode": Parameter(default="regular", choices=("regular", "randomized")),
    "extra_components": Parameter(int, default=-1),
    "subtract_mean": Parameter(boolean, default=True),
}


def train(values: dict[str, Any], channels: Channels, quality: Quality) -> Any:
    """Raises CustomerError."""
    channels.require_known("train", "test")
    rows = channels.read("train", labelled=False, feature_dim=values["feature_dim"])
    assert rows is not None
    count, randomized = values["num_components"], values["algorithm_mode"] == "randomized"
    if count > min(rows.features.shape):
        raise CustomerError(
            f"num_components={count} is more than the data has: {rows.features.shape[0]} rows of "
            f"{rows.features.shape[1]} features."
        )
    # As many extra components as components, and at least ten, where the job leaves it to the algorithm.
    extra = max(10, count) if values["extra_components"] == -1 else values["extra_components"]
    model: Any
    if values["subtract_mean"]:
        solver = "randomized" if randomized else "full"
        model = PCA(count, svd_solver=solver, n_oversamples=extra, random_state=0)
    else:
        model = TruncatedSVD(count, n_oversamples=extra, random_state=0)
    model.fit(rows.features)
    logging.info("The components explain %.4f of the variance.", model.explained_variance_ratio_.sum())
    return model


def predict(model: Any, features: Any) -> list[dict[str, Any]]:
    """Each row in the space of the components, that of the largest variance last."""
    return [{"projection": row[::-1].tolist()} for row in model.transform(features)]
