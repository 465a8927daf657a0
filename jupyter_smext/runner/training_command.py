"""What a training container executes: its own entrypoint, the user's script, or an algorithm of AWS's."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jupyter_smext.runner.built_in import built_in
from jupyter_smext.runner.container import Container
from jupyter_smext.runner.docker import image_arguments
from jupyter_smext.runner.failure import JobFailedError
from jupyter_smext.runner.s3_files import S3Error
from jupyter_smext.runner.script_mode import ScriptMode, entry_point, framework_error
from jupyter_smext.runner.source_code import fetch_source

_DRIVERS_CHANNEL = "sm_drivers"


@dataclass(frozen=True)
class TrainingCommand:
    """A command with the variables of the job, and the folder it runs in as the container sees it."""

    arguments: list[str]
    variables: dict[str, str]
    cwd: str
    kind: Literal["script", "container", "built-in"]
    """Who words a failure: the training toolkit, the container, or the algorithm."""


def training_command(
    request: Mapping[str, Any],
    container: Container,
    s3: Any,
    *,
    job_arn: str,
    resource_config: Mapping[str, Any],
    input_data_config: Mapping[str, Any],
    check: Callable[[], None],
) -> TrainingCommand:
    """Prepare ``container`` for the job's command: fetch its source, install its requirements.

    The channels must be there already. ``check`` may raise to give up. Raises JobFailedError.
    """
    ml, algorithm = container.ml, request["AlgorithmSpecification"]
    variables = _variables(request, container, job_arn)
    cwd = ml.inside(ml.code)
    if algorithm.get("ContainerEntrypoint"):
        _adapt_drivers(container)
        arguments = [*algorithm["ContainerEntrypoint"], *algorithm.get("ContainerArguments", [])]
        return TrainingCommand([ml.adapt(argument) for argument in arguments], variables, cwd, kind="container")
    if entry_point(request) is None:
        return TrainingCommand(_built_in_command(request, container, check), variables, cwd, kind="built-in")
    script = ScriptMode(request, ml, resource_config=resource_config, input_data_config=input_data_config)
    _fetch_source(s3, script, container, check)
    arguments = script.command()
    if script.is_package() or script.entry_point.endswith(".py"):
        container.install(ml.code, package=script.is_package(), check=check)
    return TrainingCommand(arguments, script.environment() | variables, cwd, kind="script")


def image_command(
    request: Mapping[str, Any],
    container: Container,
    s3: Any,
    *,
    job_arn: str,
    resource_config: Mapping[str, Any],
    input_data_config: Mapping[str, Any],
    check: Callable[[], None],
) -> TrainingCommand:
    """As :func:`training_command`, for a container that is the image itself: what the image does, it does itself.

    Only the source is fetched for it, which may lie in a bucket of this machine: the toolkit in AWS's images takes what
    is in ``/opt/ml/code`` already.
    """
    ml = container.ml
    if entry_point(request) is not None:
        script = ScriptMode(request, ml, resource_config=resource_config, input_data_config=input_data_config)
        _fetch_source(s3, script, container, check)
        code = {"sagemaker_submit_directory": json.dumps(ml.inside(ml.code))}
        ml.write_config("hyperparameters", {**request.get("HyperParameters", {}), **code})
    variables = _variables(request, container, job_arn)
    return TrainingCommand(image_arguments(request), variables, ml.inside(ml.path), kind="container")


def _variables(request: Mapping[str, Any], container: Container, job_arn: str) -> dict[str, str]:
    given = {name: container.ml.adapt(value) for name, value in request.get("Environment", {}).items()}
    return {"TRAINING_JOB_NAME": request["TrainingJobName"], "TRAINING_JOB_ARN": job_arn, **given}


def _built_in_command(request: Mapping[str, Any], container: Container, check: Callable[[], None]) -> list[str]:
    algorithm = request["AlgorithmSpecification"]
    found = built_in(algorithm.get("TrainingImage", ""))
    if found is None:
        raise JobFailedError(
            f"ClientError: {_image_name(algorithm)} has no local stand-in: it is neither a script "
            "(sagemaker_program) nor a command (ContainerEntrypoint), and the image itself is not run here."
        )
    container.note(f"The algorithm {found.name} is not run in its image: a local stand-in is trained.")
    if request.get("CheckpointConfig") and not found.checkpoints:
        container.note(f"CheckpointConfig has no effect: {found.name} writes no checkpoints.")
    found.install(container, check)
    return ["python", "-m", "smext_algorithms", found.name]


def _fetch_source(s3: Any, script: ScriptMode, container: Container, check: Callable[[], None]) -> None:
    ml = container.ml
    if not script.submit_directory:
        raise framework_error("sagemaker_submit_directory is missing: there is no source code to run.")
    try:
        fetch_source(s3, script.submit_directory, ml, check)
    except (S3Error, OSError, ValueError, tarfile.TarError) as error:
        raise framework_error(f"The source code at {script.submit_directory} cannot be fetched: {error}") from error


def _adapt_drivers(container: Container) -> None:
    """The SageMaker SDK's own scripts hold /opt/ml literally; where the container has none, they get its real place."""
    drivers = container.ml.data / _DRIVERS_CHANNEL
    for path in (path for path in drivers.rglob("*") if path.suffix in (".py", ".sh")):
        path.write_text(container.ml.adapt(path.read_text()))


def _image_name(algorithm: Mapping[str, Any]) -> str:
    if algorithm.get("AlgorithmName"):
        return f"The algorithm {algorithm['AlgorithmName']}"
    repository = algorithm.get("TrainingImage", "").rpartition("/")[2].partition(":")[0].partition("@")[0]
    return f"The algorithm {repository}"
