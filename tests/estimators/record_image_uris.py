"""Write down what a SageMaker Python SDK answers for images; run in an environment with v2 or with v3:

    python tests/estimators/record_image_uris.py tests/estimators/data/image_uris_v2.json.gz

For each framework, version, short version and Python version: the image on a CPU, a GPU and an accelerator type in
us-east-1, and of the newest version in every region. null stands for "the SDK refuses".
"""

import gzip
import importlib.metadata
import json
import pathlib
import re
import sys

try:
    from sagemaker.core import image_uris
except ImportError:
    from sagemaker import image_uris

INSTANCE_TYPES = ["ml.m5.large", "ml.g5.xlarge", "ml.p4d.24xlarge", "ml.trn1.2xlarge"]


def main():
    folder = pathlib.Path(image_uris.__file__).parent / "image_uri_config"
    answers = []
    for path in sorted(folder.glob("*.json")):
        config = json.loads(path.read_text())
        if "training" not in config.get("scope", config):
            continue
        for scope in ("training", "inference"):
            inside = config if "scope" in config else config.get(scope)
            if inside and scope in config.get("scope", config):
                record(answers, path.stem, scope, inside)
    version = importlib.metadata.version("sagemaker")
    document = {"sagemaker": version, "answers": answers}
    with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
        file.write(json.dumps(document, separators=(",", ":")).encode())
    print(version, len(answers), "answers")


def record(answers, framework, scope, config):
    aliases = config.get("version_aliases", {})
    versions = [*config["versions"], *aliases]
    for version in versions:
        inside = config["versions"][aliases.get(version, version)]
        bases = [key for key in inside if re.match("pytorch|tensorflow", key)] or [None]
        for base in bases:
            entry = inside[base] if base else inside
            pys = entry.get("py_versions") or [key for key in entry if key in ("py2", "py3")] or [None]
            for py in pys:
                for instance_type in INSTANCE_TYPES:
                    ask(answers, framework, scope, version, py, base, instance_type, "us-east-1")
        if version == list(config["versions"])[-1]:
            entry = entry.get(pys[-1], entry)
            for region in sorted(entry["registries"]):
                ask(answers, framework, scope, version, pys[-1], bases[-1], "ml.m5.large", region)
                ask(answers, framework, scope, version, pys[-1], bases[-1], "ml.g5.xlarge", region)


def ask(answers, framework, scope, version, py, base, instance_type, region):
    try:
        uri = image_uris.retrieve(
            framework,
            region,
            version=version,
            py_version=py,
            instance_type=instance_type,
            image_scope=scope,
            base_framework_version=base,
        )
    except Exception:
        uri = None
    answers.append([framework, scope, version, py, base, instance_type, region, uri])


main()
