from __future__ import annotations

from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.estimators.check import valid_spec
from jupyter_smext.estimators.request import Place, spec_sha256, training_request
from jupyter_smext.estimators.request_check import require_valid, unknown_members

from .specs import REMOVED, SCRIPT_SPEC, changed

PLACE = Place("us-east-1", "arn:aws:iam::111122223333:role/Default", "demo-default")
SOURCE = "s3://demo-default/smext-source/abc/sourcedir.tar.gz"


def request_of(spec: dict[str, Any], place: Place = PLACE, source_uri: str | None = SOURCE) -> dict[str, Any]:
    return training_request(
        valid_spec(spec), place, job_name="churn-1", source_uri=source_uri, own_tags={"smext:x": "y"}
    )


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    return AwsSession(region="us-east-1")


def test_a_script_is_handed_over_as_the_toolkit_expects_it(session: AwsSession) -> None:
    request = request_of(SCRIPT_SPEC)
    require_valid(session, "CreateTrainingJob", request)
    assert request == {
        "TrainingJobName": "churn-1",
        "AlgorithmSpecification": {
            "TrainingImage": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "train:acc", "Regex": "train-acc=([0-9.]+);"}],
        },
        "RoleArn": "arn:aws:iam::111122223333:role/SageMaker",
        "HyperParameters": {
            "C": "0.5",
            "epochs": "2",
            "name": '"x"',
            "sagemaker_submit_directory": f'"{SOURCE}"',
            "sagemaker_program": '"train.py"',
            "sagemaker_container_log_level": "20",
            "sagemaker_job_name": '"churn-1"',
            "sagemaker_region": '"us-east-1"',
        },
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": "s3://demo-data/train/",
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://demo-default"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "ProfilerConfig": {"DisableProfiler": True},
        "Tags": [{"Key": "project", "Value": "churn"}, {"Key": "smext:x", "Value": "y"}],
    }


def test_every_part_of_the_spec_reaches_the_request(session: AwsSession) -> None:
    request = request_of(
        changed(
            ("metadata.experiment", {"experiment_name": "e", "run_name": "r"}),
            ("spec.environment", {"A": "1"}),
            (
                "spec.output_data_config",
                {"s3_output_path": "s3://out/p", "kms_key_id": "k", "compression_type": "NONE"},
            ),
            ("spec.compute.enable_managed_spot_training", True),
            ("spec.compute.volume_kms_key_id", "vk"),
            ("spec.stopping_condition.max_wait_time_in_seconds", 7200),
            ("spec.stopping_condition.max_pending_time_in_seconds", 1800),
            ("spec.checkpoint_config", {"s3_uri": "s3://c/p", "local_path": "/opt/ml/checkpoints"}),
            ("spec.retry_strategy", {"maximum_retry_attempts": 2}),
            (
                "spec.networking",
                {
                    "subnets": ["subnet-1"],
                    "security_group_ids": ["sg-1"],
                    "enable_inter_container_traffic_encryption": True,
                },
            ),
            (
                "spec.input_data_config.0",
                {
                    "channel_name": "train",
                    "file_system": {"file_system_id": "fs-12345678", "directory_path": "/data"},
                    "input_mode": "File",
                },
            ),
            (
                "spec.input_data_config.1",
                {
                    "channel_name": "aug",
                    "s3_uri": "s3://b/m.json",
                    "s3_data_type": "AugmentedManifestFile",
                    "s3_data_distribution_type": "ShardedByS3Key",
                    "attribute_names": ["image", "label"],
                    "content_type": "application/x-recordio",
                    "record_wrapper_type": "RecordIO",
                    "compression_type": "None",
                    "shuffle_config": {"seed": 7},
                    "input_mode": "Pipe",
                },
            ),
        )
    )
    require_valid(session, "CreateTrainingJob", request)
    assert request["ExperimentConfig"] == {"ExperimentName": "e", "RunName": "r"}
    assert request["Environment"] == {"A": "1"}
    assert request["OutputDataConfig"] == {"S3OutputPath": "s3://out/p", "KmsKeyId": "k", "CompressionType": "NONE"}
    assert request["EnableManagedSpotTraining"] is True
    assert request["ResourceConfig"]["VolumeKmsKeyId"] == "vk"
    assert request["StoppingCondition"] == {
        "MaxRuntimeInSeconds": 3600,
        "MaxWaitTimeInSeconds": 7200,
        "MaxPendingTimeInSeconds": 1800,
    }
    assert request["CheckpointConfig"] == {"S3Uri": "s3://c/p", "LocalPath": "/opt/ml/checkpoints"}
    assert request["RetryStrategy"] == {"MaximumRetryAttempts": 2}
    assert request["VpcConfig"] == {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    assert request["EnableInterContainerTrafficEncryption"] is True
    assert request["InputDataConfig"] == [
        {
            "ChannelName": "train",
            "InputMode": "File",
            "DataSource": {
                "FileSystemDataSource": {
                    "FileSystemId": "fs-12345678",
                    "FileSystemType": "EFS",
                    "FileSystemAccessMode": "ro",
                    "DirectoryPath": "/data",
                }
            },
        },
        {
            "ChannelName": "aug",
            "ContentType": "application/x-recordio",
            "RecordWrapperType": "RecordIO",
            "CompressionType": "None",
            "InputMode": "Pipe",
            "ShuffleConfig": {"Seed": 7},
            "DataSource": {
                "S3DataSource": {
                    "S3DataType": "AugmentedManifestFile",
                    "S3Uri": "s3://b/m.json",
                    "S3DataDistributionType": "ShardedByS3Key",
                    "AttributeNames": ["image", "label"],
                }
            },
        },
    ]


def test_groups_and_preferences_stand_instead_of_a_type(session: AwsSession) -> None:
    groups = [{"instance_group_name": "a", "instance_type": "ml.m5.large", "instance_count": 2}]
    request = request_of(changed(("spec.compute", {"instance_groups": groups})))
    require_valid(session, "CreateTrainingJob", request)
    assert request["ResourceConfig"] == {
        "InstanceGroups": [{"InstanceGroupName": "a", "InstanceType": "ml.m5.large", "InstanceCount": 2}],
        "VolumeSizeInGB": 30,
    }
    preferences = [{"instance_type": "ml.m5.large"}, {"instance_type": "ml.c5.large", "instance_count": 3}]
    request = request_of(changed(("spec.compute", {"instance_preferences": preferences})))
    assert request["ResourceConfig"] == {
        "InstancePreferences": [
            {"InstanceType": "ml.m5.large"},
            {"InstanceType": "ml.c5.large", "InstanceCount": 3},
        ],
        "VolumeSizeInGB": 30,
    }


def test_a_built_in_algorithm_gets_plain_values() -> None:
    spec = changed(
        ("spec.algorithm", {"builtin": {"name": "xgboost", "version": "1.7-1"}}),
        ("spec.source_code", REMOVED),
        ("spec.hyperparameters", {"objective": "reg:squarederror", "num_round": 10, "eta": 0.2, "flag": True}),
    )
    request = request_of(spec, source_uri=None)
    assert request["HyperParameters"] == {
        "objective": "reg:squarederror", "num_round": "10", "eta": "0.2", "flag": "true",
    }  # fmt: skip
    assert request["AlgorithmSpecification"]["TrainingImage"].endswith("/sagemaker-xgboost:1.7-1")


def test_an_image_of_your_own_and_an_algorithm_resource(session: AwsSession) -> None:
    own = changed(
        (
            "spec.algorithm",
            {
                "training_image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/mine:1",
                "container_entrypoint": ["python3", "/opt/run.py"],
                "container_arguments": ["--fast"],
            },
        ),
        ("spec.source_code", REMOVED),
    )
    request = request_of(own, source_uri=None)
    require_valid(session, "CreateTrainingJob", request)
    assert request["AlgorithmSpecification"] == {
        "TrainingImage": "111122223333.dkr.ecr.us-east-1.amazonaws.com/mine:1",
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["python3", "/opt/run.py"],
        "ContainerArguments": ["--fast"],
    }
    bought = changed(
        ("spec.algorithm", {"algorithm_name": "arn:aws:sagemaker:us-east-1:1:algorithm/x"}),
        ("spec.source_code", REMOVED),
    )
    assert request_of(bought, source_uri=None)["AlgorithmSpecification"] == {
        "AlgorithmName": "arn:aws:sagemaker:us-east-1:1:algorithm/x",
        "TrainingInputMode": "File",
    }


def test_without_a_network_the_code_comes_as_a_channel() -> None:
    request = request_of(changed(("spec.networking", {"enable_network_isolation": True})))
    assert request["EnableNetworkIsolation"] is True
    assert request["InputDataConfig"][-1]["ChannelName"] == "code"
    assert request["InputDataConfig"][-1]["DataSource"]["S3DataSource"]["S3Uri"] == SOURCE
    assert request["HyperParameters"]["sagemaker_submit_directory"] == '"/opt/ml/input/data/code/sourcedir.tar.gz"'


def test_the_place_fills_in_what_the_spec_leaves_out() -> None:
    place = Place("eu-west-1", "arn:aws:iam::111122223333:role/Default", "bucket", "team/a")
    request = request_of(changed(("spec.role", REMOVED)), place)
    assert request["RoleArn"] == "arn:aws:iam::111122223333:role/Default"
    assert request["OutputDataConfig"]["S3OutputPath"] == "s3://bucket/team/a"
    assert ".eu-west-1." in request["AlgorithmSpecification"]["TrainingImage"]


def test_no_role_and_no_image_are_explained() -> None:
    with pytest.raises(SmextError, match="No execution role") as caught:
        request_of(changed(("spec.role", REMOVED)), Place("us-east-1", None, "b"))
    assert caught.value.code is ErrorCode.INVALID_REQUEST
    with pytest.raises(SmextError, match="no image in the region mars-1"):
        request_of(SCRIPT_SPEC, Place("mars-1", None, "b"))


def test_the_hash_is_of_the_values_and_not_of_their_order() -> None:
    spec = valid_spec(SCRIPT_SPEC)
    again = valid_spec(dict(reversed(SCRIPT_SPEC.items())))
    assert spec_sha256(spec) == spec_sha256(again)
    assert spec_sha256(valid_spec(changed(("spec.hyperparameters.epochs", 3)))) != spec_sha256(spec)


def test_members_that_the_installed_boto3_lacks_are_named(session: AwsSession) -> None:
    shape = session.client("sagemaker").meta.service_model.operation_model("CreateTrainingJob").input_shape
    request = request_of(SCRIPT_SPEC) | {"Newer": 1}
    request["ResourceConfig"]["Faster"] = True
    assert unknown_members(request, shape) == ["ResourceConfig.Faster", "Newer"]
    with pytest.raises(SmextError, match=r"ResourceConfig\.Faster") as caught:
        require_valid(session, "CreateTrainingJob", request)
    assert caught.value.code is ErrorCode.NOT_SUPPORTED
