"""Runs pieces of code in this environment, whose boto3 only records, and prints the requests that they would send.

Standard input: JSON, a list of {"code": ..., "folder": ...}. Standard output: JSON, a list of {"operation", "request"}
or {"error"}. Run by the tests in an environment with SDK v2 or v3.
"""

import contextlib
import functools
import io
import json
import os
import sys
import traceback
import warnings

import botocore.client
import botocore.loaders

CREATES = {"CreateTrainingJob", "CreateHyperParameterTuningJob"}
recorded = []


def answer(self, operation, parameters):
    """Stands in for AWS: notes what is created, and answers what the SDKs ask on the way."""
    if operation in CREATES:
        model = self.meta.service_model.operation_model(operation)
        from botocore.validate import validate_parameters

        validate_parameters(parameters, model.input_shape)
        recorded.append({"operation": operation, "request": parameters})
        return {
            "TrainingJobArn": "arn:aws:sagemaker:us-east-1:111122223333:training-job/x",
            "HyperParameterTuningJobArn": "arn:aws:sagemaker:us-east-1:111122223333:hyper-parameter-tuning-job/x",
        }
    return ANSWERS.get(operation, {})


ANSWERS = {
    "GetCallerIdentity": {
        "Account": "111122223333",
        "Arn": "arn:aws:sts::111122223333:assumed-role/R/s",
        "UserId": "x",
    },
    "SimulatePrincipalPolicy": {"EvaluationResults": [{"EvalDecision": "allowed"}]},
    "GetRole": {
        "Role": {
            "RoleName": "SageMaker",
            "Arn": "arn:aws:iam::111122223333:role/SageMaker",
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "sagemaker.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
        }
    },
    "DescribeTrainingJob": {
        "TrainingJobName": "x",
        "TrainingJobArn": "arn:aws:sagemaker:us-east-1:111122223333:training-job/x",
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
    },
    "DescribeAlgorithm": {
        "AlgorithmName": "x",
        "TrainingSpecification": {
            "SupportedTrainingInstanceTypes": ["ml.m5.large", "ml.m5.xlarge", "ml.c5.xlarge"],
            "SupportsDistributedTraining": True,
            "TrainingImage": "x",
            "SupportedHyperParameters": [
                {"Name": name, "Type": "FreeText"} for name in ("epochs", "learning-rate", "name", "flag", "layers")
            ],
            "TrainingChannels": [
                {
                    "Name": "train",
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedCompressionTypes": ["None"],
                    "SupportedInputModes": ["File", "Pipe", "FastFile"],
                }
            ],
        },
    },
}


def main():
    os.environ.update(
        AWS_ACCESS_KEY_ID="x",
        AWS_SECRET_ACCESS_KEY="x",
        AWS_DEFAULT_REGION="us-east-1",
        SAGEMAKER_SUPPRESS_V2_WARNING="1",
        SAGEMAKER_TELEMETRY_OPT_OUT="1",
    )
    warnings.simplefilter("ignore")
    botocore.client.BaseClient._make_api_call = answer
    # Each piece makes a session of its own, and each session would read AWS's models again.
    botocore.loaders.JSONFileLoader.load_file = functools.cache(botocore.loaders.JSONFileLoader.load_file)
    one_loader = botocore.loaders.JSONFileLoader()
    original = botocore.loaders.Loader.__init__

    def with_one_loader(self, *arguments, **keywords):
        original(self, *arguments, **keywords)
        self.file_loader = one_loader

    botocore.loaders.Loader.__init__ = with_one_loader
    results = []
    for piece in json.load(sys.stdin):
        recorded.clear()
        os.chdir(piece["folder"])
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(piece["code"], "exported.py", "exec"), {"__name__": "__main__"})
        except BaseException as error:
            results.append({"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()})
        else:
            results.append(recorded[0] if len(recorded) == 1 else {"error": f"{len(recorded)} requests were sent"})
    json.dump(results, sys.stdout, default=str)


main()
