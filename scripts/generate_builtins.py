"""Write ``jupyter_smext/estimators/catalog_data/builtins.json``: what the built-in algorithms take.

    python scripts/generate_builtins.py /tmp/v2/bin/python tuning-tables.txt

Hyperparameters with their types and limits come from the descriptors in the SageMaker Python SDK v2, asked in an
environment of its own (the first argument is its Python). Metrics and recommended ranges come from a text file with the
tuning tables of AWS's documentation as data: `=== algorithm`, then `metric | direction` and
`name | type | range` lines. Channels and formats stand below, from
https://docs.aws.amazon.com/sagemaker/latest/dg/common-info-all-im-models.html
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "jupyter_smext" / "estimators" / "catalog_data" / "builtins.json"

# Sections of the tuning tables -> names of the algorithms.
SECTIONS = {
    "xgboost": "xgboost", "linear-learner": "linear-learner", "kNN": "knn", "k-means": "kmeans",
    "fm": "factorization-machines", "blazingtext": "blazingtext", "deepar": "forecasting-deepar",
    "ip-insights": "ipinsights", "lda": "lda", "ntm": "ntm", "object2vec": "object2vec",
    "random-cut-forest": "randomcutforest", "seq-2-seq": "seq2seq", "IC": "image-classification",
    "object-detection": "object-detection", "semantic-segmentation": "semantic-segmentation",
}  # fmt: skip

RECORD, CSV, LIBSVM = "application/x-recordio-protobuf", "text/csv", "text/libsvm"
JSON_LINES, PARQUET, TEXT = "application/jsonlines", "application/x-parquet", "text/plain"
IMAGES = ["application/x-recordio", "application/x-image"]

# name -> (needed channels, further channels, content types, instances, may run on several instances)
CONTRACTS: dict[str, tuple[list[str], list[str], list[str], str, bool]] = {
    "xgboost": (["train"], ["validation"], [CSV, LIBSVM, PARQUET, RECORD], "CPU or GPU", True),
    "linear-learner": (["train"], ["validation", "test"], [RECORD, CSV], "CPU or GPU", True),
    "kmeans": (["train"], ["test"], [RECORD, CSV], "CPU or GPU", False),
    "knn": (["train"], ["test"], [RECORD, CSV], "CPU or GPU", True),
    "pca": (["train"], ["test"], [RECORD, CSV], "CPU or GPU", True),
    "factorization-machines": (["train"], ["test"], [RECORD], "CPU", True),
    "randomcutforest": (["train"], ["test"], [RECORD, CSV], "CPU", True),
    "ipinsights": (["train"], ["validation"], [CSV], "CPU or GPU", True),
    "lda": (["train"], ["test"], [RECORD, CSV], "one CPU", False),
    "ntm": (["train"], ["validation", "test", "auxiliary"], [RECORD, CSV], "CPU or GPU", True),
    "object2vec": (["train"], ["validation", "test", "auxiliary"], [JSON_LINES], "one instance", False),
    "seq2seq": (["train", "validation", "vocab"], [], [RECORD], "one GPU", False),
    "blazingtext": (["train"], ["validation"], [TEXT, JSON_LINES], "one instance", False),
    "forecasting-deepar": (["train"], ["test"], [JSON_LINES, PARQUET], "CPU or GPU", True),
    "image-classification": (
        ["train", "validation"], ["train_lst", "validation_lst", "model"], IMAGES, "GPU", True,
    ),
    "object-detection": (
        ["train", "validation"], ["train_annotation", "validation_annotation", "model"], IMAGES, "GPU", True,
    ),
    "semantic-segmentation": (
        ["train", "validation", "train_annotation", "validation_annotation"], ["label_map", "model"],
        ["application/x-image"], "one GPU", False,
    ),
}  # fmt: skip

# The SDK has no descriptors for it: the names that the algorithm documents.
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html
XGBOOST = [
    "alpha", "base_score", "booster", "colsample_bylevel", "colsample_bynode", "colsample_bytree", "csv_weights",
    "deterministic_histogram", "early_stopping_rounds", "eta", "eval_metric", "gamma", "grow_policy",
    "interaction_constraints", "lambda", "lambda_bias", "max_bin", "max_delta_step", "max_depth", "max_leaves",
    "min_child_weight", "monotone_constraints", "normalize_type", "nthread", "num_class", "num_parallel_tree",
    "num_round", "objective", "one_drop", "process_type", "rate_drop", "refresh_leaf", "sample_type",
    "sampling_method", "scale_pos_weight", "seed", "single_precision_histogram", "sketch_eps", "skip_drop",
    "subsample", "tree_method", "tweedie_variance_power", "updater", "use_dask_gpu_training", "verbosity",
    "save_model_on_termination",
]  # fmt: skip

# Without these an algorithm does not start.
REQUIRED = {
    "xgboost": ["num_round"],
    "linear-learner": ["predictor_type"],
    "kmeans": ["k", "feature_dim"],
    "knn": ["k", "predictor_type", "sample_size", "feature_dim"],
    "pca": ["num_components", "feature_dim", "mini_batch_size"],
    "factorization-machines": ["num_factors", "predictor_type", "feature_dim"],
    "randomcutforest": ["feature_dim"],
    "lda": ["num_topics", "feature_dim", "mini_batch_size"],
    "ntm": ["num_topics", "feature_dim"],
    "ipinsights": ["num_entity_vectors", "vector_dim"],
    "forecasting-deepar": ["context_length", "epochs", "prediction_length", "time_freq"],
    "blazingtext": ["mode"],
    "image-classification": ["num_classes", "num_training_samples"],
    "object-detection": ["num_classes", "num_training_samples"],
    "semantic-segmentation": ["num_classes", "num_training_samples"],
}

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
    parser.add_argument("tables", type=Path, help="the tuning tables as text")
    given = parser.parse_args()
    done = subprocess.run([given.python, "-c", DESCRIPTORS], capture_output=True, text=True, check=True)
    described = json.loads(done.stdout.splitlines()[-1])
    tables = read_tables(given.tables.read_text("utf-8"))
    algorithms = {}
    for name, (needed, further, content_types, instances, several) in CONTRACTS.items():
        table = tables.get(name, {"metrics": {}, "ranges": {}})
        hyperparameters = described.get(name) or {each: {} for each in (XGBOOST if name == "xgboost" else ())}
        complete = bool(hyperparameters)
        for tuned, limits in table["ranges"].items():
            hyperparameters.setdefault(tuned, {}).update({"tunable": True, **limits})
        for required in REQUIRED.get(name, ()):
            hyperparameters.setdefault(required, {})["required"] = True
        algorithms[name] = {
            "channels": needed,
            "optional_channels": further,
            "content_types": content_types,
            "instances": instances,
            "several_instances": several,
            "metrics": table["metrics"],
            "hyperparameters": hyperparameters,
            "complete": complete,
        }
    document = {"generated": datetime.date.today().isoformat(), "algorithms": algorithms}
    TARGET.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
    return 0


def read_tables(text: str) -> dict[str, Any]:
    """The metrics and recommended ranges of each algorithm."""
    tables: dict[str, Any] = {}
    current: dict[str, Any] = {}
    for line in text.splitlines():
        if line.startswith("==="):
            current = {"metrics": {}, "ranges": {}}
            name = SECTIONS.get(line.strip("= "))
            if name:
                tables[name] = current
        elif "|" in line and not line.startswith("#") and current:
            parts = [part.strip().strip("`") for part in line.split("|")]
            if len(parts) == 2 and parts[1] in ("Maximize", "Minimize"):
                current["metrics"][parts[0]] = parts[1]
            elif len(parts) == 3:
                current["ranges"][parts[0]] = recommended(parts[2])
    return tables


def recommended(text: str) -> dict[str, Any]:
    """``MinValue: 0.1, MaxValue: 0.5`` or ``[5-15]`` -> the recommended range."""
    numbers = re.findall(
        r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?",
        text.replace("`", "").replace("-", " ") if "[" in text else text.replace("`", ""),
    )
    return {"recommended": [float(numbers[0]), float(numbers[1])]} if len(numbers) == 2 else {}


if __name__ == "__main__":
    sys.exit(main())
