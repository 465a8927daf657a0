"""The code that we export makes each SDK send the request that we send, for every kind, and botocore takes it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sandbox.client_envs import SDK_V2, SDK_V3, client_python

from jupyter_smext.estimators.catalog import catalog
from jupyter_smext.estimators.check import check, valid_spec
from jupyter_smext.estimators.export import exported_code
from jupyter_smext.estimators.images import BUILTINS
from jupyter_smext.estimators.models import ExportDialect

from .further_kinds import further_kinds
from .generated_specs import FRAMEWORKS, KINDS, generated
from .parity import ALLOWED_DIFFERENCES, PLACE, compared, our_request, sdk_requests
from .specs import SCRIPT_SPEC, changed

SPECS_PER_SDK = 300

# Members that these versions of botocore do not know yet, and that a request of ours may carry.
NEWER_MEMBERS = {
    "1.34": {
        "SessionChainingConfig", "InfraCheckConfig", "RemoteDebugConfig", "ResourceConfig.InstancePreferences",
        "ResourceConfig.TrainingPlanArn",
    },
    "1.37": {"ResourceConfig.InstancePreferences"},
    "1.40": {"ResourceConfig.InstancePreferences"},
    "1.44": set[str](),
}  # fmt: skip


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("sdk", "requirements", "dialect"), [("v2", SDK_V2, ExportDialect.SDK_V2), ("v3", SDK_V3, ExportDialect.SDK_V3)]
)
def test_an_sdk_sends_the_request_that_we_send(
    sdk: str, requirements: tuple[str, ...], dialect: ExportDialect, tmp_path: Path
) -> None:
    specs = [*generated(SPECS_PER_SDK, sdk=sdk), *further_kinds(sdk).values()]
    answers = sdk_requests(client_python(*requirements), specs, dialect, tmp_path)
    assert len(answers) == len(specs) > SPECS_PER_SDK
    for index, (data, answer) in enumerate(zip(specs, answers, strict=True)):
        assert "error" not in answer, (index, data, answer["error"], answer.get("trace", "")[-2000:])
        ours, theirs = compared(our_request(data), dialect), compared(answer["request"], dialect)
        assert theirs == ours, (index, data)


def test_the_generated_specs_are_of_every_kind() -> None:
    for sdk in ("v2", "v3"):
        specs = generated(SPECS_PER_SDK, sdk=sdk)
        assert specs == generated(SPECS_PER_SDK, sdk=sdk)
        assert len({json.dumps(each, sort_keys=True) for each in specs}) > 0.9 * SPECS_PER_SDK
        tuning = [each for each in specs if each["kind"] == "HyperParameterTuningJob"]
        assert len(tuning) >= SPECS_PER_SDK // 6
        assert {each["tuning"]["strategy"] for each in tuning} == {"Bayesian", "Random", "Hyperband", "Grid"}
        frameworks = {each["spec"]["algorithm"].get("framework", {}).get("name") for each in specs}
        assert set(KINDS[:8]) <= frameworks
        builtins = {each["spec"]["algorithm"].get("builtin", {}).get("name") for each in specs}
        assert len(builtins) > 10


def test_the_further_specs_are_of_all_that_the_catalog_has() -> None:
    listed = catalog()
    for sdk in ("v2", "v3"):
        algorithms = [each["spec"]["algorithm"] for each in further_kinds(sdk).values()]
        frameworks = {each["framework"]["name"] for each in algorithms if "framework" in each}
        assert frameworks | set(FRAMEWORKS) == {each.name for each in listed.frameworks}
        assert {each["builtin"]["name"] for each in algorithms if "builtin" in each} == set(BUILTINS)
        assert [check(each).problems for each in further_kinds(sdk).values() if check(each).problems] == []


def test_allowed_differences_each_say_why() -> None:
    for applies, reason, change in ALLOWED_DIFFERENCES:
        assert applies in ("both", "sdk-v2", "sdk-v3")
        assert len(reason) > 15
        assert callable(change)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", sorted(NEWER_MEMBERS))
def test_botocore_of_every_age_takes_our_requests(version: str) -> None:
    requests = [our_request(data) for sdk in ("v2", "v3") for data in generated(SPECS_PER_SDK, sdk=sdk)]
    requests += [our_request(data) for data in further_kinds("v2").values()]
    python = client_python(f"boto3=={version}.*")
    done = subprocess.run(
        [python, Path(__file__).with_name("botocore_verdicts.py")],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts: list[dict[str, Any]] = json.loads(done.stdout)
    assert {name for each in verdicts for name in each["unknown"]} <= NEWER_MEMBERS[version]
    assert [each["errors"] for each in verdicts if each["errors"]] == []


def test_boto3_code_sends_exactly_our_request(tmp_path: Path) -> None:
    specs = [SCRIPT_SPEC, *(data for data in generated(40, sdk="v2") if "source_code" in data["spec"])]
    python = client_python(*SDK_V2)
    answers = sdk_requests(python, specs, ExportDialect.BOTO3, tmp_path)
    for data, answer in zip(specs, answers, strict=True):
        assert "error" not in answer, answer
        assert compared(answer["request"], ExportDialect.BOTO3) == compared(our_request(data), ExportDialect.BOTO3)


@pytest.mark.parametrize(
    ("dialect", "path", "value", "noted"),
    [
        (ExportDialect.SDK_V2, "spec.mlflow_config", {"mlflow_resource_arn": "arn:x"}, "mlflow_config"),
        (ExportDialect.SDK_V2, "spec.source_code.ignore_patterns", ["*.csv"], "ignore_patterns"),
        (ExportDialect.SDK_V3, "metadata.experiment", {"experiment_name": "e"}, "metadata.experiment"),
        (ExportDialect.SDK_V3, "spec.source_code.dependencies", ["lib"], "dependencies"),
        (ExportDialect.SDK_V3, "spec.hyperparameters", {"C": 1, "depth": 2}, "-C for spec.hyperparameters.C"),
    ],
)
def test_what_a_dialect_cannot_say_is_noted(dialect: ExportDialect, path: str, value: Any, noted: str) -> None:
    written = exported_code(valid_spec(changed((path, value))), PLACE, dialect, "job.sagemaker.yaml")
    assert any(noted in note for note in written.notes)
    assert f"# Not said here: {written.notes[0]}" in written.code


def test_automatic_ranges_that_an_sdk_cannot_send_are_noted() -> None:
    automatic = further_kinds("v2")["tuning with automatic ranges"]
    written = exported_code(valid_spec(automatic), PLACE, ExportDialect.SDK_V3, "job.sagemaker.yaml")
    assert written.notes == ["tuning.parameter_ranges.auto (SDK v3's tuner does not send them)"]

    text = valid_spec(changed(("tuning.parameter_ranges.auto", {"kind": "deep"}), base=automatic))
    written = exported_code(text, PLACE, ExportDialect.SDK_V2, "job.sagemaker.yaml")
    assert written.notes == ["the hint of kind as it stands (SDK v2 puts quotes around texts)"]


@pytest.mark.parametrize("dialect", list(ExportDialect))
def test_exported_code_reads_well(dialect: ExportDialect) -> None:
    written = exported_code(valid_spec(SCRIPT_SPEC), PLACE, dialect, "churn.sagemaker.yaml")
    assert written.code.startswith("# From churn.sagemaker.yaml; needs ")
    compile(written.code, "exported.py", "exec")
    assert max(len(line) for line in written.code.splitlines()) <= 120
    assert "train.py" in written.code
