"""Images: an account's own containers for Studio, and their numbered versions.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateImageVersion.html
"""

from __future__ import annotations

from typing import Any

from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.json_service import Operation
from jupyter_smext.sandbox.own_clients import OwnClients
from jupyter_smext.sandbox.sagemaker.resources import AlreadyExists, Document, Kind, Resources
from jupyter_smext.sandbox.sagemaker.roles import require_assumable
from jupyter_smext.sandbox.sagemaker.studio_resources import in_use, page_of

IMAGE = Kind("image", "Image")
IMAGE_VERSION = Kind("image-version", "ImageVersion")


class Images:
    """The images of all regions."""

    def __init__(self, resources: Resources, clients: OwnClients) -> None:
        self._resources = resources
        self._clients = clients

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateImage": self.create,
            "DescribeImage": self.describe,
            "ListImages": self.list_images,
            "DeleteImage": self.delete,
            "CreateImageVersion": self.create_version,
            "DescribeImageVersion": self.describe_version,
            "ListImageVersions": self.list_versions,
        }

    def create(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        require_assumable(self._clients, caller.region, request["RoleArn"])
        document = {name: value for name, value in request.items() if name != "Tags"} | {"ImageStatus": "CREATED"}
        try:
            image = self._resources.create(
                IMAGE, caller.region, request["ImageName"], document, request.get("Tags", [])
            )
        except AlreadyExists:
            raise in_use(f"Image [{request['ImageName']}] already exists.") from None
        return {"ImageArn": image["ImageArn"]}

    def describe(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._existing(caller.region, request["ImageName"])

    def list_images(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        found = [
            image
            for _, image in self._resources.all(IMAGE, caller.region)
            if request.get("NameContains", "") in image["ImageName"]
        ]
        page, more = page_of(found, _sorting(request), default_order="Descending")
        return {"Images": page, **more}

    def delete(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = request["ImageName"]
        self._existing(caller.region, name)
        for version in self._versions(caller.region, name):
            self._resources.delete(IMAGE_VERSION, caller.region, f"{name}/{version['Version']}")
        self._resources.delete(IMAGE, caller.region, name)
        return {}

    def create_version(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = request["ImageName"]
        image = self._existing(caller.region, name)
        number = 1 + max((version["Version"] for version in self._versions(caller.region, name)), default=0)
        document = {
            key: value for key, value in request.items() if key not in ("ImageName", "ClientToken", "Aliases")
        } | {
            "ImageArn": image["ImageArn"],
            "ContainerImage": request["BaseImage"],
            "ImageVersionStatus": "CREATED",
            "Version": number,
        }
        version = self._resources.create(IMAGE_VERSION, caller.region, f"{name}/{number}", document)
        return {"ImageVersionArn": version["ImageVersionArn"]}

    def describe_version(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = request["ImageName"]
        self._existing(caller.region, name)
        versions = {version["Version"]: version for version in self._versions(caller.region, name)}
        number = request.get("Version", max(versions, default=0))
        if number not in versions:
            raise AwsError("ResourceNotFound", f"ImageVersion [{name}/{number}] does not exist.")
        return versions[number]

    def list_versions(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        self._existing(caller.region, request["ImageName"])
        versions = self._versions(caller.region, request["ImageName"])
        page, more = page_of(versions, _sorting(request), default_order="Descending")
        return {"ImageVersions": page, **more}

    def _versions(self, region: str, name: str) -> list[Document]:
        arn = IMAGE.arn(region, name)
        return [version for _, version in self._resources.all(IMAGE_VERSION, region) if version["ImageArn"] == arn]

    def _existing(self, region: str, name: str) -> Document:
        image = self._resources.get(IMAGE, region, name)
        if image is None:
            raise AwsError("ResourceNotFound", f"Image [{name}] does not exist.")
        return image


def _sorting(request: dict[str, Any]) -> dict[str, Any]:
    """The request with the keys that these two calls sort by as the other ones spell them."""
    member = {
        "CREATION_TIME": "CreationTime",
        "LAST_MODIFIED_TIME": "LastModifiedTime",
        "IMAGE_NAME": "ImageName",
        "VERSION": "Version",
    }[request.get("SortBy", "CREATION_TIME")]
    order = {"ASCENDING": "Ascending", "DESCENDING": "Descending"}[request.get("SortOrder", "DESCENDING")]
    return request | {"SortBy": member, "SortOrder": order}
