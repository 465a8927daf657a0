"""What a spec leaves open is filled in by the strongest layer that says it, and everybody can see by whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.sdk_defaults import SdkDefaults
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import check, parse
from jupyter_smext.estimators.defaults import ENVIRONMENT, Layer, layers_of, sdk_layer, user_layer
from jupyter_smext.studio.admin_policy import AdminPolicy, AdminPolicyState, Guard

from .specs import REMOVED, changed

SDK = {
    "SageMaker": {
        "Tags": [{"Key": "team", "Value": "sdk"}],
        "TrainingJob": {
            "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            "EnableNetworkIsolation": True,
            "ResourceConfig": {"VolumeKmsKeyId": "key-1"},
            "Environment": {"A": "sdk", "B": "sdk"},
        },
    }
}
OPEN = changed(("spec.compute.instance_type", REMOVED))


def test_the_strongest_layer_that_says_it_fills_it_in(tmp_path: Path) -> None:
    file = tmp_path / "defaults.yaml"
    file.write_text(
        "metadata: {tags: {team: mine}}\n"
        "spec:\n  compute: {instance_type: ml.c5.xlarge, volume_kms_key_id: key-2}\n  environment: {B: mine}\n"
    )
    admin = Layer("admin", "your administrator", {"spec": {"compute": {"instance_type": "ml.m5.xlarge"}}})
    layers = [admin, *user_layer(file), sdk_layer(SdkDefaults(SDK))]
    checked = check(changed(("spec.environment", {"A": "spec"}), base=OPEN), layers=layers)
    assert checked.problems == []
    assert checked.spec is not None
    job = checked.spec.spec
    assert job.compute.instance_type == "ml.m5.xlarge"
    assert job.compute.volume_kms_key_id == "key-2"
    assert job.environment == {"A": "spec", "B": "mine"}
    assert (job.networking.subnets, job.networking.enable_network_isolation) == (["subnet-1"], True)
    assert checked.spec.metadata.tags["team"] == "mine"
    origins = {path[-1]: origin.layer for path, origin in checked.origins.items()}
    assert origins["instance_type"] == "admin"
    assert origins["volume_kms_key_id"] == "user"
    assert origins["subnets"] == "sdk"
    assert "A" not in origins, "the spec's own"


def test_no_layer_contradicts_a_choice_of_the_spec() -> None:
    layer = Layer(
        "user",
        "mine",
        {"spec": {"compute": {"instance_type": "ml.c5.xlarge"}, "algorithm": {"builtin": {"name": "pca"}}}},
    )
    groups = [{"instance_group_name": "a", "instance_type": "ml.m5.large"}]
    checked = check(changed(("spec.compute.instance_groups", groups), base=OPEN), layers=[layer])
    assert checked.spec is not None
    assert checked.spec.spec.compute.instance_type is None
    assert checked.spec.spec.algorithm.builtin is None
    assert checked.origins == {}


def test_a_wrong_default_says_whose_it_is() -> None:
    layer = Layer("user", "/home/me/defaults.yaml", {"spec": {"compute": {"volume_size_in_gb": 0}}})
    [problem] = check(changed(), layers=[layer]).problems
    assert problem.path == "spec.compute.volume_size_in_gb"
    assert "It comes from /home/me/defaults.yaml." in problem.message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "defaults.yaml"
    file.write_text("spec: [")
    with pytest.raises(SmextError, match=r"defaults\.yaml"):
        user_layer(file)


def test_a_session_knows_its_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox_session: AwsSession
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("spec: {compute: {volume_size_in_gb: 50}}\n")
    monkeypatch.setenv(ENVIRONMENT, str(file))
    policy = AdminPolicy.model_validate({"instance_types": {"default": "ml.m5.xlarge"}})
    state: Any = AdminPolicyState.model_construct(policy=policy, problem=None, source=None)
    monkeypatch.setattr(sandbox_session, "guard", Guard(state))
    layers = layers_of(sandbox_session)
    assert [layer.name for layer in layers] == ["admin", "user"]
    text = "metadata: {base_job_name: a}\nspec:\n  algorithm: {training_image: '1.dkr/x:1'}\n"
    parsed = parse(text, layers=layers)
    assert parsed.problems == []
    assert parsed.origins["spec.compute.instance_type"].layer == "admin"
    assert parsed.origins["spec.compute.volume_size_in_gb"].source == str(file)
