"""Uploads in parts that came to no end are found with their size, and thrown away when told."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.cli.main import main
from jupyter_smext.s3.models import AbortRequest, UnfinishedQuery, UploadReference
from jupyter_smext.s3.unfinished import abort_unfinished, all_unfinished, list_unfinished

MiB = 2**20


def begin(client: Any, bucket: str, key: str, *sizes: int) -> str:
    upload_id: str = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    for number, size in enumerate(sizes, 1):
        client.upload_part(Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=bytes(size))
    return upload_id


def left(client: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in client.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


def test_each_is_listed_with_what_it_holds_and_costs(aws: Any, client: Any, bucket: str) -> None:
    begin(client, bucket, "data/b", 5 * MiB, 3)
    begin(client, bucket, "data/a")
    begin(client, bucket, "else", 1)
    first, second = list_unfinished(aws, UnfinishedQuery(bucket=bucket, prefix="data/")).uploads
    assert (first.key, first.parts, first.bytes) == ("data/a", 0, 0)
    assert (second.key, second.parts, second.bytes) == ("data/b", 2, 5 * MiB + 3)
    # moto says of every upload that it began in 2010, so the time is that of the last part.
    assert second.last_active > datetime.now(timezone.utc) - timedelta(minutes=5)
    assert second.monthly_usd == pytest.approx((5 * MiB + 3) / 2**30 * 0.023)
    # The listing of objects, which people look at, shows none of it.
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_the_size_is_unknown_where_nobody_may_look_at_the_parts(
    aws: Any, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(client, bucket, "a", 1)
    real = BaseClient._make_api_call

    def refused(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "ListParts":
            raise ClientError(
                {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, operation
            )
        return real(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", refused)
    [found] = list_unfinished(aws, UnfinishedQuery(bucket=bucket)).uploads
    assert (found.parts, found.bytes, found.monthly_usd) == (None, None, None)


def test_they_come_page_by_page(aws: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, Any]] = []
    real = BaseClient._make_api_call

    def paged(self: Any, operation: str, arguments: Any) -> Any:
        if operation != "ListMultipartUploads":
            return {} if operation == "ListParts" else real(self, operation, arguments)
        asked.append((arguments.get("KeyMarker"), arguments.get("UploadIdMarker")))
        number = len(asked)
        upload = {"Key": "a", "UploadId": f"{number}", "Initiated": datetime.now(timezone.utc)}
        end = {"NextKeyMarker": "a", "NextUploadIdMarker": f"{number}"}
        return {"Uploads": [upload], "IsTruncated": number < 3, **end, "ResponseMetadata": {}}

    monkeypatch.setattr(BaseClient, "_make_api_call", paged)
    first = list_unfinished(aws, UnfinishedQuery(bucket=bucket, max_uploads=1))
    assert first.continuation_token
    asked.clear()
    assert [each.upload_id for each in all_unfinished(aws, bucket, "", Silent())] == ["1", "2", "3"]
    assert asked == [(None, None), ("a", "1"), ("a", "2")]


def test_only_those_that_were_named_are_thrown_away(aws: Any, client: Any, bucket: str) -> None:
    gone, kept = begin(client, bucket, "a", 1), begin(client, bucket, "a", 2)
    named = [UploadReference(key="a", upload_id=gone)]
    assert abort_unfinished(aws, AbortRequest(bucket=bucket, uploads=named)).aborted == 1
    assert abort_unfinished(aws, AbortRequest(bucket=bucket, uploads=named)).aborted == 1, "it had ended already"
    assert [each.upload_id for each in all_unfinished(aws, bucket, "", Silent())] == [kept]


def test_a_missing_bucket_is_named(aws: Any) -> None:
    with pytest.raises(SmextError) as caught:
        list_unfinished(aws, UnfinishedQuery(bucket="there-is-no-such-bucket"))
    assert caught.value.envelope.resource == "arn:aws:s3:::there-is-no-such-bucket"


def test_in_the_terminal(
    aws: Any, client: Any, bucket: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(client, bucket, "data/a", 5 * MiB)
    place = f"s3://{bucket}/data/"
    assert main(["s3", "uploads", place]) == 0
    out = capsys.readouterr().out
    assert "data/a" in out
    assert "1 unfinished upload, 5.0 MiB, $0.00 a month" in out
    assert main(["s3", "uploads", place, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bytes"] == 5 * MiB

    assert main(["s3", "uploads", place, "--abort", "--yes"]) == 0, "a young one may be under way"
    assert "0 unfinished" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(["s3", "uploads", place, "--abort", "--older-than", "0"]) == 2, "nobody was asked"
    assert left(client, bucket) == ["data/a"]
    capsys.readouterr()
    assert main(["s3", "uploads", place, "--abort", "--older-than", "0", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"aborted": 1, "failed": []}
    assert left(client, bucket) == []
