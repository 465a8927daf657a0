"""Read every way in which people name a place in S3."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlsplit

from ..aws.errors import ErrorCode, SmextError


class Location(NamedTuple):
    """A bucket (its name, an access point's alias or ARN) and a key or prefix in it; the empty prefix is the root."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


_ACCESS_POINT = re.compile(
    r"(?P<bucket>arn:aws[\w-]*:s3(?:-object-lambda)?:[\w-]*:\d{12}:accesspoint[:/][\w.-]+)(?:/(?:object/)?(?P<key>.*))?",
    re.DOTALL,
)
_BUCKET_ARN = re.compile(r"arn:aws[\w-]*:s3:::(?P<bucket>[^/]+)(?:/(?P<key>.*))?", re.DOTALL)
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3(?:[.-](?:dualstack\.)?[\w-]+)?\.amazonaws\.com(?:\.cn)?")
_PATH_HOST = re.compile(r"s3(?:[.-](?:dualstack\.)?[\w-]+)?\.amazonaws\.com(?:\.cn)?")
_CONSOLE_PATH = re.compile(r"/s3/(?P<kind>buckets|object)/(?P<bucket>[^/]+)")


def parse(text: str) -> Location:
    """Understand an s3:// URI, an ARN, an S3 URL, a console URL, or ``bucket/prefix``.

    Keys are taken as they are in URIs and ARNs, and percent-decoded in URLs. Raises `InvalidRequest`.
    """
    text = text.lstrip()
    for scheme in ("s3://", "s3a://", "s3n://"):
        if text.startswith(scheme):
            return _in_uri(text[len(scheme) :], text)
    if text.startswith("arn:"):
        match = _ACCESS_POINT.fullmatch(text) or _BUCKET_ARN.fullmatch(text)
        if match:
            return Location(match["bucket"], match["key"] or "")
    elif text.startswith(("https://", "http://")):
        found = _in_url(text)
        if found:
            return found
    elif text and not text.startswith("/"):
        return _in_uri(text, text)
    raise SmextError(
        ErrorCode.INVALID_REQUEST,
        f"{text!r} names no place in S3.",
        hint="Give s3://bucket/prefix, an S3 or access point ARN, or the address of a bucket in the console.",
    )


def _in_uri(rest: str, whole: str) -> Location:
    if rest.startswith("arn:"):
        return parse(rest)
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{whole!r} names no bucket.", hint="Give s3://bucket/prefix.")
    return Location(bucket, key)


def _in_url(text: str) -> Location | None:
    url = urlsplit(text)
    host = url.hostname or ""
    console = _CONSOLE_PATH.match(url.path)
    if console and "console." in host:
        prefix = parse_qs(url.query, keep_blank_values=True).get("prefix", [""])[0]
        return Location(unquote(console["bucket"]), prefix)
    path = unquote(url.path[1:])
    virtual = _VIRTUAL_HOST.fullmatch(host)
    if virtual:
        return Location(virtual["bucket"], path)
    if _PATH_HOST.fullmatch(host):
        bucket, _, key = path.partition("/")
        return Location(bucket, key) if bucket else None
    return None


def https_url(bucket: str, key: str, region: str, suffix: str = "amazonaws.com") -> str:
    """The address of an object, readable only where the object is public. Path style where the bucket has a dot."""
    encoded = quote(key, safe="/~")
    if "." in bucket:
        return f"https://s3.{region}.{suffix}/{bucket}/{encoded}"
    return f"https://{bucket}.s3.{region}.{suffix}/{encoded}"
