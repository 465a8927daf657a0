"""The data on built-in algorithms is whole, agrees with itself, and is what its tables say."""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

import jupyter_smext.estimators
from jupyter_smext import runner
from jupyter_smext.estimators.algorithms import builtin_algorithms, value_problem
from jupyter_smext.estimators.images import BUILTINS, framework_versions, image_uri
from jupyter_smext.runner.built_in import built_in, built_in_names

# Numbers for which AWS documents no limit.
WITHOUT_LIMITS = {
    "factorization-machines": {
        "bias_init_value", "clip_gradient", "eps", "factors_init_value", "linear_init_value", "rescale_grad",
    },
    "linear-learner": {"init_bias"},
    "seq2seq": {
        "clip_gradient", "learning_rate", "momentum", "plateau_reduce_lr_factor", "weight_decay", "weight_init_scale",
    },
}  # fmt: skip


# Metrics that the original reports and its stand-in does not.
WITHOUT_COUNTERPART = {"linear-learner": {"test:dcg", "validation:dcg"}}


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "generate_builtins.py"
    spec = importlib.util.spec_from_file_location("generate_builtins", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_algorithm_is_described() -> None:
    assert set(builtin_algorithms()) == set(BUILTINS)
    assert sum(len(each.hyperparameters) for each in builtin_algorithms().values()) > 370
    for algorithm in builtin_algorithms().values():
        assert algorithm.hyperparameters
        assert algorithm.documentation.startswith("https://docs.aws.amazon.com/sagemaker/latest/dg/")


def test_every_hyperparameter_has_a_type_and_every_number_its_limits() -> None:
    for name, algorithm in builtin_algorithms().items():
        described = algorithm.hyperparameters
        assert {each.type for each in described.values()} <= {"int", "float", "str", "bool", "list"}
        without = {
            key
            for key, each in described.items()
            if each.type in ("int", "float")
            and each.choices is None
            and all(limit is None for limit in (each.minimum, each.above, each.maximum, each.below))
        }
        assert without == WITHOUT_LIMITS.get(name, set()), name


def test_defaults_and_recommendations_are_values_that_the_algorithm_takes() -> None:
    refused = [
        (name, key, value, problem)
        for name, algorithm in builtin_algorithms().items()
        for key, each in algorithm.hyperparameters.items()
        for value in [each.default, *(each.recommended or []), *(each.recommended_values or [])]
        # Two defaults name what else counts, and no value.
        if value not in (None, "rnn_num_hidden", "Infinity") and (problem := value_problem(str(value), each))
    ]
    assert refused == []


def test_what_is_required_has_no_default_and_what_has_a_recommendation_is_tunable() -> None:
    for algorithm in builtin_algorithms().values():
        for name, each in algorithm.hyperparameters.items():
            assert not (each.required and each.default), name
            assert each.tunable or not (each.recommended or each.recommended_values), name


@pytest.mark.parametrize("name", built_in_names())
def test_a_stand_in_takes_the_hyperparameters_of_its_algorithm(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(runner.__file__).parent / "toolkits"))
    module = "xgboost_algorithm" if name == "xgboost" else name.replace("-", "_")
    taken = set(importlib.import_module(f"smext_algorithms.{module}").PARAMETERS)
    assert taken == set(builtin_algorithms()[name].hyperparameters)


@pytest.mark.parametrize("name", built_in_names())
def test_a_stand_in_reports_the_metrics_of_its_algorithm(name: str) -> None:
    image = image_uri(name, framework_versions(name)[0], "us-east-1", "ml.m5.large", "py3")
    found = built_in(image)
    assert found is not None
    assert set(builtin_algorithms()[name].metrics) - set(found.metrics) == WITHOUT_COUNTERPART.get(name, set())


def test_the_catalog_is_what_the_tables_say(generator: ModuleType) -> None:
    folder = Path(jupyter_smext.estimators.__file__).parent / "catalog_data"
    algorithms = json.loads((folder / "builtins.json").read_text("utf-8"))["algorithms"]
    rows = generator.table("hyperparameters.csv")
    assert len({(row["algorithm"], row["name"]) for row in rows}) == len(rows)
    for row in rows:
        assert algorithms[row["algorithm"]]["hyperparameters"][row["name"]] == generator.hyperparameter(row)
    metrics = {(row["algorithm"], row["metric"]): row["better"] for row in generator.table("metrics.csv")}
    assert metrics == {
        (name, metric): better for name, each in algorithms.items() for metric, better in each["metrics"].items()
    }


@pytest.mark.parametrize(
    ("algorithm", "name", "value", "problem"),
    [
        ("xgboost", "eta", "1.5", "it is at most 1"),
        ("xgboost", "subsample", "0", "it is more than 0"),
        ("xgboost", "max_depth", "2.5", "it is a whole number"),
        ("xgboost", "max_depth", "deep", "it is a whole number"),
        ("xgboost", "booster", "tree", "it is one of gbtree, gblinear, dart"),
        ("linear-learner", "use_bias", "maybe", "it is true or false"),
        ("linear-learner", "l1", "auto", None),
        ("linear-learner", "l1", "balanced", "it is a number, or auto"),
        ("linear-learner", "positive_example_weight_mult", "balanced", None),
        ("linear-learner", "num_classes", "2", "it is at least 3"),
        ("forecasting-deepar", "num_dynamic_feat", "ignore", None),
        ("semantic-segmentation", "weight_decay", "1", "it is less than 1"),
    ],
)
def test_values_are_looked_at(algorithm: str, name: str, value: str, problem: str | None) -> None:
    assert value_problem(value, builtin_algorithms()[algorithm].hyperparameters[name]) == problem
