"""What an object of the SageMaker SDK is, told by what it can do, so that no version of the SDK has to be imported."""

from __future__ import annotations

from enum import Enum
from typing import Any

from ...aws.errors import ErrorCode, SmextError


class SdkObject(Enum):
    """The kinds that launch a job."""

    ESTIMATOR = "Estimator of SDK v2"
    TUNER = "HyperparameterTuner of SDK v2"
    MODEL_TRAINER = "ModelTrainer of SDK v3"
    TRAINER_TUNER = "HyperparameterTuner of SDK v3"

    @property
    def of_v3(self) -> bool:
        return self in (SdkObject.MODEL_TRAINER, SdkObject.TRAINER_TUNER)


def kind_of(given: Any) -> SdkObject | None:
    """The kind of an object, None for anything that is not the SDK's."""
    if isinstance(given, type) or not _is_of_sdk(given):
        return None
    if hasattr(given, "hyperparameter_ranges") or hasattr(given, "_hyperparameter_ranges"):
        return SdkObject.TRAINER_TUNER if hasattr(given, "tune") else SdkObject.TUNER
    if hasattr(given, "train") and hasattr(given, "training_mode"):
        return SdkObject.MODEL_TRAINER
    if hasattr(given, "fit") and hasattr(given, "sagemaker_session"):
        return SdkObject.ESTIMATOR
    return None


def required_kind(given: Any) -> SdkObject:
    """The kind of an object. Raises `InvalidRequest` for anything that launches no job by the SDK."""
    kind = kind_of(given)
    if kind is None:
        what = f"{given.__qualname__}, a class," if isinstance(given, type) else f"A {_full_name(type(given))}"
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"{what} is nothing that the SageMaker SDK launches.",
            hint="Give an Estimator or HyperparameterTuner of SDK v2, or a ModelTrainer or HyperparameterTuner of v3.",
        )
    return kind


def launched_name(given: Any) -> tuple[str, bool] | None:
    """Name of the job that an object of the SDK has launched last or stands for, and whether it is a tuning job.

    None for an object that is not the SDK's. Raises `NotFound` where it has launched nothing yet.
    """
    for name, tuning in (("training_job_name", False), ("hyper_parameter_tuning_job_name", True)):
        found = getattr(given, name, None)
        if isinstance(found, str) and _is_of_sdk(given):
            return found, tuning  # TrainingJob and HyperParameterTuningJob of v3
    kind = kind_of(given)
    if kind is None:
        return None
    tuning = kind in (SdkObject.TUNER, SdkObject.TRAINER_TUNER)
    latest = getattr(given, "latest_tuning_job" if tuning else "latest_training_job", None)
    latest = latest or getattr(given, "_latest_training_job", None)
    if latest is None:
        raise SmextError(
            ErrorCode.NOT_FOUND,
            f"This {kind.value} has launched no job yet.",
            hint="Call `sm.launch(...)`, or the SDK's own fit, train or tune with wait=False.",
        )
    found = launched_name(latest)
    return found if found else (str(latest.name), tuning)


def parts_of(given: Any, kind: SdkObject) -> list[Any]:
    """The Estimators or ModelTrainers of an object: itself, or those of a tuner in the order of the request."""
    if kind in (SdkObject.ESTIMATOR, SdkObject.MODEL_TRAINER):
        return [given]
    one, several = ("model_trainer", "model_trainer_dict") if kind.of_v3 else ("estimator", "estimator_dict")
    if getattr(given, one, None) is not None:
        return [getattr(given, one)]
    named = getattr(given, several)
    return [named[name] for name in sorted(named)]


def _is_of_sdk(given: Any) -> bool:
    return any(each.__module__.split(".")[0] in ("sagemaker", "sagemaker_core") for each in type(given).__mro__)


def _full_name(given: type) -> str:
    return f"{given.__module__}.{given.__qualname__}"
