"""``sm.preflight``, ``sm.price`` and ``sm.launch``: for objects of the SageMaker SDK, and for specs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.progress import Silent
from ..estimators.launch import NAME_LIMITS
from ..estimators.launch import launch as launch_spec
from ..estimators.preflight.run import preflight as preflight_of
from ..estimators.price import price_of
from ..estimators.tokens import job_name_for, new_token
from ..server.prices import prices
from .job import Job
from .limits import allowed, guard_of
from .results import Preflight, Price
from .sdk.capture import capture
from .sdk.objects import kind_of
from .spec import Spec
from .tuning_job import TuningJob


def spec_of(given: Any, inputs: Any = None, **options: Any) -> Spec:
    """The spec behind what is given: an object of the SDK (which is captured), a :class:`Spec`, the values of one, or
    the path of a `*.sagemaker.yaml` file. ``inputs`` and ``options`` are for objects of the SDK only.

    Raises `InvalidRequest` for anything else.
    """
    if kind_of(given) is not None:
        return capture(given, inputs, **options)
    if inputs is not None or options:
        raise SmextError(ErrorCode.INVALID_REQUEST, "A spec has its inputs in itself: give none beside it.")
    if isinstance(given, Spec):
        return given
    if isinstance(given, Mapping):
        return Spec(given)
    if isinstance(given, (str, os.PathLike)):
        return Spec.read(Path(given))
    raise SmextError(
        ErrorCode.INVALID_REQUEST,
        f"A {type(given).__module__}.{type(given).__qualname__} can not be launched.",
        hint="Give an Estimator, a ModelTrainer, a tuner, a Spec, its values, or the path of a *.sagemaker.yaml file.",
    )


def preflight(estimator_or_spec: Any, inputs: Any = None, **options: Any) -> Preflight:
    """What would make the launch fail, before it costs anything; takes what :func:`launch` takes. Reads only.

    The result is true where no error was found. What could not be looked at is listed as unknown.
    """
    spec = spec_of(estimator_or_spec, inputs, **options)
    try:
        cap = guard_of(spec.aws).state.max_launch_usd
        result = preflight_of(spec.aws, spec.spec, spec.folder, prices(), max_cost_usd=cap)
    except Exception as error:
        raise from_aws(error) from error
    return Preflight.model_validate(result.model_dump())


def price(estimator_or_spec: Any, inputs: Any = None, **options: Any) -> Price:
    """The most that the launch can cost, on demand; takes what :func:`launch` takes.

    ``usd_at_most`` is None where a price is missing. Raises `InvalidRequest` where the spec is not valid.
    """
    spec = spec_of(estimator_or_spec, inputs, **options)
    return Price.model_validate(price_of(spec.aws, spec.spec, prices()).model_dump())


def launch(estimator_or_spec: Any, inputs: Any = None, **options: Any) -> Job | TuningJob:
    """Pack the code, upload it and create the job, which costs money until it ends. Each call makes one more job.

    Takes an Estimator or HyperparameterTuner of SDK v2, a ModelTrainer or HyperparameterTuner of v3 (with the
    ``inputs`` and ``options`` of its `fit`, `train` or `tune`); or a :class:`Spec`, its values, or a file's path.
    The SDK's object does not learn of the job.

    Permissions: `s3:GetObject` and `s3:PutObject` under the output path, `sagemaker:CreateTrainingJob` (or
    `sagemaker:CreateHyperParameterTuningJob`), `sagemaker:AddTags`, `iam:PassRole`. Raises :class:`SmextError`;
    `AccessDenied` also for what the administrator's policy does not allow, a price above its budget included.
    """
    spec = spec_of(estimator_or_spec, inputs, **options)
    try:
        valid = allowed(spec)
        token = new_token()
        name = job_name_for(valid.metadata.base_job_name, token, limit=NAME_LIMITS[valid.kind])
        launch_spec(spec.aws, valid, spec.folder, job_name=name, token=token, progress=Silent())
    except Exception as error:
        raise from_aws(error) from error
    return (TuningJob if valid.kind == "HyperParameterTuningJob" else Job)(name, aws=spec.aws)
