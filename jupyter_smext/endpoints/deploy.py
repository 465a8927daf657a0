"""An endpoint from a finished training job: model, endpoint configuration, endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from ..jobs.describe import describe_job
from ..jobs.models import TrainingJob, TrainingJobStatus
from ..jobs.source_code import entry_point_of
from .describe import TRAINING_JOB_TAG, describe_endpoint
from .model_archive import CODE_IN_MODEL, model_with_code
from .models import DeployRequest, Endpoint
from .serving_image import serving_image

VARIANT = "AllTraffic"


def deploy(session: AwsSession, request: DeployRequest) -> Endpoint:
    """Create what an endpoint needs and describe it; it is `Creating` then, and costs money until it is deleted.

    Model, configuration and endpoint bear the same name. What exists under that name with the same content is used,
    so that a repeated call makes nothing twice; what exists with other content raises Conflict. When a step fails,
    what the steps before it created is removed again.

    Raises PreconditionFailed where the job has no model, NotSupported where no serving image is known.
    Permissions: `sagemaker:DescribeTrainingJob`, `CreateModel`, `CreateEndpointConfig`, `CreateEndpoint`, `AddTags`,
    the `Describe` and `Delete` actions of the same, `iam:PassRole` on the execution role; and those of
    :func:`~jupyter_smext.endpoints.model_archive.model_with_code` where the code goes into the model's archive.
    """
    job = describe_job(session, request.training_job_name)
    name = request.endpoint_name or job.training_job_name
    tags = [{"Key": TRAINING_JOB_TAG, "Value": job.training_job_name}]
    model = {
        "ModelName": name,
        "ExecutionRoleArn": request.execution_role_arn or job.role_arn,
        "PrimaryContainer": _container(session, job, request),
    }
    config = {
        "EndpointConfigName": name,
        "ProductionVariants": [
            {
                "VariantName": VARIANT,
                "ModelName": name,
                "InstanceType": request.instance_type,
                "InitialInstanceCount": request.initial_instance_count,
            }
        ],
    }
    endpoint = {"EndpointName": name, "EndpointConfigName": name}
    client = session.client("sagemaker")
    undo: list[tuple[str, Callable[[], Any]]] = []
    try:
        if _create("model", client.create_model, client.describe_model, model, "ModelName", tags):
            undo.append(("model", lambda: client.delete_model(ModelName=name)))
        if _create(
            "endpoint configuration",
            client.create_endpoint_config,
            client.describe_endpoint_config,
            config,
            "EndpointConfigName",
            tags,
        ):
            undo.append(("endpoint configuration", lambda: client.delete_endpoint_config(EndpointConfigName=name)))
        _create("endpoint", client.create_endpoint, client.describe_endpoint, endpoint, "EndpointName", tags)
    except Exception as error:
        raise _undone(from_aws(error), name, undo) from error
    return describe_endpoint(session, name)


def _container(session: AwsSession, job: TrainingJob, request: DeployRequest) -> dict[str, Any]:
    ended = job.training_job_status in (TrainingJobStatus.COMPLETED, TrainingJobStatus.STOPPED)
    if not ended or not job.model_artifacts:
        raise SmextError(
            ErrorCode.PRECONDITION_FAILED,
            f"Training job {job.training_job_name} is {job.training_job_status.value} and has no model.",
            hint="Deploy a job that has ended with a model.",
        )
    image = request.image or (serving_image(job.training_image, request.instance_type) if job.training_image else None)
    if image is None:
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"Training job {job.training_job_name} ran an algorithm resource, not an image.",
            hint="Name the inference image to deploy with.",
        )
    model_data_url, environment = _with_code(session, job, image, request.entry_point)
    return {"Image": image, "ModelDataUrl": model_data_url, "Environment": {**environment, **request.environment}}


def _with_code(
    session: AwsSession, job: TrainingJob, image: str, entry_point: str | None
) -> tuple[str, dict[str, str]]:
    """Where the model is, and the environment with which its container finds the script's functions.

    It is what the SDK sets: the containers of scikit-learn and XGBoost fetch the archive of the source code, those of
    the deep learning frameworks read it from the model's own archive. TensorFlow Serving needs none.
    """
    assert job.model_artifacts
    entry_point = entry_point or entry_point_of(session, job)
    if not job.source_dir or not entry_point or _repository(image) == "tensorflow-inference":
        return job.model_artifacts, {}
    if _repository(image).endswith("-inference") or not job.source_dir.endswith(".tar.gz"):
        model_data_url, code = model_with_code(session, job), CODE_IN_MODEL
    else:
        model_data_url, code = job.model_artifacts, job.source_dir
    return model_data_url, {
        "SAGEMAKER_PROGRAM": entry_point,
        "SAGEMAKER_SUBMIT_DIRECTORY": code,
        "SAGEMAKER_CONTAINER_LOG_LEVEL": "20",
        "SAGEMAKER_REGION": session.region,
    }


def _repository(image: str) -> str:
    return image.rpartition("/")[2].partition(":")[0].partition("@")[0]


def _create(
    kind: str,
    create: Callable[..., Any],
    describe: Callable[..., dict[str, Any]],
    wanted: dict[str, Any],
    name_field: str,
    tags: list[dict[str, str]],
) -> bool:
    """Whether it was created now; False where the same exists already."""
    try:
        create(**wanted, Tags=tags)
    except ClientError as error:
        if from_aws(error).code is not ErrorCode.CONFLICT:
            raise
        name = wanted[name_field]
        if _contains(describe(**{name_field: name}), wanted):
            return False
        raise SmextError(
            ErrorCode.CONFLICT,
            f"The {kind} {name} exists already, and it is another one.",
            hint="Choose another endpoint name, or delete the existing one first.",
        ) from error
    return True


def _contains(existing: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; AWS adds fields of its own to what it describes."""
    if isinstance(wanted, Mapping):
        return isinstance(existing, Mapping) and all(
            _contains(existing.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(existing, list) and len(existing) == len(wanted) and all(map(_contains, existing, wanted))
    return bool(existing == wanted)


def _undone(error: SmextError, name: str, undo: list[tuple[str, Callable[[], Any]]]) -> SmextError:
    """The error that ended a deployment, after what it had created was removed; it names what could not be."""
    left = []
    for kind, remove in reversed(undo):
        try:
            remove()
        except Exception as failure:
            left.append(f"the {kind} {name} is left ({from_aws(failure)})")
    if left:
        error.envelope.message += f" And {' and '.join(left)}."
    return error
