"""JumpStart: AWS's catalog of models and algorithms to train, as specs.

The catalog lies in a public bucket of each region: a manifest with all models, and a description of each. Image,
script, model, hyperparameters, metrics and instance type come from there, by the rules of SDK v2's JumpStartEstimator
(https://github.com/aws/sagemaker-python-sdk/tree/master-v2/src/sagemaker/jumpstart). Nothing of it is packaged here:
without access to the bucket there is no spec, and the error says so.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .models import ImportResult, JumpStartModel

MANIFEST = "models_manifest.json"
# Constants of the SDK's, sagemaker/jumpstart/constants.py and enums.py.
ENTRY_SCRIPT = "transfer_learning.py"
TAG_MODEL, TAG_VERSION = "sagemaker-sdk:jumpstart-model-id", "sagemaker-sdk:jumpstart-model-version"

# Arguments of the SDK's Estimator that a description may hold, and where a spec has them.
_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "max_run": ("stopping_condition", "max_runtime_in_seconds"),
    "encrypt_inter_container_traffic": ("networking", "enable_inter_container_traffic_encryption"),
    "enable_network_isolation": ("networking", "enable_network_isolation"),
    "keep_alive_period_in_seconds": ("compute", "keep_alive_period_in_seconds"),
    "volume_size": ("compute", "volume_size_in_gb"),
}
_MAX_RUNTIME_SECONDS = 24 * 60 * 60


def bucket_of(region: str) -> str:
    """The public bucket of a region."""
    return f"jumpstart-cache-prod-{region}"


def jumpstart_models(aws: AwsSession, word: str = "") -> list[JumpStartModel]:
    """The newest version of each model whose id holds a word, by id. Not all of them can be trained.

    Permission: `s3:GetObject` on the public bucket. Raises `Network`, `AccessDenied` or `NotFound` without it.
    """
    newest: dict[str, dict[str, Any]] = {}
    for header in _read(aws, MANIFEST):
        known = newest.get(header["model_id"])
        if known is None or _version(header["version"]) > _version(known["version"]):
            newest[header["model_id"]] = header
    return [
        JumpStartModel(model_id=name, version=newest[name]["version"])
        for name in sorted(newest)
        if word.lower() in name.lower()
    ]


def spec_of_model(
    aws: AwsSession, model_id: str, *, version: str | None = None, instance_type: str | None = None
) -> ImportResult:
    """A training job of a model: its newest version and its own instance type, unless others are given.

    Permission: `s3:GetObject` on the public bucket. Raises `NotFound` for a model or version that is not there,
    `NotSupported` for one that is not trained or only after accepting its licence, `InvalidRequest` for an instance
    type that has no image.
    """
    header = _header(aws, model_id, version)
    model = _read(aws, header["spec_key"])
    _require_trainable(model_id, model)
    chosen = instance_type or model.get("default_training_instance_type")
    if not chosen:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"JumpStart names no instance type for {model_id}: choose one.")
    variants = list(_variants(model, chosen))
    bucket = bucket_of(aws.region)
    script = model.get("training_prepacked_script_key") or model["training_script_key"]
    artifact = _first(variants, "training_artifact_uri", "training_artifact_key") or model["training_artifact_key"]
    job: dict[str, Any] = {
        "algorithm": {
            "training_image": _image(model, chosen, aws.region),
            "metric_definitions": _metrics(model, variants),
        },
        "source_code": {"source_dir": f"s3://{bucket}/{script}", "entry_script": ENTRY_SCRIPT},
        "hyperparameters": _hyperparameters(model, variants),
        "environment": _environment(variants),
        "input_data_config": [
            {"channel_name": "training", "s3_uri": _dataset(model, bucket)},
            {
                "channel_name": "model",
                "s3_uri": artifact if artifact.startswith("s3://") else f"s3://{bucket}/{artifact}",
                "content_type": "application/x-sagemaker-model",
                "input_mode": "File",
            },
        ],
        "compute": {"instance_type": chosen},
        "stopping_condition": {"max_runtime_in_seconds": _MAX_RUNTIME_SECONDS},
        "networking": {},
    }
    notes = list(_notes(model, chosen)) + list(_with_arguments(job, model, chosen))
    spec = {
        "api_version": "smext/v1",
        "kind": "TrainingJob",
        "metadata": {
            "base_job_name": model_id[:40].strip("-"),
            "tags": {TAG_MODEL: model_id, TAG_VERSION: header["version"]},
        },
        "spec": {name: value for name, value in job.items() if value},
    }
    return ImportResult(spec=spec, notes=notes)


# ---------------------------------------------------------------------------------------------------------- catalog


def _read(aws: AwsSession, key: str) -> Any:
    bucket = bucket_of(aws.region)
    try:
        return json.loads(aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    except Exception as error:
        mapped = from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}")
        raise SmextError(
            mapped.code,
            f"JumpStart's catalog was not read (s3://{bucket}/{key}): {mapped.envelope.message}",
            hint="It is only online, in AWS's public bucket of the region. Without it name image and script yourself: "
            "training_image and source_code.",
        ) from error


def _header(aws: AwsSession, model_id: str, version: str | None) -> dict[str, Any]:
    headers: list[dict[str, Any]] = _read(aws, MANIFEST)
    own = [each for each in headers if each["model_id"] == model_id]
    if not own:
        near = difflib.get_close_matches(model_id, {each["model_id"] for each in headers}, 3)
        raise SmextError(
            ErrorCode.NOT_FOUND,
            f"JumpStart has no model {model_id} in {aws.region}.",
            hint=f"Did you mean {', '.join(near)}?" if near else None,
        )
    if version is None:
        return max(own, key=lambda each: _version(each["version"]))
    for each in own:
        if each["version"] == version:
            return each
    known = ", ".join(each["version"] for each in own)
    raise SmextError(ErrorCode.NOT_FOUND, f"{model_id} has no version {version}.", hint=f"There are: {known}.")


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")


def _require_trainable(model_id: str, model: Mapping[str, Any]) -> None:
    if not model.get("training_supported"):
        raise SmextError(ErrorCode.NOT_SUPPORTED, f"JumpStart does not train {model_id}; it can only be deployed.")
    variants: Mapping[str, Any] = (model.get("training_instance_type_variants") or {}).get("variants") or {}
    gated = any("gated_model_key_env_var_value" in each.get("properties", {}) for each in variants.values())
    if gated or model.get("gated_bucket") or model.get("training_model_package_artifact_uris"):
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"{model_id} is trained only by who accepts its licence, which is not done from here.",
            hint="Accept it in Studio's JumpStart or in the SDK, launch once there, and import that job.",
        )


# ----------------------------------------------------------------------------------------------------- one instance


def _variants(model: Mapping[str, Any], instance_type: str) -> Iterator[Mapping[str, Any]]:
    """What holds for an instance type: of its own first, then of its family."""
    variants = (model.get("training_instance_type_variants") or {}).get("variants") or {}
    for name in (instance_type, _family(instance_type)):
        if name in variants:
            yield variants[name].get("properties") or {}


def _family(instance_type: str) -> str:
    parts = instance_type.split(".")
    return parts[-2] if len(parts) > 1 else ""


def _image(model: Mapping[str, Any], instance_type: str, region: str) -> str:
    described = model.get("training_instance_type_variants") or {}
    variants, aliases = described.get("variants") or {}, described.get("regional_aliases") or {}
    for name in (instance_type, _family(instance_type)):
        variant = variants.get(name, {})
        found = variant.get("properties", {}).get("image_uri")
        if alias := variant.get("regional_properties", {}).get("image_uri"):
            found = aliases.get(region, {}).get(alias.lstrip("$"))
        if found:
            return str(found)
    supported = ", ".join(model.get("supported_training_instance_types") or [])
    raise SmextError(
        ErrorCode.INVALID_REQUEST,
        f"JumpStart has no image of this model for {instance_type} in {region}.",
        hint=f"It is trained on {supported}." if supported else None,
    )


def _first(variants: list[Mapping[str, Any]], *names: str) -> str | None:
    return next((str(each[name]) for name in names for each in variants if each.get(name)), None)


def _hyperparameters(model: Mapping[str, Any], variants: list[Mapping[str, Any]]) -> dict[str, str]:
    own = [each for each in model.get("hyperparameters") or [] if each["scope"] == "algorithm"]
    values = {each["name"]: str(each["default"]) for each in own}
    for variant in reversed(variants):
        values |= {each["name"]: str(each["default"]) for each in variant.get("hyperparameters") or []}
    return values


def _metrics(model: Mapping[str, Any], variants: list[Mapping[str, Any]]) -> list[dict[str, str]]:
    special: dict[str, str] = {}
    for variant in reversed(variants):
        special |= {each["Name"]: each["Regex"] for each in variant.get("metrics") or []}
    usual = {each["Name"]: each["Regex"] for each in model.get("metrics") or [] if each["Name"] not in special}
    return [{"name": name, "regex": regex} for name, regex in {**usual, **special}.items()]


def _environment(variants: list[Mapping[str, Any]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for variant in reversed(variants):
        values |= {name: str(value) for name, value in (variant.get("environment_variables") or {}).items()}
    return values


def _dataset(model: Mapping[str, Any], bucket: str) -> str:
    """AWS's example data where the model has some: a first launch can then run as it is."""
    uri, key = model.get("default_training_dataset_uri"), model.get("default_training_dataset_key")
    return str(uri) if uri else f"s3://{bucket}/{key}" if key else "s3://${profile.bucket}/data/training/"


def _with_arguments(job: dict[str, Any], model: Mapping[str, Any], instance_type: str) -> Iterator[str]:
    """Put the description's arguments for the SDK's Estimator into the job; notes of those that have no place."""
    arguments = dict(model.get("estimator_kwargs") or {})
    if model.get("training_enable_network_isolation") is not None:
        arguments["enable_network_isolation"] = model["training_enable_network_isolation"]
    if model.get("training_volume_size") is not None and _has_volume(instance_type):
        arguments["volume_size"] = model["training_volume_size"]
    if arguments.pop("disable_output_compression", False):
        job["output_data_config"] = {"compression_type": "NONE"}
    for name, value in arguments.items():
        if name in _ARGUMENTS:
            section, member = _ARGUMENTS[name]
            job[section][member] = value
        else:
            yield f"{name} = {value!r} of the model's description has no place in a spec."


def _has_volume(instance_type: str) -> bool:
    """Types with disks of their own get no volume of a chosen size, by the SDK's rule (sagemaker/utils.py)."""
    family = _family(instance_type)
    return "d" not in family and not family.startswith(("g5", "g6", "p5", "trn1"))


def _notes(model: Mapping[str, Any], instance_type: str) -> Iterator[str]:
    if model.get("deprecated"):
        yield str(model.get("deprecated_message") or "The model is deprecated.")
    if model.get("training_vulnerable"):
        yield f"AWS reports vulnerabilities of its script: {', '.join(model.get('training_vulnerabilities') or [])}."
    supported = model.get("supported_training_instance_types") or []
    if supported and instance_type not in supported:
        yield f"{instance_type} is not among those that the model is trained on: {', '.join(supported)}."
    if model.get("training_configs"):
        yield "The model has several configurations; the one without a name is taken."
