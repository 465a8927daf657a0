from __future__ import annotations

import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest
from awkward_keys import AWKWARD_KEYS
from botocore.stub import Stubber

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.s3.details import (
    delete_version,
    details,
    list_versions,
    read_restore,
    restore_from_glacier,
    restore_version,
    set_tags,
)
from jupyter_smext.s3.models import (
    GlacierRestore,
    GlacierRestoreRequest,
    ObjectReference,
    PresignMethod,
    PresignRequest,
    TagsRequest,
    VersionsQuery,
)
from jupyter_smext.s3.presign import presign


def test_details_tell_all(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(
        Bucket=bucket, Key="a/ü", Body=b"abc", ContentType="text/csv", ContentEncoding="gzip", Metadata={"owner": "me"},
        Tagging="x=1", StorageClass="STANDARD_IA", ServerSideEncryption="aws:kms", SSEKMSKeyId="key-1",
        ChecksumAlgorithm="SHA256",
    )  # fmt: skip
    told = details(aws, ObjectReference(bucket=bucket, key="a/ü"))
    assert (told.size, told.content_type, told.headers) == (3, "text/csv", {"Content-Encoding": "gzip"})
    assert (told.metadata, told.tags, told.storage_class) == ({"owner": "me"}, {"x": "1"}, "STANDARD_IA")
    assert told.encryption is not None
    assert (told.encryption.algorithm, told.encryption.kms_key_id) == ("aws:kms", "key-1")
    assert [(each.algorithm, each.value) for each in told.checksums] == [
        ("SHA256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    ]
    assert told.uri == f"s3://{bucket}/a/ü"
    assert told.arn == f"arn:aws:s3:::{bucket}/a/ü"
    assert told.url == f"https://{bucket}.s3.us-east-1.amazonaws.com/a/%C3%BC"


def test_what_we_may_not_know_is_null_and_not_empty(aws: Any, client: Any) -> None:
    moment = datetime(2026, 1, 1, tzinfo=timezone.utc)
    with Stubber(client) as stub:
        stub.add_client_error("head_object", "403", http_status_code=403)
        stub.add_response("head_object", {"ContentLength": 1, "LastModified": moment}, {"Bucket": "b", "Key": "k"})
        stub.add_response("head_bucket", {"BucketRegion": "eu-west-1"})
        stub.add_client_error("get_object_tagging", "AccessDenied", http_status_code=403)
        told = details(aws, ObjectReference(bucket="b", key="k"))
    assert told.tags is None
    assert told.encryption is None
    assert told.url == "https://b.s3.eu-west-1.amazonaws.com/k"


def test_a_missing_object_is_named(aws: Any, bucket: str) -> None:
    with pytest.raises(SmextError) as caught:
        details(aws, ObjectReference(bucket=bucket, key="nothing"))
    assert (caught.value.code, caught.value.envelope.resource) == (
        ErrorCode.NOT_FOUND,
        f"arn:aws:s3:::{bucket}/nothing",
    )


def test_tags_are_replaced(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="old=1")
    set_tags(aws, TagsRequest(bucket=bucket, key="k", tags={"new": "2", "empty": ""}))
    assert details(aws, ObjectReference(bucket=bucket, key="k")).tags == {"new": "2", "empty": ""}


def test_versions_come_back(aws: Any, client: Any, bucket: str) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"22", b"333"):
        client.put_object(Bucket=bucket, Key="k", Body=body)
    client.put_object(Bucket=bucket, Key="k2", Body=b"other")
    client.delete_object(Bucket=bucket, Key="k")
    page = list_versions(aws, VersionsQuery(bucket=bucket, key="k"))
    assert [(each.delete_marker, each.size) for each in page.versions] == [
        (True, None),
        (False, 3),
        (False, 2),
        (False, 1),
    ]
    assert [each.latest for each in page.versions] == [True, False, False, False]
    restored = restore_version(aws, ObjectReference(bucket=bucket, key="k", version_id=page.versions[2].version_id))
    assert restored.version_id not in [None, page.versions[2].version_id]
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"22"
    client.delete_object(Bucket=bucket, Key="k")
    marker = list_versions(aws, VersionsQuery(bucket=bucket, key="k")).versions[0]
    assert marker.delete_marker
    delete_version(aws, ObjectReference(bucket=bucket, key="k", version_id=marker.version_id))
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"22"
    with pytest.raises(SmextError):
        delete_version(aws, ObjectReference(bucket=bucket, key="k"))


def test_an_archived_object_is_asked_back(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="GLACIER")
    assert details(aws, ObjectReference(bucket=bucket, key="k")).restore is None
    state = restore_from_glacier(aws, GlacierRestoreRequest(bucket=bucket, key="k", days=2))
    assert state.ongoing or state.until is not None
    client.put_object(Bucket=bucket, Key="warm", Body=b"x")
    with pytest.raises(SmextError):
        restore_from_glacier(aws, GlacierRestoreRequest(bucket=bucket, key="warm"))


def test_the_restore_header_is_understood() -> None:
    assert read_restore(None) is None
    assert read_restore('ongoing-request="true"') == GlacierRestore(ongoing=True, until=None)
    assert read_restore('ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"') == GlacierRestore(
        ongoing=False, until=datetime(2012, 12, 21, tzinfo=timezone.utc)
    )


@pytest.mark.parametrize("key", [key for key in AWKWARD_KEYS if "\n" not in key and ".." not in key and key != "."])
def test_an_address_gets_the_object(aws: Any, client: Any, bucket: str, key: str) -> None:
    client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    told = presign(aws, PresignRequest(bucket=bucket, key=key))
    query = parse_qs(urlsplit(told.url).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["3600"]
    if not key.startswith(("./", "/")) and "//" not in key:  # urllib rewrites these itself
        with urllib.request.urlopen(told.url) as answer:
            assert answer.read() == key.encode()


def test_an_address_puts_an_object_and_tells_its_end(aws: Any, client: Any, bucket: str) -> None:
    told = presign(
        aws,
        PresignRequest(bucket=bucket, key="k", method=PresignMethod.PUT, expires_in=60, content_type="text/csv"),
    )
    request = urllib.request.Request(told.url, data=b"abc", method="PUT", headers={"Content-Type": "text/csv"})
    with urllib.request.urlopen(request):
        pass
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"abc"
    assert timedelta(seconds=50) < told.expires_at - datetime.now(timezone.utc) <= timedelta(seconds=60)
    assert told.ends_with_credentials is False


def test_other_calls_are_signed_as_before(aws: Any, client: Any, bucket: str) -> None:
    presign(aws, PresignRequest(bucket=bucket, key="k"))
    client.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    with pytest.raises(HTTPError), urllib.request.urlopen(presign(aws, PresignRequest(bucket=bucket, key="none")).url):
        pass
