"""The fast parser answers what boto3 answers, whatever the server sends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from awkward_keys import AWKWARD_KEYS
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.s3 import browse, listing
from jupyter_smext.s3.browse import list_json, list_objects
from jupyter_smext.s3.listing import Listing, decode_keys, list_page, list_pages, parse_rows
from jupyter_smext.s3.models import ObjectPage, ObjectsQuery

KEYS = [key for key in AWKWARD_KEYS if "\n" not in key]  # moto has no route for a line break


def stock(client: Any, bucket: str, prefix: str = "", **arguments: Any) -> tuple[list[Any], list[str], str | None]:
    answer = client.list_objects_v2(Bucket=bucket, Prefix=prefix, **arguments)
    rows = [
        (
            each["Key"],
            each["Size"],
            f"{each['LastModified']:%Y-%m-%dT%H:%M:%S}",
            each.get("ETag"),
            each.get("StorageClass"),
        )
        for each in answer.get("Contents", [])
    ]
    return rows, [each["Prefix"] for each in answer.get("CommonPrefixes", [])], answer.get("NextContinuationToken")


def ours(page: Listing) -> tuple[list[Any], list[str], str | None]:
    modified = [each[:19] for each in page.modified]
    rows = list(zip(page.keys, page.sizes, modified, page.etags, page.storage_classes, strict=True))
    return rows, page.prefixes, page.next_token


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each page was taken by the fast parser."""
    record: list[bool] = []

    def recording(body: bytes) -> Any:
        found = parse_rows(body)
        record.append(found is not None)
        return found

    monkeypatch.setattr(listing, "parse_rows", recording)
    return record


CALLS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("", {}, {}),
    ("", {"Delimiter": "/"}, {"delimiter": "/"}),
    ("a", {}, {}),
    ("a/", {"Delimiter": "/"}, {"delimiter": "/"}),
    ("a//", {}, {}),
    ("/", {"Delimiter": "/"}, {"delimiter": "/"}),
    ("dir/", {"Delimiter": "/"}, {"delimiter": "/"}),
    ("grüße/", {}, {}),
    ("plus+", {}, {}),
    ("", {"Delimiter": "+"}, {"delimiter": "+"}),
    ("", {"MaxKeys": 3}, {"max_keys": 3}),
    ("", {"StartAfter": "plus+and%25percent"}, {"start_after": "plus+and%25percent"}),
    ("nothing-here", {}, {}),
]


@pytest.mark.parametrize(("prefix", "theirs", "mine"), CALLS)
def test_awkward_keys_are_what_boto3_says(
    aws: AwsSession, client: Any, bucket: str, parsed: list[bool], prefix: str, theirs: Any, mine: Any
) -> None:
    for number, key in enumerate(KEYS):
        client.put_object(
            Bucket=bucket, Key=key, Body=b"x" * number, StorageClass="STANDARD_IA" if number % 2 else "STANDARD"
        )
    expected = stock(client, bucket, prefix, **theirs)
    page = list_page(aws, bucket, prefix, **mine)
    assert ours(page) == expected
    assert parsed == [bool(expected[0])], "the fast parser was not used, or was used for nothing"
    if prefix == "" and not mine:
        assert sorted(page.keys) == sorted(KEYS)


def test_pages_follow_each_other(aws: AwsSession, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        client.put_object(Bucket=bucket, Key=f"{number}", Body=b"")
    tokens = []
    page = list_page(aws, bucket, max_keys=3)
    keys = list(page.keys)
    while page.next_token:
        tokens.append(page.next_token)
        page = list_page(aws, bucket, max_keys=3, token=page.next_token)
        keys += page.keys
    assert keys == [str(number) for number in range(7)]
    assert len(tokens) == 2
    assert [key for page in list_pages(aws, bucket) for key in page.keys] == keys


def test_a_caller_of_the_same_client_gets_boto3s_own_answer(aws: AwsSession, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"abc")
    list_page(aws, bucket)
    answer = client.list_objects_v2(Bucket=bucket)
    assert [each["Key"] for each in answer["Contents"]] == ["k"]
    assert "Owner" in client.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]


# Synthetic answers: what S3-like servers send, and what nobody should.

ROW = (
    "<Contents><Key>{key}</Key><LastModified>2026-11-24T07:00:00.000Z</LastModified><ETag>&quot;abc&quot;</ETag>"
    "<Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
)


def document(rows: str, *, head: str = '<?xml version="1.0" encoding="UTF-8"?>', encoding: str = "url") -> bytes:
    encoding_type = f"<EncodingType>{encoding}</EncodingType>" if encoding else ""
    return (
        f'{head}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix>'
        f"<KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>{encoding_type}<IsTruncated>false</IsTruncated>"
        f"{rows}<CommonPrefixes><Prefix>p%2F</Prefix></CommonPrefixes></ListBucketResult>"
    ).encode()


@pytest.fixture
def canned(aws: AwsSession, client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes the client answer a given body instead of asking anybody, and try again without waiting."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    bodies: list[bytes] = [b""]

    def answer(request: Any, **_: Any) -> AWSResponse:
        raw: Any = io.BytesIO(bodies[0])
        raw.stream = lambda *_args, **_kwargs: iter([bodies[0]])
        return AWSResponse(request.url, 200, {"content-type": "application/xml"}, raw)

    client.meta.events.register("before-send.s3.ListObjectsV2", answer)
    yield bodies
    client.meta.events.unregister("before-send.s3.ListObjectsV2", answer)


FAST = {
    "plain": ROW.format(key="a", size=1),
    "encoded": ROW.format(key="a%2Fb+c%2B%C3%BC%0A", size=1) + ROW.format(key="%00", size=2),
    "encoded nul among others": "".join(ROW.format(key=key, size=1) for key in ("a%00b", "c+d", "%E2%82")),
    "checksums": ROW.format(key="a", size=1).replace(
        "<Size>",
        "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA256</ChecksumAlgorithm>"
        "<ChecksumType>FULL_OBJECT</ChecksumType><Size>",
    )
    + ROW.format(key="b", size=2),
    "no etag, no class": ROW.format(key="a", size=1)
    .replace("<ETag>&quot;abc&quot;</ETag>", "")
    .replace("<StorageClass>STANDARD</StorageClass>", "")
    + ROW.format(key="b", size=2),
    "bare quotes": ROW.format(key="a", size=1).replace("&quot;", '"'),
    "large": ROW.format(key="a", size=48 * 2**40),
    "raw non-ASCII": ROW.format(key="grüße", size=1),
}
SLOW = {
    "another order": "<Contents><Size>5</Size><LastModified>2026-11-24T07:00:00Z</LastModified><Key>a</Key></Contents>",
    "owner": ROW.format(key="a", size=1).replace("<StorageClass>", "<Owner><ID>i</ID></Owner><StorageClass>"),
    "restore status": ROW.format(key="a", size=1).replace(
        "</Contents>", "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus></Contents>"
    ),
    "CDATA": ROW.format(key="<![CDATA[a<b]]>", size=1),
    "comment between": ROW.format(key="a", size=1) + "<!-- <Contents> -->" + ROW.format(key="b", size=1),
    "comment within": ROW.format(key="a<!-- c -->b", size=1),
    "entity": ROW.format(key="a&amp;b&#65;", size=1),
    "carriage return": ROW.format(key="a\r\nb", size=1),
    "attribute": ROW.format(key="a", size=1) + ROW.format(key="b", size=1).replace("<Key>", '<Key x="y">'),
    "attribute on a row": ROW.format(key="a", size=1)
    + ROW.format(key="b", size=1).replace("<Contents>", '<Contents x="">'),
    "prefixes between": ROW.format(key="a", size=1)
    + "<CommonPrefixes><Prefix>q%2F</Prefix></CommonPrefixes>"
    + ROW.format(key="b", size=1),
    "white space": ROW.format(key="a", size=1) + "\n  " + ROW.format(key="b", size=1),
    "white space within": ROW.format(key="a", size=1).replace("<Size>", "\n<Size>"),
}


@pytest.mark.parametrize("encoding", ["url", ""])
@pytest.mark.parametrize("name", [*FAST, *SLOW])
def test_any_body_is_read_as_boto3_reads_it(
    aws: AwsSession, client: Any, canned: list[bytes], parsed: list[bool], name: str, encoding: str
) -> None:
    canned[0] = document({**FAST, **SLOW}[name], encoding=encoding)
    expected = stock(client, "b")
    assert expected[0]
    assert ours(list_page(aws, "b")) == expected
    assert parsed[0] == (name in FAST)


def test_a_truncated_answer_fails_as_with_boto3(aws: AwsSession, client: Any, canned: list[bytes]) -> None:
    whole = document(ROW.format(key="a", size=1) + ROW.format(key="b", size=2))
    for length in range(len(whole) - 150, 1, -17):
        canned[0] = whole[:length]
        try:
            stock(client, "b")
        except Exception as error:
            with pytest.raises((type(error), SmextError)):
                list_page(aws, "b")
        else:
            assert ours(list_page(aws, "b")) == stock(client, "b")


def test_an_error_inside_a_200_is_an_error(aws: AwsSession, client: Any, canned: list[bytes]) -> None:
    canned[0] = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>no</Message></Error>"
    with pytest.raises(ClientError):
        client.list_objects_v2(Bucket="b")
    with pytest.raises(SmextError):
        list_page(aws, "b")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12))
def test_keys_are_decoded_together_as_one_by_one(texts: list[str]) -> None:
    from urllib.parse import quote_plus, unquote_plus

    encoded = [quote_plus(text, safe="/", errors="replace") for text in texts]
    if encoded:
        assert list(decode_keys(encoded)) == [unquote_plus(each) for each in encoded]


@pytest.mark.parametrize("max_keys", [3, 1000])
def test_the_json_of_a_page_is_that_of_its_model(aws: AwsSession, client: Any, bucket: str, max_keys: int) -> None:
    for number, key in enumerate([*KEYS, 'quote"back\\slash', "\x7f\u2028"]):
        client.put_object(Bucket=bucket, Key=key, Body=b"x" * number)
    for prefix, delimiter in (("", ""), ("", "/"), ("a/", "/"), ("gr", "/"), ("nothing", "/")):
        query = ObjectsQuery(bucket=bucket, prefix=prefix, delimiter=delimiter, max_keys=max_keys)
        expected = list_objects(aws, query)
        assert ObjectPage.model_validate_json(list_json(aws, query)) == expected
        assert json.loads(list_json(aws, query)) == json.loads(expected.model_dump_json())


def test_rows_that_boto3_read_are_json_too(monkeypatch: pytest.MonkeyPatch, aws: AwsSession) -> None:
    page = Listing(keys=['\x00"\\'], size_texts=["1"], modified=['"2026"'], etags=["\\"], storage_classes=[None])
    monkeypatch.setattr(browse, "list_page", lambda *_, **__: page)
    assert json.loads(list_json(aws, ObjectsQuery(bucket="b")))["objects"] == page.objects()


def test_a_page_may_be_larger_than_s3s(
    aws: AwsSession, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "MOST_AT_ONCE", 3)
    for number in range(10):
        client.put_object(Bucket=bucket, Key=f"{number}", Body=b"")
    first = list_objects(aws, ObjectsQuery(bucket=bucket, max_keys=7))
    rest = list_objects(aws, ObjectsQuery(bucket=bucket, max_keys=7, continuation_token=first.continuation_token))
    assert [[each["key"] for each in page.objects] for page in (first, rest)] == [list("0123456"), list("789")]
    assert rest.continuation_token is None


def test_the_next_page_is_asked_for_while_one_becomes_json(monkeypatch: pytest.MonkeyPatch, aws: AwsSession) -> None:
    asked = Event()

    def answer(*_: Any, token: str | None, **__: Any) -> Listing:
        if token is None:
            return Listing(prefixes=["first/"], next_token="second")
        asked.set()
        return Listing(prefixes=["second/"])

    monkeypatch.setattr(browse, "list_page", answer)
    pages = browse._pages(aws, ObjectsQuery(bucket="b", max_keys=2000))
    next(pages)
    assert asked.wait(10), "the second page waits until the first is used"
    assert [page.prefixes for page in pages] == [["second/"]]


def test_a_failure_of_a_later_page_is_the_failure_of_all(monkeypatch: pytest.MonkeyPatch, aws: AwsSession) -> None:
    def answer(*_: Any, token: str | None, **__: Any) -> Listing:
        if token:
            raise SmextError(ErrorCode.THROTTLED, "Slow down")
        return Listing(prefixes=["first/"], next_token="second")

    monkeypatch.setattr(browse, "list_page", answer)
    with pytest.raises(SmextError, match="Slow down"):
        list_json(aws, ObjectsQuery(bucket="b", max_keys=2000))
