"""Trains a scikit-learn classifier on the CSV files of channel ``train``: label first, no header."""

import argparse
import os
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression


def model_fn(model_dir):
    return joblib.load(Path(model_dir) / "model.joblib")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    # SDK v2 gives one-letter hyperparameters one dash, SDK v3 two.
    parser.add_argument("-C", "--C", type=float, default=1.0)
    parser.add_argument("--max-iter", type=int, default=100)
    parser.add_argument("--label", default="")
    arguments = parser.parse_args()
    table = np.concatenate(
        [np.loadtxt(path, delimiter=",") for path in sorted(Path(os.environ["SM_CHANNEL_TRAIN"]).glob("*.csv"))]
    )
    model = LogisticRegression(C=arguments.C, max_iter=arguments.max_iter).fit(table[:, 1:], table[:, 0])
    print(f"label={arguments.label!r}")
    print(f"train-accuracy={model.score(table[:, 1:], table[:, 0]):.4f};")
    joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
