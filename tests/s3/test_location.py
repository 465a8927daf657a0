from __future__ import annotations

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.s3.location import Location, https_url, parse

POINT = "arn:aws:s3:eu-west-1:111122223333:accesspoint/point"


@pytest.mark.parametrize(
    ("text", "bucket", "key"),
    [
        ("s3://b", "b", ""),
        ("s3://b/", "b", ""),
        ("  s3://b/a b/", "b", "a b/"),
        ("s3a://b/k", "b", "k"),
        ("s3://b//a//%41?x#y+z", "b", "/a//%41?x#y+z"),
        ("s3://b/../k\nl", "b", "../k\nl"),
        ("b/k", "b", "k"),
        ("point-abc-s3alias/k", "point-abc-s3alias", "k"),
        ("arn:aws:s3:::b", "b", ""),
        ("arn:aws-cn:s3:::b/k/l", "b", "k/l"),
        (POINT, POINT, ""),
        (f"{POINT}/k/l", POINT, "k/l"),
        (f"{POINT}/object/k/l", POINT, "k/l"),
        (f"s3://{POINT}/k/l", POINT, "k/l"),
        ("https://b.s3.eu-west-1.amazonaws.com/a%20b/c+d", "b", "a b/c+d"),
        ("https://b.c.s3.amazonaws.com/k?X-Amz-Signature=1", "b.c", "k"),
        ("https://b.s3.dualstack.eu-west-1.amazonaws.com/k", "b", "k"),
        ("https://s3.eu-west-1.amazonaws.com/b/k", "b", "k"),
        ("https://s3-eu-west-1.amazonaws.com/b/k", "b", "k"),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/k", "b", "k"),
        ("https://eu-west-1.console.aws.amazon.com/s3/buckets/b?prefix=a%2Fb/&tab=objects", "b", "a/b/"),
        ("https://s3.console.aws.amazon.com/s3/object/b?prefix=a/b.csv", "b", "a/b.csv"),
        ("https://s3.console.aws.amazon.com/s3/buckets/b", "b", ""),
    ],
)  # fmt: skip
def test_places_are_understood(text: str, bucket: str, key: str) -> None:
    assert parse(text) == Location(bucket, key)


@pytest.mark.parametrize(
    "text", ["", "s3://", "s3:///k", "/tmp/file", "https://example.com/b", "arn:aws:iam::1:role/x"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(SmextError) as caught:
        parse(text)
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_an_address_leads_back_to_its_place() -> None:
    for bucket in ("b", "with.dots"):
        for key in ("a b/c+d", "grüße/%41?#&", "a//b", "~"):
            assert parse(https_url(bucket, key, "eu-west-1")) == Location(bucket, key)
