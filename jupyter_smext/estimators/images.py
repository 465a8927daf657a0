"""The container image that a choice of framework, version and instance type means, and the way back.

The data is dated and ships with the package (``scripts/generate_catalog.py`` makes it), so that no SDK is needed at run
time. The rules by which a tag is put together are those of the SageMaker Python SDK's ``image_uris.retrieve``; the
tests compare with its answers.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from importlib import resources
from typing import Any, Literal

Scope = Literal["training", "inference"]

BUILTINS = (
    "xgboost", "linear-learner", "kmeans", "knn", "pca", "factorization-machines", "randomcutforest", "ipinsights",
    "lda", "ntm", "object2vec", "seq2seq", "blazingtext", "forecasting-deepar", "image-classification",
    "object-detection", "semantic-segmentation",
)  # fmt: skip

# AWS's own accelerators; an image for a CPU is of no use there.
_ACCELERATORS = ("trn", "inf")

# One image serves script mode and the built-in algorithm.
_BOTH = ("xgboost",)

# Host suffix of ECR by the region's partition, https://docs.aws.amazon.com/general/latest/gr/ecr.html
_SUFFIXES = {
    "cn-": "amazonaws.com.cn",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
    "eusc-": "amazonaws.eu",
}

# On a P4d, and only there, these old versions have an image of their own, built for its CUDA.
_P4D_CONTAINERS = {
    "tensorflow-training:2.3-gpu-py37": "cu110-ubuntu18.04-v3",
    "tensorflow-training:2.3.1-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-training:2.3.2-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-training:1.15-gpu-py37": "cu110-ubuntu18.04-v8",
    "tensorflow-training:1.15.4-gpu-py37": "cu110-ubuntu18.04",
    "tensorflow-training:1.15.5-gpu-py37": "cu110-ubuntu18.04",
    "mxnet-training:1.8-gpu-py37": "cu110-ubuntu16.04-v1",
    "mxnet-training:1.8.0-gpu-py37": "cu110-ubuntu16.04",
    "mxnet-inference:1.8-gpu-py37": "cu110-ubuntu16.04-v1",
    "mxnet-inference:1.8.0-gpu-py37": "cu110-ubuntu16.04",
    **{
        f"pytorch-{scope}:{version}-gpu-{py}": container
        for scope in ("training", "inference")
        for py in ("py3", "py36")
        for version, container in (("1.6", "cu110-ubuntu18.04-v3"), ("1.6.0", "cu110-ubuntu18.04"))
    },
}

# Images whose tag carries the Neuron SDK's version before the container's.
_NEURON_REPOSITORIES = ("pytorch-training-neuron", "pytorch-training-neuronx")


class CatalogError(ValueError):
    """A choice that has no image: which ``field``, the ``choices`` that have one, and the nearest as ``suggestion``."""

    def __init__(self, field: str, given: str | None, choices: list[str], message: str | None = None) -> None:
        self.field = field
        self.choices = choices
        near = difflib.get_close_matches(str(given), choices, 5, 0.4)
        # Of several as near, the one that begins alike: for 1.2-2 rather 1.2-1 than 1.4-2.
        self.suggestion = max(near, key=lambda each: _alike(each, str(given)), default=None)
        super().__init__(message or f"{given!r} is not among {', '.join(choices)}.")


def _alike(one: str, other: str) -> int:
    """How many characters two words have in common at their beginning."""
    return next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def image_uri(
    framework: str,
    version: str | None,
    region: str,
    instance_type: str | None = None,
    py_version: str | None = None,
    *,
    base_framework_version: str | None = None,
    scope: Scope = "training",
) -> str:
    """The ECR image of a framework or built-in algorithm.

    ``version`` may be left out where there is one only, and so may ``py_version``. ``instance_type`` decides between
    the images for CPU, GPU and AWS's own accelerators. Raises :class:`CatalogError` where the choice has no image.
    """
    data = image_data()
    family = _family(instance_type)
    if family.startswith("trn") and f"{framework}-neuron" in data["frameworks"]:
        framework = f"{framework}-neuron"
    config, entry, tag_version, py_version = _entry(framework, version, py_version, base_framework_version, scope)
    registries = data["registries"][entry["registry"]]
    if region not in registries:
        raise CatalogError("region", region, sorted(registries), f"{framework} has no image in the region {region}.")
    processor = _processor(instance_type, config.get("processors") or entry.get("processors") or [])
    container_version = entry["container_version"].get(processor) if "container_version" in entry else None
    repository = entry["repository"]
    if repository in _NEURON_REPOSITORIES:
        container_version = f"{max(entry['sdk_versions'])}-{container_version}"
    in_tag = "neuron" if repository == "pytorch-training-neuron" else processor
    if not entry.get("processor_in_tag", True):
        in_tag = None
    tag = "-".join(each for each in (tag_version, in_tag, py_version, container_version) if each)
    if family == "p4d" and f"{repository}:{tag}" in _P4D_CONTAINERS:
        tag += f"-{_P4D_CONTAINERS[f'{repository}:{tag}']}"
    return f"{registries[region]}.dkr.ecr.{region}.{_suffix(region)}/{repository}:{tag}"


def identify_image(image: str, *, script: bool) -> dict[str, Any] | None:
    """What `algorithm` says for an image of AWS, or None for any other; a script makes it a framework."""
    match = re.fullmatch(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+/([\w./-]+):([\w.-]+)", image)
    if not match:
        return None
    region, repository = match[2], match[3]
    for framework, version, py_version, base in _choices().get(repository, []):
        if script != is_script_mode(framework) and framework not in _BOTH:
            continue
        for instance_type in ("ml.m5.large", "ml.g5.xlarge", "ml.trn1.2xlarge"):
            try:
                uri = image_uri(framework, version, region, instance_type, py_version, base_framework_version=base)
            except CatalogError:
                continue
            if uri == image:
                if not script:
                    single = len(framework_versions(framework)) == 1
                    return {"builtin": {"name": framework} if single else {"name": framework, "version": version}}
                chosen = {"name": framework, "version": version, "py_version": py_version}
                chosen["base_framework_version"] = base
                return {"framework": {key: value for key, value in chosen.items() if value}}
    return None


@functools.cache
def _choices() -> dict[str, list[tuple[str, str, str | None, str | None]]]:
    """Every choice of framework, version, Python and base framework, by the repository of its image."""
    found: dict[str, list[tuple[str, str, str | None, str | None]]] = {}
    for framework, scopes in image_data()["frameworks"].items():
        config = scopes["training"]
        aliases: dict[str, str] = config.get("version_aliases", {})
        for version, full in [*((each, each) for each in config["versions"]), *aliases.items()]:
            entry = config["versions"][full]
            bases = [key for key in entry if re.match("pytorch|tensorflow", key)] or [None]
            for base in bases:
                inner = entry[base] if base else entry
                pythons = inner.get("py_versions") or [key for key in inner if key in ("py2", "py3")] or [None]
                for py_version in pythons:
                    repository = (inner.get(py_version) or inner)["repository"]
                    found.setdefault(repository, []).append((framework, version, py_version, base))
    return found


def framework_versions(framework: str, scope: Scope = "training") -> list[str]:
    """Every version that :func:`image_uri` takes, newest first; short forms like `2.8` are not listed."""
    return sorted(config_of(framework, scope)["versions"], key=_version_key, reverse=True)


def newer_than_v2(framework: str, version: str) -> bool:
    """Whether only SDK v3 knows this version: v2 gets no new ones."""
    config = config_of(framework, "training")
    full = config.get("version_aliases", {}).get(version, version)
    return full in image_data()["newer_than_v2"].get(framework, [])


def is_script_mode(framework: str) -> bool:
    """Whether the image runs a script of the user's."""
    return framework not in BUILTINS or framework in _BOTH


# ------------------------------------------------------------------------------------------------------------ details


@functools.cache
def image_data() -> Any:
    """The data as it stands in the package."""
    return json.loads((resources.files(__package__) / "catalog_data" / "images.json").read_text("utf-8"))


def config_of(framework: str, scope: Scope) -> Any:
    """The versions of a framework for training or inference. Raises :class:`CatalogError` where there are none."""
    frameworks = image_data()["frameworks"]
    if framework not in frameworks:
        raise CatalogError("name", framework, sorted(frameworks))
    scopes = frameworks[framework]
    if scope not in scopes:
        raise CatalogError("scope", scope, sorted(scopes), f"{framework} has no {scope} image.")
    return scopes[scope]


def _entry(
    framework: str, version: str | None, py_version: str | None, base_framework_version: str | None, scope: Scope
) -> tuple[Any, Any, str, str | None]:
    """The part of the data that a choice leads to, the version as it stands in the tag, and the Python version."""
    config = config_of(framework, scope)
    versions, aliases = config["versions"], config.get("version_aliases", {})
    if version not in versions and version not in aliases and len(versions) == 1:
        version = next(iter(versions))
    if version is None or (version not in versions and version not in aliases):
        raise CatalogError("version", version, sorted(versions, key=_version_key, reverse=True))
    entry = versions[aliases.get(version, version)]
    tag_version = entry.get("tag_prefix", version)
    if framework.startswith("huggingface"):
        entry, base = _base_framework(entry, base_framework_version)
        tag_version = f"{re.sub('^(pytorch|tensorflow)', '', base)}-transformers{aliases.get(version, version)}"
    available = entry.get("py_versions") if "repository" in entry else [each for each in entry if each.startswith("py")]
    if not available:
        return config, entry, tag_version, None
    if py_version is None and len(available) == 1:
        py_version = available[0]
    if py_version not in available:
        raise CatalogError("py_version", py_version, list(available))
    return config, entry.get(py_version, entry), tag_version, py_version


def _base_framework(entry: Any, base: str | None) -> tuple[Any, str]:
    aliases = entry.get("version_aliases", {})
    choices = [key for key in entry if key != "version_aliases"]
    if base is None and len(choices) == 1:
        base = choices[0]
    full = aliases.get(base, base)
    if full not in choices:
        raise CatalogError("base_framework_version", base, choices)
    return entry[full], full


def _processor(instance_type: str | None, available: list[str]) -> str | None:
    family = _family(instance_type)
    if not available and not family.startswith(_ACCELERATORS):
        return None
    if not instance_type:
        if len(available) == 1:
            return available[0]
        raise CatalogError("instance_type", None, available, "The image depends on the instance type.")
    if family in available:
        return family
    if family.startswith(_ACCELERATORS):
        processor = next((each for each in (family[:3], "neuronx") if each in available), family[:3])
    elif instance_type == "local_gpu" or (family and family[0] in "gp"):
        processor = "gpu"
    else:
        processor = "cpu"
    if processor not in available:
        only = f", only for {', '.join(available)}" if available else ""
        message = f"There is no {processor.upper()} image for {instance_type}{only}."
        raise CatalogError("instance_type", instance_type, available, message)
    return processor


def _family(instance_type: str | None) -> str:
    """``ml.g5.xlarge`` -> ``g5``; nothing for local runs."""
    return instance_type.split(".")[1] if instance_type and instance_type.startswith("ml.") else ""


def _suffix(region: str) -> str:
    return next((suffix for prefix, suffix in _SUFFIXES.items() if region.startswith(prefix)), "amazonaws.com")


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"[.\-]", version))
