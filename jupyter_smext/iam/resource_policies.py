"""The policies of buckets, keys, repositories and roles that a request touches, as far as the caller may read them.

Permissions, each of which may be missing: `s3:GetBucketPolicy`, `s3:ListAllMyBuckets`, `kms:GetKeyPolicy`,
`kms:DescribeKey`, `ecr:GetRepositoryPolicy`, `iam:GetRole`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from ..aws.session import AwsSession
from .arn import Arn
from .holder_policies import read_holder
from .models import Document, Requirement, Unreadable
from .preflight import container_of
from .remembered import remembered
from .sight import look

_NO_POLICY = ("NoSuchBucketPolicy", "RepositoryPolicyNotFoundException")


@dataclass
class ResourcePolicies:
    """What carries a policy, by ARN. None: it was looked at, and has none."""

    policies: dict[str, Document | Unreadable | None] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """The account of each bucket whose owner is known."""


def read_resource_policies(
    session: AwsSession, requirements: Iterable[Requirement], *, refresh: bool = False
) -> ResourcePolicies:
    """The policies of everything that the requirements name; what cannot be read is `unknown`."""
    found = ResourcePolicies()
    account = session.identity().account
    for container in dict.fromkeys(container_of(requirement) for requirement in requirements):
        arn = Arn.parse(container)
        if arn is None:
            continue
        policy = remembered(
            session,
            ("resource policy", container),
            functools.partial(_read, session, container, arn, account),
            refresh=refresh,
        )
        found.policies[container] = policy
        if arn.service == "s3" and (policy != "unknown" or _is_own_bucket(session, arn.resource, refresh)):
            found.owners[container] = account
    return found


def key_arn_of(session: AwsSession, arn: str) -> str:
    """The key behind the ARN of an alias; the ARN itself if it names a key, or the alias cannot be looked up.

    Policies are written for keys: `kms:` actions on an alias are decided on the key that it points to.
    https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html
    """
    parsed = Arn.parse(arn)
    if parsed is None or parsed.service != "kms" or not parsed.resource.startswith("alias/"):
        return arn
    kms = session.client("kms", parsed.region or None)
    described = remembered(
        session,
        ("key of", arn),
        lambda: look("kms:DescribeKey", lambda: str(kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"])),
    )
    return described.value or arn


def _read(session: AwsSession, container: str, arn: Arn, account: str) -> Document | Unreadable | None:
    if arn.service == "iam":
        holder = read_holder(session, container)
        return holder.trust_policy if holder else "unknown"
    try:
        text = look(f"{arn.service}:policy", lambda: _text(session, container, arn, account)).value
    except _HasNone:
        return None
    if text is None:
        return "unknown"
    document: Document = json.loads(text)
    return document


class _HasNone(Exception):
    """AWS says that there is no policy."""


def _text(session: AwsSession, container: str, arn: Arn, account: str) -> str | None:
    try:
        if arn.service == "s3":
            # With the owner named, an answer also tells whose bucket it is.
            s3 = session.client("s3")
            return str(s3.get_bucket_policy(Bucket=arn.resource, ExpectedBucketOwner=account)["Policy"])
        if arn.service == "kms" and arn.resource.startswith("key/"):
            kms = session.client("kms", arn.region or None)
            return str(kms.get_key_policy(KeyId=container, PolicyName="default")["Policy"])
        if arn.service == "ecr":
            ecr, name = session.client("ecr", arn.region or None), arn.resource.partition("/")[2]
            return str(ecr.get_repository_policy(registryId=arn.account, repositoryName=name)["policyText"])
    except ClientError as error:
        if error.response["Error"]["Code"] in _NO_POLICY:
            raise _HasNone from error
        raise
    return None


def _is_own_bucket(session: AwsSession, bucket: str, refresh: bool) -> bool:
    """Whether the caller's account lists it among its own."""

    def names() -> frozenset[str]:
        listed = look("s3:ListAllMyBuckets", lambda: session.client("s3").list_buckets()["Buckets"])
        return frozenset(entry["Name"] for entry in listed.value or [])

    return bucket in remembered(session, "own buckets", names, refresh=refresh)
