"""Which species is this penguin? A scikit-learn training and serving script for Amazon SageMaker script mode.

It runs in SageMaker's scikit-learn 1.2-1 image (Python 3.8) and with newer versions. The data are CSV files with a
header, as the PyPI package ``palmerpenguins`` writes them.
"""

import argparse
import io
import json
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

TARGET = "species"
NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
WORDS = ["island", "sex"]
FEATURES = ["island", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "sex"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stages", type=int, default=300, help="boosting stages")
    parser.add_argument("--report-every", type=int, default=10, help="stages between two lines of metrics")
    parser.add_argument("--learning-rate", type=float, default=0.05)
    parser.add_argument("--max-depth", type=int, default=3)
    parser.add_argument("--subsample", type=float, default=0.8)
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--test", default=os.environ.get("SM_CHANNEL_TEST"))
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    args = parser.parse_args()

    train, test = read_folder(args.train), read_folder(args.test)
    print(f"{len(train)} penguins to learn from, {len(test)} to test with", flush=True)
    features = make_features().fit(train[FEATURES])
    classifier = boost(features, train, test, args)
    joblib.dump(make_pipeline(features, classifier), Path(args.model_dir) / "model.joblib")


def read_folder(folder):
    """All CSV files of a channel as one table."""
    files = sorted(Path(folder).glob("*.csv"))
    if not files:
        raise FileNotFoundError(f"There is no .csv file in {folder}")
    return pd.concat([pd.read_csv(file) for file in files], ignore_index=True)


def make_features():
    """Some penguins were not weighed, and of some nobody knows the sex."""
    words = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="unknown"), OneHotEncoder(handle_unknown="ignore")
    )
    return ColumnTransformer([("numbers", SimpleImputer(strategy="median"), NUMBERS), ("words", words, WORDS)])


def boost(features, train, test, args):
    """Add stages to the model and tell after every few of them how good it has become."""
    classifier = GradientBoostingClassifier(
        learning_rate=args.learning_rate,
        max_depth=args.max_depth,
        subsample=args.subsample,
        warm_start=True,
        random_state=0,
    )
    seen, unseen = features.transform(train[FEATURES]), features.transform(test[FEATURES])
    for stages in range(args.report_every, args.stages + 1, args.report_every):
        classifier.set_params(n_estimators=stages)
        classifier.fit(seen, train[TARGET])
        loss = log_loss(test[TARGET], classifier.predict_proba(unseen), labels=classifier.classes_)
        print(
            f"stage={stages} "
            f"train:accuracy={accuracy_score(train[TARGET], classifier.predict(seen)):.4f} "
            f"test:accuracy={accuracy_score(test[TARGET], classifier.predict(unseen)):.4f} "
            f"test:log_loss={loss:.4f}",
            flush=True,
        )
    return classifier


def model_fn(model_dir):
    """Called once by the endpoint."""
    return joblib.load(Path(model_dir) / "model.joblib")


def input_fn(body, content_type):
    """Rows as CSV, with a header or in the order of FEATURES; or as JSON, a list of objects."""
    text = body.decode("utf-8") if isinstance(body, (bytes, bytearray)) else body
    if content_type.startswith("application/json"):
        return pd.DataFrame(json.loads(text))[FEATURES]
    if not content_type.startswith("text/csv"):
        raise ValueError(f"Send text/csv or application/json, not {content_type}")
    first_line = text.lstrip().split("\n", 1)[0]
    if any(name in first_line for name in NUMBERS):
        return pd.read_csv(io.StringIO(text))[FEATURES]
    return pd.read_csv(io.StringIO(text), header=None, names=FEATURES)


def predict_fn(rows, model):
    return model.predict(rows)


def output_fn(species, accept):
    """A JSON list, or one name a line."""
    if accept.startswith("text/csv"):
        return "\n".join(species) + "\n", "text/csv"
    return json.dumps(list(species)), "application/json"


if __name__ == "__main__":
    main()
