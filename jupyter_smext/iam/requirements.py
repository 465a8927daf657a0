"""Which permissions a SageMaker request needs: who, which action, on what, with which context, and when.

Read off the request itself, so that a forgotten S3 path in a debugger or checkpoint setting counts too.
https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .arn import Arn
from .models import Moment, Requirement, Subject

SERVICE = "sagemaker.amazonaws.com"
Request = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a request is made, and by whom."""

    region: str
    account: str
    caller: str | None = None
    """ARN of the caller, if known."""
    partition: str = "aws"
    model_roles: Mapping[str, str] | None = None
    """Execution role of each model by name, for requests that name models only."""


def requirements(operation: str, request: Request, place: Place) -> list[Requirement]:
    """Every permission that the request needs, each once, in the order in which it is needed.

    `operation` is one of `OPERATIONS`; KeyError for another one.
    """
    found = OPERATIONS[operation](_Writer(place), request)
    return list({requirement.model_dump_json(): requirement for requirement in found}.values())


def local_mode_requirements(request: Request, place: Place) -> list[Requirement]:
    """What local mode needs for a CreateTrainingJob request: the caller reads, writes and pulls; no role is assumed.

    Input is read, output written and the image pulled with the credentials of the notebook.
    """
    writer = _Writer(place, role=place.caller, subject="caller")
    found = [
        *_inputs(writer, request.get("InputDataConfig", []), "InputDataConfig"),
        *_output(writer, request.get("OutputDataConfig", {}), "OutputDataConfig"),
        *_source(writer, request.get("HyperParameters", {}), "HyperParameters"),
        *_image(writer, _at(request, "AlgorithmSpecification.TrainingImage"), "AlgorithmSpecification.TrainingImage"),
    ]
    return list({requirement.model_dump_json(): requirement for requirement in found}.values())


class _Writer:
    """Writes requirements for the subjects of one request."""

    def __init__(self, place: Place, role: str | None = None, subject: Subject = "execution_role") -> None:
        self.place = place
        self._role = role
        self._subject: Subject = subject

    def for_role(self, role: str | None) -> _Writer:
        return _Writer(self.place, role)

    def arn(self, service: str, resource: str) -> str:
        place = self.place
        return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{resource}"

    def caller(self, action: str, resource: str, reason: str, field: str, **context: Any) -> Requirement:
        return Requirement(
            subject="caller",
            principal=self.place.caller,
            action=action,
            resource=resource,
            resource_account=_owner(resource) or self.place.account,
            context=context.get("context", {}),
            when="call",
            reason=reason,
            field=field,
        )

    def role(
        self,
        action: str,
        resource: str,
        reason: str,
        field: str,
        when: Moment = "run",
        context: Mapping[str, Any] | None = None,
    ) -> Requirement:
        owner = _owner(resource) or (None if ":s3:::" in resource else self.place.account)
        return Requirement(
            subject=self._subject,
            principal=self._role,
            action=action,
            resource=resource,
            resource_account=owner,
            context=dict(context or {}),
            when=when,
            reason=reason,
            field=field,
        )


def _owner(resource: str) -> str | None:
    arn = Arn.parse(resource)
    return arn.account or None if arn else None


def _at(request: Any, path: str) -> Any:
    """The value at a dotted path, or None."""
    for name in path.split("."):
        if not isinstance(request, Mapping):
            return None
        request = request.get(name)
    return request


# -- The four requests


def _training_job(writer: _Writer, request: Request) -> Iterator[Requirement]:
    job = writer.arn("sagemaker", f"training-job/{request.get('TrainingJobName', '*')}")
    yield writer.caller(
        "sagemaker:CreateTrainingJob",
        job,
        "start the training job",
        "TrainingJobName",
        context=_launch_context(request),
    )
    yield from _tags(writer, request, job)
    yield from _pass_role(writer, request.get("RoleArn"), "RoleArn", job)
    yield from _job_body(writer.for_role(request.get("RoleArn")), request, "", "TrainingJobs")


def _tuning_job(writer: _Writer, request: Request) -> Iterator[Requirement]:
    job = writer.arn("sagemaker", f"hyper-parameter-tuning-job/{request.get('HyperParameterTuningJobName', '*')}")
    definitions: list[tuple[str, Request]] = []
    if one := request.get("TrainingJobDefinition"):
        definitions.append(("TrainingJobDefinition", one))
    for index, definition in enumerate(request.get("TrainingJobDefinitions", [])):
        definitions.append((f"TrainingJobDefinitions[{index}]", definition))
    context: dict[str, Any] = {}
    for _, definition in definitions:
        for key, value in _launch_context(definition).items():
            context[key] = [*context[key], *value] if isinstance(value, list) and key in context else value
    yield writer.caller(
        "sagemaker:CreateHyperParameterTuningJob",
        job,
        "start the tuning job",
        "HyperParameterTuningJobName",
        context=context,
    )
    yield from _tags(writer, request, job)
    for name, definition in definitions:
        role = definition.get("RoleArn")
        yield from _pass_role(writer, role, f"{name}.RoleArn", job)
        yield from _job_body(writer.for_role(role), definition, f"{name}.", "TrainingJobs")


def _job_body(writer: _Writer, job: Request, at: str, log_group: str) -> Iterator[Requirement]:
    """What the execution role of a training job needs, wherever the job is defined."""
    yield from _inputs(writer, job.get("InputDataConfig", []), f"{at}InputDataConfig")
    yield from _output(writer, job.get("OutputDataConfig", {}), f"{at}OutputDataConfig")
    yield from _source(writer, job.get("HyperParameters", {}), f"{at}HyperParameters")
    yield from _source(writer, job.get("StaticHyperParameters", {}), f"{at}StaticHyperParameters")
    checkpoints = _at(job, "CheckpointConfig.S3Uri")
    yield from _read_prefix(writer, checkpoints, f"{at}CheckpointConfig.S3Uri", "checkpoints")
    yield from _write_prefix(writer, checkpoints, f"{at}CheckpointConfig.S3Uri", "checkpoints")
    for path, reason in (
        ("DebugHookConfig.S3OutputPath", "debugger output"),
        ("ProfilerConfig.S3OutputPath", "profiler output"),
        ("TensorBoardOutputConfig.S3OutputPath", "TensorBoard output"),
    ):
        yield from _write_prefix(writer, _at(job, path), f"{at}{path}", reason)
    for index, rule in enumerate(job.get("DebugRuleConfigurations", [])):
        field = f"{at}DebugRuleConfigurations[{index}]"
        yield from _write_prefix(writer, rule.get("S3OutputPath"), f"{field}.S3OutputPath", "debugger rule output")
        yield from _image(writer, rule.get("RuleEvaluatorImage"), f"{field}.RuleEvaluatorImage")
    image = "AlgorithmSpecification.TrainingImage"
    yield from _image(writer, _at(job, image), f"{at}{image}")
    for resources in ("ResourceConfig", "HyperParameterTuningResourceConfig"):
        yield from _volume_key(writer, _at(job, f"{resources}.VolumeKmsKeyId"), f"{at}{resources}.VolumeKmsKeyId")
    yield from _network(writer, job.get("VpcConfig"), f"{at}VpcConfig")
    yield from _logs(writer, log_group)


def _model(writer: _Writer, request: Request) -> Iterator[Requirement]:
    model = writer.arn("sagemaker", f"model/{request.get('ModelName', '*')}")
    context = {"sagemaker:NetworkIsolation": bool(request.get("EnableNetworkIsolation")), **_vpc_context(request)}
    yield writer.caller("sagemaker:CreateModel", model, "create the model", "ModelName", context=context)
    yield from _tags(writer, request, model)
    role = writer.for_role(request.get("ExecutionRoleArn"))
    yield from _pass_role(writer, request.get("ExecutionRoleArn"), "ExecutionRoleArn", model)
    containers = [("PrimaryContainer", request.get("PrimaryContainer"))]
    containers += [(f"Containers[{index}]", entry) for index, entry in enumerate(request.get("Containers", []))]
    for field, container in containers:
        if not container:
            continue
        multi_model = container.get("Mode") == "MultiModel"
        url = container.get("ModelDataUrl")
        if multi_model:
            yield from _read_prefix(role, url, f"{field}.ModelDataUrl", "models of a multi-model endpoint", "call")
        else:
            yield from _read_object(role, url, f"{field}.ModelDataUrl", "model artifact", "call")
        source = _at(container, "ModelDataSource.S3DataSource") or {}
        read = _read_prefix if source.get("S3DataType") == "S3Prefix" else _read_object
        yield from read(role, source.get("S3Uri"), f"{field}.ModelDataSource.S3DataSource.S3Uri", "model", "call")
        script = (container.get("Environment") or {}).get("SAGEMAKER_SUBMIT_DIRECTORY")
        yield from _read_object(role, script, f"{field}.Environment.SAGEMAKER_SUBMIT_DIRECTORY", "source code")
        yield from _image(role, container.get("Image"), f"{field}.Image")
    yield from _network(role, request.get("VpcConfig"), "VpcConfig")
    yield from _logs(role, "Endpoints")


def _endpoint_config(writer: _Writer, request: Request) -> Iterator[Requirement]:
    name = request.get("EndpointConfigName", "*")
    config = writer.arn("sagemaker", f"endpoint-config/{name}")
    variants = [*request.get("ProductionVariants", []), *request.get("ShadowProductionVariants", [])]
    types = [variant["InstanceType"] for variant in variants if "InstanceType" in variant]
    context: dict[str, Any] = {"sagemaker:InstanceTypes": types} if types else {}
    key = request.get("KmsKeyId")
    if key:
        context["sagemaker:VolumeKmsKey"] = key
    yield writer.caller(
        "sagemaker:CreateEndpointConfig",
        config,
        "create the endpoint configuration",
        "EndpointConfigName",
        context=context,
    )
    yield from _tags(writer, request, config)
    if key:
        yield writer.caller(
            "kms:CreateGrant",
            _key_arn(writer, key),
            "let the endpoint's volumes use the key",
            "KmsKeyId",
            context={"kms:GrantIsForAWSResource": True},
        )
    yield from _pass_role(writer, request.get("ExecutionRoleArn"), "ExecutionRoleArn", config)
    roles = {request.get("ExecutionRoleArn")} if request.get("ExecutionRoleArn") else set()
    known = writer.place.model_roles or {}
    roles |= {known.get(str(variant.get("ModelName"))) for variant in variants}
    for role in sorted(roles, key=str):
        of_role = writer.for_role(role)
        capture = request.get("DataCaptureConfig") or {}
        yield from _write_prefix(
            of_role, capture.get("DestinationS3Uri"), "DataCaptureConfig.DestinationS3Uri", "captured data"
        )
        if capture.get("KmsKeyId") and capture.get("DestinationS3Uri"):
            yield of_role.role(
                "kms:GenerateDataKey",
                _key_arn(writer, capture["KmsKeyId"]),
                "encrypt captured data",
                "DataCaptureConfig.KmsKeyId",
            )
        yield from _write_prefix(
            of_role,
            _at(request, "AsyncInferenceConfig.OutputConfig.S3OutputPath"),
            "AsyncInferenceConfig.OutputConfig.S3OutputPath",
            "results of asynchronous inference",
        )


def _endpoint(writer: _Writer, request: Request) -> Iterator[Requirement]:
    endpoint = writer.arn("sagemaker", f"endpoint/{request.get('EndpointName', '*')}")
    config = writer.arn("sagemaker", f"endpoint-config/{request.get('EndpointConfigName', '*')}")
    yield writer.caller("sagemaker:CreateEndpoint", endpoint, "create the endpoint", "EndpointName")
    yield writer.caller("sagemaker:CreateEndpoint", config, "use the endpoint configuration", "EndpointConfigName")
    yield from _tags(writer, request, endpoint)


OPERATIONS: Mapping[str, Callable[[_Writer, Request], Iterator[Requirement]]] = {
    "CreateTrainingJob": _training_job,
    "CreateHyperParameterTuningJob": _tuning_job,
    "CreateModel": _model,
    "CreateEndpointConfig": _endpoint_config,
    "CreateEndpoint": _endpoint,
}


# -- What the requests are made of


def _launch_context(request: Request) -> dict[str, Any]:
    """The condition keys of sagemaker:CreateTrainingJob that the request settles.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """
    resources = request.get("ResourceConfig") or request.get("HyperParameterTuningResourceConfig") or {}
    groups = resources.get("InstanceGroups") or resources.get("InstanceConfigs") or [resources]
    types = [group["InstanceType"] for group in groups if "InstanceType" in group]
    context: dict[str, Any] = {
        "sagemaker:InstanceTypes": types or None,
        "sagemaker:NetworkIsolation": bool(request.get("EnableNetworkIsolation")),
        "sagemaker:InterContainerTrafficEncryption": bool(request.get("EnableInterContainerTrafficEncryption")),
        **_vpc_context(request),
    }
    for key, path in (
        ("sagemaker:VolumeKmsKeyArn", "ResourceConfig.VolumeKmsKeyId"),
        ("sagemaker:OutputKmsKeyArn", "OutputDataConfig.KmsKeyId"),
        ("sagemaker:MaxRuntimeInSeconds", "StoppingCondition.MaxRuntimeInSeconds"),
        ("sagemaker:KeepAlivePeriod", "ResourceConfig.KeepAlivePeriodInSeconds"),
    ):
        if value := _at(request, path):
            context[key] = value
        elif key.endswith("KmsKeyArn"):
            context[key] = None
    return context


def _vpc_context(request: Request) -> dict[str, Any]:
    vpc = request.get("VpcConfig") or {}
    return {
        "sagemaker:VpcSubnets": vpc.get("Subnets") or None,
        "sagemaker:VpcSecurityGroupIds": vpc.get("SecurityGroupIds") or None,
    }


def _tags(writer: _Writer, request: Request, resource: str) -> Iterator[Requirement]:
    tags = request.get("Tags") or []
    if not tags:
        return
    context: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags}
    context["aws:TagKeys"] = [tag["Key"] for tag in tags]
    yield writer.caller("sagemaker:AddTags", resource, "tag it at creation", "Tags", context=context)


def _pass_role(writer: _Writer, role: str | None, field: str, resource: str) -> Iterator[Requirement]:
    """The caller hands the role over, and the role lets SageMaker take it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html
    """
    if not role:
        return
    yield writer.caller(
        "iam:PassRole",
        role,
        "hand the execution role to SageMaker",
        field,
        context={"iam:PassedToService": SERVICE, "iam:AssociatedResourceArn": resource},
    )
    place = writer.place
    yield Requirement(
        subject="sagemaker",
        principal=SERVICE,
        action="sts:AssumeRole",
        resource=role,
        resource_account=_owner(role),
        context={
            "aws:SourceAccount": place.account,
            "aws:SourceArn": f"arn:{place.partition}:sagemaker:{place.region}:{place.account}:*",
        },
        when="call",
        reason="assume the execution role",
        field=field,
    )


def _split(uri: Any) -> tuple[str, str] | None:
    """Bucket and key of an S3 URI, in either of its spellings."""
    found = re.fullmatch(r"(?:s3://|https?://s3[\w.-]*\.amazonaws\.com/)([^/]+)/?(.*)", str(uri or ""))
    return (found[1], found[2]) if found else None


def _s3(writer: _Writer, bucket: str, key: str | None = None) -> str:
    return f"arn:{writer.place.partition}:s3:::{bucket}" + ("" if key is None else f"/{key}")


def _read_object(writer: _Writer, uri: Any, field: str, reason: str, when: Moment = "run") -> Iterator[Requirement]:
    if parts := _split(uri):
        yield writer.role("s3:GetObject", _s3(writer, *parts), f"read the {reason}", field, when)


def _read_prefix(writer: _Writer, uri: Any, field: str, reason: str, when: Moment = "run") -> Iterator[Requirement]:
    if parts := _split(uri):
        bucket, key = parts
        listing = {"s3:prefix": key}
        yield writer.role("s3:ListBucket", _s3(writer, bucket), f"list the {reason}", field, "call", listing)
        yield writer.role("s3:GetObject", _s3(writer, bucket, f"{key}*"), f"read the {reason}", field, when)


def _write_prefix(writer: _Writer, uri: Any, field: str, reason: str) -> Iterator[Requirement]:
    if parts := _split(uri):
        bucket, key = parts
        below = f"{key.rstrip('/')}/*" if key else "*"
        yield writer.role("s3:PutObject", _s3(writer, bucket, below), f"write the {reason}", field)


def _inputs(writer: _Writer, channels: Any, at: str) -> Iterator[Requirement]:
    for index, channel in enumerate(channels or []):
        source = _at(channel, "DataSource.S3DataSource") or {}
        field = f"{at}[{index}].DataSource.S3DataSource.S3Uri"
        name = f"channel {channel.get('ChannelName', index)}"
        if source.get("S3DataType", "S3Prefix") == "S3Prefix":
            yield from _read_prefix(writer, source.get("S3Uri"), field, name)
        else:
            # The objects that a manifest lists are known only to whoever reads it.
            yield from _read_object(writer, source.get("S3Uri"), field, f"manifest of {name}")


def _output(writer: _Writer, output: Any, at: str) -> Iterator[Requirement]:
    yield from _write_prefix(writer, output.get("S3OutputPath"), f"{at}.S3OutputPath", "model artifacts")
    if key := output.get("KmsKeyId"):
        # A large artifact is uploaded in parts, which S3 decrypts to join them.
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield writer.role(action, _key_arn(writer, key), "encrypt the model artifacts", f"{at}.KmsKeyId")


def _source(writer: _Writer, hyperparameters: Any, at: str) -> Iterator[Requirement]:
    """The code that script mode downloads; the SDK writes its URI as a JSON text."""
    uri = (hyperparameters or {}).get("sagemaker_submit_directory")
    if isinstance(uri, str) and uri.startswith('"'):
        try:
            uri = json.loads(uri)
        except ValueError:
            return
    yield from _read_object(writer, uri, f"{at}.sagemaker_submit_directory", "source code")


_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
)


def _image(writer: _Writer, image: Any, field: str) -> Iterator[Requirement]:
    """Pull an ECR image. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html"""
    parts = _ECR_IMAGE.match(str(image or ""))
    if parts is None:
        return
    yield writer.role("ecr:GetAuthorizationToken", "*", "log in to the registry", field)
    repository = (
        f"arn:{writer.place.partition}:ecr:{parts['region']}:{parts['account']}:repository/{parts['repository']}"
    )
    for action in ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
        yield writer.role(action, repository, "pull the image", field)


def _key_arn(writer: _Writer, key: str) -> str:
    if key.startswith("arn:"):
        return key
    return writer.arn("kms", key if key.startswith("alias/") else f"key/{key}")


def _volume_key(writer: _Writer, key: Any, field: str) -> Iterator[Requirement]:
    if key:
        arn = _key_arn(writer, str(key))
        context = {"kms:GrantIsForAWSResource": True}
        yield writer.role("kms:CreateGrant", arn, "let the instances' volumes use the key", field, context=context)


_NETWORK_ACTIONS = (
    "CreateNetworkInterface",
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
    "DescribeDhcpOptions",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSubnets",
    "DescribeVpcs",
)


def _network(writer: _Writer, vpc: Any, field: str) -> Iterator[Requirement]:
    if vpc:
        for action in _NETWORK_ACTIONS:
            yield writer.role(f"ec2:{action}", "*", "attach the job to the VPC", field)


def _logs(writer: _Writer, group: str) -> Iterator[Requirement]:
    name = f"/aws/sagemaker/{group}"
    # Training writes one group for all jobs, hosting one for each endpoint.
    groups = writer.arn("logs", f"log-group:{name}:*" if group == "TrainingJobs" else f"log-group:{name}/*")
    for action in ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"):
        yield writer.role(action, groups, "write the logs", "(always)")
    yield writer.role("cloudwatch:PutMetricData", "*", "write metrics", "(always)")
