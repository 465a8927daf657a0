"""S3 of the sandbox, seen through boto3 and plain HTTP."""

from __future__ import annotations

import hashlib
import io
import os
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from .support import Aws


def code(call: Any, **request: Any) -> str:
    """The error code of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    return str(caught.value.response["Error"]["Code"])


def keys(page: dict[str, Any]) -> list[str]:
    return [item["Key"] for item in page.get("Contents", [])]


def prefixes(page: dict[str, Any]) -> list[str]:
    return [item["Prefix"] for item in page.get("CommonPrefixes", [])]


@pytest.fixture
def s3(aws: Aws) -> Any:
    return aws.client("s3")


def test_object_with_all_that_belongs_to_it(s3: Any, bucket: str) -> None:
    put = s3.put_object(
        Bucket=bucket,
        Key="a/b c+d/ü.csv",
        Body=b"one,two\n",
        ContentType="text/csv",
        CacheControl="no-cache",
        ContentEncoding="identity",
        Metadata={"with_underscore": "1", "with-dash": "2"},
        Tagging="team=ml&stage=test",
        StorageClass="STANDARD_IA",
    )
    got = s3.get_object(Bucket=bucket, Key="a/b c+d/ü.csv")

    assert got["Body"].read() == b"one,two\n"
    assert got["ETag"] == put["ETag"] == f'"{hashlib.md5(b"one,two" + bytes([10])).hexdigest()}"'
    assert got["ContentType"] == "text/csv"
    assert got["CacheControl"] == "no-cache"
    assert got["ContentEncoding"] == "identity"
    assert got["Metadata"] == {"with_underscore": "1", "with-dash": "2"}
    assert got["StorageClass"] == "STANDARD_IA"
    assert got["TagCount"] == 2
    assert abs(got["LastModified"] - datetime.now(timezone.utc)) < timedelta(seconds=60)
    head = s3.head_object(Bucket=bucket, Key="a/b c+d/ü.csv")
    assert head["ContentLength"] == 8
    assert head["Metadata"] == got["Metadata"]
    tags = s3.get_object_tagging(Bucket=bucket, Key="a/b c+d/ü.csv")["TagSet"]
    assert tags == [{"Key": "team", "Value": "ml"}, {"Key": "stage", "Value": "test"}]


@pytest.mark.parametrize("key", ["a//b", "/lead", "trail/", "..", "a/../b", "%2F", "a%20b", "a?b#c", "a&<>'\"", "日本"])
def test_keys_are_kept_as_they_are(s3: Any, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=b"x")

    assert keys(s3.list_objects_v2(Bucket=bucket)) == [key]
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"x"
    s3.delete_object(Bucket=bucket, Key=key)
    assert code(s3.get_object, Bucket=bucket, Key=key) == "NoSuchKey"


def test_a_key_can_be_the_prefix_of_another(s3: Any, bucket: str) -> None:
    for key in ("a", "a/", "a/b"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())

    page = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert (keys(page), prefixes(page)) == (["a"], ["a/"])
    assert keys(s3.list_objects_v2(Bucket=bucket, Prefix="a/", Delimiter="/")) == ["a/", "a/b"]


def test_listing_pages_through_keys_and_prefixes(s3: Any, bucket: str) -> None:
    for index in range(7):
        s3.put_object(Bucket=bucket, Key=f"{index}/deep/file", Body=b"")
        s3.put_object(Bucket=bucket, Key=f"{index}.txt", Body=b"")
    names = sorted([f"{index}/" for index in range(7)] + [f"{index}.txt" for index in range(7)])

    for size in (1, 2, 5, 14, 100):
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": size}
        )
        found = [sorted(keys(page) + prefixes(page)) for page in pages]
        assert [name for page in found for name in page] == names
        assert all(len(page) == size for page in found[:-1])
        old = s3.get_paginator("list_objects").paginate(
            Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": size}
        )
        assert [name for page in old for name in sorted(keys(page) + prefixes(page))] == names
    assert keys(s3.list_objects_v2(Bucket=bucket, StartAfter="5/"))[0] == "5/deep/file"
    assert code(s3.list_objects_v2, Bucket=bucket, ContinuationToken="made up") == "InvalidArgument"


def test_ranges(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="digits", Body=b"0123456789")

    def part(asked: str) -> tuple[bytes, str]:
        got = s3.get_object(Bucket=bucket, Key="digits", Range=asked)
        return got["Body"].read(), got["ContentRange"]

    assert part("bytes=2-4") == (b"234", "bytes 2-4/10")
    assert part("bytes=7-") == (b"789", "bytes 7-9/10")
    assert part("bytes=-2") == (b"89", "bytes 8-9/10")
    assert part("bytes=8-100") == (b"89", "bytes 8-9/10")
    assert code(s3.get_object, Bucket=bucket, Key="digits", Range="bytes=10-") == "InvalidRange"


def test_conditions(s3: Any, bucket: str) -> None:
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]

    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"2", IfMatch='"other"') == "PreconditionFailed"
    assert code(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag) == "304"
    assert code(s3.get_object, Bucket=bucket, Key="k", IfMatch='"other"') == "PreconditionFailed"
    s3.put_object(Bucket=bucket, Key="k", Body=b"2", IfMatch=etag)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_are_verified_and_given_back(s3: Any, bucket: str, algorithm: str) -> None:
    name = f"Checksum{algorithm}"
    stored = s3.put_object(Bucket=bucket, Key="k", Body=b"data", ChecksumAlgorithm=algorithm)[name]

    assert s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")[name] == stored
    wrong = stored[::-1] if not stored.endswith("=") else "A" + stored[1:]
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"data", **{name: wrong}) == "BadDigest"


def test_multipart_upload(s3: Any, bucket: str) -> None:
    data = os.urandom(17 * 1024 * 1024)
    s3.upload_fileobj(io.BytesIO(data), bucket, "large", ExtraArgs={"Metadata": {"made": "by-parts"}})

    head = s3.head_object(Bucket=bucket, Key="large")
    assert head["ETag"].endswith('-3"')
    assert head["Metadata"] == {"made": "by-parts"}
    target = io.BytesIO()
    s3.download_fileobj(bucket, "large", target)
    assert target.getvalue() == data
    middle = s3.get_object(Bucket=bucket, Key="large", Range="bytes=8388600-8388620")["Body"].read()
    assert middle == data[8388600:8388621]
    assert s3.get_object(Bucket=bucket, Key="large", PartNumber=3)["Body"].read() == data[16 * 1024 * 1024 :]
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_multipart_upload_by_hand(s3: Any, bucket: str) -> None:
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    names = {"Bucket": bucket, "Key": "k", "UploadId": upload}
    first = s3.upload_part(**names, PartNumber=1, Body=b"small")["ETag"]
    second = s3.upload_part(**names, PartNumber=2, Body=b"last")["ETag"]

    def complete(*parts: tuple[int, str]) -> Any:
        listed = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        return s3.complete_multipart_upload(**names, MultipartUpload={"Parts": listed})

    assert [part["PartNumber"] for part in s3.list_parts(**names)["Parts"]] == [1, 2]
    assert [item["UploadId"] for item in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [upload]
    assert code(lambda: complete((1, first), (2, second))) == "EntityTooSmall"
    assert code(lambda: complete((1, '"other"'))) == "InvalidPart"
    assert code(lambda: complete((2, second), (1, first))) == "InvalidPartOrder"
    complete((2, second))
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"last"
    assert code(s3.abort_multipart_upload, **names) == "NoSuchUpload"


def test_copy(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="from ü", Body=b"x" * 100, Metadata={"a": "1"}, Tagging="t=1")
    source = {"Bucket": bucket, "Key": "from ü"}

    s3.copy_object(Bucket=bucket, Key="to", CopySource=source)
    s3.copy_object(Bucket=bucket, Key="new", CopySource=source, MetadataDirective="REPLACE", Metadata={"b": "2"})
    s3.delete_object(Bucket=bucket, Key="from ü")

    copied = s3.get_object(Bucket=bucket, Key="to")
    assert (copied["Body"].read(), copied["Metadata"], copied["TagCount"]) == (b"x" * 100, {"a": "1"}, 1)
    assert s3.head_object(Bucket=bucket, Key="new")["Metadata"] == {"b": "2"}
    assert code(s3.copy_object, Bucket=bucket, Key="to", CopySource=source) == "NoSuchKey"
    itself = {"Bucket": bucket, "Key": "to"}
    assert code(s3.copy_object, Bucket=bucket, Key="to", CopySource=itself) == "InvalidRequest"
    upload = s3.create_multipart_upload(Bucket=bucket, Key="part")["UploadId"]
    names = {"Bucket": bucket, "Key": "part", "UploadId": upload}
    etag = s3.upload_part_copy(**names, PartNumber=1, CopySource=itself, CopySourceRange="bytes=10-19")
    parts = [{"PartNumber": 1, "ETag": etag["CopyPartResult"]["ETag"]}]
    s3.complete_multipart_upload(**names, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket=bucket, Key="part")["Body"].read() == b"x" * 10


def test_versions(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="k", Body=b"2")["VersionId"]
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]

    assert code(s3.get_object, Bucket=bucket, Key="k") == "NoSuchKey"
    assert keys(s3.list_objects_v2(Bucket=bucket)) == []
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() == b"1"
    listed = s3.list_object_versions(Bucket=bucket)
    assert [version["VersionId"] for version in listed["Versions"]] == [second, first, "null"]
    assert [(item["VersionId"], item["IsLatest"]) for item in listed["DeleteMarkers"]] == [(marker, True)]
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
    with pytest.raises(ClientError, match="copy an object to itself"):
        s3.copy_object(Bucket=bucket, Key="k", CopySource={"Bucket": bucket, "Key": "k", "VersionId": second})
    again = s3.copy_object(Bucket=bucket, Key="k", CopySource={"Bucket": bucket, "Key": "k", "VersionId": first})
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=again["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"2"
    assert code(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"


def test_delete_many(s3: Any, bucket: str) -> None:
    for key in ("a", "b & <c>", "d"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")

    wanted = {"Objects": [{"Key": "a"}, {"Key": "b & <c>"}, {"Key": "never there"}]}
    deleted = s3.delete_objects(Bucket=bucket, Delete=wanted)["Deleted"]

    assert [item["Key"] for item in deleted] == ["a", "b & <c>", "never there"]
    assert keys(s3.list_objects_v2(Bucket=bucket)) == ["d"]


def test_buckets(aws: Aws, s3: Any, bucket: str) -> None:
    assert code(s3.get_object, Bucket=f"no-{bucket}"[:63], Key="k") == "NoSuchBucket"
    assert code(s3.create_bucket, Bucket="Not_A_Bucket") == "InvalidBucketName"
    west = aws.client("s3", "us-west-2")
    name = f"west-{uuid.uuid4().hex}"
    place = {"LocationConstraint": "us-west-2"}
    west.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    assert code(west.create_bucket, Bucket=name, CreateBucketConfiguration=place) == "BucketAlreadyOwnedByYou"
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "us-west-2"
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    regions = {item["Name"]: item["BucketRegion"] for item in s3.list_buckets()["Buckets"]}
    assert (regions[name], regions[bucket]) == ("us-west-2", "us-east-1")
    west.delete_bucket(Bucket=name)
    assert name not in [item["Name"] for item in s3.list_buckets()["Buckets"]]


def test_configuration_of_buckets(s3: Any, bucket: str) -> None:
    assert code(s3.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_presigned_urls(aws: Aws, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"shared")
    names = {"Bucket": bucket, "Key": "k"}

    def fetch(url: str) -> bytes:
        with urllib.request.urlopen(url) as answer:
            return bytes(answer.read())

    west = aws.client("s3", "us-west-2")
    for client in (s3, west):
        assert fetch(client.generate_presigned_url("get_object", names, ExpiresIn=60)) == b"shared"
        expired = client.generate_presigned_url("get_object", names, ExpiresIn=-1)
        with pytest.raises(HTTPError) as refused:
            fetch(expired)
        assert refused.value.code == 403
        assert b"Request has expired" in refused.value.read()
        refused.value.close()


def test_what_is_not_available_says_so(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")

    assert code(s3.get_object_retention, Bucket=bucket, Key="k") == "NotImplemented"
    assert code(s3.put_object_acl, Bucket=bucket, Key="k", ACL="public-read") == "AccessControlListNotSupported"


def test_archived_object(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"cold", StorageClass="GLACIER")

    assert code(s3.get_object, Bucket=bucket, Key="k") == "InvalidObjectState"
    s3.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1})
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"cold"


def test_listings_tell_the_region_of_the_bucket(aws: Aws, bucket: str) -> None:
    for listing in (aws.client("s3").list_objects_v2(Bucket=bucket), aws.client("s3").list_objects(Bucket=bucket)):
        assert listing["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == aws.info.region
