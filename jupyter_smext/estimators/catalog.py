"""Everything that can be chosen, for forms: frameworks, algorithms, instance types.

The data is dated and ships with the package; ``scripts/generate_catalog.py`` makes it.
"""

from __future__ import annotations

import functools
import json
import re
from importlib import resources

from .algorithms import builtin_algorithms
from .images import BUILTINS, config_of, framework_versions, image_data, is_script_mode
from .models import Catalog, FrameworkEntry, FrameworkVersion, InstanceTypeEntry, NotInCatalog

TITLES = {
    "sklearn": "scikit-learn",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "xgboost": "XGBoost",
    "huggingface": "Hugging Face",
    "mxnet": "MXNet",
    "chainer": "Chainer",
    "autogluon": "AutoGluon",
    "pytorch-amzn2023": "PyTorch on Amazon Linux 2023",
    "pytorch-smp": "PyTorch with model parallelism",
    "pytorch-neuron": "PyTorch on Trainium",
    "pytorch-training-compiler": "PyTorch with the training compiler",
    "huggingface-neuronx": "Hugging Face on Trainium",
    "huggingface-training-compiler": "Hugging Face with the training compiler",
    "hyperpod-recipes-neuron": "HyperPod recipes on Trainium",
    "ray-pytorch": "Ray RLlib with PyTorch",
    "ray-tensorflow": "Ray RLlib with TensorFlow",
    "coach-mxnet": "Coach with MXNet",
    "coach-tensorflow": "Coach with TensorFlow",
    "vw": "Vowpal Wabbit",
    "blazingtext": "BlazingText",
    "factorization-machines": "Factorization Machines",
    "forecasting-deepar": "DeepAR Forecasting",
    "image-classification": "Image Classification",
    "ipinsights": "IP Insights",
    "kmeans": "K-Means",
    "knn": "K-Nearest Neighbours",
    "lda": "Latent Dirichlet Allocation",
    "linear-learner": "Linear Learner",
    "ntm": "Neural Topic Model",
    "object-detection": "Object Detection",
    "object2vec": "Object2Vec",
    "pca": "Principal Component Analysis",
    "randomcutforest": "Random Cut Forest",
    "semantic-segmentation": "Semantic Segmentation",
    "seq2seq": "Sequence to Sequence",
}

# Their images and scripts come from JumpStart's list of models.
JUMPSTART = {
    "jumpstart": "JumpStart models",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "tabtransformer": "TabTransformer",
    "autogluon-tabular": "AutoGluon-Tabular",
    "text-classification-tensorflow": "Text Classification (TensorFlow)",
    "image-classification-tensorflow": "Image Classification (TensorFlow)",
    "object-detection-tensorflow": "Object Detection (TensorFlow)",
}
JUMPSTART_ONLINE = (
    "Its image and script stand in JumpStart's list of models, which AWS publishes online only: "
    "`jupyter smext spec jumpstart` finds the model there and writes its spec."
)


def catalog() -> Catalog:
    """Everything that can be chosen, for forms."""
    data = image_data()
    names = sorted(data["frameworks"], key=lambda name: (list(TITLES).index(name) if name in TITLES else 99, name))
    return Catalog(
        generated=data["generated"],
        sources=data["sources"],
        frameworks=[_described(name, script_mode=True) for name in names if is_script_mode(name)],
        builtins=[_described(name, script_mode=False) for name in BUILTINS],
        algorithms=list(builtin_algorithms().values()),
        unavailable=[
            NotInCatalog(name=name, title=title, reason=JUMPSTART_ONLINE) for name, title in JUMPSTART.items()
        ],
        instance_types=list(instance_types().values()),
    )


@functools.cache
def instance_types() -> dict[str, InstanceTypeEntry]:
    """The instance types of the training API, with their size where it is known."""
    text = (resources.files(__package__) / "catalog_data" / "instance_types.json").read_text("utf-8")
    types = json.loads(text)["types"]
    return {name: InstanceTypeEntry(instance_type=name, **size) for name, size in types.items()}


def _described(name: str, *, script_mode: bool) -> FrameworkEntry:
    config = config_of(name, "training")
    described = []
    for version in framework_versions(name):
        entry = config["versions"][version]
        bases = [key for key in entry if re.match("pytorch|tensorflow", key)]
        inner = entry[bases[0]] if bases else entry
        described.append(
            FrameworkVersion(
                version=version,
                py_versions=list(inner.get("py_versions") or [each for each in inner if each in ("py2", "py3")]),
                processors=list(config.get("processors") or inner.get("processors") or []),
                base_framework_versions=bases,
            )
        )
    return FrameworkEntry(name=name, title=TITLES.get(name, name), script_mode=script_mode, versions=described)
