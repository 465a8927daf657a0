"""Write ``jupyter_smext/estimators/catalog_data/builtins.json``: what the built-in algorithms take.

    python scripts/generate_builtins.py /tmp/v2/bin/python

Hyperparameters stand in ``scripts/builtins/hyperparameters.csv``: what each algorithm's page in AWS's documentation
says of type, valid values (an interval, or choices), words that it takes beside them, default (or ``required``), and
the range that its page on tuning recommends (``yes``: tunable, no range). Where the second page recommends what the
first rules out, both count. What the page of XGBoost leaves out is what the algorithm's container checks and reports
(https://github.com/aws/sagemaker-xgboost-container, ``algorithm_mode``). What only the classes of the SageMaker Python
SDK v2 know is added from their descriptors; the argument is the Python of an environment with that SDK. Metrics stand
in ``scripts/builtins/metrics.csv``, channels and formats below, from
https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "jupyter_smext" / "estimators" / "catalog_data" / "builtins.json"

RECORD, CSV, LIBSVM = "application/x-recordio-protobuf", "text/csv", "text/libsvm"
JSON_LINES, PARQUET, TEXT = "application/jsonlines", "application/x-parquet", "text/plain"
IMAGES = ["application/x-recordio", "application/x-image"]

# name -> (page on its hyperparameters, needed channels, further channels, content types, instances, several of them)
CONTRACTS: dict[str, tuple[str, list[str], list[str], list[str], str, bool]] = {
    "xgboost": (
        "xgboost_hyperparameters", ["train"], ["validation"], [CSV, LIBSVM, PARQUET, RECORD], "CPU or GPU", True,
    ),
    "linear-learner": ("ll_hyperparameters", ["train"], ["validation", "test"], [RECORD, CSV], "CPU or GPU", True),
    "kmeans": ("k-means-api-config", ["train"], ["test"], [RECORD, CSV], "CPU or GPU", False),
    "knn": ("kNN_hyperparameters", ["train"], ["test"], [RECORD, CSV], "CPU or GPU", True),
    "pca": ("PCA-reference", ["train"], ["test"], [RECORD, CSV], "CPU or GPU", True),
    "factorization-machines": ("fact-machines-hyperparameters", ["train"], ["test"], [RECORD], "CPU", True),
    "randomcutforest": ("rcf_hyperparameters", ["train"], ["test"], [RECORD, CSV], "CPU", True),
    "ipinsights": ("ip-insights-hyperparameters", ["train"], ["validation"], [CSV], "CPU or GPU", True),
    "lda": ("lda_hyperparameters", ["train"], ["test"], [RECORD, CSV], "one CPU", False),
    "ntm": ("ntm_hyperparameters", ["train"], ["validation", "test", "auxiliary"], [RECORD, CSV], "CPU or GPU", True),
    "object2vec": (
        "object2vec-hyperparameters", ["train"], ["validation", "test", "auxiliary"], [JSON_LINES], "one instance",
        False,
    ),
    "seq2seq": ("seq-2-seq-hyperparameters", ["train", "validation", "vocab"], [], [RECORD], "one GPU", False),
    "blazingtext": (
        "blazingtext_hyperparameters", ["train"], ["validation"], [TEXT, JSON_LINES], "one instance", False,
    ),
    "forecasting-deepar": ("deepar_hyperparameters", ["train"], ["test"], [JSON_LINES, PARQUET], "CPU or GPU", True),
    "image-classification": (
        "IC-Hyperparameter", ["train", "validation"], ["train_lst", "validation_lst", "model"], IMAGES, "GPU", True,
    ),
    "object-detection": (
        "object-detection-api-config", ["train", "validation"],
        ["train_annotation", "validation_annotation", "model"], IMAGES, "GPU", True,
    ),
    "semantic-segmentation": (
        "segmentation-hyperparameters", ["train", "validation", "train_annotation", "validation_annotation"],
        ["label_map", "model"], ["application/x-image"], "one GPU", False,
    ),
}  # fmt: skip

DESCRIPTORS = """
import importlib, inspect, json, pkgutil
import sagemaker.amazon as amazon
from sagemaker.amazon.amazon_estimator import AmazonAlgorithmEstimatorBase
from sagemaker.amazon.hyperparameter import Hyperparameter

NAMES = {"gt": "above", "ge": "minimum", "lt": "below", "le": "maximum", "isin": "choices"}

def limits(validators):
    found = {}
    for validator in validators:
        cells = [cell.cell_contents for cell in validator.__closure__ or ()]
        name = NAMES.get(validator.__qualname__.split(".")[0])
        if name and cells:
            found[name] = list(cells[0]) if name == "choices" else cells[0]
    return found

algorithms = {}
for _, name, _ in pkgutil.iter_modules(amazon.__path__):
    module = importlib.import_module(f"sagemaker.amazon.{name}")
    for _, estimator in inspect.getmembers(module, inspect.isclass):
        if issubclass(estimator, AmazonAlgorithmEstimatorBase) and estimator.__module__ == module.__name__:
            if getattr(estimator, "repo_name", None):
                algorithms[estimator.repo_name] = {
                    each.name: {"type": getattr(each.data_type, "__name__", "str"), **limits(each.validation)}
                    for base in reversed(estimator.__mro__)
                    for each in vars(base).values()
                    if isinstance(each, Hyperparameter)
                }
print(json.dumps(algorithms))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python", help="Python of an environment with the SageMaker Python SDK v2")
    given = parser.parse_args()
    done = subprocess.run([given.python, "-c", DESCRIPTORS], capture_output=True, text=True, check=True)
    described = json.loads(done.stdout.splitlines()[-1])
    rows, metrics = table("hyperparameters.csv"), table("metrics.csv")
    algorithms = {}
    for name, (page, needed, further, content_types, instances, several) in CONTRACTS.items():
        documented = {row["name"]: hyperparameter(row) for row in rows if row["algorithm"] == name}
        algorithms[name] = {
            "documentation": f"https://docs.aws.amazon.com/sagemaker/latest/dg/{page}.html",
            "channels": needed,
            "optional_channels": further,
            "content_types": content_types,
            "instances": instances,
            "several_instances": several,
            "metrics": {row["metric"]: row["better"] for row in metrics if row["algorithm"] == name},
            "hyperparameters": {**described.get(name, {}), **documented},
        }
    document = {"generated": datetime.date.today().isoformat(), "algorithms": algorithms}
    TARGET.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
    return 0


def table(name: str) -> list[dict[str, str]]:
    """The rows of a file of ``scripts/builtins``."""
    with (Path(__file__).parent / "builtins" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def hyperparameter(row: dict[str, str]) -> dict[str, Any]:
    """A row of the table as the catalog has it."""
    found: dict[str, Any] = {"type": row["type"], **valid(row["valid"])}
    if row["or"]:
        found["words"] = row["or"].split()
    if row["default"] == "required":
        found["required"] = True
    elif row["default"]:
        found["default"] = row["default"]
    if row["tuning"]:
        found["tunable"] = True
        recommended = valid(row["tuning"])
        if "choices" in recommended:
            found["recommended_values"] = recommended["choices"]
        elif recommended:
            found["recommended"] = [recommended["minimum"], recommended["maximum"]]
    return found


def valid(text: str) -> dict[str, Any]:
    """``[0,1)`` -> from 0 to less than 1; ``a b`` -> the choices a and b; empty or ``yes`` -> nothing."""
    interval = re.fullmatch(r"([\[(])([^,]*),([^,]*)([\])])", text)
    if interval:
        opening, low, high, closing = interval.groups()
        limits = {
            "minimum" if opening == "[" else "above": float(low) if low else None,
            "maximum" if closing == "]" else "below": float(high) if high else None,
        }
        return {name: limit for name, limit in limits.items() if limit is not None}
    return {"choices": text.split()} if text and text != "yes" else {}


if __name__ == "__main__":
    sys.exit(main())
