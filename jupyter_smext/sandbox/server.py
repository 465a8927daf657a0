"""Puts the sandbox together and serves it."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.application import Application
from jupyter_smext.sandbox.authorization.iam_documents import IamDocuments
from jupyter_smext.sandbox.config import ACCESS_KEY, HOST, ROLE_NAME, SandboxConfig, SandboxInfo
from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.execution_roles import ExecutionRoles
from jupyter_smext.sandbox.http import HttpServer
from jupyter_smext.sandbox.journal import Journal
from jupyter_smext.sandbox.json_service import JsonService
from jupyter_smext.sandbox.logs import LogsService, LogStore, LogWriter
from jupyter_smext.sandbox.metrics import Metrics
from jupyter_smext.sandbox.moto_services import MotoServices
from jupyter_smext.sandbox.own_clients import SETUP_ACCESS_KEY, OwnClients
from jupyter_smext.sandbox.policy_simulation import PolicySimulation
from jupyter_smext.sandbox.running import Announcement
from jupyter_smext.sandbox.s3 import S3Service
from jupyter_smext.sandbox.sagemaker.apps import Apps
from jupyter_smext.sandbox.sagemaker.domains import Domains
from jupyter_smext.sandbox.sagemaker.endpoint_configs import EndpointConfigs
from jupyter_smext.sandbox.sagemaker.endpoints import Endpoints
from jupyter_smext.sandbox.sagemaker.images import Images
from jupyter_smext.sandbox.sagemaker.instance_quotas import InstanceQuotas
from jupyter_smext.sandbox.sagemaker.invocations import Invocations
from jupyter_smext.sandbox.sagemaker.job_slots import JobSlots
from jupyter_smext.sandbox.sagemaker.lifecycle_configs import LifecycleConfigs
from jupyter_smext.sandbox.sagemaker.models import Models
from jupyter_smext.sandbox.sagemaker.resources import Resources
from jupyter_smext.sandbox.sagemaker.search import Search
from jupyter_smext.sandbox.sagemaker.spaces import Spaces
from jupyter_smext.sandbox.sagemaker.studio_resources import StudioResources
from jupyter_smext.sandbox.sagemaker.tag_operations import TagOperations
from jupyter_smext.sandbox.sagemaker.tags import Tags
from jupyter_smext.sandbox.sagemaker.training_jobs import TRAINING_JOB, TrainingJobs, TrainingSettings
from jupyter_smext.sandbox.sagemaker.tuning_jobs import TUNING_JOB, TuningJobs
from jupyter_smext.sandbox.sagemaker.user_profiles import UserProfiles
from jupyter_smext.sandbox.sagemaker.variants import VariantSettings
from jupyter_smext.sandbox.service_quotas import ServiceQuotas
from jupyter_smext.sandbox.state_dir import StateDir

_CLOSE_SECONDS = 5.0

_TRUST_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class PortTaken(Exception):
    """Something else listens on the port."""


class SandboxServer:
    """One sandbox in this process. moto's state belongs to the process, so there can be only one in it."""

    def __init__(self, config: SandboxConfig) -> None:
        """Takes the folder and the port.

        Raises ``StateDirInUse``, ``DatabaseTooNew`` and :class:`PortTaken`.
        """
        self._config = config
        # Everything is closed in the reverse order of its opening, also when a later step fails.
        with ExitStack() as opened:
            self._state = StateDir(config.state_dir)
            opened.callback(self._state.close)
            database = Database(self._state.database)
            opened.callback(database.close)
            self._http = HttpServer(lambda request: self._application.handle(request), host=HOST, port=config.port)
            opened.callback(self._http.stop)
            try:
                port = self._http.bind()
            except OSError as error:
                raise PortTaken(f"Port {config.port} on {HOST} can not be used: {error}") from None
            self._info = self._describe(port)
            self._clients = OwnClients(self._info.endpoint_url)
            self._moto = MotoServices(Journal(database))
            self._s3 = S3Service(database, self._state.objects, self._moto.handle)
            self._application = self._build(database, opened)
            self._opened = opened.pop_all()

    def start(self) -> SandboxInfo:
        """Brings back what was kept, and serves; returns when everything is there."""
        self._moto.replay()
        self._training_jobs.settle_interrupted()
        self._tuning_jobs.settle_interrupted()
        threading.Thread(target=self._http.serve, name="http", daemon=True).start()
        self._ensure_defaults()
        self._endpoints.resume()
        self._metrics.start()
        threading.Thread(target=self._s3.sweep, name="s3-sweep", daemon=True).start()
        self._opened.callback(Announcement(self._state.path, self._info).close)
        return self._info

    def stop(self) -> None:
        """Ends jobs and endpoints, then the server."""
        self._opened.close()

    def _build(self, database: Database, opened: ExitStack) -> Application:
        clients, state = self._clients, self._state
        log_store = LogStore(database)
        log_writer = LogWriter(log_store)
        opened.callback(log_writer.close)
        logs = JsonService("logs", invalid_code="InvalidParameterException")
        logs.add(LogsService(log_store).operations())

        sagemaker = JsonService("sagemaker")
        tags = Tags(database)
        resources = Resources(database, tags)
        roles = ExecutionRoles(clients, self._info.env, enforced=self._config.enforce_iam)
        quotas = ServiceQuotas(database, lambda: sagemaker.model)
        service_quotas = JsonService("service-quotas", invalid_code="IllegalArgumentException")
        service_quotas.add(quotas.operations())
        instance_quotas = InstanceQuotas(resources, quotas, TRAINING_JOB, TUNING_JOB)
        self._metrics = Metrics(database, clients)
        opened.callback(self._metrics.close)
        self._training_jobs = TrainingJobs(
            resources,
            log_writer,
            self._metrics,
            clients,
            roles,
            JobSlots(self._config.job_slots),
            instance_quotas,
            TrainingSettings(
                work_dir=state.work_dir,
                cache_dir=self._config.cache_dir,
                stop_grace_seconds=self._config.stop_grace_seconds,
            ),
            sagemaker.model,
        )
        opened.callback(self._training_jobs.close, _CLOSE_SECONDS)
        self._tuning_jobs = TuningJobs(resources, self._training_jobs, instance_quotas)
        opened.callback(self._tuning_jobs.close)
        models = Models(resources, clients, roles)
        configs = EndpointConfigs(resources, models)
        variants = VariantSettings(state.work_dir, self._config.cache_dir)
        self._endpoints = Endpoints(resources, models, configs, roles, log_writer, variants)
        opened.callback(self._endpoints.close)
        studio = StudioResources(resources, self._config.studio_time_scale)
        lifecycle_configs = LifecycleConfigs(resources, studio)
        families = (
            TagOperations(resources, tags),
            self._training_jobs,
            self._tuning_jobs,
            models,
            configs,
            self._endpoints,
            Search(resources, tags),
            Domains(studio, clients, OwnClients(self._info.endpoint_url, SETUP_ACCESS_KEY), lifecycle_configs),
            UserProfiles(studio, clients, lifecycle_configs),
            Spaces(studio, lifecycle_configs),
            Apps(studio, lifecycle_configs, tags),
            lifecycle_configs,
            Images(resources, clients),
        )
        for family in families:
            sagemaker.add(family.operations())

        invocations = Invocations(self._endpoints, self._metrics)
        documents = IamDocuments(clients)
        iam_authorization = None
        if self._config.enforce_iam:
            # Only now, because the evaluator of policies takes a moment to import.
            from jupyter_smext.sandbox.authorization.enforcement import enforce

            iam_authorization = enforce(
                database,
                clients,
                documents,
                s3=self._s3,
                sagemaker=sagemaker,
                invocations=invocations,
                logs=logs,
            )
        return Application(
            sagemaker=sagemaker,
            invocations=invocations,
            logs=logs,
            service_quotas=service_quotas,
            s3=self._s3,
            simulation=PolicySimulation(documents),
            documents=documents,
            moto=self._moto,
            iam_authorization=iam_authorization,
        )

    def _describe(self, port: int) -> SandboxInfo:
        region = self._config.region
        endpoint_url = f"http://{HOST}:{port}"
        return SandboxInfo(
            endpoint_url=endpoint_url,
            region=region,
            account=ACCOUNT_ID,
            role_arn=f"arn:{partition(region)}:iam::{ACCOUNT_ID}:role/{ROLE_NAME}",
            bucket=self._config.bucket,
            env={
                "AWS_ENDPOINT_URL": endpoint_url,
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
                "AWS_REGION": region,
                "AWS_DEFAULT_REGION": region,
                "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": "sandbox",
                "AWS_EC2_METADATA_DISABLED": "true",
                "SAGEMAKER_USER_CONFIG_OVERRIDE": str(self._state.sdk_defaults),
            },
        )

    def _ensure_defaults(self) -> None:
        """The role, the bucket and the SDK's defaults file that a new user needs; a user may delete or change them."""
        clients = OwnClients(self._info.endpoint_url, SETUP_ACCESS_KEY)
        iam = clients.get("iam", self._config.region)
        try:
            iam.create_role(
                RoleName=ROLE_NAME,
                AssumeRolePolicyDocument=json.dumps(_TRUST_POLICY),
                Description="Execution role of the sandbox",
            )
            iam.attach_role_policy(RoleName=ROLE_NAME, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        except iam.exceptions.EntityAlreadyExistsException:
            pass
        s3 = clients.get("s3", self._config.region)
        try:
            s3.head_bucket(Bucket=self._config.bucket)
        except ClientError:
            s3.create_bucket(
                Bucket=self._config.bucket,
                **(
                    {}
                    if self._config.region == "us-east-1"
                    else {"CreateBucketConfiguration": {"LocationConstraint": self._config.region}}
                ),
            )
        # Without it the SDK reports telemetry to a public host, and asks a regional endpoint of STS, whatever the
        # environment says, for its default bucket and role.
        self._state.sdk_defaults.write_text(
            "SchemaVersion: '1.0'\n"
            "SageMaker:\n"
            "  TrainingJob:\n"
            f"    RoleArn: {self._info.role_arn}\n"
            "  Model:\n"
            f"    ExecutionRoleArn: {self._info.role_arn}\n"
            "  PythonSDK:\n"
            "    Modules:\n"
            "      TelemetryOptOut: true\n"
            "      Session:\n"
            f"        DefaultS3Bucket: {self._config.bucket}\n"
        )
