"""As whom jobs and endpoints act: where policies decide, as their execution role; where not, as the sandbox itself."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.account import ACCOUNT_ID, DEFAULT_REGION, partition
from jupyter_smext.sandbox.own_clients import OwnClients

_SESSION_NAME = "SageMaker"


class ExecutionRoles:
    """The clients of each role, and the environment of the processes that run as it."""

    def __init__(self, clients: OwnClients, environment: Mapping[str, str], *, enforced: bool) -> None:
        self._clients = clients
        self._environment = environment
        self._enforced = enforced
        self._credentials: dict[str, dict[str, str]] = {}
        self._role_clients: dict[str, OwnClients] = {}
        self._lock = threading.Lock()

    def clients(self, role_arn: str) -> OwnClients:
        if not self._enforced:
            return self._clients
        credentials = self._credentials_of(role_arn)
        with self._lock:
            if role_arn not in self._role_clients:
                self._role_clients[role_arn] = OwnClients(
                    self._environment["AWS_ENDPOINT_URL"],
                    credentials["AWS_ACCESS_KEY_ID"],
                    prepare=_tell_why_head_is_refused,
                )
            return self._role_clients[role_arn]

    def environment(self, role_arn: str, region: str) -> dict[str, str]:
        credentials = self._credentials_of(role_arn) if self._enforced else {}
        return {**self._environment, **credentials, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}

    def writes_logs(self, role_arn: str, region: str, group: str) -> bool:
        """Whether the output of the role's processes reaches CloudWatch Logs; where not, SageMaker goes on without.

        https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
        """
        if not self._enforced:
            return True
        results = self._clients.get("iam", region).simulate_principal_policy(
            PolicySourceArn=role_arn,
            ActionNames=["logs:CreateLogStream", "logs:PutLogEvents"],
            ResourceArns=[f"arn:{partition(region)}:logs:{region}:{ACCOUNT_ID}:log-group:{group}:log-stream:"],
        )["EvaluationResults"]
        return all(result["EvalDecision"] == "allowed" for result in results)

    def _credentials_of(self, role_arn: str) -> dict[str, str]:
        with self._lock:
            if role_arn not in self._credentials:
                sts = self._clients.get("sts", DEFAULT_REGION)
                made = sts.assume_role(RoleArn=role_arn, RoleSessionName=_SESSION_NAME)["Credentials"]
                self._credentials[role_arn] = {
                    "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
                    "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
                    "AWS_SESSION_TOKEN": made["SessionToken"],
                }
            return self._credentials[role_arn]


def _tell_why_head_is_refused(client: Any) -> None:
    """SageMaker's agent reads objects with GetObject, whose refusal says why; boto3 begins a download with HeadObject,
    whose refusal has no body."""
    if client.meta.service_model.service_name != "s3":
        return

    def keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["object"] = {name: params[name] for name in ("Bucket", "Key", "VersionId") if name in params}

    def replace(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if parsed["ResponseMetadata"]["HTTPStatusCode"] != 403:
            return
        try:
            client.get_object(**context["object"])["Body"].close()
        except ClientError as error:
            parsed["Error"] = error.response["Error"]

    client.meta.events.register("before-parameter-build.s3.HeadObject", keep)
    client.meta.events.register("after-call.s3.HeadObject", replace)
