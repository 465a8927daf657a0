"""The spec says everything that the API takes: a member that is new in botocore fails here until somebody decides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from jupyter_smext.estimators.api_names import api_name
from jupyter_smext.estimators.check import parse
from jupyter_smext.estimators.defaults import ENVIRONMENT, user_layer
from jupyter_smext.estimators.models import (
    Algorithm,
    CheckpointConfig,
    Compute,
    DebugHook,
    FileSystem,
    InputChannel,
    JobSpec,
    Metadata,
    Mlflow,
    ModelPackage,
    MonitorRule,
    Networking,
    OutputDataConfig,
    Profiler,
    Section,
    StoppingCondition,
    TensorBoardOutput,
)
from jupyter_smext.estimators.template_sources import Repository
from jupyter_smext.estimators.templates import template_sources

MEMBERS = (
    boto3.client("sagemaker", region_name="us-east-1")
    .meta.service_model.operation_model("CreateTrainingJob")
    .input_shape.members
)

# Members of the request that no field is named after, and where they come from or why they are not in a spec.
ELSEWHERE = {
    "TrainingJobName": "metadata.base_job_name",
    "HyperParameters": "spec.hyperparameters",
    "AlgorithmSpecification": "spec.algorithm",
    "RoleArn": "spec.role",
    "ResourceConfig": "spec.compute",
    "VpcConfig": "spec.networking",
    "EnableNetworkIsolation": "spec.networking",
    "EnableInterContainerTrafficEncryption": "spec.networking",
    "EnableManagedSpotTraining": "spec.compute",
    "Tags": "metadata.tags",
    "ExperimentConfig": "metadata.experiment",
    "ServerlessJobConfig": "not in a spec: fine-tuning of a hub's model without an image of one's own",
}
NESTED: list[tuple[str, type[Section], set[str]]] = [
    ("AlgorithmSpecification", Algorithm, set()),
    ("OutputDataConfig", OutputDataConfig, set()),
    # What AWS chose is an answer, though the shape is the same.
    ("ResourceConfig", Compute, {"SelectedInstanceType", "SelectedInstanceCount"}),
    ("StoppingCondition", StoppingCondition, set()),
    ("CheckpointConfig", CheckpointConfig, set()),
    ("VpcConfig", Networking, set()),
    ("TensorBoardOutputConfig", TensorBoardOutput, set()),
    ("DebugHookConfig", DebugHook, set()),
    ("ProfilerConfig", Profiler, {"DisableProfiler"}),
    ("DebugRuleConfigurations", MonitorRule, set()),
    ("MlflowConfig", Mlflow, set()),
    ("ModelPackageConfig", ModelPackage, set()),
    ("InputDataConfig", InputChannel, {"DataSource"}),
]


def names(section: type[Section]) -> set[str]:
    return {api_name(name) for name in section.model_fields}


def test_every_member_of_the_request_has_a_place() -> None:
    assert set(MEMBERS) - names(JobSpec) == set(ELSEWHERE)
    assert "base_job_name" in Metadata.model_fields


@pytest.mark.parametrize(("member", "section", "answers"), [pytest.param(*each, id=each[0]) for each in NESTED])
def test_every_member_of_a_part_has_a_place(member: str, section: type[Section], answers: set[str]) -> None:
    shape: Any = MEMBERS[member]
    if shape.type_name == "list":
        shape = shape.member
    assert set(shape.members) - names(section) == answers


def test_data_sources_have_a_place() -> None:
    sources = MEMBERS["InputDataConfig"].member.members["DataSource"].members
    assert set(sources) == {"S3DataSource", "FileSystemDataSource", "DatasetSource"}
    # Of a hub's models and of data sets in SageMaker's catalog, which a script mode job does not read.
    left_out = {"ModelAccessConfig", "HubAccessConfig"}
    assert set(sources["S3DataSource"].members) - names(InputChannel) == left_out
    assert set(sources["FileSystemDataSource"].members) == names(FileSystem)


def test_the_examples_of_the_documentation_are_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "docs" / "spec.md").read_text()
    job, defaults, templates, tuning = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert parse(job).problems == []
    (tmp_path / "defaults.yaml").write_text(defaults)
    filled = parse(job, layers=user_layer(tmp_path / "defaults.yaml"))
    assert filled.problems == []
    assert set(filled.origins) == {"metadata.tags.team"}, "the job names its own instance type"
    (tmp_path / "defaults.yaml").write_text(templates)
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "defaults.yaml"))
    assert [each.named_by for each in template_sources(None)] == ["user"] * 3
    assert Repository.parse(template_sources(None)[1].source).reference == "v3"
    whole = job.replace("TrainingJob  ", "HyperParameterTuningJob  ", 1).replace("# or HyperParameterTuningJob", "")
    assert parse(whole + tuning).problems == []
