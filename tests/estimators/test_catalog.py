from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from jupyter_smext.estimators.catalog import TITLES, catalog, instance_types
from jupyter_smext.estimators.images import BUILTINS, CatalogError, framework_versions, image_uri

# What each SDK answered, written down by record_image_uris.py in an environment of its own.
RECORDED = {
    sdk: json.loads(gzip.decompress((Path(__file__).parent / "data" / f"image_uris_{sdk}.json.gz").read_bytes()))
    for sdk in ("v2", "v3")
}


def ours(answer: list[Any]) -> str | None:
    framework, scope, version, py, base, instance_type, region, _ = answer
    try:
        return image_uri(framework, version, region, instance_type, py, base_framework_version=base, scope=scope)
    except CatalogError:
        return None


def may_differ(answer: list[Any]) -> str | None:
    """Why an answer of ours is another than the SDK's."""
    framework, scope, version, _, _, instance_type, _, uri = answer
    if framework.endswith(("-neuron", "-neuronx", "-training-compiler")):
        return "the SDK reaches these through other arguments, we by name"
    if framework == "huggingface" and version not in framework_versions("huggingface", scope):
        return "v2 puts the short version into the tag, v3 and we the full one, which always exists"
    if (framework, scope, instance_type) == ("pytorch", "inference", "ml.trn1.2xlarge") and uri:
        return "the SDK answers a training image for inference on Trainium, we refuse"
    return None


@pytest.mark.parametrize("sdk", ["v2", "v3"])
def test_images_are_those_of_the_sdk(sdk: str) -> None:
    answers = RECORDED[sdk]["answers"]
    assert len(answers) > 2000
    compared = [answer for answer in answers if not may_differ(answer)]
    assert len(compared) > 0.85 * len(answers)
    assert [(answer, found) for answer in compared if (found := ours(answer)) != answer[-1]] == []


def test_short_hugging_face_versions_are_those_of_the_newer_sdk() -> None:
    answers = [each for each in RECORDED["v3"]["answers"] if each[0] == "huggingface" and each[-1]]
    assert len(answers) > 50
    assert [(answer, found) for answer in answers if (found := ours(answer)) != answer[-1]] == []


@pytest.mark.parametrize(
    ("choice", "field", "suggestion"),
    [
        (("sklear", "1.2-1", "us-east-1", "ml.m5.large"), "name", "sklearn"),
        (("sklearn", "1.2-2", "us-east-1", "ml.m5.large"), "version", "1.2-1"),
        (("pytorch", "2.8.0", "us-east-1", "ml.m5.large", "py39"), "py_version", None),
        (("pytorch", "2.8.0", "eu-west-9", "ml.m5.large"), "region", "eu-west-3"),
        (("huggingface", "4.56.2", "us-east-1", "ml.m5.large"), "instance_type", None),
        (("sklearn", "1.2-1", "us-east-1", "ml.trn1.2xlarge"), "instance_type", None),
    ],
)
def test_a_choice_without_an_image_says_which_part_is_wrong(
    choice: tuple[str, ...], field: str, suggestion: str | None
) -> None:
    with pytest.raises(CatalogError) as caught:
        image_uri(*choice)
    assert caught.value.field == field
    if suggestion:
        assert caught.value.suggestion == suggestion


def test_the_catalog_lists_what_can_be_chosen() -> None:
    listed = catalog()
    frameworks = {each.name: each for each in listed.frameworks}
    assert {"sklearn", "pytorch", "tensorflow", "xgboost", "huggingface", "mxnet", "chainer"} <= set(frameworks)
    assert all(each.script_mode for each in listed.frameworks)
    assert [each.name for each in listed.builtins] == list(BUILTINS)
    assert frameworks["pytorch"].versions[0].version == framework_versions("pytorch")[0]
    assert frameworks["huggingface"].versions[0].base_framework_versions
    assert set(frameworks) | set(BUILTINS) == set(TITLES)
    for framework in listed.frameworks:
        assert framework.versions
    assert listed.generated >= "2026-11-24"


def test_instance_types_are_those_of_the_training_api() -> None:
    model = boto3.client("sagemaker", region_name="us-east-1").meta.service_model
    assert set(instance_types()) >= set(model.shape_for("TrainingInstanceType").enum)
    assert instance_types()["ml.g5.12xlarge"].model_dump() == {
        "instance_type": "ml.g5.12xlarge",
        "vcpu": 48,
        "memory_gib": 192,
        "gpu_count": 4,
        "gpu_model": "A10G",
        "gpu_memory_gib": 89.41,
        "accelerator_count": 0,
        "accelerator_model": None,
    }
