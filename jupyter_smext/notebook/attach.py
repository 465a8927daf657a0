"""``sm.attach``: the handle of a job that exists, by its name or by what launched it."""

from __future__ import annotations

from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .job import Job
from .sdk.objects import launched_name
from .tuning_job import TuningJob


def attach(job: Any) -> Job | TuningJob:
    """The training or tuning job of this name, or the one that an object of the SDK has launched last.

    Of a name AWS is asked which of the two it is: `sagemaker:DescribeTrainingJob`, and where there is no such job
    `sagemaker:DescribeHyperParameterTuningJob`. Raises `NotFound` where there is neither, or where the object has
    launched nothing.
    """
    if isinstance(job, (Job, TuningJob)):
        return job
    if isinstance(job, str):
        return _named(job)
    found = launched_name(job)
    if found is None:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"A {type(job).__module__}.{type(job).__qualname__} knows no job.",
            hint="Give the name of a job, or the Estimator, ModelTrainer or tuner that launched it.",
        )
    name, tuning = found
    session = getattr(job, "sagemaker_session", None)
    aws = AwsSession(boto=session.boto_session) if session is not None else None
    return TuningJob(name, aws=aws) if tuning else Job(name, aws=aws)


def _named(name: str) -> Job | TuningJob:
    training = Job(name)
    try:
        training.describe()
    except SmextError as missing:
        if missing.code is not ErrorCode.NOT_FOUND:
            raise
        tuning = TuningJob(name, aws=training.aws)
        try:
            tuning.describe()
        except SmextError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            raise SmextError(
                ErrorCode.NOT_FOUND,
                f"There is no training job and no tuning job {name} in {training.aws.region}.",
                hint="Check its name, the region and the account.",
                operation="DescribeTrainingJob",
            ) from None
        return tuning
    return training
