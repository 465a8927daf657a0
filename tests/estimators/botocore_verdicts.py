"""What the botocore of this environment says to requests: standard input and output are JSON."""

import json
import sys

import boto3
from botocore.validate import ParamValidator


def without_unknown(value, shape, path, unknown):
    """The value without members that the model lacks, whose names go to ``unknown``."""
    if shape.type_name == "structure" and isinstance(value, dict):
        kept = {}
        for name, each in value.items():
            here = f"{path}.{name}".lstrip(".")
            if name in shape.members:
                kept[name] = without_unknown(each, shape.members[name], here, unknown)
            else:
                unknown.append(here)
        return kept
    if shape.type_name == "list" and isinstance(value, list):
        return [without_unknown(each, shape.member, path, unknown) for each in value]
    return value


def main():
    client = boto3.client("sagemaker", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    verdicts = []
    for request in json.load(sys.stdin):
        tuning = "HyperParameterTuningJobName" in request
        operation = "CreateHyperParameterTuningJob" if tuning else "CreateTrainingJob"
        shape = client.meta.service_model.operation_model(operation).input_shape
        unknown = []
        known = without_unknown(request, shape, "", unknown)
        report = ParamValidator().validate(known, shape)
        verdicts.append({"unknown": unknown, "errors": report.generate_report() if report.has_errors() else ""})
    json.dump(verdicts, sys.stdout)


main()
