"""``sm.capture``: the spec of exactly what an object of the SageMaker SDK would launch."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...aws.errors import ErrorCode, SmextError
from ...aws.session import AwsSession
from ...estimators.importer import spec_of_request
from ..spec import Spec
from .local_source import local_source
from .objects import SdkObject, parts_of, required_kind
from .recording import Recorder, quiet_copy
from .silent_losses import silent_losses
from .toolkit_form import in_toolkit_form


def capture(estimator: Any, inputs: Any = None, **options: Any) -> Spec:
    """The spec of the job that ``estimator.fit(inputs, **options)`` would start; nothing is started or uploaded.

    ``estimator`` is an Estimator (generic, framework or built-in) or HyperparameterTuner of SDK v2, or a ModelTrainer
    or HyperparameterTuner of SDK v3; ``inputs`` and ``options`` are those of its `fit`, `train` or `tune`. The SDK
    prepares the request itself, on a copy: the object is the same afterwards. Its code stays where it is on this
    machine, and is named in `spec.source_code`. What the spec cannot say stands in the result's ``warnings``.

    The SDK's own reads go to AWS; it asks for `sts:GetCallerIdentity`, and where nothing else is said for its default
    bucket (`s3:ListBucket`), the role (`iam:GetRole`) and what the role may do (`iam:SimulatePrincipalPolicy`, v3).

    Raises `InvalidRequest` for other objects, `NotSupported` for what a spec cannot be: local mode, pipelines, code
    that is started by a command. What the SDK itself raises, for example for a missing script, comes through.
    """
    kind = required_kind(estimator)
    parts = parts_of(estimator, kind)
    for part in parts:
        _require_launchable(part)
    folder = Path.cwd()
    recorder = Recorder()
    copied = _copy(estimator, parts)
    try:
        with _silent_logs(), recorder.recording():
            _launch(copied, kind, inputs, options)
    except Exception as error:
        # Version 3.27 has no request for several: its tuner asks the one ModelTrainer that is None then.
        if kind is SdkObject.TRAINER_TUNER and len(parts) > 1:
            raise SmextError(
                ErrorCode.NOT_SUPPORTED,
                f"The SDK itself fails to launch a tuner of several ModelTrainers: {type(error).__name__}: {error}",
                hint="Write a spec with `tuning.definitions`.",
            ) from error
        raise
    finally:
        _let_go(copied, kind)
    if recorder.request is None:
        raise SmextError(ErrorCode.INTERNAL, f"The {kind.value} ended without a request to launch a job.")
    notes = recorder.notes
    request = recorder.request
    if kind.of_v3:
        request = in_toolkit_form(request, parts, notes)
    imported = spec_of_request(request)
    notes += imported.notes
    _bring_code_home(imported.spec, parts, folder, notes)
    if kind.of_v3:
        _require_toolkit(imported.spec, notes)
    aws = AwsSession(boto=parts[0].sagemaker_session.boto_session)
    captured = Spec(imported.spec, folder=folder, warnings=notes, aws=aws)
    captured.warnings += silent_losses(captured, request)
    return captured


def _require_launchable(part: Any) -> None:
    session = part.sagemaker_session
    if getattr(session, "local_mode", False) or getattr(getattr(part, "training_mode", None), "name", "").startswith(
        "LOCAL"
    ):
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            "This object runs in the SDK's local mode, in containers on this machine: no job is launched.",
            hint="Give it an instance type of SageMaker. A spec runs here with `instance_type: local`.",
        )
    if type(session).__name__ == "PipelineSession":
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            "This object belongs to a pipeline: it makes a step, and no job.",
            hint="Give it a sagemaker.Session() instead of the PipelineSession.",
        )


def _copy(estimator: Any, parts: list[Any]) -> Any:
    """A deep copy whose sessions are shallow ones; jobs that were launched before stay out of it."""
    memo: dict[int, Any] = {}
    for part in parts:
        session = part.sagemaker_session
        memo.setdefault(id(session), quiet_copy(session))
        memo[id(session.boto_session)] = session.boto_session
        # It only opens a page, and has a session of its own.
        page = getattr(part, "tensorboard_app", None)
        memo[id(page)] = page
    for each in [estimator, *parts]:
        for name in ("latest_training_job", "_latest_training_job", "latest_tuning_job"):
            launched = getattr(each, name, None)
            if launched is not None:
                memo[id(launched)] = None
        if getattr(each, "jobs", None):
            memo[id(each.jobs)] = []
    return copy.deepcopy(estimator, memo)


def _launch(copied: Any, kind: SdkObject, inputs: Any, options: dict[str, Any]) -> None:
    if kind is SdkObject.MODEL_TRAINER:
        copied.train(input_data_config=inputs, **{**options, "wait": False, "logs": False})
    elif kind is SdkObject.TRAINER_TUNER:
        copied.tune(inputs=inputs, **{**options, "wait": False})
    else:
        copied.fit(inputs, **{**options, "wait": False})


def _let_go(copied: Any, kind: SdkObject) -> None:
    """A ModelTrainer removes its recipe's folder when it goes; that of the copy is the original's."""
    if kind.of_v3:
        for part in parts_of(copied, kind):
            if getattr(part, "_temp_recipe_train_dir", None) is not None:
                part._temp_recipe_train_dir = None


@contextmanager
def _silent_logs() -> Iterator[None]:
    """The SDK logs that it creates a job, before it does; here it does not."""
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict if name.split(".")[0] == "sagemaker"]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in before:
            logger.setLevel(level)


def _bring_code_home(spec: dict[str, Any], parts: list[Any], folder: Path, notes: list[str]) -> None:
    definitions = [spec, *spec.get("tuning", {}).get("definitions", [])]
    for definition, part in zip(definitions, parts, strict=True):
        source = local_source(part, folder, notes)
        if source is not None:
            definition["spec"]["source_code"] = source


def _require_toolkit(spec: dict[str, Any], notes: list[str]) -> None:
    algorithm = spec["spec"]["algorithm"]
    if "source_code" in spec["spec"] and "framework" not in algorithm:
        notes.append(
            f"{algorithm.get('training_image') or algorithm.get('algorithm_name')} is none of AWS's framework images: "
            "a launch of the spec starts the script by SageMaker's training toolkit, which must be in the image."
        )
