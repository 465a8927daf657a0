"""Runs pieces of code in this environment, whose boto3 only records, and prints the requests that they would send.

Standard input: JSON, a list of {"code": ..., "folder": ...}. Standard output: JSON, a list of {"operation", "request"}
or {"error"}. Run by the tests in an environment with SDK v2 or v3.
"""

import contextlib
import datetime
import functools
import io
import json
import os
import sys
import traceback
import warnings

import botocore.client
import botocore.loaders
import botocore.session

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
        "ResponseMetadata": {},
    },
    "SimulatePrincipalPolicy": {"EvaluationResults": [{"EvalDecision": "allowed"}]},
    "ListBuckets": {"Buckets": [{"Name": "demo-default", "CreationDate": datetime.datetime(2026, 1, 1)}]},
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
    "DescribeHyperParameterTuningJob": {
        "HyperParameterTuningJobName": "x",
        "HyperParameterTuningJobArn": "arn:aws:sagemaker:us-east-1:111122223333:hyper-parameter-tuning-job/x",
        "HyperParameterTuningJobConfig": {"Strategy": "Random", "ResourceLimits": {"MaxParallelTrainingJobs": 1}},
        "HyperParameterTuningJobStatus": "InProgress",
        "CreationTime": datetime.datetime(2026, 1, 1),
        "TrainingJobStatusCounters": {},
        "ObjectiveStatusCounters": {},
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


def share_clients():
    """Each piece makes a session of its own, and each session would read AWS's models and build its clients again."""
    loader = botocore.loaders.JSONFileLoader()
    loader.load_file = functools.cache(loader.load_file)
    make_loader = botocore.loaders.Loader.__init__

    def with_one_file_loader(self, *arguments, **keywords):
        make_loader(self, *arguments, **keywords)
        self.file_loader = loader

    botocore.loaders.Loader.__init__ = with_one_file_loader
    clients = {}
    make_client = botocore.session.Session.create_client

    def shared_client(self, service_name, region_name=None, *arguments, **keywords):
        key = (service_name, region_name)
        if key not in clients:
            clients[key] = make_client(self, service_name, region_name, *arguments, **keywords)
        return clients[key]

    botocore.session.Session.create_client = shared_client


def prepare():
    """From here on boto3 only records."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="x",
        AWS_SECRET_ACCESS_KEY="x",
        AWS_DEFAULT_REGION="us-east-1",
        SAGEMAKER_SUPPRESS_V2_WARNING="1",
        SAGEMAKER_TELEMETRY_OPT_OUT="1",
    )
    warnings.simplefilter("ignore")
    botocore.client.BaseClient._make_api_call = answer
    share_clients()


def main():
    prepare()
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


if __name__ == "__main__":
    main()
