"""Compares our request with the one that an SDK sends, apart from what may differ: all of that stands in one list."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_smext.estimators.check import valid_spec
from jupyter_smext.estimators.export import exported_code
from jupyter_smext.estimators.launch import Uploaded, request_of
from jupyter_smext.estimators.models import ExportDialect
from jupyter_smext.estimators.request import Place
from jupyter_smext.estimators.tuning import jobs_of

PLACE = Place("us-east-1", "arn:aws:iam::111122223333:role/SageMaker", "demo-default")
SOURCE = "s3://demo-default/smext-source/abc/sourcedir.tar.gz"
Request = dict[str, Any]


def our_request(data: dict[str, Any]) -> Request:
    spec = valid_spec(data)
    packages = [Uploaded(SOURCE if job.source_code else None, "abc") for job in jobs_of(spec)]
    return request_of(spec, PLACE, job_name="ours", packages=packages, token="t" * 32)


def sdk_requests(python: Path, specs: list[dict[str, Any]], dialect: ExportDialect, folder: Path) -> list[Any]:
    """What the code that we export for the specs really sends, recorded in the SDK's own environment."""
    pieces = []
    for index, data in enumerate(specs):
        here = folder / str(index)
        (here / "src").mkdir(parents=True)
        (here / "src" / "train.py").write_text("print('hello')\n")
        written = exported_code(valid_spec(data), PLACE, dialect, "job.sagemaker.yaml")
        assert written.notes == [], (data, written.notes)
        pieces.append({"code": written.code, "folder": str(here)})
    script = Path(__file__).with_name("sdk_requests.py")
    done = subprocess.run(
        [python, script], input=json.dumps(pieces), capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[Any] = json.loads(done.stdout)
    return answers


def compared(request: Request, dialect: ExportDialect) -> Request:
    """A request without what may differ."""
    request = copy.deepcopy(request)
    for applies, _, change in ALLOWED_DIFFERENCES:
        if applies in ("both", dialect.value):
            change(request)
    return request


# ------------------------------------------------------------------------------------------------- what may differ, why


def definitions(request: Request) -> list[Request]:
    """The parts of a request that say what one training job does."""
    if "TrainingJobDefinitions" in request:
        return list(request["TrainingJobDefinitions"])
    return [request.get("TrainingJobDefinition", request)]


def hyperparameters(part: Request) -> dict[str, str]:
    found: dict[str, str] = part.get("HyperParameters") or part.get("StaticHyperParameters") or {}
    return found


def without_names(request: Request) -> None:
    for name in ("TrainingJobName", "HyperParameterTuningJobName"):
        request.pop(name, None)
    for part in definitions(request):
        hyperparameters(part).pop("sagemaker_job_name", None)


def without_code_uri(request: Request) -> None:
    for part in definitions(request):
        given = hyperparameters(part)
        if "sagemaker_submit_directory" in given and "s3://" in given["sagemaker_submit_directory"]:
            given["sagemaker_submit_directory"] = "(the package)"
        for channel in part.get("InputDataConfig", []):
            if channel["ChannelName"] == "code":
                channel["DataSource"]["S3DataSource"]["S3Uri"] = "(the package)"


def without_own_tags(request: Request) -> None:
    tags = [tag for tag in request.pop("Tags", []) if not tag["Key"].startswith("smext:")]
    if tags:
        request["Tags"] = tags


def without_switched_off_profiler(request: Request) -> None:
    if request.get("ProfilerConfig") == {"DisableProfiler": True}:
        del request["ProfilerConfig"]
    elif "ProfilerConfig" in request:
        request["ProfilerConfig"].pop("DisableProfiler", None)


def with_empty_parts_left_out(request: Request) -> None:
    for part in [request, *definitions(request)]:
        for name in ("HyperParameters", "StaticHyperParameters", "Environment", "InputDataConfig"):
            if name in part and not part[name]:
                del part[name]


def without_class_names(request: Request) -> None:
    for part in definitions(request):
        for name in ("sagemaker_estimator_class_name", "sagemaker_estimator_module"):
            hyperparameters(part).pop(name, None)


def without_code_delivery(request: Request) -> None:
    for part in definitions(request):
        channels = [
            each for each in part.get("InputDataConfig", []) if each["ChannelName"] not in ("code", "sm_drivers")
        ]
        part["InputDataConfig"] = channels
        given = hyperparameters(part)
        for name in [each for each in given if each.startswith("sagemaker_")]:
            del given[name]
        specification = part["AlgorithmSpecification"]
        if specification.get("ContainerEntrypoint") == ["/bin/bash"]:
            del specification["ContainerEntrypoint"], specification["ContainerArguments"]


def with_unquoted_texts(request: Request) -> None:
    for part in definitions(request):
        given = hyperparameters(part)
        for name, text in given.items():
            given[name] = _unquoted(text)
    ranges = [request.get("HyperParameterTuningJobConfig", {}).get("ParameterRanges", {})]
    ranges += [part.get("HyperParameterRanges", {}) for part in definitions(request)]
    for each in ranges:
        for categorical in each.get("CategoricalParameterRanges", []):
            categorical["Values"] = [_unquoted(text) for text in categorical["Values"]]


def _unquoted(text: str) -> str:
    return json.loads(text) if text.startswith('"') else text


def without_written_defaults(request: Request) -> None:
    for part in definitions(request):
        if part.get("OutputDataConfig", {}).get("CompressionType") == "GZIP":
            del part["OutputDataConfig"]["CompressionType"]
        for name in [each for each, value in part.items() if each.startswith("Enable") and value is False]:
            del part[name]


def with_resources_under_one_name(request: Request) -> None:
    for part in definitions(request):
        if "HyperParameterTuningResourceConfig" in part:
            part["ResourceConfig"] = part.pop("HyperParameterTuningResourceConfig")


def without_empty_ranges(request: Request) -> None:
    of_all = [request.get("HyperParameterTuningJobConfig", {}).get("ParameterRanges", {})]
    for ranges in of_all + [part.get("HyperParameterRanges", {}) for part in definitions(request)]:
        for name in [each for each, value in ranges.items() if not value]:
            del ranges[name]


def with_parents_in_order(request: Request) -> None:
    parents = request.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    parents.sort(key=lambda each: each["HyperParameterTuningJobName"])


ALLOWED_DIFFERENCES: list[tuple[str, str, Callable[[Request], None]]] = [
    ("both", "names carry the time", without_names),
    ("both", "each has its own place for the source package", without_code_uri),
    ("both", "our launches carry their identities as tags", without_own_tags),
    ("both", "v2's profiler switched off and none at all are the same", without_switched_off_profiler),
    ("both", "an empty map or list and none at all are the same", with_empty_parts_left_out),
    ("both", "no ranges of a kind and an empty list are the same", without_empty_ranges),
    ("sdk-v2", "v2 keeps the parents of a warm start in a set, which has no order", with_parents_in_order),
    ("sdk-v2", "v2 notes its own class names, to attach to a tuning job later", without_class_names),
    ("sdk-v3", "v3 hands code over in channels and starts it by an entry point", without_code_delivery),
    ("sdk-v3", "v3 writes texts without quotes", with_unquoted_texts),
    ("sdk-v3", "the resources of a tuning job's jobs have an old name and a new one", with_resources_under_one_name),
    ("sdk-v3", "v3 writes out what is the API's default", without_written_defaults),
    ("sdk-v3", "an empty map or list and none at all are the same", with_empty_parts_left_out),
]
