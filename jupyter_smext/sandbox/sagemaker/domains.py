"""Domains of Studio.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateDomain.html
"""

from __future__ import annotations

import secrets
import string
from typing import Any

from botocore.exceptions import ClientError

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError, ValidationException
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.own_clients import OwnClients
from jupyter_smext.sandbox.sagemaker.lifecycle_configs import LifecycleConfigs
from jupyter_smext.sandbox.sagemaker.resources import Document
from jupyter_smext.sandbox.sagemaker.roles import require_assumable
from jupyter_smext.sandbox.sagemaker.studio_resources import (
    APP,
    DOMAIN,
    SPACE,
    USER_PROFILE,
    StudioResources,
    in_use,
    page_of,
)

# The default quota of an account, https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
MAX_DOMAINS = 50

_ID_LETTERS = string.ascii_lowercase + string.digits


class Domains:
    """The domains of all regions."""

    def __init__(
        self,
        studio: StudioResources,
        clients: OwnClients,
        lasting_clients: OwnClients,
        lifecycle_configs: LifecycleConfigs,
    ) -> None:
        """What ``lasting_clients`` make is there again after a restart."""
        self._studio = studio
        self._clients = clients
        self._lasting_clients = lasting_clients
        self._lifecycle_configs = lifecycle_configs

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateDomain": self.create,
            "DescribeDomain": self.describe,
            "ListDomains": self.list_domains,
            "UpdateDomain": self.update,
            "DeleteDomain": self.delete,
            "CreatePresignedDomainUrl": self.create_presigned_url,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        region = caller.region
        if len(self._studio.all(DOMAIN, region)) >= MAX_DOMAINS:
            raise AwsError(
                "ResourceLimitExceeded",
                f"The account-level service limit 'Total domains' is {MAX_DOMAINS} Domains, with current utilization "
                f"of {MAX_DOMAINS} Domains and a request delta of 1 Domains.",
            )
        self._require_network(region, request)
        self._require_settings(region, request)
        domain_id = "d-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(12))
        arn = DOMAIN.arn(region, domain_id)
        document: Document = {"AppNetworkAccessType": "PublicInternetOnly"}
        document |= {name: value for name, value in request.items() if name != "Tags"}
        document |= {
            "DomainId": domain_id,
            # A name that no resolver knows: what leads into Studio must never leave this machine.
            "Url": f"https://{domain_id}.studio.{region}.sandbox.invalid",
        }
        if request.get("HomeEfsFileSystemCreation") != "Disabled":
            document["HomeEfsFileSystemId"] = self._lasting_clients.get("efs", region).create_file_system(
                CreationToken=domain_id, Tags=[{"Key": "ManagedByAmazonSageMakerResource", "Value": arn}]
            )["FileSystemId"]
        domain = self._studio.create(DOMAIN, region, domain_id, document, request.get("Tags", []))
        return {"DomainArn": arn, "DomainId": domain_id, "Url": domain["Url"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._studio.existing(DOMAIN, caller.region, request["DomainId"])

    def list_domains(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        page, more = page_of(self._studio.all(DOMAIN, caller.region), request)
        return {"Domains": page, **more}

    def update(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        """Each setting that is given replaces what was there, whole: whoever wants to keep a part reads it first."""
        domain_id = request["DomainId"]
        self._studio.existing(DOMAIN, caller.region, domain_id)
        self._require_settings(caller.region, request)
        if "SubnetIds" in request or "VpcId" in request:
            self._require_network(caller.region, request)

        def change(domain: Document) -> None:
            for member, value in request.items():
                if member in ("DefaultUserSettings", "DefaultSpaceSettings"):
                    domain[member] = {**domain.get(member, {}), **value}
                elif member == "DomainSettingsForUpdate":
                    domain["DomainSettings"] = {**domain.get("DomainSettings", {}), **value}
                else:
                    domain[member] = value

        domain = self._studio.update(DOMAIN, caller.region, domain_id, change)
        return {"DomainArn": domain["DomainArn"]}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id = request["DomainId"]
        domain = self._studio.existing(DOMAIN, caller.region, domain_id)
        for kind in (APP, SPACE, USER_PROFILE):
            inside = self._studio.all(kind, caller.region, f"{domain_id}/")
            if any(document["Status"] != "Deleted" for document in inside):
                raise in_use(f"Unable to delete Domain [{domain_id}] because {kind.prefix}(s) are associated with it.")
        self._studio.delete(DOMAIN, caller.region, domain_id)
        retained = request.get("RetentionPolicy", {}).get("HomeEfsFileSystem", "Retain") == "Retain"
        if "HomeEfsFileSystemId" in domain and not retained:
            self._lasting_clients.get("efs", caller.region).delete_file_system(
                FileSystemId=domain["HomeEfsFileSystemId"]
            )
        return {}

    def create_presigned_url(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        domain_id, profile = request["DomainId"], request["UserProfileName"]
        domain = self._studio.existing(DOMAIN, caller.region, domain_id)
        self._studio.existing(USER_PROFILE, caller.region, f"{domain_id}/{profile}")
        if name := request.get("SpaceName"):
            space = self._studio.existing(SPACE, caller.region, f"{domain_id}/{name}")
            owner = space.get("OwnershipSettings", {}).get("OwnerUserProfileName")
            private = space.get("SpaceSharingSettings", {}).get("SharingType") == "Private"
            if private and owner != profile:
                raise ValidationException(f"Space [{name}] is private and does not belong to UserProfile [{profile}].")
        return {"AuthorizedUrl": f"{domain['Url']}/auth?token={secrets.token_urlsafe(24)}"}

    def _require_network(self, region: str, request: dict[str, Any]) -> None:
        """Raises :class:`ValidationException` unless the VPC is there and the subnets are in it."""
        ec2 = self._clients.get("ec2", region)
        vpc_id, subnet_ids = request.get("VpcId"), request.get("SubnetIds", [])
        try:
            if vpc_id:
                ec2.describe_vpcs(VpcIds=[vpc_id])
            subnets = ec2.describe_subnets(SubnetIds=subnet_ids)["Subnets"] if subnet_ids else []
        except ClientError as error:
            raise ValidationException(error.response["Error"]["Message"]) from error
        for subnet in subnets:
            if vpc_id and subnet["VpcId"] != vpc_id:
                raise ValidationException(f"Subnet {subnet['SubnetId']} is not in VPC {vpc_id}.")

    def _require_settings(self, region: str, request: dict[str, Any]) -> None:
        for member in ("DefaultUserSettings", "DefaultSpaceSettings"):
            settings = request.get(member, {})
            if role := settings.get("ExecutionRole"):
                require_assumable(self._clients, region, role)
            self._lifecycle_configs.require(region, settings)
