"""Seeded faults are all found with their code, clean specs have no error, and nothing is written anywhere."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators import preflight as preflight_package
from jupyter_smext.estimators.models import FindingLevel, PreflightResult
from jupyter_smext.estimators.preflight.run import preflight
from jupyter_smext.prices.instances import packaged_prices
from jupyter_smext.sandbox import SandboxInfo
from jupyter_smext.studio.admin_policy import AdminPolicy, AdminPolicyState, Guard

from .generated_specs import generated
from .specs import REMOVED, changed
from .test_sources import notebook

SCRIPT = """
import argparse, os
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--learning-rate", type=float, default=0.1)
parser.add_argument("--optimizer", choices=["sgd", "adam"], default="sgd")
parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
args = parser.parse_args()
print("f1=0.5", os.environ["SM_MODEL_DIR"])
"""
LOG = "epoch 1 f1=0.5\nepoch 2 f1=0.6\n"
HEADERLESS = b"1,0.5,2\n0,0.25,3\n1,1.5,4\n0,2.5,1\n1,0.5,2\n"
OBJECTS = {
    "good/part-0.csv": HEADERLESS,
    "header/a.csv": b"label,a,b\n1,2,3\n0,3,4\n",
    "text/a.csv": b"1,red,3\n0,blue,4\n",
    "label/a.csv": b"yes,1,3\nno,2,4\n",
    "nolabel/a.csv": b",1,3\n1,2,4\n",
    "semicolon/a.csv": b"1;2;3\n0;3;4\n",
    "ragged/a.csv": b"1,2,3\n0,3\n",
    "index/a.csv": "".join(f"{n},{n * 7 % 5},1\n" for n in range(20)).encode(),
    "libsvm/a": b"1 1:0.5 3:2\n0 2:1\n",
    "twins/data.csv": HEADERLESS,
    "twins/data-old.csv": HEADERLESS,
    "large/a.bin": b"x" * 2_000_000,
    "empty/": b"",
}
BUILTIN = {"builtin": {"name": "xgboost", "version": "1.7-1"}}


def script_spec(*changes: tuple[str, Any]) -> dict[str, Any]:
    base = changed(
        ("spec.role", REMOVED),
        ("spec.hyperparameters", {"epochs": 2}),
        ("spec.algorithm.metric_definitions", [{"name": "f1", "regex": "f1=([0-9.]+)"}]),
        ("spec.input_data_config.0.s3_uri", "s3://@bucket@/preflight/good/"),
    )
    return changed(*changes, base=base)


def builtin_spec(*changes: tuple[str, Any]) -> dict[str, Any]:
    base = script_spec(
        ("spec.algorithm", BUILTIN),
        ("spec.source_code", REMOVED),
        ("spec.hyperparameters", {"num_round": 10, "objective": "binary:logistic"}),
        ("spec.input_data_config.0.content_type", "text/csv"),
    )
    return changed(*changes, base=base)


def channel(prefix: str) -> tuple[str, str]:
    return ("spec.input_data_config.0.s3_uri", f"s3://@bucket@/preflight/{prefix}")


def with_script(text: str) -> dict[str, str]:
    return {"src/train.py": text}


TUNING = {
    "strategy": "Random",
    "objective": {"metric_name": "validation:auc", "type": "Maximize"},
    "resource_limits": {"max_number_of_training_jobs": 4, "max_parallel_training_jobs": 2},
    "parameter_ranges": {"continuous": {"eta": {"min_value": 0.1, "max_value": 0.5}}},
}

# (code, spec, files beside it, other arguments of the preflight)
FAULTS: list[tuple[str, dict[str, Any], dict[str, str], dict[str, Any]]] = [
    ("SpecInvalid", script_spec(("spec.compute.instance_cuont", 2)), {}, {}),
    ("RoleMissing", script_spec(), {}, {"role": None}),
    ("ImageNotInRegion", script_spec(), {}, {"region": "mars-north-1"}),
    ("InstanceTypeUnknown", script_spec(("spec.compute.instance_type", "ml.m5.tiny")), {}, {}),
    ("SeveralInstancesForNothing", script_spec(("spec.compute.instance_count", 2)), {}, {}),
    ("WarmPoolCosts", script_spec(("spec.compute.keep_alive_period_in_seconds", 600)), {}, {}),
    ("LongestRunNotSet", script_spec(("spec.stopping_condition", REMOVED)), {}, {}),
    (
        "SpotWithoutCheckpoint",
        script_spec(
            ("spec.compute.enable_managed_spot_training", True),
            ("spec.stopping_condition.max_wait_time_in_seconds", 7200),
        ),
        {},
        {},
    ),
    (
        "RequirementsWithoutNetwork",
        script_spec(("spec.networking", {"enable_network_isolation": True})),
        {"src/requirements.txt": "tqdm"},
        {},
    ),
    ("PipeModeForScript", script_spec(("spec.input_data_config.0.input_mode", "Pipe")), {}, {}),
    ("SourceDirectoryMissing", script_spec(("spec.source_code.source_dir", "nowhere")), {}, {}),
    ("EntryScriptMissing", script_spec(("spec.source_code.entry_script", "other.py")), {}, {}),
    ("SourceFileMissing", script_spec(("spec.source_code.requirements", "r.txt")), {}, {}),
    ("SecretInSource", script_spec(), {"src/.env": "A=1"}, {}),
    ("SourceLarge", script_spec(), {"src/data.bin": "x" * 3000}, {"large_bytes": 2000}),
    ("ScriptSyntax", script_spec(), with_script("def broken(:\n"), {}),
    ("HyperparameterUnknown", script_spec(("spec.hyperparameters.learning_rate", 1)), {}, {}),
    ("HyperparameterType", script_spec(("spec.hyperparameters.epochs", "many")), {}, {}),
    ("HyperparameterChoice", script_spec(("spec.hyperparameters.optimizer", "newton")), {}, {}),
    (
        "HyperparameterMissing",
        script_spec(),
        with_script(SCRIPT.replace('"--optimizer",', '"--optimizer", required=True,').replace(', default="sgd"', "")),
        {},
    ),
    (
        "BooleanArgument",
        script_spec(("spec.hyperparameters.flag", False)),
        with_script(SCRIPT.replace("args = ", 'parser.add_argument("--flag", type=bool)\nargs = ')),
        {},
    ),
    (
        "FlagArgument",
        script_spec(("spec.hyperparameters.flag", True)),
        with_script(SCRIPT.replace("args = ", 'parser.add_argument("--flag", action="store_true")\nargs = ')),
        {},
    ),
    ("HyperparametersNotRead", script_spec(), with_script("import os\nos.environ['SM_MODEL_DIR']\n"), {}),
    ("HyperparametersNotChecked", script_spec(), with_script("import click, os\nos.environ['SM_MODEL_DIR']\n"), {}),
    ("ModelNotWritten", script_spec(), with_script(SCRIPT.replace("SM_MODEL_DIR", "HOME")), {}),
    ("ChannelMissing", script_spec(), with_script(SCRIPT + "os.environ['SM_CHANNEL_TEST']\n"), {}),
    ("ChannelUnused", script_spec(), with_script(SCRIPT.replace("SM_CHANNEL_TRAIN", "HOME")), {}),
    ("ChannelEmpty", script_spec(channel("empty/")), {}, {}),
    (
        "ChannelWrongRegion",
        script_spec(("spec.input_data_config.0.s3_uri", "s3://@bucket@-elsewhere/preflight/good/")),
        {},
        {},
    ),
    ("ChannelBucketMissing", script_spec(("spec.input_data_config.0.s3_uri", "s3://no-such-bucket-here/x/")), {}, {}),
    ("PrefixMatchesMore", script_spec(channel("twins/data")), {}, {}),
    ("VolumeTooSmall", script_spec(channel("large/")), {}, {"volume_bytes": 1_000_000}),
    (
        "OutputBucketMissing",
        script_spec(("spec.output_data_config", {"s3_output_path": "s3://no-such-bucket/x"})),
        {},
        {},
    ),
    (
        "OutputWrongRegion",
        script_spec(("spec.output_data_config", {"s3_output_path": "s3://@bucket@-elsewhere/x"})),
        {},
        {},
    ),
    ("CsvHeader", builtin_spec(channel("header/")), {}, {}),
    ("CsvText", builtin_spec(channel("text/")), {}, {}),
    ("CsvLabelText", builtin_spec(channel("label/")), {}, {}),
    ("CsvLabelEmpty", builtin_spec(channel("nolabel/")), {}, {}),
    ("CsvDelimiter", builtin_spec(channel("semicolon/")), {}, {}),
    ("CsvRagged", builtin_spec(channel("ragged/")), {}, {}),
    ("CsvIndexColumn", builtin_spec(channel("index/")), {}, {}),
    ("ContentTypeMismatch", builtin_spec(channel("libsvm/")), {}, {}),
    ("ContentTypeMissing", builtin_spec(("spec.input_data_config.0.content_type", REMOVED)), {}, {}),
    ("ContentTypeUnknown", builtin_spec(("spec.input_data_config.0.content_type", "application/json")), {}, {}),
    ("ChannelUnknown", builtin_spec(("spec.input_data_config.0.channel_name", "training")), {}, {}),
    ("ChannelMissing", builtin_spec(("spec.input_data_config.0.channel_name", "validation")), {}, {}),
    ("HyperparameterUnknown", builtin_spec(("spec.hyperparameters.max_dept", 3)), {}, {}),
    ("HyperparameterMissing", builtin_spec(("spec.hyperparameters.num_round", REMOVED)), {}, {}),
    (
        "HyperparameterRange",
        builtin_spec(
            ("spec.algorithm", {"builtin": {"name": "kmeans"}}),
            ("spec.hyperparameters", {"k": 0, "feature_dim": 2}),
        ),
        {},
        {},
    ),
    (
        "ObjectiveUnknown",
        builtin_spec(
            ("kind", "HyperParameterTuningJob"),
            ("tuning", {**TUNING, "objective": {"metric_name": "validation:acc", "type": "Maximize"}}),
        ),
        {},
        {},
    ),
    (
        "ObjectiveDirection",
        builtin_spec(
            ("kind", "HyperParameterTuningJob"),
            ("tuning", {**TUNING, "objective": {"metric_name": "validation:auc", "type": "Minimize"}}),
        ),
        {},
        {},
    ),
    ("MetricMatchesNothing", script_spec(), {}, {"sample_log": "nothing here"}),
    ("MetricNotTried", script_spec(), {}, {"sample_log": None}),
    ("QuotaTooSmall", script_spec(("spec.compute.instance_count", 21)), {}, {}),
    (
        "QuotaTooSmall",
        builtin_spec(
            ("kind", "HyperParameterTuningJob"),
            ("tuning", TUNING),
            # Four of them are allowed.
            ("spec.compute.instance_type", "ml.g4dn.xlarge"),
            ("tuning.resource_limits", {"max_number_of_training_jobs": 5, "max_parallel_training_jobs": 5}),
        ),
        {},
        {},
    ),
    (
        "QuotaTooSmall",
        script_spec(
            (
                "spec.compute",
                {
                    "instance_preferences": [
                        {"instance_type": "ml.m5.large", "instance_count": 21},
                        {"instance_type": "ml.c5.xlarge", "instance_count": 30},
                    ]
                },
            )
        ),
        {},
        {},
    ),
    ("QuotaNotRead", script_spec(), {}, {"denied": "ListServiceQuotas"}),
    ("PriceUnknown", script_spec(("spec.compute.instance_type", "ml.c5n.xlarge")), {}, {}),
    ("OverBudget", script_spec(("policy", {"max_cost_usd": 0.01})), {}, {}),
    ("OverAdminBudget", script_spec(), {}, {"max_cost_usd": 0.01}),
    ("IamNotChecked", script_spec(("spec.source_code.entry_script", "other.py")), {}, {}),
    ("IamDenied", script_spec(), {}, {"answer": ("s3:GetObject", "denied")}),
    ("IamUndecided", script_spec(), {}, {"answer": ("s3:GetObject", "unknown")}),
    ("RoleGuessed", script_spec(), {}, {"role_path_guessed": True}),
    ("SetByAdmin", script_spec(), {}, {"policy": {"instance_types": {"allowed": ["ml.c5.*"]}}}),
    ("ChannelNotRead", script_spec(), {}, {"policy": {"buckets": {"allowed": ["team-*"]}}}),
    ("OutputNotRead", script_spec(), {}, {"policy": {"buckets": {"allowed": ["team-*"]}}}),
    ("CheckFailed", script_spec(), {}, {"broken": "check_requirements"}),
    ("SourceInGit", script_spec(("spec.source_code.git", {"repository": "https://git.invalid/a.git"})), {}, {}),
    ("ScriptNotRead", script_spec(("spec.source_code.source_dir", "s3://@bucket@/preflight/sourcedir.tar.gz")), {}, {}),
    (
        "FileSystemNotRead",
        script_spec(
            (
                "spec.input_data_config.0",
                {
                    "channel_name": "train",
                    "file_system": {
                        "file_system_id": "fs-0123456789abcdef0",
                        "file_system_type": "EFS",
                        "directory_path": "/data",
                        "file_system_access_mode": "ro",
                    },
                },
            ),
            ("spec.networking", {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}),
        ),
        {},
        {},
    ),
    (
        "NotebookMagic",
        script_spec(("spec.source_code.entry_script", "train.ipynb")),
        {"src/train.ipynb": notebook("%pip install tqdm", SCRIPT)},
        {"left_out": "src/train.py"},
    ),
    ("RequirementConflict", script_spec(), {"src/requirements.txt": "scikit-learn==1.4.0\n"}, {}),
    ("RequirementUnreadable", script_spec(), {"src/requirements.txt": "???\n"}, {}),
    ("RequirementsNotCompared", script_spec(), {"src/requirements.txt": "tqdm\n"}, {}),
    (
        "NotTunable",
        builtin_spec(
            ("kind", "HyperParameterTuningJob"),
            (
                "tuning",
                {**TUNING, "parameter_ranges": {"integer": {"num_components": {"min_value": 1, "max_value": 2}}}},
            ),
            ("spec.algorithm", {"builtin": {"name": "pca"}}),
            ("spec.hyperparameters", {"feature_dim": 3, "mini_batch_size": 5}),
        ),
        {},
        {},
    ),
]

# Simulate asks IAM for a verdict, and changes nothing either.
READS = ("Get", "List", "Describe", "Head", "Simulate")


@pytest.fixture(scope="module")
def data(running_sandbox: SandboxInfo) -> str:
    """The bucket of the objects, beside which `-elsewhere` lies in another region."""

    def s3(region: str) -> Any:
        keys = {"aws_access_key_id": running_sandbox.env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "any"}
        return boto3.client("s3", endpoint_url=running_sandbox.endpoint_url, region_name=region, **keys)

    here, far, bucket = s3(running_sandbox.region), s3("eu-west-1"), running_sandbox.bucket
    for key, body in OBJECTS.items():
        here.put_object(Bucket=bucket, Key=f"preflight/{key}", Body=body)
    far.create_bucket(Bucket=f"{bucket}-elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    far.put_object(Bucket=f"{bucket}-elsewhere", Key="preflight/good/part-0.csv", Body=HEADERLESS)
    return bucket


@pytest.fixture
def fresh_session(sandbox: SandboxInfo) -> Iterator[AwsSession]:
    """A session whose clients are not made yet: hooks on it see every call."""
    session = AwsSession()
    yield session
    session.close()


def run(
    session: AwsSession,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    bucket: str,
    spec: dict[str, Any],
    files: dict[str, str],
    options: dict[str, Any],
) -> PreflightResult:
    for name, text in {"src/train.py": SCRIPT, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    spec = replaced(spec, bucket)
    options = {"sample_log": LOG, **options}
    identity = session.identity()
    if "role" in options:
        identity = identity.model_copy(update={"execution_role_arn": options.pop("role")})
    if "region" in options:
        identity = identity.model_copy(update={"region": options.pop("region")})
    if "role_path_guessed" in options:
        identity = identity.model_copy(update={"role_path_guessed": options.pop("role_path_guessed")})
    monkeypatch.setattr(session, "identity", lambda **_: identity)
    if "answer" in options:
        answer(monkeypatch, *options.pop("answer"))
    if "policy" in options:
        policy = AdminPolicy.model_validate(options.pop("policy"))
        state = AdminPolicyState.model_construct(policy=policy, problem=None, source=None)
        monkeypatch.setattr(session, "guard", Guard(state))
    if "denied" in options:
        deny(monkeypatch, session, options.pop("denied"))
    if "broken" in options:
        monkeypatch.setattr(f"jupyter_smext.estimators.preflight.run.{options.pop('broken')}", lambda _: 1 / 0)
    if "left_out" in options:
        (folder / options.pop("left_out")).unlink()
    if "large_bytes" in options:
        monkeypatch.setattr("jupyter_smext.estimators.preflight.source.LARGE_BYTES", options.pop("large_bytes"))
    if "volume_bytes" in options:
        small = options.pop("volume_bytes")
        monkeypatch.setattr("jupyter_smext.estimators.preflight.channels.GIGABYTE", small / 30)
    return preflight(session, spec, folder, packaged_prices(), **options)


def deny(monkeypatch: pytest.MonkeyPatch, session: AwsSession, operation: str) -> None:
    """A session that may not call an operation."""
    client = session.client("service-quotas")
    send = client._make_api_call

    def refuse(name: str, arguments: dict[str, Any]) -> Any:
        if name == operation:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, name)
        return send(name, arguments)

    monkeypatch.setattr(client, "_make_api_call", refuse)


def answer(monkeypatch: pytest.MonkeyPatch, action: str, verdict: str) -> None:
    """The iam room's report, with another verdict on one permission."""
    from jupyter_smext.estimators.preflight import permissions

    ask = permissions.preflight_request

    def report(*arguments: Any) -> Any:
        found = ask(*arguments)
        for each in found.checks:
            if each.requirement.action == action:
                each.answer = verdict
        return found

    monkeypatch.setattr(permissions, "preflight_request", report)


def replaced(value: Any, bucket: str) -> Any:
    if isinstance(value, dict):
        return {key: replaced(each, bucket) for key, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, bucket) for each in value]
    return value.replace("@bucket@", bucket) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("code", "spec", "files", "options"), [pytest.param(*fault, id=f"{n}-{fault[0]}") for n, fault in enumerate(FAULTS)]
)
def test_a_seeded_fault_is_found(
    data: str,
    sandbox_session: AwsSession,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    code: str,
    spec: dict[str, Any],
    files: dict[str, str],
    options: dict[str, Any],
) -> None:
    calls: list[str] = []

    def record(model: Any, **_: Any) -> None:
        calls.append(model.name)

    sandbox_session.boto.events.register("before-call", record)
    # How long a busy machine takes is not what is looked for here.
    monkeypatch.setattr("jupyter_smext.estimators.preflight.run.WAIT_FOR_IAM_SECONDS", 60.0)
    try:
        result = run(sandbox_session, monkeypatch, tmp_path, data, spec, files, dict(options))
    finally:
        sandbox_session.boto.events.unregister("before-call", record)
    assert [name for name in calls if not name.startswith(READS)] == []
    found = {each.code: each for each in result.findings}
    assert code in found, result.findings
    assert found[code].message
    errors = {each.code for each in result.findings if each.level is FindingLevel.ERROR} - {code}
    assert errors <= SIDE_EFFECTS.get(code, set()), errors


# Faults that cannot be seeded without another one.
SIDE_EFFECTS = {
    "InstanceTypeUnknown": {"OverAdminBudget"},
    "ChannelUnknown": {"ChannelMissing"},
    "ChannelMissing": {"HyperparameterMissing"},
    "ImageNotInRegion": {"ChannelWrongRegion", "OutputWrongRegion"},
    "IamNotChecked": {"EntryScriptMissing"},
    "ChannelNotRead": {"SetByAdmin"},
    "OutputNotRead": {"SetByAdmin"},
    "SourceInGit": {"RequestInvalid"},
}


def test_there_are_enough_faults() -> None:
    assert len({fault[0] for fault in FAULTS}) >= 40
    assert len(CLEAN) >= 20


def test_every_finding_that_there_is_was_seeded() -> None:
    sources = [path.read_text() for path in Path(preflight_package.__file__).parent.glob("*.py")]
    codes = {code for text in sources for code in re.findall(r'(?:error|warning|unknown)\(\s*"([A-Z]\w+)"', text)}
    assert len(codes) > 50
    assert codes - {fault[0] for fault in FAULTS} == set()


CLEAN = [
    script_spec(),
    script_spec(("spec.hyperparameters", {})),
    script_spec(("spec.compute.instance_type", "ml.m5.large"), ("spec.environment", {"A": "1"})),
    script_spec(("spec.input_data_config.0.content_type", "text/csv")),
    script_spec(("spec.input_data_config.0.input_mode", "FastFile")),
    script_spec(("spec.hyperparameters.learning-rate", 0.5), ("spec.hyperparameters.optimizer", "adam")),
    script_spec(("policy", {"max_cost_usd": 100})),
    script_spec(("spec.algorithm.framework", {"name": "pytorch", "version": "2.8.0"})),
    script_spec(("spec.algorithm.framework", {"name": "xgboost", "version": "1.7-1"})),
    script_spec(("spec.checkpoint_config", {"s3_uri": "s3://@bucket@/checkpoints"})),
    script_spec(channel("good/part-0.csv")),
    # The second has room.
    script_spec(
        (
            "spec.compute",
            {
                "instance_preferences": [
                    {"instance_type": "ml.c5.xlarge", "instance_count": 21},
                    {"instance_type": "ml.m5.large", "instance_count": 1},
                ]
            },
        )
    ),
    builtin_spec(),
    builtin_spec(("spec.hyperparameters.max_depth", 4)),
    builtin_spec(channel("libsvm/"), ("spec.input_data_config.0.content_type", "text/libsvm")),
    builtin_spec(
        ("spec.algorithm", {"builtin": {"name": "linear-learner"}}),
        ("spec.hyperparameters", {"predictor_type": "regressor"}),
    ),
    builtin_spec(
        ("spec.algorithm", {"builtin": {"name": "kmeans"}}), ("spec.hyperparameters", {"k": 2, "feature_dim": 3})
    ),
    builtin_spec(
        ("spec.algorithm", {"builtin": {"name": "pca"}}),
        ("spec.hyperparameters", {"num_components": 2, "feature_dim": 3, "mini_batch_size": 5}),
    ),
    builtin_spec(("spec.output_data_config", {"s3_output_path": "s3://@bucket@/out"})),
    builtin_spec(
        ("kind", "HyperParameterTuningJob"),
        ("tuning", {**TUNING, "resource_limits": {"max_number_of_training_jobs": 4, "max_parallel_training_jobs": 2}}),
    ),
    script_spec(
        ("spec.algorithm", {"training_image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1"}),
        ("spec.source_code", REMOVED),
        ("spec.hyperparameters", {}),
    ),
]


@pytest.mark.parametrize("number", range(len(CLEAN)))
def test_a_clean_spec_has_no_error(
    data: str, fresh_session: AwsSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    calls: list[str] = []
    fresh_session.boto.events.register("before-call", lambda model, **_: calls.append(model.name))
    result = run(fresh_session, monkeypatch, tmp_path, data, CLEAN[number], {}, {})
    assert [each for each in result.findings if each.level is not FindingLevel.UNKNOWN] == []
    assert result.price is not None
    assert [name for name in calls if not name.startswith(READS)] == []
    assert "GetObject" in calls


def test_slow_answers_add_up_to_little(
    data: str, fresh_session: AwsSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    channels = [{"channel_name": f"c{n}", "s3_uri": f"s3://{data}/preflight/good/"} for n in range(19)]
    spec = script_spec(
        ("spec.input_data_config", [*channels, {"channel_name": "train", "s3_uri": f"s3://{data}/preflight/good/"}])
    )
    fresh_session.boto.events.register("before-call", lambda **_: time.sleep(0.1))
    result = run(fresh_session, monkeypatch, tmp_path, data, spec, {}, {})
    assert result.seconds < 5


def test_the_price_of_a_spec_is_the_calculators_to_the_cent() -> None:
    from jupyter_smext.estimators.check import valid_spec
    from jupyter_smext.estimators.price import estimate

    table = packaged_prices()
    priced = 0
    for data in generated(300, sdk="v2"):
        spec = valid_spec(data)
        result = estimate(spec, "us-east-1", table)
        expected = by_hand(data)
        if expected is None:
            assert result.usd_at_most is None
        else:
            priced += 1
            assert result.usd_at_most == pytest.approx(expected, abs=0.005), data
    assert priced > 100


def by_hand(data: dict[str, Any]) -> float | None:
    """The same figure, computed another way: straight from the document and the raw table."""
    prices = packaged_prices().document()["prices"]["us-east-1"]

    def rate(instance_type: str) -> float | None:
        components = prices.get(instance_type, {})
        for name in ("Training", "Unspecified", "Hosting", "Processing", "Notebook", "Studio-JupyterLab"):
            if name in components:
                return float(components[name][0])
        return None

    def one(job: dict[str, Any]) -> float | None:
        compute = job["compute"]
        groups = compute.get("instance_groups") or [
            {"instance_type": compute["instance_type"], "instance_count": compute.get("instance_count", 1)}
        ]
        seconds = jobs * job["stopping_condition"]["max_runtime_in_seconds"]
        seconds += compute.get("keep_alive_period_in_seconds", 0)
        total = 0.0
        for each in groups:
            price = rate(each["instance_type"])
            if price is None:
                return None
            total += price * each["instance_count"] * seconds / 3600
        return total

    jobs = 1
    definitions = [data["spec"]]
    if "tuning" in data:
        definitions += [each["spec"] for each in data["tuning"].get("definitions", [])]
        if data["tuning"]["strategy"] == "Grid":
            jobs = 2 * len(definitions)
        else:
            jobs = data["tuning"]["resource_limits"]["max_number_of_training_jobs"]
    totals = [one(each) for each in definitions]
    return None if None in totals else max(each for each in totals if each is not None)
