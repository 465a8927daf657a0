"""Write ``jupyter_smext/estimators/catalog_data/``: the images and instance types that there are.

The image data is what both SageMaker Python SDKs ship, merged (v3 over v2) and written compactly. The two cannot live
in one environment, so that this script takes the site-packages folder of each:

    python -m venv /tmp/v2 && /tmp/v2/bin/pip install 'sagemaker<3'
    python -m venv /tmp/v3 && /tmp/v3/bin/pip install 'sagemaker>=3'
    python scripts/generate_catalog.py /tmp/v2/lib/python3.*/site-packages /tmp/v3/lib/python3.*/site-packages

The size of an instance type is that of the EC2 type of the same name, from the DescribeInstanceTypes data in moto.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import moto

TARGET = Path(__file__).resolve().parent.parent / "jupyter_smext" / "estimators" / "catalog_data"
V2_IMAGES = "sagemaker/image_uri_config"
V3_IMAGES = "sagemaker/core/image_uri_config"
SCOPES = ("training", "inference")

# Types that EC2 no longer describes: (vCPU, GiB, GPUs, GPU model, GiB of all GPUs).
# https://github.com/aws/karpenter-provider-aws website/content/en/v1.0/reference/instance-types.md and, for p6e,
# https://github.com/aws/sagemaker-hyperpod-cli src/sagemaker/hyperpod/training/constants.py
RETIRED: dict[str, tuple[int, float, int, str | None, float | None]] = {
    "ml.p2.xlarge": (4, 61, 1, "K80", 12),
    "ml.p2.8xlarge": (32, 488, 8, "K80", 96),
    "ml.p2.16xlarge": (64, 732, 16, "K80", 192),
    "ml.p3.2xlarge": (8, 61, 1, "V100", 16),
    "ml.p3.8xlarge": (32, 244, 4, "V100", 64),
    "ml.p3.16xlarge": (64, 488, 8, "V100", 128),
    "ml.p6e-gb200.36xlarge": (144, 960, 4, None, None),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("v2", type=Path, help="site-packages of an environment with the SageMaker Python SDK v2")
    parser.add_argument("v3", type=Path, help="site-packages of an environment with the SageMaker Python SDK v3")
    given = parser.parse_args()
    today = datetime.date.today().isoformat()
    sources = [_distribution(given.v2), _distribution(given.v3)]
    TARGET.mkdir(exist_ok=True)
    _write(
        "images.json", {"generated": today, "sources": sources, **images(given.v2 / V2_IMAGES, given.v3 / V3_IMAGES)}
    )
    moto_source = f"EC2 DescribeInstanceTypes in moto {moto.__version__}"
    _write("instance_types.json", {"generated": today, "sources": [moto_source], "types": instance_types()})
    return 0


def images(v2: Path, v3: Path) -> dict[str, Any]:
    """Every framework and algorithm that can train; lists of registry accounts are stored once and named by index."""
    registries: list[dict[str, str]] = []
    frameworks: dict[str, Any] = {}
    newer: dict[str, list[str]] = {}
    for name in sorted({path.stem for folder in (v2, v3) for path in folder.glob("*.json")}):
        config: dict[str, Any] = {}
        for folder in (v2, v3):
            path = folder / f"{name}.json"
            if path.exists():
                config = _merged(config, json.loads(path.read_text("utf-8")))
        scopes = config["scope"] if "scope" in config else list(config)
        if "training" in scopes:
            frameworks[name] = {
                scope: _compact(config if "scope" in config else config[scope], registries)
                for scope in SCOPES
                if scope in scopes
            }
            old = v2 / f"{name}.json"
            known = _training_versions(json.loads(old.read_text("utf-8"))) if old.exists() else set()
            newer[name] = sorted(_training_versions(config) - known)
    only_v3 = {name: versions for name, versions in newer.items() if versions}
    return {"registries": registries, "newer_than_v2": only_v3, "frameworks": frameworks}


def _training_versions(config: dict[str, Any]) -> set[str]:
    inside = config if "scope" in config else config.get("training", {})
    return set(inside.get("versions", {}))


def _merged(base: Any, over: Any) -> Any:
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: _merged(base[key], value) if key in base else value for key, value in over.items()}}
    return over


def _compact(node: Any, registries: list[dict[str, str]]) -> Any:
    if not isinstance(node, dict):
        return node
    result = {}
    for key, value in node.items():
        if key == "registries":
            if value not in registries:
                registries.append(value)
            result["registry"] = registries.index(value)
        elif key != "scope":
            result[key] = _compact(value, registries)
    return result


def instance_types() -> dict[str, dict[str, Any]]:
    """The types of the training API, each with what is known of its size."""
    model = boto3.client("sagemaker", region_name="us-east-1").meta.service_model
    described = json.loads(
        gzip.decompress((Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz").read_bytes())
    )
    types: dict[str, dict[str, Any]] = {}
    for name in sorted(model.shape_for("TrainingInstanceType").enum):
        if name in RETIRED:
            vcpu, memory, gpus, model_name, gpu_memory = RETIRED[name]
            size = {
                "vcpu": vcpu, "memory_gib": memory, "gpu_count": gpus, "gpu_model": model_name,
                "gpu_memory_gib": gpu_memory,
            }  # fmt: skip
        else:
            size = dict(_size(described.get(name.removeprefix("ml."), {})))
        types[name] = {key: value for key, value in size.items() if value}
    return types


def _size(described: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if not described:
        return
    yield "vcpu", described["VCpuInfo"]["DefaultVCpus"]
    yield "memory_gib", described["MemoryInfo"]["SizeInMiB"] / 1024
    gpus = described.get("GpuInfo", {}).get("Gpus", [])
    if gpus:
        yield "gpu_count", sum(each["Count"] for each in gpus)
        yield "gpu_model", gpus[0]["Name"]
        yield "gpu_memory_gib", round(described["GpuInfo"]["TotalGpuMemoryInMiB"] / 1024, 2)
    devices = described.get("NeuronInfo", {}).get("NeuronDevices", [])
    if devices:
        yield "accelerator_count", sum(each["Count"] for each in devices)
        yield "accelerator_model", devices[0]["Name"]


def _distribution(site_packages: Path) -> str:
    [info] = site_packages.glob("sagemaker-[0-9]*.dist-info")
    return f"sagemaker {info.name.removesuffix('.dist-info').removeprefix('sagemaker-')}"


def _write(name: str, document: dict[str, Any]) -> None:
    (TARGET / name).write_text(json.dumps(document, separators=(",", ":")) + "\n", "utf-8")
    print(f"{name}: {(TARGET / name).stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(main())
