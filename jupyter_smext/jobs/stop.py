"""Stopping a training job."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ..aws.errors import SmextError, from_aws
from ..aws.session import AwsSession
from .describe import describe_job
from .models import TrainingJob


def stop_job(session: AwsSession, training_job_name: str) -> TrainingJob:
    """Ask a job to stop, and describe it. A job that has ended already is described as it is: not an error.

    SageMaker sends SIGTERM and gives the script 120 seconds to save its model before it kills it.
    Permissions: `sagemaker:StopTrainingJob`, `sagemaker:DescribeTrainingJob`.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html
    """
    try:
        session.client("sagemaker").stop_training_job(TrainingJobName=training_job_name)
    except ClientError as error:
        refusal: SmextError = from_aws(error)
        job = describe_job(session, training_job_name)
        if job.training_job_status.final:
            return job
        raise refusal from error
    return describe_job(session, training_job_name)
