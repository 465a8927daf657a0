from __future__ import annotations

from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.estimators.check import check, parse, valid_spec

from .specs import REMOVED, SCRIPT_SPEC, changed

MANIFEST = {"channel_name": "train", "s3_uri": "s3://b/m.json", "s3_data_type": "AugmentedManifestFile"}
GROUPS = [{"instance_group_name": "a", "instance_type": "ml.m5.large"}] * 2

# (what is wrong, the changes that make it wrong, where the one problem is reported)
INVALID: list[tuple[str, list[tuple[str, Any]], str]] = [
    ("old version", [("api_version", "smext/v0")], "api_version"),
    ("other kind", [("kind", "ProcessingJob")], "kind"),
    ("unknown top key", [("specs", {})], "specs"),
    ("no metadata", [("metadata", REMOVED)], "metadata"),
    ("no name", [("metadata.base_job_name", REMOVED)], "metadata.base_job_name"),
    ("name with underscore", [("metadata.base_job_name", "a_b")], "metadata.base_job_name"),
    ("name ends in a hyphen", [("metadata.base_job_name", "ab-")], "metadata.base_job_name"),
    ("name too long", [("metadata.base_job_name", "a" * 64)], "metadata.base_job_name"),
    ("tag is a number", [("metadata.tags.cost", 4711)], "metadata.tags.cost"),
    ("tag of AWS", [("metadata.tags", {"aws:project": "x"})], "metadata.tags.aws:project"),
    ("tag of ours", [("metadata.tags", {"smext:x": "x"})], "metadata.tags.smext:x"),
    ("tag value too long", [("metadata.tags.note", "x" * 257)], "metadata.tags.note"),
    ("too many tags", [("metadata.tags", {f"t{n}": "" for n in range(47)})], "metadata.tags"),
    ("unknown metadata", [("metadata.name", "x")], "metadata.name"),
    ("no spec", [("spec", REMOVED)], "spec"),
    ("spec is a list", [("spec", [])], "spec"),
    ("role is a name", [("spec.role", "SageMakerExecutionRole")], "spec.role"),
    ("no algorithm", [("spec.algorithm", REMOVED)], "spec.algorithm"),
    ("two algorithms", [("spec.algorithm.training_image", "1.dkr/x:1")], "spec.algorithm"),
    ("unknown framework", [("spec.algorithm.framework.name", "sklear")], "spec.algorithm.framework.name"),
    ("unknown version", [("spec.algorithm.framework.version", "1.2-9")], "spec.algorithm.framework.version"),
    ("version is a number", [("spec.algorithm.framework.version", 1.2)], "spec.algorithm.framework.version"),
    ("unknown Python", [("spec.algorithm.framework.py_version", "py312")], "spec.algorithm.framework.py_version"),
    (
        "a built-in named as a framework",
        [("spec.algorithm.framework", {"name": "kmeans", "version": "1"})],
        "spec.algorithm.framework.name",
    ),
    (
        "input mode in small letters",
        [("spec.algorithm.training_input_mode", "file")],
        "spec.algorithm.training_input_mode",
    ),
    ("no script", [("spec.source_code", REMOVED)], "spec.source_code"),
    ("script without entry", [("spec.source_code.entry_script", REMOVED)], "spec.source_code.entry_script"),
    ("misspelt key", [("spec.source_code.entry_point", "train.py")], "spec.source_code.entry_point"),
    (
        "entry point for a framework",
        [("spec.algorithm.container_entrypoint", ["a"])],
        "spec.algorithm.container_entrypoint",
    ),
    (
        "script for a built-in",
        [("spec.algorithm", {"builtin": {"name": "kmeans"}})],
        "spec.source_code",
    ),
    (
        "unknown built-in",
        [("spec.algorithm", {"builtin": {"name": "k-means"}}), ("spec.source_code", REMOVED)],
        "spec.algorithm.builtin.name",
    ),
    (
        "built-in without its version",
        [("spec.algorithm", {"builtin": {"name": "xgboost"}}), ("spec.source_code", REMOVED)],
        "spec.algorithm.builtin.version",
    ),
    (
        "metric twice",
        [("spec.algorithm.metric_definitions", [{"name": "a", "regex": "(a)"}, {"name": "a", "regex": "(b)"}])],
        "spec.algorithm.metric_definitions[0].name",
    ),
    (
        "metric without a group",
        [("spec.algorithm.metric_definitions.0.regex", "acc=.*")],
        "spec.algorithm.metric_definitions[0].regex",
    ),
    (
        "metric is no expression",
        [("spec.algorithm.metric_definitions.0.regex", "acc=(")],
        "spec.algorithm.metric_definitions[0].regex",
    ),
    (
        "metric regex too long",
        [("spec.algorithm.metric_definitions.0.regex", "(" + "a" * 500 + ")")],
        "spec.algorithm.metric_definitions[0].regex",
    ),
    (
        "too many metrics",
        [("spec.algorithm.metric_definitions", [{"name": f"m{n}", "regex": "(a)"} for n in range(41)])],
        "spec.algorithm.metric_definitions",
    ),
    ("too many hyperparameters", [("spec.hyperparameters", {f"h{n}": n for n in range(101)})], "spec.hyperparameters"),
    (
        "hyperparameter of the toolkit",
        [("spec.hyperparameters.sagemaker_program", "x.py")],
        "spec.hyperparameters.sagemaker_program",
    ),
    ("environment is a number", [("spec.environment", {"A": 1})], "spec.environment.A"),
    ("environment with a hyphen", [("spec.environment", {"A-B": "1"})], "spec.environment.A-B"),
    ("environment value too long", [("spec.environment", {"A": "x" * 513})], "spec.environment.A"),
    (
        "channel without a name",
        [("spec.input_data_config.0.channel_name", REMOVED)],
        "spec.input_data_config[0].channel_name",
    ),
    (
        "channel name with a space",
        [("spec.input_data_config.0.channel_name", "a b")],
        "spec.input_data_config[0].channel_name",
    ),
    ("channel without data", [("spec.input_data_config.0.s3_uri", REMOVED)], "spec.input_data_config[0]"),
    ("channel with a path", [("spec.input_data_config.0.s3_uri", "/data/train")], "spec.input_data_config[0].s3_uri"),
    (
        "channel twice",
        [
            ("spec.input_data_config.1", {"channel_name": "train", "s3_uri": "s3://b/x"}),
            ("spec.input_data_config.0.channel_name", "train"),
        ],
        "spec.input_data_config[0].channel_name",
    ),
    (
        "too many channels",
        [("spec.input_data_config", [{"channel_name": f"c{n}", "s3_uri": "s3://b/x"} for n in range(21)])],
        "spec.input_data_config",
    ),
    ("channel unknown key", [("spec.input_data_config.0.s3uri", "s3://b/x")], "spec.input_data_config[0].s3uri"),
    (
        "manifest without attributes",
        [("spec.input_data_config.0", MANIFEST)],
        "spec.input_data_config[0].attribute_names",
    ),
    (
        "attributes without manifest",
        [("spec.input_data_config.0.attribute_names", ["a"])],
        "spec.input_data_config[0].attribute_names",
    ),
    (
        "file system without network",
        [
            (
                "spec.input_data_config.0",
                {"channel_name": "t", "file_system": {"file_system_id": "fs-12345678", "directory_path": "/"}},
            )
        ],
        "spec.networking",
    ),
    (
        "output is a path",
        [("spec.output_data_config", {"s3_output_path": "out"})],
        "spec.output_data_config.s3_output_path",
    ),
    ("no compute", [("spec.compute", REMOVED)], "spec.compute"),
    ("no instance type", [("spec.compute", {})], "spec.compute"),
    ("EC2 type", [("spec.compute.instance_type", "m5.large")], "spec.compute.instance_type"),
    ("no instances", [("spec.compute.instance_count", 0)], "spec.compute.instance_count"),
    ("count is a word", [("spec.compute.instance_count", "two")], "spec.compute.instance_count"),
    ("misspelt count", [("spec.compute.instance_cuont", 2)], "spec.compute.instance_cuont"),
    ("no volume", [("spec.compute.volume_size_in_gb", 0)], "spec.compute.volume_size_in_gb"),
    (
        "warm pool too long",
        [("spec.compute.keep_alive_period_in_seconds", 21601)],
        "spec.compute.keep_alive_period_in_seconds",
    ),
    (
        "warm pool of spot",
        [
            ("spec.compute.keep_alive_period_in_seconds", 60),
            ("spec.compute.enable_managed_spot_training", True),
            ("spec.stopping_condition.max_wait_time_in_seconds", 3600),
        ],
        "spec.compute.keep_alive_period_in_seconds",
    ),
    ("type and groups", [("spec.compute.instance_groups", GROUPS[:1])], "spec.compute"),
    (
        "group twice",
        [("spec.compute", {"instance_groups": GROUPS})],
        "spec.compute.instance_groups[0].instance_group_name",
    ),
    (
        "preferences of spot",
        [
            (
                "spec.compute",
                {"instance_preferences": [{"instance_type": "ml.m5.large"}], "enable_managed_spot_training": True},
            ),
            ("spec.stopping_condition.max_wait_time_in_seconds", 3600),
        ],
        "spec.compute.instance_preferences",
    ),
    ("spot without wait", [("spec.compute.enable_managed_spot_training", True)], "spec.stopping_condition"),
    (
        "wait without spot",
        [("spec.stopping_condition.max_wait_time_in_seconds", 7200)],
        "spec.stopping_condition.max_wait_time_in_seconds",
    ),
    (
        "wait shorter than run",
        [("spec.compute.enable_managed_spot_training", True), ("spec.stopping_condition.max_wait_time_in_seconds", 60)],
        "spec.stopping_condition.max_wait_time_in_seconds",
    ),
    (
        "run too long",
        [("spec.stopping_condition.max_runtime_in_seconds", 2419201)],
        "spec.stopping_condition.max_runtime_in_seconds",
    ),
    ("checkpoints without a place", [("spec.checkpoint_config", {})], "spec.checkpoint_config.s3_uri"),
    (
        "too many retries",
        [("spec.retry_strategy", {"maximum_retry_attempts": 31})],
        "spec.retry_strategy.maximum_retry_attempts",
    ),
    ("subnets alone", [("spec.networking", {"subnets": ["subnet-1"]})], "spec.networking.security_group_ids"),
    ("no GPU image", [("spec.compute.instance_type", "ml.g5.xlarge")], "spec.compute.instance_type"),
    ("unknown variable", [("spec.role", "${profile.rolle}")], "spec.role"),
    ("unset variable", [("spec.environment", {"A": "${env.SMEXT_NOT_SET}"})], "spec.environment.A"),
    ("secret by variable", [("spec.environment", {"A": "${env.AWS_SECRET_ACCESS_KEY}"})], "spec.environment.A"),
    ("unknown scope", [("spec.environment", {"A": "${profil.role}"})], "spec.environment.A"),
]


def known_profile(name: str) -> str:
    values = {"role": "arn:aws:iam::111122223333:role/SageMaker", "bucket": "demo"}
    if name not in values:
        raise KeyError(name, *values)
    return values[name]


def test_the_specs_of_the_tests_are_valid() -> None:
    assert check(SCRIPT_SPEC, known_profile).problems == []


@pytest.mark.parametrize(("changes", "path"), [pytest.param(c, p, id=name) for name, c, p in INVALID])
def test_an_invalid_spec_has_one_problem_at_its_place(changes: list[tuple[str, Any]], path: str) -> None:
    problems = check(changed(*changes), known_profile).problems
    paths = {each.path for each in problems}
    expected = {path, path.replace("[0]", "[1]")} if len(problems) > 1 else {path}
    assert paths == expected, problems
    assert all(each.message for each in problems)


def test_there_are_enough_invalid_specs() -> None:
    assert len(INVALID) >= 60


def test_a_problem_knows_its_line_and_the_nearest_name() -> None:
    text = "\n".join(
        [
            "metadata:",
            "  base_job_name: churn",
            "spec:",
            "  algorithm:",
            "    framework: {name: sklearn, version: '1.2-1'}",
            "  source_code:",
            "    entry_scrpt: train.py",
            "  compute:",
            "    instance_type: ml.m5.large",
            "    instance_cuont: 2",
        ]
    )
    problems = {each.path: each for each in parse(text).problems}
    typo = problems["spec.compute.instance_cuont"]
    assert (typo.line, typo.column, typo.suggestion) == (10, 5, "instance_count")
    assert problems["spec.source_code.entry_scrpt"].suggestion == "entry_script"
    missing = problems["spec.source_code.entry_script"]
    assert (missing.line, missing.column) == (6, 3)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("spec: [", 1),
        ("- a\n- b", 1),
        ("a: 1\na: 2", 2),
        ("a: &x 1\nb: *x", 2),
        ("a: 1\n  b: 2", 2),
        ("just words", 1),
    ],
)
def test_a_text_that_is_no_spec_is_one_problem(text: str, line: int) -> None:
    result = parse(text)
    assert result.spec is None
    [problem] = result.problems
    assert problem.line == line
    assert problem.message


def test_private_keys_are_the_readers_own() -> None:
    assert check(changed(("x-owner", "team a"), ("spec.x-note", [1, 2])), known_profile).problems == []


def test_variables_are_filled_in_and_the_text_keeps_them() -> None:
    spec = changed(
        ("spec.role", "${profile.role}"), ("spec.output_data_config", {"s3_output_path": "s3://${profile.bucket}/x"})
    )
    checked = check(spec, known_profile)
    assert checked.problems == []
    assert checked.spec is not None
    assert checked.spec.spec.output_data_config.s3_output_path == "s3://demo/x"
    assert spec["spec"]["role"] == "${profile.role}"


def test_without_credentials_profile_values_are_no_problem() -> None:
    assert check(changed(("spec.role", "${profile.role}"))).problems == []


def test_a_shell_variable_is_left_alone() -> None:
    spec = changed(("spec.environment", {"OUT": "${SM_MODEL_DIR}/x"}))
    assert check(spec, known_profile).resolved["spec"]["environment"]["OUT"] == "${SM_MODEL_DIR}/x"


def test_valid_spec_names_every_problem() -> None:
    wrong = changed(("spec.compute.instance_cuont", 2), ("metadata.base_job_name", "a_b"))
    with pytest.raises(SmextError) as caught:
        valid_spec(wrong)
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    assert "instance_cuont" in str(caught.value)
    assert "base_job_name" in str(caught.value)
    assert "instance_count" in str(caught.value.envelope.hint)
