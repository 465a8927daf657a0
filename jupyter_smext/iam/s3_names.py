"""Names of buckets and S3 resources in policies.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

from __future__ import annotations

import re

from .actions import S3_ACTION_OF_OPERATION, resource_patterns

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_PREFIX = "arn:aws:s3:::"
_ARN = re.compile(r"(?P<partition>arn:aws[\w-]*:s3:::)(?P<bucket>[^/]*)(?P<key>/.*)?", re.DOTALL)


def why_no_bucket(name: str) -> str | None:
    """Why no bucket can have this name; None for a possible name. Wildcards and variables count as possible."""
    plain = re.sub(r"\$\{[^}]*\}|[*?]", "", name)
    whole = plain == name
    if re.search(r"[A-Z]", plain):
        return "bucket names have no upper-case letters"
    if re.search(r"[^a-z0-9.-]", plain):
        return "bucket names consist of lower-case letters, digits, dots and hyphens"
    if whole and (not _BUCKET.fullmatch(name) or ".." in name or _IP_ADDRESS.fullmatch(name)):
        return "bucket names have 3 to 63 characters, begin and end with a letter or digit, and are no IP address"
    return None


def split_arn(arn: str) -> tuple[str, str, str | None] | None:
    """Prefix, bucket and key (without its slash) of an S3 bucket or object ARN; None for another ARN."""
    found = _ARN.fullmatch(arn)
    if not found:
        return None
    return found["partition"], found["bucket"], found["key"][1:] if found["key"] is not None else None


def arn_of_uri(uri: str) -> str | None:
    """`s3://bucket/prefix/` as the ARN that a policy needs; a prefix gets its `*`."""
    found = re.fullmatch(r"s3[an]?://([^/]+)(?:/(.*))?", uri)
    if not found:
        return None
    bucket, key = found[1], found[2]
    if not key:
        return f"{_PREFIX}{bucket}"
    return f"{_PREFIX}{bucket}/{key}{'*' if key.endswith('/') else ''}"


def acts_on(action: str) -> set[str]:
    """`bucket`, `object`, both or neither: what an S3 action is about, by the action data."""
    kinds: set[str] = set()
    for pattern in resource_patterns(action):
        if pattern.endswith(":${BucketName}"):
            kinds.add("bucket")
        if "${ObjectName}" in pattern and "accesspoint" not in pattern:
            kinds.add("object")
    return kinds


def action_of_api_name(action: str) -> str | None:
    """The action that is meant where a policy gives the name of an S3 API operation instead."""
    service, _, name = action.partition(":")
    if service.lower() != "s3":
        return None
    wanted = {operation.lower(): found for operation, found in S3_ACTION_OF_OPERATION.items()}.get(name.lower())
    return wanted
