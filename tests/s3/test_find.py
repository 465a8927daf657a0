from __future__ import annotations

from typing import Any

import pytest

from jupyter_smext.aws.errors import ErrorCode, SmextError
from jupyter_smext.aws.progress import Silent
from jupyter_smext.s3.find import Find, glob_expression, literal_head, matcher
from jupyter_smext.s3.models import FindMode, FindRequest, UsageRequest
from jupyter_smext.s3.usage import usage

KEYS = [
    "data/2024/01/a.csv",
    "data/2024/02/B.CSV",
    "data/2025/b.csv.gz",
    "data/top.csv",
    "data/we[i]rd*?.csv",
    "other/a.csv",
]


@pytest.fixture
def filled(client: Any, bucket: str) -> str:
    for number, key in enumerate(KEYS):
        client.put_object(
            Bucket=bucket, Key=key, Body=bytes(number * 100), StorageClass="GLACIER_IR" if number == 1 else "STANDARD"
        )
    return bucket


def found(aws: Any, bucket: str, **conditions: Any) -> list[str]:
    find = Find(FindRequest(bucket=bucket, **conditions))
    result = find.run(aws, Silent())
    hits = find.page(0, 1000).hits
    assert result.matched == len(hits)
    assert result.bytes == sum(each["size"] for each in hits)
    return sorted(each["key"].removeprefix("data/") for each in hits)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"text": "csv"}, ["2024/01/a.csv", "2025/b.csv.gz", "top.csv", "we[i]rd*?.csv"]),
        ({"text": "B.CS", "ignore_case": True}, ["2024/02/B.CSV", "2025/b.csv.gz"]),
        ({"text": "*.csv", "mode": "glob"}, ["2024/01/a.csv", "top.csv", "we[i]rd*?.csv"]),
        ({"text": "2024/*/*", "mode": "glob"}, ["2024/01/a.csv", "2024/02/B.CSV"]),
        ({"text": "2024/*", "mode": "glob"}, []),
        ({"text": "**/*.gz", "mode": "glob"}, ["2025/b.csv.gz"]),
        ({"text": "202?/**", "mode": "glob"}, ["2024/01/a.csv", "2024/02/B.CSV", "2025/b.csv.gz"]),
        ({"text": "we[[]i]rd[*][?].csv", "mode": "glob"}, ["we[i]rd*?.csv"]),
        ({"text": r"^\d{4}/\d\d/[ab]", "mode": "regex", "ignore_case": True}, ["2024/01/a.csv", "2024/02/B.CSV"]),
        ({"min_size": 100, "max_size": 200}, ["2024/02/B.CSV", "2025/b.csv.gz"]),
        ({"storage_class": "GLACIER_IR"}, ["2024/02/B.CSV"]),
        ({"modified_after": "2020-01-01", "text": "top"}, ["top.csv"]),
        ({"modified_before": "2020-01-01"}, []),
        ({}, ["2024/01/a.csv", "2024/02/B.CSV", "2025/b.csv.gz", "top.csv", "we[i]rd*?.csv"]),
    ],
)  # fmt: skip
def test_objects_are_found(aws: Any, filled: str, conditions: dict[str, Any], expected: list[str]) -> None:
    assert found(aws, filled, prefix="data/", **conditions) == expected


def test_more_than_the_limit_is_counted(aws: Any, filled: str) -> None:
    find = Find(FindRequest(bucket=filled, limit=2))
    result = find.run(aws, Silent())
    page = find.page(0, 1000)
    assert (result.matched, result.scanned, page.kept, page.complete) == (6, 6, 2, True)


@pytest.mark.parametrize(
    ("glob", "key", "matches"),
    [
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/xb", False),
        ("[!a]b", "xb", True),
        ("[!a]b", "ab", False),
        ("[a-c]?", "bz", True),
        ("[]]", "]", True),
        ("[", "[", True),
        ("a.b", "axb", False),
        ("*", "new\nline", True),
    ],
)
def test_globs(glob: str, key: str, matches: bool) -> None:
    import regex

    assert bool(regex.fullmatch(glob_expression(glob), key, regex.DOTALL)) == matches


def test_a_glob_narrows_what_is_listed() -> None:
    assert literal_head("2024/01/*.csv") == "2024/01/"
    assert literal_head("2024*/x") == "2024"
    assert literal_head("*.csv") == literal_head("plain.csv") == ""


@pytest.mark.parametrize("text", ["(", "[a", "a{2,1}"])
def test_a_bad_expression_is_refused(text: str) -> None:
    with pytest.raises(SmextError) as caught:
        matcher(FindRequest(bucket="b", text=text, mode=FindMode.REGEX))
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_an_expression_that_never_ends_is_ended(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a" * 60 + "!", Body=b"")
    with pytest.raises(SmextError, match="takes too long"):
        Find(FindRequest(bucket=bucket, text="^(a|aa)+$", mode=FindMode.REGEX)).run(aws, Silent())


def test_usage_adds_up_by_class_and_folder(aws: Any, filled: str) -> None:
    result = usage(aws, UsageRequest(bucket=filled, prefix="data/"), Silent())
    assert (result.total.objects, result.total.bytes, result.region) == (5, 1000, "us-east-1")
    assert [(each.storage_class, each.objects, each.bytes) for each in result.classes] == [
        ("STANDARD", 4, 900),
        ("GLACIER_IR", 1, 100),
    ]
    assert [(each.prefix, each.objects, each.bytes) for each in result.folders] == [
        ("data/", 2, 700),
        ("data/2025/", 1, 200),
        ("data/2024/", 2, 100),
    ]
    assert result.total.monthly_usd == pytest.approx((900 * 0.023 + 100 * 0.004) / 2**30)
    assert [each.price_as_of for each in result.classes] == ["2026-09-18", "2026-03"]


def test_what_has_no_known_price_makes_no_total(aws: Any, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="a/1", Body=b"x", StorageClass="REDUCED_REDUNDANCY")
    client.put_object(Bucket=bucket, Key="b/2", Body=b"x")
    result = usage(aws, UsageRequest(bucket=bucket), Silent())
    assert result.total.monthly_usd is None
    assert [each.monthly_usd is None for each in sorted(result.folders, key=lambda each: each.prefix)] == [True, False]
    few = usage(aws, UsageRequest(bucket=bucket, folders=1), Silent())
    assert (len(few.folders), few.more_folders) == (1, 1)
