"""The validation messages, against the wording of the real services, and the patterns of the whole model."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel

from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.shapes import _pattern, validate


@pytest.fixture(scope="module")
def model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("sagemaker")


def complaint(model: ServiceModel, operation: str, **value: Any) -> str:
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    with pytest.raises(ValidationException) as caught:
        validate(shape, value)
    return caught.value.message


def test_wording(model: ServiceModel) -> None:
    variant = {"VariantName": "v", "ModelName": "ENTER MODEL NAME"}
    assert complaint(model, "CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant]) == (
        "1 validation error detected: Value 'ENTER MODEL NAME' at 'productionVariants.1.member.modelName' failed to "
        "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?"
    )
    assert complaint(model, "DescribeTrainingJob") == (
        "1 validation error detected: Value null at 'trainingJobName' failed to satisfy constraint: "
        "Member must not be null"
    )
    assert complaint(model, "ListTrainingJobs", MaxResults=0, SortOrder="Up") == (
        "2 validation errors detected: Value '0' at 'maxResults' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; Value 'Up' at 'sortOrder' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Ascending, Descending]"
    )
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/m"
    assert complaint(model, "DeleteTags", ResourceArn=arn, TagKeys=[]) == (
        "1 validation error detected: Value '[]' at 'tagKeys' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


def test_map_values(model: ServiceModel) -> None:
    message = complaint(
        model,
        "CreateTrainingJob",
        TrainingJobName="j",
        RoleArn="arn:aws:iam::123456789012:role/r",
        OutputDataConfig={"S3OutputPath": "s3://b/k"},
        HyperParameters={"a": "x" * 2501},
    )

    assert "at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [" in message
    assert "Member must have length less than or equal to 2500" in message


def test_wrong_json_type(model: ServiceModel) -> None:
    shape = model.operation_model("ListTrainingJobs").input_shape
    assert shape is not None
    for value in ({"MaxResults": "ten"}, {"MaxResults": True}, {"NameContains": 7}, []):
        with pytest.raises(AwsError) as caught:
            validate(shape, value)
        assert caught.value.code == "SerializationException"


def test_every_pattern_of_the_model_is_understood(model: ServiceModel) -> None:
    patterns = {
        pattern for name in model.shape_names if (pattern := model.shape_for(name).metadata.get("pattern")) is not None
    }
    assert len(patterns) > 200
    for pattern in patterns:
        _pattern(pattern)


def test_tags_may_hold_letters_of_any_language(model: ServiceModel) -> None:
    shape = model.operation_model("AddTags").input_shape
    assert shape is not None
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/m"
    validate(shape, {"ResourceArn": arn, "Tags": [{"Key": "größe 大", "Value": "a/b:c=1+@x"}]})
    with pytest.raises(ValidationException):
        validate(shape, {"ResourceArn": arn, "Tags": [{"Key": "a{b}", "Value": ""}]})
