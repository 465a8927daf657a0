from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3 import bookmarks
from jupyter_smext.s3.browse import list_objects
from jupyter_smext.s3.buckets import all_buckets, broken_name_rule, bucket_region, create_bucket, delete_bucket
from jupyter_smext.s3.models import (
    Bookmarks,
    CreateBucketRequest,
    DeleteBucketRequest,
    ObjectsQuery,
    Place,
    PlaceRequest,
)


@pytest.mark.parametrize("name", ["abc", "a.b-c.1", "sagemaker-eu-west-1-111122223333", "a" * 63])
def test_good_names(name: str) -> None:
    assert broken_name_rule(name) is None


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Upper", "lower-case"),
        ("under_score", "lower-case"),
        ("two words", "lower-case"),
        ("new\nline", "lower-case"),
        ("ab", "3 to 63"),
        ("a" * 64, "3 to 63"),
        ("-abc", "begin and end"),
        ("abc.", "begin and end"),
        ("a..b", "two dots"),
        ("192.168.0.1", "IP address"),
        ("xn--abc", "xn--"),
        ("abc-s3alias", "-s3alias"),
    ],
)
def test_bad_names_break_a_rule_that_is_told(name: str, rule: str) -> None:
    assert rule in str(broken_name_rule(name))


def test_a_bucket_elsewhere_than_us_east_1_is_made_with_its_region(s3_endpoint: str, aws: Any) -> None:
    session = AwsSession(region="eu-west-1", endpoint_url=s3_endpoint)
    assert create_bucket(session, CreateBucketRequest(name="made-in-europe")).region == "eu-west-1"
    assert bucket_region(session, "made-in-europe") == "eu-west-1"
    with pytest.raises(SmextError) as caught:
        create_bucket(session, CreateBucketRequest(name="made-in-europe"))
    assert caught.value.code is ErrorCode.CONFLICT
    session.client("s3").close()
    session.close()


def test_pages_of_buckets_follow_each_other(aws: Any, client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response("list_buckets", {"Buckets": [{"Name": "a"}], "ContinuationToken": "t"}, {"MaxBuckets": 1000})
        stub.add_response(
            "list_buckets",
            {"Buckets": [{"Name": "b", "BucketRegion": "eu-west-1"}]},
            {"MaxBuckets": 1000, "ContinuationToken": "t"},
        )
        found = list(all_buckets(aws))
    assert [(each.name, each.region) for each in found] == [("a", None), ("b", "eu-west-1")]


def test_a_refusal_names_action_resource_and_principal(aws: Any, client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error("list_objects_v2", "AccessDenied", "Access Denied", http_status_code=403)
        with pytest.raises(SmextError) as caught:
            list_objects(aws, ObjectsQuery(bucket="secret"))
    told = caught.value.envelope
    assert (told.code, told.action, told.resource) == (ErrorCode.ACCESS_DENIED, "s3:ListBucket", "arn:aws:s3:::secret")
    assert told.principal == aws.identity().caller_arn


def test_a_full_bucket_is_deleted_only_when_told(aws: Any, client: Any, bucket: str) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        client.put_object(Bucket=bucket, Key="k", Body=body)
    client.delete_object(Bucket=bucket, Key="k")
    client.create_multipart_upload(Bucket=bucket, Key="unfinished")
    for request, code in (
        (DeleteBucketRequest(name=bucket, confirm="another"), ErrorCode.INVALID_REQUEST),
        (DeleteBucketRequest(name=bucket, confirm=bucket), ErrorCode.CONFLICT),
    ):
        with pytest.raises(SmextError) as caught:
            delete_bucket(aws, request, Silent())
        assert caught.value.code is code
    summary = delete_bucket(aws, DeleteBucketRequest(name=bucket, confirm=bucket, empty=True), Silent())
    assert (summary.deleted, summary.failed) == (3, 0)
    assert bucket not in [each.name for each in all_buckets(aws)]


def test_a_place_is_understood_with_its_region(aws: Any, bucket: str) -> None:
    place = bookmarks.find_place(aws, PlaceRequest(text=f"s3://{bucket}/a b/"))
    assert place == Place(bucket=bucket, prefix="a b/", uri=f"s3://{bucket}/a b/", region="us-east-1")
    assert bookmarks.find_place(aws, PlaceRequest(text="s3://there-is-no-such-bucket")).region is None


def test_bookmarks_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "bookmarks.json"
    assert bookmarks.read(file) == Bookmarks()
    places = [Place(bucket="b", prefix=f"{number}/", uri=f"s3://b/{number}/") for number in range(30)]
    kept = bookmarks.write(file, Bookmarks(pinned=places, recent=places))
    assert (len(kept.pinned), len(kept.recent)) == (30, 20)
    assert bookmarks.read(file) == kept
    file.write_text("{broken")
    assert bookmarks.read(file) == Bookmarks()
